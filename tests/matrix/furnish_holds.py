"""Holds and money by hand of both sides: disputes, a complaint, an agency's hold, what waits."""

from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal

from cases.holds import open_hold
from cases.models import Case, CaseHold, ImportRun, Repayment, StagedStatement
from cases.money_by_hand import ask_post, ask_reversal
from collection.holding import open_hold_on_case
from tenancy.models import User
from tenancy.scope import company_scope
from tests.matrix.sides import PARTNERS, Side


def furnish_holds(sides: Mapping[str, Side]) -> None:
    """Ids of holds and of money that waits; after the book, the desks and the placements."""
    for code, other in PARTNERS.items():
        if sides[code].kind == "lender":
            _lenders(sides[code])
            _agencys(sides[other])


def _person(username: str) -> User:
    return User.objects.select_related("company").get(username=username)


def _lenders(side: Side) -> None:
    with company_scope(side.company):
        held = CaseHold.objects.get(case__uid=side.ids["case_held"], kind="dispute")
        side.ids["hold"] = str(held.uid)
        side.ids["hold_two"] = _hold(side, "case_two", "dispute")
        side.ids["hold_complaint"] = _hold(side, "case_held", "complaint")
        number = f"{side.marks.private}-R-own"
        side.ids["repayment"] = str(Repayment.objects.get(repayment_no=number).uid)
        _money(side)
        run = ImportRun.objects.get(uid=side.ids["run_judged4"])
        # Only a lender that keeps its balances by statements would have it from a file.
        StagedStatement.objects.create(
            run_id=run.pk,
            place=1,
            line=2,
            loan_no=side.ids["loanno"],
            as_of=run.as_of,
            principal=Decimal("900.00"),
            interest=0,
            fee=0,
            penalty=0,
        )
    side.hidden |= {"hold", "hold_two", "hold_complaint", "money", "money_back", "repayment"}


def _hold(side: Side, case: str, kind: str) -> str:
    made = open_hold(
        company=side.company,
        case=Case.objects.get(uid=side.ids[case]),
        kind=kind,
        starts_on=side.company.local_date(),
        reason=f"{side.marks.private} says so",
        by=_person("admin"),
    )
    made.refresh_from_db()
    return str(made.uid)


def _money(side: Side) -> None:
    today = side.company.local_date()
    asked = ask_post(
        company=side.company,
        loan_no=side.ids["loanno"],
        amount=Decimal("10.00"),
        paid_at=datetime.combine(today, time(0, 1), side.company.zone),
        reason=f"{side.marks.private} statement",
        by=_person("finance"),
        second_person_above=Decimal(5),
        on=today,
    )
    asked.refresh_from_db()
    side.ids["money"] = str(asked.uid)
    back = ask_reversal(
        company=side.company,
        repayment=Repayment.objects.get(repayment_no=f"{side.marks.private}-R-recalled"),
        reason=f"{side.marks.private} bounced",
        by=_person("finance"),
        second_person_above=Decimal(0),
        on=today,
    )
    back.refresh_from_db()
    side.ids["money_back"] = str(back.uid)


def _agencys(side: Side) -> None:
    with company_scope(side.company):
        open_hold_on_case(
            user=_person("admin"),
            case=Case.objects.get(uid=side.ids["case_free"]),
            kind="dispute",
            reason=f"{side.marks.lent} heard it",
        )
