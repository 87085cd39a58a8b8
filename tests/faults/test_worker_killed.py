"""A worker killed in the middle of a job: another one takes it up, with the same result."""

from tests.faults.feeds import book, company_of, confirm, loans, result, starts, upload
from tests.faults.stack import LENDERS, Stack, kill, until
from tests.faults.standing import LOANS, TURN, held, stands, taken_up
from tests.faults.visitor import Visitor

LOST_FIVE_TIMES = """
UPDATE tenancy_job SET state = 'running', attempts = 5, lease_until = now() + interval '1 hour'
WHERE id = %s RETURNING id
"""


def lose_worker(stack: Stack) -> None:
    """Kill every process that does jobs, and wait until others have taken their place."""
    lost = stack.job_processes()
    assert lost
    for pid in lost:
        kill(pid)
    until("new processes", lambda: len(stack.job_processes() - lost) == len(lost))


def test_job_whose_worker_was_killed_ends_as_if_it_had_not_been(stack: Stack) -> None:
    disturbed, other = stack.admin("HAIYUE"), stack.admin("NORTH")
    with held(stack, TURN):
        judging, page = upload(stack, disturbed, loans("KILL", 400))
        stands(stack, judging)
        lose_worker(stack)
    taken_up(stack, judging)
    with held(stack, LOANS):
        writing = confirm(stack, disturbed, page)
        stands(stack, writing)
        lose_worker(stack)
    taken_up(stack, writing)

    undisturbed = import_undisturbed(stack, other)
    for code in LENDERS:
        stack.do("night", company_of(stack, code))

    assert [result(stack, job) for job in (judging, writing)] == undisturbed
    assert len(book(stack, "KILL")) == 400
    assert book(stack, "KILL") == book(stack, "KILL", "NORTH")


def import_undisturbed(stack: Stack, visitor: Visitor) -> list[dict[str, object]]:
    """The same file at another lender; what both jobs say."""
    judging, page = upload(stack, visitor, loans("KILL", 400), "NORTH")
    assert starts(stack, judging, "NORTH") == 1
    writing = confirm(stack, visitor, page, "NORTH")
    assert starts(stack, writing, "NORTH") == 1
    return [result(stack, job, "NORTH") for job in (judging, writing)]


def test_worker_lost_again_and_again_is_given_up_with_the_reason(stack: Stack) -> None:
    visitor = stack.admin()
    with stack.worker_away():
        job, page = upload(stack, visitor, loans("NEVER"))
        # As after five lost workers, each of which would cost this test its seconds.
        stack.rows("HAIYUE", LOST_FIVE_TIMES, job)
    stack.do("run_job", company_of(stack), job)
    stack.end_lease(job)
    stack.tick()
    assert stack.job(job) == ("failed", 5)
    [(error,)] = stack.rows("HAIYUE", "SELECT error FROM tenancy_job WHERE id = %s", job)
    assert error == "Started 5 times; each time the worker was lost."
    # The page offers to take it up again.
    assert "confirm/" in visitor.get(page).text
    again = confirm(stack, visitor, page)
    assert again != job
    assert starts(stack, again) == 1
