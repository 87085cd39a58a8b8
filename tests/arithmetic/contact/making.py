"""Facts and rules of every kind, made up by hypothesis for the contact gate's properties."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from collection.contact_facts import LETTER
from collection.contact_policy import (
    ContactFacts,
    ContactRules,
    Hold,
    OwnNumber,
    PastContact,
    Wish,
)
from collection.contact_rules import Break

# Zones with an hour, half an hour, and two hours of summer time; changes at midnight, at 22:00,
# in southern autumn; odd offsets; and none at all.
ZONES = tuple(
    ZoneInfo(name)
    for name in (
        *("Asia/Shanghai", "Asia/Urumqi", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Beirut"),
        *("America/New_York", "America/Los_Angeles", "America/Santiago", "America/Havana"),
        *("America/Nuuk", "Africa/Cairo", "Africa/Casablanca", "Atlantic/Azores"),
        *("Australia/Lord_Howe", "Antarctica/Troll", "Europe/London", "Pacific/Chatham"),
        *("Pacific/Easter", "Pacific/Kiritimati", "Asia/Gaza", "UTC"),
    )
)
CHANNELS = ("call", "call", "call", "robot", "sms", "visit", LETTER)
STATES = ("reserved", "conversation", "unanswered", "invalid", "sent", "not_connected", "released")
KEYS = ("A", "B")
PEOPLE = ("self", "self", "self", "spouse")


@cache
def changes_of(zone: ZoneInfo) -> list[datetime]:
    """Return the hours of 2026 before which the zone changes its clock."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    hours = [start + timedelta(hours=hour) for hour in range(365 * 24)]
    offsets = [hour.astimezone(zone).utcoffset() for hour in hours]
    return [
        hour for hour, (was, now) in zip(hours[1:], pairwise(offsets), strict=True) if was != now
    ]


CHANGES = sorted({change for zone in ZONES for change in changes_of(zone)})
MOMENTS = st.one_of(
    st.builds(
        lambda change, seconds: change + timedelta(seconds=seconds),
        st.sampled_from(CHANGES),
        st.integers(-2 * 86_400, 2 * 86_400),
    ),
    st.builds(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes),
        st.integers(0, 365 * 24 * 60),
    ),
)


def holidays(jurisdiction: str, on: date) -> str | None:
    """A made calendar: every fifth of a month and, in X, the two dates after it."""
    last = 7 if jurisdiction == "X" else 5
    return "Fifth" if 5 <= on.day <= last else None


def _span(pair: tuple[int, int]) -> tuple[int, int]:
    return (min(pair), max(pair)) if pair[0] != pair[1] else (pair[0], pair[1] + 1)


MINUTES = st.one_of(st.integers(0, 1439), st.integers(0, 47).map(lambda half: half * 30))
SPANS = st.tuples(MINUTES, MINUTES).map(_span)
DAYTIME = st.tuples(st.integers(14, 22), st.integers(30, 48)).map(
    lambda pair: (pair[0] * 30, min(pair[1] * 30, 1440))
)
BREAKS = st.builds(lambda span, excused: Break(span[0], span[1], excused), SPANS, st.booleans())


HOURS = st.one_of(DAYTIME, DAYTIME, SPANS)
PARTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "window": st.builds(
        lambda hours, every: {"opens": hours[0], "closes": hours[1], "every_clock": every},
        HOURS,
        st.booleans(),
    ),
    "noon": st.sets(BREAKS, min_size=1, max_size=2).map(lambda one: {"breaks": tuple(sorted(one))}),
    "holiday": st.builds(
        lambda places, excused: {"holidays": tuple(sorted(places)), "holidays_excused": excused},
        st.sets(st.sampled_from("XY")),
        st.booleans(),
    ),
    "third_locked": st.fixed_dictionaries(
        {"third_failures": st.integers(1, 3), "third_days": st.integers(1, 3)}
    ),
    "conversations_day": st.fixed_dictionaries(
        {
            "conversations_a_day": st.integers(0, 3),
            "effective_seconds": st.sampled_from((0, 10, 60)),
        }
    ),
    "attempts_number_day": st.fixed_dictionaries({"attempts_a_number": st.integers(1, 4)}),
    "seven_in_seven": st.fixed_dictionaries(
        {"calls_in_seven": st.integers(1, 7), "seven_rolling": st.booleans()}
    ),
    "seven_of_person": st.fixed_dictionaries(
        {"calls_in_seven_person": st.integers(1, 9), "seven_rolling": st.booleans()}
    ),
    "after_conversation": st.fixed_dictionaries({"after_conversation_days": st.integers(1, 7)}),
    "cool_down": st.fixed_dictionaries({"cool_down_days": st.integers(1, 7)}),
    "visits_day": st.fixed_dictionaries({"visits_a_day": st.integers(0, 2)}),
    "borrower_day": st.fixed_dictionaries({"borrower_a_day": st.integers(1, 5)}),
    "collector_day": st.fixed_dictionaries({"collector_a_day": st.integers(1, 5)}),
    "bases": st.sets(
        st.tuples(st.sampled_from(("closes", "hold", "opens")), st.sampled_from("LM")), min_size=1
    ).map(lambda pairs: {"bases": tuple(sorted(pairs))}),
}


