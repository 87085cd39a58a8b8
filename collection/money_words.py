"""Money by hand in words: what happened on a case's timeline."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy.formats import money
from tenancy.screen import Text

HAPPENED: dict[str, Text] = {
    "repayment_entered": gettext_lazy("Repayment %(number)s entered by hand: %(amount)s"),
    "repayment_taken_back": gettext_lazy("Repayment %(number)s reversed by hand: %(amount)s"),
}
MONEY_PICTURES: dict[str, str] = {
    "repayment_entered": "cash",
    "repayment_taken_back": "cash-banknote-off",
}


def told_of_money(kind: str, data: dict[str, Any]) -> tuple[str, str]:
    """What happened, and why, by which way it was paid and who agreed."""
    what = str(HAPPENED[kind]) % {
        "number": data.get("repayment_no", ""),
        "amount": _amount(data.get("amount", "")),
    }
    said = [str(data.get("reason", "")), str(data.get("channel", ""))]
    if data.get("second"):
        said.append(_("agreed: %(name)s") % {"name": data["second"]})
    return what, " · ".join(filter(None, said))


def _amount(text: object) -> str:
    try:
        return money(Decimal(str(text)))
    except InvalidOperation:
        return ""
