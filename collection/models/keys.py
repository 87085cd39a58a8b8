"""Keys and conditions that several tables of the desk share."""

from tenancy.walls import CompositeKey

HELD_EVER = (
    "EXISTS (SELECT 1 FROM agencies_placement placed "
    "WHERE placed.case_id = {case} AND placed.agency_id = {{me}})"
)
"""SQL: the company of the transaction holds the case or has held it."""


def case_key(child: str) -> CompositeKey:
    """(owner, case) → (owner, id): the case belongs to the lender that the row names."""
    return CompositeKey(
        name=f"{child}_case_fk",
        columns=("owner_id", "case_id"),
        to="cases.Case",
        to_columns=("owner_id", "id"),
    )
