"""The worked examples of the waterfall, W1–W10, through the verbs and the database, to the cent."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest

from cases.aging import settle_cases
from cases.amounts import Amounts
from cases.ledger import Posted, RepaymentRow, post_repayments
from cases.models import LedgerEntry, LenderSettings, Loan, Repayment
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.aging.book import Owed, case_of, day, loan

OWED = Owed("1000.00", "38.25", "20.00", "45.30")
TODAY = day("2026-03-20")


def pfip(text: str) -> Amounts:
    """Amounts written as in the examples: penalty / fee / interest / principal."""
    penalty, fee, interest, principal = (Decimal(part) for part in text.split("/"))
    return Amounts(principal, interest, fee, penalty)


class Desk:
    """One overdue loan, and the money that comes in for it."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.loan = loan(company, "2026-02-20", as_of="2026-02-28", owed=OWED)
        settle_cases(company=company, on=TODAY)

    def pay(self, no: str, on: int, amount: str, *, split: str = "", reverses: str = "") -> Posted:
        row = RepaymentRow(
            repayment_no=no,
            loan_no=self.loan.loan_no,
            paid_at=datetime(2026, 3, on, 10, tzinfo=self.company.zone),
            amount=Decimal(amount),
            split=pfip(split) if split else None,
            reverses=reverses,
        )
        return post_repayments(company=self.company, rows=[row], on=TODAY)

    @property
    def left(self) -> Amounts:
        now = Loan.objects.get(pk=self.loan.pk)
        return Amounts(now.principal, now.interest, now.fee, now.penalty)

    @property
    def overpaid(self) -> Decimal:
        now: Decimal = Loan.objects.get(pk=self.loan.pk).overpaid
        return now

    def applied(self, no: str) -> Amounts:
        row = Repayment.objects.get(repayment_no=no)
        return Amounts(
            row.applied_principal, row.applied_interest, row.applied_fee, row.applied_penalty
        )

    def entries(self) -> list[tuple[date, str, Amounts]]:
        return [
            (e.effective_date, e.kind, Amounts(e.principal, e.interest, e.fee, e.penalty))
            for e in LedgerEntry.objects.filter(loan=self.loan).order_by("pk")
        ]

    def balance_on(self, on: str) -> Amounts:
        """The balance of a past day: the opening and every later entry up to it."""
        total = Amounts()
        for effective, _kind, amounts in self.entries():
            if effective <= day(on):
                total += amounts
        return total


@pytest.fixture
def desk(lender: Company) -> Iterator[Desk]:
    with company_scope(lender):
        yield Desk(lender)


@pytest.mark.parametrize(
    ("order", "amount", "split", "applied", "overpaid", "left"),
    [
        ("default", "300.00", "", "45.30/20.00/38.25/196.45", "0", "0/0/0/803.55"),
        ("civil_code", "300.00", "", "0/20.00/38.25/241.75", "0", "45.30/0/0/758.25"),
        ("principal_first", "300.00", "", "0/0/0/300.00", "0", "45.30/20.00/38.25/700.00"),
        ("default", "1200.00", "", "45.30/20.00/38.25/1000.00", "96.45", "0/0/0/0"),
        ("default", "300.00", "0/0/0/300", "0/0/0/300.00", "0", "45.30/20.00/38.25/700.00"),
        ("default", "300.00", "60/0/0/240", "45.30/14.70/0/240.00", "0", "0/5.30/38.25/760.00"),
    ],
    ids=["W1", "W2", "W3", "W4", "W5", "W6"],
)
def test_one_repayment(
    desk: Desk, order: str, amount: str, split: str, applied: str, overpaid: str, left: str
) -> None:
    LenderSettings.objects.update(waterfall=order)
    assert desk.pay("R1", 10, amount, split=split).posted == 1
    assert desk.applied("R1") == pfip(applied)
    assert desk.left == pfip(left)
    assert desk.overpaid == Repayment.objects.get(repayment_no="R1").overpaid == Decimal(overpaid)


def test_w4_closes_as_paid(desk: Desk) -> None:
    posted = desk.pay("R1", 10, "1200.00")
    case = case_of(desk.loan)
    assert posted.cases.closed == (case.pk,)
    assert (case.closure, case.closed_on) == ("paid", day("2026-03-10"))


