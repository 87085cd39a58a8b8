"""Promises in words: what an event says, and how a state looks on screen."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from django.utils.translation import gettext as _

from collection.models import Promise
from tenancy.formats import day, money
from tenancy.screen import Tone

State = Promise.State

PLACES: dict[str, tuple[str, Literal["promises"]]] = {
    "promise_taken": ("calendar-plus", "promises"),
    "promise_open": ("calendar", "promises"),
    "promise_kept": ("calendar-check", "promises"),
    "promise_partly": ("calendar-minus", "promises"),
    "promise_broken": ("calendar-x", "promises"),
    "promise_withdrawn": ("calendar-off", "promises"),
    "promise_superseded": ("calendar-repeat", "promises"),
}
"""Icon and group of each kind of event about a promise."""
TONES: dict[str, Tone] = {
    State.OPEN: "acc",
    State.KEPT: "ok",
    State.PARTLY: "warn",
    State.BROKEN: "bad",
    State.WITHDRAWN: "",
    State.SUPERSEDED: "",
}
"""How a state is tinted; its words always stand beside."""


def promise_told(kind: str, data: dict[str, Any]) -> tuple[str, str]:
    """What happened to a promise, and what came for it or the reason that was given."""
    words = {"amount": _money(data.get("amount")), "day": _day(data.get("due"))}
    came = _("%(amount)s came for it.") % {"amount": _money(data.get("received"))}
    match kind:
        case "promise_taken":
            by = dict(Promise.PayBy.choices).get(data.get("pay_by", ""), "")
            return _("Promise of %(amount)s, due %(day)s") % words, str(by)
        case "promise_open":
            return _("Promise of %(amount)s, due %(day)s, is open again") % words, came
        case "promise_kept":
            return _("Promise of %(amount)s, due %(day)s, was kept") % words, came
        case "promise_partly":
            return _("Promise of %(amount)s, due %(day)s, was partly kept") % words, came
        case "promise_broken":
            return _("Promise of %(amount)s, due %(day)s, was broken") % words, ""
        case "promise_withdrawn":
            reason = str(data.get("reason", ""))
            return _("Promise of %(amount)s, due %(day)s, was withdrawn") % words, reason
    return _("Promise of %(amount)s, due %(day)s, was replaced by a new one") % words, came


def _money(text: object) -> str:
    try:
        return money(Decimal(str(text)))
    except InvalidOperation:
        return ""


def _day(text: object) -> str:
    try:
        return day(date.fromisoformat(str(text)))
    except ValueError:
        return ""
