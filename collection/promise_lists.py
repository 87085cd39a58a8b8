"""Reading promises: those of a person's sight by state and day, and those of one case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Count, Q, QuerySet, Sum

from cases.models import Case
from collection.models import Promise
from collection.promise_judging import last_day
from collection.promise_words import TONES
from collection.promises import remaining_after
from collection.visibility import led_team_ids, may_move, may_work, visible_cases
from tenancy.access import sees_all
from tenancy.formats import COUNT_CAP
from tenancy.keyset import KeysetPage, keyset_page
from tenancy.models import User
from tenancy.screen import Tone

State = Promise.State
Show = Literal["today", "open", "broken", "kept", "other"]
SHOWS: tuple[Show, ...] = ("today", "open", "broken", "kept", "other")
STATES: dict[Show, tuple[str, ...]] = {
    "today": (State.OPEN,),
    "open": (State.OPEN,),
    "broken": (State.BROKEN, State.PARTLY),
    "kept": (State.KEPT,),
    "other": (State.SUPERSEDED, State.WITHDRAWN),
}
"""What each tab of the list holds; `today` only what is due by the business date."""
LATELY = timedelta(days=30)
MOST_OF_CASE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseFilters:
    """What a list of promises is asked. Days are due dates, both included."""

    show: Show = "today"
    team_ids: tuple[int, ...] = ()
    collector_ids: tuple[int, ...] = ()
    pay_by: tuple[str, ...] = ()
    due_from: date | None = None
    due_to: date | None = None
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None
    matches_nothing: bool = False


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise of the list. case: None where it is not in sight (any more)."""

    promise: Promise
    case: Case | None


def promises_in_sight(user: User) -> QuerySet[Promise]:
    """The company's own promises: a collector's, those of the teams led, or all."""
    company = user.company
    rows = Promise.objects.filter(company_id=company.pk)
    if company.is_lender:
        # The index on open promises begins with the lender.
        rows = rows.filter(owner_id=company.pk)
    if sees_all(user):
        return rows
    teams = led_team_ids(user)
    own = Q(taken_by_id=user.pk)
    return rows.filter(own | Q(team_id__in=teams)) if teams else rows.filter(own)


def listed_promises(user: User, filters: PromiseFilters, on: date) -> QuerySet[Promise]:
    """The promises in sight that match, unordered."""
    if filters.matches_nothing:
        return Promise.objects.none()
    rows = promises_in_sight(user).filter(state__in=STATES[filters.show])
    if filters.show == "today":
        rows = rows.filter(due_on__lte=on)
    if filters.team_ids:
        rows = rows.filter(team_id__in=filters.team_ids)
    if filters.collector_ids:
        rows = rows.filter(taken_by_id__in=filters.collector_ids)
    if filters.pay_by:
        rows = rows.filter(pay_by__in=filters.pay_by)
    asked: dict[str, Any] = {
        "due_on__gte": filters.due_from,
        "due_on__lte": filters.due_to,
        "amount__gte": filters.amount_min,
        "amount__lte": filters.amount_max,
    }
    return rows.filter(**{name: value for name, value in asked.items() if value is not None})


def promise_list(
    *, user: User, filters: PromiseFilters, on: date, after: str = "", before: str = ""
) -> KeysetPage[PromiseRow]:
    """A page: what is still open by its day, the rest the newest day first. Two queries."""
    order = ("due_on", "id") if STATES[filters.show] == (State.OPEN,) else ("-due_on", "-id")
    page = keyset_page(
        listed_promises(user, filters, on),
        order=order,
        key=lambda row: [row.due_on, row.pk],
        after=after,
        before="" if after else before,
    )
    wanted = [row.case_id for row in page.rows]
    cases = {case.pk: case for case in visible_cases(user).filter(pk__in=wanted)}
    return KeysetPage(
        [PromiseRow(row, cases.get(row.case_id)) for row in page.rows], page.before, page.after
    )


def promise_figures(user: User, on: date) -> dict[str, tuple[int, Decimal]]:
    """How many promises are due today, open, and lately broken, and for how much. One query.

    Lately: due within LATELY days; what was broken before nobody works by this list.
    """
    due = Q(state=State.OPEN, due_on__lte=on)
    lately = Q(state__in=STATES["broken"], due_on__gte=on - LATELY)
    found = (
        promises_in_sight(user)
        .filter(Q(state=State.OPEN) | lately)
        .aggregate(
            **{
                f"{name}_{what}": figure
                for name, which in (
                    ("today", due),
                    ("open", Q(state=State.OPEN)),
                    ("broken", lately),
                )
                for what, figure in (
                    ("n", Count("pk", filter=which)),
                    ("sum", Sum("amount", filter=which)),
                )
            }
        )
    )
    return {
        name: (min(found[f"{name}_n"], COUNT_CAP + 1), found[f"{name}_sum"] or Decimal(0))
        for name in ("today", "open", "broken")
    }


@dataclass(frozen=True, slots=True)
class CasePromise:
    """A promise on its case's page. left: what would remain of the debt once it is kept."""

    promise: Promise
    left: Decimal
    may_withdraw: bool = False

    @property
    def last_day(self) -> date:
        """The last day on which money is in time."""
        return last_day(self.promise.due_on, self.promise.grace_days)

    @property
    def tone(self) -> Tone:
        """How its state is tinted."""
        return TONES[self.promise.state]


@dataclass(frozen=True, slots=True)
class CasePromises:
    """The promises of a case: the open one, and what became of the others, newest first."""

    current: CasePromise | None
    past: Sequence[CasePromise]
    may_take: bool


def promises_of_case(*, user: User, case: Case, any_made: bool = True) -> CasePromises:
    """What the case's page shows of promises, as far as the company reads them. One query.

    any_made: whether there are any, where the caller has asked.
    """
    rows = Promise.objects.filter(case_id=case.pk).order_by("-made_at", "-pk")[:MOST_OF_CASE]
    shown = [_on_its_case(user, case, row) for row in rows] if any_made else []
    current = next((each for each in shown if each.promise.state == State.OPEN), None)
    return CasePromises(
        current=current,
        past=[each for each in shown if each is not current],
        may_take=may_work(user) and case.closed_on is None,
    )


def _on_its_case(user: User, case: Case, row: Promise) -> CasePromise:
    # What came for it is no longer outstanding.
    still_to_come = max(row.amount - row.received, Decimal(0))
    ours = user.company.is_lender or row.company_id == user.company_id
    return CasePromise(
        row, remaining_after(case.outstanding, still_to_come), ours and may_move(user)
    )
