"""How a case stands, as conditions on lists: tags, score, last touch, promise, reach, holds.

Each is a subquery by key or index that a list asks only when its filter is set; a list without
filters joins nothing of this.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from django.db.models import Exists, OuterRef, Q, QuerySet

from cases.models import CaseHold, ContactPoint, Loan
from cases.on_hold import holds_in_force
from collection.models import Assignment, CaseTag, Promise
from tenancy.scope import current_scope

PromiseState = Literal["open", "today", "overdue", "kept", "partly", "broken", "none"]
PROMISE_STATES: tuple[PromiseState, ...] = (
    *("open", "today", "overdue", "kept", "partly", "broken", "none"),
)
Touch = Literal["never", "0", "1-3", "4-6", "7-15", "16-30", "31-45", "46-60", "61-"]
TOUCHES: dict[Touch, tuple[int, int | None] | None] = {
    "never": None,
    "0": (0, 0),
    "1-3": (1, 3),
    "4-6": (4, 6),
    "7-15": (7, 15),
    "16-30": (16, 30),
    "31-45": (31, 45),
    "46-60": (46, 60),
    "61-": (61, None),
}
"""Bands of days since the last touch on the company's desk, as reports group them; both ends."""
YesNo = Literal["", "yes", "no"]
PHONES = (ContactPoint.Kind.MOBILE, ContactPoint.Kind.HOME_PHONE, ContactPoint.Kind.WORK_PHONE)
NOT_TO_BE_USED = (ContactPoint.State.INVALID, ContactPoint.State.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Questions about how a case stands. Empty means: any. Several values of one: any of them.

    touches: keys of TOUCHES. zone: the company's, for the days since the last touch.
    """

    score_from: int | None = None
    score_to: int | None = None
    tag_ids: tuple[int, ...] = ()
    touches: tuple[Touch, ...] = ()
    promises: tuple[PromiseState, ...] = ()
    reachable: YesNo = ""
    on_hold: YesNo = ""
    zone: tzinfo = UTC


def standing(asked: Standing, *, on: date, via: str = "") -> Q:
    """The condition that a case stands so on `on`. via: the path to the case ("" or "case__")."""
    at = _Paths.of(via)
    found = _score(asked, at)
    if asked.tag_ids:
        found &= tagged(asked.tag_ids, at.case)
    if asked.touches:
        found &= _any_of(touched(each, on, asked.zone, at.case) for each in asked.touches)
    if asked.promises:
        found &= _any_of(promised(each, on, at.case) for each in asked.promises)
    if asked.reachable:
        found &= _said(asked.reachable, reachable(on, at.borrower))
    if asked.on_hold:
        found &= _said(asked.on_hold, held(on, at.case))
    return found


def _said(wish: YesNo, condition: Q) -> Q:
    return condition if wish == "yes" else ~condition


@dataclass(frozen=True, slots=True)
class _Paths:
    """What the outer query calls the ids of its case."""

    case: str
    loan: str
    borrower: str

    @classmethod
    def of(cls, via: str) -> "_Paths":
        case = f"{via.removesuffix('__')}_id" if via else "pk"
        return cls(case, f"{via}loan_id", f"{via}borrower_id")


def _any_of(conditions: Iterable[Q]) -> Q:
    found = Q()
    for each in conditions:
        found |= each
    return found


def _score(asked: Standing, at: _Paths) -> Q:
    bounds = {
        "collection_score__gte": asked.score_from,
        "collection_score__lte": asked.score_to,
    }
    said = {name: value for name, value in bounds.items() if value is not None}
    if not said:
        return Q()
    return Q(Exists(Loan.objects.filter(pk=OuterRef(at.loan), **said)))


def tagged(tag_ids: Collection[int], case: str = "pk") -> Q:
    """The company has put any of these tags on the case. case: the outer query's name of its id."""
    mine = CaseTag.objects.filter(company_id=current_scope().company_id)
    return Q(Exists(mine.filter(case=OuterRef(case), tag__in=tag_ids)))


def touched(band: Touch, on: date, zone: tzinfo, case: str = "pk") -> Q:
    """The company's desk touched the case so long ago; a case on no desk answers to no band."""
    desk = Assignment.objects.filter(
        company_id=current_scope().company_id, case=OuterRef(case), ended_at=None
    )
    return Q(Exists(desk.filter(touched_at(band, on, zone))))


def touched_at(band: Touch, on: date, zone: tzinfo) -> Q:
    """The same as a condition on the assignment itself."""
    days = TOUCHES[band]
    if days is None:
        return Q(last_touch_at=None)
    latest, earliest = days
    found = Q(last_touch_at__lt=_begins(on - timedelta(days=latest - 1), zone))
    if earliest is not None:
        found &= Q(last_touch_at__gte=_begins(on - timedelta(days=earliest), zone))
    return found


def _begins(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def promised(state: PromiseState, on: date, case: str = "pk") -> Q:
    """The case has a promise in this state, as far as the company sees it; none: it has none."""
    promises = Promise.objects.filter(case=OuterRef(case))
    opened = promises.filter(state=Promise.State.OPEN)
    match state:
        case "none":
            return ~Q(Exists(promises))
        case "open":
            return Q(Exists(opened))
        case "today":
            return Q(Exists(opened.filter(due_on=on)))
        case "overdue":
            return Q(Exists(opened.filter(due_on__lt=on)))
    return Q(Exists(promises.filter(state=state)))


def reachable(on: date, borrower: str = "borrower_id") -> Q:
    """Some phone of the borrower's own is neither invalid nor refused."""
    own: QuerySet[ContactPoint] = ContactPoint.objects.filter(
        borrower=OuterRef(borrower), relation=ContactPoint.Relation.SELF, kind__in=PHONES
    )
    again = Q(state=ContactPoint.State.INVALID, state_until__lte=on)
    return Q(Exists(own.filter(~Q(state__in=NOT_TO_BE_USED) | again)))


def held(on: date, case: str = "pk") -> Q:
    """A hold is in force on the case; an open promise, which is one too, has its own question."""
    holds = holds_in_force(on).exclude(kind=CaseHold.Kind.PROMISE)
    return Q(Exists(holds.filter(case=OuterRef(case))))
