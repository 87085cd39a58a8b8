"""The team board: what lies on each desk of the teams, and what was done there today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from cases.pills import Pill, pills
from collection.desks import Desk, DeskKey, desks_to_choose
from collection.models import Assignment
from collection.worklist import Clock
from tenancy.access import sees_all, teams_led
from tenancy.models import Team, User
from tenancy.screen import Segment

UNTOUCHED = timedelta(days=7)


@dataclass(slots=True)
class BoardRow:
    """A desk of the board. `desk.collector` is None for what waits with the team itself."""

    desk: Desk
    cases: int = 0
    amount: Decimal = Decimal(0)
    new_today: int = 0
    touched_today: int = 0
    due_today: int = 0
    never_touched: int = 0
    untouched_7: int = 0
    by_bucket: tuple[Segment, ...] = ()

    @property
    def limit(self) -> int | None:
        """The most cases that the person may have in hand."""
        return self.desk.collector.capacity if self.desk.collector else None


def teams_on_board(user: User) -> QuerySet[Team]:
    """The active teams whose board the person sees: a lead's own, all for who sees all."""
    teams = Team.objects.all() if sees_all(user) else teams_led(user)
    return teams.filter(is_active=True).order_by("name")


def board(*, teams: Sequence[Team], clock: Clock) -> list[BoardRow]:
    """The desks of the teams, each team's own first; four queries, however many desks.

    People without a case stand there too; somebody who left stands there as long as cases do.
    """
    rows = {desk.key: BoardRow(desk) for desk in desks_to_choose(teams)}
    found = _counts(teams, clock)
    _add_strangers(rows, teams, found)
    scale = pills(line["case__bucket_id"] for line in found)
    segments: dict[DeskKey, list[tuple[Pill, int]]] = {}
    for line in found:
        key = (line["team_id"], line["collector_id"])
        row = rows[key]
        row.cases += line["cases"]
        row.amount += line["amount"]
        row.new_today += line["new"]
        row.touched_today += line["touched"]
        row.due_today += line["due"]
        row.never_touched += line["never"]
        row.untouched_7 += line["untouched"]
        if pill := scale.get(line["case__bucket_id"]):
            segments.setdefault(key, []).append((pill, line["cases"]))
    for key, parts in segments.items():
        parts.sort(key=lambda part: part[0].lower)
        rows[key].by_bucket = tuple(Segment(label=p.label, value=n, tone=p.tone) for p, n in parts)
    return list(rows.values())


def _counts(teams: Sequence[Team], clock: Clock) -> list[dict[str, Any]]:
    old = clock.begins - UNTOUCHED
    untouched = Q(last_touch_at__lt=old) | Q(
        last_touch_at=None, assigned_on__lt=clock.on - UNTOUCHED
    )
    lines: Any = (
        Assignment.objects.filter(team__in=teams, ended_at=None)
        .order_by()
        .values("team_id", "collector_id", "case__bucket_id")
        .annotate(
            cases=Count("pk"),
            amount=Coalesce(Sum("case__outstanding"), Decimal(0)),
            new=Count("pk", filter=Q(assigned_on=clock.on)),
            touched=Count("pk", filter=Q(last_touch_at__gte=clock.begins)),
            due=Count("pk", filter=Q(next_action_at__lt=clock.ends)),
            never=Count("pk", filter=Q(last_touch_at=None)),
            untouched=Count("pk", filter=untouched),
        )
    )
    return list(lines)


def _add_strangers(
    rows: dict[DeskKey, BoardRow], teams: Sequence[Team], found: Sequence[dict[str, Any]]
) -> None:
    """Desks with cases whose person sits in the team no more, or is inactive."""
    strange = [
        (line["team_id"], line["collector_id"])
        for line in found
        if (line["team_id"], line["collector_id"]) not in rows
    ]
    if not strange:
        return
    by_id = {team.pk: team for team in teams}
    people = User.objects.in_bulk({person for _team, person in strange if person is not None})
    for team_id, person_id in strange:
        desk = Desk(by_id[team_id], people.get(person_id))
        rows.setdefault((team_id, person_id), BoardRow(desk))
