"""Readers of the books that can be rehearsed, found by what their header row names.

Own loans: one line a loan with `loan_no, borrower_no, appears_on, due_date, principal, interest,
fee, penalty, paid_off_at` (empty while it is open). And three public books, in their raw columns;
how each is read, and what of it is left out, is said in docs/rehearsal.md.
"""

import csv
import gzip
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

from cases.bucket_scheme import PRESETS, Band
from config.rehearsal.books import Book, FeedFolder, Lives, LoanLife, NotABook

Row = Mapping[str, str]
CENT = Decimal("0.01")
SMALL_LOANS = PRESETS["small_loans"]
# The late categories that the book of prosper_loans itself uses.
LATE_CATEGORIES = (
    Band("Current", 0, 0),
    Band("1-15", 1, 15),
    Band("16-30", 16, 30),
    Band("31-60", 31, 60),
    Band("61-90", 61, 90),
    Band("91-120", 91, 120),
    Band(">120", 121, None),
)
PROSPER_DAY = date(2014, 3, 11)
OVER = frozenset({"Completed", "Cancelled"})


@dataclass(frozen=True, slots=True)
class Converter:
    """How one kind of book is read, and what a company that rehearses it is like.

    header: columns by which it is known. days: the days that are played unless others are asked
    for (None: all that the book knows).
    """

    name: str
    header: frozenset[str]
    lives: Callable[[Iterable[Row]], Iterator[LoanLife]]
    timezone: str = "UTC"
    currency: str = "USD"
    jurisdiction: str = "US"
    days: tuple[date, date] | None = None
    bands: tuple[Band, ...] = SMALL_LOANS


@contextmanager
def rows_of(path: Path) -> "Iterator[csv.DictReader[str]]":
    """The rows of a CSV file, also of a gzipped one."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
        yield csv.DictReader(file)


def read_book(path: Path, name: str = "") -> tuple[Book, Converter]:
    """The book at a path, and how it was read; raises NotABook.

    name: which converter; "" to find out: a folder holds daily feeds, a file is known by its
    header.
    """
    if path.is_dir():
        return FeedFolder(path), OWN
    if not path.is_file():
        raise NotABook(f"There is neither a folder nor a file at {path}.")
    with rows_of(path) as rows:
        converter = _converter(path, name, rows.fieldnames or [])
        return Lives(list(converter.lives(rows))), converter


def _converter(path: Path, name: str, header: Collection[str]) -> Converter:
    found = [c for c in CONVERTERS if c.header <= set(header) and name in ("", c.name)]
    if not found:
        known = "; ".join(f"{c.name}: {', '.join(sorted(c.header))}" for c in CONVERTERS)
        raise NotABook(f"The header of {path} is none of a book that is known ({known}).")
    return found[0]


def _moment(text: str) -> datetime:
    """`2017-05-28 14:44:49.000000` as it stands, to the second."""
    return datetime.fromisoformat(text[:19])


def _american(text: str) -> datetime:
    """`9/14/2016 19:31` or `9/8/2016`: month first, no leading zeros."""
    day, _, clock = text.partition(" ")
    month, day_of_month, year = (int(part) for part in day.split("/"))
    hour, minute = (int(part) for part in (clock or "0:0").split(":"))
    return datetime(year, month, day_of_month, hour, minute)  # noqa: DTZ001 (local by contract)


def _cents(text: str) -> Decimal:
    return Decimal(text or "0").quantize(CENT, ROUND_HALF_EVEN)


def own_lives(rows: Iterable[Row]) -> Iterator[LoanLife]:
    """A lender's own loans, in the columns of LoanLife."""
    for row in rows:
        yield LoanLife(
            loan_no=row["loan_no"],
            borrower_no=row["borrower_no"],
            appears_on=date.fromisoformat(row["appears_on"]),
            due_date=date.fromisoformat(row["due_date"]),
            principal=_cents(row["principal"]),
            interest=_cents(row["interest"]),
            fee=_cents(row["fee"]),
            penalty=_cents(row["penalty"]),
            paid_off_at=_moment(row["paid_off_at"]) if row["paid_off_at"] else None,
            product=row.get("product") or "",
        )


