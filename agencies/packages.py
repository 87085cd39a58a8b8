"""Reading packages and placements, by either side: the lender's list, the agency's inbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from agencies.models import Package, Placement
from cases.models import Case
from tenancy.keyset import PAGE_SIZE, KeysetPage, keyset_page
from tenancy.models import Company

State = Literal["", "waiting", "running", "over"]
"""Of a package: not accepted yet · accepted, with cases still held · no case held any more."""


@dataclass(frozen=True, slots=True)
class PackageRow:
    """A package and what is left of it with the agency."""

    package: Package
    held: int
    held_amount: Decimal
    """What the held cases were worth when they were placed."""

    @property
    def back(self) -> int:
        """How many of its cases have come back."""
        return self.package.cases - self.held


@dataclass(frozen=True, slots=True)
class AgencyChoice:
    """An agency that a lender may choose, and how much it holds of this lender now."""

    agency: Company
    cases: int
    amount: Decimal


def packages(
    *,
    company: Company,
    state: State = "",
    other: int | None = None,
    after: str = "",
    before: str = "",
) -> KeysetPage[PackageRow]:
    """The company's packages, newest first: those it placed, or those placed with it.

    other: only those with this lender or agency (id). Two queries.
    """
    found = _in_state(_of(company), state)
    if other is not None:
        found = found.filter(Q(lender_id=other) | Q(agency_id=other))
    page: KeysetPage[Package] = keyset_page(
        found,
        order=("-placed_at", "-id"),
        key=lambda package: (package.placed_at, package.pk),
        after=after,
        before=before,
    )
    return KeysetPage(_with_held(page.rows), page.before, page.after)


def package_counts(*, company: Company) -> dict[State, int]:
    """How many packages are in each state; "" counts all."""
    states: tuple[State, ...] = ("", "waiting", "running", "over")
    return {state: _in_state(_of(company), state).count() for state in states}


def package_by_uid(*, company: Company, uid: UUID) -> PackageRow | None:
    """One package that the company is a party of; None for any other."""
    package = _of(company).filter(uid=uid).first()
    return _with_held([package])[0] if package else None


def placements(
    *,
    package: Package,
    held: bool | None = None,
    after: str = "",
    before: str = "",
    size: int = PAGE_SIZE,
) -> KeysetPage[Placement]:
    """A package's cases, the largest first; what stands on each is as it was when placed.

    held: only those that the agency holds now, or only those that came back.
    """
    rows = package.placements.all()
    if held is not None:
        rows = rows.filter(ended_at__isnull=held)
    return keyset_page(
        rows,
        order=("-amount", "id"),
        key=lambda placement: (placement.amount, placement.pk),
        after=after,
        before=before,
        size=size,
    )


def cases_of(placements: Sequence[Placement]) -> dict[int, Case]:
    """The placements' cases by id, as far as the reader may see them: an agency those it holds."""
    return Case.objects.in_bulk([placement.case_id for placement in placements])


def held_of(package: Package) -> QuerySet[Case]:
    """The package's cases that the agency holds now: what a recall of all of it takes back."""
    held = Placement.objects.filter(package=package, ended_at=None)
    return Case.objects.filter(pk__in=held.values("case_id"))


def agencies_to_choose(*, lender: Company) -> list[AgencyChoice]:
    """The active agencies that work in the lender's currency (see `agency_loads`)."""
    every = agency_loads(lender=lender)
    return [each for each in every if each.agency.currency == lender.currency]


def agency_loads(*, lender: Company) -> list[AgencyChoice]:
    """The active agencies, by code, with what each holds of the lender's book now."""
    held = (
        Case.objects.filter(owner=lender, holder=OuterRef("pk"), closed_on=None)
        .order_by()
        .values("holder")
    )
    found = (
        Company.objects.filter(kind=Company.Kind.AGENCY, is_active=True)
        .annotate(
            held=Coalesce(Subquery(held.annotate(n=Count("pk")).values("n")), 0),
            held_amount=Coalesce(
                Subquery(held.annotate(n=Sum("outstanding")).values("n")), Decimal(0)
            ),
        )
        .order_by("code")
    )
    return [AgencyChoice(agency, agency.held, agency.held_amount) for agency in found]


def lender_names() -> dict[int, str]:
    """For an agency: what the lenders are called that have ever placed cases with it, by id."""
    return dict(
        Package.objects.order_by("lender_id", "-placed_at")
        .distinct("lender_id")
        .values_list("lender_id", "lender_name")
    )


def _of(company: Company) -> QuerySet[Package]:
    mine = Q(lender=company) if company.is_lender else Q(agency=company)
    return Package.objects.filter(mine)


def _in_state(found: QuerySet[Package], state: State) -> QuerySet[Package]:
    held = Placement.objects.filter(
        lender_id=OuterRef("lender_id"), package=OuterRef("pk"), ended_at=None
    )
    match state:
        case "waiting":
            return found.filter(Exists(held), accepted_at=None)
        case "running":
            return found.filter(Exists(held)).exclude(accepted_at=None)
        case "over":
            return found.filter(~Exists(held))
    return found


def _with_held(rows: Sequence[Package]) -> list[PackageRow]:
    held = {
        package_id: (count, amount)
        for package_id, count, amount in Placement.objects.filter(package__in=rows, ended_at=None)
        .order_by()
        .values_list("package_id")
        .annotate(Count("pk"), Sum("amount"))
    }
    return [PackageRow(row, *held.get(row.pk, (0, Decimal(0)))) for row in rows]
