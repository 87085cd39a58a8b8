"""The worked timelines of the contact gate, row by row: the answer, its rules, and what is next."""

from datetime import date
from typing import Any, NamedTuple

import pytest

from collection.contact_clock import SHANGHAI, clocks_of
from collection.contact_policy import Hold, OwnNumber, PastContact, Wish
from collection.contact_rules import ContactRules, strictest
from tests.arithmetic.contact.timelines import (
    CN,
    IN,
    KOLKATA,
    LONDON,
    LOS_ANGELES,
    NEW_YORK,
    UK,
    US,
    ask,
    contact,
    moment,
)


class Row(NamedTuple):
    """One moment of a timeline: when, which rules deny ("" none), and what is next ("" none)."""

    at: str
    denied: str = ""
    next: str = ""
    known: dict[str, Any] = {}


def check(row: Row, *rules: ContactRules, **known: Any) -> None:
    known |= row.known
    decision = ask(row.at, *rules, **known)

    assert " ".join(denial.rule for denial in decision.denials) == row.denied
    assert decision.allowed == (not row.denied)
    wanted = moment(row.next, known.get("zone", SHANGHAI)) if row.next else None
    assert decision.next_at == wanted
    assert all(denial.legal_basis for denial in decision.denials)


def rows(table: dict[str, list[Row]]) -> pytest.MarkDecorator:
    """Make a test of every row, named after the example and the moment."""
    return pytest.mark.parametrize(
        ("example", "row"),
        [
            pytest.param(name, row, id=f"{name} {row.at} {number}")
            for name, rows_ in table.items()
            for number, row in enumerate(rows_)
        ],
    )


SMS = {"channel": "sms"}
SPOUSE = {"person": "spouse", "number": "S"}
FRIEND = {"person": "friend", "number": "F"}

XINJIANG = clocks_of(SHANGHAI, region="新疆维吾尔自治区")
C2 = {"zone": XINJIANG.zone, "other_zones": XINJIANG.others, "noon_zone": XINJIANG.noon}

THREE_TALKS = (
    contact("03-10 09:05", "conversation"),
    contact("03-10 14:20", "conversation", number="B"),
    contact("03-10 16:40", "conversation", channel="robot"),
)
TWO_TALKS = THREE_TALKS[:2]
SIX_UNANSWERED = tuple(
    contact(f"03-10 {at}") for at in ("08:30", "09:30", "10:30", "11:30", "14:30", "15:30")
)
C6 = tuple(contact(f"03-10 {at}") for at in ("09:00", "11:00", "15:00"))
C6_TALKED = (*C6, contact("03-11 10:00", "conversation"))
C7 = (
    contact("03-10 09:00"),
    contact("03-10 10:00"),
    contact("03-10 11:00", "conversation"),
    contact("03-10 15:00"),
)
EMPTY = (contact("03-10 09:10", "invalid"),)
A_GONE = OwnNumber("A", moment("03-10 09:10"))
COMPLAINT = Hold("complaint", "all", date(2026, 3, 12), opened_at=moment("03-12 09:00"))
LIFTED = COMPLAINT._replace(lifted_at=moment("03-20 10:00"))
HOLIDAYS = "10-08 08:00"

