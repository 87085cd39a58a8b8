"""Loans rows: what the first one opens, what later ones change, and what they may not."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cases.models import (
    Borrower,
    Case,
    ContactPoint,
    DueDate,
    ImportDifference,
    ImportRun,
    LedgerEntry,
    Loan,
    StagedLoan,
)
from tenancy.models import Company
from tenancy.personal_data import open_sealed
from tenancy.scope import company_scope
from tests.feed.files import Feeding, counts, loan
from tests.night.snapshot import differing, snapshot

pytestmark = pytest.mark.django_db


def in_book(company: Company, model: Any, **lookup: Any) -> Any:
    with company_scope(company):
        return model.objects.get(**lookup)


def entries(company: Company, loan_no: str) -> list[tuple[str, str, str]]:
    with company_scope(company):
        found = LedgerEntry.objects.filter(loan__loan_no=loan_no).order_by("pk")
        return [(e.kind, str(e.effective_date), str(e.principal)) for e in found]


def cases(company: Company, loan_no: str = "L1") -> list[tuple[str, str, str]]:
    """Outstanding, due date and closure of a loan's cases, oldest first."""
    with company_scope(company):
        found = Case.objects.filter(loan_no=loan_no).order_by("pk")
        return [(str(c.outstanding), str(c.due_date), c.closure) for c in found]


def test_a_first_row_opens_ledger_due_date_contact_and_case(feeding: Feeding) -> None:
    row = {"loan_amount": "5000", "disbursed_on": "2025-11-02", "collection_score": "610"}
    run = feeding.send("loans", "2026-03-05", {**row, "attr.age_band": "26-35"})
    assert (run.state, counts(run)) == (ImportRun.State.DONE, (1, 0, 0, 0))
    assert run.outlook == {"opened": [1, "1020.00"]}
    made = in_book(feeding.company, Loan, loan_no="L1")
    assert (made.principal, made.outstanding, made.loan_amount) == (1000, 1020, 5000)
    assert (made.collection_score, made.lost_contact_score) == (610, None)
    assert made.attrs == {"age_band": "26-35"}
    assert entries(feeding.company, "L1") == [("opening", "2026-03-05", "1000.00")]
    first = in_book(feeding.company, DueDate, loan=made)
    assert (first.as_of, first.due_date) == (date(2026, 3, 5), date(2026, 3, 1))
    assert cases(feeding.company) == [("1020.00", "2026-03-01", "")]
    case = in_book(feeding.company, Case, loan=made)
    assert (case.borrower_name, case.phone_mask, case.product) == ("王小明", "138****8000", "cash")


def test_a_loan_that_is_not_due_or_paid_off_waits_without_a_case(feeding: Feeding) -> None:
    feeding.send(
        "loans",
        "2026-03-05",
        loan(1, due_date="2026-03-06"),
        loan(2, principal="0", interest="0"),
        loan(3, due_date="2026-03-05"),
    )
    assert cases(feeding.company, "L1") == cases(feeding.company, "L2") == []
    assert len(cases(feeding.company, "L3")) == 1


def test_numbers_of_people_are_sealed_and_found_by_hash(feeding: Feeding) -> None:
    feeding.send("loans", "2026-03-05", {"phone": " 138-0013-8000 "})
    with company_scope(feeding.company):
        borrower, contact = Borrower.objects.get(), ContactPoint.objects.get()
    assert open_sealed(borrower.id_no_sealed) == "110101199001011234"
    assert open_sealed(contact.number_sealed) == "13800138000"
    assert (borrower.id_no_last4, contact.number_last4) == ("1234", "8000")
    assert (contact.relation, contact.number_mask) == ("self", "138****8000")
    assert "0013" not in contact.number_sealed


def test_the_same_file_twice_changes_nothing(feeding: Feeding) -> None:
    rows = [loan(n, phone=f"1380013{n:04}") for n in range(30)]
    feeding.send("loans", "2026-03-05", *rows)
    before = snapshot(feeding.company)
    run = feeding.send("loans", "2026-03-05", *rows)
    assert counts(run) == (0, 0, 30, 0)
    assert differing(before, snapshot(feeding.company)) == []


def test_no_staged_row_is_left(feeding: Feeding) -> None:
    feeding.send("loans", "2026-03-05", {}, rows_at_once=1)
    with company_scope(feeding.company):
        assert not StagedLoan.objects.exists()


def test_later_rows_change_labels_but_not_the_ledgers_balance(feeding: Feeding) -> None:
    feeding.send("loans", "2026-03-05", {"channel": "app", "attr.job": "teacher"})
    later = {"product": "car", "channel": "", "borrower_name": "王大明", "phone": "13700137000"}
    run = feeding.send("loans", "2026-03-06", {**later, "principal": "900", "attr.pet": "cat"})
    assert (counts(run), run.differs) == ((0, 1, 0, 0), 1)
    known = in_book(feeding.company, Loan, loan_no="L1")
    assert (known.product, known.channel, known.principal) == ("car", "app", 1000)
    assert known.attrs == {"job": "teacher", "pet": "cat"}
    assert entries(feeding.company, "L1") == [("opening", "2026-03-05", "1000.00")]
    case = in_book(feeding.company, Case, loan=known)
    assert (case.borrower_name, case.phone_mask, case.product) == ("王大明", "137****7000", "car")
    with company_scope(feeding.company):
        assert ContactPoint.objects.filter(relation="self").count() == 2
        found = ImportDifference.objects.get(run=run)
    assert (found.line, found.loan_no) == (2, "L1")
    assert (found.stated_principal, found.ledger_principal) == (900, 1000)


