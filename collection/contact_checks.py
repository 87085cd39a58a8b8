"""The contact gate's rules one by one: what each sees at a moment, and until when it denies.

A check returns None where its rule has nothing to say. A verdict that denies carries the first
instant at which the rule might allow, None if only a new fact can bring that about; between the
moment and that instant it denies throughout.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from collection import contact_caps as caps
from collection.contact_clock import DAY, DAY_MINUTES, clock, midnight, minute_of_day, next_time
from collection.contact_facts import (
    CALLS,
    FAILED,
    LETTER,
    SELF,
    UNCOUNTED,
    VOICE,
    ContactFacts,
    Hold,
    in_utc,
)
from collection.contact_question import Check, Moment, Question, Verdict
from collection.contact_rules import Break, ContactRules

MOST_HOLIDAYS = 60


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
    """A third person who asked for no contact is left alone: for good, or as long as was said."""
    facts = question.facts
    if facts.person == SELF:
        return None
    return _unless_refused(facts, moment)


def own_refused(question: Question, moment: Moment) -> Verdict | None:
    """A number or channel that the borrower refused is left alone until the borrower reopens it."""
    facts = question.facts
    if facts.person != SELF or facts.refused_at is None or facts.purpose == "answer":
        return None
    return _unless_refused(facts, moment)


def _unless_refused(facts: ContactFacts, moment: Moment) -> Verdict:
    since = facts.refused_at
    until = None if facts.refused_until is None else in_utc(facts.refused_until)
    if since is None or moment.at < since or (until is not None and moment.at >= until):
        return Verdict(True)
    return Verdict(False, until=until)


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


CHECKS: tuple[tuple[str, Check], ...] = (
    ("hold", hold),
    ("not_holder", not_holder),
    ("third_refused", third_refused),
    ("own_refused", own_refused),
    ("third_locked", third_locked),
    ("holiday", holiday),
    ("window", window),
    ("noon", noon),
    ("conversations_day", caps.conversations_day),
    ("attempts_number_day", caps.attempts_number_day),
    ("seven_in_seven", caps.seven_in_seven),
    ("after_conversation", caps.after_conversation),
    ("cool_down", cool_down),
    ("visits_day", caps.visits_day),
    ("borrower_day", caps.borrower_day),
    ("collector_day", caps.collector_day),
)
"""Every rule with its check, in the order of contact_rules.RULES."""
