"""What follows from a note besides itself: the number's state, wishes, holds, promises, the try.

Which of them a disposition has is data (flags, number_becomes, hold_kind); this module does them,
each through the verb that owns it.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from cases.models import Case, CaseHold, ContactPoint
from collection import gate
from collection.contact_ends import end_of_contact
from collection.contact_points import SUSPENDED_FOR, add_point, change_state, lenders_book
from collection.facts import ALL, PREFIX, Value
from collection.holding import open_hold_on_case
from collection.models import ContactTry, ContactWish, Disposition, Note
from collection.next_moment import Noted, moments_of
from collection.promises import take_promise
from tenancy.crossing import NoProof
from tenancy.models import Company, User

Flag = Disposition.Flag
Hold = CaseHold.Kind
REMIND_AT = time(9)
"""When, on its day, a promise is reminded of, and a dispute has to be answered."""
SUSPENDED = "suspended"
"""The code whose invalid number counts as unknown again after a time."""
ASKS_STOP = "asks_stop"
WONT_TELL = "wont_tell"
LEFT_ALONE_DAYS = 7
"""For how many dates a person is left alone who will pass nothing on, the first included."""
REPRESENTED_HOLDS = {
    "lawyer": Hold.LEGAL.value,
    "agent": Hold.LEGAL.value,
    "insolvency": Hold.BANKRUPTCY.value,
}
CONSENT_DAYS = 7
"""For how many dates a consent to be called is good at most, the first included: 12 CFR
1006.14(b)(3)(i)."""
ONE_WAY = frozenset({ContactPoint.Kind.EMAIL, ContactPoint.Kind.WECHAT})
ADDRESSES = frozenset(
    {
        ContactPoint.Kind.HOME_ADDRESS,
        ContactPoint.Kind.REGISTERED_ADDRESS,
        ContactPoint.Kind.WORK_ADDRESS,
    }
)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A note about to be written: who, on what, when, with which facts."""

    company: Company
    case: Case
    by: User
    code: Disposition
    at: datetime
    point: ContactPoint | None
    remark: str
    values: dict[str, Value] = field(default_factory=dict)
    on: date | None = None
    """The business date, where the caller knows it."""

    def has(self, flag: Flag) -> bool:
        """Whether the disposition carries the flag."""
        return flag.value in self.code.flags


def moment_of_next(follow: FollowUp, channel: str, settles: UUID | None) -> datetime | None:
    """When the next action falls: as a fact says, else when it is permitted after the delay.

    channel: the note's. settles: the contact that it says the end of. None: a deadline decides
    (morning_of), or somebody has to say. Asked before anything else follows from the note: what the
    note itself stops does not put off the desk that is to look at it.
    """
    promised, back = follow.values.get("date"), follow.values.get("time")
    if follow.has(Flag.PROMISE) and isinstance(promised, date):
        return max(morning_of(follow, promised), follow.at)
    if follow.has(Flag.CALLBACK) and isinstance(back, datetime):
        return back
    asker = gate.Asker(follow.company, follow.by.pk, follow.by.display_name)
    noted = Noted(asker, follow.case, follow.point, channel, follow.at, settles)
    return moments_of(noted, [follow.code]).get(follow.code.code)


def morning_of(follow: FollowUp, on: date) -> datetime:
    """The moment of a date of the company's at which what is due then is done."""
    return datetime.combine(on, REMIND_AT, follow.company.zone)


def hold_of(follow: FollowUp) -> str:
    """The kind of hold that the note opens; "" for none."""
    if follow.code.code == ASKS_STOP:
        return Hold.CEASE.value if _stops_everything(follow) else ""
    if by := follow.values.get("represented_by"):
        return REPRESENTED_HOLDS.get(str(by), "")
    return follow.code.hold_kind


def _stops_everything(follow: FollowUp) -> bool:
    asked = ("stop_number", "stop_channel", "stop_time")
    return all(follow.values.get(name) == ALL for name in asked)


def open_holds(follow: FollowUp) -> date | None:
    """Open the hold that follows, unless one of its kind is in force; the day to answer by.

    An agency that writes of a case taken back opens nothing.
    """
    kind = hold_of(follow)
    if not kind:
        return None
    # Whoever holds the case reads the reason, the remark only who may read the note.
    reason = follow.code.label_in(follow.company.language)
    with suppress(PermissionDenied):
        # Of a kind that is in force already, the one that stands.
        hold = open_hold_on_case(
            user=follow.by, case=follow.case, kind=kind, reason=reason, by_rule=True
        )
        return hold.answer_by
    return None


def take_promise_of(follow: FollowUp, note: Note) -> None:
    """Take the promise that the note reports."""
    if not follow.has(Flag.PROMISE):
        return
    amount, due_on = follow.values["amount"], follow.values["date"]
    assert isinstance(amount, Decimal)
    assert isinstance(due_on, date)
    try:
        take_promise(
            company=follow.company,
            case=follow.case,
            by=follow.by,
            amount=amount,
            due_on=due_on,
            pay_by=str(follow.values["channel"]),
            note_id=note.pk,
            at=follow.at,
            shared=note.shared,
        )
    except ValidationError as error:
        raise _about_facts(error) from error


def _about_facts(error: ValidationError) -> ValidationError:
    """A refusal of the promise, beside the facts that it was made of."""
    if not hasattr(error, "error_dict"):
        return error
    names = {field: PREFIX + fact for field, fact in FACT_OF_PROMISE.items()}
    said: dict[str, Any] = {names.get(k, k): v for k, v in error.message_dict.items()}
    return ValidationError(said)


FACT_OF_PROMISE = {"amount": "amount", "due_on": "date", "pay_by": "channel"}
"""Which fact each field of a promise comes from."""


