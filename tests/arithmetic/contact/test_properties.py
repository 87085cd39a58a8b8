"""What holds for the contact gate whatever the facts, the rules, and the clocks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from collection.contact_policy import (
    RULES,
    ContactFacts,
    ContactRules,
    Decision,
    PastContact,
    weigh,
)
from collection.contact_rules import NO_LIMITS, only_tightened, strictest
from tests.arithmetic.contact.making import CHANGES, ZONES, facts, holidays, rules

MINUTE = timedelta(minutes=1)
SEVEN_DAYS = timedelta(hours=168)


def decide(known: ContactFacts, at: datetime, *held: ContactRules) -> Decision:
    """Ask again at another moment of the same collector's day, as if nothing else had happened."""
    zone = known.company_zone or known.zone
    same = at.astimezone(zone).date() == known.at.astimezone(zone).date()
    used = known.collector_used if same else 0
    return weigh(replace(known, at=at, collector_used=used), held)


@settings(max_examples=120, deadline=None)
@given(facts(), rules())
def test_next_is_allowed_and_the_minute_before_is_not(
    known: ContactFacts, held: ContactRules
) -> None:
    decision = weigh(known, [held])
    if decision.next_at is None:
        return

    at = decision.next_at
    assert not decision.allowed
    assert at >= known.at
    assert (at.second, at.microsecond) == (0, 0)
    assert decide(known, at, held).allowed
    if at - MINUTE >= known.at:
        assert not decide(known, at - MINUTE, held).allowed


@settings(max_examples=60, deadline=None)
@given(facts(), rules(), st.integers(1, 3 * 24 * 60))
def test_no_minute_before_next_is_allowed(
    known: ContactFacts, held: ContactRules, minutes: int
) -> None:
    decision = weigh(known, [held])
    if decision.allowed:
        return

    tried = known.at.replace(second=0, microsecond=0) + minutes * MINUTE
    if decision.next_at is None or tried < decision.next_at:
        assert not decide(known, tried, held).allowed


@settings(max_examples=100, deadline=None)
@given(facts(), rules(), rules())
def test_a_rule_only_ever_removes_contacts(
    known: ContactFacts, held: ContactRules, further: ContactRules
) -> None:
    both = weigh(known, [held, further])

    if both.allowed:
        # The seconds that make a talk count are the fewer of two; they are weighed as such.
        assert weigh(known, [held]).allowed
        assert weigh(known, [further]).allowed
    assert weigh(known, [strictest(held, further)]) == both
    assert weigh(known, [further, held]) == both


@settings(max_examples=60, deadline=None)
@given(facts(), rules(), rules())
def test_whatever_passes_as_tightened_removes_contacts(
    known: ContactFacts, preset: ContactRules, wanted: ContactRules
) -> None:
    tightened = strictest(preset, wanted)

    assert not only_tightened(preset, tightened)
    if not only_tightened(preset, wanted):
        wanted = replace(wanted, effective_seconds=preset.effective_seconds)
        if weigh(known, [wanted]).allowed:
            assert weigh(known, [preset]).allowed


@settings(max_examples=100)
@given(rules(), rules(), rules())
def test_strictest_is_the_same_in_any_order(
    a: ContactRules, b: ContactRules, c: ContactRules
) -> None:
    assert strictest(a, b) == strictest(b, a)
    assert strictest(strictest(a, b), c) == strictest(a, strictest(b, c))
    assert strictest(a, a) == a
    assert strictest(a, NO_LIMITS) == a


@settings(max_examples=60, deadline=None)
@given(facts(), rules())
def test_a_decision_explains_itself(known: ContactFacts, held: ContactRules) -> None:
    decision = weigh(known, [held])

    names = [one.rule for one in decision.weighed]
    denied = [one.rule for one in decision.denials]
    assert names == [rule for rule in RULES if rule in names]
    assert denied == [one.rule for one in decision.weighed if not one.allowed]
    assert decision.allowed == (not denied)
    if decision.next_at is not None:
        assert all(one.next_at and one.next_at <= decision.next_at for one in decision.denials)


