"""The contact gate's rules one by one: what each sees at a moment, and until when it denies.

A check returns None where its rule has nothing to say. A verdict that denies carries the first
instant at which the rule might allow, None if only a new fact can bring that about; between the
moment and that instant it denies throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from collection.contact_clock import DAY, DAY_MINUTES, midnight, minute_of_day, next_time
from collection.contact_facts import (
    CALLBACK_LASTS,
    CALLS,
    CONSENT_DATES,
    CONVERSATION,
    FAILED,
    IN_PROGRESS,
    LETTER,
    SELF,
    UNCOUNTED,
    VISIT,
    VOICE,
    ContactFacts,
    Figure,
    Hold,
    PastContact,
    in_utc,
)
from collection.contact_rules import Break, ContactRules

SEVEN_DATES = timedelta(days=7)
SEVEN_DAYS = timedelta(hours=168)
MOST_HOLIDAYS = 60


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
            enough = not talked or contact.talk_seconds >= self.rules.effective_seconds
            if ours and enough:
                self.talks.append(day)
        if ours and not contact.was_asked_for:
            self.person.append((day, at))
            if contact.debt == facts.debt:
                self.debt.append((day, at))

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


def _stops(hold: Hold, facts: ContactFacts) -> bool:
    """Say whether a hold in force stops a contact of this kind."""
    if facts.purpose == "answer" or not hold.stops:
        return False
    if hold.stops == "remind":
        return facts.purpose != "reminder"
    if hold.stops == "voice":
        return facts.channel in VOICE
    if hold.stops == "letters":
        return facts.channel != LETTER
    return hold.stops != "counsel" or not facts.to_counsel


def _in_force(hold: Hold, moment: Moment) -> bool:
    if moment.day < hold.starts_on or (hold.ends_on is not None and moment.day >= hold.ends_on):
        return False
    if hold.opened_at is not None and moment.at < hold.opened_at:
        return False
    return hold.lifted_at is None or moment.at < hold.lifted_at


def hold(question: Question, moment: Moment) -> Verdict | None:
    """Nothing goes out that a hold stops; a hold without an end has to be lifted."""
    held = question.facts.holds
    if not held:
        return None
    stopping = [one for one in held if _in_force(one, moment) and _stops(one, question.facts)]
    if not stopping:
        return Verdict(True)
    ends = [_end(one, question) for one in stopping]
    known = [end for end in ends if end is not None]
    until = max(known) if len(known) == len(ends) else None
    return Verdict(False, None, ", ".join(one.kind for one in stopping), until)


def _end(one: Hold, question: Question) -> datetime | None:
    """Return when a hold ends as far as is known; None: it has to be lifted."""
    ends = [] if one.ends_on is None else [midnight(question.zone, one.ends_on)]
    if one.lifted_at is not None:
        ends.append(in_utc(one.lifted_at))
    return min(ends, default=None)


def not_holder(question: Question, moment: Moment) -> Verdict | None:
    """Only the company that holds the case contacts its borrower."""
    facts = question.facts
    if not facts.has_case or (facts.held_until is not None and moment.at >= facts.held_until):
        return Verdict(False)
    if facts.held_from is not None and moment.at < facts.held_from:
        return Verdict(False, until=in_utc(facts.held_from))
    return Verdict(True)


def third_refused(question: Question, moment: Moment) -> Verdict | None:
    """A third person who asked for no contact is left alone for good."""
    facts = question.facts
    if facts.person == SELF:
        return None
    return Verdict(facts.refused_at is None or moment.at < facts.refused_at)


def own_refused(question: Question, moment: Moment) -> Verdict | None:
    """A number or channel that the borrower refused is left alone until the borrower reopens it."""
    facts = question.facts
    if facts.person != SELF or facts.refused_at is None or facts.purpose == "answer":
        return None
    return Verdict(moment.at < facts.refused_at)


def third_locked(question: Question, moment: Moment) -> Verdict | None:
    """The borrower first: a third person opens when the borrower cannot be reached."""
    rules = question.rules
    if question.facts.person == SELF or not rules.third_failures:
        return None
    failures, talked_at = _run_of_failures(question)
    invalid = [number.invalid_since for number in question.facts.own_numbers]
    gone = [in_utc(since) for since in invalid if since is not None and since <= moment.at]
    if gone and len(gone) == len(invalid) and (talked_at is None or max(gone) > talked_at):
        return Verdict(True, rules.third_failures, len(failures))
    opens = [day for day in _opening(failures, rules) if day is not None]
    if not opens:
        return Verdict(False, rules.third_failures, len(failures))
    opened = min(opens)
    return Verdict(
        moment.day >= opened,
        rules.third_failures,
        len(failures),
        midnight(question.zone, opened),
    )


def _run_of_failures(question: Question) -> tuple[list[date], datetime | None]:
    """Return the dates of failed calls since the last conversation, and when that was.

    A call in progress may become a conversation, and counts as one.
    """
    failures: list[date] = []
    talked_at: datetime | None = None
    own = [
        (in_utc(contact.at), contact.state)
        for contact in question.facts.past
        if contact.person == SELF and contact.channel in CALLS and contact.state not in UNCOUNTED
    ]
    for at, state in sorted(own):
        if state in FAILED:
            failures.append(at.astimezone(question.zone).date())
        else:
            failures, talked_at = [], at
    return failures, talked_at


def _opening(failures: Sequence[date], rules: ContactRules) -> list[date | None]:
    """Return the dates from which the failures open third persons: by number, and by days."""
    opens: list[date | None] = []
    if len(failures) >= rules.third_failures:
        opens.append(failures[rules.third_failures - 1] + DAY)
    run = 0
    last: date | None = None
    for day in failures:
        if day == last:
            continue
        run = run + 1 if last is not None and day - last == DAY else 1
        last = day
        if run >= rules.third_days:
            opens.append(day + DAY)
            break
    return opens


def holiday(question: Question, moment: Moment) -> Verdict | None:
    """No calls and no visits on public holidays, except a callback that was asked for."""
    rules, facts = question.rules, question.facts
    if not rules.holidays or facts.channel not in VOICE:
        return None
    name = _holiday_name(question, moment.day)
    excused = rules.holidays_excused
    if name is None or (excused and question.called_back(moment.at)):
        return Verdict(True, ", ".join(rules.holidays), name)
    day = moment.day
    for _ in range(MOST_HOLIDAYS):
        if _holiday_name(question, day + DAY) is None:
            break
        day += DAY
    until = question.after(day)
    if excused:
        until = question.before_callback(moment.at, until)
    return Verdict(False, ", ".join(rules.holidays), name, until)


def _holiday_name(question: Question, day: date) -> str | None:
    for jurisdiction in question.rules.holidays:
        name = question.facts.calendar(jurisdiction, day)
        if name is not None:
            return name
    return None


def window(question: Question, moment: Moment) -> Verdict | None:
    """Contacts only within the window of the local day, on every clock that counts."""
    rules, facts = question.rules, question.facts
    opens, closes = rules.opens, rules.closes
    if facts.channel == LETTER or closes - opens >= DAY_MINUTES:
        return None
    zones = (facts.zone, *facts.other_zones) if rules.every_clock else (facts.zone,)
    until: datetime | None = None
    seen: list[str] = []
    for zone in zones:
        local = moment.at.astimezone(zone)
        seen.append(f"{local.hour:02d}:{local.minute:02d}")
        if not opens <= minute_of_day(local) < closes:
            later = next_time(zone, moment.at, opens, lambda minute: opens <= minute < closes)
            until = later if until is None else max(until, later)
    figure = f"{clock(opens)}–{clock(closes)}"
    if opens >= closes:
        return Verdict(False, figure, " · ".join(seen))
    return Verdict(until is None, figure, " · ".join(seen), until)


def clock(minute: int) -> str:
    """Return a minute of the day as it is written: 480 is 08:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def noon(question: Question, moment: Moment) -> Verdict | None:
    """No calls in a break of the day, except a callback asked for or a promise due today."""
    breaks = question.rules.breaks
    if not breaks or not question.calls:
        return None
    zone = question.facts.noon_zone or question.zone
    local = moment.at.astimezone(zone)
    minute = minute_of_day(local)
    figure = ", ".join(f"{clock(one.opens)}–{clock(one.closes)}" for one in breaks)
    untils = [
        _after_break(question, moment, one)
        for one in breaks
        if one.opens <= minute < one.closes and not _excused(question, moment, one)
    ]
    seen = clock(minute)
    return Verdict(not untils, figure, seen, max(untils, default=None))


