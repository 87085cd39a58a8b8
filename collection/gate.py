"""The one door for every contact with a borrower: ask, reserve, settle, give up.

Whatever contacts a borrower, by hand or by machine, for the lender or for an agency, reserves here
first. Asking and reserving is one act per borrower (an advisory lock of owner and borrower); a
reservation belongs to the lender's book, counts for every company, and counts until it is settled
or given up. An agency crosses the wall for it, proved by the case that it holds; what came of a
contact lands after a recall too, proved by the placement that was.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Self
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Placement
from cases.history import record_events
from cases.models import Case, CaseEvent, ContactPoint
from collection.contact_policy import Decision
from collection.gate_facts import (
    NOT_AHEAD,
    Book,
    OwnSide,
    Question,
    Weighing,
    decide,
    own_side,
    read_book,
    read_own_book,
    weighed,
    without_case,
)
from collection.models import ContactTry
from tenancy.crossing import Crossing, NoProof, cross, look_across
from tenancy.models import Company, Role, User

State, Purpose = ContactTry.State, ContactTry.Purpose
SETTLES = (State.CONVERSATION, State.UNANSWERED, State.INVALID, State.SENT, State.NOT_CONNECTED)
"""How a contact may end; giving a reservation up is `release`."""
STRICTER: dict[str, int] = {
    State.RESERVED: 0,
    State.RELEASED: 1,
    State.NOT_CONNECTED: 2,
    State.SENT: 3,
    State.UNANSWERED: 4,
    State.INVALID: 4,
    State.CONVERSATION: 5,
}
"""An outcome gives way to one that counts for more; of two that count alike the first stays."""
LONGEST_REASON = 200


class Denied(Exception):
    """The gate refuses the contact; `decision` says by which rules and until when."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(", ".join(denial.rule for denial in decision.denials))
        self.decision = decision


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants to make a contact: a company's person, or a machine of it (person_id None)."""

    company: Company
    person_id: int | None
    name: str

    @classmethod
    def of(cls, user: User) -> Self:
        """A person at work."""
        return cls(user.company, user.pk, user.display_name)


def ask(
    *,
    user: User | Asker,
    case: Case,
    channel: str,
    point: ContactPoint | None,
    at: datetime | None = None,
    purpose: str = Purpose.COLLECT,
) -> Decision:
    """Whether the contact would be let through at a moment, now by default; writes nothing.

    point None: the borrower, through what is no number of theirs (a letter, a visit).
    """
    who = _asker(user)
    question = Question(
        who.company, who.person_id, case, channel, point, at or timezone.now(), purpose
    )
    try:
        own, book = look(who, question)
    except NoProof:
        return without_case(question)
    return weighed(question, own, book).decision


Known = tuple[OwnSide, Book]
"""What the gate knows about a borrower: the asking company's side, and the lender's book."""


def look(who: Asker, question: Question, *, ahead: timedelta = NOT_AHEAD) -> Known:
    """What the gate knows for a question, and for more of them about the same case; writes nothing.

    One query for a lender; an agency looks across the wall. ahead: how long after the moment of
    this question the last of them is asked about. Raises NoProof for who holds nothing.
    """
    case = question.case
    if who.company.pk == case.owner_id:
        return read_own_book(question, ahead=ahead)
    own, into = own_side(question), _owner_of(case.owner_id)
    # Nothing can be written there.
    with look_across(kind=Crossing.CONTACT, into=into, proof=_holding(who, case)):
        return own, read_book(question, own, ahead=ahead)


def reserve(
    *,
    user: User | Asker,
    case: Case,
    channel: str,
    point: ContactPoint | None,
    at: datetime | None = None,
    purpose: str = Purpose.COLLECT,
) -> ContactTry:
    """Let one contact through and count it from now on; raises Denied.

    purpose: a reminder passes holds that leave reminders; an answer to the person's own question
    passes every hold. It is kept with the contact.

    A denial is kept as an event of the case (`contact_denied`) in the caller's transaction: catch
    Denied and let the transaction commit.
    """
    who = _asker(user)
    question = Question(
        who.company, who.person_id, case, channel, point, at or timezone.now(), purpose
    )
    with transaction.atomic():
        decision, made = _weighed_and_reserved(who, question)
        if made is None:
            _tell_denied(who, question, decision)
    if made is None:
        raise Denied(decision)
    return made