class Story:
    """A borrower to whom a sequence of tries happens; what the gate lets through is kept."""

    def __init__(self, zone: ZoneInfo, held: ContactRules, start: datetime) -> None:
        self.zone, self.held, self.now = zone, held, start
        self.made: list[PastContact] = []

    def attempt(self, wait: int, channel: str, number: str, debt: str, state: str) -> None:
        """Try after a while; if it is denied, wait no longer than is said, and try once more."""
        self.now += timedelta(minutes=wait)
        known = self.question(channel, number, debt)
        decision = weigh(known, [self.held])
        if decision.next_at is not None:
            early = decision.next_at - MINUTE
            assert early < self.now or not weigh(replace(known, at=early), [self.held]).allowed
            self.now = decision.next_at
            decision = weigh(replace(known, at=self.now), [self.held])
            assert decision.allowed
        if decision.allowed:
            self.made.append(PastContact(self.now, channel, state, number, debt=debt))

    def question(self, channel: str, number: str, debt: str) -> ContactFacts:
        return ContactFacts(
            at=self.now,
            channel=channel,
            zone=self.zone,
            number=number,
            debt=debt,
            past=tuple(self.made),
            calendar=holidays,
        )

    def dates(self, chosen: Sequence[PastContact]) -> list[date]:
        return [one.at.astimezone(self.zone).date() for one in chosen]


TRIES = st.lists(
    st.tuples(
        st.sampled_from((0, 0, 0, 1, 55, 300, 1380)),
        st.sampled_from(("call", "call", "call", "robot", "sms", "visit")),
        st.sampled_from("AAB"),
        st.sampled_from("AAB"),
        st.sampled_from(("unanswered", "unanswered", "conversation", "reserved", "invalid")),
    ),
    min_size=20,
    max_size=40,
)
LIMITS = ("conversations_a_day", "attempts_a_number", "visits_a_day", "borrower_a_day")


def most_on_a_date(dates: list[date]) -> int:
    return max((dates.count(day) for day in dates), default=0)


def check_days(story: Story) -> None:
    """No cap of a day is broken on any local date."""
    calls = [one for one in story.made if one.channel in ("call", "robot")]
    counted = {
        "conversations_a_day": [
            [one for one in calls if one.state in ("conversation", "reserved")],
        ],
        "attempts_a_number": [[one for one in calls if one.number == key] for key in "AB"],
        "visits_a_day": [[one for one in story.made if one.channel == "visit"]],
        "borrower_a_day": [story.made],
    }
    for limit in LIMITS:
        most = getattr(story.held, limit)
        if most is not None:
            assert all(most_on_a_date(story.dates(one)) <= most for one in counted[limit]), limit


def check_sevens(story: Story) -> None:
    """No seven dates in a row hold too many calls, nor do 168 hours where those count."""
    calls = [one for one in story.made if one.channel in ("call", "robot")]
    held = story.held
    for chosen, most in (
        *(([one for one in calls if one.debt == debt], held.calls_in_seven) for debt in "AB"),
        (calls, held.calls_in_seven_person),
    ):
        if most is None:
            continue
        dates = story.dates(chosen)
        for day in dates:
            assert sum(day <= other < day + timedelta(days=7) for other in dates) <= most
        if held.seven_rolling:
            for first in chosen:
                inside = [one for one in chosen if first.at <= one.at < first.at + SEVEN_DAYS]
                assert len(inside) <= most


def check_hours(story: Story) -> None:
    """Nothing went out before the window opened or after it closed, nor soon after a talk."""
    held = story.held
    for one in story.made:
        local = one.at.astimezone(story.zone)
        assert held.opens <= local.hour * 60 + local.minute < held.closes
        if one.channel not in ("call", "robot") or not held.after_conversation_days:
            continue
        talks = [
            talk
            for talk in story.made
            if talk.channel in ("call", "robot")
            and talk.debt == one.debt
            and talk.state in ("conversation", "reserved")
            and talk is not one
            and story.made.index(talk) < story.made.index(one)
        ]
        quiet = timedelta(days=held.after_conversation_days)
        assert all(day + quiet <= local.date() for day in story.dates(talks))


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(ZONES),
    rules(most=3),
    st.sampled_from(CHANGES),
    st.integers(-4 * 24 * 60, 0),
    TRIES,
)
def test_no_sequence_of_contacts_breaks_a_cap(
    zone: ZoneInfo,
    held: ContactRules,
    change: datetime,
    before: int,
    tries: list[tuple[int, str, str, str, str]],
) -> None:
    story = Story(zone, replace(held, effective_seconds=0), change + timedelta(minutes=before))
    for wait, channel, number, debt, state in tries:
        story.attempt(wait, channel, number, debt, state)

    check_days(story)
    check_sevens(story)
    check_hours(story)
