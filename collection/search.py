"""Search from anywhere: the cases behind a number, a name, a phone or an id number.

Every kind that what was typed can be is asked for by an index of its own: loan number, borrower's
number and name from their beginning; a phone whole or by its last four digits; an id number
whole. What is found is narrowed to what the person may see, and no more is read than is shown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import starmap
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from agencies.packages import lender_names
from cases.clock import days_past_due_sql
from cases.models import Case
from cases.pills import Pill, pills
from cases.statements import rows
from collection.case_list import desk_label
from collection.typed import Typed
from collection.visibility import Sight, sight_of
from tenancy.models import User
from tenancy.ready import wall_1
from tenancy.scope import LENDER, current_scope
from tenancy.screen import Text

MOST = 50
"""Cases that a page of results shows."""
MOST_QUICK = 8
"""Cases that stand below the box while one types."""


class Found(StrEnum):
    """By what a case was found; in this order where by several."""

    LOAN_NO = "loan_no"
    BORROWER_NO = "borrower_no"
    ID_NO = "id_no"
    PHONE = "phone"
    LAST_FOUR = "last_four"
    NAME = "name"


LABELS: dict[Found, Text] = {
    Found.LOAN_NO: _("Loan no"),
    Found.BORROWER_NO: _("Borrower no"),
    Found.ID_NO: _("Id number"),
    Found.PHONE: _("Phone"),
    Found.LAST_FOUR: _("Last four of phone"),
    Found.NAME: _("Name"),
}
ORDER = tuple(Found)


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case that a search found. desk: who works it, "" nobody or out of sight."""

    uid: UUID
    by: Found
    loan_no: str
    borrower_name: str
    phone_mask: str
    outstanding: Decimal
    dpd: int
    pill: Pill | None
    closed_on: date | None
    desk: str
    lender_name: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found; more: that there is more than is shown."""

    text: str
    rows: Sequence[FoundCase]
    more: bool = False
    too_short: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """One kind of search as a SELECT of `id` and `place` (of the kind), with its own values."""

    by: Found
    sql: str
    values: dict[str, Any]


LOOKED_UP = {
    Found.LOAN_NO: ("loan_id", "SELECT b.id FROM cases_loan b", "starts_with(b.loan_no, {typed})"),
    Found.BORROWER_NO: (
        "borrower_id",
        "SELECT b.id FROM cases_borrower b",
        "starts_with(b.borrower_no, {typed})",
    ),
    Found.ID_NO: (
        "borrower_id",
        "SELECT b.id FROM cases_borrower b",
        "b.id_no_hash = ANY({typed})",
    ),
    Found.PHONE: (
        "borrower_id",
        "SELECT b.borrower_id FROM cases_contactpoint b",
        "b.number_hash = {typed}",
    ),
    Found.LAST_FOUR: (
        "borrower_id",
        "SELECT b.borrower_id FROM cases_contactpoint b",
        "b.number_last4 = {typed}",
    ),
    Found.NAME: (
        "borrower_id",
        "SELECT b.id FROM cases_borrower b",
        "starts_with(b.name, {typed})",
    ),
}
"""By kind: the case's column, the rows that it must lead to, and their condition.

starts_with can use an index under row policies, LIKE cannot.
"""
SHOWN = """
WITH hit AS MATERIALIZED ({ways}),
found AS (SELECT hit.id, min(hit.place) AS place FROM hit GROUP BY hit.id)
SELECT found.place, c.uid, c.loan_no, c.borrower_name, c.phone_mask, c.outstanding, {dpd},
    c.bucket_id, c.closed_on, c.owner_id, coalesce(person.display_name, ''),
    coalesce(team.name, '')
FROM found JOIN cases_case c ON c.id = found.id
LEFT JOIN collection_assignment desk
    ON desk.case_id = c.id AND desk.company_id = %(scope)s AND desk.ended_at IS NULL
