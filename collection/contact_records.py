"""What the lender's book knows about contacting a borrower, read for many at once.

One statement answers for any number of borrowers, in the lender's scope: their cases with holders
and regions, contact points, tries of every company, holds on all their cases, wishes, and promises.
Nothing is judged here; collection.gate_facts makes the facts of the gate from it.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from cases.statements import OWNER, Values, rows

LOOKS_BACK = timedelta(days=120)
"""How far back tries are read. A run of failed tries that is older opens no third person."""

_ROW = "(SELECT coalesce(jsonb_agg(jsonb_build_array({columns}) ORDER BY {order}), '[]') {rest})"


def _part(columns: str, order: str, rest: str) -> str:
    return _ROW.format(columns=columns, order=order, rest=rest)


_PARTS = (
    _part(
        "c.id, c.holder_id, l.region, c.closed_on, l.id",
        "c.id",
        "FROM cases_case c JOIN cases_loan l ON l.owner_id = c.owner_id AND l.id = c.loan_id "
        "WHERE c.owner_id = b.owner_id AND c.borrower_id = b.id",
    ),
    _part(
        "p.id, p.relation, p.kind, p.state, p.state_at, p.state_until, p.person_name",
        "p.id",
        "FROM cases_contactpoint p WHERE p.owner_id = b.owner_id AND p.borrower_id = b.id",
    ),
    _part(
        "t.id, t.case_id, t.contact_point_id, t.relation, t.channel, t.company_id, t.by_id, t.at, "
        "t.state, t.ended_at, t.talk_seconds, t.was_asked_for, t.uid",
        "t.at, t.id",
        "FROM collection_contacttry t WHERE t.owner_id = b.owner_id AND t.borrower_id = b.id "
        "AND t.at >= %(since)s AND t.at <= %(until)s AND t.state <> 'released'",
    ),
    _part(
        "h.case_id, h.kind, h.stops_contact, h.starts_on, h.ends_on, h.opened_at, h.lifted_at, "
        "h.person_hold IS NOT NULL",
        "h.id",
        "FROM cases_casehold h JOIN cases_case c ON c.owner_id = h.owner_id AND c.id = h.case_id "
        "WHERE h.owner_id = b.owner_id AND c.owner_id = b.owner_id AND c.borrower_id = b.id",
    ),
    _part(
        "n.case_id, n.contact_point_id, n.relation, n.at, n.flags",
        "n.at",
        "FROM collection_note n JOIN cases_case c ON c.owner_id = n.owner_id AND c.id = n.case_id "
        "WHERE n.owner_id = b.owner_id AND c.owner_id = b.owner_id AND c.borrower_id = b.id "
        "AND n.channel = 'inbound' AND n.at >= %(since)s AND n.at <= %(until)s",
    ),
    _part(
        "w.kind, w.channel, w.contact_point_id, w.at, w.good_until, w.said_at, w.case_id",
        "w.id",
        "FROM collection_contactwish w WHERE w.owner_id = b.owner_id AND w.borrower_id = b.id "
        "AND (w.good_until IS NULL OR w.good_until >= %(since)s)",
    ),
    _part(
        "p.case_id, p.due_on, p.made_at, p.kept_at, p.ended_at",
        "p.id",
        "FROM collection_promise p JOIN cases_case c ON c.owner_id = p.owner_id "
        "AND c.id = p.case_id WHERE p.owner_id = b.owner_id AND c.owner_id = b.owner_id "
        "AND c.borrower_id = b.id "
        "AND p.due_on BETWEEN %(until)s::date - 2 AND %(ahead)s::date + 2",
    ),
)
_COLUMNS = f"SELECT b.id, b.timezone, {', '.join(_PARTS)}"
_FROM = f" FROM cases_borrower b WHERE b.owner_id = {OWNER} AND b.id = ANY(%(borrowers)s)"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case of the borrower. region: the loan's, as the feed wrote it."""

    id: int
    holder_id: int | None
    region: str
    closed_on: date | None
    loan_id: int


@dataclass(frozen=True, slots=True)
class PointRow:
    """A contact point and its state."""

    id: int
    relation: str
    kind: str
    state: str
    state_at: datetime | None
    state_until: date | None
    person_name: str


