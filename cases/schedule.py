"""The due dates of loans that have a schedule: derived from instalments and money, and kept."""
# ruff: noqa: S608 (statements are put together from constants of this package)

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from cases.aging import CaseChanges, settle_cases
from cases.amounts import Amounts
from cases.instalments import Planned, Schedule, Stated, due_dates
from cases.statements import OWNER, Values, columns, execute, rows
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
    missing: list[tuple[int, date, date]] = []
    newest: list[tuple[int, date]] = []
    for loan_id, known in _load(owner, loan_ids).items():
        derived = known.derive(as_of)
        missing.extend((loan_id, on, due) for on, due in known.unknown(derived))
        if derived and derived[-1][1] != known.due_date:
            newest.append((loan_id, derived[-1][1]))
    if missing:
        execute(_APPEND, {"owner": owner, **columns(("loan", "on", "due"), missing)})
    if newest:
        execute(_UPDATE, {"owner": owner, **columns(("loan", "due"), newest)})
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


_OF_LOANS = f"WHERE owner_id = {OWNER} AND loan_id = ANY(%(ids)s)"
_LOANS = f"""
SELECT l.id, l.due_date FROM cases_loan l
WHERE l.owner_id = {OWNER} AND l.id = ANY(%(ids)s) AND EXISTS (
    SELECT 1 FROM cases_instalment i WHERE i.owner_id = {OWNER} AND i.loan_id = l.id)
"""
_PLAN = f"""
SELECT loan_id, due_date, seq, principal, interest, fee, penalty FROM cases_instalment {_OF_LOANS}
"""
_ENTRIES = f"""
SELECT loan_id, effective_date, kind IN ('opening', 'snapshot'), principal, interest, fee, penalty
FROM cases_ledgerentry {_OF_LOANS} ORDER BY id
"""
_RECORDED = f"""
SELECT loan_id, as_of, due_date FROM cases_duedate {_OF_LOANS} ORDER BY id
"""
_APPEND = """
INSERT INTO cases_duedate (owner_id, loan_id, as_of, due_date)
SELECT %(owner)s, * FROM unnest(%(loan)s::bigint[], %(on)s::date[], %(due)s::date[])
"""
_UPDATE = f"""
UPDATE cases_loan l SET due_date = n.due_date
FROM unnest(%(loan)s::bigint[], %(due)s::date[]) AS n(id, due_date)
WHERE l.id = n.id AND l.owner_id = {OWNER}
"""


def _load(owner: int, loan_ids: Sequence[int]) -> dict[int, _Known]:
    known = {
        loan_id: _Known(due_date)
        for loan_id, due_date in rows(_LOANS, {"owner": owner, "ids": list(loan_ids)})
    }
    values: Values = {"owner": owner, "ids": list(known)}
    if not known:
        return known
    for loan_id, due_date, seq, *amounts in rows(_PLAN, values):
        known[loan_id].lines.append(Planned(due_date, seq, Amounts(*amounts)))
    for loan_id, on, states, *amounts in rows(_ENTRIES, values):
        if states:
            known[loan_id].statements[on] = Amounts(*amounts)
        else:
            known[loan_id].effects.append((on, Amounts(*amounts)))
    for loan_id, as_of, due_date in rows(_RECORDED, values):
        known[loan_id].recorded.append((as_of, due_date))
    return known