def test_a_renamed_borrower_is_renamed_on_every_open_case(feeding: Feeding) -> None:
    feeding.send("loans", "2026-03-05", {}, {"loan_no": "L2"})
    feeding.send("loans", "2026-03-06", {"borrower_name": "王大明"})
    with company_scope(feeding.company):
        names = set(Case.objects.values_list("borrower_name", flat=True))
    assert names == {"王大明"}


def test_balances_are_compared_as_of_the_files_date(feeding: Feeding) -> None:
    feeding.send("loans", "2026-03-05", {})
    feeding.send("repayments", "2026-03-07", {"paid_at": "2026-03-07 10:00:00+08:00"})
    right = feeding.send("loans", "2026-03-06", {"product": "car"})
    assert right.differs == 0
    wrong = feeding.send("loans", "2026-03-07", {"product": "car"})
    assert (counts(wrong), wrong.differs) == ((0, 0, 1, 0), 1)


def test_what_is_empty_is_unknown_and_leaves_what_is_known(feeding: Feeding) -> None:
    feeding.send("loans", "2026-03-05", {"region": "North", "collection_score": "500"})
    empty = {"borrower_name": "", "id_no": "", "phone": "", "product": "", "region": ""}
    feeding.send("loans", "2026-03-06", {**empty, "collection_score": ""})
    known = in_book(feeding.company, Loan, loan_no="L1")
    assert (known.product, known.region, known.collection_score) == ("cash", "North", 500)
    borrower = in_book(feeding.company, Borrower, borrower_no="B1")
    assert (borrower.name, borrower.phone_mask) == ("王小明", "138****8000")
    assert open_sealed(borrower.id_no_sealed) == "110101199001011234"


@pytest.mark.parametrize("rows_at_once", [1, 2, 20_000])
def test_of_several_loans_of_a_person_the_last_that_says_something_counts(
    feeding: Feeding, rows_at_once: int
) -> None:
    rows = [
        {"loan_no": "L1", "borrower_name": "甲", "id_no": "11010119900101111X", "phone": ""},
        {"loan_no": "L2", "borrower_name": "乙", "id_no": "", "phone": "13700137001"},
        {"loan_no": "L3", "borrower_name": "", "id_no": "", "phone": "13700137002"},
    ]
    feeding.send("loans", "2026-03-05", *rows, rows_at_once=rows_at_once)
    borrower = in_book(feeding.company, Borrower, borrower_no="B1")
    assert (borrower.name, borrower.phone_mask) == ("乙", "137****7002")
    assert (open_sealed(borrower.id_no_sealed), borrower.id_no_last4) == (
        "11010119900101111X",
        "111X",
    )


def test_older_rows_and_other_peoples_loans_are_rejected(feeding: Feeding) -> None:
    feeding.send("loans", "2026-03-05", loan(1), loan(2))
    run = feeding.send("loans", "2026-03-04", loan(1), loan(3))
    assert feeding.rejects(run) == [(2, "loan_no", "older_row")]
    assert counts(run) == (1, 0, 0, 1)
    run = feeding.send("loans", "2026-03-06", loan(1), loan(2, borrower_no="B9"))
    assert feeding.rejects(run) == [(3, "borrower_no", "other_borrower")]
    assert counts(run) == (0, 0, 1, 1)


def test_an_unchanged_row_moves_the_date_by_which_the_loan_is_known(feeding: Feeding) -> None:
    feeding.send("loans", "2026-03-05", {})
    run = feeding.send("loans", "2026-03-08", {})
    assert (counts(run), run.outlook) == ((0, 0, 1, 0), {"restated": [1, "0.00"]})
    assert in_book(feeding.company, Loan, loan_no="L1").as_of == date(2026, 3, 8)
    run = feeding.send("loans", "2026-03-07", {})
    assert feeding.rejects(run) == [(2, "loan_no", "older_row")]


def test_a_key_that_occurs_twice_rejects_all_its_rows(feeding: Feeding) -> None:
    rows = [loan(1), loan(2), loan(1, penalty="5"), loan(3), loan(3, fee="x"), loan(4)]
    run = feeding.send("loans", "2026-03-05", *rows, rows_at_once=2)
    assert feeding.rejects(run) == [
        (2, "loan_no", "duplicate_key"),
        (4, "loan_no", "duplicate_key"),
        (5, "loan_no", "duplicate_key"),
        (6, "fee", "not_plain_decimal"),
    ]
    assert counts(run) == (2, 0, 0, 4)
    with company_scope(feeding.company):
        assert set(Loan.objects.values_list("loan_no", flat=True)) == {"L2", "L4"}


