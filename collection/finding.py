"""What lists of cases can be asked: filters on the case, and the search box.

Conditions under row policies use an index only through operators that cannot leak: equality,
ranges and `starts_with`. So names and numbers are found from their beginning, phones and id
numbers by keyed hash or by the last four digits.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, Value
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from cases.clock import DaysPastDue
from cases.models import Borrower, Bucket, Case, ContactPoint, Loan
from collection.standing import Standing, standing
from collection.typed import Typed
from tenancy.scope import AGENCY, current_scope

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilters:
    """Questions about the case. Empty means: any. Ranges include both ends.

    buckets: labels, a parent's label stands for all below it. lender_ids: for an agency's lists.
    text: what was typed into the search box. standing: tags, score, last touch, promise, reach,
    holds. nothing: what is asked for is not known (any more).
    """

    buckets: tuple[str, ...] = ()
    dpd_from: int | None = None
    dpd_to: int | None = None
    products: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    lender_ids: tuple[int, ...] = ()
    text: str = ""
    standing: Standing = field(default_factory=Standing)
    nothing: bool = False


def narrowed(rows: QuerySet[M], filters: CaseFilters, *, on: date, via: str = "") -> QuerySet[M]:
    """The rows whose case answers the filters as of business date `on`.

    via: the path to the case, "" for cases themselves, "case__" for rows that point at one.
    """
    if filters.nothing:
        return rows.none()
    asked: dict[str, Any] = {
        "product__in": filters.products,
        "channel__in": filters.channels,
        "outstanding__gte": filters.amount_from,
        "outstanding__lte": filters.amount_to,
        "owner_id__in": filters.lender_ids,
    }
    rows = rows.filter(
        **{f"{via}{name}": value for name, value in asked.items() if value not in (None, ())}
    )
    if filters.buckets:
        labelled = Q(label__in=filters.buckets) | Q(parent__in=filters.buckets)
        bucket_ids = list(Bucket.objects.filter(labelled).values_list("pk", flat=True))
        rows = rows.filter(**{f"{via}bucket_id__in": bucket_ids})
    rows = rows.filter(
        dpd_within(filters.dpd_from, filters.dpd_to, on=on, via=via),
        standing(filters.standing, on=on, via=via),
    )
    if filters.text.strip():
        target = "pk" if not via else via.removesuffix("__")
        rows = rows.filter(**{f"{target}__in": found_by(filters.text)})
    return rows


def dpd_within(low: int | None, high: int | None, *, on: date, via: str = "") -> Q:
    """The condition that days past due lie in [low, high]; None is no bound.

    Said of the date that a case is aged from wherever no pause stands in between: the database
    has statistics of that column and none of a function.
    """
    aged_from, paused_from = f"{via}aged_from", f"{via}paused_from__isnull"
    plain, paused = Q(**{paused_from: True}), Q(**{paused_from: False})
    if low is not None:
        plain &= Q(**{f"{aged_from}__lte": _days_before(on, low)})
        paused &= Q(GreaterThanOrEqual(DaysPastDue(on, via), low))
    if high is not None:
        plain &= Q(**{f"{aged_from}__gte": _days_before(on, high)})
        paused &= Q(LessThanOrEqual(DaysPastDue(on, via), high))
    return Q() if low is None and high is None else plain | paused


def _days_before(on: date, days: int) -> date:
    """`days` before `on`, as far as the calendar goes."""
    try:
        return on - timedelta(days=days)
    except OverflowError:
        return date.min if days > 0 else date.max


def found_by(text: str) -> QuerySet[Case, Any]:
    """The ids of the cases that a search finds, as a subquery.

    By loan number or borrower's name from the beginning; by the last four digits of a phone; by a
    whole phone or id number.
    """
    first, *more = (found.values("pk") for found in _ways(Typed.of(text)))
    return first.union(*more) if more else first


def _ways(typed: Typed) -> Iterator[QuerySet[Case]]:
    cases = Case.objects.all()
    if current_scope().kind == AGENCY:
        # Of the book an agency sees what the cases it holds lead to: begin with those.
        yield from (cases.filter(_begins("loan_no", each)) for each in typed.numbers)
        yield cases.filter(_begins("borrower_name", typed.text))
    else:
        for each in typed.numbers:
            yield cases.filter(loan__in=Loan.objects.filter(_begins("loan_no", each)))
        yield cases.filter(borrower__in=Borrower.objects.filter(_begins("name", typed.text)))
    points = ContactPoint.objects.all()
    if typed.last_four:
        same = points.filter(number_last4=typed.last_four)
        yield cases.filter(borrower__in=same.values("borrower"))
    if typed.phone_hash:
        same = points.filter(number_hash=typed.phone_hash)
        yield cases.filter(borrower__in=same.values("borrower"))
    if typed.id_hashes:
        people = Borrower.objects.filter(id_no_hash__in=typed.id_hashes)
        yield cases.filter(borrower__in=people)


def _begins(field: str, text: str) -> Func:
    return Func(F(field), Value(text), function="starts_with", output_field=BooleanField())
