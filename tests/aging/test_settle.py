"""Settling cases: entry, crossing, closure, relapse, and what a repeated run leaves alone."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from cases.aging import CaseChanges, settle_cases
from cases.models import Case, CaseEvent, DueDate, LedgerEntry, Loan
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.aging.book import Owed, case_of, day, label, loan, moves


@pytest.fixture(autouse=True)
def inside(lender: Company, other_lender: Company) -> Iterator[None]:
    with company_scope(lender):
        yield


def test_a_loan_enters_on_its_due_date(lender: Company) -> None:
    made = loan(lender, "2026-03-01", as_of="2026-02-20", owed=Owed("900.00", "50.00"))
    assert settle_cases(company=lender, on=day("2026-02-28")).opened == ()
    opened = settle_cases(company=lender, on=day("2026-03-01")).opened
    case = case_of(made)
    assert opened == (case.pk,)
    assert (case.opened_on, case.aged_from, label(case)) == (made.due_date, made.due_date, "M0")
    assert (case.outstanding, case.borrower_name) == (made.outstanding, made.borrower.name)
    assert case.next_bucket_on == day("2026-03-02")
    made.refresh_from_db()
    assert made.in_collections
    assert list(CaseEvent.objects.filter(case=case).values_list("kind", flat=True)) == ["opened"]


def test_every_night_of_a_ladder_moves_once(lender: Company) -> None:
    made = loan(lender, "2026-03-01", as_of="2026-02-20")
    for offset in range(100):
        settle_cases(company=lender, on=day("2026-03-01") + timedelta(days=offset))
    case = case_of(made)
    assert moves(case) == [
        ("2026-03-01", 0, None, "M0", "entry"),
        ("2026-03-02", 1, "M0", "S1", "aging"),
        ("2026-03-12", 11, "S1", "S2", "aging"),
        ("2026-03-22", 21, "S2", "S3", "aging"),
        ("2026-04-01", 31, "S3", "M2", "aging"),
        ("2026-05-01", 61, "M2", "M3", "aging"),
        ("2026-05-31", 91, "M3", "M3+", "aging"),
    ]
    assert case.next_bucket_on is None


def test_a_night_done_again_changes_nothing(lender: Company) -> None:
    loan(lender, "2026-03-01", as_of="2026-02-20")
    settle_cases(company=lender, on=day("2026-03-12"))
    before = list(Case.objects.values()), list(CaseEvent.objects.values())
    assert settle_cases(company=lender, on=day("2026-03-12")) == CaseChanges()
    assert (list(Case.objects.values()), list(CaseEvent.objects.values())) == before


def test_a_backlog_enters_where_it_stands(lender: Company) -> None:
    made = loan(lender, "2025-12-01", as_of="2026-03-10")
    settle_cases(company=lender, on=day("2026-03-10"), loan_ids=[made.pk])
    case = case_of(made)
    assert (label(case), case.opened_on) == ("M3+", day("2025-12-01"))


def pay_off(made: Loan, on: str) -> None:
    LedgerEntry.objects.create(
        owner_id=made.owner_id, loan=made, effective_date=day(on), kind="repayment",
        principal=-made.principal, interest=-made.interest, fee=-made.fee, penalty=-made.penalty,
    )  # fmt: skip
    Loan.objects.filter(pk=made.pk).update(principal=0, interest=0, fee=0, penalty=0)


def move_due(made: Loan, due: str, as_of: str) -> None:
    DueDate.objects.create(owner_id=made.owner_id, loan=made, as_of=day(as_of), due_date=day(due))
    Loan.objects.filter(pk=made.pk).update(due_date=day(due))


def test_a_loan_paid_off_closes_on_the_day_of_the_money(lender: Company) -> None:
    made = loan(lender, "2026-03-01", as_of="2026-02-20")
    settle_cases(company=lender, on=day("2026-03-12"))
    pay_off(made, "2026-03-08")
    closed = settle_cases(company=lender, on=day("2026-03-12"), loan_ids=[made.pk]).closed
    case = case_of(made)
    assert closed == (case.pk,)
    assert (case.closure, case.closed_on, case.outstanding) == (
        "paid",
        day("2026-03-08"),
        Decimal(0),
    )
    assert (label(case), case.next_bucket_on) == (None, None)
    assert moves(case)[-1] == ("2026-03-12", 7, "S2", None, "closure")
    made.refresh_from_db()
    assert not made.in_collections
    assert settle_cases(company=lender, on=day("2026-03-13")) == CaseChanges()


def test_a_due_date_in_the_future_cures_and_the_next_one_opens_a_new_case(
    lender: Company,
) -> None:
    made = loan(lender, "2026-03-01", as_of="2026-02-20")
    settle_cases(company=lender, on=day("2026-03-12"))
    move_due(made, "2026-04-01", "2026-03-12")
    settle_cases(company=lender, on=day("2026-03-12"), loan_ids=[made.pk])
    first = case_of(made)
    assert (first.closure, first.closed_on) == ("cured", day("2026-03-12"))
    settle_cases(company=lender, on=day("2026-04-02"))
    second = case_of(made)
    assert second.pk != first.pk
    assert (second.opened_on, label(second)) == (day("2026-04-01"), "S1")


def test_another_due_date_re_ages_at_once(lender: Company) -> None:
    made = loan(lender, "2026-03-01", as_of="2026-02-20")
    settle_cases(company=lender, on=day("2026-04-12"))
    move_due(made, "2026-04-01", "2026-04-12")
    assert settle_cases(company=lender, on=day("2026-04-12"), loan_ids=[made.pk]).moved == 1
    case = case_of(made)
    assert (case.due_date, label(case), case.next_bucket_on) == (
        day("2026-04-01"), "S2", day("2026-04-22"),
    )  # fmt: skip
    assert moves(case)[-1] == ("2026-04-12", 11, "M2", "S2", "due_date")


def test_a_loan_that_owes_again_gets_a_new_case(lender: Company) -> None:
    made = loan(lender, "2026-03-01", as_of="2026-02-20")
    settle_cases(company=lender, on=day("2026-03-12"))
    pay_off(made, "2026-03-08")
    settle_cases(company=lender, on=day("2026-03-12"), loan_ids=[made.pk])
    Loan.objects.filter(pk=made.pk).update(principal=70)
    changes = settle_cases(company=lender, on=day("2026-03-20"), loan_ids=[made.pk])
    assert (len(changes.opened), changes.reopened) == (1, ())
    # The new stay cannot begin before the former one ended; its days still count from the due date.
    case = case_of(made)
    assert (case.opened_on, case.aged_from, label(case)) == (
        day("2026-03-08"), day("2026-03-01"), "S2",
    )  # fmt: skip


def test_names_and_amounts_are_taken_over(lender: Company) -> None:
    made = loan(lender, "2026-03-01", as_of="2026-02-20")
    settle_cases(company=lender, on=day("2026-03-12"))
    Loan.objects.filter(pk=made.pk).update(principal=70, product="car", channel="app")
    made.borrower.name = "Another"
    made.borrower.save()
    assert settle_cases(company=lender, on=day("2026-03-12"), loan_ids=[made.pk]) == CaseChanges()
    case = case_of(made)
    assert (case.outstanding, case.product, case.channel, case.borrower_name) == (
        Decimal(70), "car", "app", "Another",
    )  # fmt: skip


def test_the_night_of_one_lender_leaves_others_alone(
    lender: Company, other_lender: Company
) -> None:
    loan(lender, "2026-03-01", as_of="2026-02-20")
    with company_scope(other_lender):
        loan(other_lender, "2026-03-01", as_of="2026-02-20")
    settle_cases(company=lender, on=day("2026-03-12"))
    assert Case.objects.count() == 1
    with company_scope(other_lender):
        assert Case.objects.count() == 0
