"""The facts and the rules that the gate weighs for one contact, read in few queries.

The asking company's own rules are read on its own side of the wall, everything else in the book of
the lender: what its companies did, holds, wishes, promises, the state of the contact points.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cases.models import Case, ContactPoint
from cases.statements import rows
from collection import contact_facts as plain
from collection.contact_clock import DAY, Clocks, clocks_of, midnight
from collection.contact_facts import ContactFacts, Decision, PastContact
from collection.contact_policy import weigh
from collection.contact_records import CaseRow, PointRow, Records, WishRow, read_records_and
from collection.contact_rules import ContactRules
from collection.effective_rules import (
    SIDE,
    Side,
    jurisdiction_of_zone,
    side_of,
    side_values,
)
from collection.models import ContactTry, ContactWish, Disposition
from tenancy.models import Company

Wish, Relation, PointState = ContactWish.Kind, ContactPoint.Relation, ContactPoint.State
PHONES = (
    ContactPoint.Kind.MOBILE,
    ContactPoint.Kind.HOME_PHONE,
    ContactPoint.Kind.WORK_PHONE,
)
NOT_AHEAD = timedelta(0)
NOTHING: Mapping[str, object] = MappingProxyType({})
LATER = timedelta(days=1)
"""Reservations of other machines may bear a later time than this one's clock: they count."""


@dataclass(frozen=True, slots=True)
class Question:
    """A contact that is asked about.

    company: which asks; person_id: its person, None for a machine. point None: the borrower as
    such. as_it_was: to look back; the company that asks worked the case then.
    """

    company: Company
    person_id: int | None
    case: Case
    channel: str
    point: ContactPoint | None
    at: datetime
    purpose: str = "collect"
    as_it_was: bool = False

    @property
    def relation(self) -> str:
        """Whom it is for."""
        return self.point.relation if self.point else Relation.SELF


@dataclass(frozen=True, slots=True)
class OwnSide:
    """What the asking company brings along: its rules and days off, its person's contacts today."""

    side: Side
    person_used: int


@dataclass(frozen=True, slots=True)
class Book:
    """What the lender's book knows, with the lender's own rules and days off."""

    lender: Company
    side: Side
    records: Records


@dataclass(frozen=True, slots=True)
class Weighing:
    """A decision with the facts and the rules that it rests on."""

    decision: Decision
    facts: ContactFacts
    rules: tuple[ContactRules, ...]

    @property
    def was_asked_for(self) -> bool:
        """Whether the borrower had agreed to it or asked for it."""
        return is_asked_for(self.facts)


USED = (
    "(SELECT count(*) FROM collection_contacttry WHERE company_id = %(company)s "
    "AND by_id = %(person)s AND at >= %(begins)s AND at < %(ends)s AND state <> ALL(%(uncounted)s))"
)
"""Contacts that the person has made on the company's date of the question, as one value."""


def own_side(question: Question) -> OwnSide:
    """Read in the asking company's scope, in one query."""
    ((told, used),) = rows(f"SELECT {SIDE}, {USED}", _own_values(question))
    return OwnSide(side_of(told, question.company, question.at), used)


def _own_values(question: Question) -> dict[str, object]:
    zone = question.company.zone
    day = question.at.astimezone(zone).date()
    return side_values(question.company, question.at) | {
        "person": question.person_id,
        "begins": midnight(zone, day),
        "ends": midnight(zone, day + DAY),
        "uncounted": sorted(plain.UNCOUNTED),
    }


def read_book(question: Question, own: OwnSide, *, ahead: timedelta = NOT_AHEAD) -> Book:
    """Read in the lender's scope what is known of the borrower.

    ahead: how long after its own moment the question will be weighed again at most.
    """
    if question.company.pk == question.case.owner_id:
        records, _nothing = _records(question, ahead)
        return Book(question.company, own.side, records)
    lender = Company.objects.get(pk=question.case.owner_id)
    values = side_values(lender, question.at)
    records, (told,) = _records(question, ahead, (SIDE,), values)
    return Book(lender, side_of(told, lender, question.at), records)


def read_own_book(question: Question, *, ahead: timedelta = NOT_AHEAD) -> tuple[OwnSide, Book]:
    """Both of a lender that asks about its own case, in one query; ahead: as in read_book."""
    records, (told, used) = _records(question, ahead, (SIDE, USED), _own_values(question))
    own = OwnSide(side_of(told, question.company, question.at), used)
    return own, Book(question.company, own.side, records)


