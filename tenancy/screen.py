"""What a view hands to the shared templates (docs/screens.md), typed.

A misspelt name fails in mypy and not as an empty place on the screen. These stand on the ground
floor because every room's views use them; they read no row and render nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Literal

from django.utils import timezone
from django.utils.functional import Promise

Text = str | Promise
Tone = Literal["", "ok", "warn", "bad", "acc"]

BUCKET_TONES = 7
"""Steps of the one ordered colour scale: 0 is the cool one, 6 the darkest."""


def bucket_tone(position: int, of: int) -> int:
    """The colour step of a scheme's bucket: the first takes 0, the last 6, others spread between.

    `position` counts from 0 in the scheme's order, `of` is how many buckets it has. Labels play
    no part: they belong to a scheme.
    """
    if of <= 1:
        return 0
    last = BUCKET_TONES - 1
    return min(last, max(0, (position * last * 2 + of - 1) // (2 * (of - 1))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A way on: breadcrumb, button, tab of an empty state."""

    label: Text
    href: str = ""
    icon: str = ""
    primary: bool = False
    panel: bool = False
    """Opens in the side panel (a page of its own without JavaScript)."""
    key: str = ""
    """The single letter that does the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stat:
    """One figure of the strip. With `href` it counts rows and sets the filter."""

    label: Text
    value: Text
    href: str = ""
    icon: str = ""
    note: Text = ""
    note_tone: Tone = ""
    tone: Tone = ""
    active: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewTab:
    """A saved view or a tab; `count` is already written ("164", "10,000+")."""

    label: Text
    href: str
    count: Text = ""
    active: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """Why there is nothing here, and one or two ways on."""

    title: Text
    text: Text = ""
    actions: Sequence[Link] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Keyset pages: what is shown, and where the neighbours are ("" where there is none)."""

    summary: Text = ""
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAction:
    """What may be done with the ticked rows.

    `href` gets the ticked `id`s, or `all_matching=1`, and `filter` (the list's query string).
    A `panel` action asks with GET and opens in the side panel; others are POSTed.
    """

    label: Text
    href: str
    icon: str = ""
    panel: bool = True
    danger: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """The bar that takes the filter bar's place while rows are ticked.

    `total` is how many rows match the filter, already written; empty when it cannot all be taken.
    `form` is the id that the rows' tick boxes name in their `form` attribute.
    """

    actions: Sequence[BulkAction]
    query: str = ""
    total: str = ""
    unit: Text = ""
    form: str = "bulk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A stage of something with an order, such as an import."""

    label: Text
    state: Literal["done", "now", "todo"] = "todo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A term and what it is, in a description list."""

    term: Text
    detail: Text
    tone: Tone = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """An action that may not be done now: says from when on its face, and why beside it."""

    id: str
    label: Text
    reason: Text
    icon: str = "lock"
    from_when: Text = ""
    basis: Text = ""
    rules_href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One line of "what is allowed now"."""

    label: Text
    allowed: bool
    why: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field that somebody else changed meanwhile: both values, as they are written."""

    name: str
    label: Text
    theirs: Text
    yours: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineItem:
    """One event: when, what, by whom, why or how, and how it stands now."""

    at: datetime
    what: Text
    icon: str
    who: Text = ""
    why: Text = ""
    state: Text = ""
    state_tone: Tone = ""
    tone: Tone = ""
    href: str = ""
    facts: Text = ""
    """A quiet line of what else is known."""
    links: Sequence[Link] = ()
    """Files, and ways on."""


@dataclass(frozen=True, slots=True)
class TimelineDay:
    """A calendar day's events, in the order given."""

    day: date
    items: Sequence[TimelineItem]


def timeline_days(items: Iterable[TimelineItem]) -> list[TimelineDay]:
    """The events under their days, on the clock in force; the order is the caller's."""
    days = groupby(items, key=lambda item: timezone.localtime(item.at).date())
    return [TimelineDay(day, list(group)) for day, group in days]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of a load bar: how much, and the bucket's colour step."""

    label: str
    value: int
    tone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart's data (charts.js draws it) with the table that says the same.

    `kind` is "bars" (zero-based, bucket colours by `tones`) or "matrix" (roll rates).
    `table` holds the rows behind the chart, the first being the head.
    """

    id: str
    kind: Literal["bars", "matrix"]
    title: Text
    data: Mapping[str, object]
    unit: Text = ""
    table: Sequence[Sequence[Text]] = field(default_factory=list)

    @property
    def data_id(self) -> str:
        """The id of the JSON that the chart is drawn from."""
        return f"{self.id}-data"
