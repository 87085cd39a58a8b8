"""The audit catches what it is for: faults planted in the walls, one at a time."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from tests.database import owner_cursor
from tests.isolation.catalogue import faults

FAULTS = {
    "a dropped policy": (
        "DROP POLICY recoup_lender_1_select ON cases_case",
        "recoup_lender may SELECT cases_case without a policy",
    ),
    "a policy for everybody": (
        "CREATE POLICY oops ON cases_loan FOR SELECT TO recoup_agency USING (true)",
        "oops on cases_loan names no company",
    ),
    "a granted write": (
        "GRANT UPDATE ON cases_case TO recoup_agency",
        "recoup_agency may UPDATE cases_case without a policy",
    ),
    "a wall switched off": (
        "ALTER TABLE cases_borrower NO FORCE ROW LEVEL SECURITY",
        "cases_borrower is not walled in",
    ),
    "a rewritable ledger": (
        "GRANT UPDATE ON cases_ledgerentry TO recoup_lender",
        "recoup_lender may UPDATE the append-only cases_ledgerentry",
    ),
    "a new table without a wall": (
        "CREATE TABLE oops (id int)",
        "oops is not walled in",
    ),
    "a table open before a company is known": (
        "GRANT SELECT ON tenancy_user TO recoup_app",
        "recoup_app by itself may read tenancy_user",
    ),
    "a table that may be emptied": (
        "GRANT TRUNCATE ON collection_note TO recoup_agency",
        "recoup_agency may TRUNCATE collection_note",
    ),
}


@pytest.fixture
def owner(db: None) -> Iterator[Any]:
    """The owner's cursor in a transaction that is rolled back."""
    with owner_cursor(str(connections["default"].settings_dict["NAME"])) as cursor:
        cursor.execute("BEGIN")
        yield cursor
        cursor.execute("ROLLBACK")


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_caught(owner: Any, name: str) -> None:
    plant, sentence = FAULTS[name]
    assert faults(owner) == []
    owner.execute(plant)
    assert sentence in faults(owner)
