"""The loans file that the tests send, and the book that has to come of it."""

from datetime import date, timedelta
from typing import Any

from tests.faults.stack import Stack, until
from tests.faults.visitor import Visitor

AS_OF = date.today() - timedelta(days=1)  # noqa: DTZ011 the day before is past in every zone
HEAD = "loan_no,borrower_no,due_date,principal,interest,fee,penalty"
BOOK = """
SELECT l.loan_no, l.due_date, l.principal, l.interest, c.opened_on, b.label,
       (SELECT count(*) FROM cases_ledgerentry e WHERE e.loan_id = l.id)
FROM cases_loan l
LEFT JOIN cases_case c ON c.loan_id = l.id
LEFT JOIN cases_bucket b ON b.id = c.bucket_id
WHERE l.loan_no LIKE %s ORDER BY 1
"""


def loans(mark: str, many: int = 40) -> str:
    """A loans file whose numbers begin with `mark`; one more row is refused."""
    rows = [
        f"{mark}{n},{mark}{n // 2},{AS_OF - timedelta(days=n % 40)},{100 + n % 9}.50,{n % 5},0,0"
        for n in range(many)
    ]
    return "\n".join([HEAD, *rows, f"{mark}X,{mark}X,2026-02-30,1,0,0,0", ""])


def upload(stack: Stack, visitor: Visitor, content: str, code: str = "HAIYUE") -> tuple[int, str]:
    """Upload a loans file on the screen; the job that judges it, and the import's page."""
    values = {"kind": "loans", "as_of": AS_OF.isoformat()}
    answer = visitor.upload("/cases/imports/new/", values, "loans.csv", content)
    assert answer.status == 302, answer
    return newest_job(stack, code), answer.location


def confirm(stack: Stack, visitor: Visitor, page: str, code: str = "HAIYUE") -> int:
    """Confirm a judged import on its page; the job that writes it."""
    answer = visitor.post(f"{page}confirm/", {}, page=page)
    assert answer.status == 302, answer
    return newest_job(stack, code)


def company_of(stack: Stack, code: str = "HAIYUE") -> int:
    """A lender's id, as messages carry it."""
    [(number,)] = stack.rows(code, "SELECT current_setting('app.company_id')::int")
    return int(number)


def newest_job(stack: Stack, code: str = "HAIYUE") -> int:
    """The job that was asked for last."""
    [(number,)] = stack.rows(code, "SELECT max(id) FROM tenancy_job")
    return int(number)


def starts(stack: Stack, job: int, code: str = "HAIYUE") -> int:
    """Wait until a job is done; how often it was started."""

    def ended() -> tuple[str, int] | None:
        state, attempts = stack.job(job, code)
        return (state, attempts) if state in {"done", "failed"} else None

    state, attempts = until(f"job {job} ends", ended)
    assert state == "done"
    return int(attempts)


def result(stack: Stack, job: int, code: str = "HAIYUE") -> dict[str, Any]:
    """What a job says it did, without the id of its import."""
    [(told,)] = stack.rows(code, "SELECT result FROM tenancy_job WHERE id = %s", job)
    return {name: value for name, value in told.items() if name != "run"}


def book(stack: Stack, mark: str, code: str = "HAIYUE") -> list[tuple[Any, ...]]:
    """The loans whose numbers begin with `mark`, with their cases, as plain values."""
    return stack.rows(code, BOOK, f"{mark}%")
