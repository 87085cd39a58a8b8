"""What somebody typed to find a case by, understood once: for the search and for lists' filters."""

from collections.abc import Sequence
from dataclasses import dataclass

from cases.feed.values import Unreadable, phone
from tenancy.personal_data import keyed_hash

LONGEST = 120
SHORTEST = 2
LAST_FOUR = 4


@dataclass(frozen=True, slots=True)
class Typed:
    """A text as it is looked for: no spaces around, nothing that no column holds."""

    text: str

    @classmethod
    def of(cls, raw: str) -> "Typed":
        """What was typed, made tidy."""
        return cls(" ".join(raw.replace("\0", "").split())[:LONGEST])

    @property
    def is_too_short(self) -> bool:
        """One letter or digit would find half the book; one Chinese character is a surname."""
        return len(self.text) < SHORTEST and self.text.isascii()

    @property
    def numbers(self) -> Sequence[str]:
        """As typed, and in capitals, as numbers are usually written."""
        return sorted({self.text, self.text.upper()})

    @property
    def names(self) -> Sequence[str]:
        """As names are usually written; none where a digit stands in it."""
        if any(char.isdigit() for char in self.text):
            return ()
        return sorted({self.text, self.text.title(), self.text.upper()})

    @property
    def last_four(self) -> str:
        """The last four digits of a phone; "" where it cannot be that."""
        return self.text if len(self.text) == LAST_FOUR and self.text.isdecimal() else ""

    @property
    def phone_hash(self) -> bytes | None:
        """Of a whole phone number; None where it cannot be that."""
        try:
            number = phone(self.text)
        except Unreadable:
            return None
        return keyed_hash(number) if number else None

    @property
    def id_hashes(self) -> Sequence[bytes]:
        """Of a whole id number, however its letters are written; none where it is too short."""
        if len(self.text) <= LAST_FOUR:
            return ()
        return [keyed_hash(each) for each in sorted({*self.numbers, self.text.lower()})]
