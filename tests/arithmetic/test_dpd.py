"""Days past due: the worked example with a pause, and what holds for any pauses."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.dpd import Pause, aged_from, days_past_due, merged, reaches, running_pause

DUE = date(2026, 3, 1)
PAUSE = Pause(date(2026, 4, 1), date(2026, 5, 31))


@pytest.mark.parametrize(
    ("on", "dpd"),
    [
        (date(2026, 3, 31), 30),
        (date(2026, 4, 1), 31),
        (date(2026, 4, 2), 31),
        (date(2026, 5, 30), 31),
        (date(2026, 5, 31), 31),
        (date(2026, 6, 1), 32),
    ],
)
def test_the_clock_stands_still_in_a_pause(on: date, dpd: int) -> None:
    assert days_past_due(due=DUE, on=on, pauses=[PAUSE]) == dpd


def test_without_a_pause_days_are_days() -> None:
    assert days_past_due(due=DUE, on=date(2026, 6, 1)) == 92
    assert days_past_due(due=DUE, on=DUE) == 0
    assert days_past_due(due=DUE, on=date(2026, 2, 27)) == -2
    assert days_past_due(due=date(2024, 2, 29), on=date(2025, 3, 1)) == 366


def test_pauses_that_overlap_or_touch_are_one() -> None:
    def pause(start: int, end: int | None) -> Pause:
        return Pause(date(2026, 4, start), date(2026, 4, end) if end else None)

    assert merged([pause(9, 12), pause(1, 5), pause(3, 7), pause(7, 8)]) == (
        pause(1, 8),
        pause(9, 12),
    )
    assert merged([pause(1, None), pause(4, 6)]) == (pause(1, None),)
    assert merged([pause(4, 4), pause(6, 5)]) == ()


def test_aged_from_moves_when_the_pause_ends() -> None:
    assert aged_from(due=DUE, on=date(2026, 5, 30), pauses=[PAUSE]) == DUE
    assert aged_from(due=DUE, on=date(2026, 5, 31), pauses=[PAUSE]) == date(2026, 4, 30)


def test_running_pause_is_the_whole_merged_one() -> None:
    pauses = [PAUSE, Pause(date(2026, 5, 31), date(2026, 6, 9))]
    whole = Pause(PAUSE.start, date(2026, 6, 9))
    assert running_pause(on=date(2026, 3, 31), pauses=pauses) is None
    assert running_pause(on=date(2026, 4, 1), pauses=pauses) == whole
    assert running_pause(on=date(2026, 6, 8), pauses=pauses) == whole
    assert running_pause(on=date(2026, 6, 9), pauses=pauses) is None


def test_the_next_boundary_waits_for_the_pause() -> None:
    assert reaches(due=DUE, dpd_target=31, pauses=[PAUSE], after=DUE) == date(2026, 4, 1)
    assert reaches(due=DUE, dpd_target=32, pauses=[PAUSE], after=DUE) == date(2026, 6, 1)
    assert reaches(due=DUE, dpd_target=5, after=date(2026, 4, 9)) == date(2026, 4, 9)
    held = [Pause(date(2026, 4, 1))]
    assert reaches(due=DUE, dpd_target=31, pauses=held, after=DUE) == date(2026, 4, 1)
    assert reaches(due=DUE, dpd_target=32, pauses=held, after=DUE) is None


days = st.integers(-40, 160).map(lambda n: DUE + timedelta(days=n))
pauses_lists = st.lists(st.builds(Pause, days, st.one_of(st.none(), days)), max_size=6)


def counted_day_by_day(due: date, on: date, pauses: list[Pause]) -> int:
    """The definition, word for word."""
    held = 0
    for n in range((on - due).days):
        d = due + timedelta(days=n)
        held += any(p.start <= d < (on if p.end is None else min(p.end, on)) for p in pauses)
    return (on - due).days - held


@given(on=days, pauses=pauses_lists)
def test_equals_the_definition(on: date, pauses: list[Pause]) -> None:
    assert days_past_due(due=DUE, on=on, pauses=pauses) == counted_day_by_day(DUE, on, pauses)


@given(on=days, pauses=pauses_lists)
def test_a_day_adds_one_or_nothing(on: date, pauses: list[Pause]) -> None:
    today = days_past_due(due=DUE, on=on, pauses=pauses)
    tomorrow = days_past_due(due=DUE, on=on + timedelta(days=1), pauses=pauses)
    held = on >= DUE and running_pause(on=on, pauses=pauses) is not None
    assert tomorrow == today + (0 if held else 1)


@given(on=days, pauses=pauses_lists)
def test_aged_from_gives_the_same_days(on: date, pauses: list[Pause]) -> None:
    start = aged_from(due=DUE, on=on, pauses=pauses)
    running = running_pause(on=on, pauses=pauses)
    expected = (on - start).days
    if running is not None and on >= DUE:
        expected = max((running.start - start).days, 0)
    assert days_past_due(due=DUE, on=on, pauses=pauses) == expected


@given(target=st.integers(-20, 120), after=days, pauses=pauses_lists)
def test_reaches_is_the_first_such_day(target: int, after: date, pauses: list[Pause]) -> None:
    first = reaches(due=DUE, dpd_target=target, pauses=pauses, after=after)
    if first is None:
        far = DUE + timedelta(days=400)
        assert days_past_due(due=DUE, on=far, pauses=pauses) < target
        return
    assert first >= after
    assert days_past_due(due=DUE, on=first, pauses=pauses) >= target
    if first > after:
        before = first - timedelta(days=1)
        assert days_past_due(due=DUE, on=before, pauses=pauses) == target - 1
