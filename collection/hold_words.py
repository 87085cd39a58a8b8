"""Holds in words: what a kind stops, and what happened to one."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.hold_kinds import KINDS, Assign, HoldKind, Waiver
from cases.models import CaseHold
from tenancy.screen import Text

ASSIGN_WORDS: dict[Assign, Text] = {
    "": "",
    "by_hand": gettext_lazy("the night gives it to nobody, a lead picks the desk"),
    "lead": gettext_lazy("only a lead is given it"),
    "stops": gettext_lazy("nobody is given it"),
}
WAIVER_WORDS: dict[Waiver, Text] = {
    "": "",
    "hardship": gettext_lazy("waivers by the milder row"),
    "two_admins": gettext_lazy("waivers by two admins"),
    "stops": gettext_lazy("no waivers"),
}
HAPPENED: dict[str, Text] = {
    "hold_opened": gettext_lazy("Hold: %(hold)s"),
    "hold_lifted": gettext_lazy("Hold lifted: %(hold)s"),
    "hold_ended": gettext_lazy("Hold ended by itself: %(hold)s"),
    "hold_answered": gettext_lazy("Hold answered: %(hold)s"),
    "hold_reviewed": gettext_lazy("Hold looked at again: %(hold)s"),
    "hold_prolonged": gettext_lazy("Longer time to answer: %(hold)s"),
    "hold_missed": gettext_lazy("Deadline missed: %(hold)s"),
    "hold_escalated": gettext_lazy("Deadline still missed, the admin was told: %(hold)s"),
}
PICTURES: dict[str, str] = {
    "hold_opened": "hand-stop",
    "hold_lifted": "hand-off",
    "hold_ended": "hand-off",
    "hold_answered": "message-check",
    "hold_reviewed": "eye-check",
    "hold_prolonged": "calendar-plus",
    "hold_missed": "alarm",
    "hold_escalated": "alarm",
}


def kind_name(code: str) -> str:
    """What a kind of hold is called in the language in force."""
    return str(dict(CaseHold.Kind.choices).get(code, code))


def stops_words(code: str) -> str:
    """What a kind stops, in one line: "Nothing goes out · only a lead is given it · …"."""
    kind = KINDS[code]
    return " · ".join(str(word) for word in _stops(kind) if word)


def _stops(kind: HoldKind) -> list[Text]:
    contact = _("May go out: %(what)s") % {
        "what": dict(CaseHold.Contact.choices).get(kind.contact, "")
    }
    return [
        contact,
        ASSIGN_WORDS[kind.assign],
        _("not placed with an agency") if kind.placement else "",
        WAIVER_WORDS[kind.waiver],
        _("the clock stands still") if kind.clock == "pauses" else "",
        _("every case of the person") if kind.of_person else "",
    ]


def told_of_hold(kind: str, data: dict[str, Any]) -> tuple[str, str]:
    """What happened to a hold, and the reason, the answer, or until when."""
    what = str(HAPPENED[kind]) % {"hold": kind_name(str(data.get("hold", "")))}
    said = [str(data.get("reason", ""))]
    if kind == "hold_opened" and data.get("to"):
        said.append(_("Until %(day)s") % {"day": data["to"]})
    if kind in ("hold_prolonged", "hold_missed", "hold_reviewed") and data.get("answer_by"):
        said.append(_("Answer due %(day)s") % {"day": data["answer_by"]})
    if kind == "hold_opened" and data.get("by_agency"):
        said.append(_("opened by the agency"))
    return what, " · ".join(filter(None, said))
