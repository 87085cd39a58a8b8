"""Promises judged: the worked examples P1–P14 over plain values, and what holds of any facts."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.promise_judging import (
    Judgement,
    PromiseFacts,
    RepaymentFacts,
    judge,
    suffices,
)

ZONE = ZoneInfo("Asia/Shanghai")
MADE = datetime(2026, 3, 10, 11, tzinfo=ZONE)


def promised(amount: str = "1000.00", key: int = 1, **facts: object) -> PromiseFacts:
    """The promise of the examples: made 03-10, due 03-13, last day 03-14, 5 %."""
    values = {
        "key": key,
        "made_at": MADE,
        "amount": Decimal(amount),
        "due_on": date(2026, 3, 13),
        "grace_days": 1,
        "tolerance_percent": Decimal(5),
    }
    return PromiseFacts(**(values | facts))  # type: ignore[arg-type]


def paid(key: int, on: int, amount: str, *, is_reversed: bool = False) -> RepaymentFacts:
    at = datetime(2026, 3, on, 15, tzinfo=ZONE)
    return RepaymentFacts(key, at, Decimal(amount), is_reversed)


def state_on(
    day: int, repayments: Sequence[RepaymentFacts] = (), promise: PromiseFacts | None = None
) -> tuple[str, str]:
    (one,) = judge([promise or promised()], repayments, on=date(2026, 3, day), zone=ZONE)
    return one.state, str(one.received)


EXAMPLES: dict[str, list[tuple[int, list[RepaymentFacts], tuple[str, str]]]] = {
    "P1": [(13, [paid(1, 13, "1000.00")], ("kept", "1000.00"))],
    "P2": [
        (11, [paid(1, 11, "400.00")], ("open", "400.00")),
        (13, [paid(1, 11, "400.00"), paid(2, 13, "560.00")], ("kept", "960.00")),
    ],
    "P3": [(14, [paid(1, 14, "950.00")], ("kept", "950.00"))],
    "P4": [
        (14, [paid(1, 14, "949.99")], ("open", "949.99")),
        (15, [paid(1, 14, "949.99")], ("partly", "949.99")),
    ],
    "P5": [(14, [], ("open", "0.00")), (15, [], ("broken", "0.00"))],
    "P6": [(15, [], ("broken", "0.00")), (15, [paid(1, 15, "1000.00")], ("broken", "0.00"))],
    "P7": [(15, [], ("broken", "0.00")), (17, [paid(1, 14, "1000.00")], ("kept", "1000.00"))],
    "P8": [(15, [paid(1, 9, "1000.00")], ("broken", "0.00"))],
    "P9": [
        (12, [paid(1, 12, "1000.00")], ("kept", "1000.00")),
        (13, [paid(1, 12, "1000.00", is_reversed=True)], ("open", "0.00")),
        (15, [paid(1, 12, "1000.00", is_reversed=True)], ("broken", "0.00")),
    ],
    "P10": [
        (12, [paid(1, 12, "1000.00")], ("kept", "1000.00")),
        (20, [paid(1, 12, "1000.00", is_reversed=True)], ("broken", "0.00")),
    ],
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_worked_examples(example: str) -> None:
    for day, repayments, expected in EXAMPLES[example]:
        assert state_on(day, repayments) == expected, (example, day)


def test_p11_nothing_is_left_to_pay() -> None:
    promise = promised(is_settled=True)
    assert state_on(12, [paid(1, 12, "600.00")], promise) == ("kept", "600.00")


def test_nothing_left_is_no_merit_of_a_replaced_promise() -> None:
    newer = promised(key=2, made_at=datetime(2026, 3, 12, 9, tzinfo=ZONE), is_settled=True)
    first, second = judge([promised(is_settled=True), newer], [], on=date(2026, 3, 13), zone=ZONE)
    assert (first.state, second.state) == ("superseded", "kept")


def test_p12_a_new_promise_supersedes_and_each_repayment_stays_where_it_is() -> None:
    newer = promised(key=2, made_at=datetime(2026, 3, 12, 9, tzinfo=ZONE), due_on=date(2026, 3, 20))
    money = [paid(1, 11, "300.00"), paid(2, 13, "700.00")]
    first, second = judge([promised(), newer], money, on=date(2026, 3, 13), zone=ZONE)
    assert (first.state, first.received, first.superseded_at) == (
        "superseded",
        Decimal("300.00"),
        newer.made_at,
    )
    assert (second.state, second.received, second.counted) == ("open", Decimal("700.00"), (2,))


def test_p13_withdrawn_stays_withdrawn() -> None:
    promise = promised(withdrawn_at=datetime(2026, 3, 12, 9, tzinfo=ZONE))
    assert state_on(12, [paid(1, 11, "300.00")], promise) == ("withdrawn", "300.00")
    assert state_on(20, [paid(1, 13, "1000.00")], promise) == ("withdrawn", "0.00")


def test_p14_without_rounding() -> None:
    promise = promised("333.33")
    assert state_on(13, [paid(1, 13, "316.66")], promise) == ("open", "316.66")
    assert state_on(13, [paid(1, 13, "316.67")], promise) == ("kept", "316.67")
    assert not suffices(Decimal("316.66"), Decimal("333.33"), Decimal(5))


def test_a_reversal_under_a_newer_promise_leaves_the_first_superseded() -> None:
    """Only one promise of a loan is ever open."""
    newer = promised(
        key=2, made_at=datetime(2026, 3, 12, 18, tzinfo=ZONE), due_on=date(2026, 3, 20)
    )
    money = [paid(1, 12, "1000.00")]
    gone = [paid(1, 12, "1000.00", is_reversed=True)]
    for repayments, state in ((money, "kept"), (gone, "superseded")):
        first, second = judge([promised(), newer], repayments, on=date(2026, 3, 12), zone=ZONE)
        assert (first.state, second.state) == (state, "open")


def test_the_day_is_the_lenders() -> None:
    """23:59 of the last day in Shanghai is 15:59 in London: in time for the one only."""
    last = RepaymentFacts(1, datetime(2026, 3, 14, 23, 59, tzinfo=ZONE), Decimal(1000))
    late = RepaymentFacts(2, datetime(2026, 3, 15, 0, 0, tzinfo=ZONE), Decimal(1000))
    assert state_on(15, [last])[0] == "kept"
    assert state_on(15, [late])[0] == "broken"
    (one,) = judge([promised()], [late], on=date(2026, 3, 15), zone=ZoneInfo("Europe/London"))
    assert one.state == "kept"


FIRST = datetime(2026, 3, 1, tzinfo=ZONE)
moments = st.integers(0, 40 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))
amounts = st.integers(1, 200_000).map(lambda cents: Decimal(cents) / 100)


@st.composite
def promise_lists(draw: st.DrawFn) -> list[PromiseFacts]:
    made = sorted(draw(st.lists(moments, max_size=5, unique=True)))
    return [
        PromiseFacts(
            key=key,
            made_at=at,
            amount=draw(amounts),
            due_on=at.date() + timedelta(days=draw(st.integers(0, 12))),
            grace_days=draw(st.integers(0, 3)),
            tolerance_percent=Decimal(draw(st.integers(0, 100))),
            withdrawn_at=draw(st.none() | st.just(at + timedelta(hours=30))),
            is_settled=draw(st.booleans()),
        )
        for key, at in enumerate(made, start=1)
    ]


repayment_lists = st.lists(
    st.builds(RepaymentFacts, st.integers(1, 10**6), moments, amounts, st.booleans()),
    max_size=8,
    unique_by=lambda each: each.key,
)
days = st.integers(0, 60).map(lambda n: date(2026, 3, 1) + timedelta(days=n))


def judged(
    promises: Sequence[PromiseFacts], money: Sequence[RepaymentFacts], on: date
) -> tuple[Judgement, ...]:
    return judge(promises, money, on=on, zone=ZONE)


@given(promise_lists(), repayment_lists, days, st.randoms())
def test_the_order_of_arrival_does_not_matter(
    promises: list[PromiseFacts], money: list[RepaymentFacts], on: date, chance: Random
) -> None:
    before = judged(promises, money, on)
    chance.shuffle(promises)
    chance.shuffle(money)
    assert judged(promises, money, on) == before


@given(promise_lists(), repayment_lists, days)
def test_a_repayment_counts_at_most_once_and_a_reversed_one_never(
    promises: list[PromiseFacts], money: list[RepaymentFacts], on: date
) -> None:
    told = judged(promises, money, on)
    counted = [key for each in told for key in each.counted]
    assert len(counted) == len(set(counted))
    live = {each.key: each.amount for each in money if not each.is_reversed}
    assert set(counted) <= set(live)
    for each in told:
        assert each.received == sum((live[key] for key in each.counted), Decimal(0))


@given(promise_lists(), repayment_lists, days)
def test_a_reversal_and_the_same_money_again_change_nothing(
    promises: list[PromiseFacts], money: list[RepaymentFacts], on: date
) -> None:
    again = [
        *(RepaymentFacts(each.key, each.paid_at, each.amount, True) for each in money),
        *(
            RepaymentFacts(each.key + 10**7, each.paid_at, each.amount, each.is_reversed)
            for each in money
        ),
    ]
    assert [(each.state, each.received) for each in judged(promises, again, on)] == [
        (each.state, each.received) for each in judged(promises, money, on)
    ]


@given(promise_lists(), repayment_lists, days)
def test_at_most_the_newest_is_open_and_not_after_its_last_day(
    promises: list[PromiseFacts], money: list[RepaymentFacts], on: date
) -> None:
    on = max(on, *(each.made_at.date() for each in promises)) if promises else on
    told = judged(promises, money, on)
    assert {each.key for each in told if each.state == "open"} <= {len(promises)}
    late = {each.key for each in promises if on > each.last_day}
    assert not late & {each.key for each in told if each.state == "open"}


@given(promise_lists(), repayment_lists, days, st.integers(1, 30))
def test_time_alone_only_decides_what_was_open(
    promises: list[PromiseFacts], money: list[RepaymentFacts], on: date, later: int
) -> None:
    before = judged(promises, money, on)
    after = judged(promises, money, on + timedelta(days=later))
    for one, other in zip(before, after, strict=True):
        assert one.received == other.received
        assert one.state == other.state or (
            one.state == "open" and other.state in ("partly", "broken")
        )


@given(promise_lists(), repayment_lists, days, moments, amounts)
def test_more_money_never_breaks_a_promise(
    promises: list[PromiseFacts],
    money: list[RepaymentFacts],
    on: date,
    at: datetime,
    amount: Decimal,
) -> None:
    more = [*money, RepaymentFacts(10**7, at, amount)]
    for one, other in zip(judged(promises, money, on), judged(promises, more, on), strict=True):
        assert other.received >= one.received
        assert one.state != "kept" or other.state == "kept"
