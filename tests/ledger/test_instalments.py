"""The oldest unpaid instalment gives the due date: the rule, and through the verbs with nights."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.aging import settle_cases
from cases.amounts import Amounts
from cases.buckets import loan_standings
from cases.instalments import Planned, Schedule
from cases.ledger import RepaymentRow, due_dates_from_schedule, post_repayments
from cases.models import Case, DueDate, Instalment, Loan
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.aging.book import Owed, case_of, day, label, loan

DUE = ["2026-03-01", "2026-04-01", "2026-05-01"]


def schedule() -> Schedule:
    return Schedule(
        Planned(day(due), number, Amounts(Decimal(1000), Decimal(50)))
        for number, due in enumerate(DUE)
    )


@pytest.mark.parametrize(
    ("paid", "due"),
    [
        ("0", DUE[0]), ("1049.99", DUE[0]), ("1050", DUE[1]), ("2099.99", DUE[1]),
        ("2100", DUE[2]), ("3150", DUE[2]), ("9999", DUE[2]),
    ],
)  # fmt: skip
def test_oldest_unpaid(paid: str, due: str) -> None:
    assert schedule().oldest_unpaid(Decimal(paid)) == day(due)


@pytest.mark.parametrize(
    ("owed", "due", "paid"),
    [
        # Everything is owed: nothing is paid, whatever due date the lender says.
        (("3000", "150"), DUE[0], "0"),
        (("3000", "150"), DUE[2], "0"),
        # One instalment and a bit are paid.
        (("1900", "50"), DUE[1], "1200"),
        # Only the interest due so far is stated: it does not count.
        (("3000", "0"), DUE[0], "0"),
        (("2000", "10"), DUE[1], "1000"),
        # Less is owed than the lender's due date allows for: that is the ceiling.
        (("500", "150"), DUE[0], "0"),
        # More is owed than was ever planned.
        (("4000", "0"), DUE[0], "0"),
        # The lender's due date is no instalment's, or after the last one.
        (("2000", "100"), "2026-03-15", "1050"),
        (("100", "0"), "2026-06-01", "3050"),
    ],
)  # fmt: skip
def test_what_a_statement_says_is_paid(owed: tuple[str, str], due: str, paid: str) -> None:
    stated = Amounts(Decimal(owed[0]), Decimal(owed[1]), penalty=Decimal("77"))
    plan = schedule().as_stated(owed=stated, due_date=day(due))
    assert plan.paid_when_stated(owed=stated, due_date=day(due)) == Decimal(paid)


@given(st.lists(st.integers(1, 500), min_size=1, max_size=12), st.integers(0, 7000))
def test_paying_more_never_makes_an_older_one_unpaid(parts: list[int], paid: int) -> None:
    plan = Schedule(
        Planned(date(2026, 1 + number % 12, 1), number, Amounts(Decimal(part)))
        for number, part in enumerate(parts)
    )
    assert plan.oldest_unpaid(Decimal(paid)) <= plan.oldest_unpaid(Decimal(paid + 1))
    assert plan.oldest_unpaid(plan.total) == plan.lines[-1].due_date


@pytest.fixture
def made(lender: Company) -> Iterator[Loan]:
    with company_scope(lender):
        made = loan(lender, DUE[0], as_of="2026-02-20", owed=Owed("3000.00", "150.00"))
        for seq, due in enumerate(DUE):
            Instalment.objects.create(
                owner=lender, loan=made, seq=seq, due_date=day(due),
                principal=1000, interest=50, fee=0, penalty=0,
            )  # fmt: skip
        derive(lender, made)
        yield made


def derive(company: Company, made: Loan) -> None:
    due_dates_from_schedule(
        company=company, loan_ids=[made.pk], as_of=day("2026-02-20"), on=day("2026-02-20")
    )


def pay(company: Company, made: Loan, no: str, on: str, amount: str, reverses: str = "") -> None:
    at = datetime.combine(day(on), datetime.min.time(), company.zone).replace(hour=9)
    row = RepaymentRow(no, made.loan_no, at, Decimal(amount), reverses=reverses)
    today = max(day(on), day("2026-03-20"))
    post_repayments(company=company, rows=[row], on=today)
    made.refresh_from_db()


def recorded(made: Loan) -> list[tuple[str, str]]:
    rows = DueDate.objects.filter(loan=made).order_by("pk")
    return [(row.as_of.isoformat(), row.due_date.isoformat()) for row in rows]


def test_deriving_again_adds_nothing(lender: Company, made: Loan) -> None:
    assert recorded(made) == [("2026-02-20", DUE[0])]
    derive(lender, made)
    assert recorded(made) == [("2026-02-20", DUE[0])]


def test_an_instalment_paid_cures_the_case_and_the_next_one_opens_another(
    lender: Company, made: Loan
) -> None:
    settle_cases(company=lender, on=day("2026-03-20"))
    pay(lender, made, "R1", "2026-03-18", "1049.99")
    assert (made.due_date, case_of(made).closed_on) == (day(DUE[0]), None)
    pay(lender, made, "R2", "2026-03-19", "0.01")
    first = case_of(made)
    assert made.due_date == day(DUE[1])
    assert (first.closure, first.closed_on) == ("cured", day("2026-03-19"))
    assert settle_cases(company=lender, on=day("2026-04-02")).opened == (case_of(made).pk,)
    assert (case_of(made).opened_on, label(case_of(made))) == (day(DUE[1]), "S1")


def test_a_part_of_two_arrears_moves_the_case_down(lender: Company, made: Loan) -> None:
    settle_cases(company=lender, on=day("2026-04-15"))
    assert label(case_of(made)) == "M2"
    row_day = "2026-04-15"
    pay(lender, made, "R1", row_day, "1050.00")
    case = case_of(made)
    assert (case.closed_on, case.due_date, label(case)) == (None, day(DUE[1]), "S2")


def test_a_reversal_takes_the_due_date_back_and_reopens(lender: Company, made: Loan) -> None:
    settle_cases(company=lender, on=day("2026-03-20"))
    pay(lender, made, "R1", "2026-03-18", "1050.00")
    cured = case_of(made)
    assert cured.closure == "cured"
    pay(lender, made, "R1X", "2026-03-25", "1050.00", reverses="R1")
    again = case_of(made)
    assert (again.pk, again.closed_on, made.due_date) == (cured.pk, None, day(DUE[0]))
    assert recorded(made)[-2:] == [("2026-03-18", DUE[1]), ("2026-03-25", DUE[0])]
    dpd = {on: next(iter(loan_standings(company=lender, on=day(on)))).dpd
           for on in ("2026-03-17", "2026-03-20", "2026-03-25")}  # fmt: skip
    assert dpd == {"2026-03-17": 16, "2026-03-20": -12, "2026-03-25": 24}


def test_a_late_instalment_payment_changes_the_days_since(lender: Company, made: Loan) -> None:
    settle_cases(company=lender, on=day("2026-03-20"))
    pay(lender, made, "R2", "2026-03-19", "1050.00")
    pay(lender, made, "R1", "2026-03-10", "1050.00")
    assert made.due_date == day(DUE[2])
    assert recorded(made)[-3:] == [
        ("2026-03-19", DUE[1]), ("2026-03-10", DUE[1]), ("2026-03-19", DUE[2]),
    ]  # fmt: skip


def test_paid_off_before_time(lender: Company, made: Loan) -> None:
    settle_cases(company=lender, on=day("2026-03-20"))
    pay(lender, made, "R1", "2026-03-18", "3150.00")
    assert (case_of(made).closure, made.outstanding) == ("paid", 0)
    assert Case.objects.filter(closed_on=None).count() == 0