LEFT JOIN tenancy_user person ON person.id = desk.collector_id
LEFT JOIN tenancy_team team ON team.id = desk.team_id
"""
"""What every kind finds, each cut to what is shown; by the first of the kinds that find a case."""


def search(*, user: User, text: str, on: date, most: int = MOST) -> SearchResult:
    """The cases in sight that answer to `text`, open ones first; as of business date `on`.

    One query, one more for the buckets of what is found, and one more each for the teams that a
    lead leads and for the lenders of an agency.
    """
    typed = Typed.of(text)
    if typed.is_too_short:
        return SearchResult(typed.text, (), too_short=bool(typed.text))
    lenders = {} if user.company.is_lender else lender_names()
    sight = sight_of(user)
    asked = list(ways(sight, typed, most + 1))
    values: dict[str, Any] = {"on": on, **values_of(sight, asked, list(lenders))}
    every = " UNION ALL ".join(f"({way.sql})" for way in asked)
    statement = SHOWN.format(ways=every, dpd=days_past_due_sql("c"))
    shown = _shown(list(starmap(_Read, rows(statement, values))), lenders)
    shown.sort(key=lambda row: (row.closed_on is not None, ORDER.index(row.by), -row.outstanding))
    return SearchResult(typed.text, shown[:most], more=len(shown) > most)


def ways(sight: Sight, typed: Typed, most: int) -> Iterator[Way]:
    """Every kind of search that the text can be, on the cases in sight, each cut to `most`.

    A lender's rows are bound to it; an agency looks in the books of `owners`, of which the policy
    says what it reads.
    """
    kind = current_scope().kind
    book = "b.owner_id = %(scope)s" if kind == LENDER else "b.owner_id = ANY(%(owners)s)"
    for number, (by, value) in enumerate(_kinds(typed)):
        column, select, condition = LOOKED_UP[by]
        name = f"typed_{number}"
        sought = condition.format(typed=f"%({name})s")
        sql = (
            f"SELECT t.id, {ORDER.index(by)} AS place FROM cases_case t "  # noqa: S608 (constants)
            f"WHERE {wall_1(Case, kind)} AND {sight.condition} "
            f"AND t.{column} IN ({select} WHERE {book} AND {sought}) LIMIT {most:d}"
        )
        yield Way(by, sql, {name: value})


def values_of(sight: Sight, asked: Sequence[Way], owners: Sequence[int]) -> dict[str, Any]:
    """The values of such ways. owners: the lenders in whose books an agency looks."""
    values: dict[str, Any] = {"scope": current_scope().company_id, "owners": owners}
    for way in asked:
        values |= way.values
    return values | sight.values


def _kinds(typed: Typed) -> Iterator[tuple[Found, Any]]:
    """What the text can be, and what is then looked for."""
    for each in typed.numbers:
        yield Found.LOAN_NO, each
        yield Found.BORROWER_NO, each
    for each in typed.names:
        yield Found.NAME, each
    if typed.last_four:
        yield Found.LAST_FOUR, typed.last_four
    if typed.phone_hash:
        yield Found.PHONE, typed.phone_hash
    if typed.id_hashes:
        yield Found.ID_NO, typed.id_hashes


class _Read(NamedTuple):
    """A row as SHOWN reads it. place: of the kind in ORDER."""

    place: int
    uid: UUID
    loan_no: str
    borrower_name: str
    phone_mask: str
    outstanding: Decimal
    dpd: int
    bucket_id: int | None
    closed_on: date | None
    owner_id: int
    person: str
    team: str


def _shown(found: Sequence[_Read], lenders: dict[int, str]) -> list[FoundCase]:
    scale = pills(row.bucket_id for row in found)
    return [
        FoundCase(
            uid=row.uid,
            by=ORDER[row.place],
            loan_no=row.loan_no,
            borrower_name=row.borrower_name,
            phone_mask=row.phone_mask,
            outstanding=row.outstanding,
            dpd=row.dpd,
            pill=scale.get(row.bucket_id or 0),
            closed_on=row.closed_on,
            desk=desk_label(row.person, row.team),
            lender_name=lenders.get(row.owner_id, ""),
        )
        for row in found
    ]
