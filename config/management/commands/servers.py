"""Shows or stops the embedded PostgreSQL and Redis."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from config.running.home import current_home, is_embedded
from config.running.postgres_server import Postgres
from config.running.redis_server import Redis
from config.running.servers import stop_servers_if_unused


class Command(BaseCommand):
    """`manage.py servers` says what runs; `--stop` stops it unless somebody uses it."""

    help = "Show the embedded servers, or stop them with --stop."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stop", action="store_true", help="stop both servers")

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_embedded():
            self.stdout.write("DATABASE_URL names a server: there are no embedded ones.")
            return
        home = current_home()
        if options["stop"]:
            stopped = stop_servers_if_unused(home)
            self.stdout.write("Stopped." if stopped else "Somebody uses them: not stopped.")
            return
        for server in (Postgres(home), Redis(home)):
            state = f"process {server.pid()}" if server.answers() else "not running"
            self.stdout.write(f"{type(server).__name__}: {state}, data in {server.data}")
