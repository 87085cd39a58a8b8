"""The five kinds of feed: their columns, the verdict on a header, and the reading of rows.

A row comes out as a tuple of texts in the order of the kind's `staging` columns, ready for COPY,
or as the list of everything that is wrong with it. Reading is the inner loop of every import: it
looks at faults only after the quick way has failed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from operator import itemgetter
from zoneinfo import ZoneInfo

from cases.amounts import COMPONENTS
from cases.feed import values
from cases.feed.faults import VALUE_LENGTH, Fault, FileRefused, Params
from cases.feed.values import Parser, Unreadable

ATTR_PREFIX = "attr."
ATTR_NAME_LENGTH = 40
MOST_ATTRS = 40

ParsedRow = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a feed. `limit` is the length of the longest text that its parser returns.

    Without a parser it holds a moment, to be read in the lender's time zone. `personal` marks
    data about a person, which must not be stored or shown as it is.
    """

    name: str
    parser: Parser | None
    limit: int
    required: bool = False
    personal: bool = False


@dataclass(frozen=True, slots=True)
class FeedKind:
    """One kind of feed: its columns, and whether it takes labels of the lender's own."""

    name: str
    columns: tuple[Column, ...]
    takes_attrs: bool = False

    @property
    def staging(self) -> tuple[str, ...]:
        """What the values of a parsed row are, in order; `attrs` is a JSON object."""
        names = tuple(column.name for column in self.columns)
        return (*names, "attrs") if self.takes_attrs else names


def _number(name: str, *, required: bool = False, personal: bool = False) -> Column:
    return Column(name, values.identifier, 64, required, personal)


def _label(name: str) -> Column:
    return Column(name, values.label, 64)


def _money(name: str, *, required: bool = False) -> Column:
    return Column(name, values.money, 19, required)


def _day(name: str, *, required: bool = False) -> Column:
    return Column(name, values.day, 10, required)


LOANS = FeedKind(
    "loans",
    (
        _number("loan_no", required=True),
        _number("borrower_no", required=True),
        Column("borrower_name", values.name, 120, personal=True),
        _number("id_no", personal=True),
        Column("phone", values.phone, 21, personal=True),
        _label("product"),
        _label("channel"),
        _label("region"),
        _money("loan_amount"),
        _day("disbursed_on"),
        _day("due_date", required=True),
        *(_money(component, required=True) for component in COMPONENTS),
        Column("collection_score", values.score, 4),
        Column("lost_contact_score", values.score, 4),
        Column("timezone", values.zone_name, 40),
    ),
    takes_attrs=True,
)
INSTALMENTS = FeedKind(
    "instalments",
    (
        _number("loan_no", required=True),
        Column("seq", values.seq, 4, required=True),
        _day("due_date", required=True),
        *(_money(component, required=True) for component in COMPONENTS),
    ),
)
CONTACTS = FeedKind(
    "contacts",
    (
        _number("borrower_no", required=True),
        Column("name", values.name, 120, personal=True),
        Column("relation", values.relation, 10, required=True),
        Column("phone", values.phone, 21, required=True, personal=True),
        Column("source", values.source, 64),
    ),
)
REPAYMENTS = FeedKind(
    "repayments",
    (
        _number("repayment_no", required=True),
        _number("loan_no", required=True),
        Column("paid_at", None, 32, required=True),
        Column("amount", values.positive_money, 19, required=True),
        *(_money(component) for component in COMPONENTS),
        _number("reverses"),
    ),
)
STATEMENTS = FeedKind(
    "statements",
    (
        _number("loan_no", required=True),
        _day("as_of", required=True),
        *(_money(component, required=True) for component in COMPONENTS),
    ),
)
KINDS = {kind.name: kind for kind in (LOANS, INSTALMENTS, CONTACTS, REPAYMENTS, STATEMENTS)}


@dataclass(frozen=True, slots=True)
class HeaderVerdict:
    """What a header holds: places of the known columns and of attributes, by name, and the rest.

    `unknown` columns are ignored, as are `unusable_attrs` (no name, one of more than 40
    characters, or beyond the fortieth attribute): both are to be reported. With `missing` or
    `duplicates` the file cannot be read.
    """

    places: dict[str, int]
    attrs: dict[str, int]
    unknown: tuple[str, ...]
    unusable_attrs: tuple[str, ...]
    missing: tuple[str, ...]
    duplicates: tuple[str, ...]

    def refuse_if_unusable(self) -> None:
        """Raise FileRefused when required columns are missing or a column occurs twice."""
        if self.missing:
            raise FileRefused("missing_columns", columns=", ".join(self.missing))
        if self.duplicates:
            raise FileRefused("duplicate_columns", columns=", ".join(self.duplicates))


def judge_header(kind: FeedKind, header: Iterable[str]) -> HeaderVerdict:
    """Find the columns of a kind in a header; case and white space around names do not matter."""
    known = {column.name for column in kind.columns}
    found: list[str] = []
    places: dict[str, int] = {}
    attrs: dict[str, int] = {}
    unknown: list[str] = []
    unusable: list[str] = []
    for place, title in enumerate(header):
        text = title.strip()
        folded = text.lower()
        if folded in known:
            found.append(folded)
            places[folded] = place
        elif kind.takes_attrs and folded.startswith(ATTR_PREFIX):
            attr = text[len(ATTR_PREFIX) :].strip()
            full = len(attrs) == MOST_ATTRS and attr not in attrs
            if full or not attr.isprintable() or not 0 < len(attr) <= ATTR_NAME_LENGTH:
                unusable.append(text[:VALUE_LENGTH])
                continue
            found.append(ATTR_PREFIX + attr)
            attrs[attr] = place
        elif text:
            unknown.append(text[:VALUE_LENGTH])
    return HeaderVerdict(
        places=places,
        attrs=dict(sorted(attrs.items())),
        unknown=tuple(unknown),
        unusable_attrs=tuple(unusable),
        missing=tuple(c.name for c in kind.columns if c.required and c.name not in places),
        duplicates=tuple(title for title, times in Counter(found).items() if times > 1),
    )


