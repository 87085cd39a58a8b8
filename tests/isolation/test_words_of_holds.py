"""A hold that follows from a note tells the other company which result it was, never the remark."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from agencies.placement import place_cases
from agencies.recall import recall_cases
from cases.holds import lift_hold
from cases.models import Case, CaseHold
from collection.notes import write_note
from collection.reassignment import reassign_cases
from tenancy.models import Company, User
from tenancy.night import business_date
from tenancy.scope import company_scope
from tests.collection.book import add_case, desk, furnish

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]
MARK = "Obsidian"
"""A word of the remark, in nothing else."""
NAME = "Says the borrower has died"
"""What the result is called in the language of both companies."""
RESULT: dict[str, Any] = {
    "disposition": "says_dead",
    "remark": f"{MARK}: the neighbour told it in confidence.",
}


def place(lender: Company, agency: Company, case: Case) -> None:
    with company_scope(lender):
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )


def words_in_sight(company: Company, case: Case) -> str:
    """What the company reads of the case's holds and of its history, by raw SQL."""
    with company_scope(company), connection.cursor() as cursor:
        cursor.execute("SELECT reason, answer FROM cases_casehold WHERE case_id = %s", [case.pk])
        holds = cursor.fetchall()
        cursor.execute("SELECT data::text FROM cases_caseevent WHERE case_id = %s", [case.pk])
        return f"{holds} {cursor.fetchall()}"


def test_an_agency_does_not_read_the_lenders_remark(
    lender: Company, agency: Company, person: Person
) -> None:
    boss = person(lender, "admin")
    with company_scope(lender):
        case = add_case(lender)
    place(lender, agency, case)
    with company_scope(lender):
        assert not write_note(company=lender, case=case, by=boss, **RESULT).shared
    seen = words_in_sight(agency, case)
    assert NAME in seen
    assert MARK not in seen


def test_the_next_agency_does_not_read_an_agencys_remark(
    lender: Company, agency: Company, other_agency: Company, person: Person
) -> None:
    with company_scope(lender):
        case = add_case(lender)
    place(lender, agency, case)
    with company_scope(agency):
        furnish(agency)
        reassign_cases(
            company=agency, case_ids=[case.pk], to=desk("collector"), reason="New", by=None
        )
        write_note(company=agency, case=case, by=person(agency, "collector"), **RESULT)
    with company_scope(lender):
        recall_cases(lender=lender, case_ids=[case.pk], reason="Back", by=None)
        hold = CaseHold.objects.get(case=case)
        lift_hold(company=lender, hold=hold, on=business_date(lender), by=person(lender, "admin"))
    place(lender, other_agency, case)
    seen = words_in_sight(other_agency, case)
    assert NAME in seen
    assert MARK not in seen
