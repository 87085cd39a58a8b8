"""What a kind of feed has to say of itself so that one pipeline can stage, judge and apply it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from cases.amounts import NOTHING
from cases.feed import sql
from cases.feed.rows import FeedKind, ParsedRow
from cases.feed.sql import OWNER, RUN
from cases.models import ImportRun, LenderSettings
from cases.models.feed import StagedRow
from tenancy.models import Company

Outlook = dict[str, tuple[int, str]]
"""What an import would do: by name, how many and (as text) for how much."""


@dataclass(frozen=True)
class Work:
    """A run with what its statements need; `on`: the date at whose end its cases are to be true."""

    company: Company
    run: ImportRun
    on: date

    @cached_property
    def core_is_right(self) -> bool:
        """Whether loans rows state balances; otherwise the ledger does, after the first row."""
        authority = LenderSettings.objects.values_list("balance_authority", flat=True).first()
        return authority not in (None, LenderSettings.Authority.LEDGER)

    @cached_property
    def values(self) -> dict[str, Any]:
        """The parameters of every statement."""
        return {
            "owner": self.company.pk,
            "run": self.run.pk,
            "as_of": self.run.as_of,
            "on": self.on,
            "zone": self.company.timezone,
            "core": self.core_is_right,
        }


@dataclass(frozen=True)
class Chunk:
    """The rows of a run whose places lie after `after`, up to and including `upto`."""

    work: Work
    after: int
    upto: int

    @cached_property
    def values(self) -> dict[str, Any]:
        """The parameters of every statement about the chunk."""
        return {**self.work.values, "after": self.after, "upto": self.upto}


@dataclass
class Figures:
    """What judging finds: how many rows are new, changed and unchanged, and what they will do."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    already_in_balance: int = 0
    suspense: int = 0
    differs: int = 0
    outlook: Outlook = field(default_factory=dict)

    def expect(self, effect: str, count: int, amount: Decimal = NOTHING) -> None:
        """Add to what will happen; "" stands for nothing."""
        if effect and count:
            so_far, worth = self.outlook.get(effect, (0, "0.00"))
            self.outlook[effect] = (so_far + count, str(Decimal(worth) + amount))


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One kind of feed.

    columns, convert: what a row becomes in the staging table, personal data sealed. place: the
    turn of a row on a line. key: the columns that tell one row from another; identity puts their
    values into one text and identity_sql does the same for a staged row `s`. judge adds the
    rejects that depend on the book and counts the rest. apply writes a chunk. finish, where there
    is one, does a piece of what can only be done after the last chunk: given a position from
    AFTER_ROWS on it returns the next one, None when all is done.
    """

    feed: FeedKind
    staged: type[StagedRow]
    columns: tuple[str, ...]
    convert: Callable[[ParsedRow], Sequence[str | None]]
    place: Callable[[int, ParsedRow], int]
    key: tuple[str, ...]
    identity: Callable[[Sequence[str]], str]
    identity_sql: str
    judge: Callable[[Work], Figures]
    apply: Callable[[Chunk], Mapping[str, int]]
    finish: Callable[[Work, int], int | None] | None = None

    @property
    def table(self) -> str:
        """The staging table."""
        return self.staged._meta.db_table


AFTER_ROWS = 10**15
"""Positions from here on belong to `finish`; no line has such a number."""

SEPARATOR = "\x1f"


def joined(values: Sequence[str]) -> str:
    """The identity of a row by its key columns; they hold no control characters."""
    return SEPARATOR.join(values)


def line_as_place(line: int, _row: ParsedRow) -> int:
    """Rows take their turns in the order of the file."""
    return line


def refuse(
    *, work: Work, table: str, key: str, bad: str, more: Mapping[str, Any] | None = None
) -> int:
    """Refuse the staged rows that `bad` answers: id, column, value, code, params; returns how many.

    `key` is the staging table's column that names the row to people; `more` are parameters of
    `bad` beyond those of the work.
    """
    return sql.execute(
        f"""
WITH bad AS MATERIALIZED ({bad}),
marked AS (
    UPDATE {table} s SET refused = true
    WHERE s.owner_id = {OWNER} AND s.run_id = {RUN} AND s.id IN (SELECT id FROM bad)
    RETURNING s.id, s.line, s.{key} AS key
)
INSERT INTO cases_importreject
    (owner_id, run_id, line, key, "column", value, code, params, identity, judged)
SELECT %(owner)s, %(run)s, marked.line, marked.key, bad."column", bad.value, bad.code, bad.params,
    '', true
FROM marked JOIN bad USING (id) ORDER BY marked.line
""",
        {**work.values, **(more or {})},
    )
