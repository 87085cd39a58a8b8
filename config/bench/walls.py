"""What row isolation costs: the worklist's own SQL with the walls, against the same SQL without.

The statements are those that the worklist executes for the admin of a lender, caught as they go to
the database with their values. Each is run by the application role inside the company's scope, and
by the role that no policy binds, in turns, rows fetched.

`isolation_worklist`: the page of fifty rows. `isolation_count`: the figures above it, and the count
of every open case of the lender; the line is that of the slower one against its baseline.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from django.db import connection, connections

from cases.models import Case
from collection.worklist import Clock, WorkFilters, work_figures, worklist
from config.bench.databases import PLATFORM, in_scope
from config.bench.feed import NotAsMeant
from config.bench.lenders import Lender
from config.bench.measure import LIMITS, Line, Pair, in_turns, significant
from tenancy.night import business_date

ROUNDS = 200
WARM_UP = 5


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with its values, as it went to the database."""

    sql: str
    params: Any


def caught(act: Callable[[], object], about: str) -> Statement:
    """The one statement of `act` that reads first from the table `about`."""
    found: list[Statement] = []

    def catch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if f'FROM "{about}"' in sql:
            found.append(Statement(sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(catch):
        act()
    if len(found) != 1:
        raise NotAsMeant(f"{len(found)} statements read {about}, one was expected")
    return found[0]


def statements_of(lender: Lender) -> dict[str, dict[str, Statement]]:
    """The statements of each measure, by name."""
    user = lender.admin
    with in_scope(lender.company):
        clock, filters = Clock.of(lender.company, business_date(lender.company)), WorkFilters()
        return {
            "isolation_worklist": {
                "page": caught(
                    lambda: worklist(user=user, filters=filters, clock=clock),
                    "collection_assignment",
                )
            },
            "isolation_count": {
                "figures": caught(
                    lambda: work_figures(user=user, filters=filters, clock=clock),
                    "collection_assignment",
                ),
                "open_cases": caught(
                    lambda: Case.objects.filter(closed_on=None).count(), "cases_case"
                ),
            },
        }


def measure(lender: Lender, statement: Statement, rounds: int = ROUNDS) -> Pair:
    """Run a statement with and without the walls, in turns; both must answer the same rows."""
    with (
        in_scope(lender.company),
        connection.cursor() as walled,
        connections[PLATFORM].cursor() as bare,
    ):
        ways = partial(_seconds, walled, statement), partial(_seconds, bare, statement)
        in_turns(WARM_UP, *ways)
        pair = in_turns(rounds, *ways)
        if _rows(walled, statement) != _rows(bare, statement):
            raise NotAsMeant("the walls changed the answer of an admin's query")
    return pair


def _seconds(cursor: Any, statement: Statement) -> float:
    began = time.perf_counter()
    _rows(cursor, statement)
    return time.perf_counter() - began


def _rows(cursor: Any, statement: Statement) -> list[Any]:
    cursor.execute(statement.sql, statement.params)
    return list(cursor.fetchall())


def isolation_line(name: str, cases: int, pairs: dict[str, Pair]) -> Line:
    """The line of the statement on which the walls weigh most."""
    limit = LIMITS[name]
    lines = [
        Line(name, cases, median(pair.ours), median(pair.baseline), limit, {"query": query})
        for query, pair in pairs.items()
    ]
    heaviest = max(lines, key=lambda line: (not line.holds, line.ratio))
    heaviest.more["queries"] = {
        line.more["query"]: [significant(line.ours), significant(line.baseline)] for line in lines
    }
    return heaviest
