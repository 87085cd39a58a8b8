"""When a number is best called: the two hours of the day in which it was answered most often."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

BAND = 2
"""Hours that are looked at together."""
ENOUGH = 3
"""Calls in all, below which nothing is said."""


@dataclass(frozen=True, slots=True)
class BestTime:
    """From hour to hour of the local day, with how many calls in it were answered."""

    begins: int
    ends: int
    answered: int
    calls: int


def best_times(calls: Iterable[tuple[int, datetime, bool]], zone: ZoneInfo) -> dict[int, BestTime]:
    """By contact point. calls: (point's id, moment, answered); the earlier band wins a tie.

    Nothing is said of a number that was called less than three times or never answered.
    """
    bands: dict[int, dict[int, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for point, at, answered in calls:
        bands[point][at.astimezone(zone).hour // BAND * BAND].append(answered)
    found = {}
    for point, by_hour in bands.items():
        if sum(map(len, by_hour.values())) < ENOUGH:
            continue
        hour, results = max(
            by_hour.items(), key=lambda item: (sum(item[1]) / len(item[1]), sum(item[1]), -item[0])
        )
        if any(results):
            found[point] = BestTime(hour, hour + BAND, sum(results), len(results))
    return found
