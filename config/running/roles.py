"""The database roles, and the database itself: what a superuser sets up once, before migrations.

The same statements serve the embedded PostgreSQL and a real one (`manage.py bootstrap_database`).
They may be run again at any time: what exists is brought to this shape.

| role | logs in | may |
|---|---|---|
| recoup_owner | yes | own the tables, migrate; no superuser, no BYPASSRLS |
| recoup_app | yes | nothing by itself; take one of the next two for a transaction |
| recoup_lender, recoup_agency | no | what each table's wall grants to that side |
| recoup_platform | yes | see every company (BYPASSRLS); never in a serving process |
"""

from collections.abc import Mapping
from typing import Any

import psycopg2
from psycopg2 import errors, sql

LOGIN_ROLES = {
    "recoup_owner": "NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS INHERIT",
    "recoup_app": "NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS NOINHERIT",
    "recoup_platform": "NOSUPERUSER NOCREATEROLE NOCREATEDB BYPASSRLS INHERIT",
}
SIDES = ("recoup_lender", "recoup_agency")


def bootstrap(
    *,
    superuser_url: str,
    database: str,
    passwords: Mapping[str, str],
    may_create_databases: bool = False,
) -> None:
    """Make roles and database, or bring those that exist to this shape.

    `passwords` holds one for each of LOGIN_ROLES. `may_create_databases` lets the owner make
    test databases; never set it in production. Raises psycopg2.Error.
    """
    connection = psycopg2.connect(superuser_url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            # A statement with a password in it must not reach the server's log.
            cursor.execute("SET log_statement = 'none'")
            cursor.execute("SET log_min_error_statement = 'panic'")
            cursor.execute("SET log_min_duration_statement = -1")
            for role, shape in LOGIN_ROLES.items():
                _make_role(cursor, role, f"LOGIN {shape}", passwords[role])
            if may_create_databases:
                cursor.execute("ALTER ROLE recoup_owner CREATEDB")
            for role in SIDES:
                _make_role(cursor, role, "NOLOGIN NOSUPERUSER NOBYPASSRLS", None)
            cursor.execute(
                "GRANT recoup_lender, recoup_agency TO recoup_app WITH INHERIT FALSE, SET TRUE"
            )
            _make_database(cursor, database)
            for statement in database_grants(database):
                cursor.execute(statement)
    finally:
        connection.close()


def database_grants(database: str) -> list[sql.Composed]:
    """Who may enter a database, and who may make temporary tables in it (imports do).

    A database made from a template does not inherit these; its owner may run them too.
    """
    name = sql.Identifier(database)
    return [
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO recoup_app, recoup_platform").format(name),
        sql.SQL(
            "GRANT TEMPORARY ON DATABASE {} TO recoup_lender, recoup_agency, recoup_platform"
        ).format(name),
    ]


def _make_role(cursor: Any, role: str, shape: str, password: str | None) -> None:
    """Create the role or alter the one that exists."""
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    verb = "ALTER" if cursor.fetchone() else "CREATE"
    statement = sql.SQL(f"{verb} ROLE {{}} WITH {shape}").format(sql.Identifier(role))
    if password is not None:
        statement += sql.SQL(" PASSWORD {}").format(sql.Literal(password))
    cursor.execute(statement)


def _make_database(cursor: Any, database: str) -> None:
    """Create the database, owned by recoup_owner, unless it is there."""
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
    if cursor.fetchone():
        statement = sql.SQL("ALTER DATABASE {} OWNER TO recoup_owner")
        cursor.execute(statement.format(sql.Identifier(database)))
        return
    statement = sql.SQL("CREATE DATABASE {} OWNER recoup_owner ENCODING 'UTF8' TEMPLATE template0")
    try:
        cursor.execute(statement.format(sql.Identifier(database)))
    except (errors.DuplicateDatabase, errors.UniqueViolation):
        return  # somebody else made it in the same moment
