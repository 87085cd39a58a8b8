"""Adds a person to a company: `manage.py create_user NAME@CODE --role … --display-name …`."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from tenancy.backends import company_of, split_login
from tenancy.management.told import in_words
from tenancy.models import Company, Role, Team, User
from tenancy.people import create_user, new_password
from tenancy.scope import company_scope
from tenancy.teams import create_team


class Command(BaseCommand):
    """A password that is generated is printed once and changed at the first sign-in."""

    help = "Create a user; a team that does not exist yet is created."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login", metavar="NAME@CODE")
        parser.add_argument(
            "--role",
            action="append",
            required=True,
            choices=Role.values,
            dest="roles",
            help="may be given more than once",
        )
        parser.add_argument(
            "--team",
            action="append",
            default=[],
            dest="teams",
            metavar="NAME",
            help="where the person sits, and what a team lead leads; more than one is possible",
        )
        parser.add_argument("--display-name", required=True, help="as others see it")
        parser.add_argument("--email", default="")
        parser.add_argument("--capacity", type=int, help="most cases in hand; no limit if left out")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )
        parser.add_argument("--json", action="store_true", help="one JSON line on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        name, code = split_login(options["login"])
        if not name or not code:
            raise CommandError("Write the login as NAME@CODE, such as li.wei@ACME.")
        company = company_of(options["login"])
        if company is None:
            raise CommandError(f"There is no company {code}; create it with create_company.")
        given = sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else None
        if given == "":
            raise CommandError("Standard input held no password.")
        password = given or new_password()
        try:
            with company_scope(company):
                made = self._make_teams(company, options["teams"])
                user = self._make_user(company, name, password, generated=not given, **options)
        except ValidationError as error:
            raise CommandError(in_words(error)) from error
        self._tell(user, made, None if given else password, as_json=options["json"])

    def _make_teams(self, company: Company, names: list[str]) -> list[str]:
        """Create the teams that do not exist yet; returns their names."""
        known = set(Team.objects.values_list("name", flat=True))
        missing = [name for name in dict.fromkeys(names) if name.strip() not in known]
        for name in missing:
            create_team(company=company, name=name, by=None)
        return missing

    def _make_user(
        self, company: Company, name: str, password: str, generated: bool, **options: Any
    ) -> User:
        teams: QuerySet[Team] = Team.objects.filter(
            name__in=[team.strip() for team in options["teams"]]
        )
        return create_user(
            company=company,
            username=name,
            display_name=options["display_name"],
            password=password,
            roles=options["roles"],
            teams=list(teams),
            leads=list(teams) if Role.TEAM_LEAD in options["roles"] else [],
            email=options["email"],
            capacity=options["capacity"],
            must_change_password=generated,
            by=None,
        )

    def _tell(self, user: User, made: list[str], password: str | None, *, as_json: bool) -> None:
        if as_json:
            told = {"login": user.login, "roles": user.roles, "teams_created": made}
            if password:
                told["password"] = password
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for name in made:
            self.stdout.write(f"Created team {name}.")
        self.stdout.write(f"Created {user.login} ({', '.join(user.roles)}).")
        if password:
            self.stdout.write(f"Password, shown once, to be changed at first sign-in: {password}")