def _weighed_and_reserved(who: Asker, question: Question) -> tuple[Decision, ContactTry | None]:
    # First the person, then the borrower: everybody takes the two locks in this order.
    if who.person_id is not None:
        _lock("contacts of", who.company.pk, who.person_id)
    own = own_side(question)
    try:
        with _in_the_book(who, question.case, f"contact, case {question.case.pk}"):
            _lock("contacts with", question.case.owner_id, question.case.borrower_id)
            weighing = decide(question, own)
            if not weighing.decision.allowed:
                return weighing.decision, None
            return weighing.decision, _reserved(who, question, weighing)
    except NoProof:
        return without_case(question), None


def _reserved(who: Asker, question: Question, weighing: Weighing) -> ContactTry:
    case, point = question.case, question.point
    return ContactTry.objects.create(
        company_id=who.company.pk,
        owner_id=case.owner_id,
        borrower_id=case.borrower_id,
        case_id=case.pk,
        contact_point=point,
        relation=question.relation,
        channel=question.channel,
        purpose=question.purpose,
        by_id=who.person_id,
        by_name=who.name,
        at=question.at,
        was_asked_for=weighing.was_asked_for,
    )


def settle(
    *,
    company: Company,
    uid: UUID | str,
    state: str,
    talk_seconds: int | None = None,
    note_id: int | None = None,
    at: datetime | None = None,
) -> ContactTry:
    """Say what came of a contact of the company; lands after a recall too. Again is harmless.

    The outcome only ever moves to what counts for more (STRICTER): a conversation that was told
    once stays one, an attempt is no more undone, and what was given up counts again when it turns
    out to have been made. talk_seconds: how long both spoke, None where nobody measured it, which
    counts as long enough. Raises ContactTry.DoesNotExist, ValidationError for a state that ends
    nothing.
    """
    if state not in SETTLES:
        raise ValidationError({"state": _("Choose how the contact ended.")})
    if talk_seconds is not None and talk_seconds < 0:
        raise ValidationError({"talk_seconds": _("Seconds are not negative.")})
    with transaction.atomic():
        found = ContactTry.objects.get(uid=uid, company=company)
        with _where_it_was_made(company, found):
            row = ContactTry.objects.select_for_update().get(pk=found.pk)
            row.talk_seconds = _seconds(row, state, talk_seconds)
            if STRICTER[state] > STRICTER[row.state]:
                row.state = state
            row.ended_at = row.ended_at or at or timezone.now()
            row.note_id = note_id or row.note_id
            row.save(update_fields=["state", "talk_seconds", "ended_at", "note_id"])
    return row


def _seconds(row: ContactTry, state: str, told: int | None) -> int | None:
    """How long both spoke, as far as is known now: what was measured, the longest of it.

    What was measured before it was known to be a conversation says nothing of that.
    """
    if told is None:
        becomes = state == State.CONVERSATION and row.state != State.CONVERSATION
        return None if becomes else row.talk_seconds
    return max(row.talk_seconds or 0, told)


def tell(*, company: Company, made: ContactTry) -> None:
    """Keep a contact that a company made without asking, settled, in the lender's book.

    made: not saved yet; marked as made outside the gate. Lands after a recall too.
    """
    made.company_id, made.outside_gate = company.pk, True
    with transaction.atomic(), _where_it_was_made(company, made):
        made.save(force_insert=True)


