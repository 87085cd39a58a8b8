"""Test databases: one migrated and seeded template, from which every test's copy is made.

A worker has its copy, and a new one after each test that commits. Nothing here runs as a
superuser. The owner makes databases; the tests themselves run as recoup_app, so that both walls
stand in every one of them.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from django.core.management import call_command
from django.db import connections
from psycopg2 import sql

from config.running.roles import database_grants

ROOT = Path(__file__).resolve().parents[1]
ALIASES = ("default", "owner", "platform")
BUILDING_LOCK = 7_203_411


def fingerprint() -> str:
    """A hash of everything that shapes the template: migrations, walls, presets and the seed."""
    digest = hashlib.sha256()
    shapes = [
        *ROOT.glob("*/migrations/*.py"),
        ROOT / "tenancy/walls.py",
        ROOT / "tests/seed.py",
        ROOT / "cases/bucket_scheme.py",
        ROOT / "collection/dispositions.py",
        ROOT / "config/running/roles.py",
    ]
    for path in sorted(shapes):
        if path.exists():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def owner_cursor(name: str) -> Iterator[Any]:
    """An autocommit cursor of recoup_owner in the database `name`."""
    params = connections["owner"].get_connection_params() | {"dbname": name}
    params.pop("cursor_factory", None)
    params.pop("isolation_level", None)
    connection = psycopg2.connect(**params)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def use_database(name: str) -> None:
    """Point every alias of this process at the database `name`."""
    for alias in ALIASES:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def _exists(cursor: Any, name: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return cursor.fetchone() is not None


def _create(cursor: Any, name: str, template: str) -> None:
    cursor.execute(
        # Whole files are the quickest to copy; what the other way writes, nobody would replay.
        sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    )
    for statement in database_grants(name):
        cursor.execute(statement)


def _drop(cursor: Any, name: str) -> None:
    cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


class TestDatabases:
    """The template and this worker's copy of it."""

    __test__ = False

    def __init__(self, worker: str) -> None:
        self.home = str(connections["default"].settings_dict["NAME"])
        self.template = f"recoup_template_{fingerprint()}"
        self.mine = f"recoup_test_{worker}_{os.getpid()}"

    def build_template(self) -> None:
        """Migrate and seed the template once, however many workers ask."""
        with owner_cursor(self.home) as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [BUILDING_LOCK])
            if _exists(cursor, self.template):
                return
            half_built = f"{self.template}_building"
            _drop(cursor, half_built)
            _create(cursor, half_built, "template0")
            use_database(half_built)
            call_command("migrate", database="owner", verbosity=0)
            from tests.seed import seed

            seed()
            use_database(self.home)
            cursor.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(half_built), sql.Identifier(self.template)
                )
            )

    def fresh(self, of: str = "") -> None:
        """Give this worker a new copy of the template, or of its further copy of that name."""
        use_database(self.mine)
        with owner_cursor(self.home) as cursor:
            _drop(cursor, self.mine)
            _create(cursor, self.mine, self._named(of))

    @contextmanager
    def another(self, name: str, of: str = "") -> Iterator[None]:
        """Work in this worker's further copy of that name, made where it is missing."""
        which = self._named(name)
        with owner_cursor(self.home) as cursor:
            if not _exists(cursor, which):
                _create(cursor, which, self._named(of))
        use_database(which)
        try:
            yield
        finally:
            use_database(self.mine)

    def drop(self, name: str = "") -> None:
        """Remove this worker's copy, or its further one of that name."""
        if not name:
            use_database(self.home)
        with owner_cursor(self.home) as cursor:
            _drop(cursor, f"{self.mine}_{name}" if name else self.mine)

    def _named(self, name: str) -> str:
        return f"{self.mine}_{name}" if name else self.template
