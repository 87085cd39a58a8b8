"""How the feed talks to the database: statements with named values, and rows by COPY.

Statements are constants of this package; values are always parameters.
"""

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

# Values that the planner does not know while it plans. By their numbers it would look a lender and
# a run up in its statistics, find nothing of what is new, and plan for a handful of rows.
OWNER = "(SELECT %(owner)s::bigint)"
RUN = "(SELECT %(run)s::bigint)"

# No value of a feed holds a control character, so this one can stand for NULL.
NULL = "\x01"
COPY_IN = "COPY feed_in FROM STDIN WITH (FORMAT text, NULL E'\\x01')"
_FOR_COPY = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", NULL: "\ufffd"})

Values = Mapping[str, Any]


def execute(statement: str, values: Values) -> int:
    """Run a statement; returns how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def row(statement: str, values: Values) -> tuple[Any, ...]:
    """The one row that a statement answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: tuple[Any, ...] = cursor.fetchone()
        return found


def rows(statement: str, values: Values) -> list[tuple[Any, ...]]:
    """All rows that a statement answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def ids(statement: str, values: Values) -> list[int]:
    """The first column of all rows that a statement answers."""
    return [found[0] for found in rows(statement, values)]


def copy_line(values: Iterable[str | None]) -> str:
    r"""A line for COPY of values without control characters; a bytea is `\x` and hex digits."""
    return "\t".join([NULL if value is None else value for value in values]).replace("\\", "\\\\")


def copy_line_of_anything(values: Iterable[str]) -> str:
    """A line for COPY of values that may hold anything: what PostgreSQL cannot store is marked."""
    return "\t".join([storable(value).translate(_FOR_COPY) for value in values])


def storable(text: str) -> str:
    """The text without zero characters and halves of surrogate pairs."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def as_json(value: object) -> str:
    """A value for a jsonb column."""
    return json.dumps(value, ensure_ascii=True)


def insert_copied(
    *, model: type[models.Model], columns: Sequence[str], lines: Sequence[str], also: Values
) -> None:
    """Add rows by COPY. `lines` hold `columns` in order; `also` is the same for each of them.

    PostgreSQL does not COPY into a table with row policies, so the rows come in through a
    temporary table of the same types, which lasts no longer than this call.
    """
    if not lines:
        return
    table, names = model._meta.db_table, ", ".join(f'"{name}"' for name in columns)
    constants = ", ".join(also)
    data = io.BytesIO("\n".join(lines).encode())
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE feed_in ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA"
        )
        cursor.copy_expert(COPY_IN, data)
        cursor.execute(
            f"INSERT INTO {table} ({constants}, {names}) "
            f"SELECT {', '.join(f'%({name})s' for name in also)}, {names} FROM feed_in",
            also,
        )
        cursor.execute("DROP TABLE feed_in")


@contextmanager
def by_hash() -> Iterator[None]:
    """Plan the statements of the block without nested loops.

    A fresh run's rows are not in the planner's statistics, so it takes them for a handful. Where
    they are joined with each other or with as many rows of the book, that guess would cost hours.
    """
    execute("SET LOCAL enable_nestloop = off", {})
    try:
        yield
    finally:
        if not connection.needs_rollback:
            execute("SET LOCAL enable_nestloop = on", {})
