"""Figures of contact rules as people type and read them: times, breaks, limits, yes and no."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collection.contact_figures import LARGEST
from tenancy.form_fields import half_width
from tenancy.screen import Text

TIMES = frozenset({"opens", "closes"})
FLAGS = frozenset({"every_clock", "excused", "rolling"})
MAY_BE_EMPTY = frozenset({"limit", "person_limit"})
_TIME = re.compile(r"(\d{1,2}):(\d{2})")
YES, NO = "yes", "no"

NAMES: dict[str, Text] = {
    "opens": gettext_lazy("Opens"),
    "closes": gettext_lazy("Closes"),
    "every_clock": gettext_lazy("On every clock of the person"),
    "breaks": gettext_lazy("Breaks"),
    "holidays": gettext_lazy("Holidays of"),
    "excused": gettext_lazy("A callback that was asked for is allowed"),
    "failures": gettext_lazy("Failed attempts in a row"),
    "days": gettext_lazy("Days in a row"),
    "limit": gettext_lazy("At most"),
    "person_limit": gettext_lazy("At most a person, over all debts"),
    "rolling": gettext_lazy("Also in 168 rolling hours"),
    "seconds": gettext_lazy("Counts from so many seconds of talk"),
    "dates": gettext_lazy("Dates"),
}
"""What each figure is called."""


class Mistyped(ValueError):
    """What was typed is no such figure; `sentence` says what is expected."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def read_typed(name: str, text: str) -> Any:
    """What was typed as a figure in its written form. Raises Mistyped.

    A break is 12:00-14:00, with "!" behind it if nothing excuses a call in it.
    """
    text = half_width(text).strip()
    if name in TIMES:
        return _time(text)
    if name in FLAGS:
        return text == YES
    if name == "breaks":
        return [_break(each) for each in _listed(text)]
    if name == "holidays":
        return [each.upper() for each in _listed(text)]
    if not text and name in MAY_BE_EMPTY:
        return None
    if not (text.isascii() and text.isdigit() and int(text) <= LARGEST):
        raise Mistyped(_("Write a whole number."))
    return int(text)


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.replace("、", ",").split(",") if each.strip()]


def _time(text: str) -> str:
    found = _TIME.fullmatch(text.strip())
    if found is None or int(found[2]) > 59 or int(found[1]) * 60 + int(found[2]) > 24 * 60:
        raise Mistyped(_("Write a time such as 08:00."))
    return f"{int(found[1]):02d}:{found[2]}"


def _break(text: str) -> dict[str, Any]:
    opens, dash, closes = text.removesuffix("!").replace("–", "-").partition("-")
    if not dash:
        raise Mistyped(_("Write breaks such as 12:00-14:00, several with commas."))
    return {"opens": _time(opens), "closes": _time(closes), "excused": not text.endswith("!")}


def typed(name: str, value: Any) -> str:
    """A written figure as a form shows it, to be read back by read_typed."""
    if name in FLAGS:
        return YES if value else NO
    if name == "breaks":
        return ", ".join(
            f"{each['opens']}-{each['closes']}{'' if each.get('excused', True) else '!'}"
            for each in value
        )
    if name == "holidays":
        return ", ".join(value)
    return "" if value is None else str(value)


def shown(name: str, value: Any) -> str:
    """A written figure in words: yes, no, no limit."""
    if name in FLAGS:
        return _("yes") if value else _("no")
    return typed(name, value) or _("no limit")


def in_words(figures: Mapping[str, Any]) -> str:
    """A rule's figures in one line."""
    if set(figures) == {"opens", "closes", "every_clock"}:
        return f"{figures['opens']}–{figures['closes']}"
    if set(figures) == {"breaks"}:
        return shown("breaks", figures["breaks"])
    if set(figures) in ({"limit"}, {"dates"}):
        return next(shown(name, value) for name, value in figures.items())
    return " · ".join(f"{NAMES[name]}: {shown(name, value)}" for name, value in figures.items())
