"""Books that can be rehearsed: what a lender's core system would have sent on each day.

Two shapes: a folder of the daily feed files that were really sent, and a list of loan lives (when
a loan appeared, what it owed, when it was paid in full) from which the daily files are made.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Protocol

KINDS = ("loans", "instalments", "contacts", "repayments")
LOAN_COLUMNS = (
    "loan_no", "borrower_no", "product", "loan_amount", "disbursed_on", "due_date",
    "principal", "interest", "fee", "penalty",
)  # fmt: skip
REPAYMENT_COLUMNS = ("repayment_no", "loan_no", "paid_at", "amount")


class NotABook(ValueError):
    """The path holds nothing that can be rehearsed; the message says what was looked for."""


@dataclass(frozen=True, slots=True)
class DayFile:
    """One feed file of a day: its kind, the date at whose close it was made, and where it is."""

    kind: str
    as_of: date
    path: Path


class Book(Protocol):
    """The files of a lender's past."""

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day on which something is known to have happened."""

    def backlog(self, first: date, folder: Path) -> Iterator[DayFile]:
        """What stood in the book before the first day of the rehearsal, oldest first."""

    def files(self, on: date, folder: Path) -> Iterator[DayFile]:
        """The files of one day, in the order in which they are taken in; made in `folder`."""


class FeedFolder:
    """Files called KIND-YYYY-MM-DD.csv (or .xlsx), just as they were sent."""

    _NAME = re.compile(rf"({'|'.join(KINDS)})-(\d{{4}}-\d\d-\d\d)\.(csv|xlsx)")

    def __init__(self, folder: Path) -> None:
        self._files: dict[date, list[DayFile]] = defaultdict(list)
        for path in sorted(folder.iterdir()):
            named = self._NAME.fullmatch(path.name)
            if named:
                as_of = date.fromisoformat(named[2])
                self._files[as_of].append(DayFile(named[1], as_of, path))
        if not self._files:
            raise NotABook(f"{folder} holds no file called KIND-YYYY-MM-DD.csv.")

    @property
    def days(self) -> tuple[date, date]:
        """The dates of the oldest and of the newest file."""
        return min(self._files), max(self._files)

    def backlog(self, first: date, folder: Path) -> Iterator[DayFile]:
        """Every file from before the first day."""
        for on in sorted(self._files):
            if on < first:
                yield from self.files(on, folder)

    def files(self, on: date, folder: Path) -> Iterator[DayFile]:
        """The day's files: loans before their instalments, contacts and money."""
        yield from sorted(self._files.get(on, []), key=lambda file: KINDS.index(file.kind))


@dataclass(frozen=True, slots=True)
class LoanLife:
    """One loan from its first day to its last; what it owes stays the same in between.

    appears_on: the day on which the core system first told of it. paid_off_at: the lender's local
    time at which it was paid in full, None while it is not.
    """

    loan_no: str
    borrower_no: str
    appears_on: date
    due_date: date
    principal: Decimal
    interest: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)
    penalty: Decimal = Decimal(0)
    paid_off_at: datetime | None = None
    product: str = ""
    loan_amount: Decimal | None = None

    @property
    def paid_off_on(self) -> date:
        """The day of the closing repayment; the last of all days while there is none."""
        return self.paid_off_at.date() if self.paid_off_at else date.max

    @property
    def total(self) -> Decimal:
        """What is owed until it is paid."""
        return self.principal + self.interest + self.fee + self.penalty


class Lives:
    """A book of loan lives."""

    def __init__(self, lives: Sequence[LoanLife]) -> None:
        if not lives:
            raise NotABook("The file holds no loan.")
        self._lives = lives
        self._appearing: dict[date, list[LoanLife]] = defaultdict(list)
        self._paid: dict[date, list[LoanLife]] = defaultdict(list)
        for life in lives:
            self._appearing[life.appears_on].append(life)
            if life.paid_off_at:
                self._paid[life.paid_off_on].append(life)

    @property
    def days(self) -> tuple[date, date]:
        """From the first loan to the last loan or repayment."""
        return min(self._appearing), max([*self._appearing, *self._paid])

    def backlog(self, first: date, folder: Path) -> Iterator[DayFile]:
        """The loans that were still owed when the first day began, stated as of the day before."""
        standing = [x for x in self._lives if x.appears_on < first <= x.paid_off_on]
        if standing:
            before = date.fromordinal(first.toordinal() - 1)
            yield _loans_file(standing, before, folder)

    def files(self, on: date, folder: Path) -> Iterator[DayFile]:
        """The loans that appear on the day, then its money.

        A loan paid off on the day on which it appears owes nothing at the close of that day.
        """
        if appearing := self._appearing.get(on):
            yield _loans_file(appearing, on, folder)
        paid = [x for x in self._paid.get(on, []) if x.appears_on <= on and x.total > 0]
        if paid:
            yield _repayments_file(paid, on, folder)


def _loans_file(lives: Sequence[LoanLife], as_of: date, folder: Path) -> DayFile:
    file = DayFile("loans", as_of, folder / f"loans-{as_of}.csv")
    with file.path.open("w", newline="", encoding="utf-8") as out:
        lines = csv.writer(out)
        lines.writerow(LOAN_COLUMNS)
        for life in lives:
            owes = life.paid_off_on > as_of
            amounts = (life.principal, life.interest, life.fee, life.penalty)
            lines.writerow(
                [
                    *(life.loan_no, life.borrower_no, life.product, life.loan_amount or ""),
                    *(life.appears_on, life.due_date),
                    *(amount if owes else Decimal(0) for amount in amounts),
                ]
            )
    return file


def _repayments_file(lives: Sequence[LoanLife], as_of: date, folder: Path) -> DayFile:
    file = DayFile("repayments", as_of, folder / f"repayments-{as_of}.csv")
    with file.path.open("w", newline="", encoding="utf-8") as out:
        lines = csv.writer(out)
        lines.writerow(REPAYMENT_COLUMNS)
        for life in lives:
            assert life.paid_off_at is not None
            paid_at = life.paid_off_at.isoformat(sep=" ", timespec="seconds")
            lines.writerow([f"{life.loan_no}-1", life.loan_no, paid_at, life.total])
    return file
