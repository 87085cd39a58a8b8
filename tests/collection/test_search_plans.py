"""How the database reads each kind of search under the policies: by an index, the book never."""

import re
from collections.abc import Callable

import pytest
from django.db import connection

from collection.assignment import assign_cases
from collection.search import Found, search, values_of, ways
from collection.typed import Typed
from collection.visibility import sight_of
from tenancy.models import Company, User
from tenancy.personal_data import keyed_hash
from tenancy.scope import company_scope
from tests.collection.book import ON
from tests.collection.test_plans import BOOK, CASES, TABLES
from tests.isolation.catalogue import as_owner

TYPED = {
    Found.LOAN_NO: ("LN4711", "loan_no"),
    Found.BORROWER_NO: ("B4711", "borrower_no"),
    Found.NAME: ("周敏eh", "borrower_by_name"),
    Found.PHONE: ("13900004711", "contact_number"),
    Found.LAST_FOUR: ("4711", "contact_last4"),
    Found.ID_NO: ("11010119900307471X", "borrower_id_no"),
}
PEOPLE = (
    "UPDATE cases_borrower SET name = '周敏' || translate(id::text, '0123456789', "
    "'abcdefghij'), id_no_hash = sha256(id::text::bytea) "
    "WHERE owner_id = %(me)s",
    "INSERT INTO cases_contactpoint (owner_id, borrower_id, kind, relation, person_name, "
    "number_hash, number_sealed, number_last4, number_mask, source, state) "
    "SELECT owner_id, id, 'mobile', 'self', '', sha256(borrower_no::bytea), '', "
    "lpad((id %% 10000)::text, 4, '0'), '', '', 'unknown' FROM cases_borrower "
    "WHERE owner_id = %(me)s",
)
READ_WHOLE = re.compile(r"Seq Scan on (cases_\w+|collection_assignment)")


def plans(user: User, text: str) -> dict[Found, str]:
    """The plan of each way of asking, by kind."""
    found: dict[Found, str] = {}
    sight = sight_of(user)
    for way in ways(sight, Typed.of(text), 51):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {way.sql}", values_of(sight, [way], [user.company_id]))
            found[way.by] = "\n".join(line for (line,) in cursor.fetchall())
    return found


@pytest.mark.django_db(transaction=True)
def test_each_kind_is_found_by_its_index(
    lender: Company, person: Callable[[Company, str], User]
) -> None:
    with as_owner() as cursor:
        for statement in (*BOOK, *PEOPLE):
            cursor.execute(statement, {"me": lender.pk, "cases": CASES, "on": ON})
    with company_scope(lender):
        assert assign_cases(company=lender, on=ON).assigned == CASES
    with as_owner() as cursor:
        cursor.execute(
            "UPDATE cases_contactpoint SET number_hash = %s WHERE number_last4 = '4711'",
            [keyed_hash("13900004711")],
        )
        for table in (*TABLES, "cases_contactpoint"):
            cursor.execute(f"VACUUM ANALYZE {table}")
    with company_scope(lender):
        for username in ("admin", "collector", "lead"):
            user = person(lender, username)
            for by, (text, index) in TYPED.items():
                plan = plans(user, text)[by]
                assert not READ_WHOLE.search(plan), f"{username} {by}\n{plan}"
                if username == "admin":
                    assert f"using {index}" in plan or f"on {index}" in plan, f"{by}\n{plan}"
        assert search(user=person(lender, "admin"), text="13900004711", on=ON).rows
