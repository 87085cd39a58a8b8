"""The contact gate's caps: how many contacts a day or a week, and how long after a conversation.

The checks follow the same contract as those of contact_checks.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from collection.contact_clock import DAY, midnight
from collection.contact_facts import CONSENT_DATES, VISIT, in_utc
from collection.contact_question import Moment, Question, Verdict

SEVEN_DATES = timedelta(days=7)
SEVEN_DAYS = timedelta(hours=168)


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
