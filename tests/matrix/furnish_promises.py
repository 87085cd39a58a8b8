"""Promises of both sides: the lender's own, one that it shares, and those of its agency."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from cases.models import Case
from collection.models import Promise
from collection.promises import take_promise, withdraw_promise
from tenancy.models import User
from tenancy.scope import company_scope
from tests.matrix.sides import PARTNERS, Side


def furnish_promises(sides: Mapping[str, Side]) -> None:
    """One open promise of each desk, and one withdrawn; after the book and the placements."""
    for code, other in PARTNERS.items():
        if sides[code].kind == "lender":
            _lenders(sides[code])
            _agencys(sides[other])


def _lenders(side: Side) -> None:
    with company_scope(side.company):
        _promise(side, "promise", "case", "collector")
        _promise(side, "promise_two", "case_two", "collector3")
        _promise(side, "promise_lent", "case_lent", "admin", shared=True)
        _withdraw(side, "case_sibling", f"{side.marks.private} took it back")
        side.hidden |= {"promise", "promise_two"}


def _agencys(side: Side) -> None:
    with company_scope(side.company):
        _promise(side, "promise", "case", "collector")
        _promise(side, "promise_two", "case_two", "collector3")


def _withdraw(side: Side, case: str, reason: str) -> None:
    made = _promise(side, "promise_gone", case, "collector")
    withdraw_promise(
        company=side.company,
        promise=made,
        by=User.objects.get(username="admin"),
        reason=reason,
    )
    side.hidden.add("promise_gone")


def _promise(side: Side, name: str, case: str, username: str, *, shared: bool = False) -> Promise:
    made = take_promise(
        company=side.company,
        case=Case.objects.get(uid=side.ids[case]),
        by=User.objects.get(username=username),
        amount=Decimal("1.00"),
        due_on=side.company.local_date() + timedelta(days=3),
        pay_by="app",
        shared=shared,
    )
    side.ids[name] = str(made.uid)
    return made
