"""What a company adds to the contact gate's rules, and what the worked timelines leave open."""

from datetime import date
from typing import Any

import pytest

from collection.contact_clock import clocks_of
from collection.contact_policy import ContactRules, Decision, Hold, OwnNumber, Wish
from collection.contact_rules import NO_LIMITS, Break, strictest
from tests.arithmetic.contact.timelines import (
    CN,
    LONDON,
    LOS_ANGELES,
    NEW_YORK,
    UK,
    US,
    ask,
    contact,
    moment,
)


def denied(decision: Decision) -> list[str]:
    return [one.rule for one in decision.denials]


def test_without_rules_nothing_is_denied() -> None:
    decision = ask("03-10 03:00", NO_LIMITS)

    assert (decision.allowed, decision.denials, decision.next_at) == (True, (), None)


def test_a_limit_per_borrower_counts_every_contact_of_every_debt() -> None:
    mine = strictest(CN, ContactRules(borrower_a_day=3))
    past = (
        contact("03-10 09:00", "sent", channel="sms", debt="B"),
        contact("03-10 10:00", debt="B", number="B"),
        contact("03-10 11:00", person="spouse", number="S"),
    )

    decision = ask("03-10 15:00", mine, past=past, channel="sms")

    assert denied(decision) == ["borrower_day"]
    assert decision.next_at == moment("03-11 08:00")
    assert ask("03-10 15:00", mine, past=past[:2], channel="sms").allowed


def test_a_limit_per_collector_ends_with_the_companys_date() -> None:
    mine = strictest(UK, ContactRules(collector_a_day=200))
    known: dict[str, Any] = {"zone": LONDON, "company_zone": NEW_YORK}

    assert ask("03-10 20:00", mine, collector_used=199, **known).allowed
    decision = ask("03-10 20:00", mine, collector_used=200, **known)

    assert denied(decision) == ["collector_day"]
    assert decision.next_at == moment("03-11 08:00", LONDON)


@pytest.mark.parametrize(("seconds", "allowed"), [(0, False), (9, False), (10, False), (11, True)])
def test_a_talk_counts_from_the_companys_seconds_on(seconds: int, allowed: bool) -> None:
    mine = ContactRules(conversations_a_day=1, effective_seconds=seconds)
    past = (contact("03-10 09:00", "conversation", talk_seconds=10),)

    assert ask("03-10 10:00", mine, past=past).allowed == allowed


def test_a_call_in_progress_counts_as_a_talk_whatever_the_seconds() -> None:
    mine = ContactRules(conversations_a_day=1, effective_seconds=30)

    decision = ask("03-10 10:00", mine, past=(contact("03-10 09:59", "reserved"),))

    assert denied(decision) == ["conversations_day"]


def test_what_the_borrower_began_uses_up_no_cap_but_is_a_conversation() -> None:
    talk = contact("03-10 09:00", "conversation", inbound=True)

    assert ask("03-10 10:00", CN, past=(talk,) * 4).allowed
    local = (talk._replace(at=moment("03-10 09:00", NEW_YORK)),)
    assert denied(ask("03-10 10:00", US, past=local, zone=NEW_YORK)) == ["after_conversation"]


def test_a_third_persons_conversations_count_for_that_person() -> None:
    opened = (OwnNumber("A", moment("03-09 09:00")),)
    talks = tuple(
        contact(f"03-10 {at}", "conversation", person="spouse", number="S")
        for at in ("09:00", "10:00", "11:00")
    )
    known: dict[str, Any] = {"past": talks, "own_numbers": opened}

    decision = ask("03-10 15:00", CN, person="spouse", number="S", **known)

    assert denied(decision) == ["conversations_day"]
    assert ask("03-10 15:00", CN, person="parent", number="P", **known).allowed
    assert ask("03-10 15:00", CN, number="B", **known).allowed


def test_three_days_in_a_row_without_contact_open_third_persons() -> None:
    mine = strictest(CN, ContactRules(third_failures=6, third_days=3))
    past = tuple(contact(f"03-{day} 10:00") for day in ("07", "08", "09"))
    spouse: dict[str, Any] = {"person": "spouse", "number": "S"}

    assert ask("03-10 10:00", mine, past=past, **spouse).allowed
    gap = (contact("03-06 10:00"), *past[1:])
    assert denied(ask("03-10 10:00", mine, past=gap, **spouse)) == ["third_locked"]


def test_a_call_to_the_borrower_in_progress_keeps_third_persons_closed() -> None:
    past = tuple(contact(f"03-09 {at}") for at in ("09:00", "10:00", "11:00"))
    ringing = (*past, contact("03-10 09:59", "reserved"))
    spouse: dict[str, Any] = {"person": "spouse", "number": "S"}

    assert ask("03-10 10:00", CN, past=past, **spouse).allowed
    assert denied(ask("03-10 10:00", CN, past=ringing, **spouse)) == ["third_locked"]


def test_a_talk_after_the_last_number_was_lost_closes_third_persons() -> None:
    lost = (OwnNumber("A", moment("03-10 09:00")),)
    rang_in = (contact("03-10 10:00", "conversation", inbound=True, number="N"),)
    spouse: dict[str, Any] = {"person": "spouse", "number": "S", "own_numbers": lost}

    assert ask("03-10 10:30", CN, **spouse).allowed
    assert denied(ask("03-10 10:30", CN, past=rang_in, **spouse)) == ["third_locked"]


def test_without_any_own_number_third_persons_stay_closed() -> None:
    decision = ask("03-10 10:00", CN, person="spouse", number="S")

    assert denied(decision) == ["third_locked"]
    assert decision.next_at is None


