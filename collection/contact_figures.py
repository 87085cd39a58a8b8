"""The figures of contact rules as they are written down, rule by rule, and back again.

    window               {"opens": "08:00", "closes": "21:00", "every_clock": true}
    noon                 {"breaks": [{"opens": "12:00", "closes": "14:00", "excused": true}]}
    holiday              {"holidays": ["CN"], "excused": true}
    third_locked         {"failures": 3, "days": 3}
    conversations_day    {"limit": 3, "seconds": 0}
    seven_in_seven       {"limit": 7, "person_limit": null, "rolling": false}
    after_conversation, cool_down                               {"dates": 7}
    attempts_number_day, visits_day, borrower_day, collector_day  {"limit": 6}

A limit null is no limit; a name left out has the figure that limits nothing. Rules that are not
named here have no figures and always hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any, NamedTuple

from collection.contact_clock import DAY_MINUTES, clock
from collection.contact_rules import (
    MAX_EFFECTIVE_SECONDS,
    NO_LIMITS,
    RULES,
    Break,
    ContactRules,
    strictest,
)

LARGEST = 9999


class BadFigures(ValueError):
    """Figures that are no figures of the rule; the text says which and why."""


class WrittenRule(NamedTuple):
    """One rule as it is written down: its name, its figures, and what it rests on."""

    rule: str
    figures: Mapping[str, Any]
    legal_basis: str = ""


class Figures(NamedTuple):
    """How one figure is read and written: its name, its field, and what makes it valid."""

    name: str
    field: str
    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


def _minute(text: Any) -> int:
    parts = text.split(":") if isinstance(text, str) else []
    if len(parts) != 2 or not all(len(part) == 2 and part.isdecimal() for part in parts):
        raise BadFigures(f"{text!r} is no time of the day such as 08:00")
    hour, minute = int(parts[0]), int(parts[1])
    if minute > 59 or hour * 60 + minute > DAY_MINUTES:
        raise BadFigures(f"{text!r} is no time of the day such as 08:00")
    return hour * 60 + minute


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise BadFigures(f"{value!r} is no whole number from 0 to {LARGEST}")
    return value


def _limit(value: Any) -> int | None:
    return None if value is None else _count(value)


def _seconds(value: Any) -> int:
    if _count(value) > MAX_EFFECTIVE_SECONDS:
        raise BadFigures(f"{value} is more than {MAX_EFFECTIVE_SECONDS} seconds")
    return int(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadFigures(f"{value!r} is neither true nor false")
    return value


def _breaks(value: Any) -> tuple[Break, ...]:
    if not isinstance(value, list):
        raise BadFigures("breaks are a list")
    return tuple(sorted({_break(one) for one in value}))


def _break(one: Any) -> Break:
    if not isinstance(one, Mapping) or set(one) - {"opens", "closes", "excused"}:
        raise BadFigures("a break has opens, closes, and excused")
    found = Break(
        _minute(one.get("opens")), _minute(one.get("closes")), _flag(one.get("excused", True))
    )
    if found.opens >= found.closes:
        raise BadFigures("a break opens before it closes")
    return found


def _write_breaks(breaks: Iterable[Break]) -> list[dict[str, Any]]:
    return [
        {"opens": clock(one.opens), "closes": clock(one.closes), "excused": one.excused}
        for one in breaks
    ]


def _places(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise BadFigures("holidays are a list of jurisdictions")
    return tuple(sorted(set(value)))


def _same(value: Any) -> Any:
    return value


def _one(name: str, field: str) -> tuple[Figures, ...]:
    return (Figures(name, field, _limit if name == "limit" else _count, _same),)


FIGURES: Mapping[str, tuple[Figures, ...]] = {
    "third_locked": (
        Figures("failures", "third_failures", _count, _same),
        Figures("days", "third_days", _count, _same),
    ),
    "holiday": (
        Figures("holidays", "holidays", _places, list),
        Figures("excused", "holidays_excused", _flag, _same),
    ),
    "window": (
        Figures("opens", "opens", _minute, clock),
        Figures("closes", "closes", _minute, clock),
        Figures("every_clock", "every_clock", _flag, _same),
    ),
    "noon": (Figures("breaks", "breaks", _breaks, _write_breaks),),
    "conversations_day": (
        Figures("limit", "conversations_a_day", _limit, _same),
        Figures("seconds", "effective_seconds", _seconds, _same),
    ),
    "attempts_number_day": _one("limit", "attempts_a_number"),
    "seven_in_seven": (
        Figures("limit", "calls_in_seven", _limit, _same),
        Figures("person_limit", "calls_in_seven_person", _limit, _same),
        Figures("rolling", "seven_rolling", _flag, _same),
    ),
    "after_conversation": _one("dates", "after_conversation_days"),
    "cool_down": _one("dates", "cool_down_days"),
    "visits_day": _one("limit", "visits_a_day"),
    "borrower_day": _one("limit", "borrower_a_day"),
    "collector_day": _one("limit", "collector_a_day"),
}
"""The figures of each rule that has any."""


def read_rule(written: WrittenRule) -> ContactRules:
    """Return rules that hold this one alone. Raises BadFigures."""
    if written.rule not in RULES:
        raise BadFigures(f"{written.rule!r} is no contact rule")
    known = FIGURES.get(written.rule, ())
    strange = set(written.figures) - {figure.name for figure in known}
    if strange:
        raise BadFigures(f"{written.rule} has no figure {', '.join(sorted(strange))}")
    values = {
        figure.field: figure.read(written.figures[figure.name])
        for figure in known
        if figure.name in written.figures
    }
    basis = written.legal_basis
    fields = [figure.field for figure in known] or [written.rule]
    rules = ContactRules(
        **values, bases=tuple(sorted((field, basis) for field in fields)) if basis else ()
    )
    if rules.opens >= rules.closes:
        raise BadFigures("the window opens before it closes")
    if rules.third_failures and not rules.third_days:
        raise BadFigures("the days in a row are at least one")
    return rules


def read_rules(written: Iterable[WrittenRule]) -> ContactRules:
    """Return the rules that hold all of these at once. Raises BadFigures."""
    return reduce(strictest, (read_rule(one) for one in written), NO_LIMITS)


def write_figures(rule: str, rules: ContactRules) -> dict[str, Any]:
    """Return the figures that the rules have for one rule, as they are written down."""
    return {
        figure.name: figure.write(getattr(rules, figure.field)) for figure in FIGURES.get(rule, ())
    }