def superlender_lives(rows: Iterable[Row]) -> Iterator[LoanLife]:
    """superlender_prevloans: the single-instalment loans (termdays 15 or 30).

    Dates are the local ones of `creationdate` and `closeddate` (approveddate is another clock's).
    Without `loanamount` the split is unknown: everything that is owed is taken as principal.
    """
    for row in rows:
        if row["termdays"] not in ("15", "30"):
            continue
        total = _cents(row["totaldue"])
        principal = min(_cents(row["loanamount"]), total) if row["loanamount"] else total
        yield LoanLife(
            loan_no=row["systemloanid"],
            borrower_no=row["customerid"],
            appears_on=_moment(row["creationdate"]).date(),
            due_date=_moment(row["firstduedate"]).date(),
            principal=principal,
            interest=total - principal,
            paid_off_at=_moment(row["closeddate"]) if row["closeddate"] else None,
            product=f"{row['termdays']} days",
            loan_amount=principal,
        )


def loan_payments_lives(rows: Iterable[Row]) -> Iterator[LoanLife]:
    """loan_payments: principal only; open where there is no `paid_off_time`."""
    for row in rows:
        paid_off = row["paid_off_time"]
        yield LoanLife(
            loan_no=row["Loan_ID"],
            borrower_no=row["Loan_ID"],
            appears_on=_american(row["effective_date"]).date(),
            due_date=_american(row["due_date"]).date(),
            principal=_cents(row["Principal"]),
            paid_off_at=_american(paid_off) if paid_off else None,
            product=f"{row['terms']} days",
            loan_amount=_cents(row["Principal"]),
        )


def prosper_lives(rows: Iterable[Row]) -> Iterator[LoanLife]:
    """prosper_loans: one statement of the whole book, as of PROSPER_DAY.

    Owed is the original principal less the principal paid; the due date follows from the days
    delinquent. Completed and cancelled loans owe nothing. A number that comes twice counts once.
    """
    seen: set[str] = set()
    for row in rows:
        number = row["LoanNumber"]
        if number in seen:
            continue
        seen.add(number)
        original = _cents(row["LoanOriginalAmount"])
        owed = max(Decimal(0), original - _cents(row["LP_CustomerPrincipalPayments"]))
        yield LoanLife(
            loan_no=number,
            borrower_no=row["MemberKey"],
            appears_on=PROSPER_DAY,
            due_date=PROSPER_DAY - timedelta(days=int(row["LoanCurrentDaysDelinquent"] or 0)),
            principal=Decimal(0) if row["LoanStatus"] in OVER else owed,
            product=f"{row['Term']} months",
            loan_amount=original,
        )


OWN = Converter(
    name="own",
    header=frozenset(
        {"loan_no", "borrower_no", "appears_on", "due_date", "principal", "interest", "fee",
         "penalty", "paid_off_at"}
    ),
    lives=own_lives,
)  # fmt: skip
CONVERTERS = (
    OWN,
    Converter(
        name="superlender_prevloans",
        header=frozenset({"systemloanid", "creationdate", "closeddate", "firstduedate"}),
        lives=superlender_lives,
        timezone="Africa/Lagos",
        currency="NGN",
        jurisdiction="NG",
        days=(date(2017, 1, 1), date(2017, 6, 30)),
    ),
    Converter(
        name="loan_payments",
        header=frozenset({"Loan_ID", "effective_date", "paid_off_time", "past_due_days"}),
        lives=loan_payments_lives,
        timezone="America/New_York",
        days=(date(2016, 9, 8), date(2016, 12, 8)),
    ),
    Converter(
        name="prosper_loans",
        header=frozenset({"LoanNumber", "LoanCurrentDaysDelinquent", "LoanStatus"}),
        lives=prosper_lives,
        timezone="America/Los_Angeles",
        days=(PROSPER_DAY, PROSPER_DAY),
        bands=LATE_CATEGORIES,
    ),
)
