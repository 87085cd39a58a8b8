"""Placing cases with an agency, and the agency's acceptance of the package."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.events import CasesPlaced
from agencies.models import Package, Placement
from agencies.turns import lock_placing
from cases.choosing import Chosen, chosen_ids, locked
from cases.clock import DaysPastDue
from cases.history import record_events
from cases.models import Case, CaseHold
from cases.on_hold import holds_in_force
from cases.refusals import Refusal, Refused, first_of
from tenancy.events import publish
from tenancy.models import Company, Role, User
from tenancy.night import business_date


@dataclass(frozen=True, slots=True)
class Placed:
    """What a placement did, or would do: package is None when nothing was placed."""

    package: Package | None
    case_ids: tuple[int, ...]
    amount: Decimal
    refusals: tuple[Refused, ...]


def place_cases(
    *,
    lender: Company,
    agency: Company,
    case_ids: Chosen,
    reason: str,
    ends_on: date | None,
    by: User | None,
    dry_run: bool = False,
) -> Placed:
    """Give cases to an agency as one package; each case is placed or refused with one reason.

    ends_on: the last business date with the agency, None for open-ended; it must not lie before
    the business date. case_ids: ids, or a queryset of all that match. by: an admin, None for the
    operator (else PermissionDenied). dry_run: tell what would happen, write nothing.
    Publishes CasesPlaced. Raises ValidationError by field.
    """
    require_admin(by)
    today = business_date(lender)
    _check(lender, agency, ends_on, today)
    ids = chosen_ids(case_ids)
    with transaction.atomic():
        if not dry_run:
            lock_placing(lender.pk)
            locked(Case.objects.filter(pk__in=ids))
        cases = _cases(ids, today)
        refusals = list(_refusals(ids, cases, agency, today))
        refused = {case_id for case_id, _reason in refusals}
        placed = [case for case in cases if case.pk not in refused]
        package = None
        if placed and not dry_run:
            package = _write(lender, agency, placed, reason.strip(), ends_on, by, today)
    amount = sum((case.outstanding for case in placed), Decimal(0))
    return Placed(package, tuple(case.pk for case in placed), amount, tuple(refusals))


def require_admin(by: User | None) -> None:
    """Raise PermissionDenied unless the person is a company admin (None is the operator)."""
    if by is not None and not by.has_role(Role.COMPANY_ADMIN):
        raise PermissionDenied


def _check(lender: Company, agency: Company, ends_on: date | None, today: date) -> None:
    if agency.kind != Company.Kind.AGENCY or not agency.is_active:
        raise ValidationError({"agency": _("Choose an active agency.")})
    if agency.currency != lender.currency:
        # Each company's screens name its own currency beside every amount.
        told = _("This agency works in %(theirs)s, the cases are owed in %(ours)s.")
        said = {"theirs": agency.currency, "ours": lender.currency}
        raise ValidationError({"agency": told % said})
    if ends_on is not None and ends_on < today:
        raise ValidationError({"ends_on": _("The end lies in the past.")})


def _cases(ids: Sequence[int], today: date) -> list[Case]:
    return list(
        Case.objects.filter(pk__in=ids)
        .select_related("bucket")
        .annotate(dpd=DaysPastDue(today))
        .order_by("-outstanding", "pk")
    )


def _refusals(
    ids: Sequence[int], cases: Sequence[Case], agency: Company, today: date
) -> Iterator[Refused]:
    stops = holds_in_force(today).filter(case_id__in=ids, stops_placement=True)
    held: dict[bool, set[int]] = {True: set(), False: set()}
    for case_id, kind in stops.values_list("case_id", "kind"):
        held[kind == CaseHold.Kind.PROMISE].add(case_id)
    elsewhere = set(
        Case.objects.filter(
            borrower_id__in={case.borrower_id for case in cases},
            holder__isnull=False,
            closed_on=None,
        )
        .exclude(holder=agency)
        .values_list("borrower_id", flat=True)
    )
    for case in cases:
        reasons = (
            (Refusal.CLOSED, case.closed_on is not None),
            (Refusal.PLACED, case.holder_id is not None),
            (Refusal.ON_HOLD, case.pk in held[False]),
            (Refusal.OPEN_PROMISE, case.pk in held[True]),
            (Refusal.SIBLING_ELSEWHERE, case.borrower_id in elsewhere),
        )
        why = first_of(reason for reason, holds in reasons if holds)
        if why is not None:
            yield case.pk, why
    found = {case.pk for case in cases}
    yield from ((case_id, Refusal.CHANGED_MEANWHILE) for case_id in ids if case_id not in found)


def _write(
    lender: Company,
    agency: Company,
    cases: Sequence[Case],
    reason: str,
    ends_on: date | None,
    by: User | None,
    today: date,
) -> Package:
    package = Package.objects.create(
        lender=lender,
        agency=agency,
        number=_next_number(today),
        lender_name=lender.name,
        agency_name=agency.name,
        reason=reason,
        cases=len(cases),
        amount=sum((case.outstanding for case in cases), Decimal(0)),
        ends_on=ends_on,
        placed_by_name=by.display_name if by else "",
    )
    Placement.objects.bulk_create((_placement(package, case) for case in cases), batch_size=1000)
    ids = tuple(case.pk for case in cases)
    Case.objects.filter(pk__in=ids).update(holder=agency)
    record_events(
        cases=cases,
        kind="placed",
        by=by,
        data={"agency": agency.name, "package": package.number, "reason": reason},
        shared=True,
    )
    publish(CasesPlaced(lender.pk, agency.pk, package.pk, ids))
    return package


def _next_number(today: date) -> str:
    """P261121-01 for the first package of a day; unique, because placing takes turns."""
    day = f"P{today:%y%m%d}-"
    return f"{day}{Package.objects.filter(number__startswith=day).count() + 1:02d}"


def _placement(package: Package, case: Case) -> Placement:
    dpd: int = case.dpd  # type: ignore[attr-defined]  # annotated by _cases
    return Placement(
        lender_id=package.lender_id,
        agency_id=package.agency_id,
        package=package,
        case=case,
        loan_no=case.loan_no,
        amount=case.outstanding,
        dpd=dpd,
        bucket_label=case.bucket.label if case.bucket else "",
    )


def accept_package(*, agency: Company, package: Package, by: User | None) -> Package:
    """Let the agency's admin say that the package has arrived; a second time changes nothing."""
    require_admin(by)
    with transaction.atomic():
        row = Package.objects.select_for_update(no_key=True).get(pk=package.pk, agency=agency)
        if row.accepted_at is None:
            row.accepted_at = timezone.now()
            row.accepted_by_name = by.display_name if by else ""
            row.save(update_fields=["accepted_at", "accepted_by_name"])
    return row
