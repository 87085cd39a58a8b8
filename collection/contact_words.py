"""The gate in words: what each rule is called, and what a decision reads like on a screen."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases.models import ContactPoint
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


def rule_label(name: str) -> str:
    """What a rule is called; one that has no name here is shown as it is written."""
    return str(RULES.get(name, name))


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
