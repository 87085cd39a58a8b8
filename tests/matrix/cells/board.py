"""The lead's board: its figures, leave and cover, undoing a move."""

from collections.abc import Mapping

from django.test import Client
from django.utils import timezone

from collection.models import Assignment, Leave, Move
from tenancy.scope import company_scope
from tests.matrix.cell import ADMIN, LEADS, Cell, writes
from tests.matrix.sides import Side

LEADING = LEADS | ADMIN
OF_TEAM_ONE = frozenset({"lead", "admin"})
LEAD2 = frozenset({"lead2"})
PAIR = "{person_lead}.{person_collector}"


def _just_made(_client: Client, side: Side) -> Mapping[str, str]:
    """The move was made this minute."""
    with company_scope(side.company):
        move, now = Move.objects.get(uid=side.ids["move"]), timezone.now()
        Assignment.objects.filter(company=side.company, ended_at=move.at).update(ended_at=now)
        Move.objects.filter(pk=move.pk).update(at=now)
    return {}


def _undone(side: Side) -> bool:
    on_desks = Assignment.objects.filter(
        case__uid=side.ids["case"], company=side.company, ended_at=None
    )
    return not on_desks.exists()


def _away(side: Side, username: str) -> bool:
    return Leave.objects.filter(user__uid=side.ids[f"person_{username}"]).exists()


def _cancelled(side: Side) -> bool:
    return Leave.objects.get(uid=side.ids["leave"]).cancelled_at is not None


CELLS = [
    Cell(route="work:board-figures", who="lead", allowed=LEADING, query={"team": "{team}"}),
    Cell(route="work:leave", who="lead", allowed=LEADING, query={"team": "{team}"}),
    Cell(route="work:leave-new", who="lead", allowed=LEADING, query={"user": "{person_collector}"}),
    Cell(
        route="work:leave-new",
        method="POST",
        who="lead",
        allowed=LEADING,
        body={
            "user": "{person_lead}",
            "cover": "{person_collector}",
            "seen": PAIR,
            "first_day": "{today}",
            "last_day": "{today}",
            "act": "enter",
        },
        unseen={"user": "{person_collector3}", "cover": "{person_collector3}"},
        writes=writes("collection_leave", "tenancy_auditentry"),
        proof=lambda side: _away(side, "lead"),
    ),
    Cell(
        route="work:leave-cancel",
        who="lead",
        allowed=OF_TEAM_ONE,
        blind=LEAD2,
        path={"uid": "{leave}"},
        unseen={"uid": "{leave_two}"},
    ),
    Cell(
        route="work:leave-cancel",
        method="POST",
        who="lead",
        allowed=OF_TEAM_ONE,
        blind=LEAD2,
        path={"uid": "{leave}"},
        unseen={"uid": "{leave_two}"},
        writes=writes("collection_leave", "tenancy_auditentry"),
        proof=_cancelled,
    ),
    Cell(
        route="work:undo",
        who="lead",
        allowed=OF_TEAM_ONE,
        blind=LEAD2,
        path={"uid": "{move}"},
        unseen={"uid": "{move_two}"},
    ),
    Cell(
        route="work:undo",
        method="POST",
        who="lead",
        allowed=OF_TEAM_ONE,
        blind=LEAD2,
        path={"uid": "{move}"},
        unseen={"uid": "{move_two}"},
        writes=writes("collection_move", "collection_assignment", "cases_caseevent"),
        prepare=_just_made,
        proof=_undone,
    ),
]