@dataclass(frozen=True, slots=True)
class TryRow:
    """A contact of any company, released ones left out."""

    id: int
    case_id: int
    point_id: int | None
    relation: str
    channel: str
    company_id: int
    by_id: int | None
    at: datetime
    state: str
    ended_at: datetime | None
    talk_seconds: int | None
    was_asked_for: bool
    uid: UUID


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold on one of the borrower's cases, in force or not."""

    case_id: int
    kind: str
    stops_contact: str
    starts_on: date
    ends_on: date | None
    opened_at: datetime
    lifted_at: datetime | None
    of_person: bool


@dataclass(frozen=True, slots=True)
class InboundRow:
    """A note of a follow-up that the borrower began."""

    case_id: int
    point_id: int | None
    relation: str
    at: datetime
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WishRow:
    """What the borrower asked for, about one case."""

    kind: str
    channel: str
    point_id: int | None
    at: datetime
    good_until: datetime | None
    said_at: datetime
    case_id: int


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise due within two days of the moments asked about."""

    case_id: int
    due_on: date
    made_at: datetime
    kept_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Records:
    """All that the book knows about contacting one borrower, as of a moment."""

    borrower_id: int
    timezone: str
    cases: tuple[CaseRow, ...]
    points: tuple[PointRow, ...]
    tries: tuple[TryRow, ...]
    holds: tuple[HoldRow, ...]
    inbound: tuple[InboundRow, ...]
    wishes: tuple[WishRow, ...]
    promises: tuple[PromiseRow, ...]


def read_records(
    *, owner_id: int, borrower_ids: Collection[int], until: datetime
) -> dict[int, Records]:
    """The records of these borrowers of the open scope's lender, by borrower, in one query.

    until: tries later than this moment are left out.
    """
    values = _values(owner_id, borrower_ids, until, until)
    return {row[0]: _records(row) for row in rows(_COLUMNS + _FROM, values)}


def read_records_and(
    *,
    owner_id: int,
    borrower_id: int,
    until: datetime,
    ahead: datetime,
    besides: Sequence[str],
    values: Values,
) -> tuple[Records, tuple[Any, ...]]:
    """The records of one borrower, and what further scalar queries say, all in one query.

    ahead: the last moment asked about, for promises. besides: constant SELECTs in brackets, with
    their own named values.
    """
    statement = ", ".join([_COLUMNS, *besides]) + _FROM
    (row,) = rows(statement, {**values, **_values(owner_id, [borrower_id], until, ahead)})
    whole = len(row) - len(besides)
    return _records(row[:whole]), row[whole:]


def _values(
    owner_id: int, borrower_ids: Collection[int], until: datetime, ahead: datetime
) -> dict[str, Any]:
    return {
        "owner": owner_id,
        "borrowers": sorted(borrower_ids),
        "since": until - LOOKS_BACK,
        "until": until,
        "ahead": ahead,
    }


def _records(row: tuple[Any, ...]) -> Records:
    borrower_id, zone, *parts = row
    cases, points, tries, holds, inbound, wishes, promises = map(json.loads, parts)
    return Records(
        borrower_id=borrower_id,
        timezone=zone,
        cases=tuple(CaseRow(a, b, c, _day(d), e) for a, b, c, d, e in cases),
        points=tuple(PointRow(a, b, c, d, _at(e), _day(f), g) for a, b, c, d, e, f, g in points),
        tries=tuple(map(_try, tries)),
        holds=tuple(
            HoldRow(a, b, c, date.fromisoformat(d), _day(e), datetime.fromisoformat(f), _at(g), h)
            for a, b, c, d, e, f, g, h in holds
        ),
        inbound=tuple(
            InboundRow(a, b, c, datetime.fromisoformat(d), tuple(e)) for a, b, c, d, e in inbound
        ),
        wishes=tuple(
            WishRow(a, b, c, datetime.fromisoformat(d), _at(e), datetime.fromisoformat(f), g)
            for a, b, c, d, e, f, g in wishes
        ),
        promises=tuple(
            PromiseRow(a, date.fromisoformat(b), datetime.fromisoformat(c), _at(d), _at(e))
            for a, b, c, d, e in promises
        ),
    )


def _try(row: list[Any]) -> TryRow:
    a, b, c, d, e, f, g, at, state, ended_at, talked, asked_for, uid = row
    moment, uid = datetime.fromisoformat(at), UUID(uid)
    return TryRow(a, b, c, d, e, f, g, moment, state, _at(ended_at), talked, asked_for, uid)


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
