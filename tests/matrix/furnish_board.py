"""Leaves and moves of both sides: one of each team, to be cancelled and to be undone."""

from collections.abc import Mapping
from datetime import timedelta

from collection.leave import Plan, cancel_leave, enter_leave
from collection.models import Assignment
from tenancy.models import User
from tenancy.scope import company_scope
from tests.matrix.sides import Side


def furnish_board(sides: Mapping[str, Side]) -> None:
    """Leaves that are planned, and the ids of moves made before; after the desks."""
    for side in sides.values():
        with company_scope(side.company):
            _move(side, "move", "case")
            _move(side, "move_two", "case_two")
            _covered_and_back(side)
            _leave(side, "leave", "collector2", "collector")
            _leave(side, "leave_two", "collector3", "")
        side.hidden |= {"leave", "leave_two", "move", "move_two"}


def _covered_and_back(side: Side) -> None:
    """A leave of today, cancelled at once: its cases have lain with the cover."""
    today, boss = side.company.local_date(), User.objects.get(username="admin")
    plan = Plan(
        user=User.objects.get(username="collector3"),
        first_day=today,
        last_day=today,
        cover=User.objects.get(username="lead2"),
        reason=f"{side.marks.private} was away",
    )
    entered = enter_leave(company=side.company, plan=plan, by=boss)
    assert entered.handed is not None
    assert entered.handed.went, entered.handed.stays
    cancel_leave(company=side.company, leave=entered.leave, by=boss)


def _leave(side: Side, name: str, username: str, cover: str) -> None:
    first = side.company.local_date() + timedelta(days=10)
    plan = Plan(
        user=User.objects.get(username=username),
        first_day=first,
        last_day=first + timedelta(days=2),
        cover=User.objects.get(username=cover) if cover else None,
        reason=f"{side.marks.private} is away",
    )
    entered = enter_leave(company=side.company, plan=plan, by=User.objects.get(username="admin"))
    entered.leave.refresh_from_db()
    side.ids[name] = str(entered.leave.uid)


def _move(side: Side, name: str, case: str) -> None:
    row = Assignment.objects.select_related("move").get(
        case__uid=side.ids[case], company=side.company, ended_at=None
    )
    assert row.move is not None
    side.ids[name] = str(row.move.uid)
