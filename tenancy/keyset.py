"""Keyset pages: each page begins behind the last row of the one before, however long the list.

A place in a list is a token of the row's key values, to be put into a URL as it is. A token that
cannot be read means the first page.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist, ValidationError
from django.db import connection
from django.db.models import F, Field, Func, Model, Q, QuerySet, Value
from django.db.models.lookups import GreaterThan, LessThan
from django.http import QueryDict

from tenancy.filtering import changed_url, fits_a_column
from tenancy.formats import COUNT_CAP, count
from tenancy.screen import Pager, Text

PAGE_SIZE = 50
UNREADABLE = (binascii.Error, ValueError, TypeError, OverflowError, ValidationError)
R = TypeVar("R")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[R]):
    """Some rows of a list, and the tokens of the places before and after them ("": the end)."""

    rows: list[R]
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """The rows of one page, and the pager below them."""

    rows: list[M]
    pager: Pager


def page_of(
    rows: QuerySet[M],
    *,
    order: Sequence[str],
    params: QueryDict,
    summary: Text = "",
    size: int = PAGE_SIZE,
) -> Page[M]:
    """The page that the URL asks for (`after` or `before`), in this order.

    order: columns as for order_by, none of them nullable, the last one unique. A cursor that
    cannot be read gives the first page.
    """
    names = [rows.model._meta.get_field(name.removeprefix("-")).attname for name in order]  # type: ignore[union-attr]
    page = keyset_page(
        rows,
        order=order,
        key=lambda row: [getattr(row, name) for name in names],
        after=params.get("after", ""),
        before="" if "after" in params else params.get("before", ""),
        size=size,
    )
    return Page(page.rows, pager_of(page, params, summary))


def pager_of(page: KeysetPage[Any], params: QueryDict, summary: Text = "") -> Pager:
    """The pager below a page: links to its neighbours that keep the rest of the URL."""
    return Pager(
        summary=summary,
        previous=changed_url(params, before=page.before) if page.before else "",
        next=changed_url(params, after=page.after) if page.after else "",
    )


def keyset_page(
    rows: "QuerySet[Any, R]",
    *,
    order: Sequence[str],
    key: Callable[[R], Sequence[Any]],
    after: str = "",
    before: str = "",
    size: int = PAGE_SIZE,
) -> KeysetPage[R]:
    """The page behind the token `after`, or in front of `before`. One query.

    order: as for page_of. key: a row's values of these columns, in this order.
    """
    walk = _Walk.of(rows, order, after, before)
    return walk.page(list(walk.chosen(rows, size)), key, size)


def shown_page(
    rows: "QuerySet[Any, Any]",
    *,
    order: Sequence[str],
    key: Callable[[tuple[Any, ...]], Sequence[Any]],
    show: str,
    values: Sequence[Any] = (),
    after: str = "",
    before: str = "",
    size: int = PAGE_SIZE,
) -> KeysetPage[tuple[Any, ...]]:
    """As keyset_page, for rows that a SELECT shows in plain SQL. One query.

    rows: `values_list` of the key columns and whatever else `show` needs of them. show: a SELECT
    with `{chosen}` after its FROM, which becomes these rows as a table named `chosen`, already cut
    to the page: so the page is chosen by its index before anything is joined, which a planner that
    misjudges row policies would not do. values: those of `%s` in `show` before `{chosen}`; none
    stand behind it.
    """
    walk = _Walk.of(rows, order, after, before)
    try:
        sql, params = walk.chosen(rows, size).query.sql_with_params()
    except EmptyResultSet:
        return KeysetPage([])
    ordered = ", ".join(
        f"chosen.{step.removeprefix('-')}{' DESC' if step.startswith('-') else ''}"
        for step in walk.steps
    )
    with connection.cursor() as cursor:
        statement = f"{show.format(chosen=f'({sql}) chosen')} ORDER BY {ordered}"
        cursor.execute(statement, [*values, *params])
        found = cursor.fetchall()
    return walk.page(found, key, size)


@dataclass(frozen=True, slots=True)
class _Walk:
    """From where a page goes which way. values: the key of the place, None for the beginning."""

    backwards: bool
    values: list[Any] | None
    steps: list[str]

    @classmethod
    def of(
        cls, rows: "QuerySet[Any, Any]", order: Sequence[str], after: str, before: str
    ) -> "_Walk":
        backwards = bool(before) and _values(rows, order, before) is not None
        values = _values(rows, order, before if backwards else after)
        return cls(backwards, values, _turned(order) if backwards else list(order))

    def chosen(self, rows: "QuerySet[Any, R]", size: int) -> "QuerySet[Any, R]":
        """The page's rows in the order of the walk, and one more to know whether there is more."""
        bounded = rows if self.values is None else rows.filter(_behind(self.steps, self.values))
        return bounded.order_by(*self.steps)[: size + 1]

    def page(self, found: list[R], key: Callable[[R], Sequence[Any]], size: int) -> KeysetPage[R]:
        """The rows in the order of the list, with the tokens of their ends."""
        more, found = len(found) > size, found[:size]
        if self.backwards:
            found.reverse()
        has_before = more if self.backwards else self.values is not None
        has_after = self.backwards or more
        return KeysetPage(
            found,
            before=token_of(key(found[0])) if found and has_before else "",
            after=token_of(key(found[-1])) if found and has_after else "",
        )


