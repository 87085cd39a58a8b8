"""Seals personal data anew under the newest of FIELD_KEYS, so that older keys can go."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from config.resealing import Resealed, reseal_batch, sealed_columns
from tenancy.models import Company
from tenancy.personal_data import newest_key
from tenancy.scope import company_scope


class Command(BaseCommand):
    """Put a new key first in FIELD_KEYS, restart, run this, then take the old key away."""

    help = "Re-seal personal data and second factors under the newest of FIELD_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", metavar="CODE", help="one company only")
        parser.add_argument("--batch", type=int, default=1000, help="values a statement")
        parser.add_argument("--json", action="store_true", help="one JSON line a company")

    def handle(self, *args: Any, **options: Any) -> None:
        companies = Company.objects.order_by("pk")
        if options["company"]:
            companies = companies.filter(code=options["company"].upper())
            if not companies:
                raise CommandError(f"There is no company {options['company']}.")
        closed: set[str] = set()
        for company in companies:
            done = self._reseal(company, options["batch"])
            closed |= done.closed.keys()
            self._tell(company, done, as_json=options["json"])
        if closed:
            raise CommandError(
                f"Some values are sealed with keys that FIELD_KEYS does not hold: "
                f"{', '.join(sorted(closed))}. Put them back behind the newest and run this again."
            )
        if not options["json"]:
            self.stdout.write(f"All values are sealed with {newest_key()}; older keys may go.")

    def _reseal(self, company: Company, batch: int) -> Resealed:
        done = Resealed()
        with tqdm(desc=company.code, unit=" values", disable=None) as bar:
            for model, column in sealed_columns(is_lender=company.is_lender):
                after: int | None = 0
                while after is not None:
                    with company_scope(company):
                        after = reseal_batch(
                            model=model, column=column, after=after, batch=batch, done=done
                        )
                    bar.update(done.values - bar.n)
        return done

    def _tell(self, company: Company, done: Resealed, *, as_json: bool) -> None:
        if as_json:
            told = {"company": company.code, "resealed": done.values, "unreadable": done.closed}
            self.stdout.write(json.dumps(told))
        else:
            self.stdout.write(f"{company.code}: {done.values} values sealed anew.")
