"""How the database reads the worklist under the policies: by its index, however many rows."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import F, Value
from django.test.utils import CaptureQueriesContext

from collection.assignment import assign_cases
from collection.models import Assignment
from collection.ranking import Rank
from collection.ranking_sql import rank_cases
from collection.worklist import Clock, WorkFilters, worklist
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.collection.book import ON
from tests.isolation.catalogue import as_owner

CASES = 6_000
BOOK = (
    "INSERT INTO cases_borrower (owner_id, borrower_no, name, id_no_hash, id_no_sealed, "
    "id_no_last4, phone_mask, timezone) "
    "SELECT %(me)s, 'B' || n, '', '', '', '', '', '' FROM generate_series(1, %(cases)s) n",
    "INSERT INTO cases_loan (owner_id, borrower_id, loan_no, product, channel, region, due_date, "
    "principal, interest, fee, penalty, overpaid, attrs, as_of, row_digest, in_collections) "
    "SELECT owner_id, id, 'LN' || id, '', '', '', %(on)s, 100, 0, 0, 0, 0, '{}', %(on)s, '', true "
    "FROM cases_borrower WHERE owner_id = %(me)s",
    "INSERT INTO cases_case (owner_id, loan_id, borrower_id, loan_no, borrower_name, phone_mask, "
    "product, channel, outstanding, due_date, aged_from, opened_on, closure) "
    "SELECT owner_id, id, borrower_id, loan_no, '', '', '', '', 100, due_date, due_date, "
    "due_date, '' FROM cases_loan WHERE owner_id = %(me)s",
)
TABLES = ("cases_borrower", "cases_loan", "cases_case", "collection_assignment")


def plan_of(user: User, clock: Clock) -> str:
    """The plan of a later page, as it is really asked for."""
    ask = {"user": user, "filters": WorkFilters(), "clock": clock}
    first = worklist(**ask)  # type: ignore[arg-type]
    with CaptureQueriesContext(connection) as queries:
        worklist(**ask, after=first.after)  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {queries[0]['sql']}")
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.django_db(transaction=True)
def test_the_worklist_is_read_by_its_index(
    lender: Company, person: Callable[[Company, str], User]
) -> None:
    people = {name: person(lender, name) for name in ("collector", "admin")}
    with as_owner() as cursor:
        for statement in BOOK:
            cursor.execute(statement, {"me": lender.pk, "cases": CASES, "on": ON})
    with company_scope(lender):
        assert assign_cases(company=lender, on=ON).assigned == CASES
        assert rank_cases(company=lender, on=ON) == CASES
        # As a book stands after some days of work: something of every rank, each with its key.
        spread = {"rank": F("id") % Value(len(Rank)), "rank_key": F("id") % Value(977)}
        Assignment.objects.update(**spread)
    with as_owner() as cursor:
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")
    with company_scope(lender):
        clock = Clock.of(lender, ON)
        for name, index, bounds in (
            ("collector", "worklist_of_collector", ("company_id =", "collector_id =")),
            ("admin", "worklist_of_company", ("company_id =",)),
        ):
            plan = plan_of(people[name], clock)
            chosen = plan.partition("Limit")[2]
            assert "Sort" not in chosen, plan
            assert "Seq Scan on collection_assignment" not in plan, plan
            _before, found, after = chosen.partition(f"Index Scan using {index}")
            assert found, plan
            condition = after.splitlines()[1]
            assert "Index Cond" in condition, plan
            assert all(bound in condition for bound in (*bounds, "ROW(rank, rank_key, id) >")), plan
