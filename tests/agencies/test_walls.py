"""What wall 2 holds at the edges of placing: columns, keys, and what has ended, by raw SQL."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError

from agencies.models import Package
from agencies.placement import place_cases
from agencies.recall import recall_cases
from cases.models import Case
from collection.models import Assignment, Note, Remark, RemarkOpening
from collection.notes import open_remarks, write_note
from collection.reassignment import reassign_cases
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.collection.book import add_case, desk, furnish

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]


def refused(query: str, *params: Any) -> str:
    """Run it, expect the database to refuse, and say why."""
    with (
        pytest.raises((ProgrammingError, IntegrityError)) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(query, params)
    return str(caught.value)


def changed(query: str, *params: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return int(cursor.rowcount)


@pytest.fixture
def placed(lender: Company, agency: Company, person: Person) -> Case:
    """A case that the agency holds, on its collector's desk, with a note."""
    with company_scope(lender):
        case = add_case(lender)
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
    with company_scope(agency):
        furnish(agency)
        reassign_cases(
            company=agency, case_ids=[case.pk], to=desk("collector"), reason="New", by=None
        )
        write_note(
            company=agency,
            case=case,
            by=person(agency, "collector"),
            disposition="hung_up",
            remark="Words.",
        )
    return case


def recall(lender: Company, case: Case) -> None:
    with company_scope(lender):
        recall_cases(lender=lender, case_ids=[case.pk], reason="complaint", by=None)


def test_an_agency_writes_nothing_of_the_book(placed: Case, agency: Company) -> None:
    with company_scope(agency):
        for table, column in (
            ("cases_case", "holder_id"),
            ("cases_loan", "principal"),
            ("cases_borrower", "name"),
            ("cases_contactpoint", "state"),
            ("agencies_placement", "ended_at"),
            ("agencies_package", "ends_on"),
        ):
            assert "permission denied" in refused(f"UPDATE {table} SET {column} = NULL")
            assert "permission denied" in refused(f"DELETE FROM {table}")


def test_whose_a_row_is_never_changes(placed: Case, agency: Company, lender: Company) -> None:
    for company in (agency, lender):
        with company_scope(company):
            for column in ("company_id", "owner_id", "case_id", "team_id", "collector_id"):
                assert "permission denied" in refused(
                    f"UPDATE collection_assignment SET {column} = {column}"
                )
            for table in ("collection_note", "collection_remark", "cases_caseevent"):
                assert "permission denied" in refused(f"UPDATE {table} SET case_id = case_id")
                assert "permission denied" in refused(f"DELETE FROM {table}")


def test_the_lender_does_not_touch_the_agencys_desks(placed: Case, lender: Company) -> None:
    with company_scope(lender):
        assert changed("UPDATE collection_assignment SET next_action = 'x'") == 0


def test_each_side_writes_its_own_columns_of_a_package(
    placed: Case, lender: Company, agency: Company
) -> None:
    with company_scope(lender):
        assert "permission denied" in refused("UPDATE agencies_package SET accepted_at = now()")
        assert "row-level security" in refused(
            "INSERT INTO agencies_package (lender_id, agency_id, number, lender_name, agency_name, "
            "reason, cases, amount, placed_by_name, accepted_at, accepted_by_name) "
            "VALUES (%s, %s, 'P', 'L', 'A', '', 1, 1, '', now(), 'forged')",
            lender.pk,
            agency.pk,
        )
    with company_scope(agency):
        assert Package.objects.update(accepted_at="2026-11-20T00:00:00Z") == 1


def test_what_has_ended_stays_ended(placed: Case, lender: Company, agency: Company) -> None:
    recall(lender, placed)
    with company_scope(agency):
        assert "row-level security" in refused(
            "UPDATE collection_assignment SET ended_at = NULL, end_kind = ''"
        )


