"""The worklist: open assignments in the order of their ranks (collection.ranking).

It reads the Assignment table by one of three indexes (a collector's, a team's, the company's) and
joins what a row shows, tags included, in plain SQL: one query a page, two for an agency; the
figures above are one more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import starmap
from typing import Literal, NamedTuple
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet, Value
from django.utils import timezone

from agencies.packages import lender_names
from cases.clock import days_past_due_sql
from cases.pills import Pill, pills_of
from collection.conversations import talked_since
from collection.finding import CaseFilters, narrowed
from collection.models import Assignment
from collection.ranking import SKIPPED, Rank
from collection.visibility import desks_in_sight
from tenancy.keyset import PAGE_SIZE, KeysetPage, beyond, shown_page
from tenancy.models import Company, User

ORDER = ("rank", "rank_key", "id")
BACKWARDS = tuple(f"-{name}" for name in ORDER)
UNTOUCHED = timedelta(days=7)
FIGURES_CAP = 2_000
"""How far the figures above the list count; nobody's own desk is longer."""
MUST_DO = Rank.UNTOUCHED
"""The last rank of what has to be done today, whatever it brings."""

Touched = Literal["", "never", "today", "not_for_7_days"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFilters:
    """Questions about the worklist, beside those about the case.

    mine: only the person's own desk; else every desk in sight. due_today: the moment of the next
    action comes before midnight, or has come.
    waiting: cases that lie with a team and with nobody in it. ranks: the first and the last rank.
    talked_today: with a conversation today (collection.conversations).
    """

    mine: bool = False
    team_ids: tuple[int, ...] = ()
    collector_ids: tuple[int, ...] = ()
    waiting: bool = False
    due_today: bool = False
    touched: Touched = ""
    new_today: bool = False
    ranks: tuple[Rank, Rank] | None = None
    talked_today: bool = False
    case: CaseFilters = field(default_factory=CaseFilters)


@dataclass(frozen=True, slots=True)
class Clock:
    """What "now" and "today" mean for a worklist: the moment, the business date, its midnights."""

    now: datetime
    on: date
    begins: datetime
    ends: datetime

    @classmethod
    def of(cls, company: Company, on: date, now: datetime | None = None) -> "Clock":
        """The company's clock on business date `on`."""
        midnight = datetime.combine(on, time.min, company.zone)
        following = datetime.combine(on + timedelta(days=1), time.min, company.zone)
        return cls(now or timezone.now(), on, midnight, following)


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A line of the worklist. uid is the case's; lender_name is "" for a lender itself.

    score: the collection score, None where it is not known. idle_days: since the later of
    assignment and last touch. tag_ids: the company's tags on the case.
    """

    assignment_id: int
    uid: UUID
    rank: Rank
    expected_value: Decimal
    score: int | None
    idle_days: int
    was_skipped: bool
    loan_no: str
    borrower_name: str
    phone_mask: str
    product: str
    channel: str
    outstanding: Decimal
    dpd: int
    pill: Pill | None
    next_action: str
    next_action_at: datetime
    last_touch_at: datetime | None
    last_touch_by: str
    last_disposition: str
    assigned_on: date
    collector_name: str
    team_name: str
    lender_name: str
    tag_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class WorkFigures:
    """Counts of a worklist, each up to FIGURES_CAP + 1; by_rank holds those that are not 0.

    None where there are more than FIGURES_CAP cases and the figure would need all of them.
    """

    total: int
    by_rank: Mapping[Rank, int | None]
    touched_today: int | None

    @property
    def must_do(self) -> int | None:
        """What has to be done today."""
        return self.of(*(rank for rank in Rank if rank <= MUST_DO))

    def of(self, *ranks: Rank) -> int | None:
        """How many cases have one of these ranks."""
        found = [self.by_rank.get(rank, 0) for rank in ranks]
        return None if None in found else sum(number or 0 for number in found)


def worklist(
    *,
    user: User,
    filters: WorkFilters,
    clock: Clock,
    after: str = "",
    before: str = "",
    size: int = PAGE_SIZE,
    known: dict[int, Pill] | None = None,
) -> KeysetPage[WorkRow]:
    """A page of the worklist, what is due first first.

    known: pills that the caller has read already.
    """
    page = shown_page(
        open_assignments(user, filters, clock).values_list(*CHOSEN),
        order=ORDER,
        key=lambda row: row[: len(ORDER)],
        show=SHOWN,
        values=[clock.on],
        after=after,
        before=before,
        size=size,
    )
    rows = _shown(list(starmap(_Read, page.rows)), user, clock, known or {})
    return KeysetPage(rows, page.before, page.after)


def neighbours(
    *, user: User, filters: WorkFilters, clock: Clock, here: Assignment
) -> tuple[UUID | None, UUID | None]:
    """The cases before and after one in the worklist (to go on with j and k); one query."""
    rows = open_assignments(user, filters, clock)
    place = (here.rank, here.rank_key, here.pk)
    before, after = (
        rows.filter(beyond(order, place))
        .order_by(*order)
        .annotate(side=Value(side))
        .values_list("side", "case__uid")[:1]
        for side, order in enumerate((BACKWARDS, ORDER))
    )
    found_by_side: dict[int, UUID] = dict(before.union(after, all=True))
    return found_by_side.get(0), found_by_side.get(1)


PLACED = """
SELECT near.place, near.total, before.uid, after.uid FROM (
    SELECT first.id, row_number() OVER listed AS place, count(*) OVER () AS total,
        lag(first.case_id) OVER listed AS before_id, lead(first.case_id) OVER listed AS after_id
    FROM ({first}) first WINDOW listed AS (ORDER BY first.rank, first.rank_key, first.id)
) near
LEFT JOIN cases_case before ON before.id = near.before_id
LEFT JOIN cases_case after ON after.id = near.after_id
WHERE near.id = %s
"""


@dataclass(frozen=True, slots=True)
class PlaceInList:
    """How far down the worklist a case is, from 1, of how many; and the cases beside it."""

    place: int
    total: int
    before: UUID | None
    after: UUID | None


def place_in_worklist(
    *, user: User, filters: WorkFilters, clock: Clock, here: Assignment, most: int
) -> PlaceInList | None:
    """Where a case stands among the first `most`; None where it is not. One query.

    total: counted up to most + 1.
    """
    rows = open_assignments(user, filters, clock).order_by(*ORDER)[: most + 1]
    try:
        first, params = rows.values(*ORDER, "case_id").query.sql_with_params()
    except EmptyResultSet:
        return None
    with connection.cursor() as cursor:
        cursor.execute(PLACED.format(first=first), [*params, here.pk])
        found = cursor.fetchone()
    return PlaceInList(*found) if found and found[0] <= most else None


COUNTED = """
    SELECT rank, count(*), count(*) FILTER (WHERE last_touch_at >= %s) FROM ({first}) first
    GROUP BY rank ORDER BY rank
"""


def work_figures(*, user: User, filters: WorkFilters, clock: Clock) -> WorkFigures:
    """The counts above the list, of what the filters leave; one query."""
    rows = open_assignments(user, filters, clock).order_by(*ORDER)[: FIGURES_CAP + 1]
    # Only the inner query is the ORM's: as many aggregates as ranks take it longer than the rest.
    try:
        first, params = rows.values("rank", "last_touch_at").query.sql_with_params()
    except EmptyResultSet:
        return WorkFigures(0, {}, 0)
    with connection.cursor() as cursor:
        cursor.execute(COUNTED.format(first=first), [clock.begins, *params])
        found = cursor.fetchall()
    by_rank: dict[Rank, int | None] = {Rank(rank): number for rank, number, _touched in found}
    total = sum(number for _rank, number, _touched in found)
    if total <= FIGURES_CAP:
        return WorkFigures(total, by_rank, sum(touched for _rank, _number, touched in found))
    # What stands first is counted whole; the rank at the cut and those behind it are not.
    by_rank |= {rank: None for rank in Rank if rank >= found[-1][0]}
    return WorkFigures(total, by_rank, None)


def capped(*, user: User, filters: WorkFilters, clock: Clock) -> int:
    """How many cases the filters leave, counted up to FIGURES_CAP + 1; one query."""
    return open_assignments(user, filters, clock).order_by()[: FIGURES_CAP + 1].count()


def open_assignments(user: User, filters: WorkFilters, clock: Clock) -> QuerySet[Assignment]:
    """The company's open assignments that the person sees and the filters leave, unordered."""
    rows = Assignment.objects.filter(company_id=user.company_id, ended_at=None)
    rows = rows.filter(collector=user) if filters.mine else rows.filter(desks_in_sight(user))
    if filters.team_ids:
        rows = rows.filter(team_id__in=filters.team_ids)
    if filters.collector_ids:
        rows = rows.filter(collector_id__in=filters.collector_ids)
    if filters.waiting:
        rows = rows.filter(collector=None)
    if filters.new_today:
        rows = rows.filter(assigned_on=clock.on)
    if filters.ranks:
        rows = rows.filter(rank__gte=filters.ranks[0], rank__lte=filters.ranks[1])
    if filters.talked_today:
        rows = rows.filter(talked_since(clock.begins))
    if filters.due_today:
        rows = rows.filter(next_action_at__lt=clock.ends)
    rows = rows.filter(_touched(filters.touched, clock))
    return narrowed(rows, filters.case, on=clock.on, via="case__")


def _touched(touched: Touched, clock: Clock) -> Q:
    match touched:
        case "never":
            return Q(last_touch_at=None)
        case "today":
            return Q(last_touch_at__gte=clock.begins)
        case "not_for_7_days":
            return untouched(clock)
    return Q()


def untouched(clock: Clock) -> Q:
    """Seven whole days since the later of assignment and last touch."""
    return Q(last_touch_at__lt=clock.begins - UNTOUCHED) | Q(
        last_touch_at=None, assigned_on__lt=clock.on - UNTOUCHED
    )


CHOSEN = (
    *ORDER,
    *("company_id", "case_id", "collector_id", "team_id", "expected_value", "next_action"),
    *("next_action_at", "last_touch_at", "last_touch_by_name", "last_disposition", "assigned_on"),
)
"""What a row shows of the assignment itself."""
SHOWN = f"""
SELECT chosen.rank, chosen.rank_key, chosen.id, chosen.expected_value, l.collection_score, c.uid,
    c.loan_no, c.borrower_name, c.phone_mask, c.product, c.channel, c.outstanding,
    {days_past_due_sql("c", "%s::date")}, c.bucket_id, c.owner_id, chosen.next_action,
    chosen.next_action_at, chosen.last_touch_at, chosen.last_touch_by_name,
    chosen.last_disposition, chosen.assigned_on, coalesce(u.display_name, ''), t.name,
    ARRAY(SELECT x.tag_id FROM collection_casetag x
        WHERE x.company_id = chosen.company_id AND x.case_id = chosen.case_id)
FROM {{chosen}}
JOIN cases_case c ON c.id = chosen.case_id
JOIN cases_loan l ON l.id = c.loan_id
JOIN tenancy_team t ON t.id = chosen.team_id
LEFT JOIN tenancy_user u ON u.id = chosen.collector_id
"""  # noqa: S608 (constants)
"""The rows of a page with what they show of case, loan, desk and tags; read as _Read."""


class _Read(NamedTuple):
    """A row as SHOWN reads it."""

    rank: int
    rank_key: int
    assignment_id: int
    expected_value: Decimal
    score: int | None
    uid: UUID
    loan_no: str
    borrower_name: str
    phone_mask: str
    product: str
    channel: str
    outstanding: Decimal
    dpd: int
    bucket_id: int | None
    owner_id: int
    next_action: str
    next_action_at: datetime
    last_touch_at: datetime | None
    last_touch_by: str
    last_disposition: str
    assigned_on: date
    collector_name: str
    team_name: str
    tag_ids: list[int]


def _shown(
    rows: Sequence[_Read], user: User, clock: Clock, known: dict[int, Pill]
) -> list[WorkRow]:
    scale = pills_of((row.bucket_id for row in rows), known)
    lenders = {} if user.company.is_lender or not rows else lender_names()
    return [
        WorkRow(
            assignment_id=row.assignment_id,
            uid=row.uid,
            rank=Rank(row.rank),
            expected_value=row.expected_value,
            score=row.score,
            idle_days=idle_days(row.last_touch_at, row.assigned_on, clock),
            was_skipped=row.rank_key >= SKIPPED,
            loan_no=row.loan_no,
            borrower_name=row.borrower_name,
            phone_mask=row.phone_mask,
            product=row.product,
            channel=row.channel,
            outstanding=row.outstanding,
            dpd=row.dpd,
            pill=scale.get(row.bucket_id or 0),
            next_action=row.next_action,
            next_action_at=row.next_action_at,
            last_touch_at=row.last_touch_at,
            last_touch_by=row.last_touch_by,
            last_disposition=row.last_disposition,
            assigned_on=row.assigned_on,
            collector_name=row.collector_name,
            team_name=row.team_name,
            lender_name=lenders.get(row.owner_id, ""),
            tag_ids=frozenset(row.tag_ids),
        )
        for row in rows
    ]


def idle_days(last_touch_at: datetime | None, assigned_on: date, clock: Clock) -> int:
    """Dates from the later of assignment and last touch to the business date."""
    touched = [last_touch_at.astimezone(clock.begins.tzinfo).date()] if last_touch_at else []
    return max((clock.on - max([assigned_on, *touched])).days, 0)
