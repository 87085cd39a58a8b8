"""What a result says: medians, percentiles, limits, the plan read from the environment."""

import json
from datetime import date
from pathlib import Path

import pytest

from config.bench.book import COLUMNS, write_book
from config.bench.measure import (
    NAMES,
    Limit,
    Line,
    MemoryLine,
    Pair,
    growth_line,
    in_turns,
    line_of_medians,
    percentile,
)
from config.bench.plan import BadPlan, Plan


def test_a_line_is_the_ratio_of_medians_against_its_limit() -> None:
    pair = Pair(ours=[3.0, 1.0, 2.0], baseline=[1.0, 2.0, 1.0])
    line = line_of_medians("assign_even", 100, pair)
    assert json.loads(line.as_json()) == {
        "name": "assign_even",
        "cases": 100,
        "ours_s": 2.0,
        "baseline_s": 1.0,
        "ratio": 2.0,
        "limit": 2.0,
        "holds": True,
        "rounds": 3,
    }
    pair.add(4.0, 1.0)
    assert not line_of_medians("assign_even", 100, pair).holds


def test_a_little_more_is_enough_only_where_it_is_said() -> None:
    assert not Line("x", 1, 0.0010, 0.0007, Limit(1.2)).holds
    assert Line("x", 1, 0.0010, 0.0007, Limit(1.2, or_s_more=0.0005)).holds
    assert not Line("x", 1, 0.0013, 0.0007, Limit(1.2, or_s_more=0.0005)).holds
    assert not Line("x", 1, 0.6, 1.0, Limit(0.5)).holds


def test_growth_may_be_a_tenth_more_than_the_cases() -> None:
    ten_times = growth_line("feed_growth", (100, 1000), (1.0, 10.9))
    assert (ten_times.limit.ratio, ten_times.holds) == (11.0, True)
    twice = growth_line("night_growth", (100, 200), (1.0, 2.3))
    assert (twice.limit.ratio, twice.holds) == (2.2, False)


def test_memory_is_told_in_megabytes() -> None:
    told = json.loads(MemoryLine("night_memory", 10, 123_400_000, 1.5).as_json())
    assert (told["ours_mb"], told["limit_mb"], told["holds"]) == (123.4, 400, True)
    assert not MemoryLine("import_memory", 10, 400_000_000, 1.5).holds


def test_percentile_is_a_sample_that_was_taken() -> None:
    samples = [float(n) for n in range(1, 21)]
    assert percentile(samples, 0.95) == 19.0
    assert percentile(samples, 1.0) == 20.0
    assert percentile([7.0], 0.95) == 7.0


def test_who_goes_first_alternates() -> None:
    order: list[str] = []

    def act(name: str) -> float:
        order.append(name)
        return float(len(order))

    pair = in_turns(3, lambda: act("ours"), lambda: act("baseline"))
    assert order == ["ours", "baseline", "baseline", "ours", "ours", "baseline"]
    assert (pair.ours, pair.baseline) == ([1.0, 4.0, 5.0], [2.0, 3.0, 6.0])


def test_the_plan_is_read_from_the_environment() -> None:
    plan = Plan.of({"BENCH_CASES": "400, 200,400", "BENCH_ONLY": "page_case,feed_growth"})
    assert plan.sizes == (200, 400)
    assert plan.wants("page_case")
    assert not plan.wants("feed_first", "page_worklist")
    assert plan.wants_growth("feed_growth")
    assert not plan.wants_growth("night_growth")
    assert not Plan.of({"BENCH_CASES": "200"}).wants_growth("feed_growth")
    everything = Plan.of({})
    assert everything.sizes == (100_000, 1_000_000)
    assert everything.lenders == 20
    assert everything.names == frozenset(NAMES)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BENCH_CASES", "many"),
        ("BENCH_CASES", "19"),
        ("BENCH_REQUESTS", "0"),
        ("BENCH_ONLY", "page_case,nothing"),
        ("BENCH_PREFIX", "Robert'); --"),
    ],
)
def test_a_plan_that_cannot_be_done_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(BadPlan, match=variable):
        Plan.of({variable: value})


def test_a_book_has_as_many_loans_due_as_asked_for_and_every_day_alike(tmp_path: Path) -> None:
    as_of = date(2024, 5, 1)
    book = write_book(tmp_path / "a.csv", as_of=as_of, due=302, seed="a")
    header, *rows = [line.split(",") for line in book.path.read_text().splitlines()]
    assert header == list(COLUMNS)
    assert (book.loans, book.due) == (322, 302)
    due_dates = [date.fromisoformat(row[header.index("due_date")]) for row in rows]
    overdue = [(as_of - due).days for due in due_dates]
    assert {days: overdue.count(days) for days in range(-10, 151)} == dict.fromkeys(
        range(-10, 151), 2
    )
    assert len({row[0] for row in rows}) == 322
    again = write_book(tmp_path / "b.csv", as_of=as_of, due=302, seed="a")
    assert again.path.read_bytes() == book.path.read_bytes()