def test_after_a_recall_nothing_begins_anew(placed: Case, lender: Company, agency: Company) -> None:
    recall(lender, placed)
    with company_scope(agency):
        team = desk("collector").team
        assert "row-level security" in refused(
            "INSERT INTO collection_assignment (company_id, owner_id, case_id, team_id, why, "
            "reason, assigned_by_name, assigned_on, end_kind, next_action, next_action_at, "
            "last_touch_by_name, last_disposition) "
            "VALUES (%s, %s, %s, %s, 'hand', '', '', '2026-11-20', '', '', now(), '', '')",
            *(agency.pk, lender.pk, placed.pk, team.pk),
        )
        assert "row-level security" in refused(
            "INSERT INTO cases_caseevent (owner_id, case_id, company_id, kind, actor_name, data, "
            "shared) VALUES (%s, %s, %s, 'x', '', '{}', false)",
            *(lender.pk, placed.pk, agency.pk),
        )


LATE_NOTE = (
    "INSERT INTO collection_note (company_id, owner_id, case_id, author_id, author_name, "
    "disposition, disposition_name_en, disposition_name_zh, next_action, has_remark, shared, "
    "flags, channel, relation, overdue_reason) "
    "VALUES (%s, %s, %s, 1, 'A', 'no_answer', 'No answer', '无人接听', '', false, false, "
    "'{}', 'call', 'self', '')"
)


def test_a_late_record_still_lands(placed: Case, lender: Company, agency: Company) -> None:
    recall(lender, placed)
    with company_scope(agency):
        assert changed(LATE_NOTE, agency.pk, lender.pk, placed.pk) == 1
        assert Note.objects.count() == 2
    with company_scope(lender):
        assert Note.objects.filter(case=placed, disposition="no_answer").count() == 1


def test_who_never_held_a_case_writes_no_note_of_it(
    placed: Case, lender: Company, other_agency: Company
) -> None:
    with company_scope(other_agency):
        assert "row-level security" in refused(LATE_NOTE, other_agency.pk, lender.pk, placed.pk)


def test_a_note_names_the_cases_own_lender(
    placed: Case, other_lender: Company, agency: Company
) -> None:
    with company_scope(agency):
        assert "note_case_fk" in refused(LATE_NOTE, agency.pk, other_lender.pk, placed.pk)


def test_sealed_remarks_open_with_a_reason(
    placed: Case, lender: Company, agency: Company, person: Person
) -> None:
    recall(lender, placed)
    with company_scope(agency):
        assert "row-level security" in refused(
            "INSERT INTO collection_remarkopening (company_id, owner_id, case_id, by_id, by_name, "
            "reason, in_transaction) VALUES (%s, %s, %s, 1, 'A', 'r', 1)",
            *(agency.pk, lender.pk, placed.pk),
        )
        assert changed("SELECT * FROM collection_remark") == 0
        RemarkOpening.objects.create(
            owner=lender, case_id=placed.pk, by_id=1, by_name="A", reason="Audit"
        )
        assert changed("SELECT * FROM collection_remark") == 1


@pytest.mark.django_db(transaction=True)
def test_a_sealed_remark_opens_to_one_transaction(
    lender: Company, agency: Company, person: Person
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
    worker, auditor = person(agency, "collector"), person(agency, "auditor")
    with company_scope(agency):
        furnish(agency)
        write_note(company=agency, case=case, by=worker, disposition="hung_up", remark="Words.")
    recall(lender, case)
    with company_scope(agency):
        opened = open_remarks(company=agency, case_id=case.pk, reason="Audit", by=auditor)
        assert [remark.text for remark in opened] == ["Words."]
    with company_scope(agency):
        assert not Remark.objects.exists()
        with pytest.raises(PermissionDenied):
            open_remarks(company=agency, case_id=case.pk, reason="Curious", by=worker)


def test_desks_of_other_companies_are_out_of_reach(
    placed: Case, lender: Company, agency: Company
) -> None:
    with company_scope(lender):
        theirs = Assignment.objects.filter(company=agency)
        assert list(theirs) == []
        assert changed("SELECT * FROM collection_assignment") == 1