def _excused(question: Question, moment: Moment, one: Break) -> bool:
    return one.excused and (
        moment.day in question.facts.promises_due or question.called_back(moment.at)
    )


def _after_break(question: Question, moment: Moment, one: Break) -> datetime:
    """Return when the break ends, or is excused."""
    zone = question.facts.noon_zone or question.zone
    until = next_time(
        zone, moment.at, one.closes, lambda minute: not one.opens <= minute < one.closes
    )
    if not one.excused:
        return until
    if question.facts.promises_due:
        until = min(until, question.after(moment.day))
    return question.before_callback(moment.at, until)


def _a_day(days: list[date], limit: int, question: Question, moment: Moment) -> Verdict:
    """Allow fewer than `limit` on the borrower's date."""
    seen = days.count(moment.day)
    if seen < limit:
        return Verdict(True, limit, seen)
    return Verdict(False, limit, seen, question.after(moment.day) if limit else None)


def conversations_day(question: Question, moment: Moment) -> Verdict | None:
    """So many conversations that we began with a person on a date."""
    limit = question.rules.conversations_a_day
    if limit is None or not question.calls:
        return None
    return _a_day(question.talks, limit, question, moment)


def attempts_number_day(question: Question, moment: Moment) -> Verdict | None:
    """So many dials of a number on a date."""
    limit = question.rules.attempts_a_number
    if limit is None or not question.calls or question.facts.number is None:
        return None
    return _a_day(question.numbers, limit, question, moment)


