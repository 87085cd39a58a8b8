"""The order of the worklist: the reasons, one by one, and what must hold of any of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.ranking import (
    AGAIN,
    SKIPPED,
    Rank,
    Standing,
    Stop,
    Weights,
    expected_cents,
    key_of,
    rank_of,
    score_share,
    touch_share,
)

BEGINS = datetime(2026, 11, 20, tzinfo=UTC)
ENDS = BEGINS + timedelta(days=1)
NOON, TOMORROW, YESTERDAY = (
    BEGINS.replace(hour=12),
    ENDS + timedelta(hours=9),
    BEGINS - timedelta(hours=3),
)
PLAIN = Standing(
    begins=BEGINS, ends=ENDS, next_action_at=BEGINS, last_touch_at=YESTERDAY, idle_days=1
)
LONG_AGO = BEGINS - timedelta(days=9)


@pytest.mark.parametrize(
    ("facts", "rank"),
    [
        ({}, Rank.DUE),
        ({"stop": Stop.WHOLLY, "promise_due": BEGINS}, Rank.STOPPED),
        ({"stop": Stop.PARTLY, "broken_at": YESTERDAY}, Rank.STOPPED),
        ({"stop": Stop.PARTLY, "promise_due": BEGINS}, Rank.PROMISE_DUE),
        ({"promise_due": BEGINS, "next_action_at": TOMORROW}, Rank.PROMISE_DUE),
        (
            {"promise_due": BEGINS, "next_action_at": TOMORROW, "last_touch_at": NOON},
            Rank.LATER,
        ),
        ({"promise_due": ENDS, "next_action_at": TOMORROW}, Rank.LATER),
        ({"promise_due": BEGINS - timedelta(days=1)}, Rank.PROMISE_DUE),
        ({"broken_at": YESTERDAY}, Rank.PROMISE_BROKEN),
        ({"broken_at": LONG_AGO, "promise_due": ENDS}, Rank.DUE),
        (
            {"broken_at": LONG_AGO, "next_action_at": TOMORROW},
            Rank.LATER,
        ),
        ({"is_callback": True, "next_action_at": NOON}, Rank.CALLBACK),
        ({"is_callback": True, "next_action_at": LONG_AGO}, Rank.CALLBACK),
        ({"is_callback": True, "next_action_at": TOMORROW}, Rank.LATER),
        ({"is_new": True, "last_touch_at": None}, Rank.NEW),
        ({"is_new": True, "last_touch_at": None, "next_action_at": TOMORROW}, Rank.NEW),
        ({"is_new": True}, Rank.DUE),
        ({"idle_days": 7}, Rank.DUE),
        ({"idle_days": 8}, Rank.UNTOUCHED),
        ({"idle_days": 8, "next_action_at": TOMORROW}, Rank.LATER),
    ],
)
def test_each_reason(facts: dict[str, object], rank: Rank) -> None:
    assert rank_of(replace(PLAIN, **facts), Weights()) is rank  # type: ignore[arg-type]


def test_the_company_says_after_how_many_days_a_case_counts_as_untouched() -> None:
    idle = replace(PLAIN, idle_days=4)
    assert rank_of(idle, Weights(untouched_days=3)) is Rank.UNTOUCHED
    assert rank_of(idle, Weights(untouched_days=4)) is Rank.DUE


def test_keys() -> None:
    assert key_of(PLAIN, Rank.DUE, 12_345) == -12_345
    assert key_of(replace(PLAIN, next_action_at=NOON), Rank.CALLBACK, 5) == int(NOON.timestamp())
    due = replace(PLAIN, promise_due=BEGINS)
    assert key_of(replace(due, next_action_at=NOON), Rank.PROMISE_DUE, 5) == int(NOON.timestamp())
    early = replace(due, next_action_at=LONG_AGO)
    assert key_of(early, Rank.PROMISE_DUE, 5) == int(BEGINS.timestamp())
    again = replace(PLAIN, last_touch_at=BEGINS, next_action_at=NOON)
    assert key_of(again, Rank.DUE, 5) == AGAIN + int(NOON.timestamp())


def test_what_was_skipped_today_stands_last_until_it_is_worked_or_the_day_ends() -> None:
    skipped = replace(PLAIN, skipped_at=NOON)
    assert key_of(skipped, Rank.DUE, 10**17) > SKIPPED
    later = replace(skipped, skipped_at=NOON + timedelta(microseconds=1))
    assert key_of(later, Rank.DUE, 10**17) > key_of(skipped, Rank.DUE, 1)
    assert key_of(replace(skipped, skipped_at=YESTERDAY), Rank.DUE, 7) == -7
    worked = replace(skipped, last_touch_at=NOON, next_action_at=NOON)
    assert key_of(worked, Rank.DUE, 7) < SKIPPED


@pytest.mark.parametrize(
    ("outstanding", "score", "idle", "weights", "cents"),
    [
        ("1000.00", 650, 0, Weights(), 65_000),
        ("1000.00", None, 0, Weights(), 50_000),
        ("1000.00", 400, 0, Weights(score_weight=Decimal(50)), 70_000),
        ("1000.00", 0, 0, Weights(score_weight=Decimal(0)), 100_000),
        ("1000.00", 1000, 7, Weights(touch_weight=Decimal(20)), 120_000),
        ("1000.00", 1000, 99, Weights(touch_weight=Decimal(20), untouched_days=10), 120_000),
        ("0.01", 500, 0, Weights(), 1),
        ("0.01", 499, 0, Weights(), 0),
    ],
)
def test_expected_values(
    outstanding: str, score: int | None, idle: int, weights: Weights, cents: int
) -> None:
    assert expected_cents(Decimal(outstanding), score, idle, weights) == cents


moments = st.integers(-19 * 1440, 10 * 1440).map(
    lambda minutes: BEGINS + timedelta(minutes=minutes)
)
amounts = st.decimals(0, 10**12, places=2, allow_nan=False, allow_infinity=False)
percents = st.decimals(0, 100, places=2)
weights_of_any = st.builds(
    Weights,
    score_weight=percents,
    unknown_score=st.integers(0, 1000),
    touch_weight=percents,
    untouched_days=st.integers(1, 400),
)
standings = st.builds(
    Standing,
    begins=st.just(BEGINS),
    ends=st.just(ENDS),
    next_action_at=moments,
    last_touch_at=st.none() | moments,
    is_new=st.booleans(),
    is_callback=st.booleans(),
    idle_days=st.integers(0, 400),
    promise_due=st.none() | moments,
    broken_at=st.none() | moments,
    stop=st.sampled_from(Stop),
    skipped_at=st.none() | moments,
)
scores = st.none() | st.integers(0, 1000)


@given(standings, weights_of_any, amounts, scores)
def test_every_case_has_a_rank_and_a_key_that_the_column_holds(
    case: Standing, weights: Weights, outstanding: Decimal, score: int | None
) -> None:
    cents = expected_cents(outstanding, score, case.idle_days, weights)
    key = key_of(case, rank_of(case, weights), cents)
    assert -(2**63) < key < 2**63


@given(standings, weights_of_any)
def test_a_hold_never_moves_a_case_up(case: Standing, weights: Weights) -> None:
    free = rank_of(replace(case, stop=Stop.NOT), weights)
    partly = rank_of(replace(case, stop=Stop.PARTLY), weights)
    wholly = rank_of(replace(case, stop=Stop.WHOLLY), weights)
    assert free <= partly <= wholly is Rank.STOPPED


@given(standings, weights_of_any, st.integers(0, 10**15))
def test_skipping_moves_a_case_behind_its_rank_and_into_no_other(
    case: Standing, weights: Weights, cents: int
) -> None:
    before = replace(case, skipped_at=None)
    skipped = replace(case, skipped_at=ENDS - timedelta(seconds=1), last_touch_at=None)
    assert rank_of(before, weights) is rank_of(replace(before, skipped_at=NOON), weights)
    rank = rank_of(skipped, weights)
    assert key_of(skipped, rank, cents) > key_of(replace(skipped, skipped_at=None), rank, cents)


@given(amounts, amounts, scores, st.integers(0, 400), weights_of_any)
def test_more_is_never_expected_of_less(
    one: Decimal, other: Decimal, score: int | None, idle: int, weights: Weights
) -> None:
    low, high = sorted((one, other))
    assert expected_cents(low, score, idle, weights) <= expected_cents(high, score, idle, weights)


@given(amounts, st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 400), weights_of_any)
def test_a_better_score_never_counts_less(
    outstanding: Decimal, one: int, other: int, idle: int, weights: Weights
) -> None:
    low, high = sorted((one, other))
    assert expected_cents(outstanding, low, idle, weights) <= expected_cents(
        outstanding, high, idle, weights
    )


@given(amounts, scores, st.integers(0, 400), weights_of_any)
def test_the_shares_that_are_told_are_those_that_count(
    outstanding: Decimal, score: int | None, idle: int, weights: Weights
) -> None:
    told = outstanding * score_share(score, weights) / 100
    told += told * touch_share(idle, weights) / 100
    cents = expected_cents(outstanding, score, idle, weights)
    assert abs(told - Decimal(cents) / 100) <= Decimal("0.0051")
