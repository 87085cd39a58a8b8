"""Looking at the rows of a run that waits: which are new, changed and unchanged, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cases.feed import sql
from cases.feed.contacts import COMPARED as CONTACTS_COMPARED
from cases.feed.instalments import COMPARED as INSTALMENTS_COMPARED
from cases.feed.loans_sql import COMPARED as LOANS_COMPARED
from cases.feed.repayments import COMPARED as REPAYMENTS_COMPARED
from cases.feed.runs import work_of
from cases.feed.statements import COMPARED as STATEMENTS_COMPARED
from cases.models import ImportRun
from tenancy.models import Company

ROWS = 50

# What the tabs of a run are called, and the verdicts behind them.
TABS: Mapping[str, Sequence[str]] = {
    "new": ("new",),
    "changed": ("changed",),
    "unchanged": ("same", "restated"),
}


@dataclass(frozen=True, slots=True)
class Preview:
    """Which columns a kind shows of its rows, and the query that compares them with the book.

    `money` and `dates` name the columns to be written as such. A column called known_x stands for
    what the book holds where the row says x.
    """

    columns: Sequence[str]
    compared: str
    money: Sequence[str] = ()


PREVIEWS: Mapping[str, Preview] = {
    "loans": Preview(
        ("loan_no", "borrower_no", "due_date", "owed", "known_due_date", "known_owed"),
        LOANS_COMPARED,
        money=("owed", "known_owed"),
    ),
    "instalments": Preview(
        ("loan_no", "seq", "due_date", "owed"), INSTALMENTS_COMPARED, money=("owed",)
    ),
    "contacts": Preview(
        ("borrower_no", "relation", "name", "phone_mask", "source"), CONTACTS_COMPARED
    ),
    "repayments": Preview(
        ("repayment_no", "loan_no", "paid_at", "amount", "reverses"),
        REPAYMENTS_COMPARED,
        money=("amount",),
    ),
    "statements": Preview(
        ("loan_no", "as_of", "owed", "known_owed"),
        STATEMENTS_COMPARED,
        money=("owed", "known_owed"),
    ),
}

Cell = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One waiting row: its place and line in the file, and its cells by column."""

    place: int
    line: int
    cells: Mapping[str, Cell]


def preview_rows(
    *, company: Company, run: ImportRun, tab: str, after: int = 0
) -> tuple[list[PreviewRow], bool]:
    """Up to ROWS waiting rows of a tab behind a place, and whether there are more."""
    preview = PREVIEWS[run.kind]
    values: dict[str, Any] = {
        **work_of(company, run).values,
        "verdicts": list(TABS[tab]),
        "after": after,
        "limit": ROWS + 1,
    }
    found = sql.rows(
        f"SELECT place, line, {', '.join(preview.columns)} FROM ({preview.compared}) compared "
        "WHERE verdict = ANY(%(verdicts)s) AND place > %(after)s ORDER BY place LIMIT %(limit)s",
        values,
    )
    rows = [
        PreviewRow(place, line, dict(zip(preview.columns, cells, strict=True)))
        for place, line, *cells in found
    ]
    return rows[:ROWS], len(rows) > ROWS
