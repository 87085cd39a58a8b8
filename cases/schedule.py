"""The due dates of loans that have a schedule: derived from instalments and money, and kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from cases.aging import CaseChanges, settle_cases
from cases.amounts import Amounts
from cases.instalments import Planned, Schedule, Stated, due_dates
from tenancy.models import Company


def due_dates_from_schedule(
    *, company: Company, loan_ids: Sequence[int], as_of: date, on: date
) -> CaseChanges:
    """Derive the due dates of those of the loans that have instalments, and settle their cases.

    Appends a DueDate row for each day from `as_of` on with which it changed, and brings the loan's
    own due date up to date. on: the business date that cases are settled for. The caller has
    locked the loans; doing it again changes nothing.
    """
    moved = derive_due_dates(company.pk, loan_ids, as_of)
    if not moved:
        return CaseChanges()
    return settle_cases(company=company, on=on, loan_ids=moved)


def derive_due_dates(owner: int, loan_ids: Sequence[int], as_of: date) -> list[int]:
    """The same without the cases; answers the loans whose due date changed."""
    rows: list[tuple[int, date, date]] = []
    newest: list[tuple[int, date]] = []
    for loan_id, known in _load(owner, loan_ids).items():
        derived = known.derive(as_of)
        rows.extend((loan_id, on, due) for on, due in known.unknown(derived))
        if derived and derived[-1][1] != known.due_date:
            newest.append((loan_id, derived[-1][1]))
    if rows:
        _run(_APPEND, owner, [list(column) for column in zip(*rows, strict=True)])
    if newest:
        _run(_UPDATE, owner, [list(column) for column in zip(*newest, strict=True)])
    return [loan_id for loan_id, _due in newest]


@dataclass(slots=True)
class _Known:
    """What is stored of a loan with a schedule. `recorded`: its due dates in the order written."""

    due_date: date
    lines: list[Planned] = field(default_factory=list)
    statements: dict[date, Amounts] = field(default_factory=dict)
    effects: list[tuple[date, Amounts]] = field(default_factory=list)
    recorded: list[tuple[date, date]] = field(default_factory=list)

    def derive(self, as_of: date) -> list[tuple[date, date]]:
        """The due dates from `as_of` (or the last statement, if later) on: (date, due date)."""
        if not self.statements:
            return []
        stated_on = max(self.statements)
        since = max(stated_on, as_of)
        changes = (on for on, _ in (*self.effects, *self.recorded) if on > since)
        return due_dates(
            schedule=Schedule(self.lines),
            stated=Stated(stated_on, self.statements[stated_on], self._stated_due(stated_on)),
            effects=self.effects,
            on_dates=[since, *changes],
        )

    def _stated_due(self, stated_on: date) -> date:
        """The lender's own due date: the first recorded for the day, before any was derived."""
        for on, due in self.recorded:
            if on == stated_on:
                return due
        return self._recorded_on(stated_on) or self.due_date

    def _recorded_on(self, on: date) -> date | None:
        """The due date in force at the end of a day, as recorded."""
        latest = None
        for as_of, due in self.recorded:
            if as_of <= on and (latest is None or as_of >= latest[0]):
                latest = (as_of, due)
        return latest[1] if latest else None

    def unknown(self, derived: Sequence[tuple[date, date]]) -> list[tuple[date, date]]:
        """Those of the derived due dates that the recorded ones do not say yet."""
        missing = []
        for on, due in derived:
            if self._recorded_on(on) != due:
                missing.append((on, due))
                self.recorded.append((on, due))
        return missing


_LOANS = """
SELECT l.id, l.due_date FROM cases_loan l
WHERE l.owner_id = %(owner)s AND l.id = ANY(%(ids)s) AND EXISTS (
    SELECT 1 FROM cases_instalment i WHERE i.owner_id = %(owner)s AND i.loan_id = l.id)
"""
_PLAN = """
SELECT loan_id, due_date, seq, principal, interest, fee, penalty FROM cases_instalment
WHERE owner_id = %(owner)s AND loan_id = ANY(%(ids)s)
"""
_ENTRIES = """
SELECT loan_id, effective_date, kind IN ('opening', 'snapshot'), principal, interest, fee, penalty
FROM cases_ledgerentry WHERE owner_id = %(owner)s AND loan_id = ANY(%(ids)s) ORDER BY id
"""
_RECORDED = """
SELECT loan_id, as_of, due_date FROM cases_duedate
WHERE owner_id = %(owner)s AND loan_id = ANY(%(ids)s) ORDER BY id
"""
_APPEND = """
INSERT INTO cases_duedate (owner_id, loan_id, as_of, due_date)
SELECT %s, * FROM unnest(%s::bigint[], %s::date[], %s::date[])
"""
_UPDATE = """
UPDATE cases_loan l SET due_date = n.due_date
FROM (SELECT %s::bigint AS owner_id, * FROM unnest(%s::bigint[], %s::date[])
      AS n(id, due_date)) n
WHERE l.id = n.id AND l.owner_id = n.owner_id
"""


def _load(owner: int, loan_ids: Sequence[int]) -> dict[int, _Known]:
    params: dict[str, Any] = {"owner": owner, "ids": list(loan_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_LOANS, params)
        known = {loan_id: _Known(due_date) for loan_id, due_date in cursor.fetchall()}
        if not known:
            return {}
        params["ids"] = list(known)
        cursor.execute(_PLAN, params)
        for loan_id, due_date, seq, *amounts in cursor:
            known[loan_id].lines.append(Planned(due_date, seq, Amounts(*amounts)))
        cursor.execute(_ENTRIES, params)
        for loan_id, on, states, *amounts in cursor:
            if states:
                known[loan_id].statements[on] = Amounts(*amounts)
            else:
                known[loan_id].effects.append((on, Amounts(*amounts)))
        cursor.execute(_RECORDED, params)
        for loan_id, as_of, due_date in cursor:
            known[loan_id].recorded.append((as_of, due_date))
    return known


def _run(statement: str, owner: int, columns: list[list[Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [owner, *columns])
