"""Statements of the balance (core, statement): each replaces it; what is dated later stays."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import pytest

from cases.aging import settle_cases
from cases.buckets import loan_standings
from cases.ledger import RepaymentRow, post_repayments, replay_loans
from cases.models import LedgerEntry, Loan, Repayment
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.aging.book import Owed, case_of, day, loan

TODAY = day("2026-03-20")


@pytest.fixture
def made(lender: Company) -> Iterator[Loan]:
    with company_scope(lender):
        made = loan(
            lender, "2026-03-01", as_of="2026-02-28", no="X", owed=Owed("1000.00", penalty="20.00")
        )
        settle_cases(company=lender, on=TODAY)
        yield made


def state(company: Company, made: Loan, on: str, principal: str) -> None:
    """A loans row of the core system: what is owed at the close of a day."""
    LedgerEntry.objects.create(
        owner=company, loan=made, effective_date=day(on), kind="snapshot",
        principal=Decimal(principal), interest=0, fee=0, penalty=0,
    )  # fmt: skip
    replay_loans(company=company, loan_ids=[made.pk], on=TODAY)


def pay(company: Company, no: str, on: int, amount: str, reverses: str = "") -> None:
    at = datetime(2026, 3, on, 9, tzinfo=company.zone)
    row = RepaymentRow(no, "X", at, Decimal(amount), reverses=reverses)
    post_repayments(company=company, rows=[row], on=TODAY)


def owed(company: Company, *days: int) -> list[Decimal]:
    """What is owed at the end of some days of March."""
    return [
        sum(
            (x.owed.total for x in loan_standings(company=company, on=day(f"2026-03-{n:02}"))),
            Decimal(0),
        )
        for n in days
    ]


def now(made: Loan) -> tuple[Decimal, Decimal]:
    made.refresh_from_db()
    return made.principal, made.outstanding


def test_a_statement_replaces_the_balance_and_later_money_stays(
    lender: Company, made: Loan
) -> None:
    pay(lender, "A", 5, "100.00")
    pay(lender, "B", 12, "50.00")
    state(lender, made, "2026-03-10", "850.00")
    assert now(made) == (Decimal("800.00"), Decimal("800.00"))
    assert owed(lender, 4, 5, 10, 12) == [Decimal(n) for n in ("1020", "920", "850", "800")]
    assert case_of(made).outstanding == Decimal("800.00")
    # The same statement once more is the same balance.
    state(lender, made, "2026-03-10", "850.00")
    assert now(made)[1] == Decimal("800.00")


def test_money_that_a_statement_contains_changes_only_the_days_before_it(
    lender: Company, made: Loan
) -> None:
    state(lender, made, "2026-03-10", "850.00")
    pay(lender, "A", 5, "100.00")
    late = Repayment.objects.get(repayment_no="A")
    assert (late.state, late.applied_penalty, late.applied_principal) == (
        "included", Decimal("20.00"), Decimal("80.00"),
    )  # fmt: skip
    assert now(made)[1] == Decimal("850.00")
    assert owed(lender, 4, 5, 10) == [Decimal(n) for n in ("1020", "920", "850")]


def test_what_a_statement_contains_and_is_taken_back_later_is_owed_again(
    lender: Company, made: Loan
) -> None:
    pay(lender, "A", 5, "100.00")
    state(lender, made, "2026-03-10", "850.00")
    pay(lender, "AX", 15, "100.00", "A")
    made.refresh_from_db()
    # It had settled 20.00 of penalty and 80.00 of principal.
    assert (made.principal, made.penalty) == (Decimal("930.00"), Decimal("20.00"))
    assert owed(lender, 10, 14, 15) == [Decimal(n) for n in ("850", "850", "950")]


def test_a_loan_stated_as_paid_off_closes_and_one_that_comes_back_is_a_new_case(
    lender: Company, made: Loan
) -> None:
    state(lender, made, "2026-03-10", "0.00")
    first = case_of(made)
    assert (first.closure, first.closed_on) == ("paid", day("2026-03-10"))
    state(lender, made, "2026-03-15", "40.00")
    again = case_of(made)
    assert again.pk != first.pk
    assert (again.opened_on, again.outstanding) == (day("2026-03-10"), Decimal("40.00"))
