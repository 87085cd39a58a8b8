"""Runs the night in the foreground: `manage.py nightly --company CODE | --all [--date DATE]`."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from config.night import STEPS
from tenancy.management.dates import a_date
from tenancy.models import Company
from tenancy.night import NightToCome, StepDone, days_to_run, run_night


class Command(BaseCommand):
    """The steps that beat's tick starts, here and now.

    What was missed is caught up day by day. The steps of the newest business date are done again
    for what came in since they were done; those of earlier dates are not. A second night at the
    same time waits for the first.
    """

    help = (
        "Open a business date: run every step of the night that is not done yet, and those of the "
        "newest date again for what came in since."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which companies, up to which date."""
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--company", metavar="CODE", help="the company's code")
        whose.add_argument("--all", action="store_true", help="every active company")
        parser.add_argument(
            "--date",
            type=a_date,
            help="the business date to open (default: each company's local date)",
        )
        parser.add_argument("--json", action="store_true", help="one JSON line for each step")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the nights; one line a step."""
        companies = _companies(None if options["all"] else options["company"])
        nights = [(company, options["date"] or company.local_date()) for company in companies]
        try:
            total = sum(len(days_to_run(company, until)) * len(STEPS) for company, until in nights)
        except NightToCome as error:
            raise CommandError(str(error)) from error
        with tqdm(total=total, unit="step", disable=None if not options["json"] else True) as bar:
            for company, until in nights:
                for done in run_night(company=company, steps=STEPS, until=until, again=True):
                    bar.set_postfix_str(f"{company.code} {done.business_date} {done.step}")
                    bar.update()
                    self._tell(company, done, as_json=options["json"])

    def _tell(self, company: Company, done: StepDone, *, as_json: bool) -> None:
        if as_json:
            line: dict[str, Any] = {
                "company": company.code,
                "business_date": done.business_date.isoformat(),
                "step": done.step,
                "counts": done.counts,
                "seconds": float(done.seconds),
                "again": done.again,
                "ran": done.ran,
            }
            self.stdout.write(json.dumps(line))
            return
        told = ", ".join(f"{name} {count}" for name, count in done.counts.items() if count)
        before = "" if not done.again else " (done again)" if done.ran else " (done before)"
        head = f"{company.code} {done.business_date} {done.step}"
        with tqdm.external_write_mode():
            self.stdout.write(f"{head}: {told or 'nothing to do'}{before}")


def _companies(code: str | None) -> list[Company]:
    if code is None:
        return list(Company.objects.filter(is_active=True).order_by("code"))
    company = Company.objects.filter(code=code.strip().upper()).first()
    if company is None:
        raise CommandError(f"There is no company {code}.")
    return [company]
