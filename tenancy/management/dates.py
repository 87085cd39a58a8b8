"""How commands read a date."""

from argparse import ArgumentTypeError
from datetime import date


def a_date(text: str) -> date:
    """An argparse type: the date that is written; refuses another text in one sentence."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(
            f"“{text[:40]}” is no date; write one as 2026-11-21 (year, month, day)"
        ) from error