def _agreed(question: Question, moment: Moment) -> bool:
    """Say whether a consent to be called holds: on seven dates at most, its own the first."""
    for wish in question.facts.consents:
        if wish.at <= moment.at and (wish.until is None or moment.at < wish.until):
            given = wish.at.astimezone(question.zone).date()
            if (moment.day - given).days < CONSENT_DATES:
                return True
    return False


def _before_consent(question: Question, moment: Moment, until: datetime) -> datetime:
    """Return `until`, or an earlier moment at which a consent is given."""
    later = (in_utc(wish.at) for wish in question.facts.consents)
    return min((start for start in later if moment.at < start < until), default=until)


def seven_in_seven(question: Question, moment: Moment) -> Verdict | None:
    """So many calls in seven days to a person about a debt, and to a person about any."""
    rules = question.rules
    if not question.calls or (rules.calls_in_seven is None and rules.calls_in_seven_person is None):
        return None
    agreed = _agreed(question, moment)
    verdicts = [
        _in_seven(calls, limit, question, moment)
        for calls, limit in (
            (question.debt, rules.calls_in_seven),
            (question.person, rules.calls_in_seven_person),
        )
        if limit is not None
    ]
    worst = max(verdicts, key=lambda one: (not one.allowed, one.seen))
    if agreed or worst.allowed:
        return worst._replace(allowed=True, until=None)
    untils = [one.until for one in verdicts if not one.allowed]
    known = [until for until in untils if until is not None]
    if len(known) < len(untils):
        return worst._replace(until=None)
    return worst._replace(until=_before_consent(question, moment, max(known)))


