"""Whose turn it is where both sides of a wall may race: advisory locks of the transaction.

An agency cannot lock a lender's case. So what an agency writes because it holds a case (its
desks) is done under a shared lock of that agency, and what a lender writes to end the holding
(recall, closure) under the exclusive one. The lender takes it after the locks of its case rows.
"""

from django.db import connection

PLACING, HOLDING = "placing", "holding"


def lock_placing(lender_id: int) -> None:
    """One placement or recall of the lender's cases at a time."""
    _lock("pg_advisory_xact_lock", PLACING, lender_id)


def lock_holding(agency_id: int) -> None:
    """Nobody at the agency may begin or go on to work a case until this transaction ends."""
    _lock("pg_advisory_xact_lock", HOLDING, agency_id)


def share_holding(agency_id: int) -> None:
    """What the agency holds stays so until this transaction ends."""
    _lock("pg_advisory_xact_lock_shared", HOLDING, agency_id)


def _lock(function: str, what: str, company_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {function}(hashtextextended(%s, 0))",
            [f"{what}:{company_id}"],
        )
