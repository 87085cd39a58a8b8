"""Any order of acts between a lender and two agencies: each sees what a plain model says, no more.

The model keeps for each case who holds it, whether it is open and on whose desk it lies. After
every step it is compared with the rows, and what raw SQL shows each company with what the model
allows (the rules of tests.isolation.sight).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from django.apps import apps
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from agencies.models import Package
from agencies.placement import accept_package, place_cases
from agencies.recall import recall_cases
from cases.ledger import RepaymentRow, post_repayments
from cases.models import Case
from collection.assignment import assign_cases
from collection.notes import write_note
from collection.reassignment import reassign_cases
from config.night import STEPS
from tenancy.models import Company, User
from tenancy.night import run_step
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, desk, furnish
from tests.isolation.catalogue import rows
from tests.isolation.sight import Held, Row, rules

LABELS = (
    "cases.Borrower",
    "cases.ContactPoint",
    "cases.Loan",
    "cases.Case",
    "cases.DueDate",
    "cases.LedgerEntry",
    "cases.Repayment",
    "cases.BucketMove",
    "cases.CaseEvent",
    "cases.BucketScheme",
    "cases.Bucket",
    "agencies.Package",
    "agencies.Placement",
    "collection.Assignment",
    "collection.Note",
    "collection.Remark",
)
MODELS = {label: apps.get_model(label) for label in LABELS}
CASES = 5
AGENCIES = st.sampled_from(("ANXIN", "BRIDGE"))
SOME_CASES = st.sets(st.integers(0, CASES - 1), min_size=1, max_size=3)
ONE_CASE = st.integers(0, CASES - 1)


@dataclass
class Known:
    """What the model knows of a case. paid: the number of the repayment that closed it."""

    pk: int
    loan_id: int
    borrower_id: int
    loan_no: str
    owed: Decimal
    holder: str = ""
    ends_on: date | None = None
    desk: str = ""
    is_open: bool = True
    paid: str = ""


@dataclass(frozen=True)
class Stage:
    """What stands before the first step of every example."""

    companies: dict[str, Company]
    cases: Sequence[Known]

    @property
    def lender(self) -> Company:
        return self.companies["HAIYUE"]


class Outsourcing(RuleBasedStateMachine):
    """Place, accept, take in, note, repay, reverse, recall, assign, night, in any order."""

    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.cases = [Known(**vars(case)) for case in self.stage.cases]
        self.day = ON + timedelta(days=1)
        self.notes: list[tuple[int, str, bool]] = []
        self.packages: dict[int, str] = {}
        self.numbers = 0
        self.nights()

    def teardown(self) -> None:
        """Undo the example."""
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    # Acts -----------------------------------------------------------------------------------

    @rule(chosen=SOME_CASES, agency=AGENCIES, days=st.sampled_from((None, 0, 2)))
    def place(self, chosen: set[int], agency: str, days: int | None) -> None:
        ends_on = None if days is None else self.day + timedelta(days=days)
        cases = [self.cases[n] for n in sorted(chosen)]
        going = [case for case in cases if self.may_go(case, agency)]
        with company_scope(self.stage.lender):
            placed = place_cases(
                lender=self.stage.lender,
                agency=self.stage.companies[agency],
                case_ids=[case.pk for case in cases],
                reason="x",
                ends_on=ends_on,
                by=boss(),
            )
        assert set(placed.case_ids) == {case.pk for case in going}
        if placed.package is not None:
            self.packages[placed.package.pk] = agency
        for case in going:
            case.holder, case.ends_on, case.desk = agency, ends_on, ""

    def may_go(self, case: Known, agency: str) -> bool:
        """A person's open cases are never with two agencies."""
        siblings = (each for each in self.cases if each.borrower_id == case.borrower_id)
        elsewhere = any(each.is_open and each.holder not in ("", agency) for each in siblings)
        return case.is_open and not case.holder and not elsewhere

    @rule(chosen=SOME_CASES)
    def recall(self, chosen: set[int]) -> None:
        asked = [self.cases[n] for n in sorted(chosen)]
        with company_scope(self.stage.lender):
            back = recall_cases(
                lender=self.stage.lender,
                case_ids=[case.pk for case in asked],
                reason="x",
                by=boss(),
            )
        assert set(back.case_ids) == self.come_back(asked)

    def come_back(self, asked: Iterable[Known]) -> set[int]:
        """With a case comes all that the agency holds of the person."""
        people = {(case.borrower_id, case.holder) for case in asked if case.holder}
        back = [case for case in self.cases if (case.borrower_id, case.holder) in people]
        for case in back:
            case.holder, case.ends_on, case.desk = "", None, ""
        return {case.pk for case in back}

    @precondition(lambda self: self.packages)
    @rule(which=st.integers(0, 20))
    def accept(self, which: int) -> None:
        package, agency = sorted(self.packages.items())[which % len(self.packages)]
        with company_scope(self.stage.companies[agency]):
            accept_package(
                agency=self.stage.companies[agency],
                package=Package.objects.get(pk=package),
                by=boss(),
            )

    @rule(chosen=SOME_CASES, agency=AGENCIES, username=st.sampled_from(("collector", "lead")))
    def take_in(self, chosen: set[int], agency: str, username: str) -> None:
        """An agency puts cases on a desk; those that it does not hold do not exist for it."""
        cases = [self.cases[n] for n in sorted(chosen)]
        with company_scope(self.stage.companies[agency]):
            reassign_cases(
                company=self.stage.companies[agency],
                case_ids=[case.pk for case in cases],
                to=desk(username),
                reason="x",
                by=boss(),
            )
        for case in cases:
            if case.holder == agency and case.is_open:
                case.desk = agency

    @rule()
    def assign(self) -> None:
        with company_scope(self.stage.lender):
            assign_cases(company=self.stage.lender, on=self.day)
        self.assigned()

    def assigned(self) -> None:
        for case in self.cases:
            if case.is_open and not case.holder and not case.desk:
                case.desk = "HAIYUE"

    @rule(which=ONE_CASE, shared=st.booleans())
    def note(self, which: int, shared: bool) -> None:
        """The lender writes of any case; whether the holder reads it is said on the note."""
        self.write("HAIYUE", self.cases[which], shared=shared)

    @rule(which=ONE_CASE)
    def note_of_holder(self, which: int) -> None:
        case = self.cases[which]
        for agency in ("ANXIN", "BRIDGE"):
            if case.holder == agency:
                self.write(agency, case)
                continue
            with company_scope(self.stage.companies[agency]):
                assert not Case.objects.filter(pk=case.pk).exists()

    def write(self, code: str, case: Known, *, shared: bool = False) -> None:
        company = self.stage.companies[code]
        with company_scope(company):
            note = write_note(
                company=company,
                case=Case.objects.get(pk=case.pk),
                by=boss(),
                disposition="hung_up",
                remark=f"{code} wrote",
                shared=shared,
            )
        self.notes.append((note.pk, code, shared))

    @rule(which=ONE_CASE, whole=st.booleans())
    def repay(self, which: int, whole: bool) -> None:
        case = self.cases[which]
        if not case.is_open:
            return
        amount = case.owed if whole else case.owed / 2
        number = self.post(case, amount)
        case.owed -= amount
        if whole:
            case.is_open, case.desk, case.paid = False, "", number

    @rule(which=ONE_CASE)
    def reverse(self, which: int) -> None:
        """What had closed the case is taken back: the same case is open again."""
        case = self.cases[which]
        if case.is_open:
            return
        with company_scope(self.stage.lender):
            amount = self.amount_of(case.paid)
        self.post(case, amount, reverses=case.paid)
        case.owed, case.is_open, case.paid = amount, True, ""

    def amount_of(self, number: str) -> Decimal:
        found = apps.get_model("cases.Repayment").objects.get(repayment_no=number)
        return Decimal(found.amount)

    def post(self, case: Known, amount: Decimal, reverses: str = "") -> str:
        self.numbers += 1
        row = RepaymentRow(
            repayment_no=f"R{self.numbers}",
            loan_no=case.loan_no,
            paid_at=datetime.combine(self.day, time(12), self.stage.lender.zone),
            amount=amount,
            reverses=reverses,
        )
        with company_scope(self.stage.lender):
            posted = post_repayments(company=self.stage.lender, rows=[row], on=self.day)
        assert (posted.posted, posted.reversals) == ((0, 1) if reverses else (1, 0))
        return row.repayment_no

    @rule()
    def night(self) -> None:
        self.day += timedelta(days=1)
        self.nights()

    def nights(self) -> None:
        """The lender's night: what ended comes back, and what is free is assigned."""
        for step in STEPS:
            run_step(company=self.stage.lender, step=step, day=self.day)
        self.come_back([c for c in self.cases if c.ends_on is not None and c.ends_on < self.day])
        self.assigned()

    # What must hold -------------------------------------------------------------------------

    @invariant()
    def everybody_sees_what_the_model_says(self) -> None:
        truth = self.truth()
        self.the_rows_are_as_modelled(truth)
        pks = {code: company.pk for code, company in self.stage.companies.items()}
        held = Held(self.as_row(case, pks) for case in self.cases)
        sees = rules(held)
        for code, company in self.stage.companies.items():
            for label, seen in self.seen_by(company).items():
                mine = {
                    row[key_of(label)] for row in truth[label] if company.pk in sees[label](row)
                }
                of_lender = {row[key_of(label)] for row in truth[label]}
                # A stranger lender has rows of its own; nobody else has any but these.
                assert (seen & of_lender if code == "NORTH" else seen) == mine, (code, label)

    def as_row(self, case: Known, pks: dict[str, int]) -> Row:
        return {
            "id": case.pk,
            "loan_id": case.loan_id,
            "borrower_id": case.borrower_id,
            "owner_id": self.stage.lender.pk,
            "holder_id": pks[case.holder] if case.holder else None,
        }

    def the_rows_are_as_modelled(self, truth: dict[str, list[Row]]) -> None:
        codes = {company.pk: code for code, company in self.stage.companies.items()}
        assert {
            row["id"]: (codes.get(row["holder_id"], ""), row["closed_on"] is None)
            for row in truth["cases.Case"]
        } == {case.pk: (case.holder, case.is_open) for case in self.cases}
        lying = [
            (row["case_id"], codes[row["company_id"]])
            for row in truth["collection.Assignment"]
            if row["ended_at"] is None
        ]
        assert sorted(lying) == sorted((case.pk, case.desk) for case in self.cases if case.desk)
        assert [
            (row["id"], codes[row["company_id"]], row["shared"]) for row in truth["collection.Note"]
        ] == self.notes
        staying = [row for row in truth["agencies.Placement"] if row["ended_at"] is None]
        assert {row["case_id"]: codes[row["agency_id"]] for row in staying} == {
            case.pk: case.holder for case in self.cases if case.holder
        }

    def truth(self) -> dict[str, list[Row]]:
        """Every row about the lender's cases, as the lender reads it."""
        parts = (
            f"SELECT '{label}', (SELECT coalesce(json_agg(to_json(t) ORDER BY t.{key_of(label)}), "
            f"'[]') FROM {model._meta.db_table} t)"
            for label, model in MODELS.items()
        )
        return dict(self.asked(self.stage.lender, parts))

    def seen_by(self, company: Company) -> dict[str, set[int]]:
        parts = (
            f"SELECT '{label}', (SELECT json_agg(t.{key_of(label)}) FROM {model._meta.db_table} t)"
            for label, model in MODELS.items()
        )
        return {label: set(found or ()) for label, found in self.asked(company, parts)}

    @staticmethod
    def asked(company: Company, parts: Iterable[str]) -> list[tuple[Any, ...]]:
        with company_scope(company), connection.cursor() as cursor:
            return rows(cursor, " UNION ALL ".join(parts))


def key_of(label: str) -> str:
    return str(MODELS[label]._meta.pk.column)


def boss() -> User:
    return User.objects.select_related("company").get(username="admin")


@pytest.fixture
def stage(lender: Company, person: Callable[[Company, str], User]) -> Stage:
    """Five cases of three people, all on the lender's side."""
    codes = ("HAIYUE", "ANXIN", "BRIDGE", "CLEAR", "NORTH")
    companies = {code: Company.objects.get(code=code) for code in codes}
    for company in companies.values():
        with company_scope(company):
            furnish(company)
    with company_scope(lender):
        first, second, third = (add_case(lender, dpd=n) for n in (1, 2, 3))
        made = [
            *(first, second, third),
            *(add_case(lender, dpd=4, borrower=case.borrower) for case in (first, second)),
        ]
        known = [
            Known(case.pk, case.loan_id, case.borrower_id, case.loan_no, case.outstanding)
            for case in made
        ]
    return Stage(companies, known)


@pytest.mark.django_db
def test_any_order_of_acts(stage: Stage) -> None:
    Outsourcing.stage = stage
    run_state_machine_as_test(
        Outsourcing,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
