"""What the contact gate knows when it is asked, and what it answers; plain values, no database.

Times are aware datetimes, dates are local dates on the borrower's legal clock unless a field says
otherwise. A person is a key: SELF for the borrower, anything else for somebody around them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

SELF = "self"
CALLS = frozenset({"call", "robot"})
VISIT = "visit"
LETTER = "letter"
VOICE = CALLS | {VISIT}

# States of a try, as in ContactTry.State; the last two never count.
IN_PROGRESS = "reserved"
CONVERSATION = "conversation"
FAILED = frozenset({"unanswered", "invalid"})
UNCOUNTED = frozenset({"not_connected", "released"})

CALLBACK_LASTS = timedelta(minutes=30)
CONSENT_DATES = 7
"""Dates on which a consent holds at most, the one on which it was given being the first."""

Figure = str | int | None
Calendar = Callable[[str, date], str | None]
"""The name of the public holiday that a jurisdiction has on a date, None on any other date."""


class PastContact(NamedTuple):
    """A contact that the gate let through, or that the borrower began (`inbound`).

    at: when it began. number: which number or address, as the same key in the facts; None where
    none is known. debt: the debt that it was about. talk_seconds: of a conversation,
    None where nobody measured it.
    was_asked_for: the person had agreed to be called.
    """

    at: datetime
    channel: str
    state: str
    number: Hashable = None
    person: Hashable = SELF
    debt: Hashable = None
    talk_seconds: int | None = None
    was_asked_for: bool = False
    inbound: bool = False


class Hold(NamedTuple):
    """A hold of a case from `starts_on` until `ends_on` (exclusive; None: open-ended).

    stops: "" nothing, "remind" all but reminders, "voice" calls and visits, "letters" all but
    letters, "counsel" all but the counsel, "all" everything. opened_at and lifted_at cut it short
    within its dates.
    """

    kind: str
    stops: str
    starts_on: date
    ends_on: date | None = None
    opened_at: datetime | None = None
    lifted_at: datetime | None = None


class Wish(NamedTuple):
    """A callback asked for at a moment, or a consent given at one; until: exclusive.

    Without `until` a callback lasts CALLBACK_LASTS and a consent CONSENT_DATES dates; a consent
    never lasts longer than that.
    """

    at: datetime
    until: datetime | None = None


class OwnNumber(NamedTuple):
    """A phone number of the borrower's own; invalid_since: when it was found out of use."""

    number: Hashable
    invalid_since: datetime | None = None


def no_holidays(_jurisdiction: str, _on: date) -> str | None:
    """Say of every date that it is no holiday."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """The question and everything that is known about it.

    at, channel, number, person, debt: what is asked. `number` None asks about the person as such.
    purpose: "collect", "reminder", or "answer" to the person's own question. to_counsel: it goes
    to the borrower's lawyer.

    zone: the legal clock, which decides dates and caps. other_zones: further clocks that the
    person may live by. noon_zone: the clock of the noon break; None: `zone`.

    past: what counts, in any order: nothing later than `at`, unless it is in progress.
    refused_at: when this third person, or the borrower for this number or channel, asked for no
    more contact; refused_until: exclusive, None where it is for good. has_case, held_from,
    held_until: whether the asking company holds the case, and from when until when.
    collector_used: contacts that this person made on the date of `at` on the clock `company_zone`.
    """

    at: datetime
    channel: str
    zone: ZoneInfo
    number: Hashable = None
    person: Hashable = SELF
    debt: Hashable = None
    purpose: str = "collect"
    to_counsel: bool = False
    other_zones: tuple[ZoneInfo, ...] = ()
    noon_zone: ZoneInfo | None = None
    past: tuple[PastContact, ...] = ()
    own_numbers: tuple[OwnNumber, ...] = ()
    holds: tuple[Hold, ...] = ()
    refused_at: datetime | None = None
    refused_until: datetime | None = None
    has_case: bool = True
    held_from: datetime | None = None
    held_until: datetime | None = None
    callbacks: tuple[Wish, ...] = ()
    consents: tuple[Wish, ...] = ()
    promises_due: frozenset[date] = frozenset()
    collector_used: int = 0
    company_zone: ZoneInfo | None = None
    calendar: Calendar = field(default=no_holidays, compare=False)


class Denial(NamedTuple):
    """A rule that denies; next_at: the first minute at which this rule alone would not (UTC)."""

    rule: str
    legal_basis: str
    next_at: datetime | None


class Weighed(NamedTuple):
    """A rule that was weighed: its figure, what was seen, and whether it allows."""

    rule: str
    figure: Figure
    seen: Figure
    allowed: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """The gate's answer. Denials and weighed rules stand in the order of contact_rules.RULES.

    next_at: the first whole minute (UTC) at which the same question would be allowed if nothing
    else happened; None when it is allowed now, or when only a new fact can change the answer.
    """

    allowed: bool
    denials: tuple[Denial, ...]
    next_at: datetime | None
    weighed: tuple[Weighed, ...]


def in_utc(moment: datetime) -> datetime:
    """Return the moment in UTC; two times of one zone would be compared by the wall clock."""
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
