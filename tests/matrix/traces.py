"""What stands in the database: proofs that an attempt changed nothing, or only one side's rows.

PostgreSQL counts the rows that a transaction writes, table by table. Where it counted none there
is nothing to compare; else the rows of each company are digested and compared with what the
furnished world holds.
"""

from django.apps import apps
from django.db import connection

from tenancy.models import Company
from tenancy.scope import LENDER, company_scope
from tests.isolation.catalogue import SIDES, as_owner, policed

WRITTEN = """
SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""
# A session and the counting of tries belong to no company and change with every visit.
NOBODYS = ("django_session", "axes_")

Traces = dict[tuple[str, str], str]
_readable: dict[str, list[str]] = {}


def rows_written() -> dict[str, int]:
    """Table → rows that this transaction has written so far, those rolled back included."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return {table: n for table, n in cursor.fetchall() if not table.startswith(NOBODYS)}


def written_since(before: dict[str, int]) -> set[str]:
    """Tables whose rows were written since `before`."""
    return {table for table, n in rows_written().items() if n != before.get(table, 0)}


def readable_tables(kind: str) -> list[str]:
    """Tables that this kind of company may read."""
    if kind not in _readable:
        role = SIDES[0] if kind == LENDER else SIDES[1]
        with as_owner() as cursor:
            policies = policed(cursor, role)
        models = [m for m in apps.get_models() if "SELECT" in policies.get(m._meta.db_table, ())]
        _readable[kind] = sorted(
            m._meta.db_table for m in models if m is not Company and m._meta.managed
        )
    return _readable[kind]


def traces(*codes: str) -> Traces:
    """(company, table) → digest of the rows that the company sees there."""
    found: Traces = {}
    for company in Company.objects.filter(code__in=codes):
        with company_scope(company), connection.cursor() as cursor:
            parts = " UNION ALL ".join(
                f"SELECT '{table}', md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) "
                f"FROM {table} t"
                for table in readable_tables(company.kind)
            )
            cursor.execute(parts)
            found |= {(company.code, table): digest for table, digest in cursor.fetchall()}
    return found


def changed(before: Traces, after: Traces) -> set[tuple[str, str]]:
    """Where rows differ."""
    return {key for key in after if before[key] != after[key]}
