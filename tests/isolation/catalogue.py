"""What the database's own catalogue says of tables, roles, grants and policies."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

from tests.database import owner_cursor

# Tables that are not walled in by a company's column, each with its reason.
NOT_WALLED = {
    "django_migrations": "names of migrations; no row of a company",
    "django_content_type": "names of models; no row of a company",
    "auth_permission": "names of permissions; no row of a company",
}
# What the application role may touch by itself, before a company is known.
BEFORE_A_COMPANY = {
    "django_session": "a session is read before its company is known",
    "axes_accessattempt": "sign-in attempts are counted before a company is known",
    "axes_accessattemptexpiration": "belongs to the attempts",
    "axes_accesslog": "belongs to the attempts",
    "axes_accessfailurelog": "belongs to the attempts",
    "tenancy_company": "a company's code, kind and clock lead to its scope",
    "django_content_type": "catalogue",
    "auth_permission": "catalogue",
    "django_migrations": "the health check compares it",
}
APPEND_ONLY = {
    "cases_caseevent",
    "cases_bucketmove",
    "cases_ledgerentry",
    "cases_duedate",
    "collection_note",
    "collection_remark",
    "collection_remarkopening",
    "tenancy_auditentry",
    "tenancy_signin",
    "tenancy_crossingrecord",
}
SIDES = ("recoup_lender", "recoup_agency")


@contextmanager
def as_owner() -> Iterator[Any]:
    """A cursor of the owner in this worker's database (the catalogue is readable to all)."""
    with owner_cursor(str(connections["default"].settings_dict["NAME"])) as cursor:
        yield cursor


def rows(cursor: Any, query: str, *params: Any) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    cursor.execute(query, params)
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def unwalled(cursor: Any) -> set[str]:
    """Tables without forced row-level security."""
    return {
        name
        for (name,) in rows(
            cursor,
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE relkind IN ('r', 'p') AND nspname = 'public' "
            "AND NOT (relrowsecurity AND relforcerowsecurity)",
        )
    }


def open_policies(cursor: Any) -> set[tuple[str, str]]:
    """(table, role) of policies of the two sides that do not ask for the company."""
    return {
        (table, policy)
        for table, policy, using, check in rows(
            cursor,
            "SELECT tablename, policyname, coalesce(qual, ''), coalesce(with_check, '') "
            "FROM pg_policies WHERE roles && ARRAY['recoup_lender','recoup_agency']::name[]",
        )
        if any(text and "current_company()" not in text for text in (using, check))
    }


def granted(cursor: Any, role: str, privilege: str) -> set[str]:
    """Tables on which the role itself has the privilege."""
    return {
        name
        for (name,) in rows(
            cursor,
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE relkind IN ('r', 'p', 'v', 'm') AND nspname = 'public' "
            "AND (has_table_privilege(%s, c.oid, %s) OR "
            "(%s IN ('SELECT','INSERT','UPDATE') AND has_any_column_privilege(%s, c.oid, %s)))",
            role,
            privilege,
            privilege,
            role,
            privilege if privilege in ("SELECT", "INSERT", "UPDATE") else "SELECT",
        )
    }


def policed(cursor: Any, role: str) -> dict[str, set[str]]:
    """Table → commands for which the role has a policy."""
    found: dict[str, set[str]] = {}
    for table, command in rows(
        cursor, "SELECT tablename, cmd FROM pg_policies WHERE %s = ANY(roles)", role
    ):
        found.setdefault(table, set()).add(command)
    return found


def faults(cursor: Any) -> list[str]:
    """Every way in which the walls stand open, as sentences; empty when they hold."""
    found = [f"{table} is not walled in" for table in unwalled(cursor) - set(NOT_WALLED)]
    found += [f"{policy} on {table} names no company" for table, policy in open_policies(cursor)]
    for role in SIDES:
        commands = policed(cursor, role)
        for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            found += [
                f"{role} may {privilege} {table} without a policy"
                for table in granted(cursor, role, privilege)
                if privilege not in commands.get(table, set()) and table not in NOT_WALLED
            ]
        for privilege in ("UPDATE", "DELETE"):
            found += [
                f"{role} may {privilege} the append-only {table}"
                for table in granted(cursor, role, privilege) & APPEND_ONLY
            ]
        found += [f"{role} may TRUNCATE {t}" for t in granted(cursor, role, "TRUNCATE")]
    found += [
        f"recoup_app by itself may read {table}"
        for table in granted(cursor, "recoup_app", "SELECT") - set(BEFORE_A_COMPANY)
    ]
    return found
