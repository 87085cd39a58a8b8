"""The bench's own databases: made by the owner, walled like every other, dropped at the end.

`recoup_bench_N` is where Recoup works on N cases; `recoup_bench_bare_N` has the same tables and
companies and gets the same rows without Recoup. Each keeps its own connections, so that measures
may go from one database to the next without connecting anew. A run first removes what an earlier
one was told to keep or could not remove.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend
from psycopg2 import sql

from config.running.home import CannotRun
from config.running.roles import database_grants
from tenancy.models import Company
from tenancy.scope import company_scope

ALIASES = ("default", "owner", "platform")
APP, OWNER, PLATFORM = ALIASES
# What is rolled back would otherwise leave out the checks that wait for a COMMIT.
CHECK_NOW = "SET CONSTRAINTS ALL IMMEDIATE"


def _wrapper(alias: str, name: str) -> BaseDatabaseWrapper:
    """A connection of the alias's role to the database `name`, not opened yet."""
    settings = connections.settings[alias] | {"NAME": name}
    # The platform's connection stands for an application without walls: kept, unchecked.
    if alias == PLATFORM:
        settings |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}
    wrapper: BaseDatabaseWrapper = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, alias)
    return wrapper


class BenchDatabase:
    """One database with a connection for each role."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.wrappers = {alias: _wrapper(alias, name) for alias in ALIASES}

    def use(self) -> None:
        """Turn every alias of this process to this database."""
        for alias, wrapper in self.wrappers.items():
            connections[alias] = wrapper

    def close(self) -> None:
        """Close its connections; they open again when used."""
        for wrapper in self.wrappers.values():
            wrapper.close()

    def tidy(self) -> None:
        """VACUUM and ANALYZE, as autovacuum does in its own time."""
        with self.wrappers[OWNER].cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")


class Databases:
    """Makes and drops the bench's databases; use as a context.

    prefix: what their names begin with; two runs with the same one exclude each other.
    """

    def __init__(self, prefix: str, *, keep: bool) -> None:
        self.prefix, self.keep = prefix, keep
        self.template = f"{prefix}_template"
        self.home = {alias: connections[alias] for alias in ALIASES}
        self.made: list[BenchDatabase] = []

    def __enter__(self) -> "Databases":
        with self.home[OWNER].cursor() as cursor:
            cursor.execute(
                "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"bench:{self.prefix}"]
            )
            if not cursor.fetchone()[0]:
                raise CannotRun("another bench runs on these servers")
        self._drop_old()
        self._make(self.template, "template0")
        template = BenchDatabase(self.template)
        template.use()
        call_command("migrate", database=OWNER, verbosity=0)
        self._go_home()
        template.close()
        return self

    def __exit__(self, *_: object) -> None:
        self._go_home()
        for database in self.made:
            database.close()
            if not self.keep:
                self._drop(database.name)
        self._drop(self.template)
        self.home[OWNER].close()

    def make(self, suffix: str, like: str = "") -> BenchDatabase:
        """A new database with everything that `like` has; nothing may be connected to that."""
        name = f"{self.prefix}_{suffix}"
        self._make(name, like or self.template)
        self.made.append(BenchDatabase(name))
        return self.made[-1]

    def _go_home(self) -> None:
        for alias, wrapper in self.home.items():
            connections[alias] = wrapper

    def _drop_old(self) -> None:
        with self.home[OWNER].cursor() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
                [f"{self.prefix}_"],
            )
            old = [name for (name,) in cursor.fetchall()]
        for name in old:
            self._drop(name)

    def _make(self, name: str, like: str) -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with self.home[OWNER].cursor() as cursor:
            cursor.execute(statement.format(sql.Identifier(name), sql.Identifier(like)))
            for grant in database_grants(name):
                cursor.execute(grant)

    def _drop(self, name: str) -> None:
        with self.home[OWNER].cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


@contextmanager
def in_scope(company: Company) -> Iterator[None]:
    """Act for the company as the application role, and keep what was done."""
    with company_scope(company):
        yield


@contextmanager
def undone(company: Company) -> Iterator[None]:
    """Act for the company as the application role, and roll everything back."""
    with company_scope(company):
        yield
        transaction.set_rollback(True)


@contextmanager
def platform_undone() -> Iterator[Any]:
    """A cursor of the role without policies in a transaction that is rolled back."""
    with transaction.atomic(using=PLATFORM), connections[PLATFORM].cursor() as cursor:
        yield cursor
        transaction.set_rollback(True, using=PLATFORM)
