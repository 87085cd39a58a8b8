"""Aging: makes cases true for a business date.

Loans enter collections, cases cross into the next bucket, close when nothing is due any more, and
reopen when a reversal takes that back. Everything is a few SQL statements over sets
(cases.aging_sql). They lock loans first and then cases, each in the order of their ids, so that a
night, a feed and people at work never deadlock.

- A case is opened on its loan's due date (`opened_on`), also when a backlog comes late; where an
  earlier stay of the loan ended after that date, on the day it ended.
- It closes as *paid* on the effective date of the last money, as *cured* on the date from which
  the due date lies in the future; never before it was opened.
- A loan that owes again after its case was closed gets a new case, unless a reversal booked after
  the closure is the reason: then the same case goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from cases import aging_sql, statements
from cases.events import CasesClosed, CasesOpened, CasesReopened
from cases.ladder import ladder_on
from tenancy.events import publish
from tenancy.models import Company


@dataclass(frozen=True, slots=True)
class CaseChanges:
    """What became of the cases: ids of those opened, closed and reopened.

    `moved` counts the moves of other cases between buckets.
    """

    opened: tuple[int, ...] = ()
    closed: tuple[int, ...] = ()
    reopened: tuple[int, ...] = ()
    moved: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """The same as numbers."""
        return {
            "opened": len(self.opened),
            "closed": len(self.closed),
            "reopened": len(self.reopened),
            "moved": self.moved,
        }


def settle_cases(
    *, company: Company, on: date, loan_ids: Sequence[int] | None = None
) -> CaseChanges:
    """Make the cases of the given loans true for the end of business date `on`.

    loan_ids None: every loan of the company that is due to enter and every case that is due to
    cross (the night). With ids, whatever changed on those loans is taken over too: balances, due
    dates, holds, names. `on` must not lie before the date to which the cases are aged. Runs in the
    company's scope; the caller has locked or written the loans. Doing it again changes nothing.
    """
    with transaction.atomic():
        run = _Run(company, on, loan_ids)
        changes = run.night() if loan_ids is None else run.given_loans()
        _tell(changes, at_night=loan_ids is None)
    return changes


def rebucket(*, company: Company, on: date) -> int:
    """Lay the scheme valid on `on` on every open case; returns how many moved."""
    with transaction.atomic():
        return _Run(company, on, None).cross(aging_sql.EVERY)


def _tell(changes: CaseChanges, *, at_night: bool) -> None:
    if changes.opened:
        publish(CasesOpened(changes.opened, at_night=at_night))
    if changes.closed:
        publish(CasesClosed(changes.closed))
    if changes.reopened:
        publish(CasesReopened(changes.reopened))


class _Run:
    """One settling: the parameters that all its statements share."""

    def __init__(self, company: Company, on: date, loan_ids: Sequence[int] | None) -> None:
        self.params: dict[str, Any] = {
            "owner": company.pk,
            "on": on,
            "loan_ids": None if loan_ids is None else sorted(set(loan_ids)),
            "reopened": [],
            **ladder_on(company=company, on=on),
        }

    def night(self) -> CaseChanges:
        # A reversal reopens its case at once, so nothing is left for the night to reopen.
        opened = self._ids(aging_sql.enter(aging_sql.WAITING))
        return CaseChanges(opened=opened, moved=self.cross(aging_sql.DUE))

    def given_loans(self) -> CaseChanges:
        has_cases, has_open = self._known_cases()
        closed = self._ids(aging_sql.CLOSE) if has_open else ()
        reopened = self._reopen() if has_cases else ()
        opened = self._ids(aging_sql.enter(aging_sql.GIVEN))
        moved = statements.execute(aging_sql.REFRESH, self.params) if has_open else 0
        return CaseChanges(opened, closed, reopened, moved)

    def cross(self, which: str) -> int:
        """Put the cases of a set into the bucket of their days past due; returns the moves."""
        return statements.execute(aging_sql.cross(which), self.params)

    def _reopen(self) -> tuple[int, ...]:
        reopened = self._ids(aging_sql.REOPEN)
        if reopened:
            self.params["reopened"] = list(reopened)
            statements.execute(aging_sql.REFRESH_REOPENED, self.params)
        return reopened

    def _known_cases(self) -> tuple[bool, bool]:
        ((has_cases, has_open),) = statements.rows(aging_sql.KNOWN_CASES, self.params)
        return has_cases, has_open

    def _ids(self, statement: str) -> tuple[int, ...]:
        return tuple(statements.ids(statement, self.params))
