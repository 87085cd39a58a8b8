"""Cells that people open in a spreadsheet: none of them may be taken for a formula."""

import re

_starts_a_formula = re.compile(r"[=+\-@\t\r\n＝＋－＠]").match
_plain_number = re.compile(r"-?[0-9]+(?:\.[0-9]+)?").fullmatch


def neutralise(cell: str) -> str:
    """The cell as an export may write it: what would begin a formula gets an apostrophe in front.

    Plain numbers, negative ones too, stay numbers. Every CSV and XLSX export goes through here.
    """
    if _starts_a_formula(cell) and not _plain_number(cell):
        return "'" + cell
    return cell
