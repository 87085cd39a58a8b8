"""The figures of contact rules as rows keep them and as people type them, rule by rule.

A figure is named as in ContactRules and kept as JSON: a time of the day as "08:00", a limit as a
number or null for none, breaks as [{"opens": "12:00", "closes": "14:00", "excused": true}],
holidays as ["CN"]. A figure that a row leaves out limits nothing. Rules without figures (hold,
not_holder, and the two refusals) always hold.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

from collection.contact_clock import DAY_MINUTES, clock
from collection.contact_rules import (
    FIELDS,
    MAX_EFFECTIVE_SECONDS,
    NO_LIMITS,
    RULES,
    Break,
    ContactRules,
    only_tightened,
    strictest,
)

LARGEST = 9999
TIMES = frozenset({"opens", "closes"})
FLAGS = frozenset({"every_clock", "holidays_excused", "seven_rolling"})
COUNTS = frozenset(
    {
        *("third_failures", "third_days", "effective_seconds", "after_conversation_days"),
        "cool_down_days",
    }
)
LIMITS = frozenset(
    {
        *("conversations_a_day", "attempts_a_number", "calls_in_seven", "calls_in_seven_person"),
        *("visits_a_day", "borrower_a_day", "collector_a_day"),
    }
)
YES, NO = frozenset({"1", "on", "yes", "true"}), frozenset({"", "0", "off", "no", "false"})
STRICT_BREAK = "!"
"""Typed behind a break that nothing excuses."""


class BadFigure(ValueError):
    """What was given is no figure of the rule; the text says what it would have to be."""


def figured(rule: str) -> tuple[str, ...]:
    """Return the names of a rule's figures; none for a rule that simply holds."""
    return tuple(name for name in FIELDS.get(rule, ()) if name != rule)


def figures_of(rules: ContactRules, rule: str) -> dict[str, Any]:
    """Return the figures of one rule as a row keeps them."""
    return {name: _kept(name, getattr(rules, name)) for name in figured(rule)}


def from_figures(rows: Iterable[tuple[str, Mapping[str, Any] | str, str]]) -> ContactRules:
    """Return the rules that hold all of these rows at once. Raises BadFigure.

    A row is the rule's name, its figures as values or as JSON text, and its legal basis.
    """
    return reduce(strictest, (read_rule(*row) for row in rows), NO_LIMITS)


def read_rule(rule: str, figures: Mapping[str, Any] | str, legal_basis: str = "") -> ContactRules:
    """Return rules that hold this one alone. Raises BadFigure."""
    if rule not in RULES:
        raise BadFigure(f"{rule!r} is no contact rule")
    given = _mapping(figures)
    names = figured(rule)
    strange = sorted(set(given) - set(names))
    if strange:
        raise BadFigure(f"{rule} has no figure {', '.join(strange)}")
    values = {name: _value(name, value) for name, value in given.items()}
    bases = tuple(sorted((name, legal_basis) for name in names or (rule,))) if legal_basis else ()
    rules = ContactRules(**values, bases=bases)
    if rules.opens >= rules.closes:
        raise BadFigure("the window opens before it closes")
    if rules.third_failures and not rules.third_days:
        raise BadFigure("the days in a row are at least one")
    return rules


def looser(preset: ContactRules, figures: Mapping[str, Any]) -> list[str]:
    """Return the names of the figures that are looser than the preset's. Raises BadFigure."""
    wanted = ContactRules(**{name: _value(name, value) for name, value in figures.items()})
    return [one.field for one in only_tightened(preset, wanted) if one.field in figures]


def read(name: str, text: str) -> Any:
    """Return a figure, typed as `typed` writes it, as a row keeps it. Raises BadFigure."""
    text = text.strip()
    if name in FLAGS:
        if text.casefold() not in YES | NO:
            raise BadFigure(f"{text!r} is neither yes nor no")
        return text.casefold() in YES
    if name in LIMITS and not text:
        return None
    if name in COUNTS | LIMITS:
        if not text.isdecimal():
            raise BadFigure(f"{text!r} is no whole number")
        return _kept(name, _value(name, int(text)))
    parts = [part.strip() for part in text.replace("，", ",").replace("、", ",").split(",")]
    value: Any = text
    if name == "holidays":
        value = [part for part in parts if part]
    elif name == "breaks":
        value = [_break_typed(part) for part in parts if part]
    return _kept(name, _value(name, value))


def typed(name: str, value: Any) -> str:
    """Return a figure, as a row keeps it, as it is typed: "12:00-14:00", "3", "" for no limit."""
    if name == "breaks":
        return ", ".join(
            f"{one['opens']}-{one['closes']}{'' if one.get('excused', True) else STRICT_BREAK}"
            for one in value
        )
    if name == "holidays":
        return ", ".join(value)
    if name in FLAGS:
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _mapping(figures: Mapping[str, Any] | str) -> Mapping[str, Any]:
    if isinstance(figures, str):
        try:
            figures = json.loads(figures or "{}")
        except ValueError as fault:
            raise BadFigure(f"the figures are no JSON: {fault}") from fault
    if not isinstance(figures, Mapping):
        raise BadFigure("figures have names")
    return figures


def _kept(name: str, value: Any) -> Any:
    """Return a figure of ContactRules as a row keeps it."""
    if name in TIMES:
        return clock(value)
    if name == "breaks":
        return [
            {"opens": clock(one.opens), "closes": clock(one.closes), "excused": one.excused}
            for one in value
        ]
    return list(value) if name == "holidays" else value


def _value(name: str, value: Any) -> Any:
    """Return a figure that a row keeps as ContactRules has it. Raises BadFigure."""
    if name in TIMES:
        return _minute(value)
    if name in FLAGS:
        return _flag(value)
    if name in COUNTS or (name in LIMITS and value is not None):
        return _count(value, MAX_EFFECTIVE_SECONDS if name == "effective_seconds" else LARGEST)
    if name == "breaks":
        return tuple(sorted({_break(one) for one in _list(value)}))
    if name == "holidays":
        if not all(isinstance(place, str) and place for place in _list(value)):
            raise BadFigure("holidays are a list of jurisdictions")
        return tuple(sorted(set(value)))
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BadFigure(f"{value!r} is no list")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadFigure(f"{value!r} is neither true nor false")
    return value


def _count(value: Any, largest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= largest:
        raise BadFigure(f"{value!r} is no whole number from 0 to {largest}")
    return value


def _minute(text: Any) -> int:
    parts = text.split(":") if isinstance(text, str) else []
    if len(parts) != 2 or not all(len(part) <= 2 and part.isdecimal() for part in parts):
        raise BadFigure(f"{text!r} is no time of the day such as 08:00")
    hour, minute = int(parts[0]), int(parts[1])
    if minute > 59 or hour * 60 + minute > DAY_MINUTES:
        raise BadFigure(f"{text!r} is no time of the day such as 08:00")
    return hour * 60 + minute


def _break(one: Any) -> Break:
    if not isinstance(one, Mapping) or set(one) - {"opens", "closes", "excused"}:
        raise BadFigure("a break has opens, closes, and excused")
    opens, closes = _minute(one.get("opens")), _minute(one.get("closes"))
    if opens >= closes:
        raise BadFigure("a break opens before it closes")
    return Break(opens, closes, _flag(one.get("excused", True)))


def _break_typed(text: str) -> dict[str, Any]:
    excused = not text.endswith(STRICT_BREAK)
    opens, _, closes = text.removesuffix(STRICT_BREAK).replace("–", "-").partition("-")
    return {"opens": opens.strip(), "closes": closes.strip(), "excused": excused}
