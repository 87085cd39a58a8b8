"""Telling the planner how much a statement reads, where it cannot know.

Statistics may be a day old, or absent: a lender's first night comes right after its first feed,
and a table that is believed empty invites a nested loop that never ends. Statements over a whole
company's cases run inside `whole_tables`, where joins are made by hashing or merging.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

MANY = 200
"""From so many rows asked for by key on, a statement counts as reading whole tables."""
FEW = 10
"""Up to so many, people wait for it, and settings would cost more than they save."""


@contextmanager
def whole_tables() -> Iterator[None]:
    """Within the open transaction: no nested loop where another join will do.

    Where the block fails, the transaction or its savepoint is rolled back, and the setting with it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")


@contextmanager
def rows_by_key(count: int | None) -> Iterator[None]:
    """For a statement about `count` rows by key, None for all: whole tables from MANY on.

    Some are joined in the order that the statement says, which begins with them: without
    statistics the planner would as soon join two whole tables first. A few are left to it.
    """
    if count is None or count > MANY:
        with whole_tables():
            yield
        return
    if count <= FEW:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL join_collapse_limit = 1")
        yield
        cursor.execute("SET LOCAL join_collapse_limit = 8")
