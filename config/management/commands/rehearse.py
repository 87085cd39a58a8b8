"""Plays a real book's past in a company of its own: `manage.py rehearse BOOK --company CODE`."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from cases.bucket_scheme import PRESETS
from cases.buckets import LoanStanding, loan_as_json, standing, standing_as_json
from cases.ladder import scheme_on
from config.rehearsal.books import Book, NotABook
from config.rehearsal.comparing import differences, read_answers
from config.rehearsal.converters import CONVERTERS, Converter, read_book
from config.rehearsal.playing import FeedStopped, found_company, play, standings
from tenancy.management.dates import a_date
from tenancy.management.told import in_words
from tenancy.models import Company
from tenancy.scope import company_scope

SHOWN = 20


class Command(BaseCommand):
    """Every day the night, then the day's files through the real import (docs/rehearsal.md)."""

    help = (
        "Rehearse on a book: a folder of daily feeds called KIND-DATE.csv, or one file of loans. "
        "Exit code 1 when an answer differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What is played, in which company, and what is said of it."""
        parser.add_argument("book", type=Path, help="a folder, or a CSV file, also gzipped")
        parser.add_argument("--company", required=True, metavar="CODE", help="a code not in use")
        parser.add_argument(
            "--reader",
            default="",
            choices=["", *(converter.name for converter in CONVERTERS)],
            help="how the file is read (default: by its header)",
        )
        parser.add_argument("--timezone", default="", help="default: the book's own, else UTC")
        parser.add_argument("--scheme", choices=sorted(PRESETS), help="default: the book's own")
        parser.add_argument("--from", dest="first", type=a_date, metavar="DATE")
        parser.add_argument("--to", dest="last", type=a_date, metavar="DATE")
        parser.add_argument(
            "--expect",
            action="append",
            default=[],
            type=_dated_file,
            metavar="DATE=FILE",
            help="compare the end of DATE with these answers, loan by loan",
        )
        parser.add_argument(
            "--at",
            action="append",
            default=[],
            type=a_date,
            metavar="DATE",
            help="print the buckets at the end of DATE (default: the last day)",
        )
        parser.add_argument("--loans", action="store_true", help="print every loan, not buckets")
        parser.add_argument(
            "--keep-open",
            action="store_true",
            help="leave the company active: people sign in, and the clock runs its nights",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Play the book, print JSON lines, compare."""
        with _in_words():
            book, converter = read_book(options["book"], options["reader"])
            first, last = _days(book, converter, options["first"], options["last"])
            company = found_company(
                code=options["company"],
                name=f"Rehearsal {options['company']}",
                converter=converter,
                timezone=options["timezone"],
                scheme=options["scheme"] or "",
            )
            shown = {*options["at"]} or {last}
            wanted = dict(options["expect"])
            wrong = 0
            with tqdm(total=(last - first).days + 2, unit="day", disable=None) as bar:
                for day in play(company=company, book=book, first=first, last=last):
                    bar.set_postfix_str(str(day.on))
                    bar.update()
                    if day.rejected:
                        self._aside(f"{day.on}: {day.rejected} rows were refused")
                    if day.on in shown:
                        self._show(company, day.on, loans=options["loans"])
                    if day.on in wanted:
                        wrong += self._compare(company, day.on, wanted[day.on])
        if options["keep_open"]:
            with company_scope(company):
                Company.objects.filter(pk=company.pk).update(is_active=True)
        if wrong:
            raise CommandError(f"{wrong} differences from what was expected.")

    def _show(self, company: Company, on: date, *, loans: bool) -> None:
        if loans:
            for loan in standings(company, on):
                self.stdout.write(json.dumps({"as_of": on.isoformat(), **loan_as_json(loan)}))
            return
        with company_scope(company):
            self.stdout.write(json.dumps(standing_as_json(standing(company=company, on=on))))

    def _compare(self, company: Company, on: date, path: Path) -> int:
        answers = read_answers(path)
        with company_scope(company):
            bands = scheme_on(company=company, on=on).bands
        found: list[LoanStanding] = standings(company, on)
        wrong = list(differences(answers=answers, standings=found, bands=bands))
        for sentence in wrong[:SHOWN]:
            self._aside(f"{on} {sentence}")
        self._aside(f"{on}: {len(answers)} loans expected, {len(wrong)} differences")
        return len(wrong)

    def _aside(self, sentence: str) -> None:
        tqdm.write(sentence, file=self.stderr)


def _dated_file(text: str) -> tuple[date, Path]:
    day, equals, name = text.partition("=")
    if not equals:
        raise ArgumentTypeError(f"{text} is not DATE=FILE")
    return a_date(day), Path(name)


def _days(
    book: Book, converter: Converter, first: date | None, last: date | None
) -> tuple[date, date]:
    known = converter.days or book.days
    first, last = first or known[0], last or known[1]
    if last < first:
        raise CommandError(f"The last day {last} lies before the first day {first}.")
    return first, last


@contextmanager
def _in_words() -> Iterator[None]:
    """Say in one sentence what stands in the way."""
    try:
        yield
    except ValidationError as error:
        raise CommandError(in_words(error)) from error
    except (NotABook, FeedStopped, OSError) as error:
        raise CommandError(str(error)) from error
