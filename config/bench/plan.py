"""What a run of the bench is asked for: sizes and measures, from the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from config.bench.measure import NAMES

SIZES = (100_000, 1_000_000)
LENDERS = 20
REQUESTS = 200
PREFIX = "recoup_bench"
GROWTH = ("feed_growth", "night_growth", "page_worklist_growth")


class BadPlan(ValueError):
    """A variable says something that cannot be done; the message is the sentence to show."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure.

    sizes: open cases, over all lenders, smallest first. requests: how many of each page. keep:
    leave the databases behind, to look at a query's plan. prefix: of the databases' names.
    """

    sizes: tuple[int, ...] = SIZES
    lenders: int = LENDERS
    names: frozenset[str] = frozenset(NAMES)
    requests: int = REQUESTS
    keep: bool = False
    prefix: str = PREFIX

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Plan":
        """Read BENCH_CASES, _ONLY, _LENDERS, _REQUESTS, _KEEP and _PREFIX; raises BadPlan."""
        lenders = _numbers("BENCH_LENDERS", environment.get("BENCH_LENDERS", ""), least=1)
        least = lenders[0] if lenders else LENDERS
        sizes = _numbers("BENCH_CASES", environment.get("BENCH_CASES", ""), least=least)
        requests = _numbers("BENCH_REQUESTS", environment.get("BENCH_REQUESTS", ""), least=1)
        return cls(
            sizes=tuple(sorted(set(sizes))) or SIZES,
            lenders=least,
            names=_names(environment.get("BENCH_ONLY", "")),
            requests=requests[0] if requests else REQUESTS,
            keep=environment.get("BENCH_KEEP", "") not in ("", "0"),
            prefix=_prefix(environment.get("BENCH_PREFIX", "")),
        )

    def wants(self, *names: str) -> bool:
        """Whether any of these measures is asked for."""
        return not self.names.isdisjoint(names)

    def wants_growth(self, name: str) -> bool:
        """Whether a growth is asked for and can be told: it takes two sizes."""
        return self.wants(name) and len(self.sizes) > 1


def _numbers(name: str, text: str, *, least: int) -> list[int]:
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        if not part.replace("_", "").isdecimal() or int(part) < least:
            raise BadPlan(f"{name} holds {part!r}: write numbers from {least} up, with commas")
        found.append(int(part))
    return found


def _prefix(text: str) -> str:
    if text and not re.fullmatch(r"[a-z][a-z0-9_]{0,29}", text):
        raise BadPlan(f"BENCH_PREFIX is {text!r}: write a name of small letters, digits and _")
    return text or PREFIX


def _names(text: str) -> frozenset[str]:
    asked = {part.strip() for part in text.split(",")} - {""}
    unknown = sorted(asked - set(NAMES))
    if unknown:
        raise BadPlan(f"BENCH_ONLY names {', '.join(unknown)}: there are {', '.join(NAMES)}")
    return frozenset(asked or NAMES)
