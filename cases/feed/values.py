"""Reading single cells of a feed: each parser takes a cell's text and gives the value for COPY.

A parser returns the canonical text of the value, None for an empty cell, or raises Unreadable.
Money stays text ("1234.50"): it is checked here and computed with nowhere on its way into the
database. Parsers take what is usual on a fast path and look closely only at the rest.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from cases.feed.faults import Params

Parser = Callable[[str], str | None]

MONEY_DIGITS = 16  # before the point
MONEY_PLACES = 2
FIRST_YEAR, LAST_YEAR = 1900, 2199
HIGHEST_SCORE = 1000
HIGHEST_SEQ = 9999

# No column is nearly as long. Cells beyond it are refused before anything looks at them, so that
# neither time nor the caches below depend on how much white space somebody sends.
RAW_LENGTH = 1000

RELATIONS: dict[str, tuple[str, ...]] = {
    "self": ("本人",),
    "spouse": ("配偶", "丈夫", "妻子"),
    "parent": ("父母", "父亲", "母亲"),
    "sibling": ("兄弟姐妹",),
    "relative": ("亲属", "亲戚", "家人", "儿子", "女儿"),
    "colleague": ("同事", "上司", "老板"),
    "friend": ("朋友", "同学"),
    "emergency": ("紧急联系人",),
    "other": ("其他",),
}
SOURCES: dict[str, tuple[str, ...]] = {
    "application": ("进件",),
    "borrower": ("本人提供",),
    "third_party": ("第三方提供",),
    "lender_update": ("委托方更新",),
    "repaired": ("合法修复",),
}


class Unreadable(ValueError):
    """A cell does not hold what its column needs; `code` and `params` as for a Fault."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params: Params = params


def _codes_by_word(lists: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {word: code for code, labels in lists.items() for word in (code, *labels)}


_RELATION_BY_WORD = _codes_by_word(RELATIONS)
_SOURCE_BY_WORD = _codes_by_word(SOURCES)

_usual_money = re.compile(r"(?:0|[1-9][0-9]{0,15})\.[0-9]{2}").fullmatch
_any_money = re.compile(r"(-?)([0-9]*)(?:\.([0-9]+))?").fullmatch
_whole_number = re.compile(r"-?[0-9]+").fullmatch
_iso_date = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_iso_time = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)"
    r" ?(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
).fullmatch
_usual_identifier = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,63}").fullmatch
_usual_phone = re.compile(r"\+?[0-9]{5,20}").fullmatch
_phone_separators = re.compile(r"[\s\-‐‑‒–—－()（）]+")

_FORMULA_SIGNS = ("=", "+", "@", "＝", "＋", "＠")
_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}
# Marks that turn the direction of the text around them, so that it reads as something else.
_TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _text(cell: str, limit: int = RAW_LENGTH) -> str:
    """The cell without white space around it, at most `limit` characters, all to be seen."""
    text = cell.strip() if len(cell) <= RAW_LENGTH else cell
    if len(text) > limit:
        raise Unreadable("too_long", limit=limit)
    if not text.isprintable():
        for char in text:
            if unicodedata.category(char) in _UNSEEN or char in _TURNING:
                raise Unreadable("control_characters")
    return text


def _key_text(cell: str, limit: int = RAW_LENGTH) -> str:
    """Text that must not be mistaken for another one: an identifier, a number, a date."""
    text = _text(cell, limit)
    if text.startswith(_FORMULA_SIGNS):
        raise Unreadable("formula")
    if not text.isascii():
        for char in text:
            if unicodedata.category(char) in ("Cf", "Zs") and char != " ":
                raise Unreadable("control_characters")
            if char.isdecimal() and not char.isascii():
                raise Unreadable("full_width_digits")
    return text


def identifier(cell: str) -> str | None:
    """The number of a loan, borrower, repayment or identity card, of up to 64 characters."""
    if _usual_identifier(cell):
        return cell
    return _key_text(cell, 64) or None


def name(cell: str) -> str | None:
    """A person's name of up to 120 characters; it may begin with anything."""
    return _text(cell, 120) or None


@lru_cache(maxsize=8192)
def label(cell: str) -> str | None:
    """A free label of up to 64 characters."""
    return _text(cell, 64) or None


def money(cell: str) -> str | None:
    """An amount of at least zero with two places, such as 1234.50, whatever zeros it came with."""
    if _usual_money(cell):
        return cell
    return _unusual_money(cell)