CHINA = {
    "C1": [
        Row("03-10 07:59:59", "window", "03-10 08:00"),
        Row("03-10 08:00:00"),
        Row("03-10 20:59:59"),
        Row("03-10 21:00:00", "window", "03-11 08:00"),
    ],
    "C2": [
        Row("03-10 09:30", "window", "03-10 10:00", C2),
        Row("03-10 10:00", known=C2),
        Row("03-10 12:30", known=C2),
        Row("03-10 14:30", "noon", "03-10 16:00", C2),
        Row("03-10 20:30", known=C2),
        Row("03-10 21:00", "window", "03-11 10:00", C2),
    ],
    "C3": [
        Row("03-10 17:30", "conversations_day", "03-11 08:00", {"past": THREE_TALKS}),
        Row("03-10 17:31", known={"past": THREE_TALKS} | SMS),
    ],
    "C4": [
        Row(
            "03-10 16:40:10",
            "conversations_day",
            "03-11 08:00",
            {"past": (*TWO_TALKS, contact("03-10 16:40:00", "reserved"))},
        ),
        Row("03-10 16:41:00", known={"past": (*TWO_TALKS, contact("03-10 16:40:00"))}),
    ],
    "C5": [
        Row("03-10 16:30", "attempts_number_day", "03-11 08:00", {"past": SIX_UNANSWERED}),
        Row("03-10 16:30", known={"past": SIX_UNANSWERED, "number": "B"}),
    ],
    "C6": [
        Row("03-10 15:30", "third_locked", "03-11 08:00", {"past": C6} | SPOUSE),
        Row("03-11 08:00", known={"past": C6} | SPOUSE),
        Row("03-11 10:30", "third_locked", "", {"past": C6_TALKED} | SPOUSE),
    ],
    "C7": [Row("03-11 09:00", "third_locked", "", {"past": C7} | SPOUSE)],
    "C8": [Row("03-10 09:11", known={"past": EMPTY, "own_numbers": (A_GONE,)} | FRIEND)],
    "C9": [
        Row(
            "03-10 09:11",
            "third_locked",
            "",
            {"past": EMPTY, "own_numbers": (A_GONE, OwnNumber("B"))} | FRIEND,
        )
    ],
    "C10": [
        Row(
            "03-10 09:00",
            "third_locked",
            "",
            {"own_numbers": (OwnNumber("A"),), "person": "emergency", "number": "E"},
        )
    ],
    "C11": [
        Row(
            "05-20 10:00",
            "third_refused",
            "",
            {"past": C6, "refused_at": moment("03-11 09:00"), "debt": debt} | SPOUSE,
        )
        for debt in ("A", "B")
    ],
    "C12": [
        Row("03-10 12:30", "noon", "03-10 14:00"),
        Row("03-10 12:40", known={"callbacks": (Wish(moment("03-10 12:40")),)}),
    ],
    "C13": [
        Row("09-30 21:00", "window", HOLIDAYS),
        Row("10-01 10:00", "holiday", HOLIDAYS),
        Row("10-01 10:00", known=SMS),
        Row("10-10 10:00"),
    ],
    "C14": [
        Row("03-13 10:00", "hold", "", {"holds": (COMPLAINT,)}),
        Row("03-20 10:30", "cool_down", "03-27 08:00", {"holds": (LIFTED,)}),
        Row("03-27 08:00", known={"holds": (LIFTED,)}),
    ],
    "C16": [
        Row("03-10 14:30:00", "not_holder", "", {"held_until": moment("03-10 14:30:00")}),
        Row("03-10 14:30:00", known={"held_from": moment("03-10 14:30:00")}),
    ],
}


@rows(CHINA)
def test_china(example: str, row: Row) -> None:
    check(row, CN)


def test_c15_sixteen_dials_at_one_instant_get_three() -> None:
    past: list[PastContact] = []
    nexts = []
    for _ in range(16):
        decision = ask("03-10 10:00:00", CN, past=tuple(past))
        if decision.allowed:
            past.append(contact("03-10 10:00:00", "reserved"))
        else:
            assert [denial.rule for denial in decision.denials] == ["conversations_day"]
            nexts.append(decision.next_at)

    assert len(past) == 3
    assert nexts == [moment("03-11 08:00")] * 13


EST = {"zone": NEW_YORK}
U3_PAST = tuple(
    contact(at, zone=NEW_YORK)
    for at in (
        *("03-02 09:00", "03-02 20:00", "03-03 10:00", "03-04 10:00", "03-05 10:00"),
        "03-06 10:00",
    )
)
SEVEN = (*U3_PAST, contact("03-07 10:00", zone=NEW_YORK))
ONE_FAILED = tuple(one._replace(state="not_connected") if one.at.day == 4 else one for one in SEVEN)
U5 = EST | {"past": (contact("03-04 15:00", "conversation", zone=NEW_YORK),)}
AGREED = {"consents": (Wish(moment("03-05 12:00", NEW_YORK)),)}
U7 = EST | {"other_zones": (LOS_ANGELES,)}