def settle_try(follow: FollowUp, note: Note, try_uid: UUID) -> None:
    """Say what came of the contact that the gate had let through for this case."""
    refused = ValidationError({"try_uid": _("This contact is not one of the case.")})
    try:
        made = gate.settle(
            company=follow.company,
            uid=try_uid,
            state=end_of_contact(follow.code, note.channel),
            note_id=note.pk,
            at=follow.at,
        )
    except ContactTry.DoesNotExist as error:
        raise refused from error
    if made.case_id != follow.case.pk:
        raise refused


def write_in_lenders_book(follow: FollowUp) -> None:
    """What belongs to the lender: the point's state, a wish, a new number. One crossing at most.

    A note that an agency writes after a recall changes nothing there.
    """
    state = _state_of_point(follow)
    wishes = _wishes(follow)
    number = follow.values.get("number")
    if not (state or wishes or number):
        return
    with suppress(NoProof), lenders_book(company=follow.company, case=follow.case, by=follow.by):
        if state and follow.point is not None:
            change_state(
                case=follow.case,
                point=follow.point,
                state=state,
                at=follow.at,
                until=_until(follow),
                whole_person=follow.code.whole_person,
            )
        if wishes:
            ContactWish.objects.bulk_create(wishes)
        if number:
            _add_number(follow, str(number))


def _state_of_point(follow: FollowUp) -> str:
    """The new state of the point: none without a point, nor where it would say what it says."""
    point = follow.point
    if point is None:
        return ""
    state = follow.code.number_becomes
    if follow.code.code == ASKS_STOP:
        state = ContactPoint.State.REFUSED if _refuses_point(follow, point) else ""
    same = state == point.state and not follow.code.whole_person and point.state_until is None
    return "" if same and state == ContactPoint.State.VALID else state


def _refuses_point(follow: FollowUp, point: ContactPoint) -> bool:
    """Whether a wish to stop leaves nothing that the point may still be used for."""
    if _stops_everything(follow) and point.kind in ADDRESSES:
        # The hold that follows leaves letters.
        return False
    channel = follow.values.get("stop_channel")
    whole = channel == ALL or (channel == point.kind and point.kind in ONE_WAY)
    return whole and follow.values.get("stop_time") == ALL


def _until(follow: FollowUp) -> date | None:
    if follow.code.code != SUSPENDED:
        return None
    return follow.company.local_date(follow.at) + SUSPENDED_FOR


def _wishes(follow: FollowUp) -> list[ContactWish]:
    """What the borrower asked for about being contacted: a callback, to stop, or to be called."""
    back, agreed = follow.values.get("time"), follow.values.get("agreed_until")
    if follow.has(Flag.CALLBACK) and isinstance(back, datetime):
        return [_new_wish(follow, ContactWish.Kind.CALLBACK, back, _end_of_day(follow, back))]
    if follow.code.code == ASKS_STOP and follow.values.get("stop_time") == ALL:
        # The hold says what stops with everything: it leaves letters.
        return [] if _stops_everything(follow) else _stops(follow)
    if follow.code.code == WONT_TELL and _is_of_a_third_person(follow.point):
        until = _end_of_date(follow, LEFT_ALONE_DAYS)
        return [_new_wish(follow, ContactWish.Kind.STOP, follow.at, until)]
    if isinstance(agreed, date) and follow.has(Flag.RIGHT_PARTY):
        agreed_until = datetime.combine(agreed, time.max, follow.company.zone)
        until = min(agreed_until, _end_of_date(follow, CONSENT_DAYS))
        return [_new_wish(follow, ContactWish.Kind.CONSENT, follow.at, until)]
    return []


def _stops(follow: FollowUp) -> list[ContactWish]:
    """A wish for each channel that is to stop; who wants no calls wants none of a robot either."""
    asked = str(follow.values.get("stop_channel", ""))
    channels = {ALL: ("",), "call": ("call", "robot")}.get(asked, (asked,))
    wishes = [_new_wish(follow, ContactWish.Kind.STOP, follow.at, None) for _each in channels]
    for wish, channel in zip(wishes, channels, strict=True):
        wish.channel = channel
        if follow.values.get("stop_number") == ALL:
            wish.contact_point = None
    return wishes


def _is_of_a_third_person(point: ContactPoint | None) -> bool:
    return point is not None and point.relation != ContactPoint.Relation.SELF


def _end_of_date(follow: FollowUp, dates: int) -> datetime:
    """The last moment of so many dates, that of the follow-up being the first."""
    last = follow.company.local_date(follow.at) + timedelta(days=dates - 1)
    return datetime.combine(last, time.max, follow.company.zone)


def _end_of_day(follow: FollowUp, at: datetime) -> datetime:
    zone = follow.company.zone
    return datetime.combine(at.astimezone(zone).date(), time.max, zone)


def _new_wish(
    follow: FollowUp, kind: str, at: datetime, good_until: datetime | None
) -> ContactWish:
    return ContactWish(
        company_id=follow.company.pk,
        owner_id=follow.case.owner_id,
        borrower_id=follow.case.borrower_id,
        case_id=follow.case.pk,
        contact_point=follow.point,
        kind=kind,
        at=at,
        good_until=good_until,
        said_at=follow.at,
        noted_by_name=follow.by.display_name,
    )


def _add_number(follow: FollowUp, number: str) -> None:
    told_by_borrower = follow.has(Flag.RIGHT_PARTY)
    add_point(
        case=follow.case,
        number=number,
        relation=str(follow.values.get("whose", ContactPoint.Relation.SELF)),
        source="borrower" if told_by_borrower else "third_party",
        name=str(follow.values.get("person_name", "")),
    )
