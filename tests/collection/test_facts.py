"""Facts read from what people type: each kind, what is missing, past and to come, and words."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from collection.facts import FACTS, in_words, plain, read_facts

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 10, 0, 30, tzinfo=ZONE)


def read(**typed: object) -> dict[str, object]:
    return dict(read_facts(required=list(typed), typed=typed, at=AT, zone=ZONE))


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("amount", "1,500.5", Decimal("1500.5")),
        ("amount", Decimal("20.00"), Decimal("20.00")),
        ("date", "20260310", date(2026, 3, 10)),
        ("date", "2026年3月11日", date(2026, 3, 11)),
        ("date", date(2026, 3, 12), date(2026, 3, 12)),
        ("paid_on", "2026-03-10", date(2026, 3, 10)),
        ("time", "2026-03-10 12:40", datetime(2026, 3, 10, 12, 40, tzinfo=ZONE)),
        ("time", "2026-03-10 00:30", datetime(2026, 3, 10, 0, 30, tzinfo=ZONE)),
        ("cause", "job_lost", "job_lost"),
        ("number", "+86 138-0000-1111", "+8613800001111"),
        ("reason", "  unfair ", "unfair"),
    ],
)
def test_a_fact_is_read(name: str, typed: object, value: object) -> None:
    assert read(**{name: typed}) == {name: value}


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("amount", "0"),
        ("amount", "1.005"),
        ("amount", ""),
        ("date", "2026-03-09"),
        ("paid_on", "2026-03-11"),
        ("time", "2026-03-10 00:29"),
        ("time", "later"),
        ("cause", "laziness"),
        ("cause", None),
        ("number", "call me"),
        ("number", "12"),
        ("reason", "x" * 201),
    ],
)
def test_what_cannot_be_is_refused_by_field(name: str, typed: object) -> None:
    with pytest.raises(ValidationError) as caught:
        read(**{name: typed})
    assert list(caught.value.message_dict) == [f"fact_{name}"]


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        read(amount="", date="x", channel="gold")
    assert set(caught.value.message_dict) == {"fact_amount", "fact_date", "fact_channel"}


def test_optional_facts_may_stay_empty_and_others_are_left_out() -> None:
    assert read(died_on="", person_name=None) == {}
    assert read_facts(
        required=["cause"], typed={"cause": "illness", "amount": "x"}, at=AT, zone=ZONE
    )


def test_today_is_the_zones_day() -> None:
    """Half past midnight in Shanghai is still yesterday in UTC."""
    assert read(paid_on="2026-03-10") == {"paid_on": date(2026, 3, 10)}
    lagos = ZoneInfo("Africa/Lagos")
    with pytest.raises(ValidationError):
        read_facts(required=["paid_on"], typed={"paid_on": "2026-03-10"}, at=AT, zone=lagos)


def test_kept_facts_read_in_both_languages() -> None:
    values = read_facts(
        required=["amount", "date", "cause", "number"],
        typed={"amount": "1500", "date": "2026-03-11", "cause": "illness", "number": "13800001111"},
        at=AT,
        zone=ZONE,
    )
    kept = plain(values)
    assert kept == {"amount": "1500", "date": "2026-03-11", "cause": "illness"}
    with translation.override("en"):
        told = [(str(label), text) for label, text in in_words(kept)]
    assert told == [("Amount", "1,500.00"), ("Date", "2026-03-11"), ("Cause", "Illness")]


def test_names_fit_their_column() -> None:
    assert max(map(len, FACTS)) <= 20
