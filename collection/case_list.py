"""The list of cases: every case that a person sees, by where it stands.

Open cases come by amount, the largest first, by an index; closed ones by the day they closed.
Four queries a page; the counts of the states are one more for each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from agencies.packages import lender_names
from cases.clock import DaysPastDue
from cases.models import Case
from cases.pills import Pill, pills_of
from collection.finding import CaseFilters, dpd_within, narrowed
from collection.models import Assignment
from collection.visibility import visible_cases
from tenancy.keyset import PAGE_SIZE, KeysetPage, keyset_page
from tenancy.models import Company, Team, User

State = Literal["", "assigned", "unassigned", "to_place", "placed", "closed"]
"""Where a case stands: "" is any open one.

assigned: on a desk of the company. unassigned: on none, though some team's range is not below it;
the night takes it up. to_place: on none, and older than every team's range. placed: with an
agency. The last two are a lender's; an agency's cases are assigned or not.
"""
STATES_OF_LENDER: tuple[State, ...] = (
    *("", "assigned", "unassigned", "to_place", "placed", "closed"),
)
STATES_OF_AGENCY: tuple[State, ...] = ("", "assigned", "unassigned", "closed")

Sort = Literal["-outstanding", "outstanding", "-dpd", "dpd"]
ORDERS: dict[Sort, tuple[str, str]] = {
    "-outstanding": ("-outstanding", "id"),
    "outstanding": ("outstanding", "id"),
    # Days past due grow with age; a running pause moves a case by the days it has stood still.
    "-dpd": ("aged_from", "id"),
    "dpd": ("-aged_from", "id"),
}
ORDER_OF_CLOSED = ("-closed_on", "-id")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilters:
    """Questions about the list of cases, beside those about the case itself."""

    state: State = ""
    team_ids: tuple[int, ...] = ()
    collector_ids: tuple[int, ...] = ()
    agency_ids: tuple[int, ...] = ()
    closures: tuple[str, ...] = ()
    case: CaseFilters = field(default_factory=CaseFilters)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A line of the list. `desk` is who works it: a person · a team, or the agency; "" nobody."""

    case_id: int
    uid: UUID
    loan_no: str
    borrower_name: str
    phone_mask: str
    product: str
    channel: str
    outstanding: Decimal
    dpd: int
    pill: Pill | None
    due_date: date
    opened_on: date
    closed_on: date | None
    closure: str
    """Why it was closed, in words."""
    desk: str
    lender_name: str


def case_list(
    *,
    user: User,
    filters: ListFilters,
    on: date,
    sort: Sort = "-outstanding",
    after: str = "",
    before: str = "",
    size: int = PAGE_SIZE,
    known: dict[int, Pill] | None = None,
) -> KeysetPage[CaseRow]:
    """A page of the cases that the person sees, as of business date `on`.

    known: pills that the caller has read already.
    """
    order = ORDER_OF_CLOSED if filters.state == "closed" else ORDERS[sort]
    names = [name.removeprefix("-") for name in order]
    page: KeysetPage[dict[str, Any]] = keyset_page(
        listed_cases(user, filters, on).annotate(dpd=DaysPastDue(on)).values(*COLUMNS),
        order=order,
        key=lambda row: [row[name] for name in names],
        after=after,
        before=before,
        size=size,
    )
    return KeysetPage(_shown(page.rows, user.company, known or {}), page.before, page.after)


def listed_cases(user: User, filters: ListFilters, on: date) -> QuerySet[Case]:
    """The cases that the person sees and the filters leave: also what "select all" takes."""
    rows = _in_state(visible_cases(user), user.company, filters.state, on)
    desks = Assignment.objects.filter(
        company_id=user.company_id, case=OuterRef("pk"), ended_at=None
    )
    if filters.team_ids:
        rows = rows.filter(Exists(desks.filter(team_id__in=filters.team_ids)))
    if filters.collector_ids:
        rows = rows.filter(Exists(desks.filter(collector_id__in=filters.collector_ids)))
    if filters.agency_ids:
        rows = rows.filter(holder_id__in=filters.agency_ids)
    if filters.closures:
        rows = rows.filter(closure__in=filters.closures)
    return narrowed(rows, filters.case, on=on)


def to_be_placed(company: Company, on: date) -> QuerySet[Case]:
    """The lender's open cases that are on no desk and older than every team's range."""
    return _in_state(Case.objects.all(), company, "to_place", on)


def _in_state(rows: QuerySet[Case], company: Company, state: State, on: date) -> QuerySet[Case]:
    if state == "closed":
        return rows.filter(closed_on__isnull=False)
    rows = rows.filter(closed_on=None)
    if state == "":
        return rows
    if state == "placed":
        return rows.filter(holder__isnull=False)
    if company.is_lender:
        rows = rows.filter(holder=None)
    taken = Exists(
        Assignment.objects.filter(company_id=company.pk, case=OuterRef("pk"), ended_at=None)
    )
    if state == "assigned":
        return rows.filter(taken)
    rows = rows.filter(~taken)
    if not company.is_lender:
        return rows
    highest = _highest_range()
    if state == "to_place":
        return rows.filter(dpd_within(highest + 1, None, on=on))
    return rows.filter(dpd_within(None, highest, on=on))


def _highest_range() -> int:
    """The most days past due that any active team takes; −1 when none takes cases at night."""
    highest: int | None = Team.objects.filter(is_active=True).aggregate(
        highest=Max("takes_dpd_to")
    )["highest"]
    return -1 if highest is None else highest


COLUMNS = (
    *("id", "uid", "loan_no", "borrower_name", "phone_mask", "product", "channel"),
    *("outstanding", "dpd", "bucket_id", "due_date", "aged_from", "opened_on", "closed_on"),
    *("closure", "holder_id", "owner_id"),
)


def _shown(
    rows: Sequence[dict[str, Any]], company: Company, known: dict[int, Pill]
) -> list[CaseRow]:
    scale = pills_of((row["bucket_id"] for row in rows), known)
    desks = desk_labels([row["id"] for row in rows])
    agencies: dict[int, str] = {}
    lenders: dict[int, str] = {}
    if company.is_lender:
        holders = {row["holder_id"] for row in rows} - {None}
        agencies = {each.pk: each.label for each in Company.objects.filter(pk__in=holders)}
    elif rows:
        lenders = lender_names()
    return [
        CaseRow(
            case_id=row["id"],
            uid=row["uid"],
            loan_no=row["loan_no"],
            borrower_name=row["borrower_name"],
            phone_mask=row["phone_mask"],
            product=row["product"],
            channel=row["channel"],
            outstanding=row["outstanding"],
            dpd=row["dpd"],
            pill=scale.get(row["bucket_id"]),
            due_date=row["due_date"],
            opened_on=row["opened_on"],
            closed_on=row["closed_on"],
            closure=str(Case.Closure(row["closure"]).label) if row["closure"] else "",
            desk=desks.get(row["id"]) or agencies.get(row["holder_id"], ""),
            lender_name=lenders.get(row["owner_id"], ""),
        )
        for row in rows
    ]


def desk_labels(case_ids: Sequence[int]) -> dict[int, str]:
    """Who in the scope's company works these cases now, "person · team", by case id."""
    rows = Assignment.objects.filter(Q(case_id__in=case_ids), ended_at=None).values_list(
        "case_id", "collector__display_name", "team__name"
    )
    return {pk: desk_label(person, team) for pk, person, team in rows}


def desk_label(person: str | None, team: str) -> str:
    """A desk in words: "person · team", the team alone where nobody has it yet."""
    return f"{person} · {team}" if person else team
