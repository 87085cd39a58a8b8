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
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, F, Func, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from agencies.packages import lender_names
from cases.clock import DaysPastDue
from cases.feed.values import Unreadable, phone
from cases.models import Borrower, Case, ContactPoint, Loan
from cases.pills import Pill, pills_of
from collection.case_list import desk_labels
from collection.visibility import visible_cases
from tenancy.models import User
from tenancy.personal_data import keyed_hash
from tenancy.screen import Text

MOST = 50
"""Cases that a page of results shows."""
MOST_QUICK = 8
"""Cases that stand below the box while one types."""
SHORTEST = 2
LONGEST = 120
LAST_FOUR = 4


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


def tidied(text: str) -> str:
    """What was typed, as it is looked for: no spaces around, nothing that no column holds."""
    return " ".join(text.replace("\0", "").split())[:LONGEST]


def is_too_short(text: str) -> bool:
    """One letter or digit would find half the book; one Chinese character is a surname."""
    return len(text) < SHORTEST and text.isascii()


def search(*, user: User, text: str, on: date, most: int = MOST) -> SearchResult:
    """The cases in sight that answer to `text`, open ones first; as of business date `on`.

    One query where nothing is found, three more for what is; one more each for the teams that a
    lead leads and for the lenders of an agency.
    """
    text = tidied(text)
    if is_too_short(text):
        return SearchResult(text, (), too_short=bool(text))
    lenders = {} if user.company.is_lender else lender_names()
    owners = [user.company_id] if user.company.is_lender else list(lenders)
    hits = _hits(user, text, owners, most + 1)
    more = len(hits) > most
    if not hits:
        return SearchResult(text, ())
    rows = _shown(hits, lenders, on)
    rows.sort(key=lambda row: (row.closed_on is not None, ORDER.index(row.by), -row.outstanding))
    return SearchResult(text, rows[:most], more)


def _hits(user: User, text: str, owners: Sequence[int], most: int) -> dict[int, Found]:
    """By what each case is found, by case id; one query."""
    seen = visible_cases(user)
    first, *others = (
        cases.annotate(by=Value(by)).values_list("pk", "by")[:most]
        for by, cases in ways(seen, text, owners)
    )
    found = first.union(*others, all=True) if others else first
    hits: dict[int, Found] = {}
    for pk, by in found:
        if pk not in hits or ORDER.index(Found(by)) < ORDER.index(hits[pk]):
            hits[pk] = Found(by)
    return hits


def ways(
    seen: QuerySet[Case], text: str, owners: Sequence[int]
) -> Iterator[tuple[Found, QuerySet[Case]]]:
    """Every kind of search that the text can be, as the cases among `seen` that it finds.

    owners: the lenders in whose books to look; the policy says which rows of them are read.
    """
    books = {"owner_id__in": owners}
    people, points = Borrower.objects.filter(**books), ContactPoint.objects.filter(**books)
    for each in _cased(text):
        loans = Loan.objects.filter(_begins("loan_no", each), **books)
        yield Found.LOAN_NO, seen.filter(loan__in=loans)
        yield (
            Found.BORROWER_NO,
            seen.filter(borrower__in=people.filter(_begins("borrower_no", each))),
        )
    if not any(char.isdigit() for char in text):
        for each in sorted({text, text.title(), text.upper()}):
            yield Found.NAME, seen.filter(borrower__in=people.filter(_begins("name", each)))
    if len(text) == LAST_FOUR and text.isdecimal():
        same = points.filter(number_last4=text)
        yield Found.LAST_FOUR, seen.filter(borrower__in=same.values("borrower"))
    if number := _phone(text):
        same = points.filter(number_hash=keyed_hash(number))
        yield Found.PHONE, seen.filter(borrower__in=same.values("borrower"))
    if len(text) > LAST_FOUR:
        hashes = [keyed_hash(each) for each in sorted({*_cased(text), text.lower()})]
        yield Found.ID_NO, seen.filter(borrower__in=people.filter(id_no_hash__in=hashes))


def _begins(field: str, text: str) -> Func:
    """starts_with can use an index under row policies, LIKE cannot."""
    return Func(F(field), Value(text), function="starts_with", output_field=BooleanField())


def _cased(text: str) -> list[str]:
    """As typed, and in capitals, as numbers are usually written."""
    return sorted({text, text.upper()})


def _phone(text: str) -> str | None:
    try:
        return phone(text)
    except Unreadable:
        return None


COLUMNS = (
    *("pk", "uid", "loan_no", "borrower_name", "phone_mask", "outstanding", "dpd"),
    *("bucket_id", "closed_on", "owner_id", "holder_id"),
)


def _shown(hits: dict[int, Found], lenders: dict[int, str], on: date) -> list[FoundCase]:
    rows: list[dict[str, Any]] = list(
        Case.objects.filter(pk__in=hits).annotate(dpd=DaysPastDue(on)).values(*COLUMNS)
    )
    scale = pills_of((row["bucket_id"] for row in rows), {})
    desks = desk_labels([row["pk"] for row in rows])
    return [
        FoundCase(
            uid=row["uid"],
            by=hits[row["pk"]],
            loan_no=row["loan_no"],
            borrower_name=row["borrower_name"],
            phone_mask=row["phone_mask"],
            outstanding=row["outstanding"],
            dpd=row["dpd"],
            pill=scale.get(row["bucket_id"]),
            closed_on=row["closed_on"],
            desk=desks.get(row["pk"], ""),
            lender_name=lenders.get(row["owner_id"], ""),
        )
        for row in rows
    ]
