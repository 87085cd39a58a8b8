"""The gate in words: what each rule is called, and what a decision reads like on a screen."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, pgettext_lazy

from cases.models import ContactPoint
from collection.contact_figures import FLAGS, typed
from collection.models import ContactTry
from tenancy.formats import moment, stamp
from tenancy.screen import Text

RULES: dict[str, Text] = {
    "hold": pgettext_lazy("contact rule", "Hold"),
    "not_holder": gettext_lazy("Not the holder of the case"),
    "third_refused": gettext_lazy("The third person refused contact"),
    "own_refused": gettext_lazy("The borrower refused this way"),
    "third_locked": gettext_lazy("Third persons not open"),
    "holiday": gettext_lazy("Public holiday"),
    "window": gettext_lazy("Contact hours"),
    "noon": gettext_lazy("Noon break"),
    "conversations_day": gettext_lazy("Conversations a day"),
    "attempts_number_day": gettext_lazy("Attempts a number and day"),
    "seven_in_seven": gettext_lazy("Seven in seven days"),
    "after_conversation": gettext_lazy("Seven days after a conversation"),
    "cool_down": gettext_lazy("Cool-down"),
    "visits_day": gettext_lazy("Visits a day"),
    "borrower_day": gettext_lazy("Contacts a borrower and day"),
    "collector_day": gettext_lazy("Contacts a collector and day"),
}
FIGURES: dict[str, Text] = {
    "third_failures": gettext_lazy("Failed attempts in a row"),
    "third_days": gettext_lazy("Days in a row"),
    "holidays": gettext_lazy("Holidays of"),
    "holidays_excused": gettext_lazy("Except a callback that was asked for"),
    "opens": gettext_lazy("Opens"),
    "closes": gettext_lazy("Closes"),
    "every_clock": gettext_lazy("On every clock of the person"),
    "breaks": gettext_lazy("Breaks"),
    "conversations_a_day": gettext_lazy("At most"),
    "effective_seconds": gettext_lazy("Counts from so many seconds of talk"),
    "attempts_a_number": gettext_lazy("At most"),
    "calls_in_seven": gettext_lazy("At most a debt"),
    "calls_in_seven_person": gettext_lazy("At most a person, over all debts"),
    "seven_rolling": gettext_lazy("In 168 rolling hours as well"),
    "after_conversation_days": gettext_lazy("Dates without a call"),
    "cool_down_days": gettext_lazy("Dates without contact"),
    "visits_a_day": gettext_lazy("At most"),
    "borrower_a_day": gettext_lazy("At most"),
    "collector_a_day": gettext_lazy("At most"),
}
"""What each figure of a rule is called."""


MARKS: dict[str, Text] = {
    "text": gettext_lazy("the rule's own text was read"),
    "press": gettext_lazy("several summaries agree"),
    "requirement": gettext_lazy("a requirement of the system"),
    "ours": gettext_lazy("a start without authority"),
}
"""How well a preset's figure is known."""
SOURCES = (
    gettext_noop("Recoup requirement"),
    gettext_noop("a hold names the contacts that it stops"),
    gettext_noop("only the company that holds the case contacts the borrower"),
    gettext_noop("a third person's refusal is for good"),
    gettext_noop("a number or channel that the borrower refused is left alone"),
    gettext_noop("the first dial never goes to an emergency contact"),
    gettext_noop("seven dates after a complaint; their number is ours"),
    gettext_noop("stricter than the standard, which bars 22:00–08:00"),
    gettext_noop("bars 22:00–08:00 without consent"),
    gettext_noop("noon needs special handling; the hours are ours"),
    gettext_noop("public holidays need special handling"),
    gettext_noop("conversations that the collector starts, by voice, robot calls included"),
    gettext_noop("by the China Banking Association, an industry body"),
    gettext_noop("third persons only once the borrower is unreachable"),
    gettext_noop("weakly known; at least two people go"),
    gettext_noop("after 8:00 and before 21:00 at the consumer's place"),
    gettext_noop(
        "presumed harassing above seven calls in seven consecutive days, per person and debt"
    ),
    gettext_noop("the date of the conversation is the first of the seven"),
    gettext_noop("no unreasonable times; the hours are ours"),
    gettext_noop("no calls before 8:00 and after 19:00"),
)
"""What the presets say of themselves, for the translators: a basis, then what each row is for."""
PLACES: dict[str, Text] = {
    "CN": pgettext_lazy("jurisdiction", "China"),
    "US": pgettext_lazy("jurisdiction", "United States"),
    "UK": pgettext_lazy("jurisdiction", "United Kingdom"),
    "IN": pgettext_lazy("jurisdiction", "India"),
}


def source_words(text: str) -> str:
    """What a preset row is for, in the language of the screen."""
    return _(text) if text in SOURCES else text


def basis_words(text: str) -> str:
    """A legal basis as it is kept; the names of laws stay as they are."""
    return "; ".join(source_words(part) for part in text.split("; "))


def place_label(code: str) -> str:
    """What a jurisdiction is called."""
    return str(PLACES.get(code, code))


def rule_label(name: str) -> str:
    """What a rule is called; one that has no name here is shown as it is written."""
    return str(RULES.get(name, name))


def shown(name: str, value: Any) -> str:
    """A kept figure as people read it."""
    if name in FLAGS:
        return _("yes") if value else _("no")
    return typed(name, value) or _("no limit")


def figures_in_words(figures: Mapping[str, Any]) -> str:
    """A rule's figures in one line."""
    if {"opens", "closes"} <= set(figures):
        return f"{figures['opens']}–{figures['closes']}"
    if len(figures) == 1:
        return next(shown(name, value) for name, value in figures.items())
    return " · ".join(
        f"{FIGURES.get(name, name)}: {shown(name, value)}" for name, value in figures.items()
    )


def rule_labels(names: Iterable[str]) -> str:
    """Several rules in one line."""
    return " · ".join(map(rule_label, names))


def when_next(at: datetime | None) -> str:
    """From when it may be tried again, for a grey button."""
    if at is None:
        return ""
    return _("from %(moment)s") % {"moment": moment(at)}


def denied_told(data: dict[str, Any]) -> tuple[str, str]:
    """A refused contact in the timeline: what was refused, and why."""
    channel = dict(ContactTry.Channel.choices).get(data.get("channel", ""), "")
    relation = dict(ContactPoint.Relation.choices).get(data.get("relation", ""), "")
    what = _("Contact refused: %(channel)s, %(whom)s") % {"channel": channel, "whom": relation}
    why = rule_labels(data.get("rules", ()))
    if at := data.get("next"):
        local = timezone.localtime(datetime.fromisoformat(at))
        why += " · " + _("possible from %(moment)s") % {"moment": stamp(local)}
    return what, why
