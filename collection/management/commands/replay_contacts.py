"""Prints what a day's contacts would have got under other contact rules."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collection.contact_figures import BadFigure, figured, figures_of, read, read_rule
from collection.contact_presets import JURISDICTIONS, preset
from collection.contact_rules import RULES
from collection.gate_replay import Proposal, replay
from tenancy.management.dates import a_date
from tenancy.models import Company
from tenancy.scope import company_scope


class Command(BaseCommand):
    """`manage.py replay_contacts --company CODE [--day DATE] [--rules-on DATE] [--propose …]`."""

    help = "Weigh a day's contacts of a lender's book again, under the rules of another date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose contacts, of which day, under which rules."""
        parser.add_argument("--company", required=True, metavar="CODE")
        parser.add_argument("--day", type=a_date, metavar="DATE", help="default: yesterday")
        parser.add_argument(
            "--rules-on", type=a_date, metavar="DATE", help="whose rules hold; default: today"
        )
        parser.add_argument(
            "--propose",
            nargs="+",
            metavar=("PLACE.RULE", "FIGURE=VALUE"),
            help="a rule as it might be: CN.conversations_day conversations_a_day=2",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Weigh them; one line a contact that would be refused, then the sums."""
        code = options["company"].strip().upper()
        company = Company.objects.filter(code=code).first()
        if company is None or not company.is_lender:
            raise CommandError(f"There is no lender {code}.")
        today = company.local_date()
        day = options["day"] or today - timedelta(days=1)
        proposal = _proposal(options["propose"], company) if options["propose"] else None
        with company_scope(company):
            found = replay(
                company=company,
                day=day,
                rules_on=options["rules_on"] or today,
                proposal=proposal,
            )
        for each in found.refused:
            local = each.made.at.astimezone(company.zone)
            rules = ", ".join(denial.rule for denial in each.decision.denials)
            self.stdout.write(f"{local:%H:%M:%S} {each.made.channel} {each.made.uid}: {rules}")
        self.stdout.write(
            f"{len(found.refused)} of {found.contacts} contacts of {day} would be refused."
        )
        for rule, contacts in found.by_rule:
            self.stdout.write(f"  {rule}: {contacts}")


def _proposal(words: list[str], company: Company) -> Proposal:
    place, _dot, rule = words[0].partition(".")
    if place not in JURISDICTIONS or rule not in RULES or not figured(rule):
        raise CommandError(f"There is no rule {words[0]}: write one such as CN.window.")
    figures = figures_of(preset(place, company.local_date()), rule)
    try:
        for word in words[1:]:
            name, _equals, value = word.partition("=")
            if name not in figures:
                raise CommandError(f"{rule} has no figure {name}: it has {', '.join(figures)}.")
            figures[name] = read(name, value)
        read_rule(rule, figures)
    except BadFigure as error:
        raise CommandError(f"That is no figure of {rule}: {error}.") from error
    return Proposal(place, rule, figures)
