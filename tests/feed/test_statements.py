"""The statements feed: each line a new balance, for lenders whose statements are right."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client

from cases.feed.faults import FileRefused
from cases.models import Case, ImportRun, LedgerEntry, LenderSettings, Loan
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.feed.files import Feeding, counts, loan
from tests.feed.test_api import Core

pytestmark = pytest.mark.django_db
SignedIn = Callable[..., Client]


@pytest.fixture
def feeding(lender: Company, tmp_path: Path) -> Feeding:
    """A lender that is fed by statements, with two loans as of 03-05."""
    with company_scope(lender):
        LenderSettings.objects.update(balance_authority=LenderSettings.Authority.STATEMENT)
    feed = Feeding(lender, tmp_path)
    feed.send("loans", "2026-03-05", loan(1), loan(2))
    return feed


def line(number: int, on: str, principal: str, interest: str = "0") -> dict[str, str]:
    return {
        "loan_no": f"L{number}", "as_of": on, "principal": principal, "interest": interest,
        "fee": "0", "penalty": "0",
    }  # fmt: skip


def state(feeding: Feeding, on: str, *rows: dict[str, str], dry_run: bool = False) -> ImportRun:
    return feeding.send("statements", on, *rows, dry_run=dry_run)


def owed(feeding: Feeding, number: int = 1) -> Decimal:
    with company_scope(feeding.company):
        amount: Decimal = Loan.objects.get(loan_no=f"L{number}").outstanding
    return amount


def test_each_line_states_the_balance_anew(feeding: Feeding) -> None:
    judged = state(feeding, "2026-03-07", line(1, "2026-03-06", "700.00", "5.00"), dry_run=True)
    assert (judged.state, counts(judged), owed(feeding)) == (
        "judged", (1, 0, 0, 0), Decimal("1020.00"),
    )  # fmt: skip
    assert tuple(judged.outlook["stated"]) == (1, "705.00")
    run = state(feeding, "2026-03-07", line(1, "2026-03-06", "700.00", "5.00"))
    assert (run.state, counts(run), owed(feeding)) == ("done", (1, 0, 0, 0), Decimal("705.00"))
    with company_scope(feeding.company):
        case = Case.objects.get(loan_no="L1")
        assert case.outstanding == Decimal("705.00")
        entries = LedgerEntry.objects.filter(loan=case.loan_id).order_by("pk")
        assert [(each.kind, each.effective_date) for each in entries] == [
            ("opening", date(2026, 3, 5)), ("snapshot", date(2026, 3, 6)),
        ]  # fmt: skip


def test_the_same_again_changes_nothing_and_a_correction_does(feeding: Feeding) -> None:
    state(feeding, "2026-03-06", line(1, "2026-03-06", "700.00"))
    assert counts(state(feeding, "2026-03-06", line(1, "2026-03-06", "700.00"))) == (0, 0, 1, 0)
    assert counts(state(feeding, "2026-03-06", line(1, "2026-03-06", "650.00"))) == (0, 1, 0, 0)
    assert owed(feeding) == Decimal("650.00")


def test_nothing_owed_closes_the_case(feeding: Feeding) -> None:
    run = state(feeding, "2026-03-08", line(1, "2026-03-07", "0"), line(2, "2026-03-07", "1.00"))
    assert tuple(run.outlook["paid"]) == (1, "1020.00")
    with company_scope(feeding.company):
        closed = Case.objects.get(loan_no="L1")
        assert (closed.closure, closed.outstanding) == ("paid", Decimal(0))
        assert Case.objects.get(loan_no="L2").closed_on is None


def test_money_after_the_statement_stands_on_top_of_it(feeding: Feeding) -> None:
    for number, paid_at in (("R1", "2026-03-06"), ("R2", "2026-03-08")):
        row = {"repayment_no": number, "paid_at": f"{paid_at} 12:00:00+08:00", "amount": "100"}
        feeding.send("repayments", "2026-03-08", row)
    assert owed(feeding) == Decimal("820.00")
    state(feeding, "2026-03-08", line(1, "2026-03-07", "900.00"))
    assert owed(feeding) == Decimal("800.00")


def test_several_days_of_a_loan_in_one_file(feeding: Feeding) -> None:
    days = [line(1, "2026-03-06", "900.00"), line(1, "2026-03-07", "800.00")]
    assert counts(state(feeding, "2026-03-08", *days)) == (2, 0, 0, 0)
    assert owed(feeding) == Decimal("800.00")


def test_what_is_refused(feeding: Feeding) -> None:
    run = state(
        feeding, "2026-03-07",
        line(9, "2026-03-06", "1"),
        line(1, "2026-03-04", "1"),
        line(2, "2026-03-08", "1"),
        line(2, "2026-03-06", "-1"),
    )  # fmt: skip
    assert (run.new, run.rejected, owed(feeding)) == (0, 4, Decimal("1020.00"))
    assert feeding.rejects(run) == [
        (2, "loan_no", "unknown_loan"), (3, "as_of", "older_row"), (4, "as_of", "after_file"),
        (5, "principal", "negative"),
    ]  # fmt: skip


def test_only_where_statements_are_right(
    lender: Company, tmp_path: Path, signed_in: SignedIn
) -> None:
    with pytest.raises(FileRefused, match="does not keep its balances by statements"):
        Feeding(lender, tmp_path).send("statements", "2026-03-06", line(1, "2026-03-06", "1"))
    finance = signed_in(lender, "finance")
    assert 'value="statements"' not in finance.get("/cases/imports/new/").content.decode()
    with company_scope(lender):
        LenderSettings.objects.update(balance_authority=LenderSettings.Authority.STATEMENT)
    page = finance.get("/cases/imports/new/").content.decode()
    assert 'value="statements"' in page
    assert 'value="loans"' not in page


def test_the_page_of_a_judged_statement(feeding: Feeding, signed_in: SignedIn) -> None:
    run = state(feeding, "2026-03-07", line(1, "2026-03-06", "700.00"), dry_run=True)
    page = signed_in(feeding.company, "finance").get(f"/cases/imports/{run.uid}/").content.decode()
    for text in ("Balances stated", "700.00", "2026-03-06", "L1"):
        assert text in page


def test_the_core_system_sends_them(
    feeding: Feeding, person: Callable[[Company, str], User]
) -> None:
    core = Core(feeding.company, person(feeding.company, "admin"))
    answer = core.post(
        "statements",
        json.dumps({"as_of": "2026-03-07", "rows": [line(1, "2026-03-06", "700.00")]}),
    )
    assert (answer.status_code, answer.json()["new"]) == (200, 1)
    assert owed(feeding) == Decimal("700.00")
