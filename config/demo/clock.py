"""Moves what a demo day has written to the moment it plays at, so that a month has a past.

Histories are append-only for every role that serves; this is the owner's own connection, on a
database that holds nobody's data.
"""

from datetime import datetime

from django.db import connections
from django.utils import timezone

STAMPS = (
    ("cases_caseevent", "at"),
    ("cases_bucketmove", "at"),
    ("cases_casehold", "opened_at"),
    ("cases_casehold", "alarmed_at"),
    ("cases_casehold", "escalated_at"),
    ("cases_moneyrequest", "asked_at"),
    ("cases_moneyrequest", "decided_at"),
    ("cases_case", "closed_at"),
    ("cases_repayment", "booked_at"),
    ("cases_ledgerentry", "booked_at"),
    ("cases_duedate", "recorded_at"),
    ("cases_importrun", "started_at"),
    ("cases_importrun", "finished_at"),
    ("collection_assignment", "assigned_at"),
    ("collection_assignment", "ended_at"),
    ("agencies_package", "placed_at"),
    ("agencies_package", "accepted_at"),
    ("agencies_placement", "placed_at"),
    ("agencies_placement", "ended_at"),
    ("tenancy_nightstep", "done_at"),
)


def move_to(moment: datetime, *, written_since: datetime) -> None:
    """Shift every stamp later than `written_since` back, so that now becomes `moment`."""
    seconds = (timezone.now() - moment).total_seconds()
    with connections["owner"].cursor() as cursor:
        for table, column in STAMPS:
            cursor.execute(
                f"UPDATE {table} SET {column} = {column} - make_interval(secs => %s) "  # noqa: S608
                f"WHERE {column} >= %s",
                [seconds, written_since],
            )


def take_statistics() -> None:
    """Tell the database how large its tables have become: a month passes before it would look."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
