"""What can be wrong with a feed file or a row: codes, and the English sentence for each.

The sentences are marked for translation by the name of `gettext_noop`; whoever shows them passes
a translating function. Nothing here knows about screens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

VALUE_LENGTH = 200

Params = dict[str, str | int]


def gettext_noop(message: str) -> str:
    """Mark a sentence for translation and give it back as it is."""
    return message


def _as_it_is(message: str) -> str:
    return message


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is refused: the column, its value as it stood, a code of MESSAGES.

    The value is cut to VALUE_LENGTH characters; it may be personal data. Faults of the whole row
    have no column.
    """

    column: str
    value: str
    code: str
    params: Params = field(default_factory=dict)


class FileRefused(Exception):
    """The whole file cannot be taken in; `code` and `params` as for MESSAGES."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return self.sentence()

    def sentence(self, translate: Callable[[str], str] = _as_it_is) -> str:
        """One sentence for the person who sent the file."""
        return translate(MESSAGES[self.code]) % self.params


def fault_sentence(fault: Fault, translate: Callable[[str], str] = _as_it_is) -> str:
    """One sentence for the person who has to correct the row, without column and value."""
    return translate(MESSAGES[fault.code]) % fault.params


MESSAGES: dict[str, str] = {
    # one value
    "required": gettext_noop("A value is required here."),
    "not_plain_decimal": gettext_noop(
        "Not a plain decimal number such as 1234.50: only digits and one point."
    ),
    "not_whole_number": gettext_noop("Not a whole number."),
    "full_width_digits": gettext_noop("Contains full-width digits; write 0 to 9."),
    "too_many_places": gettext_noop("More than %(places)s decimal places."),
    "negative": gettext_noop("Must not be negative."),
    "zero_amount": gettext_noop("Must be more than zero."),
    "out_of_range": gettext_noop("Must lie between %(low)s and %(high)s."),
    "date_format": gettext_noop("Not a date in the form YYYY-MM-DD."),
    "date_missing": gettext_noop("There is no such day in the calendar."),
    "bad_datetime": gettext_noop(
        "Not a time in the form YYYY-MM-DD HH:MM:SS, with a time zone such as +08:00 or without."
    ),
    "formula": gettext_noop("Begins like a spreadsheet formula."),
    "too_long": gettext_noop("Longer than %(limit)s characters."),
    "control_characters": gettext_noop("Contains characters that cannot be seen."),
    "bad_zone": gettext_noop("Not a known time zone such as Asia/Shanghai."),
    "bad_relation": gettext_noop("Not a known relation; one of %(known)s."),
    "bad_phone": gettext_noop("Not a telephone number of 5 to 20 digits."),
    # a row
    "split_mismatch": gettext_noop(
        "The components add up to %(total)s, but the amount is %(amount)s."
    ),
    "reverses_itself": gettext_noop("A repayment cannot reverse itself."),
    "wrong_cell_count": gettext_noop("%(found)s cells, but the header has %(expected)s."),
    "row_too_long": gettext_noop("The line is longer than %(limit)s characters."),
    "quote_unclosed": gettext_noop("A quotation mark opens here and is never closed."),
    "bad_quoting": gettext_noop("Text follows a closing quotation mark; inside quotes write two."),
    # a row beside the others of its file, or beside the book
    "duplicate_key": gettext_noop("Occurs more than once in this file: also in line %(line)s."),
    "older_row": gettext_noop("Older than what is known of this loan, which is as of %(known)s."),
    "after_file": gettext_noop("Later than the date of the file, which is %(as_of)s."),
    "other_borrower": gettext_noop("The loan belongs to another borrower, %(known)s."),
    "unknown_loan": gettext_noop("No loan with this number is known."),
    "unknown_borrower": gettext_noop("No borrower with this number is known."),
    "repayment_changed": gettext_noop(
        "This number is booked already with other contents; reverse it and send a new one."
    ),
    "reverses_a_reversal": gettext_noop("%(reverses)s is a reversal itself; it cannot be undone."),
    "other_loan": gettext_noop("%(reverses)s was paid for another loan, %(loan_no)s."),
    "other_amount": gettext_noop("The amount of %(reverses)s is %(amount)s."),
    "already_reversed": gettext_noop("%(reverses)s is reversed already."),
    "book_changed": gettext_noop("The book has changed since the file was checked."),
    # a file
    "empty": gettext_noop("The file is empty."),
    "unknown_format": gettext_noop("The file is neither CSV nor XLSX."),
    "old_excel": gettext_noop(
        "The file is an old Excel file or locked by a password; save it as XLSX or CSV without one."
    ),
    "not_utf8": gettext_noop(
        "The file is not UTF-8: line %(line)s, byte %(offset)s cannot be read; save it as UTF-8."
    ),
    "nul_bytes": gettext_noop("The file has a zero byte in line %(line)s; it is not a text file."),
    "no_header": gettext_noop(
        "The first line is not the header: none of the columns %(expected)s is in it."
    ),
    "wrong_delimiter": gettext_noop("The columns are not separated by commas."),
    "missing_columns": gettext_noop("Required columns are missing: %(columns)s."),
    "duplicate_columns": gettext_noop("Columns occur twice: %(columns)s."),
    "unreadable_xlsx": gettext_noop(
        "The workbook is damaged and cannot be read; save it again as XLSX or CSV and send that."
    ),
    "broken_xlsx": gettext_noop(
        "The workbook is damaged below row %(row)s; save it again as XLSX or CSV and send that."
    ),
    "too_large_unpacked": gettext_noop(
        "The workbook is larger than %(limit)s MB when unpacked; send it as CSV."
    ),
    "too_many_rows": gettext_noop("The sheet has more than %(limit)s rows."),
    "no_rows": gettext_noop("The file has a header and no row below it."),
    # an import
    "strict": gettext_noop(
        "Refused rows: %(rejected)s of %(rows)s; strict takes all rows or none."
    ),
    "not_by_statement": gettext_noop(
        "%(company)s does not keep its balances by statements; see Cases, Balances."
    ),
    "not_a_lender": gettext_noop("%(company)s is not a lender and has no book to import into."),
    "future_date": gettext_noop("The date %(as_of)s is still to come; today is %(today)s."),
    "busy": gettext_noop("Another import of the company is being written; try again in a minute."),
    "no_file": gettext_noop("The uploaded file is gone; upload it again."),
}
