"""Local clocks: the next time of a day and the first instant of a date, against trying minutes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.contact_clock import DAY, DAY_MINUTES, midnight, minute_of_day, next_time
from collection.contact_policy import ContactFacts, ContactRules, weigh
from tests.arithmetic.contact.making import ZONES, changes_of

MINUTE = timedelta(minutes=1)
CHANGING = [zone for zone in ZONES if changes_of(zone)]


@st.composite
def near_changes(draw: st.DrawFn) -> tuple[ZoneInfo, datetime, tuple[int, int]]:
    """Draw a zone, a moment near a change of its clock, and a span that begins or ends near it."""
    zone = draw(st.sampled_from(CHANGING))
    change = draw(st.sampled_from(changes_of(zone)))
    moment = change + draw(st.one_of(st.integers(-36 * 60, 36 * 60), st.integers(-90, 90))) * MINUTE
    edge = minute_of_day((change + draw(st.integers(-90, 90)) * MINUTE).astimezone(zone))
    other = draw(st.integers(0, DAY_MINUTES).filter(lambda minute: minute != edge))
    return zone, moment, (min(edge, other), max(edge, other))


def tried_one_by_one(zone: ZoneInfo, moment: datetime, opens: int, closes: int) -> datetime | None:
    for minutes in range(1, 3 * DAY_MINUTES):
        tried = moment + minutes * MINUTE
        if opens <= minute_of_day(tried.astimezone(zone)) < closes:
            return tried
    return None


@settings(max_examples=150, deadline=None)
@given(near_changes())
def test_the_next_opening_is_the_first_minute_that_is_open(
    where: tuple[ZoneInfo, datetime, tuple[int, int]],
) -> None:
    zone, moment, (opens, closes) = where
    if opens <= minute_of_day(moment.astimezone(zone)) < closes:
        return

    found = next_time(zone, moment, opens, lambda minute: opens <= minute < closes)

    assert found == (tried_one_by_one(zone, moment, opens, closes) or found)


@settings(max_examples=150, deadline=None)
@given(near_changes())
def test_the_end_of_a_break_is_the_first_minute_after_it(
    where: tuple[ZoneInfo, datetime, tuple[int, int]],
) -> None:
    zone, moment, (opens, closes) = where
    if not opens <= minute_of_day(moment.astimezone(zone)) < closes:
        return

    found = next_time(zone, moment, closes, lambda minute: not opens <= minute < closes)

    for minutes in range(1, int((found - moment) / MINUTE)):
        assert opens <= minute_of_day((moment + minutes * MINUTE).astimezone(zone)) < closes
    assert not opens <= minute_of_day(found.astimezone(zone)) < closes


@pytest.mark.parametrize("zone", CHANGING, ids=str)
def test_a_date_begins_when_the_clock_first_shows_it(zone: ZoneInfo) -> None:
    for change in changes_of(zone):
        for day in (change.astimezone(zone).date(), change.astimezone(zone).date() + DAY):
            found = midnight(zone, day)

            assert found.astimezone(zone).date() == day
            assert (found - MINUTE).astimezone(zone).date() < day


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ZONES), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_a_window_is_half_open(zone: ZoneInfo, day: date) -> None:
    held = ContactRules(opens=480, closes=1260)

    def allowed(hour: int, minute: int, second: int) -> bool:
        at = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)
        return weigh(ContactFacts(at=at, channel="call", zone=zone), [held]).allowed

    assert [allowed(7, 59, 59), allowed(8, 0, 0)] == [False, True]
    assert [allowed(20, 59, 59), allowed(21, 0, 0)] == [True, False]
    assert midnight(zone, day).tzinfo is UTC
