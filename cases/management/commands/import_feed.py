"""Takes in a file of the lender's feed: `manage.py import_feed --company ACME --kind loans …`."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from cases.feed.faults import FileRefused
from cases.feed.importing import ROWS_AT_ONCE, Report, Stopped, import_file, silent
from cases.feed.kinds import PIPELINES
from cases.feed.outlook import COUNT_WORDS, MORE_COUNT_WORDS, outlook_of
from cases.feed.results import reason_of, result_of, write_rejects
from cases.models import ImportRun
from tenancy.formats import count, money
from tenancy.management.dates import a_date
from tenancy.models import Company
from tenancy.scope import company_scope

SHOWN = 20
REFUSED, WRONG_USE, ROWS_REFUSED, INTERRUPTED = 1, 2, 3, 130
STEPS = {"read": "Reading", "judge": "Checking", "apply": "Importing", "wait": "Waiting"}
OUTCOMES = {
    ImportRun.State.DONE: "imported",
    ImportRun.State.JUDGED: "dry run, nothing written",
    ImportRun.State.REFUSED: "refused",
}


class Command(BaseCommand):
    """The same file again changes nothing; after a kill it goes on where it stood."""

    help = (
        "Import loans, instalments, contacts or repayments from CSV or XLSX (docs/feed.md). "
        "Exit code 0: done; 1: the file is refused; 2: wrong use; 3: strict, and rows are refused."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="CSV (UTF-8) or XLSX")
        parser.add_argument("--company", required=True, metavar="CODE", help="the lender")
        parser.add_argument("--kind", required=True, choices=sorted(PIPELINES))
        parser.add_argument(
            "--as-of",
            required=True,
            type=a_date,
            metavar="DATE",
            help="the business date at whose close the file was made (YYYY-MM-DD)",
        )
        parser.add_argument("--dry-run", action="store_true", help="check and count only")
        parser.add_argument(
            "--strict", action="store_true", help="refuse the file if any row is refused"
        )
        parser.add_argument("--json", action="store_true", help="one JSON line on standard output")
        parser.add_argument(
            "--rejects", type=Path, metavar="CSV", help="write all refused rows to this file"
        )
        parser.add_argument(
            "--rows-at-once",
            type=int,
            default=ROWS_AT_ONCE,
            metavar="N",
            help="rows of one transaction (%(default)s); fewer let others in between sooner",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        company = Company.objects.filter(code=options["company"].upper(), is_active=True).first()
        if company is None:
            raise CommandError(f"No company is called {options['company']}.", returncode=WRONG_USE)
        if not options["file"].is_file():
            raise CommandError(f"There is no file {options['file']}.", returncode=WRONG_USE)
        _open_rejects(options["rejects"])
        try:
            with progress(wanted=not options["json"]) as report:
                run = self._imported(company, report, options)
        except FileRefused as refusal:
            self._refused(refusal.sentence(), options)
        except KeyboardInterrupt:
            self.stderr.write("Interrupted; the same command again goes on from here.")
            sys.exit(INTERRUPTED)
        except (OSError, Stopped) as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        with company_scope(company):
            self._tell(company, run, options)

    def _imported(self, company: Company, report: Report, options: dict[str, Any]) -> ImportRun:
        return import_file(
            company=company,
            kind=options["kind"],
            as_of=options["as_of"],
            path=options["file"],
            dry_run=options["dry_run"],
            strict=options["strict"],
            report=report,
            rows_at_once=max(options["rows_at_once"], 1),
        )

    def _refused(self, sentence: str, options: dict[str, Any]) -> None:
        """No run was begun."""
        if options["json"]:
            self.stdout.write(json.dumps({"run": None, "refusal": sentence}))
            sys.exit(REFUSED)
        raise CommandError(sentence, returncode=REFUSED)

    def _tell(self, company: Company, run: ImportRun, options: dict[str, Any]) -> None:
        if options["rejects"]:
            with options["rejects"].open("w", encoding="utf-8-sig", newline="") as file:
                write_rejects(run, file)
        result = result_of(run)
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            self._print(company, run, options["rejects"])
        expected = ImportRun.State.JUDGED if options["dry_run"] else ImportRun.State.DONE
        if run.state != expected or (run.strict and run.rejected):
            code = ROWS_REFUSED if run.strict and run.rejected else REFUSED
            if result["refusal"] and not options["json"]:
                raise CommandError(result["refusal"], returncode=code)
            sys.exit(code)

    def _print(self, company: Company, run: ImportRun, rejects: Path | None) -> None:
        outcome = OUTCOMES.get(ImportRun.State(run.state), run.state)
        self.stdout.write(f"{run.kind} as of {run.as_of} for {company.code}: {outcome}")
        for name, words in COUNT_WORDS.items():
            self.stdout.write(f"  {words!s:<42}{count(getattr(run, name)):>12}")
        for name, words in MORE_COUNT_WORDS.items():
            if getattr(run, name):
                self.stdout.write(f"  {words!s:<42}{count(getattr(run, name)):>12}")
        for _name, words, number, amount in outlook_of(run):
            worth = f"{money(Decimal(amount)):>20}" if amount else ""
            self.stdout.write(f"  {words!s:<42}{count(number):>12}{worth}")
        if run.unknown_columns:
            self.stdout.write(f"  Unknown columns, ignored: {', '.join(run.unknown_columns)}")
        if run.rejected:
            self._print_rejects(run, rejects)

    def _print_rejects(self, run: ImportRun, rejects: Path | None) -> None:
        self.stdout.write("")
        for reject in run.rejects.order_by("line", "pk")[:SHOWN]:
            shown = reject.value if len(reject.value) <= 30 else reject.value[:29] + "…"
            where = f"line {reject.line}, {reject.column or 'row'}"
            self.stdout.write(f"  {where}: {shown!r}: {reason_of(reject)}")
        if rejects:
            self.stdout.write(f"All refused rows are in {rejects}.")
        elif run.rejected > SHOWN:
            self.stdout.write(
                f"{count(run.rejected)} rows are refused; --rejects FILE writes them all."
            )


def _open_rejects(path: Path | None) -> None:
    """Refuse a file for the refused rows that could not be written, before anything is."""
    if path is None:
        return
    try:
        path.open("a", encoding="utf-8-sig").close()
    except OSError as error:
        raise CommandError(
            f"The refused rows cannot be written to {path}: {error.strerror}.",
            returncode=WRONG_USE,
        ) from error


@contextmanager
def progress(*, wanted: bool) -> Iterator[Report]:
    """A bar on the terminal; nothing where nobody watches."""
    if not wanted or not sys.stderr.isatty():
        yield silent
        return
    with tqdm(unit=" rows", unit_scale=True, leave=False) as bar:

        def report(step: str, done: int, total: int | None) -> None:
            bar.set_description(STEPS[step])
            bar.total, bar.n = total, done
            bar.refresh()

        yield report
