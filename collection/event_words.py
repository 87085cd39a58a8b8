"""A case's events in words: what happened, why, and where it stands in the timeline."""

from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case
from collection.contact_words import denied_told
from collection.hold_words import HAPPENED, PICTURES, told_of_hold
from collection.money_words import MONEY_PICTURES, told_of_money
from collection.promise_words import PLACES as PROMISE_PLACES
from collection.promise_words import promise_told
from collection.skipping import why_skipped
from tenancy.screen import Text

Group = Literal["notes", "contacts", "promises", "payments", "moves", "desks", "denied", "others"]
"""What the timeline's filter chips tell apart."""

PLACES: dict[str, tuple[str, Group]] = {
    "opened": ("stairs", "moves"),
    "closed": ("stairs", "moves"),
    "reopened": ("stairs", "moves"),
    "assigned": ("arrows-exchange", "desks"),
    "reassigned": ("arrows-exchange", "desks"),
    "move_undone": ("arrow-back-up", "desks"),
    "covered": ("arrows-exchange", "desks"),
    "cover_ended": ("arrow-back-up", "desks"),
    "placed": ("building-community", "desks"),
    "recalled": ("arrow-back-up", "desks"),
    "expired": ("arrow-back-up", "desks"),
    "phone_shown": ("eye", "others"),
    "id_number_shown": ("eye", "others"),
    "repayment_matched": ("link", "payments"),
    **{kind: (picture, "payments") for kind, picture in MONEY_PICTURES.items()},
    **{kind: (picture, "others") for kind, picture in PICTURES.items()},
    "skipped": ("player-track-next", "others"),
    "contact_denied": ("phone-off", "denied"),
    "contact_released": ("phone-x", "contacts"),
    "contact_reopened": ("address-book", "others"),
    **PROMISE_PLACES,
}
"""Icon and group of each kind of event."""
OTHER: tuple[str, Group] = ("point", "others")
WITH_A_REASON: dict[str, Text] = {
    "phone_shown": gettext_lazy("Phone number shown"),
    "id_number_shown": gettext_lazy("ID number shown"),
    "contact_released": gettext_lazy("Reserved contact given up"),
    "contact_reopened": gettext_lazy("Contact point opened again"),
}
"""Events of which there is no more to say than the reason that was given."""


def told(kind: str, data: dict[str, Any]) -> tuple[str, str]:
    """What happened, and the reason given or what else there is to say."""
    if kind in PROMISE_PLACES:
        return promise_told(kind, data)
    if kind == "skipped":
        return _("Skipped for the day"), why_skipped(data)
    if kind in MONEY_PICTURES:
        return told_of_money(kind, data)
    if kind in HAPPENED:
        return told_of_hold(kind, data)
    if kind in WITH_A_REASON:
        return str(WITH_A_REASON[kind]), str(data.get("reason", ""))
    return _told_of_cases(kind, data)


def _told_of_cases(kind: str, data: dict[str, Any]) -> tuple[str, str]:
    """Where a case went, and what the office did."""
    reason = str(data.get("reason", ""))
    match kind:
        case "opened":
            return _("Entered collections"), ""
        case "reopened":
            return _("Case reopened"), ""
        case "closed":
            return _("Case closed"), str(
                dict(Case.Closure.choices).get(data.get("closure", ""), "")
            )
        case "assigned":
            return _("Assigned to %(desk)s") % {"desk": data.get("to", "")}, reason
        case "reassigned":
            desks = {"from": data.get("from", ""), "to": data.get("to", "")}
            return _("Moved: %(from)s → %(to)s") % desks, reason
        case "move_undone" | "covered" | "cover_ended":
            return _told_of_desks(kind, data), reason
        case "placed":
            what = _("Placed with %(agency)s") % {"agency": data.get("agency", "")}
            return what, " · ".join(filter(None, (str(data.get("package", "")), reason)))
        case "recalled":
            return _("Recalled from %(agency)s") % {"agency": data.get("agency", "")}, reason
        case "expired":
            what = _("Back from %(agency)s") % {"agency": data.get("agency", "")}
            return what, _("Its time was over.")
        case "contact_denied":
            return denied_told(data)
        case "repayment_matched":
            return _told_of_the_book(data)
    return kind.replace("_", " ").capitalize(), reason


def _told_of_desks(kind: str, data: dict[str, Any]) -> str:
    """How a case came to a desk otherwise than by a move."""
    desks = {"from": data.get("from", ""), "to": data.get("to", "")}
    if kind == "covered":
        return _("Handed over during leave: %(from)s → %(to)s") % desks
    if kind == "cover_ended":
        return _("Back from leave: %(from)s → %(to)s") % desks
    if not desks["to"]:
        return _("Move undone: taken from %(from)s") % desks
    return _("Move undone: %(from)s → %(to)s") % desks


def _told_of_the_book(data: dict[str, Any]) -> tuple[str, str]:
    """What was done to the lender's book: money matched by hand."""
    what = _("Repayment %(number)s matched by hand; it was sent for loan %(loan_no)s") % {
        "number": data.get("repayment_no", ""),
        "loan_no": data.get("sent_for", ""),
    }
    return what, str(data.get("reason", ""))