def _records(
    question: Question,
    ahead: timedelta,
    besides: Sequence[str] = (),
    values: Mapping[str, object] = NOTHING,
) -> tuple[Records, tuple[Any, ...]]:
    until = question.at if question.as_it_was else question.at + LATER
    return read_records_and(
        owner_id=question.case.owner_id,
        borrower_id=question.case.borrower_id,
        until=until,
        ahead=until + ahead,
        besides=besides,
        values=values,
    )


def decide(question: Question, own: OwnSide) -> Weighing:
    """Read the book (in the lender's scope) and weigh the contact."""
    return weighed(question, own, read_book(question, own))


def weighed(question: Question, own: OwnSide, book: Book) -> Weighing:
    """Weigh a contact with what was read."""
    facts = facts_of(question, own, book)
    rules = rules_of(question, own, book)
    return Weighing(weigh(facts, rules), facts, rules)


def rules_of(question: Question, own: OwnSide, book: Book) -> tuple[ContactRules, ...]:
    """The lender's, the agency's and the borrower's rules: all hold, the strictest counts."""
    sides = [book.side]
    if question.company.pk != book.lender.pk:
        sides.append(own.side)
    places = {book.lender.jurisdiction, question.company.jurisdiction}
    if there := jurisdiction_of_zone(book.records.timezone):
        places.add(there)
    return tuple(dict.fromkeys(side.rules(place) for side in sides for place in sorted(places)))


def facts_of(question: Question, own: OwnSide, book: Book) -> ContactFacts:
    """The facts of one contact, as plain values."""
    records = book.records
    case = next((row for row in records.cases if row.id == question.case.pk), None)
    clocks = _clocks(records, case, book.lender)
    points = {row.id: row for row in records.points}
    point = points.get(question.point.pk) if question.point else None
    at = question.at
    refused_at, refused_until = _refusal(records, points, point, question)
    wishes = [
        wish
        for wish in records.wishes
        if wish.said_at <= at and _is_about(wish.channel, wish.point_id, question)
    ]
    return ContactFacts(
        at=at,
        channel=question.channel,
        number=question.point.pk if question.point else None,
        person=person_of(point),
        debt=question.case.pk,
        purpose=question.purpose,
        zone=clocks.zone,
        other_zones=clocks.others,
        noon_zone=clocks.noon,
        past=tuple(_past(records, points, at)),
        own_numbers=tuple(_own_numbers(records, clocks.zone, at)),
        holds=tuple(_holds(records, question.case)),
        refused_at=refused_at,
        refused_until=refused_until,
        has_case=_has_case(question, case),
        callbacks=tuple(plain.Wish(w.at, w.good_until) for w in wishes if w.kind == Wish.CALLBACK),
        consents=tuple(plain.Wish(w.at, w.good_until) for w in wishes if w.kind == Wish.CONSENT),
        promises_due=frozenset(
            row.due_on
            for row in records.promises
            if row.case_id == question.case.pk
            and row.made_at <= at
            and (row.kept_at is None or row.kept_at > at)
            and (row.ended_at is None or row.ended_at > at)
        ),
        collector_used=own.person_used,
        company_zone=question.company.zone,
        calendar=_calendar(question, own, book),
    )


def is_asked_for(facts: ContactFacts) -> bool:
    """Whether a callback or a consent of the borrower holds at the moment of the question."""
    at, today = facts.at, facts.at.astimezone(facts.zone).date()
    if any(w.at <= at < (w.until or w.at + plain.CALLBACK_LASTS) for w in facts.callbacks):
        return True
    return any(
        w.at <= at
        and (w.until is None or at < w.until)
        and (today - w.at.astimezone(facts.zone).date()).days < plain.CONSENT_DATES
        for w in facts.consents
    )


