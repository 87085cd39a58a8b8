"""When the next action of a note falls: the first moment, after a delay, at which one may call.

The gate is asked, with the contact of which the note itself tells among the past ones: it is about
to count, and the next call must not fall inside its caps. Nothing is written here.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from cases.models import Case, ContactPoint
from collection.contact_ends import end_of_contact
from collection.contact_facts import CONVERSATION, UNCOUNTED, PastContact
from collection.contact_policy import weigh
from collection.contact_records import PointRow, Records, TryRow
from collection.gate import STRICTER, Asker, Known, look
from collection.gate_facts import (
    PHONES,
    Book,
    OwnSide,
    Question,
    facts_of,
    person_of,
    rules_of,
)
from collection.models import ContactTry, Disposition, Note
from tenancy.crossing import NoProof

PointState = ContactPoint.State
BEST_FIRST = (PointState.VALID.value, PointState.UNKNOWN.value)
"""The states in which a number may be the next one to call."""


class Ask(NamedTuple):
    """How long after a note the next action is due, and what the note adds to the past contacts."""

    after: timedelta
    made: PastContact | None = None


def contact_made(
    case: Case, point: ContactPoint | None, channel: str, ended: str, at: datetime
) -> PastContact | None:
    """The contact that a note tells of, as the gate will count it; None where it counts none.

    channel: the note's. ended: a state of ContactTry (collection.contact_ends). What the borrower
    began counts as a conversation or not at all.
    """
    if point is None or channel == Note.Channel.OTHER:
        return None
    inbound = channel == Note.Channel.INBOUND
    if inbound and ended != CONVERSATION:
        return None
    return PastContact(
        at=at,
        channel=ContactTry.Channel.CALL.value if inbound else channel,
        state=ended,
        number=point.pk,
        person=person_of(point),
        debt=case.pk,
        inbound=inbound,
    )


@dataclass(frozen=True, slots=True)
class Noted:
    """The follow-up of a note, written or still to be written: by whom, about what, when.

    channel: the note's. settles: the contact of the case that the note says the end of, such as
    the one in progress.
    """

    asker: Asker
    case: Case
    point: ContactPoint | None
    channel: str
    at: datetime
    settles: UUID | None = None

    @property
    def question(self) -> Question:
        """The call that would be the next contact, asked for at the note's own moment."""
        who, call = self.asker, ContactTry.Channel.CALL
        return Question(who.company, who.person_id, self.case, call, self.point, self.at)


def moments_of(
    noted: Noted, codes: Iterable[Disposition], known: Known | None = None
) -> dict[str, datetime]:
    """By code, for those whose next action comes after a delay: the moment on which it falls.

    A promise and a callback name their moment themselves. known: see permitted_moments.
    """
    asks = {each.code: _ask(noted, each) for each in codes if _comes_after_a_delay(each)}
    moments = permitted_moments(noted, asks.values(), known)
    return {code: moments[ask] for code, ask in asks.items()}


def _comes_after_a_delay(code: Disposition) -> bool:
    named = {Disposition.Flag.PROMISE, Disposition.Flag.CALLBACK} & set(code.flags)
    return code.next_action_after is not None and not named


def _ask(noted: Noted, code: Disposition) -> Ask:
    ended = end_of_contact(code, noted.channel)
    made = contact_made(noted.case, noted.point, noted.channel, ended, noted.at)
    return Ask(code.next_action_after or timedelta(0), made)


def permitted_moments(
    noted: Noted, asks: Collection[Ask], known: Known | None = None
) -> dict[Ask, datetime]:
    """For each question about a note: the first moment that permits a call.

    The call is one to the note's contact point; to the borrower's own best number where that is no
    phone, and where nobody else may be called at all. Where no moment is found, and where the
    company does not hold the case, the delay's own stands. The rules are those of the note's date.
    known: the gate's facts where the caller has read them, `ahead` of the longest delay; else they
    are read here, once.
    """
    if not asks:
        return {}
    try:
        known = known or look(noted.asker, noted.question, ahead=max(ask.after for ask in asks))
    except NoProof:
        return {ask: noted.at + ask.after for ask in asks}
    return {ask: _moment(noted, ask, known) for ask in set(asks)}


def _moment(noted: Noted, ask: Ask, known: Known) -> datetime:
    due, asked = noted.at + ask.after, noted.question
    own, book, made = _as_it_will_be(noted, ask.made, known)
    if not _on_one_day(noted, due):
        own = replace(own, person_used=0)
    for point in _to_call(noted.point, book.records):
        question = replace(asked, at=due, point=point)
        facts = facts_of(question, own, book)
        if made is not None:
            facts = replace(facts, past=(*facts.past, made))
        decision = weigh(facts, rules_of(question, own, book))
        if decision.allowed:
            return due
        if decision.next_at is not None:
            return decision.next_at
    return due


def _as_it_will_be(
    noted: Noted, made: PastContact | None, known: Known
) -> tuple[OwnSide, Book, PastContact | None]:
    """The person's day and the book once the note is written, and the contact that it adds."""
    own, book = known
    settled = _settled(noted, book.records)
    if made is None or (settled and STRICTER[made.state] <= STRICTER[settled.state]):
        return own, book, None
    used = own.person_used + (not made.inbound and _counts(noted, made.state, made.at))
    if settled is not None:
        by = (settled.company_id, settled.by_id)
        if by == (noted.asker.company.pk, noted.asker.person_id):
            used -= _counts(noted, settled.state, settled.at)
        tries = tuple(row for row in book.records.tries if row is not settled)
        book = replace(book, records=replace(book.records, tries=tries))
        # It began when it was reserved, and what had been agreed then holds.
        made = made._replace(at=settled.at, was_asked_for=settled.was_asked_for)
    return replace(own, person_used=used), book, made


def _settled(noted: Noted, records: Records) -> TryRow | None:
    """The contact of this case that the note settles; others in progress stay what they are."""
    if noted.settles is None:
        return None
    mine = (row for row in records.tries if row.case_id == noted.case.pk)
    return next((row for row in mine if row.uid == noted.settles), None)


def _counts(noted: Noted, state: str, at: datetime) -> bool:
    """Whether a contact counts for the person's date of the note."""
    return state not in UNCOUNTED and _on_one_day(noted, at)


def _on_one_day(noted: Noted, moment: datetime) -> bool:
    company = noted.asker.company
    return company.local_date(moment) == company.local_date(noted.at)


def _to_call(point: ContactPoint | None, records: Records) -> Iterator[ContactPoint | None]:
    """Whom the next call may be to, one after the other."""
    if point is not None and point.kind in PHONES:
        yield point
        if point.relation == ContactPoint.Relation.SELF:
            return
    own = [row for row in records.points if _may_be_next(row)]
    best = min(own, key=lambda row: (BEST_FIRST.index(row.state), row.id), default=None)
    yield None if best is None else ContactPoint(pk=best.id, relation=best.relation)


def _may_be_next(row: PointRow) -> bool:
    own_phone = row.relation == ContactPoint.Relation.SELF and row.kind in PHONES
    return own_phone and row.state in BEST_FIRST
