"""Instalments: which one is the oldest unpaid, and since when. Plain values.

How much of a schedule is paid is read from amounts, summed over the components that the schedule
has (a penalty that it does not plan pays none of it): what the schedule adds up to, less what the
last statement says is owed, plus what was paid or forgiven since. The statement's own due date is
a ceiling: at the statement nothing counts as paid that the lender says is not. Some lenders state
only the interest that is due so far: where less is owed of it than the later instalments plan, it
is left out, on both sides. When every instalment is paid and something is still owed, the last
one's date stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cases.amounts import COMPONENTS, NOTHING, Amounts


@dataclass(frozen=True, slots=True)
class Planned:
    """One line of a schedule; several lines of one date go by `seq`."""

    due_date: date
    seq: int
    amounts: Amounts


class Schedule:
    """The planned instalments of one loan, at least one."""

    def __init__(self, lines: Iterable[Planned], without: Collection[str] = ()) -> None:
        self.lines = sorted(lines, key=lambda line: (line.due_date, line.seq))
        planned = [name for name in COMPONENTS if any(getattr(x.amounts, name) for x in self.lines)]
        self.components = [name for name in planned if name not in without]
        self.total = sum((self.counted(line.amounts) for line in self.lines), NOTHING)

    def counted(self, amounts: Amounts) -> Decimal:
        """What of the amounts belongs to the components that the schedule has."""
        return sum((getattr(amounts, name) for name in self.components), NOTHING)

    def as_stated(self, *, owed: Amounts, due_date: date) -> Schedule:
        """The schedule without the components that the statement does not state in full.

        Principal always counts, and where a line plans none, everything does.
        """
        if not all(line.amounts.principal for line in self.lines):
            return self
        later = [line.amounts for line in self.lines if line.due_date > due_date]
        short = [
            name
            for name in self.components
            if name != "principal"
            and getattr(owed, name) < sum((getattr(x, name) for x in later), NOTHING)
        ]
        return Schedule(self.lines, without=short)

    def paid_when_stated(self, *, owed: Amounts, due_date: date) -> Decimal:
        """How much of the schedule is paid where a statement says `owed` and its due date."""
        by_amount = self.total - self.counted(owed)
        ahead = NOTHING
        for line in self.lines:
            through = ahead + self.counted(line.amounts)
            if line.due_date >= due_date:
                return max(NOTHING, ahead if by_amount >= through else by_amount)
            ahead = through
        return max(NOTHING, by_amount)

    def oldest_unpaid(self, paid: Decimal) -> date:
        """The due date of the first line that `paid` does not cover; else the last line's."""
        through = NOTHING
        for line in self.lines:
            through += self.counted(line.amounts)
            if through > paid:
                return line.due_date
        return self.lines[-1].due_date


@dataclass(frozen=True, slots=True)
class Stated:
    """What is owed at the close of `as_of`, and the oldest unpaid due date, as the lender says."""

    as_of: date
    owed: Amounts
    due_date: date


def due_dates(
    *,
    schedule: Schedule,
    stated: Stated,
    effects: Sequence[tuple[date, Amounts]],
    on_dates: Iterable[date],
) -> list[tuple[date, date]]:
    """The due date at the end of each of the dates, in order: (date, due date).

    effects: what the ledger says happened after the statement, signed as there (a repayment's
    amounts are negative).
    """
    schedule = schedule.as_stated(owed=stated.owed, due_date=stated.due_date)
    start = schedule.paid_when_stated(owed=stated.owed, due_date=stated.due_date)
    return [
        (on, schedule.oldest_unpaid(start - _sum(schedule, effects, stated.as_of, on)))
        for on in sorted(set(on_dates))
    ]


def _sum(
    schedule: Schedule, effects: Sequence[tuple[date, Amounts]], after: date, until: date
) -> Decimal:
    return sum((schedule.counted(what) for on, what in effects if after < on <= until), NOTHING)
