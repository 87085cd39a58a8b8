"""A lender's rows open to an agency exactly while it holds the case, table by table, by raw SQL."""

from dataclasses import dataclass

import pytest
from django.db import connection

from agencies.placement import place_cases
from agencies.recall import recall_cases
from cases.holds import open_hold
from cases.models import Case
from collection.models import Promise
from collection.notes import write_note
from collection.promises import withdraw_promise
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.isolation.catalogue import rows
from tests.matrix.sides import Side, World

pytestmark = pytest.mark.django_db

TABLES = {
    "cases_case": "id = {case}",
    "cases_loan": "id = {loan}",
    "cases_borrower": "id = {borrower}",
    "cases_contactpoint": "borrower_id = {borrower}",
    "cases_duedate": "loan_id = {loan}",
    "cases_instalment": "loan_id = {loan}",
    "cases_ledgerentry": "loan_id = {loan}",
    "cases_repayment": "loan_id = {loan}",
    "cases_bucketmove": "case_id = {case}",
    "cases_casehold": "case_id = {case}",
    "cases_caseevent": "case_id = {case} AND shared",
    "collection_note": "case_id = {case} AND shared",
    "collection_remark": "case_id = {case} AND shared",
}
SCHEMES = ("cases_bucketscheme", "cases_bucket")


@dataclass
class Walk:
    """A case of the lender that has never been anywhere, and an agency that never held one."""

    lender: Side
    agency: Company
    case: Case

    def boss(self) -> User:
        return User.objects.select_related("company").get(username="admin")

    def place(self) -> None:
        with company_scope(self.lender.company):
            place_cases(
                lender=self.lender.company,
                agency=self.agency,
                case_ids=[self.case.pk],
                reason="M2",
                ends_on=None,
                by=self.boss(),
            )
            self.case.refresh_from_db()
            assert self.case.holder_id == self.agency.pk

    def recall(self) -> None:
        with company_scope(self.lender.company):
            recall_cases(
                lender=self.lender.company, case_ids=[self.case.pk], reason="back", by=self.boss()
            )

    def share(self) -> None:
        """Leave a note and a hold that the holder may read."""
        with company_scope(self.lender.company):
            write_note(
                company=self.lender.company,
                case=self.case,
                by=self.boss(),
                disposition="hung_up",
                remark="For the agency.",
                shared=True,
            )
            open_hold(
                company=self.lender.company,
                case=self.case,
                kind="dispute",
                starts_on=self.case.opened_on,
                ends_on=None,
                reason="Disputes",
                by=self.boss(),
            )

    def seen(self) -> dict[str, bool]:
        """Table → whether the agency sees a row of this case there, of any lender for schemes."""
        ids = {"case": self.case.pk, "loan": self.case.loan_id, "borrower": self.case.borrower_id}
        asked = {table: where.format(**ids) for table, where in TABLES.items()}
        asked |= dict.fromkeys(SCHEMES, f"owner_id = {self.lender.company.pk}")
        parts = " UNION ALL ".join(
            f"SELECT '{table}', EXISTS (SELECT 1 FROM {table} WHERE {where})"
            for table, where in asked.items()
        )
        with company_scope(self.agency), connection.cursor() as cursor:
            return dict(rows(cursor, parts))


@pytest.fixture
def walk(world: World, db: None) -> Walk:
    lender = world["NORTH"]
    agency = Company.objects.get(code="ANXIN")
    with company_scope(lender.company):
        case = Case.objects.get(uid=lender.ids["case"])
        # Its open promise keeps it from an agency.
        for promise in Promise.objects.filter(case=case, state=Promise.State.OPEN):
            withdraw_promise(
                company=lender.company,
                promise=promise,
                by=User.objects.get(username="admin"),
                reason="Walks",
            )
    return Walk(lender, agency, case)


def test_all_of_it_and_only_then(walk: Walk) -> None:
    assert set(walk.seen().values()) == {False}
    walk.place()
    walk.share()
    assert [table for table, shown in walk.seen().items() if not shown] == []
    walk.recall()
    assert [table for table, shown in walk.seen().items() if shown] == []


def test_a_sibling_that_stays_keeps_the_borrower_open(walk: Walk) -> None:
    """What is known of the person stays while another case of the person is held; the rest goes."""
    with company_scope(walk.lender.company):
        sibling = Case.objects.get(uid=walk.lender.ids["case_sibling"])
        assert sibling.borrower_id == walk.case.borrower_id
    walk.place()
    with company_scope(walk.lender.company):
        # No verb parts siblings: this is the wall alone.
        Case.objects.filter(pk=sibling.pk).update(holder=walk.agency)
        Case.objects.filter(pk=walk.case.pk).update(holder=None)
    seen = {table for table, shown in walk.seen().items() if shown}
    assert seen == {"cases_borrower", "cases_contactpoint", *SCHEMES}


def test_a_third_company_never_sees_it(walk: Walk, world: World) -> None:
    walk.place()
    walk.share()
    for code in ("HAIYUE", "BRIDGE", "CLEAR"):
        other = Walk(walk.lender, Company.objects.get(code=code), walk.case)
        seen = {table for table, shown in other.seen().items() if shown}
        # Who holds other cases of this lender reads its buckets, and nothing of this case.
        assert seen == (set() if code == "HAIYUE" else set(SCHEMES))
