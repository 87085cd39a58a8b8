"""How the book's own SQL is run: constant statements, named values, the lender never by number."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

Values = Mapping[str, Any]
Statement = tuple[str, Values]

# A value that the planner does not know while it plans. A lender whose rows came after the last
# ANALYZE is not in the statistics: by its id it would be taken for empty, and its people would be
# read whole for each of its loans.
OWNER = "(SELECT %(owner)s::bigint)"


def rows(statement: str, values: Values) -> list[tuple[Any, ...]]:
    """All rows that a statement answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def ids(statement: str, values: Values) -> list[int]:
    """The first column of all rows that a statement answers."""
    return [found[0] for found in rows(statement, values)]


def execute(statement: str, values: Values) -> int:
    """Run a statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def rows_at_once(statements: Sequence[Statement]) -> list[tuple[Any, ...]]:
    """All rows that the last of some statements answers, sent together: one way to the server.

    Each sees what those before it wrote, and what others committed before it began.
    """
    with connection.cursor() as cursor:
        cursor.execute(_together(cursor, statements))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def execute_at_once(statements: Sequence[Statement]) -> None:
    """Run statements, sent together; nothing where there are none."""
    if statements:
        with connection.cursor() as cursor:
            cursor.execute(_together(cursor, statements))


def _together(cursor: Any, statements: Sequence[Statement]) -> str:
    return ";".join(cursor.mogrify(sql, values).decode() for sql, values in statements)


def columns(names: Sequence[str], lines: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    """Lines as one list a column, for `unnest`."""
    return {name: [line[place] for line in lines] for place, name in enumerate(names)}
