"""Contact rules as figures: how strict they are, which of two is stricter, and their JSON form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any, NamedTuple

from collection.contact_clock import DAY_MINUTES

RULES = (
    *("hold", "not_holder", "third_refused", "own_refused", "third_locked", "holiday", "window"),
    *("noon", "conversations_day", "attempts_number_day", "seven_in_seven"),
    *("after_conversation", "cool_down", "visits_day", "borrower_day", "collector_day"),
)
"""Every rule, in the order in which denials are listed."""

MAX_EFFECTIVE_SECONDS = 60
"""The longest talk that a company may still leave out of the count of conversations."""


class Break(NamedTuple):
    """A time of the day without calls, [opens, closes) in minutes.

    excused: a callback that was asked for, or a promise due today, may be called about in it.
    """

    opens: int
    closes: int
    excused: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRules:
    """The figures of every rule; the defaults limit nothing.

    Minutes are of the local day. None: no limit. holidays: the jurisdictions whose public
    holidays stop calls and visits. every_clock: the window must hold on every clock that the
    person may live by. third_failures and third_days: failed attempts in a row, or days in a row
    with only such, before a third person may be contacted; third_failures 0: at once. bases: the
    legal basis by the field it is for.
    """

    opens: int = 0
    closes: int = DAY_MINUTES
    every_clock: bool = False
    breaks: tuple[Break, ...] = ()
    holidays: tuple[str, ...] = ()
    holidays_excused: bool = True
    third_failures: int = 0
    third_days: int = 0
    conversations_a_day: int | None = None
    effective_seconds: int = 0
    attempts_a_number: int | None = None
    calls_in_seven: int | None = None
    calls_in_seven_person: int | None = None
    seven_rolling: bool = False
    after_conversation_days: int = 0
    cool_down_days: int = 0
    visits_a_day: int | None = None
    borrower_a_day: int | None = None
    collector_a_day: int | None = None
    bases: tuple[tuple[str, str], ...] = ()

    def basis(self, rule: str) -> str:
        """Return the legal basis of a rule, several joined by semicolons."""
        mine = FIELDS.get(rule, ())
        return "; ".join(sorted({text for name, text in self.bases if name in mine}))


FIELDS: Mapping[str, tuple[str, ...]] = {
    "hold": ("hold",),
    "not_holder": ("not_holder",),
    "third_refused": ("third_refused",),
    "own_refused": ("own_refused",),
    "third_locked": ("third_failures", "third_days"),
    "holiday": ("holidays", "holidays_excused"),
    "window": ("opens", "closes", "every_clock"),
    "noon": ("breaks",),
    "conversations_day": ("conversations_a_day", "effective_seconds"),
    "attempts_number_day": ("attempts_a_number",),
    "seven_in_seven": ("calls_in_seven", "calls_in_seven_person", "seven_rolling"),
    "after_conversation": ("after_conversation_days",),
    "cool_down": ("cool_down_days",),
    "visits_day": ("visits_a_day",),
    "borrower_day": ("borrower_a_day",),
    "collector_day": ("collector_a_day",),
}

NO_LIMITS = ContactRules()

LARGER_IS_STRICTER = (
    *("opens", "every_clock", "third_failures", "third_days", "seven_rolling"),
    *("after_conversation_days", "cool_down_days"),
)
SMALLER_IS_STRICTER = (
    *("closes", "holidays_excused", "conversations_a_day", "attempts_a_number", "calls_in_seven"),
    *("calls_in_seven_person", "visits_a_day", "borrower_a_day", "collector_a_day"),
)
TOGETHER = ("breaks", "holidays")


def strictest(a: ContactRules, b: ContactRules) -> ContactRules:
    """Return rules that allow nothing which one of the two denies.

    Every figure is the stricter of the two, with its legal basis, or both where they are equal;
    breaks and holidays are those of both. Of the seconds that make a talk count, the fewer hold.
    """
    bases = set()
    chosen: dict[str, Any] = {}
    for name in LARGER_IS_STRICTER + SMALLER_IS_STRICTER:
        mine, other = getattr(a, name), getattr(b, name)
        chosen[name] = value = _stricter(name, mine, other)
        bases |= {pair for pair in a.bases if pair[0] == name and mine == value}
        bases |= {pair for pair in b.bases if pair[0] == name and other == value}
    for name in TOGETHER:
        chosen[name] = tuple(sorted({*getattr(a, name), *getattr(b, name)}))
    bases |= {pair for pair in (*a.bases, *b.bases) if pair[0] not in chosen or pair[0] in TOGETHER}
    chosen["effective_seconds"] = _seconds(a, b)
    return ContactRules(**chosen, bases=tuple(sorted(bases)))


def _stricter(name: str, mine: Any, other: Any) -> Any:
    if name in LARGER_IS_STRICTER:
        return max(mine, other)
    if mine is None or other is None:
        return other if mine is None else mine
    return min(mine, other)


def _seconds(a: ContactRules, b: ContactRules) -> int:
    """Return the seconds of whoever limits conversations; the fewer of two alike."""
    if (a.conversations_a_day is None) != (b.conversations_a_day is None):
        return (b if a.conversations_a_day is None else a).effective_seconds
    return min(a.effective_seconds, b.effective_seconds)


@lru_cache(maxsize=1024)
def together(rules: Sequence[ContactRules]) -> ContactRules:
    """Return the rules that hold where all of these do; a tuple is needed."""
    return reduce(strictest, rules) if rules else NO_LIMITS


class Loosened(NamedTuple):
    """A figure that would be looser than it may be: the rule, its field, and both values."""

    rule: str
    field: str
    preset: Any
    wanted: Any


def only_tightened(preset: ContactRules, wanted: ContactRules) -> list[Loosened]:
    """Return the figures in which `wanted` is looser than `preset`; empty: it may be used.

    The seconds that make a talk count are the company's own, up to MAX_EFFECTIVE_SECONDS.
    """
    faults = []
    for rule, names in FIELDS.items():
        for name in names:
            if name not in CHECKED:
                continue
            least, value = getattr(preset, name), getattr(wanted, name)
            if not _as_strict(name, least, value):
                faults.append(Loosened(rule, name, least, value))
    return faults


CHECKED = (*LARGER_IS_STRICTER, *SMALLER_IS_STRICTER, *TOGETHER, "effective_seconds")


def _as_strict(name: str, least: Any, value: Any) -> bool:
    if name == "effective_seconds":
        return bool(value <= MAX_EFFECTIVE_SECONDS)
    if name == "breaks":
        return all(any(_covers(mine, one) for mine in value) for one in least)
    if name == "holidays":
        return set(value) >= set(least)
    return bool(_stricter(name, least, value) == value)


def _covers(mine: Break, one: Break) -> bool:
    """Say whether a break keeps away every call that the other keeps away."""
    within = mine.opens <= one.opens and one.closes <= mine.closes
    return within and (one.excused or not mine.excused)