def test_a_due_date_moved_on_cures_and_the_next_one_opens_a_new_case(feeding: Feeding) -> None:
    feeding.send("loans", "2026-03-05", {})
    run = feeding.send("loans", "2026-03-06", {"due_date": "2026-04-01"})
    assert run.outlook == {"cured": [1, "1020.00"]}
    assert cases(feeding.company) == [("1020.00", "2026-03-01", "cured")]
    run = feeding.send("loans", "2026-04-02", {"due_date": "2026-04-02"})
    assert run.outlook == {"reentered": [1, "1020.00"]}
    assert cases(feeding.company)[1:] == [("1020.00", "2026-04-02", "")]
    with company_scope(feeding.company):
        dues = DueDate.objects.order_by("pk").values_list("as_of", "due_date")
        assert [(str(a), str(d)) for a, d in dues] == [
            ("2026-03-05", "2026-03-01"),
            ("2026-03-06", "2026-04-01"),
            ("2026-04-02", "2026-04-02"),
        ]


def test_another_due_date_ages_the_case_at_once(feeding: Feeding) -> None:
    feeding.send("loans", "2026-03-05", {})
    run = feeding.send("loans", "2026-03-06", {"due_date": "2026-02-20"})
    assert run.outlook == {"aged_up": [1, "1020.00"]}
    with company_scope(feeding.company):
        case = Case.objects.select_related("bucket").get()
        assert case.bucket is not None
        assert case.bucket.label == "S2"
    run = feeding.send("loans", "2026-03-07", {"due_date": "2026-03-01"})
    assert run.outlook == {"aged_down": [1, "1020.00"]}


def test_where_the_core_is_right_each_row_states_a_new_balance(core_feeding: Feeding) -> None:
    feeding, company = core_feeding, core_feeding.company
    feeding.send("loans", "2026-03-05", {})
    feeding.send("repayments", "2026-03-08", {"paid_at": "2026-03-08 10:00:00+08:00"})
    assert in_book(company, Loan, loan_no="L1").outstanding == 720
    run = feeding.send("loans", "2026-03-07", {"penalty": "30"})
    assert run.differs == 0
    # 1,050 at the close of the 7th, less the 300 of the 8th.
    assert in_book(company, Loan, loan_no="L1").outstanding == 750
    feeding.send("loans", "2026-03-09", {"principal": "640", "penalty": "30"})
    assert in_book(company, Loan, loan_no="L1").outstanding == 690
    assert [kind for kind, _day, _amount in entries(company, "L1")].count("snapshot") == 2
    before = snapshot(company)
    feeding.send("loans", "2026-03-09", {"principal": "640", "penalty": "30"})
    assert differing(before, snapshot(company)) == []


def test_paid_off_in_the_core_closes_and_a_new_balance_opens_anew(core_feeding: Feeding) -> None:
    feeding = core_feeding
    feeding.send("loans", "2026-03-05", {})
    nothing = {"principal": "0", "interest": "0"}
    run = feeding.send("loans", "2026-03-06", nothing)
    assert run.outlook == {"paid": [1, "1020.00"]}
    assert cases(feeding.company) == [("0.00", "2026-03-01", "paid")]
    run = feeding.send("loans", "2026-03-20", {"due_date": "2026-03-18", "principal": "50"})
    assert run.outlook == {"reentered": [1, "70.00"]}
    assert [closure for *_rest, closure in cases(feeding.company)] == ["paid", ""]


def test_money_that_came_first_finds_its_loan(feeding: Feeding) -> None:
    run = feeding.send("repayments", "2026-03-06", {})
    assert (counts(run), run.suspense) == ((1, 0, 0, 0), 1)
    feeding.send("loans", "2026-03-05", {})
    assert in_book(feeding.company, Loan, loan_no="L1").outstanding == Decimal("720.00")


def test_a_loan_that_a_file_does_not_name_stays_as_it_is(feeding: Feeding) -> None:
    feeding.send("loans", "2026-03-05", loan(1), loan(2))
    before = in_book(feeding.company, Loan, loan_no="L2")
    feeding.send("loans", "2026-03-06", loan(1, product="car"))
    after = in_book(feeding.company, Loan, loan_no="L2")
    assert (before.as_of, before.row_digest) == (after.as_of, after.row_digest)
    assert cases(feeding.company, "L2") == [("1020.00", "2026-03-01", "")]


def test_lenders_do_not_see_each_others_imports(
    feeding: Feeding, other_lender: Company, tmp_path: Any
) -> None:
    run = feeding.send("loans", "2026-03-05", {}, dry_run=True)
    with company_scope(other_lender):
        assert not ImportRun.objects.exists()
        assert not StagedLoan.objects.exists()
    theirs = Feeding(other_lender, tmp_path).send("loans", "2026-03-05", {})
    assert theirs.state == ImportRun.State.DONE
    with company_scope(feeding.company):
        assert ImportRun.objects.get().pk == run.pk
        assert not Loan.objects.exists()
