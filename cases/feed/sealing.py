"""Personal data on its way in: a number becomes a hash, a sealed text, its last four and a mask."""

import re

from cases.feed.rows import Column
from tenancy.personal_data import keyed_hash, last_four, mask_number, seal

EMPTY_BYTES = "\\x"

_digits = re.compile(r"[0-9]{7,}")
SHOWN_OF_A_LINE = 40


def bytea(value: bytes) -> str:
    """Bytes as PostgreSQL reads them from text."""
    return "\\x" + value.hex()


def sealed_number(number: str | None) -> tuple[str, str, str, str]:
    """Hash (for a bytea column), sealed text, last four and mask of a number; empty for none."""
    if not number:
        return EMPTY_BYTES, "", "", ""
    return bytea(keyed_hash(number)), seal(number), last_four(number), mask_number(number)


def shown_value(column: Column | None, value: str) -> str:
    """A refused value as it may be kept and shown: masked where it is about a person.

    column None: the beginning of a whole line, in which anything may stand.
    """
    if column is None:
        return _digits.sub(lambda found: mask_number(found[0]), value[:SHOWN_OF_A_LINE])
    if not column.personal:
        return value
    if column.name in ("phone", "id_no"):
        return mask_number(value)
    return value[:1] + "**" if value else ""
