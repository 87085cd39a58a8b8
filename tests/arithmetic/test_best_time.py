"""When a number is best called."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from collection.best_time import BAND, BestTime, best_times

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of 10 March 2026 in Shanghai."""
    return datetime(2026, 3, 10, hour, minute, tzinfo=SHANGHAI)


def test_the_band_with_the_largest_share_answered() -> None:
    calls = [(1, at(9), False), (1, at(10), True), (1, at(11, 59), True), (1, at(19), True)]
    assert best_times(calls, SHANGHAI) == {1: BestTime(10, 12, 2, 2)}


def test_too_few_calls_or_no_answer_say_nothing() -> None:
    assert best_times([(1, at(10), True), (1, at(12), True)], SHANGHAI) == {}
    assert best_times([(1, at(hour), False) for hour in (9, 11, 13)], SHANGHAI) == {}


def test_the_clock_is_the_persons() -> None:
    calls = [(1, datetime(2026, 3, 10, 2, tzinfo=UTC), True)] * 3
    assert best_times(calls, SHANGHAI)[1].begins == 10


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3),
            st.datetimes(timezones=st.just(UTC), min_value=datetime(2026, 1, 1)),  # noqa: DTZ001
            st.booleans(),
        )
    )
)
def test_no_band_does_better(calls: list[tuple[int, datetime, bool]]) -> None:
    for point, best in best_times(calls, SHANGHAI).items():
        own = [(moment.astimezone(SHANGHAI), spoke) for pk, moment, spoke in calls if pk == point]
        for hour in range(0, 24, BAND):
            inside = [spoke for moment, spoke in own if hour <= moment.hour < hour + BAND]
            if inside:
                assert sum(inside) / len(inside) <= best.answered / best.calls
