"""Taking placed cases back: per borrower, at once, and out of the agency's sight."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.events import CasesRecalled
from agencies.models import Placement
from agencies.placement import require_admin
from agencies.turns import lock_holding, lock_placing
from cases.choosing import Chosen, chosen_ids, locked
from cases.history import record_events
from cases.models import Case
from cases.refusals import Refusal, Refused
from tenancy.events import publish
from tenancy.models import Company, User

RECALLED, EXPIRED = "recalled", "expired"
"""How a placement ended (Placement.end_kind): taken back by a person, or its time was over."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """What a recall did, or would do.

    `along` are cases that nobody asked for: a person is taken back as a whole.
    """

    case_ids: tuple[int, ...]
    along: tuple[int, ...]
    refusals: tuple[Refused, ...]


def recall_cases(
    *,
    lender: Company,
    case_ids: Chosen,
    reason: str,
    by: User | None,
    dry_run: bool = False,
) -> Recalled:
    """Take cases back from whichever agencies hold them, open and closed ones alike.

    With a case comes every other one of its borrower that the same agency holds.
    Publishes CasesRecalled for each agency while it still holds them; then the placements end and
    the agency sees no more of them. A case that no agency holds is refused. reason: required
    (ValidationError). by: an admin, None for the operator (else PermissionDenied).
    """
    require_admin(by)
    if not (reason.strip() or dry_run):
        raise ValidationError({"reason": _("Say why.")})
    ids = chosen_ids(case_ids)
    with transaction.atomic():
        return _recall(lender, ids, RECALLED, reason.strip(), by, dry_run=dry_run)


def recall_ended(company: Company, on: date) -> dict[str, int]:
    """The night's step: take back the cases of packages whose last date lies before `on`."""
    ended = Placement.objects.filter(
        lender=company, ended_at=None, package__ends_on__lt=on
    ).values_list("case_id", flat=True)
    with transaction.atomic():
        ids = sorted(set(ended))
        back = _recall(company, ids, EXPIRED, "", None, dry_run=False).case_ids if ids else ()
    return {"recalled": len(back)}


def _recall(
    lender: Company, ids: Sequence[int], kind: str, reason: str, by: User | None, *, dry_run: bool
) -> Recalled:
    if not dry_run:
        lock_placing(lender.pk)
    asked = {case.pk: case for case in Case.objects.filter(pk__in=ids, holder__isnull=False)}
    whole = _whole_people(asked.values())
    back = sorted(case.pk for cases in whole.values() for case in cases)
    if not dry_run:
        locked(Case.objects.filter(pk__in=back))
        for agency_id in sorted(whole):
            lock_holding(agency_id)
        for agency_id, cases in sorted(whole.items()):
            _take_back(lender, agency_id, cases, kind, reason, by)
    return Recalled(
        case_ids=tuple(back),
        along=tuple(pk for pk in back if pk not in asked),
        refusals=tuple((pk, Refusal.NOT_PLACED) for pk in ids if pk not in asked),
    )


def _whole_people(asked: Collection[Case]) -> dict[int, list[Case]]:
    """By agency: every case that it holds of the borrowers of the cases asked for."""
    pairs = {(case.borrower_id, case.holder_id) for case in asked}
    held = Case.objects.filter(
        borrower_id__in={borrower_id for borrower_id, _agency_id in pairs}, holder__isnull=False
    )
    whole: dict[int, list[Case]] = defaultdict(list)
    for case in held.order_by("pk"):
        if case.holder_id is not None and (case.borrower_id, case.holder_id) in pairs:
            whole[case.holder_id].append(case)
    return whole


def _take_back(
    lender: Company, agency_id: int, cases: Sequence[Case], kind: str, reason: str, by: User | None
) -> None:
    ids = tuple(case.pk for case in cases)
    # The agency's desks are cleared while it still holds the cases: afterwards it may not.
    publish(CasesRecalled(lender.pk, agency_id, ids))
    Placement.objects.filter(
        lender=lender, agency_id=agency_id, case_id__in=ids, ended_at=None
    ).update(ended_at=timezone.now(), end_kind=kind, end_reason=reason)
    Case.objects.filter(pk__in=ids).update(holder=None)
    agency = Company.objects.get(pk=agency_id)
    record_events(cases=cases, kind=kind, by=by, data={"agency": agency.name, "reason": reason})
