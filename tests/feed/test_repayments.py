"""Repayments rows: booked once, reversed once, and refused where they contradict what is booked."""

import pytest

from cases.models import Case, ImportRun, Loan, Repayment
from tenancy.scope import company_scope
from tests.feed.files import Feeding, counts, loan
from tests.night.snapshot import differing, snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def book(feeding: Feeding) -> None:
    """L1 and L2 owe 1,020.00 each at the close of 2026-03-05."""
    feeding.send("loans", "2026-03-05", loan(1), loan(2))


def owed(feeding: Feeding, loan_no: str = "L1") -> str:
    with company_scope(feeding.company):
        return str(Loan.objects.get(loan_no=loan_no).outstanding)


def states(feeding: Feeding) -> dict[str, str]:
    with company_scope(feeding.company):
        return dict(Repayment.objects.order_by("pk").values_list("repayment_no", "state"))


def test_a_repayment_is_booked_once(feeding: Feeding) -> None:
    run = feeding.send("repayments", "2026-03-06", {})
    assert (counts(run), run.outlook) == ((1, 0, 0, 0), {"posted": [1, "300.00"]})
    assert owed(feeding) == "720.00"
    before = snapshot(feeding.company)
    run = feeding.send("repayments", "2026-03-06", {})
    assert counts(run) == (0, 0, 1, 0)
    assert differing(before, snapshot(feeding.company)) == []


def test_a_split_from_the_feed_is_kept(feeding: Feeding) -> None:
    run = feeding.send("repayments", "2026-03-06", {"principal": "300", "interest": ""})
    assert run.state == ImportRun.State.DONE
    with company_scope(feeding.company):
        assert Loan.objects.get(loan_no="L1").principal == 700
        assert Repayment.objects.get().split_interest == 0


def test_the_same_number_with_other_contents_is_refused(feeding: Feeding) -> None:
    feeding.send("repayments", "2026-03-06", {})
    run = feeding.send("repayments", "2026-03-07", {"amount": "301"}, {"repayment_no": "R2"})
    assert feeding.rejects(run) == [(2, "repayment_no", "repayment_changed")]
    assert (counts(run), owed(feeding)) == ((1, 0, 0, 1), "420.00")


def test_money_up_to_the_opening_is_already_in_the_balance(feeding: Feeding) -> None:
    run = feeding.send("repayments", "2026-03-06", {"paid_at": "2026-03-05 23:59:59"})
    assert (run.already_in_balance, run.outlook) == (1, {"in_balance": [1, "300.00"]})
    assert (owed(feeding), states(feeding)) == ("1020.00", {"R1": "included"})
    run = feeding.send(
        "repayments", "2026-03-06", {"repayment_no": "R2", "paid_at": "2026-03-06 00:00:00"}
    )
    assert (run.already_in_balance, owed(feeding)) == (0, "720.00")


def test_money_for_an_unknown_loan_waits_in_suspense(feeding: Feeding) -> None:
    run = feeding.send("repayments", "2026-03-06", {"loan_no": "L9"}, {"repayment_no": "R2"})
    assert (run.suspense, counts(run)) == (1, (2, 0, 0, 0))
    assert run.outlook == {"suspense": [1, "300.00"], "posted": [1, "300.00"]}
    assert states(feeding) == {"R1": "suspense", "R2": "posted"}


def test_paying_all_closes_and_the_reversal_reopens_the_same_case(feeding: Feeding) -> None:
    run = feeding.send("repayments", "2026-03-06", {"amount": "1020"})
    assert run.outlook["paid"] == [1, "1020.00"]
    with company_scope(feeding.company):
        assert Case.objects.get(loan_no="L1").closure == "paid"
    back = {"repayment_no": "X1", "amount": "1020", "reverses": "R1"}
    run = feeding.send("repayments", "2026-03-07", {**back, "paid_at": "2026-03-07 09:00:00"})
    assert (run.outlook, owed(feeding)) == ({"reversed": [1, "1020.00"]}, "1020.00")
    with company_scope(feeding.company):
        assert Case.objects.get(loan_no="L1").closed_on is None


@pytest.mark.parametrize("rows_at_once", [1, 20_000])
def test_a_reversal_may_stand_before_what_it_reverses(feeding: Feeding, rows_at_once: int) -> None:
    rows = [{"repayment_no": "X1", "reverses": "R1"}, {"repayment_no": "R2"}, {}]
    run = feeding.send("repayments", "2026-03-06", *rows, rows_at_once=rows_at_once)
    assert counts(run) == (3, 0, 0, 0)
    assert (owed(feeding), states(feeding)) == (
        "720.00",
        {"R2": "posted", "R1": "reversed", "X1": "reversal"},
    )


def test_a_reversal_must_match(feeding: Feeding) -> None:
    feeding.send("repayments", "2026-03-06", {}, {"repayment_no": "R2", "loan_no": "L2"})
    feeding.send(
        "repayments", "2026-03-06", {"repayment_no": "X2", "loan_no": "L2", "reverses": "R2"}
    )
    run = feeding.send(
        "repayments",
        "2026-03-07",
        {"repayment_no": "Y1", "reverses": "R1", "amount": "299"},
        {"repayment_no": "Y2", "reverses": "R1", "loan_no": "L2"},
        {"repayment_no": "Y3", "reverses": "X2", "loan_no": "L2"},
        {"repayment_no": "Y4", "reverses": "R2", "loan_no": "L2"},
        {"repayment_no": "Y5", "reverses": "Y5"},
        {"repayment_no": "Y6", "reverses": "R1"},
        {"repayment_no": "Y7", "reverses": "R1"},
    )
    assert feeding.rejects(run) == [
        (2, "amount", "other_amount"),
        (3, "loan_no", "other_loan"),
        (4, "reverses", "reverses_a_reversal"),
        (5, "reverses", "already_reversed"),
        (6, "reverses", "reverses_itself"),
        (8, "reverses", "already_reversed"),
    ]
    assert owed(feeding) == "1020.00"


def test_a_repayment_number_that_occurs_twice(feeding: Feeding) -> None:
    run = feeding.send("repayments", "2026-03-06", {}, {"amount": "1"}, {"repayment_no": "R2"})
    assert feeding.rejects(run) == [
        (2, "repayment_no", "duplicate_key"),
        (3, "repayment_no", "duplicate_key"),
    ]
    assert states(feeding) == {"R2": "posted"}
