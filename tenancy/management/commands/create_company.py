"""Brings a company into being: `manage.py create_company ACME --name … --kind lender …`."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from tenancy.companies import BALANCE_AUTHORITIES, create_company
from tenancy.management.told import in_words
from tenancy.models import Company


class Command(BaseCommand):
    """Run again after a crash, it completes what was begun; a code in use is refused."""

    help = "Create a lender or an agency; a lender starts with the small loans bucket scheme."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", metavar="CODE", help="what people type after @ to sign in")
        parser.add_argument("--name", required=True, help="in the company's own language")
        parser.add_argument("--name-en", default="", help="on English screens")
        parser.add_argument("--kind", required=True, choices=Company.Kind.values)
        parser.add_argument(
            "--timezone",
            default="Asia/Shanghai",
            help="IANA name such as Africa/Lagos: its business dates (default: %(default)s)",
        )
        parser.add_argument("--currency", default="CNY", help="ISO 4217 (default: %(default)s)")
        parser.add_argument("--language", default="zh-hans", help="zh-hans or en")
        parser.add_argument(
            "--jurisdiction", default="CN", help="a country's two letters (default: %(default)s)"
        )
        parser.add_argument(
            "--balance-authority",
            choices=BALANCE_AUTHORITIES,
            default="",
            help="lenders only: who is right about balances (default: ledger; changeable until the "
            "first loan is in)",
        )
        parser.add_argument("--json", action="store_true", help="one JSON line on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        facts = ("code", "name", "name_en", "kind", "timezone", "currency", "language")
        try:
            company = create_company(
                **{fact: options[fact] for fact in facts},
                jurisdiction=options["jurisdiction"],
                balance_authority=options["balance_authority"],
            )
        except ValidationError as error:
            raise CommandError(in_words(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps({"code": company.code, "kind": company.kind}))
            return
        self.stdout.write(f"Created {company.get_kind_display().lower()} {company}.")
        self.stdout.write(
            f"Next: manage.py create_user NAME@{company.code} --role company_admin --display-name …"
        )