def _in_seven(
    calls: list[tuple[date, datetime]], limit: int, question: Question, moment: Moment
) -> Verdict:
    """Allow fewer than `limit` on the date and the six before, or also in the last 168 hours."""
    first, rolling = moment.day - SEVEN_DATES, question.rules.seven_rolling
    since = moment.at - SEVEN_DAYS
    by_date = sorted(day for day, _ in calls if day > first)
    untils: list[datetime] = []
    seen = len(by_date)
    if seen >= limit > 0:
        untils.append(midnight(question.zone, by_date[seen - limit] + SEVEN_DATES))
    if rolling:
        by_hour = sorted(at for _, at in calls if at > since)
        if len(by_hour) >= limit > 0:
            untils.append(by_hour[len(by_hour) - limit] + SEVEN_DAYS)
        seen = max(seen, len(by_hour))
    return Verdict(seen < limit, limit, seen, max(untils, default=None))


def after_conversation(question: Question, moment: Moment) -> Verdict | None:
    """No call about a debt on so many dates from a conversation about it, its own the first."""
    dates = question.rules.after_conversation_days
    if not dates or not question.calls:
        return None
    last = max(question.talk_dates, default=None)
    if last is None:
        return Verdict(True, dates, None)
    free = last + timedelta(days=dates)
    if moment.day >= free or _agreed(question, moment):
        return Verdict(True, dates, last.isoformat())
    until = _before_consent(question, moment, midnight(question.zone, free))
    return Verdict(False, dates, last.isoformat(), until)


def cool_down(question: Question, moment: Moment) -> Verdict | None:
    """Nothing goes out on so many dates from the lifting of a complaint hold, its own the first."""
    dates = question.rules.cool_down_days
    if not dates:
        return None
    ends = [
        one.lifted_at.astimezone(question.zone).date() + timedelta(days=dates)
        for one in question.facts.holds
        if one.kind == "complaint" and one.lifted_at is not None and one.lifted_at <= moment.at
    ]
    last = max(ends, default=None)
    if last is None or moment.day >= last or question.facts.purpose == "answer":
        return Verdict(True, dates, last.isoformat() if last else None)
    return Verdict(False, dates, last.isoformat(), midnight(question.zone, last))


def visits_day(question: Question, moment: Moment) -> Verdict | None:
    """So many visits on a date."""
    limit = question.rules.visits_a_day
    if limit is None or question.facts.channel != VISIT:
        return None
    return _a_day(question.visits, limit, question, moment)


def borrower_day(question: Question, moment: Moment) -> Verdict | None:
    """So many contacts of any kind on a date over all the borrower's cases."""
    limit = question.rules.borrower_a_day
    if limit is None:
        return None
    return _a_day(question.dates, limit, question, moment)


def collector_day(question: Question, moment: Moment) -> Verdict | None:
    """So many contacts by one person on a date of the company's clock."""
    limit, facts = question.rules.collector_a_day, question.facts
    if limit is None:
        return None
    zone = facts.company_zone or facts.zone
    today = moment.at.astimezone(zone).date()
    asked_on = facts.at.astimezone(zone).date()
    seen = facts.collector_used if today == asked_on else 0
    if seen < limit:
        return Verdict(True, limit, seen)
    return Verdict(False, limit, seen, midnight(zone, today + DAY) if limit else None)


CHECKS: tuple[tuple[str, Check], ...] = (
    ("hold", hold),
    ("not_holder", not_holder),
    ("third_refused", third_refused),
    ("own_refused", own_refused),
    ("third_locked", third_locked),
    ("holiday", holiday),
    ("window", window),
    ("noon", noon),
    ("conversations_day", conversations_day),
    ("attempts_number_day", attempts_number_day),
    ("seven_in_seven", seven_in_seven),
    ("after_conversation", after_conversation),
    ("cool_down", cool_down),
    ("visits_day", visits_day),
    ("borrower_day", borrower_day),
    ("collector_day", collector_day),
)
"""Every rule with its check, in the order of contact_rules.RULES."""
