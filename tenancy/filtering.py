"""The filter bar and the table head of a list: everything they know stands in the URL."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Literal

from django.http import QueryDict
from django.utils.translation import gettext

from tenancy.screen import Text

PAGE_KEYS = ("after", "before", "panel")
"""Parameters that say where one is in a list; any change of the filter drops them."""

WIDEST = 30
"""Digits before or behind the point, more than any column has."""

Kind = Literal["choice", "one", "range", "days", "text"]
SUFFIXES: dict[Kind, tuple[str, ...]] = {
    "choice": ("",),
    "one": ("",),
    "range": ("_min", "_max"),
    "days": ("_from", "_to"),
    "text": ("",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One value that a filter offers. key: the id of the row that it stands for, for queries."""

    value: str
    label: Text
    count: Text = ""
    key: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A question that a list can be asked.

    `choice` takes any of the options, `one` a single one; `range` is two numbers (GET
    `name_min`, `name_max`), `days` two dates (`name_from`, `name_to`), `text` what is typed.
    With `extra` it waits behind "+ Filter" until it is set. counted: each option gets its number
    of rows when the menu opens (FilterBar.counts).
    """

    name: str
    label: Text
    kind: Kind = "choice"
    options: Sequence[Option] = ()
    unit: str = ""
    extra: bool = False
    counted: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The GET parameters of this filter."""
        return tuple(self.name + suffix for suffix in SUFFIXES[self.kind])


def count_id(which: Filter, place: int) -> str:
    """The id of the element that shows how many rows an option has; "" where none are counted."""
    return f"n-{which.name}-{place}" if which.counted else ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter as the bar shows it: set or not, what it says, and how to take it away."""

    filter: Filter
    values: Sequence[str]
    """What the URL says, one for each of the filter's inputs (or the options chosen)."""
    shown: str
    remove: str
    hidden: Sequence[tuple[str, str]]
    """The rest of the URL, to be carried by the filter's own form."""
    error: str = ""

    @property
    def is_set(self) -> bool:
        """Whether the URL sets this filter."""
        return any(self.values)

    @property
    def choices(self) -> Iterator[tuple[Option, bool]]:
        """The options, each with whether it is chosen; what the URL alone knows comes last."""
        known = {option.value for option in self.filter.options}
        yield from ((option, option.value in self.values) for option in self.filter.options)
        yield from (
            (Option(value=value, label=value), True) for value in self.values if value not in known
        )


