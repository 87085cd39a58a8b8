"""Moves by hand of the last days, for the team board: who moved what, and what can be undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from collection.models import Assignment, Move
from collection.undo import undo_until
from tenancy.models import Team
from tenancy.scope import current_scope

DAYS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RecentMove:
    """One act: when, by whom, why, how many cases went where.

    left: how long it can still be undone, in minutes and seconds; "" when it cannot. is_undoing:
    it took back another.
    """

    uid: UUID
    at: datetime
    by: str
    reason: str
    to: str
    cases: int
    undone_by: str
    is_undone: bool
    is_undoing: bool
    left: str


def recent_moves(*, teams: Sequence[Team], now: datetime, most: int = 10) -> list[RecentMove]:
    """The newest moves to desks of these teams, newest first; one query."""
    made = Assignment.objects.filter(
        company_id=current_scope().company_id, move=OuterRef("pk"), team__in=teams
    )
    undoing = made.filter(why=Assignment.Why.UNDO)
    moves = (
        Move.objects.filter(Exists(made), at__gte=now - DAYS)
        .annotate(is_undoing=Exists(undoing))
        .order_by("-at", "-pk")[:most]
    )
    return [_told(move, move.is_undoing, now) for move in moves]


def _told(move: Move, is_undoing: bool, now: datetime) -> RecentMove:
    left = undo_until(move) - now
    can_be = not is_undoing and move.undone_at is None and left > timedelta(0)
    return RecentMove(
        uid=move.uid,
        at=move.at,
        by=move.by_name,
        reason=move.reason,
        to=move.to_name,
        cases=move.cases,
        undone_by=move.undone_by_name,
        is_undone=move.undone_at is not None,
        is_undoing=is_undoing,
        left=_minutes(left) if can_be else "",
    )


def _minutes(left: timedelta) -> str:
    minutes, seconds = divmod(int(left.total_seconds()), 60)
    return f"{minutes:02}:{seconds:02}"
