"""Instalments and contacts: what new rows add, what known ones change, what is refused."""

import pytest

from cases.models import Borrower, Case, ContactPoint, DueDate, Instalment, Loan
from tenancy.personal_data import open_sealed
from tenancy.scope import company_scope
from tests.feed.files import Feeding, counts, loan
from tests.night.snapshot import differing, snapshot

pytestmark = pytest.mark.django_db


def due_date(feeding: Feeding, loan_no: str = "L1") -> str:
    with company_scope(feeding.company):
        return str(Loan.objects.get(loan_no=loan_no).due_date)


PLAN = [
    {"seq": "1", "due_date": "2026-02-01"},
    {"seq": "2", "due_date": "2026-03-01"},
    {"seq": "3", "due_date": "2026-04-01"},
]


@pytest.mark.parametrize("rows_at_once", [1, 2, 20_000])
def test_the_oldest_unpaid_instalment_gives_the_due_date(
    feeding: Feeding, rows_at_once: int
) -> None:
    feeding.send("loans", "2026-03-05", {"principal": "1000", "interest": "20"})
    run = feeding.send("instalments", "2026-03-05", *PLAN, rows_at_once=rows_at_once)
    # Two of three instalments are owed, so the second is the oldest unpaid one.
    assert (counts(run), run.outlook) == ((3, 0, 0, 0), {"schedules": [1, "0.00"]})
    assert due_date(feeding) == "2026-03-01"
    feeding.send("repayments", "2026-03-06", {"amount": "510"})
    assert due_date(feeding) == "2026-04-01"
    with company_scope(feeding.company):
        assert Case.objects.get().closure == "cured"
        # However the file was cut, half a schedule never gave a date.
        assert DueDate.objects.count() == 2


def test_a_schedules_due_date_stands_against_a_loans_row(feeding: Feeding) -> None:
    feeding.send("loans", "2026-03-05", {})
    feeding.send("instalments", "2026-03-05", *PLAN)
    feeding.send("loans", "2026-03-06", {"due_date": "2026-01-01", "product": "car"})
    assert due_date(feeding) == "2026-03-01"


def test_changed_and_unchanged_instalments_and_unknown_loans(feeding: Feeding) -> None:
    feeding.send("loans", "2026-03-05", {})
    feeding.send("instalments", "2026-03-05", *PLAN)
    before = snapshot(feeding.company)
    run = feeding.send("instalments", "2026-03-05", *PLAN)
    assert counts(run) == (0, 0, 3, 0)
    assert differing(before, snapshot(feeding.company)) == []
    changed = [PLAN[0], {**PLAN[1], "due_date": "2026-03-10"}, {"loan_no": "L9", "seq": "1"}]
    run = feeding.send("instalments", "2026-03-06", *changed)
    assert counts(run) == (0, 1, 1, 1)
    assert feeding.rejects(run) == [(4, "loan_no", "unknown_loan")]
    assert due_date(feeding) == "2026-03-10"
    with company_scope(feeding.company):
        assert Instalment.objects.count() == 3


def test_an_instalment_that_occurs_twice(feeding: Feeding) -> None:
    feeding.send("loans", "2026-03-05", {})
    run = feeding.send("instalments", "2026-03-05", PLAN[0], PLAN[1], {**PLAN[0], "fee": "1"})
    assert feeding.rejects(run) == [
        (2, "loan_no", "duplicate_key"),
        (4, "loan_no", "duplicate_key"),
    ]


def test_contacts_are_added_once_and_say_more_later(feeding: Feeding) -> None:
    feeding.send("loans", "2026-03-05", {})
    run = feeding.send("contacts", "2026-03-05", {}, {"relation": "配偶", "name": ""})
    assert (counts(run), run.outlook) == ((2, 0, 0, 0), {"borrowers": [1, "0.00"]})
    before = snapshot(feeding.company)
    run = feeding.send("contacts", "2026-03-05", {}, {"relation": "spouse", "name": ""})
    assert counts(run) == (0, 0, 2, 0)
    assert differing(before, snapshot(feeding.company)) == []
    run = feeding.send("contacts", "2026-03-06", {"name": ""}, {"relation": "spouse"})
    assert counts(run) == (0, 1, 1, 0)
    with company_scope(feeding.company):
        spouse = ContactPoint.objects.get(relation="spouse")
        assert (spouse.person_name, spouse.source) == ("李四", "application")
        assert open_sealed(spouse.number_sealed) == "13900139000"
        assert ContactPoint.objects.get(relation="friend").person_name == "李四"


def test_contacts_of_strangers_and_doubles_are_rejected(feeding: Feeding) -> None:
    feeding.send("loans", "2026-03-05", {})
    run = feeding.send(
        "contacts",
        "2026-03-05",
        {"borrower_no": "B9"},
        {"phone": "139-0013-9001"},
        {"phone": "13900139001", "name": "another"},
        {"phone": "12", "relation": "boss"},
    )
    assert feeding.rejects(run) == [
        (2, "borrower_no", "unknown_borrower"),
        (3, "borrower_no", "duplicate_key"),
        (4, "borrower_no", "duplicate_key"),
        (5, "relation", "bad_relation"),
        (5, "phone", "bad_phone"),
    ]
    with company_scope(feeding.company):
        assert not ContactPoint.objects.exclude(relation="self").exists()


def test_a_first_number_makes_a_borrower_reachable(feeding: Feeding) -> None:
    feeding.send("loans", "2026-03-05", {"phone": ""}, loan(2))
    feeding.send("contacts", "2026-03-05", {"relation": "self"}, {"borrower_no": "B2"})
    with company_scope(feeding.company):
        assert Borrower.objects.get(borrower_no="B1").phone_mask == "139****9000"
        assert Case.objects.get(loan_no="L1").phone_mask == "139****9000"
        assert Borrower.objects.get(borrower_no="B2").phone_mask == "138****8000"
