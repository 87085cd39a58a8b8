"""Ready-made statements: the same objects as the ORM reads, behind the same walls."""

from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from cases.models import Case, CaseEvent
from collection.models import Assignment
from tenancy.models import Company, Team, User
from tenancy.ready import ReadyQuery
from tenancy.scope import NoCompany, company_scope
from tests.collection.book import add_case
from tests.collection.test_reassign import put

pytestmark = pytest.mark.django_db
TEAMS = ReadyQuery(Team, "t.name >= %(first)s", tail="ORDER BY t.name")
EVERYBODY = ReadyQuery(User, "true", related=("company", "company__settings"), tail="ORDER BY t.id")


def columns_of(row: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_rows_are_those_of_the_orm_with_what_they_relate_to(lender: Company) -> None:
    with company_scope(lender):
        expected = list(User.objects.select_related("company__settings").order_by("pk"))
        with CaptureQueriesContext(connection) as queries:
            found = EVERYBODY.rows()
            settings = [person.company.settings for person in found]
            backwards = [each.company for each in settings]
        assert len(queries) == 1
        assert [columns_of(each) for each in found] == [columns_of(each) for each in expected]
        assert [columns_of(each) for each in settings] == [
            columns_of(each.company.settings) for each in expected
        ]
        assert {each.pk for each in backwards} == {lender.pk}
        assert not found[0]._state.adding


def test_json_extras_and_what_an_outer_join_does_not_find(lender: Company) -> None:
    events = ReadyQuery(CaseEvent, "t.case_id = %(case)s AND t.kind = 'opened'")
    desks = ReadyQuery(
        Assignment,
        "t.case_id = %(case)s",
        related=("collector", "team"),
        extra={"loan_no": "(SELECT c.loan_no FROM cases_case c WHERE c.id = t.case_id)"},
    )
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "", case)
        (event,) = events.rows(case=case.pk)
        assert event.data == {"on": case.opened_on.isoformat()}
        waiting = desks.first(case=case.pk)
        assert waiting is not None
        assert (waiting.collector, waiting.team.name) == (None, "Team One")
        assert waiting.loan_no == case.loan_no  # type: ignore[attr-defined]
        assert desks.first(case=0) is None


def test_values_are_bound_and_never_read_as_sql(lender: Company) -> None:
    with company_scope(lender):
        assert TEAMS.rows(first="'; DROP TABLE tenancy_team; --") == list(
            Team.objects.order_by("name")
        )


def test_both_walls_hold_in_every_scope(
    lender: Company, other_lender: Company, agency: Company
) -> None:
    with pytest.raises(NoCompany):
        TEAMS.rows(first="")
    for company in (lender, agency, other_lender, lender):
        with company_scope(company), CaptureQueriesContext(connection) as queries:
            assert {team.company_id for team in TEAMS.rows(first="")} == {company.pk}
            assert {each.company_id for each in EVERYBODY.rows()} == {company.pk}
        asked = [query["sql"] for query in queries if "FROM tenancy_" in query["sql"]]
        assert all(f"t.company_id = {company.pk} " in sql for sql in asked)
        assert len(asked) == 2


def test_a_book_is_bound_for_its_lender_and_left_to_the_policy_for_an_agency(
    lender: Company, agency: Company
) -> None:
    cases = ReadyQuery(Case, "true")
    with company_scope(lender):
        mine = add_case(lender)
        assert cases.rows() == [mine]
    with company_scope(agency):
        assert cases.rows() == []
