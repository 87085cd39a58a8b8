"""Prints a lender's aging buckets at the end of a business date, today or in the past."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.buckets import (
    NOT_DUE,
    Standing,
    bucket_name,
    loan_as_json,
    loan_standings,
    standing,
    standing_as_json,
)
from cases.ladder import NoScheme
from tenancy.management.dates import a_date
from tenancy.models import Company
from tenancy.night import business_date
from tenancy.scope import company_scope


class Command(BaseCommand):
    """`manage.py buckets --company CODE [--date DATE] [--json] [--loans]`."""

    help = "Print the buckets of a lender, or with --loans every loan that owes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose buckets, of which day, in which form."""
        parser.add_argument("--company", required=True, metavar="CODE")
        parser.add_argument(
            "--date", type=a_date, metavar="DATE", help="default: the company's business date"
        )
        parser.add_argument("--json", action="store_true", help="JSON instead of a table")
        parser.add_argument("--loans", action="store_true", help="one line a loan")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        code = options["company"].strip().upper()
        company = Company.objects.filter(code=code).first()
        if company is None or not company.is_lender:
            raise CommandError(f"There is no lender {code}.")
        with company_scope(company):
            opened = business_date(company)
            on = options["date"] or opened
            if on > opened:
                self.stderr.write(
                    f"The date {on} is not open yet, the business date of {code} is {opened}: "
                    "this is how the loans would stand if nothing came in meanwhile."
                )
            try:
                if options["loans"]:
                    self._loans(company, on, as_json=options["json"])
                else:
                    self._buckets(standing(company=company, on=on), as_json=options["json"])
            except NoScheme as error:
                raise CommandError(str(error)) from error

    def _buckets(self, told: Standing, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(standing_as_json(told)))
            return
        self.stdout.write(f"End of {told.as_of}")
        lines = [*told.buckets, told.no_bucket, told.not_due]
        for name, line in zip((*(b.label for b in told.buckets), "-", NOT_DUE), lines, strict=True):
            self.stdout.write(f"{name:<12} {line.loans:>9} {line.owed.total:>20,}")

    def _loans(self, company: Company, on: date, *, as_json: bool) -> None:
        for loan in loan_standings(company=company, on=on):
            if as_json:
                self.stdout.write(json.dumps(loan_as_json(loan)))
            else:
                name = bucket_name(loan) or "-"
                self.stdout.write(
                    f"{loan.loan_no:<24} {loan.dpd:>6} {name:<12} {loan.owed.total:>20,}"
                )
