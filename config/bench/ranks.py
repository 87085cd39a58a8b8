"""Ranking every case of a book on the day after, where each row changes, against a bare UPDATE.

On the day after the first night nothing is new any more, so the rank of every case on a desk is
another. Everything here is rolled back, so that each round meets the same desks.

`rank_night`: the night's step `rank`, against one UPDATE of the same rows from a temporary table
that holds their keys and what the step wrote.
"""

from datetime import date
from functools import partial
from pathlib import Path

from django.db import connections

from collection.models import Assignment
from config.bench.databases import CHECK_NOW, platform_undone, undone
from config.bench.feed import NotAsMeant
from config.bench.measure import Pair, in_turns, seconds_of
from config.bench.rows import RowFile, dump
from config.night import STEPS
from tenancy.models import Company

RANK = "rank"
OF_LENDER = "company_id = %s AND ended_at IS NULL"
BARE = """
UPDATE collection_assignment a
SET rank = t.rank, rank_key = t.rank_key, expected_value = t.expected_value
FROM bench_ranked t WHERE a.id = t.id
"""


def measure(*, companies: list[Company], on: date, rounds: int, folder: Path) -> Pair:
    """Rounds over all lenders in turns."""
    pair = Pair()
    for company in companies:
        written = _what_it_writes(company, on, folder)
        in_turns(
            rounds,
            ours=partial(step_seconds, company, on),
            baseline=partial(bare_seconds, written),
            pair=pair,
        )
        written.path.unlink()
    return pair


def _what_it_writes(company: Company, on: date, folder: Path) -> RowFile:
    """Run the step, keep the rows that it wrote, which are all, and roll it back."""
    with undone(company), connections["default"].cursor() as cursor:
        desks = Assignment.objects.filter(company=company, ended_at=None).count()
        ranked = _run(company, on)
        if not desks or ranked != desks:
            raise NotAsMeant(f"{ranked} of {desks} cases of {company.code} have another rank")
        return dump(cursor, Assignment, OF_LENDER, [company.pk], folder)


def step_seconds(company: Company, on: date) -> float:
    """How long the step takes; rolled back."""
    with undone(company):
        return seconds_of(partial(_run, company, on))


def _run(company: Company, on: date) -> int:
    """Do the step; returns how many rows it wrote."""
    step = next(step for step in STEPS if step.name == RANK)
    counts = step.run(company, on)
    with connections["default"].cursor() as cursor:
        cursor.execute(CHECK_NOW)
    return counts["ranked"]


def bare_seconds(written: RowFile) -> float:
    """How long the same rows take as a bare statement, their keys given; rolled back."""
    with platform_undone() as cursor:
        written.as_temp_table(cursor, "bench_ranked")

        def act() -> None:
            cursor.execute(BARE)
            cursor.execute(CHECK_NOW)

        return seconds_of(act)