@lru_cache(maxsize=4096)
def _unusual_money(cell: str) -> str | None:
    text = _key_text(cell)
    if not text:
        return None
    parts = _any_money(text)
    if parts is None or not (parts[2] or parts[3]):
        raise Unreadable("not_plain_decimal")
    whole, places = parts[2].lstrip("0") or "0", parts[3] or ""
    if len(places) > MONEY_PLACES:
        raise Unreadable("too_many_places", places=MONEY_PLACES)
    amount = f"{whole}.{places:0<{MONEY_PLACES}}"
    if parts[1] and amount != "0.00":
        raise Unreadable("negative")
    if len(whole) > MONEY_DIGITS:
        raise Unreadable("out_of_range", low="0.00", high=f"{'9' * MONEY_DIGITS}.99")
    return amount


def positive_money(cell: str) -> str | None:
    """An amount above zero."""
    amount = money(cell)
    if amount == "0.00":
        raise Unreadable("zero_amount")
    return amount


def _whole(cell: str, highest: int) -> str | None:
    text = _key_text(cell)
    if not text:
        return None
    if not _whole_number(text):
        raise Unreadable("not_whole_number")
    digits = text.lstrip("-").lstrip("0") or "0"
    if text.startswith("-") and digits != "0":
        raise Unreadable("negative")
    if len(digits) > len(str(highest)) or int(digits) > highest:
        raise Unreadable("out_of_range", low=0, high=highest)
    return digits


@lru_cache(maxsize=2048)
def score(cell: str) -> str | None:
    """A whole number from 0 to 1000."""
    return _whole(cell, HIGHEST_SCORE)


@lru_cache(maxsize=2048)
def seq(cell: str) -> str | None:
    """The number of an instalment: a whole number from 0 to 9999."""
    return _whole(cell, HIGHEST_SEQ)


@lru_cache(maxsize=16384)
def day(cell: str) -> str | None:
    """A date in the form YYYY-MM-DD and no other."""
    text = _key_text(cell)
    if not text:
        return None
    if not _iso_date(text):
        raise Unreadable("date_format")
    _check_day(text)
    return text


def _check_day(text: str) -> None:
    try:
        year = date.fromisoformat(text).year
    except ValueError:
        raise Unreadable("date_missing") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unreadable("out_of_range", low=f"{FIRST_YEAR}-01-01", high=f"{LAST_YEAR}-12-31")


def instant_in(zone: ZoneInfo) -> Parser:
    """A parser of moments: ISO 8601 with a time zone, or the lender's local time in `zone`.

    It returns the moment in UTC. A date alone is the beginning of that local day. A local time
    that the clocks pass twice is the earlier of the two moments; one that they skip is read as if
    they had not been moved yet, so it stays on its local date.
    """

    def instant(cell: str) -> str | None:
        text = _key_text(cell)
        if not text:
            return None
        parts = _iso_time(text)
        if parts is None:
            raise Unreadable("bad_datetime")
        _check_day(parts[1])
        try:
            moment = datetime.fromisoformat(f"{parts[1]}T{parts[2] or '00:00'}{parts[3] or ''}")
        except ValueError:
            raise Unreadable("bad_datetime") from None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        return moment.astimezone(UTC).isoformat(sep=" ")

    return instant


def phone(cell: str) -> str | None:
    """5 to 20 digits, perhaps after a plus sign; spaces, dashes and brackets are taken out."""
    if _usual_phone(cell):
        return cell
    text = _phone_separators.sub("", _text(cell))
    if not text:
        return None
    if not _usual_phone(text):
        _key_text(text.removeprefix("+"))
        raise Unreadable("bad_phone")
    return text


@lru_cache(maxsize=1024)
def zone_name(cell: str) -> str | None:
    """The name of a time zone in the IANA database."""
    text = _text(cell)
    if text and text not in _zone_names():
        raise Unreadable("bad_zone")
    return text or None


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=1024)
def relation(cell: str) -> str | None:
    """The code of a relation, for the code itself or a usual Chinese word for it."""
    text = _text(cell)
    if not text:
        return None
    code = _RELATION_BY_WORD.get(text.lower())
    if code is None:
        raise Unreadable("bad_relation", known=", ".join(RELATIONS))
    return code


@lru_cache(maxsize=1024)
def source(cell: str) -> str | None:
    """Where a number comes from: a known code where there is one, else the lender's own label."""
    text = label(cell)
    return _SOURCE_BY_WORD.get(text.lower(), text) if text else None


def attr_member(attr: str) -> Parser:
    """A parser of one label of the lender's own: a member of a JSON object, `"attr":"value"`."""
    key = json.dumps(attr, ensure_ascii=False)

    @lru_cache(maxsize=2048)
    def member(cell: str) -> str | None:
        text = _text(cell, 200)
        return f"{key}:{json.dumps(text, ensure_ascii=False)}" if text else None

    return member
