"""A question to the contact gate made ready: the past sorted by what counts it, and its answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from collection.contact_clock import DAY, midnight
from collection.contact_facts import (
    CALLBACK_LASTS,
    CALLS,
    CONVERSATION,
    IN_PROGRESS,
    UNCOUNTED,
    VISIT,
    ContactFacts,
    Figure,
    PastContact,
    in_utc,
)
from collection.contact_rules import ContactRules


class Verdict(NamedTuple):
    """What a rule says: its figure, what it saw, and until when it denies."""

    allowed: bool
    figure: Figure = None
    seen: Figure = None
    until: datetime | None = None


class Moment(NamedTuple):
    """An instant (UTC) and its date on the borrower's legal clock."""

    at: datetime
    day: date


class Question:
    """The facts and rules of one question, with the past sorted by what counts it."""

    __slots__ = (
        *("facts", "rules", "zone", "calls", "borrower", "numbers", "debt", "person", "talks"),
        *("talk_dates", "visits", "dates"),
    )

    def __init__(self, facts: ContactFacts, rules: ContactRules) -> None:
        self.facts = facts
        self.rules = rules
        self.zone = facts.zone
        self.calls = facts.channel in CALLS
        self.talks: list[date] = []  # conversations of this person, that we began
        self.talk_dates: list[date] = []  # conversations with this person about this debt
        self.numbers: list[date] = []  # dials of this number
        self.debt: list[tuple[date, datetime]] = []  # calls of this person about this debt
        self.person: list[tuple[date, datetime]] = []  # calls of this person
        self.visits: list[date] = []
        self.dates: list[date] = []  # contacts of any kind with anybody
        for contact in facts.past:
            if contact.state not in UNCOUNTED:
                self._sort(contact)

    def _sort(self, contact: PastContact) -> None:
        """Put a contact that went out, or is going out, under everything that counts it."""
        at = in_utc(contact.at)
        day = at.astimezone(self.zone).date()
        ours = not contact.inbound
        if ours:
            self.dates.append(day)
        if contact.channel == VISIT:
            self.visits.append(day)
        if contact.channel not in CALLS:
            return
        facts = self.facts
        if ours and contact.number is not None and contact.number == facts.number:
            self.numbers.append(day)
        if contact.person != facts.person:
            return
        talked = contact.state == CONVERSATION
        if talked or contact.state == IN_PROGRESS:
            if contact.debt == facts.debt:
                self.talk_dates.append(day)
            if ours and (not talked or self._is_long_enough(contact)):
                self.talks.append(day)
        if ours and not contact.was_asked_for:
            self.person.append((day, at))
            if contact.debt == facts.debt:
                self.debt.append((day, at))

    def _is_long_enough(self, contact: PastContact) -> bool:
        """Say whether a talk counts as a conversation; one that nobody measured does."""
        seconds = contact.talk_seconds
        return seconds is None or seconds >= self.rules.effective_seconds

    def moment(self, at: datetime) -> Moment:
        """Return an instant with the borrower's date."""
        return Moment(at, at.astimezone(self.zone).date())

    def after(self, day: date) -> datetime:
        """Return the first instant of the date that follows."""
        return midnight(self.zone, day + DAY)

    def called_back(self, at: datetime) -> bool:
        """Say whether the borrower asked to be called back at this moment."""
        return any(
            wish.at <= at < (wish.until or wish.at + CALLBACK_LASTS)
            for wish in self.facts.callbacks
        )

    def before_callback(self, at: datetime, until: datetime) -> datetime:
        """Return `until`, or an earlier moment for which a callback was asked."""
        later = (in_utc(wish.at) for wish in self.facts.callbacks)
        return min((start for start in later if at < start < until), default=until)


Check = Callable[[Question, Moment], Verdict | None]
"""A rule at a moment; None where it has nothing to say."""
