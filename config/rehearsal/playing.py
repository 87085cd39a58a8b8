"""Playing a book: each day the night first, then what the core system sent at its close."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from cases.bucket_scheme import PRESETS
from cases.buckets import LoanStanding, loan_standings
from cases.feed.importing import import_file
from cases.models import ImportRun
from cases.schemes import set_scheme
from config.night import STEPS
from config.rehearsal.books import Book, DayFile
from config.rehearsal.converters import SMALL_LOANS, Converter
from tenancy.companies import create_company
from tenancy.models import Company
from tenancy.night import run_night
from tenancy.scope import company_scope


class FeedStopped(RuntimeError):
    """A file of the book was refused; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was played: the files taken in, and how many rows were refused."""

    on: date
    files: int = 0
    rejected: int = 0
    runs: tuple[ImportRun, ...] = field(default=(), repr=False)


def found_company(
    *, code: str, name: str, converter: Converter, timezone: str = "", scheme: str = ""
) -> Company:
    """A lender to rehearse in, closed to sign-in and to the clock.

    timezone, scheme (a preset): the book's own where empty. It stays inactive so that no night of
    the present is run in the middle of its past. Raises ValidationError when the code is in use.
    """
    company = create_company(
        code=code,
        name=name,
        kind=Company.Kind.LENDER,
        timezone=timezone or converter.timezone,
        currency=converter.currency,
        language="en",
        jurisdiction=converter.jurisdiction,
    )
    with company_scope(company):
        Company.objects.filter(pk=company.pk).update(is_active=False)
        bands, label = (PRESETS[scheme], scheme) if scheme else (converter.bands, converter.name)
        if bands != SMALL_LOANS:
            set_scheme(company=company, bands=bands, name=label, valid_from=None, by=None)
    return company


def play(*, company: Company, book: Book, first: date, last: date) -> Iterator[Day]:
    """Play the days from `first` to `last`; yields after each, the backlog's before them.

    The backlog is taken in as of the day before the first night. Call it outside any scope.
    """
    with TemporaryDirectory(prefix="recoup-rehearsal-") as made:
        folder = Path(made)
        yield _fed(company, first - timedelta(days=1), book.backlog(first, folder))
        for offset in range((last - first).days + 1):
            on = first + timedelta(days=offset)
            for _done in run_night(company=company, steps=STEPS, until=on):
                pass
            yield _fed(company, on, book.files(on, folder))


def _fed(company: Company, on: date, files: Iterator[DayFile]) -> Day:
    runs = [
        import_file(company=company, kind=file.kind, as_of=file.as_of, path=file.path)
        for file in files
    ]
    for run in runs:
        if run.state != ImportRun.State.DONE:
            raise FeedStopped(f"{run.file_name} was refused: {run.refusal_code}")
    return Day(on, len(runs), sum(run.rejected for run in runs), tuple(runs))


def standings(company: Company, on: date) -> list[LoanStanding]:
    """Every loan that owes at the end of a day."""
    with company_scope(company):
        return list(loan_standings(company=company, on=on))