@st.composite
def rules(draw: st.DrawFn, most: int = 4) -> ContactRules:
    """Draw rules of which a few limit something; alone, each shows what it does."""
    figures: dict[str, Any] = {}
    for part in sorted(draw(st.sets(st.sampled_from(sorted(PARTS)), max_size=most))):
        figures |= draw(PARTS[part])
    return ContactRules(**figures)


@st.composite
def contacts(draw: st.DrawFn, before: datetime) -> PastContact:
    """Draw a contact of the days before a moment."""
    ago = draw(st.one_of(st.integers(0, 20), st.integers(0, 9 * 24 * 60)))
    return PastContact(
        before - timedelta(minutes=ago, seconds=draw(st.sampled_from((0, 0, 30)))),
        channel=draw(st.sampled_from(CHANNELS)),
        state=draw(st.sampled_from(STATES)),
        number=draw(st.sampled_from(KEYS)),
        person=draw(st.sampled_from(PEOPLE)),
        debt=draw(st.sampled_from(KEYS)),
        talk_seconds=draw(st.sampled_from((0, 10, 100))),
        was_asked_for=draw(st.sampled_from((False, False, True))),
        inbound=draw(st.sampled_from((False, False, False, True))),
    )


@st.composite
def holds(draw: st.DrawFn, around: datetime) -> Hold:
    """Draw a hold of the days around a moment."""
    starts = around.date() + timedelta(days=draw(st.integers(-9, 3)))
    ends = draw(st.one_of(st.none(), st.integers(0, 12)))
    lifted = draw(st.one_of(st.none(), st.integers(-9 * 24 * 60, 24 * 60)))
    return Hold(
        kind=draw(st.sampled_from(("complaint", "plan"))),
        stops=draw(st.sampled_from(("", "remind", "voice", "letters", "counsel", "all"))),
        starts_on=starts,
        ends_on=None if ends is None else starts + timedelta(days=ends),
        lifted_at=None if lifted is None else around + timedelta(minutes=lifted),
    )


@st.composite
def wishes(draw: st.DrawFn, around: datetime) -> Wish:
    """Draw a callback or a consent of the days around a moment."""
    at = around + timedelta(minutes=draw(st.integers(-8 * 24 * 60, 12 * 60)))
    lasts = draw(st.one_of(st.none(), st.integers(1, 9 * 24 * 60)))
    return Wish(at, None if lasts is None else at + timedelta(minutes=lasts))


@st.composite
def facts(draw: st.DrawFn) -> ContactFacts:
    """Draw a question with its facts, often near a change of the clock."""
    at = draw(MOMENTS)
    rarely: Any = st.sampled_from((False, False, False, False, True))
    number = draw(st.sampled_from(("A", "B", None)))
    return ContactFacts(
        at=at,
        channel=draw(st.sampled_from(CHANNELS)),
        zone=draw(st.sampled_from(ZONES)),
        number=number,
        person=draw(st.sampled_from(PEOPLE)),
        debt=draw(st.sampled_from(KEYS)),
        purpose=draw(st.sampled_from(("collect", "collect", "reminder", "answer"))),
        to_counsel=draw(rarely),
        other_zones=tuple(draw(st.lists(st.sampled_from(ZONES), max_size=1))),
        noon_zone=draw(st.one_of(st.none(), st.sampled_from(ZONES))),
        past=tuple(draw(st.lists(contacts(at), max_size=12))),
        own_numbers=tuple(
            OwnNumber(key, at - timedelta(days=1) if draw(st.booleans()) else None)
            for key in draw(st.sets(st.sampled_from(KEYS)))
        ),
        holds=tuple(draw(st.lists(holds(at), max_size=2))),
        refused_at=at if draw(rarely) else None,
        refused_until=draw(st.sampled_from((None, at + timedelta(days=7)))),
        has_case=not draw(rarely),
        callbacks=tuple(draw(st.lists(wishes(at), max_size=2))),
        consents=tuple(draw(st.lists(wishes(at), max_size=1))),
        promises_due=frozenset({at.date()} if draw(rarely) else ()),
        collector_used=draw(st.integers(0, 6)),
        company_zone=draw(st.sampled_from(ZONES)),
        calendar=holidays,
    )