STOPPED = {
    "": "",
    "remind": "call robot sms visit letter",
    "voice": "call robot visit",
    "letters": "call robot sms visit",
    "counsel": "call robot sms visit letter",
    "all": "call robot sms visit letter",
}


@pytest.mark.parametrize("stops", STOPPED)
@pytest.mark.parametrize("channel", ["call", "robot", "sms", "visit", "letter"])
def test_what_a_hold_stops(stops: str, channel: str) -> None:
    held = (Hold("plan", stops, date(2026, 3, 1)),)

    def answer(**known: Any) -> list[str]:
        return denied(ask("03-10 10:00", CN, holds=held, channel=channel, **known))

    expected = ["hold"] if channel in STOPPED[stops].split() else []
    assert answer() == expected
    assert answer(purpose="answer") == []
    assert answer(purpose="reminder") == ([] if stops == "remind" else expected)
    assert answer(to_counsel=True) == ([] if stops == "counsel" else expected)


def test_what_the_borrower_refused_is_left_alone_until_it_is_opened_again() -> None:
    refused = moment("03-10 09:00")

    assert ask("03-10 08:59", CN, refused_at=refused).allowed
    decision = ask("03-10 09:00", CN, refused_at=refused)

    assert denied(decision) == ["own_refused"]
    assert decision.next_at is None


def test_one_visit_a_day_and_none_on_a_holiday() -> None:
    past = (contact("03-10 09:00", "sent", channel="visit"),)

    decision = ask("03-10 15:00", CN, past=past, channel="visit")

    assert denied(decision) == ["visits_day"]
    assert decision.next_at == moment("03-11 08:00")
    assert denied(ask("10-02 10:00", CN, channel="visit")) == ["holiday"]


def test_a_callback_excuses_from_the_holiday_and_from_noon_but_not_from_the_window() -> None:
    def asked(text: str) -> Decision:
        return ask(text, CN, callbacks=(Wish(moment(text)),))

    assert asked("10-01 12:30").allowed
    assert denied(asked("10-01 21:30")) == ["window"]


def test_the_next_time_is_that_of_a_callback_if_it_comes_first() -> None:
    calls = (Wish(moment("03-10 12:40"), moment("03-10 12:50")),)

    assert ask("03-10 12:30", CN, callbacks=calls).next_at == moment("03-10 12:40")
    assert ask("03-10 12:50", CN, callbacks=calls).next_at == moment("03-10 14:00")


def test_a_promise_due_today_excuses_from_noon_only() -> None:
    due: dict[str, Any] = {"promises_due": frozenset({date(2026, 3, 10), date(2026, 10, 1)})}

    assert ask("03-10 12:30", CN, **due).allowed
    assert not ask("03-11 12:30", CN, **due).allowed
    assert denied(ask("10-01 12:30", CN, **due)) == ["holiday"]


def test_a_stricter_break_is_not_excused() -> None:
    mine = strictest(CN, ContactRules(breaks=(Break(720, 780, False),)))
    calls = (Wish(moment("03-10 12:40"), moment("03-10 13:40")),)

    decision = ask("03-10 12:40", mine, callbacks=calls)

    assert denied(decision) == ["noon"]
    assert decision.next_at == moment("03-10 13:00")


def test_every_rule_that_denies_is_listed_in_order_and_next_satisfies_all() -> None:
    past = (
        *(contact(f"10-01 0{hour}:00", "conversation") for hour in (1, 2, 3)),
        *(contact(f"10-01 0{hour}:30") for hour in (1, 2, 3)),
    )
    held = (Hold("plan", "all", date(2026, 10, 1), date(2026, 10, 9)),)

    decision = ask("10-01 21:00", CN, past=past, holds=held)

    assert denied(decision) == [
        *("hold", "holiday", "window", "conversations_day", "attempts_number_day"),
    ]
    assert decision.next_at == moment("10-09 08:00")
    assert [one.next_at for one in decision.denials] == [
        moment("10-09 00:00"),
        moment("10-08 00:00"),
        moment("10-02 08:00"),
        moment("10-02 00:00"),
        moment("10-02 00:00"),
    ]


def test_letters_know_no_hours() -> None:
    assert ask("10-01 23:00", CN, channel="letter").allowed


def test_clocks_that_never_agree_have_no_next_time() -> None:
    mine = ContactRules(opens=480, closes=600, every_clock=True)

    decision = ask("03-10 09:00", mine, zone=NEW_YORK, other_zones=(LONDON,))

    assert decision.next_at is None


def test_a_western_chinese_address_or_clock_means_two_clocks() -> None:
    shanghai, urumqi = "Asia/Shanghai", "Asia/Urumqi"
    for zone, region in (("Asia/Shanghai", "Xinjiang"), ("Asia/Kashgar", ""), (urumqi, "新疆")):
        clocks = clocks_of(type(NEW_YORK)(zone), region=region)
        assert clocks.zone.key == shanghai
        assert [other.key for other in clocks.others] == [urumqi]
        assert clocks.noon is not None
        assert clocks.noon.key == urumqi
    assert clocks_of(type(NEW_YORK)(shanghai), region="四川").others == ()
    assert clocks_of(NEW_YORK, number_zone=LOS_ANGELES).others == (LOS_ANGELES,)
    assert clocks_of(NEW_YORK, number_zone=NEW_YORK).others == ()


def test_a_placed_case_has_the_strictest_window_of_all_sides() -> None:
    agency = ContactRules(opens=540, bases=(("opens", "house rule"),))

    decision = ask("03-10 08:30", CN, agency)

    assert decision.next_at == moment("03-10 09:00")
    assert "house rule" in decision.denials[0].legal_basis
