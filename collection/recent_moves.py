"""Moves by hand of the last days that still stand, for the team board."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count

from collection.models import Assignment
from tenancy.models import Team

DAYS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RecentMove:
    """One act: when, by whom, why, how many cases went to which desk and are still there."""

    at: datetime
    by: str
    reason: str
    to: str
    cases: int


def recent_moves(*, teams: Sequence[Team], on: date, most: int = 10) -> list[RecentMove]:
    """The newest moves to desks of these teams, newest first; one query."""
    rows = (
        Assignment.objects.filter(
            team__in=teams,
            ended_at=None,
            why=Assignment.Why.HAND,
            assigned_on__gte=on - DAYS,
        )
        .values_list(
            "assigned_at",
            "assigned_by_name",
            "reason",
            "collector__display_name",
            "team__name",
        )
        .annotate(cases=Count("pk"))
        .order_by("-assigned_at")[:most]
    )
    return [
        RecentMove(at, by, reason, " · ".join(filter(None, (person, team))), cases)
        for at, by, reason, person, team, cases in rows
    ]
