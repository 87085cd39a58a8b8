"""The table of holds against the presets."""

from datetime import date, timedelta

import pytest

from cases.hold_kinds import (
    KINDS,
    SELF_ENDING,
    after_working_days,
    answer_by,
    may_lift,
    may_open,
    own_end,
)

MONDAY = date(2026, 3, 2)
# kind: contact, assign, waiver, clock, scope, days to the deadline
PRESET = {
    "dispute": ("voice", "", "", "runs", "case", 20),
    "complaint": ("all", "lead", "", "runs", "person", 15),
    "hardship": ("remind", "", "hardship", "runs", "person", 30),
    "deceased": ("all", "stops", "stops", "pauses", "person", 30),
    "legal": ("counsel", "stops", "two_admins", "runs", "case", 90),
    "bankruptcy": ("all", "stops", "stops", "pauses", "person", 90),
    "fraud": ("all", "stops", "stops", "pauses", "case", 15),
    "disaster": ("voice", "", "", "pauses", "region", None),
    "payment_check": ("voice", "", "stops", "runs", "case", 2),
    "plan": ("remind", "", "stops", "runs", "case", None),
    "cease": ("letters", "", "", "runs", "person", None),
    "breathing_space": ("all", "stops", "", "pauses", "case", None),
    "vulnerable": ("voice", "by_hand", "", "runs", "person", 90),
}


@pytest.mark.parametrize("code", PRESET)
def test_each_kind_stops_what_the_presets_say(code: str) -> None:
    kind = KINDS[code]
    due = answer_by(code, MONDAY)
    assert (
        kind.contact,
        kind.assign,
        kind.waiver,
        kind.clock,
        kind.scope,
        (due - MONDAY).days if due else None,
    ) == PRESET[code]
    assert kind.placement


def test_the_presets_and_the_promise_are_all_there_is() -> None:
    assert set(KINDS) == {*PRESET, "promise"}
    assert {"payment_check", "plan", "disaster", "breathing_space", "deceased"} == SELF_ENDING
    assert not KINDS["promise"].opens


def test_who_opens_and_who_lifts() -> None:
    opens = {code for code in KINDS if may_open(code, ["collector"])}
    assert opens == {"dispute", "complaint", "deceased", "fraud", "payment_check", "cease"}
    assert may_open("hardship", ["team_lead"])
    assert not may_open("legal", ["team_lead"])
    assert may_open("legal", ["company_admin"])
    assert not may_open("legal", ["company_admin"], at_agency=True)
    assert may_open("complaint", ["finance"])
    assert not may_lift("complaint", ["collector"])
    assert may_lift("payment_check", ["finance"])
    assert not may_lift("payment_check", ["team_lead"])


def test_ends_of_their_own() -> None:
    assert own_end("breathing_space", date(2026, 4, 1)) == date(2026, 5, 31)
    assert own_end("disaster", date(2026, 4, 1)) == date(2026, 6, 30)
    assert own_end("deceased", MONDAY, provisional=True) == date(2026, 3, 9)
    assert own_end("deceased", MONDAY) is None
    assert own_end("complaint", MONDAY) is None
    friday = date(2026, 3, 6)
    assert answer_by("payment_check", friday) == date(2026, 3, 10)
    assert own_end("payment_check", friday) == date(2026, 3, 11)


def test_a_complaint_may_be_given_30_then_60_days() -> None:
    deadline = KINDS["complaint"].deadline
    assert deadline is not None
    first = deadline.falls_on(MONDAY)
    second = deadline.next_after(MONDAY, first)
    assert second == MONDAY + timedelta(days=30)
    third = deadline.next_after(MONDAY, second)
    assert third == MONDAY + timedelta(days=60)
    assert deadline.next_after(MONDAY, third) is None


def test_working_days_of_a_calendar() -> None:
    assert after_working_days(date(2026, 3, 6), 2) == date(2026, 3, 10)
    off = {date(2026, 3, 9)}
    works = lambda day: day.weekday() < 5 and day not in off  # noqa: E731
    assert after_working_days(date(2026, 3, 6), 2, works) == date(2026, 3, 11)