def release(*, company: Company, uid: UUID | str, reason: str, by: User) -> ContactTry:
    """Give a reservation up that came to nothing, for a reason; it counts no more.

    by: who reserved it, or a lead or admin of the company (else PermissionDenied). Nobody who has
    seen the number gives the own contact up (ValidationError): it may have been dialled by hand.
    Raises ContactTry.DoesNotExist, ValidationError for a missing reason or for what is settled.
    """
    if not reason.strip() or len(reason.strip()) > LONGEST_REASON:
        raise ValidationError({"reason": _("Say why, in at most 200 characters.")})
    with transaction.atomic():
        found = ContactTry.objects.get(uid=uid, company=company)
        if found.by_id != by.pk and not by.has_role(Role.TEAM_LEAD, Role.COMPANY_ADMIN):
            raise PermissionDenied
        if found.by_id == by.pk and _has_seen_the_number(by, found):
            raise ValidationError(
                _("You have seen the number: write a note of what came of it, or ask a lead.")
            )
        with _where_it_was_made(company, found):
            row = ContactTry.objects.select_for_update().get(pk=found.pk)
            if row.state != State.RESERVED:
                raise ValidationError(_("It is settled already."))
            row.state, row.ended_at = State.RELEASED, timezone.now()
            row.save(update_fields=["state", "ended_at"])
            case = Case.objects.get(pk=row.case_id)
            data = {"reason": reason.strip(), "try": str(row.uid), "by": company.name}
            record_events(cases=[case], kind="contact_released", by=by, data=data)
    return row


def _has_seen_the_number(person: User, made: ContactTry) -> bool:
    """Whether the number that the contact is for was ever shown to the person on this case."""
    if made.contact_point_id is None:
        return False
    shown = CaseEvent.objects.filter(
        company_id=made.company_id,
        case_id=made.case_id,
        kind="phone_shown",
        actor_id=person.pk,
    )
    point = ContactPoint.objects.filter(pk=made.contact_point_id).first()
    # An agency sees no contact point after a recall: any number that it was shown counts then.
    return (shown.filter(data__contact_point=str(point.uid)) if point else shown).exists()


# The two sides of the wall ------------------------------------------------------------------


def _asker(user: User | Asker) -> Asker:
    return user if isinstance(user, Asker) else Asker.of(user)


def _owner_of(owner_id: int) -> Company:
    """The lender as far as a scope needs it; an agency does not read its row."""
    return Company(pk=owner_id, kind=Company.Kind.LENDER)


@contextmanager
def _in_the_book(who: Asker, case: Case, about: str) -> Iterator[None]:
    """The lender's scope: the open one, or across the wall for the agency that holds the case."""
    if who.company.pk == case.owner_id:
        yield
        return
    with cross(
        kind=Crossing.CONTACT,
        into=_owner_of(case.owner_id),
        proof=_holding(who, case),
        about=about,
        actor_name=who.name,
    ):
        yield


def _holding(who: Asker, case: Case) -> Any:
    return Case.objects.filter(pk=case.pk, holder_id=who.company.pk)


def _where_it_was_made(company: Company, made: ContactTry) -> Any:
    """The scope of the book that the contact belongs to; a placement that is over proves it too."""
    if company.pk == made.owner_id:
        return nullcontext()
    return cross(
        kind=Crossing.CONTACT,
        into=_owner_of(made.owner_id),
        proof=Placement.objects.filter(agency=company, case_id=made.case_id),
        about=f"contact on case {made.case_id}",
    )


def _tell_denied(who: Asker, question: Question, decision: Decision) -> None:
    """Keep a refusal in the case's history; an agency that lost the case has the lender keep it."""
    case = question.case
    data = {
        "rules": [denial.rule for denial in decision.denials],
        "channel": question.channel,
        "relation": question.relation,
        "next": decision.next_at.isoformat() if decision.next_at else None,
    }
    tell = partial(record_events, cases=[case], kind="contact_denied", by=None, by_name=who.name)
    if who.company.pk == case.owner_id or _holding(who, case).exists():
        tell(data=data, by_id=who.person_id)
        return
    placed = Placement.objects.filter(agency=who.company, case_id=case.pk)
    if placed.exists():
        with cross(
            kind=Crossing.CONTACT,
            into=_owner_of(case.owner_id),
            proof=placed,
            about=f"refused contact, case {case.pk}",
            actor_name=who.name,
        ):
            tell(data=data | {"agency": who.company.name})


def _lock(what: str, *ids: int) -> None:
    """One at a time until the transaction ends, on both sides of the wall."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"{what} {':'.join(map(str, ids))}"],
        )
