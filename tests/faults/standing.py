"""Holding a job still in its middle, by a lock that its work needs."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.feeds import company_of, starts
from tests.faults.stack import Stack, until

# Judging takes its company's turn once the rows are staged.
TURN = """
SELECT pg_advisory_xact_lock(
    hashtextextended('recoup import', current_setting('app.company_id')::bigint))
"""
# Writing has said that it writes, and comes to the first loans.
LOANS = "LOCK TABLE cases_loan IN SHARE ROW EXCLUSIVE MODE"
HELD_UP = "SELECT pid FROM pg_locks WHERE NOT granted"


@contextmanager
def held(stack: Stack, lock: str) -> Iterator[None]:
    """Hold the lock for HAIYUE's work; use `stands` inside."""
    with stack.cursor("HAIYUE") as cursor:
        cursor.execute(lock)
        yield


def stands(stack: Stack, job: int) -> list[int]:
    """Wait until the job is under way and stands; the PostgreSQL processes that stand."""
    found = until("the job stands", lambda: stack.rows("HAIYUE", HELD_UP))
    assert stack.job(job) == ("running", 1)
    return [pid for (pid,) in found]


def taken_up(stack: Stack, job: int) -> None:
    """Nobody takes a lost job while its lease runs; then the next tick has it done."""
    stack.tick()
    stack.do("run_job", company_of(stack), job)
    assert stack.job(job) == ("running", 1)
    stack.end_lease(job)
    stack.tick()
    assert starts(stack, job) == 2