def capped_count(rows: "QuerySet[Any, Any]") -> str:
    """How many rows there are, counted no further than a list needs: "312", "10,000+"."""
    return count(rows.order_by()[: COUNT_CAP + 1].count(), COUNT_CAP)


def token_of(values: Sequence[Any]) -> str:
    """A place in a list as URL-safe text."""
    plain = [value.isoformat() if isinstance(value, date) else str(value) for value in values]
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _values(rows: "QuerySet[Any, Any]", order: Sequence[str], token: str) -> list[Any] | None:
    """The key values behind a token; None when it is none of ours."""
    if not token:
        return None
    try:
        texts = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        fields = [rows.model._meta.get_field(name.removeprefix("-")) for name in order]
        values = [field.to_python(text) for field, text in zip(fields, texts, strict=True)]
    except (*UNREADABLE, FieldDoesNotExist, RecursionError):
        return None
    return values if all(_is_held(value) for value in values) else None


def _is_held(value: Any) -> bool:
    """Whether a column may hold it: what none can would be an error of the database."""
    if isinstance(value, Decimal):
        return fits_a_column(value)
    return value is not None and "\0" not in str(value)


def _turned(order: Sequence[str]) -> list[str]:
    return [name[1:] if name.startswith("-") else f"-{name}" for name in order]


def beyond(order: Sequence[str], values: Sequence[Any]) -> Q:
    """(a, b) > (x, y) as one comparison of rows, or < where every step is turned ("-").

    order: all steps the same way. An index on these columns goes straight to the place.
    """
    names = [step.removeprefix("-") for step in order]
    here = Func(*map(F, names), function="ROW", output_field=Field())
    there = Func(*map(Value, values), function="ROW", output_field=Field())
    return Q((LessThan if order[0].startswith("-") else GreaterThan)(here, there))


def _behind(order: Sequence[str], values: Sequence[Any]) -> Q:
    """(a, b) behind (x, y): a > x, or a = x and b > y; the other way round for "-"."""
    if len({step.startswith("-") for step in order}) == 1:
        return beyond(order, values)
    behind, level = Q(), Q()
    for step, value in zip(order, values, strict=True):
        name, way = step.removeprefix("-"), "lt" if step.startswith("-") else "gt"
        behind |= level & Q(**{f"{name}__{way}": value})
        level &= Q(**{name: value})
    first, way = order[0].removeprefix("-"), "lte" if order[0].startswith("-") else "gte"
    # This bound follows from the others, but it is the one that an index can use.
    return Q(**{f"{first}__{way}": values[0]}) & behind