UNITED_STATES = {
    "U1": [
        Row("03-07 12:30Z", "window", "03-07 13:00Z", EST),
        Row("03-08 11:59:59Z", "window", "03-08 12:00Z", EST),
        Row("03-08 12:00Z", known=EST),
    ],
    "U2": [
        Row("11-01 12:30Z", "window", "11-01 13:00Z", EST),
        Row("11-02 01:59:59Z", known=EST),
        Row("11-02 02:00Z", "window", "11-02 13:00Z", EST),
    ],
    "U3": [
        Row("03-07 10:00", known=EST | {"past": U3_PAST}),
        Row("03-08 10:00", "seven_in_seven", "03-09 12:00Z", EST | {"past": SEVEN}),
        Row("03-09 08:00", known=EST | {"past": SEVEN}),
    ],
    "U4": [Row("03-08 10:00", known=EST | {"past": ONE_FAILED})],
    "U5": [
        Row("03-10 20:59", "after_conversation", "03-11 12:00Z", U5),
        Row("03-11 08:00", known=U5),
    ],
    "U6": [Row("03-06 09:00", known=U5 | AGREED)],
    "U7": [
        Row("03-10 10:30", "window", "03-10 11:00", U7),
        Row("03-10 11:00", known=U7),
        Row("03-10 21:00", "window", "03-11 11:00", U7),
    ],
    "U8": [Row("03-08 10:00", known=EST | {"past": SEVEN, "debt": "B", "number": "B"})],
}


@rows(UNITED_STATES)
def test_united_states(example: str, row: Row) -> None:
    check(row, US)


def test_u8_a_cap_per_person_counts_every_debt() -> None:
    mine = strictest(US, ContactRules(calls_in_seven_person=7))
    known = EST | {"past": SEVEN, "debt": "B", "number": "B"}

    check(Row("03-08 10:00", "seven_in_seven", "03-09 12:00Z", known), mine)


def test_u3_rolling_hours_end_with_the_hour_not_with_the_date() -> None:
    mine = strictest(US, ContactRules(seven_rolling=True))
    known = EST | {"past": SEVEN}

    check(Row("03-08 10:00", "seven_in_seven", "03-09 14:00Z", known), mine)
    check(Row("03-09 13:59Z", "seven_in_seven", "03-09 14:00Z", known), mine)
    check(Row("03-09 14:00Z", known=known), mine)


def test_u6_consent_is_good_for_seven_dates() -> None:
    talked = (contact("03-11 10:00", "conversation", zone=NEW_YORK),)
    known = EST | {"past": talked} | AGREED

    check(Row("03-11 20:59", known=known), US)
    check(Row("03-12 08:00", "after_conversation", "03-18 12:00Z", known), US)


BREATHING = Hold("breathing_space", "all", date(2026, 4, 1), date(2026, 5, 31))
SPACE = {"zone": LONDON, "holds": (BREATHING,)}
ELSEWHERE = {
    "K1": [
        Row("03-28 07:30Z", "window", "03-28 08:00Z", {"zone": LONDON}),
        Row("03-29 07:30Z", known={"zone": LONDON}),
    ],
    "K2": [
        Row("05-30 10:00", "hold", "05-31 07:00Z", SPACE),
        Row("05-31 08:00", known=SPACE),
    ],
    "I1": [
        Row("03-10 18:59:59", known={"zone": KOLKATA}),
        Row("03-10 19:00:00", "window", "03-11 08:00", {"zone": KOLKATA}),
    ],
}


@rows(ELSEWHERE)
def test_elsewhere(example: str, row: Row) -> None:
    check(row, IN if example == "I1" else UK)
