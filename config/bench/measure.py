"""What a measure is: samples of ours and of a baseline, taken in turns, and the limit it keeps.

Times are seconds of wall-clock time. Limits are those that the project has set itself; a run that
misses one says so and ends with exit code 1.
"""

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

MEGABYTE = 10**6


@dataclass(frozen=True, slots=True)
class Limit:
    """The ratio that ours may reach; where `or_s_more` is set, less than that more will do too."""

    ratio: float
    or_s_more: float | None = None


LIMITS = {
    "feed_first": Limit(4.0),
    "feed_again": Limit(0.5),
    "assign_even": Limit(2.0),
    "night_aging_sql": Limit(1.5),
    "night_aging_orm": Limit(0.04),
    "rank_night": Limit(2.0),
    "page_worklist": Limit(3.0),
    "page_case": Limit(4.0),
    "search": Limit(3.0),
    "gate": Limit(1.0),
    "isolation_worklist": Limit(1.2, or_s_more=0.0005),
    "isolation_count": Limit(1.2, or_s_more=0.0005),
    "page_worklist_growth": Limit(1.3),
    # For ten times the cases; see `growth_limit`.
    "feed_growth": Limit(11.0),
    "night_growth": Limit(11.0),
}
MEMORY_LIMITS = {"import_memory": 400 * MEGABYTE, "night_memory": 400 * MEGABYTE}
"""Peak resident memory in bytes."""
NAMES = (*LIMITS, *MEMORY_LIMITS)


@dataclass(slots=True)
class Pair:
    """Samples of ours and of the baseline, in seconds, taken in turns."""

    ours: list[float] = field(default_factory=list)
    baseline: list[float] = field(default_factory=list)

    def add(self, ours: float, baseline: float) -> None:
        """Keep the samples of one round."""
        self.ours.append(ours)
        self.baseline.append(baseline)


@dataclass(frozen=True, slots=True)
class Line:
    """One result as it is printed; `more` are figures beside those that every line has."""

    name: str
    cases: int
    ours: float
    baseline: float
    limit: Limit
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Ours by the baseline."""
        return self.ours / self.baseline

    @property
    def holds(self) -> bool:
        """Whether the limit is kept."""
        if self.ratio <= self.limit.ratio:
            return True
        enough = self.limit.or_s_more
        return enough is not None and self.ours - self.baseline < enough

    def as_json(self) -> str:
        """The line for standard output."""
        return json.dumps(
            {
                "name": self.name,
                "cases": self.cases,
                "ours_s": significant(self.ours),
                "baseline_s": significant(self.baseline),
                "ratio": significant(self.ratio),
                "limit": self.limit.ratio,
                "holds": self.holds,
                **self.more,
            },
            ensure_ascii=False,
        )


@dataclass(frozen=True, slots=True)
class MemoryLine:
    """Peak resident memory of a process, in bytes."""

    name: str
    cases: int
    peak: int
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether the limit is kept."""
        return self.peak < MEMORY_LIMITS[self.name]

    def as_json(self) -> str:
        """The line for standard output."""
        limit = MEMORY_LIMITS[self.name]
        return json.dumps(
            {
                "name": self.name,
                "cases": self.cases,
                "ours_mb": round(self.peak / MEGABYTE, 1),
                "limit_mb": limit / MEGABYTE,
                "ratio": significant(self.peak / limit),
                "limit": 1,
                "holds": self.holds,
                "ran_s": significant(self.seconds),
            }
        )


def line_of_medians(name: str, cases: int, pair: Pair, **more: Any) -> Line:
    """The result of the medians of all rounds."""
    more |= {"rounds": len(pair.ours)}
    return Line(name, cases, median(pair.ours), median(pair.baseline), LIMITS[name], more)


def growth_line(name: str, sizes: tuple[int, int], seconds: tuple[float, float]) -> Line:
    """The largest size's figure against the smallest's."""
    (small, large), (before, after) = sizes, seconds
    limit = growth_limit(name, large / small)
    return Line(name, large, after, before, limit, {"against_cases": small})


def growth_limit(name: str, times: float) -> Limit:
    """The limit for `times` as many cases: where it is set for ten times, a tenth for each."""
    limit = LIMITS[name].ratio
    return Limit(limit if name.startswith("page_") else limit * times / 10)


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least `share` (0–1) of all do not exceed."""
    ordered = sorted(samples)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def seconds_of(act: Callable[[], object]) -> float:
    """How long an act takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def in_turns(
    rounds: int, ours: Callable[[], float], baseline: Callable[[], float], pair: Pair | None = None
) -> Pair:
    """Take samples of both in every round; who goes first alternates."""
    pair = pair or Pair()
    for _round in range(rounds):
        if len(pair.ours) % 2:
            last = baseline()
            pair.add(ours(), last)
        else:
            pair.add(ours(), baseline())
    return pair


def significant(value: float) -> float:
    """The value to four significant digits."""
    return float(f"{value:.4g}")
