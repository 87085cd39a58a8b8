"""The words for what an import does: its figures, and what happens to loans and cases."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models import ImportRun
from tenancy.screen import Text

COUNT_WORDS: Mapping[str, Text] = {
    "rows": _("Rows in the file"),
    "new": pgettext_lazy("rows", "New"),
    "changed": pgettext_lazy("rows", "Changed"),
    "unchanged": pgettext_lazy("rows", "Unchanged"),
    "rejected": pgettext_lazy("rows", "Rejected"),
}
# Figures that only some kinds have, shown where they are not zero.
MORE_COUNT_WORDS: Mapping[str, Text] = {
    "already_in_balance": _("Already in the balance"),
    "suspense": _("In suspense: the loan is not known yet"),
    "differs": _("Balance differs from the ledger"),
}
OUTLOOK_WORDS: Mapping[str, Text] = {
    "opened": _("Cases opened"),
    "reentered": _("Entered again"),
    "paid": _("Closed as paid"),
    "cured": _("Closed as cured"),
    "aged_up": _("More days past due"),
    "aged_down": _("Fewer days past due"),
    "restated": _("Confirmed for a later date"),
    "stated": _("Balances stated"),
    "posted": _("Repayments booked"),
    "in_balance": _("Already in the balance"),
    "suspense": _("Wait in suspense"),
    "reversed": _("Reversals"),
    "schedules": _("Loans with a new schedule"),
    "borrowers": _("Borrowers with new contacts"),
}
WITHOUT_AMOUNT = frozenset({"restated", "schedules", "borrowers"})


def outlook_of(run: ImportRun) -> list[tuple[str, Text, int, str]]:
    """What the run does, in a fixed order: name, words, how many, and for how much ("" if none)."""
    return [
        (name, words, run.outlook[name][0], "" if name in WITHOUT_AMOUNT else run.outlook[name][1])
        for name, words in OUTLOOK_WORDS.items()
        if name in run.outlook
    ]