class RowReader:
    """Reads the rows below one header."""

    def __init__(self, kind: FeedKind, header: Sequence[str], company_zone: str) -> None:
        """Prepare for a header of `kind`; local times are read in `company_zone` (IANA name).

        Raises FileRefused for a header that lacks required columns or has one twice.
        """
        self.kind = kind
        self.verdict = judge_header(kind, header)
        self.verdict.refuse_if_unusable()
        self._width = len(header)
        instant = values.instant_in(ZoneInfo(company_zone))
        present = [column for column in kind.columns if column.name in self.verdict.places]
        self._columns = [
            (self.verdict.places[column.name], column.parser or instant, column)
            for column in present
        ]
        self._plan = [(place, parser) for place, parser, _ in self._columns]
        self._attr_plan = [
            (place, values.attr_member(attr)) for attr, place in self.verdict.attrs.items()
        ]
        self._arrange = self._arrangement([column.name for column in present])
        self._required = itemgetter(*(i for i, c in enumerate(kind.columns) if c.required))
        self._check = _checked_repayment if kind is REPAYMENTS else None

    def _arrangement(self, present: list[str]) -> Callable[[list[str | None]], ParsedRow]:
        """From the values of present columns, then attrs, then None, to the staging order."""
        order = {name: place for place, name in enumerate([*present, "attrs"])}
        return itemgetter(*(order.get(name, -1) for name in self.kind.staging))

    def read(self, cells: Sequence[str]) -> ParsedRow | list[Fault]:
        """The row's values in staging order, or everything that is wrong with it."""
        if len(cells) != self._width and not self._only_empty_beyond(cells):
            return [self._wrong_count(cells)]
        try:
            found = [parse(cells[place]) for place, parse in self._plan]
            members = [parse(cells[place]) for place, parse in self._attr_plan]
        except Unreadable:
            return self._faults(cells)
        found += (f"{{{','.join(filter(None, members))}}}", None)
        row = self._arrange(found)
        if None in self._required(row):
            return self._faults(cells)
        return self._check(row) if self._check else row

    def _only_empty_beyond(self, cells: Sequence[str]) -> bool:
        return len(cells) > self._width and not any(cells[self._width :])

    def _wrong_count(self, cells: Sequence[str]) -> Fault:
        params: Params = {"found": len(cells), "expected": self._width}
        start = ",".join(cell[:VALUE_LENGTH] for cell in cells[:VALUE_LENGTH])
        return Fault("", start[:VALUE_LENGTH], "wrong_cell_count", params)

    def _faults(self, cells: Sequence[str]) -> list[Fault]:
        """Read every cell again, slowly, and keep what is wrong."""
        faults: list[Fault] = []
        for place, parser, column in self._columns:
            fault = _fault_of(column.name, cells[place], parser, required=column.required)
            if fault:
                faults.append(fault)
        for (place, parser), attr in zip(self._attr_plan, self.verdict.attrs, strict=True):
            fault = _fault_of(ATTR_PREFIX + attr, cells[place], parser, required=False)
            if fault:
                faults.append(fault)
        return faults


def _fault_of(column: str, cell: str, parser: Parser, *, required: bool) -> Fault | None:
    try:
        value = parser(cell)
    except Unreadable as unreadable:
        return Fault(column, cell[:VALUE_LENGTH], unreadable.code, unreadable.params)
    if value is None and required:
        return Fault(column, cell[:VALUE_LENGTH], "required")
    return None


_AMOUNT = REPAYMENTS.staging.index("amount")
_SPLIT = slice(_AMOUNT + 1, _AMOUNT + 1 + len(COMPONENTS))
_REVERSES = REPAYMENTS.staging.index("reverses")


def _checked_repayment(row: ParsedRow) -> ParsedRow | list[Fault]:
    """A split must add up to the amount; components that are not given are zero then."""
    if row[_REVERSES] is not None and row[_REVERSES] == row[0]:
        return [Fault("reverses", row[0] or "", "reverses_itself")]
    if not any(row[_SPLIT]):
        return row
    split = [part or "0.00" for part in row[_SPLIT]]
    total, amount = sum(map(_cents, split)), row[_AMOUNT] or ""
    if total != _cents(amount):
        params: Params = {"total": f"{total // 100}.{total % 100:02}", "amount": amount}
        return [Fault("amount", amount, "split_mismatch", params)]
    return (*row[: _SPLIT.start], *split, *row[_SPLIT.stop :])


def _cents(amount: str) -> int:
    return int(amount.replace(".", ""))


def row_digest(row: Iterable[str | None], *, key: bytes = b"") -> bytes:
    """16 bytes that stay the same as long as the row does; an empty value is an unknown one.

    A row holds numbers of people that could be guessed from a digest of it; with a secret `key`
    (up to 64 bytes) they cannot. Values hold no control characters, so the separator cannot occur
    in them.
    """
    joined = "\x1f".join([value or "" for value in row])
    return blake2b(joined.encode(), digest_size=16, key=key).digest()
