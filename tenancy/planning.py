"""Telling the planner that a statement reads whole tables.

Statistics may be a day old, or absent: a lender's first night comes right after its first feed,
and a table that is believed empty invites a nested loop that never ends. Statements over a whole
company's cases run inside `whole_tables`, where joins are made by hashing or merging.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

MANY = 200
"""From so many rows asked for by key on, a statement counts as reading whole tables."""


@contextmanager
def whole_tables(really: bool = True) -> Iterator[None]:
    """Within the open transaction: no nested loop where another join will do.

    really: False changes nothing, for statements that are sometimes about a few rows. Where the
    block fails, the transaction or its savepoint is rolled back, and the setting with it.
    """
    if not really:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")