class FilterBar:
    """The filters of a list, read from the URL. Views take the values, the template the chips.

    What cannot be read as a number or date is kept on screen, marked, and not applied. A value
    that is no option stays chosen and marked, and nothing answers to it. No act may be done to
    all that match while `unread` names a filter. counts: where the numbers behind the options of
    `counted` filters come from, an address with a query.
    """

    def __init__(
        self, filters: Sequence[Filter], params: QueryDict, note: Text = "", counts: str = ""
    ) -> None:
        self.filters = {each.name: each for each in filters}
        self.params = params
        self.note = note
        self.counts = counts

    def chosen(self, name: str) -> list[str]:
        """The known options that the URL names for a `choice` or `one` filter."""
        which = self.filters[name]
        known = {option.value for option in which.options}
        values = [value for value in self.params.getlist(name) if value in known]
        return values[:1] if which.kind == "one" else values

    def unknown(self, name: str) -> list[str]:
        """What the URL names for a `choice` or `one` filter and is no option of it."""
        known = {option.value for option in self.filters[name].options}
        return [value for value in self.params.getlist(name) if value and value not in known]

    @property
    def matches_nothing(self) -> bool:
        """Whether some filter names only what is not known (any more): no row answers to that."""
        choices = (each.name for each in self.filters.values() if each.kind in ("choice", "one"))
        return any(self.unknown(name) and not self.chosen(name) for name in choices)

    @property
    def unread(self) -> list[Text]:
        """The labels of the filters that the URL sets to something that cannot be read."""
        return [each.label for each in self.filters.values() if self._read(each)[2]]

    def text(self, name: str) -> str:
        """What was typed into a `text` filter, without spaces around it and what no text holds."""
        return self.params.get(name, "").replace("\0", "").strip()

    def bounds(self, name: str) -> tuple[Decimal | None, Decimal | None]:
        """The two ends of a `range` filter; None where empty or no number."""
        low, high = (_number(self.params.get(key, "")) for key in self.filters[name].keys)
        return low, high

    def days(self, name: str) -> tuple[date | None, date | None]:
        """The two ends of a `days` filter, both inclusive; None where empty or no date."""
        first, last = (_day(self.params.get(key, "")) for key in self.filters[name].keys)
        return first, last

    def url(self, **changes: str | None) -> str:
        """This list's URL with some parameters set, or taken away with None; page 1."""
        return changed_url(self.params, **changes)

    @cached_property
    def chips(self) -> list[Chip]:
        """The filters to show in the bar."""
        return [chip for chip in self._every if chip.is_set or not chip.filter.extra]

    @cached_property
    def extras(self) -> list[Chip]:
        """The filters that wait behind "+ Filter"."""
        return [chip for chip in self._every if chip.filter.extra and not chip.is_set]

    @cached_property
    def _every(self) -> list[Chip]:
        return [self._chip(each) for each in self.filters.values()]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The whole URL as hidden fields, for the form behind "+ Filter"."""
        return list(_pairs(self.params, PAGE_KEYS))

    @property
    def clear(self) -> str:
        """The URL with no filter set; "" when none is."""
        keys = {key for each in self.filters.values() for key in each.keys}
        if not any(self.params.get(key) for key in keys):
            return ""
        return changed_url(self.params, **dict.fromkeys(keys))

    def _chip(self, which: Filter) -> Chip:
        values, shown, error = self._read(which)
        return Chip(
            filter=which,
            values=values,
            shown=shown,
            remove=changed_url(self.params, **dict.fromkeys(which.keys)),
            hidden=list(_pairs(self.params, (*PAGE_KEYS, *which.keys))),
            error=error,
        )

    def _read(self, which: Filter) -> tuple[list[str], str, str]:
        """What the URL says for a filter: its values, in words, and what is wrong with it."""
        if which.kind in ("choice", "one"):
            values, unknown = self.chosen(which.name), self.unknown(which.name)
            labels = [str(option.label) for option in which.options if option.value in values]
            error = gettext("not known any more") if unknown else ""
            return [*values, *unknown], gettext(", ").join([*labels, *unknown]), error
        values = [self.params.get(key, "").strip() for key in which.keys]
        if which.kind == "text":
            return values, values[0], ""
        read = _number if which.kind == "range" else _day
        if any(value and read(value) is None for value in values):
            number = which.kind == "range"
            return (
                values,
                " – ".join(filter(None, values)),
                gettext("not a number") if number else gettext("not a date (2026-11-21)"),
            )
        return values, _span(*values), ""


def changed_url(params: QueryDict, **changes: str | None) -> str:
    """The query string with some parameters set, or dropped with None; the page is forgotten."""
    new = params.copy()
    for key in PAGE_KEYS:
        new.pop(key, None)
    for key, value in changes.items():
        if value is None:
            new.pop(key, None)
        else:
            new[key] = value
    return "?" + new.urlencode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table: its head, and whether one may sort by it or leave it out."""

    key: str
    label: Text
    numeric: bool = False
    css: str = ""
    sortable: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head as the table shows it."""

    column: Column
    hidden: bool
    sort: Literal["", "ascending", "descending"]
    href: str


class Table:
    """A list's columns; the chosen ones and the order stand in the URL (`hide`, `sort`).

    `default_sort` is a column's key, with "-" before it for descending. Rows are written by the
    list's own template, one cell a column in this order, after a cell with a tick box if `ticks`.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        params: QueryDict,
        default_sort: str = "",
        *,
        ticks: bool = False,
    ) -> None:
        self.columns = columns
        self.ticks = ticks
        self.params = params
        allowed = {column.key for column in columns if column.sortable}
        asked = params.get("sort", "")
        self.sort = asked if asked.removeprefix("-") in allowed else default_sort

    @property
    def css(self) -> str:
        """Classes that leave out the hidden columns: hc3 is the table's third one."""
        hidden, first = self.hidden, 2 if self.ticks else 1
        return " ".join(f"hc{n}" for n, c in enumerate(self.columns, first) if c.key in hidden)

    @property
    def hidden(self) -> set[str]:
        """Keys of the columns that the URL leaves out."""
        optional = {column.key for column in self.columns if column.optional}
        return optional & set(self.params.getlist("hide"))

    @property
    def has_choice(self) -> bool:
        """Whether any column may be left out."""
        return any(column.optional for column in self.columns)

    @property
    def heads(self) -> list[Head]:
        """The columns with their order and the link that sorts by them."""
        return [self._head(column) for column in self.columns]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The rest of the URL, to be carried by the column chooser's form."""
        return list(_pairs(self.params, ("hide",)))

    def _head(self, column: Column) -> Head:
        order: Literal["", "ascending", "descending"] = ""
        if self.sort.removeprefix("-") == column.key:
            order = "descending" if self.sort.startswith("-") else "ascending"
        href = ""
        if column.sortable:
            # The first click on a figure asks for the largest, on a word for the first.
            first = f"-{column.key}" if column.numeric else column.key
            other = column.key if column.numeric else f"-{column.key}"
            href = changed_url(self.params, sort=other if self.sort == first else first)
        return Head(column, column.key in self.hidden, order, href)


def _pairs(params: QueryDict, but: Sequence[str]) -> Iterator[tuple[str, str]]:
    for key, values in params.lists():
        if key not in but:
            yield from ((key, str(value)) for value in values)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        return None
    return number if fits_a_column(number) else None


def fits_a_column(number: Decimal) -> bool:
    """Whether the database takes the number: 1e999999 is one that it refuses with an error."""
    return number.is_finite() and abs(number.adjusted()) <= WIDEST


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _span(low: str, high: str) -> str:
    """Two ends in words: "100 – 500", "≥ 100", "≤ 500"."""
    if low and high:
        return f"{low} – {high}"
    return f"≥ {low}" if low else f"≤ {high}" if high else ""
