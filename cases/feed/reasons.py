"""Short words for why rows are refused, to count and filter by; the sentence stands on each row."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenancy.screen import Text

SHORT_REASONS: Mapping[str, Text] = {
    "required": _("Required but empty"),
    "not_plain_decimal": _("Amount format"),
    "not_whole_number": _("No whole number"),
    "full_width_digits": _("Full-width digits"),
    "too_many_places": _("Too many decimals"),
    "negative": pgettext_lazy("reason", "Negative"),
    "zero_amount": _("Zero amount"),
    "out_of_range": _("Out of range"),
    "date_format": _("Date format"),
    "date_missing": _("No such date"),
    "bad_datetime": _("Time format"),
    "formula": _("Looks like a formula"),
    "too_long": _("Too long"),
    "control_characters": _("Invisible characters"),
    "bad_zone": _("Unknown time zone"),
    "bad_relation": _("Unknown relation"),
    "bad_phone": _("Phone number"),
    "split_mismatch": _("Split does not add up"),
    "reverses_itself": _("Reverses itself"),
    "wrong_cell_count": _("Number of cells"),
    "row_too_long": _("Line too long"),
    "quote_unclosed": _("Quotation marks"),
    "bad_quoting": _("Quotation marks"),
    "duplicate_key": _("Twice in the file"),
    "older_row": _("Older than known"),
    "after_file": _("Later than the file"),
    "other_borrower": _("Other borrower"),
    "unknown_loan": _("Unknown loan"),
    "unknown_borrower": _("Unknown borrower"),
    "repayment_changed": _("Booked otherwise"),
    "reverses_a_reversal": _("Reverses a reversal"),
    "other_loan": _("Other loan"),
    "other_amount": _("Other amount"),
    "already_reversed": _("Already reversed"),
    "book_changed": _("Book has changed"),
}