def test_w7_a_reversal_puts_back_what_was_owed(desk: Desk) -> None:
    desk.pay("R1", 10, "300.00")
    assert desk.pay("R1X", 15, "300.00", reverses="R1").reversals == 1
    assert desk.left == pfip("45.30/20.00/38.25/1000.00")
    assert Repayment.objects.get(repayment_no="R1").state == "reversed"
    assert Repayment.objects.get(repayment_no="R1X").state == "reversal"
    assert desk.entries()[1:] == [
        (day("2026-03-10"), "repayment", -pfip("45.30/20.00/38.25/196.45")),
        (day("2026-03-15"), "reversal", pfip("45.30/20.00/38.25/196.45")),
    ]
    assert desk.balance_on("2026-03-14") == pfip("0/0/0/803.55")


def test_w8_a_late_repayment_is_replayed_into_its_place(desk: Desk) -> None:
    desk.pay("R1", 10, "300.00")
    desk.pay("R2", 5, "200.00")
    assert desk.applied("R2") == pfip("45.30/20.00/38.25/96.45")
    assert desk.applied("R1") == pfip("0/0/0/300.00")
    assert desk.left == pfip("0/0/0/603.55")
    assert desk.entries()[2:] == [
        (day("2026-03-05"), "repayment", -pfip("45.30/20.00/38.25/96.45")),
        (day("2026-03-10"), "correction", pfip("45.30/20.00/38.25/-103.55")),
    ]
    assert desk.balance_on("2026-03-09") == pfip("0/0/0/903.55")


def test_w9_reversing_the_other_one_does_not_bring_charges_back(desk: Desk) -> None:
    desk.pay("R1", 10, "300.00")
    desk.pay("R2", 5, "200.00")
    desk.pay("R1X", 15, "300.00", reverses="R1")
    assert desk.applied("R2") == pfip("45.30/20.00/38.25/96.45")
    assert desk.left == pfip("0/0/0/903.55")


def test_w10_a_reversal_uses_up_what_was_overpaid_and_reopens(desk: Desk) -> None:
    desk.pay("R1", 1, "300.00")
    desk.pay("R2", 2, "200.00")
    posted = desk.pay("R3", 3, "700.00")
    case = case_of(desk.loan)
    assert (desk.overpaid, posted.cases.closed) == (Decimal("96.45"), (case.pk,))
    posted = desk.pay("R2X", 9, "200.00", reverses="R2")
    assert desk.applied("R1") == pfip("45.30/20.00/38.25/196.45")
    assert desk.applied("R3") == pfip("0/0/0/700.00")
    assert (desk.left, desk.overpaid) == (pfip("0/0/0/103.55"), Decimal(0))
    assert posted.cases.reopened == (case.pk,)
    assert case_of(desk.loan).closed_on is None
    # Until the day of the reversal nothing was owed, from then on the rest is.
    assert desk.balance_on("2026-03-08") == pfip("0/0/0/0")
    assert desk.balance_on("2026-03-09") == pfip("0/0/0/103.55")


def test_w11_a_waiver_in_the_ledger_then_the_rest(lender: Company) -> None:
    with company_scope(lender):
        owed = Owed("2000.00", "86.40", "60.00", "312.55")
        made = loan(lender, "2026-01-01", as_of="2026-02-28", owed=owed, no="W11")
        settle_cases(company=lender, on=TODAY)
        LedgerEntry.objects.create(
            owner=lender, loan=made, kind="waiver", effective_date=day("2026-03-04"),
            principal=0, interest="-25.92", fee="-30.00", penalty="-218.78",
        )  # fmt: skip
        at = datetime(2026, 3, 6, 10, tzinfo=lender.zone)
        row = RepaymentRow("R1", "W11", at, Decimal("2184.25"))
        post_repayments(company=lender, rows=[row], on=TODAY)
        paid = Repayment.objects.get(repayment_no="R1")
        made.refresh_from_db()
        assert (made.outstanding, made.overpaid, case_of(made).closure) == (0, 0, "paid_waived")
        applied = Amounts(
            paid.applied_principal, paid.applied_interest, paid.applied_fee, paid.applied_penalty
        )
        assert applied == pfip("93.77/30.00/60.48/2000.00")