def _clocks(records: Records, case: CaseRow | None, lender: Company) -> Clocks:
    """The borrower's clocks: the feed's zone where it is one, else the lender's; Xinjiang's two."""
    zone = lender.zone
    if records.timezone:
        try:
            zone = ZoneInfo(records.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            zone = lender.zone
    return clocks_of(zone, region=case.region if case else "")


def person_of(point: PointRow | ContactPoint | None) -> Hashable:
    """Whose contact point it is: points of one relation and name are one person's.

    None: the borrower, by no number.
    """
    if point is None or point.relation == Relation.SELF:
        return plain.SELF
    return (point.relation, point.person_name) if point.person_name else point.id


def _past(records: Records, points: dict[int, PointRow], at: datetime) -> Iterable[PastContact]:
    for row in records.tries:
        point = points.get(row.point_id or 0)
        person = person_of(point) if point else _nobody_in_particular(row.relation)
        yield PastContact(
            at=min(row.at, at),
            channel=row.channel,
            state=row.state,
            number=row.point_id,
            person=person,
            debt=row.case_id,
            talk_seconds=row.talk_seconds,
            was_asked_for=row.was_asked_for,
        )
    for note in records.inbound:
        point = points.get(note.point_id or 0)
        if Disposition.Flag.CONVERSATION in note.flags:
            yield PastContact(
                at=note.at,
                channel=ContactTry.Channel.CALL,
                state=plain.CONVERSATION,
                number=note.point_id,
                person=person_of(point) if point else _nobody_in_particular(note.relation),
                debt=note.case_id,
                inbound=True,
            )


def _nobody_in_particular(relation: str) -> Hashable:
    """The borrower, or somebody of a relation of whom no number is kept."""
    return plain.SELF if relation == Relation.SELF else (relation, "")


def _own_numbers(records: Records, zone: ZoneInfo, at: datetime) -> Iterable[plain.OwnNumber]:
    today = at.astimezone(zone).date()
    for row in records.points:
        if row.relation != Relation.SELF or row.kind not in PHONES:
            continue
        gone = row.state == PointState.INVALID and (
            row.state_until is None or row.state_until > today
        )
        yield plain.OwnNumber(row.id, (row.state_at or BEGINNING) if gone else None)


BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when something holds of which no time is kept."""


def _holds(records: Records, case: Case) -> Iterable[plain.Hold]:
    """Those on the case, and those on the person, whichever case they stand on."""
    for row in records.holds:
        if row.case_id == case.pk or row.of_person:
            yield plain.Hold(
                row.kind,
                row.stops_contact,
                row.starts_on,
                row.ends_on,
                row.opened_at,
                row.lifted_at,
            )


def _refusal(
    records: Records, points: dict[int, PointRow], point: PointRow | None, question: Question
) -> tuple[datetime | None, datetime | None]:
    """Since when this person, or the borrower for this number or channel, wants no more contact.

    And until when (exclusive), None where it is for good.
    """
    person = person_of(point)
    refusals: list[tuple[datetime, datetime | None]] = [
        (row.state_at or BEGINNING, None)
        for row in records.points
        if row.state == PointState.REFUSED
        and (row is point if person == plain.SELF else person_of(row) == person)
    ]
    refusals += [
        (wish.at, wish.good_until)
        for wish in records.wishes
        if wish.kind == Wish.STOP
        and (wish.good_until is None or wish.good_until > question.at)
        and _stops(wish, points, person, question)
    ]
    ends = [until for _since, until in refusals if until is not None]
    until = max(ends, default=None) if len(ends) == len(refusals) else None
    return min((since for since, _until in refusals), default=None), until


def _stops(
    wish: WishRow, points: dict[int, PointRow], person: Hashable, question: Question
) -> bool:
    """Whether a wish to stop is about this contact; a third person's is about the whole person."""
    if person == plain.SELF:
        return _is_about(wish.channel, wish.point_id, question)
    named = points.get(wish.point_id or 0)
    return (
        named is not None and person_of(named) == person and wish.channel in ("", question.channel)
    )


def _is_about(channel: str, point_id: int | None, question: Question) -> bool:
    """Whether a wish for a channel and a point ("" and None: any) is about this contact."""
    if channel and channel != question.channel:
        return False
    return point_id is None or (question.point is not None and question.point.pk == point_id)


def _has_case(question: Question, case: CaseRow | None) -> bool:
    """Whether the asking company works the open case: its holder, or the lender if nobody is."""
    if case is None:
        return False
    if question.as_it_was:
        return True
    if case.closed_on is not None:
        return False
    holder = case.holder_id or question.case.owner_id
    return holder == question.company.pk


def _calendar(question: Question, own: OwnSide, book: Book) -> plain.Calendar:
    sides = [book.side]
    if question.company.pk != book.lender.pk:
        sides.append(own.side)

    def name_of(jurisdiction: str, on: date) -> str | None:
        return next(filter(None, (side.holiday(jurisdiction, on) for side in sides)), None)

    return name_of


def without_case(question: Question) -> Decision:
    """What a company hears that does not hold the case: nothing of the book is told to it."""
    facts = ContactFacts(
        at=question.at,
        channel=question.channel,
        zone=question.company.zone,
        debt=question.case.pk,
        has_case=False,
    )
    decision = weigh(facts, ())
    return replace(
        decision,
        weighed=tuple(each for each in decision.weighed if each.rule == "not_holder"),
    )
