"""Even assignment of all of a lender's unassigned cases, against the bare INSERT of its rows.

`assign_even`: `assign_cases` while no case is on a desk, against one INSERT ... SELECT from a
temporary table that holds the very rows which it wrote. Rolled back, deferred checks made at once.
"""

from datetime import date
from functools import partial
from pathlib import Path

from django.db import connections

from collection.assignment import AssignedCounts, assign_cases
from collection.models import Assignment
from config.bench.databases import CHECK_NOW, platform_undone, undone
from config.bench.feed import NotAsMeant
from config.bench.measure import Pair, in_turns, seconds_of
from config.bench.rows import RowFile, dump
from tenancy.models import Company

ROUNDS = 2


def assign_seconds(company: Company, on: date, due: int) -> float:
    """How long assigning all `due` cases takes; rolled back."""
    with undone(company):
        return _assigned(company, on, due)


def _assigned(company: Company, on: date, due: int) -> float:
    counts: list[AssignedCounts] = []

    def act() -> None:
        counts.append(assign_cases(company=company, on=on))
        with connections["default"].cursor() as cursor:
            cursor.execute(CHECK_NOW)

    seconds = seconds_of(act)
    if counts[0].assigned != due:
        raise NotAsMeant(f"{counts[0].assigned} of {due} cases of {company.code} got a desk")
    return seconds


def what_it_writes(company: Company, on: date, due: int, folder: Path) -> RowFile:
    """Assign, keep the rows, and roll back."""
    with undone(company), connections["default"].cursor() as cursor:
        _assigned(company, on, due)
        return dump(cursor, Assignment, "company_id = %s", [company.pk], folder)


def bare_seconds(written: RowFile) -> float:
    """How long the same rows take as one INSERT ... SELECT; rolled back."""
    with platform_undone() as cursor:
        written.as_temp_table(cursor, "bench_assigned")
        names = ", ".join(f'"{name}"' for name in written.columns)

        def act() -> None:
            cursor.execute(
                f"INSERT INTO {written.table} ({names}) "  # noqa: S608 (names of our own models)
                f"SELECT {names} FROM bench_assigned"
            )
            cursor.execute(CHECK_NOW)

        return seconds_of(act)


def measure(*, company: Company, on: date, due: int, folder: Path, pair: Pair) -> None:
    """The rounds of a lender."""
    written = what_it_writes(company, on, due, folder)
    in_turns(
        ROUNDS,
        ours=partial(assign_seconds, company, on, due),
        baseline=partial(bare_seconds, written),
        pair=pair,
    )
    written.path.unlink()
