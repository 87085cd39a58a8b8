"""Makes the database roles and the database on a PostgreSQL server of one's own, once."""

from argparse import ArgumentParser
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.environment import OperatorEnvironment, load
from config.running.roles import bootstrap


class Command(BaseCommand):
    """Runs as the superuser of BOOTSTRAP_DATABASE_URL; may be run again at any time."""

    help = "Make roles and database; the passwords are those of the three database URLs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--test-databases",
            action="store_true",
            help="let the owner make databases, as the test suite does; not for production",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.BOOTSTRAP_DATABASE_URL:
            raise CommandError(
                "BOOTSTRAP_DATABASE_URL is missing "
                "(put postgresql://postgres:PASSWORD@HOST:5432/postgres)."
            )
        known = load(OperatorEnvironment)
        urls = (known.OWNER_DATABASE_URL, known.DATABASE_URL, known.PLATFORM_DATABASE_URL)
        passwords = {
            unquote(p.username or ""): unquote(p.password or "") for p in map(urlsplit, urls)
        }
        missing = {"recoup_owner", "recoup_app", "recoup_platform"} - passwords.keys()
        if missing:
            raise CommandError(
                "OWNER_DATABASE_URL, DATABASE_URL and PLATFORM_DATABASE_URL must name the users "
                "recoup_owner, recoup_app and recoup_platform: "
                f"none names {', '.join(sorted(missing))}."
            )
        try:
            bootstrap(
                superuser_url=settings.BOOTSTRAP_DATABASE_URL,
                database=urlsplit(known.OWNER_DATABASE_URL).path.lstrip("/"),
                passwords=passwords,
                may_create_databases=options["test_databases"],
            )
        except psycopg2.Error as error:
            raise CommandError(f"The database server refused: {str(error).strip()}") from error
        self.stdout.write("Roles and database are as they should be.")
