"""Fills an empty database with the demo; does nothing where it is filled already."""

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from config.demo.cast import AGENCIES, ANXIN, HAIYUE, LENDERS, DemoCompany
from config.demo.furnish import PASSWORD, furnish
from config.demo.month import DAYS, Month
from tenancy.models import Company, NightStep, Role
from tenancy.scope import company_scope

SEED = 2026
# Whose logins are printed, one a role.
SHOWN = (HAIYUE, ANXIN)


class Command(BaseCommand):
    """`manage.py fill_demo [--logins-json]`."""

    help = "Fill an empty database with two lenders, three agencies and a month of nights."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--logins-json only prints the logins."""
        parser.add_argument("--logins-json", action="store_true", help="print one login a role")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill what is missing, or print the logins."""
        if options["logins_json"]:
            self.stdout.write(json.dumps(logins(), ensure_ascii=False))
            return
        unplayed = [cast for cast in LENDERS if not is_played(cast)]
        if not unplayed:
            self.stdout.write("The demo is there already.")
            return
        for cast in (*LENDERS, *AGENCIES):
            furnish(cast)
        with tqdm(total=len(unplayed) * (DAYS + 1), desc="demo", unit="day") as bar:
            for cast in unplayed:
                self._play(cast, bar)

    def _play(self, cast: DemoCompany, bar: "tqdm[Any]") -> None:
        company = Company.objects.get(code=cast.code)
        with company_scope(company):
            began = NightStep.objects.order_by("business_date").first()
        today = company.local_date()
        first = began.business_date if began else today - timedelta(days=DAYS)
        for day in Month(cast, company, first, SEED).days():
            bar.set_postfix_str(f"{cast.code} {day}")
            bar.update()


def is_played(cast: DemoCompany) -> bool:
    """Whether the lender's month has been played to its end."""
    company = Company.objects.filter(code=cast.code, is_active=True).first()
    if company is None:
        return False
    with company_scope(company):
        days = NightStep.objects.filter(done_at__isnull=False)
        return days.values("business_date").distinct().count() > DAYS


def logins() -> list[dict[str, str]]:
    """One login for each role of a lender, and those of an agency."""
    return [
        {
            "company": cast.name_en,
            "role": str(Role(person.roles[0]).label),
            "login": f"{person.username}@{cast.code}",
            "password": PASSWORD,
        }
        for cast in SHOWN
        for person in _first_of_each_role(cast)
    ]


def _first_of_each_role(cast: DemoCompany) -> list[Any]:
    found: dict[str, Any] = {}
    for person in cast.people:
        found.setdefault(person.roles[0], person)
    return list(found.values())
