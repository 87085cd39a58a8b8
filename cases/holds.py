"""Holds on one case: what each kind stops, opening one and lifting it; the clock follows at once.

A hold is in force from `starts_on` up to, not including, `ends_on`. One that pauses the clock
stops the days past due on the days it is in force (cases.dpd); lifting it early ends the pause on
the day of the lifting.
"""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.aging import settle_cases
from cases.history import record_events
from cases.models import Case, CaseHold
from tenancy.models import Company, User
from tenancy.night import business_date

Kind = CaseHold.Kind


@dataclass(frozen=True, slots=True)
class Stops:
    """What a kind of hold stops."""

    clock: bool
    assignment: bool
    placement: bool = True


STOPS: dict[str, Stops] = {
    Kind.DISPUTE: Stops(clock=False, assignment=False),
    Kind.COMPLAINT: Stops(clock=False, assignment=False),
    Kind.HARDSHIP: Stops(clock=False, assignment=False),
    Kind.DECEASED: Stops(clock=True, assignment=True),
    Kind.LEGAL: Stops(clock=False, assignment=True),
    Kind.BANKRUPTCY: Stops(clock=True, assignment=True),
    Kind.FRAUD: Stops(clock=True, assignment=True),
    Kind.DISASTER: Stops(clock=True, assignment=False),
    Kind.BREATHING_SPACE: Stops(clock=True, assignment=True),
}


def open_hold(
    *,
    company: Company,
    case: Case,
    kind: str,
    starts_on: date,
    ends_on: date | None,
    reason: str,
    by: User | None,
) -> CaseHold:
    """Put a hold of a kind on an open case and re-age it.

    Raises ValidationError for an unknown kind, an end that is not after the start, a missing
    reason, or a closed case.
    """
    if kind not in STOPS:
        raise ValidationError({"kind": _("Choose a kind of hold.")})
    if ends_on is not None and ends_on <= starts_on:
        raise ValidationError({"ends_on": _("A hold must end after the day on which it starts.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    stops = STOPS[kind]
    with transaction.atomic():
        locked = _locked(company, case)
        if locked.closed_on is not None:
            raise ValidationError(_("The case is closed."))
        hold = CaseHold.objects.create(
            owner=company,
            case=locked,
            kind=kind,
            starts_on=starts_on,
            ends_on=ends_on,
            pauses_clock=stops.clock,
            stops_assignment=stops.assignment,
            stops_placement=stops.placement,
            reason=reason.strip(),
            opened_by_name=by.display_name if by else "",
        )
        _tell(hold, locked, "hold_opened", by)
        _settle(company, locked)
    return hold


def lift_hold(*, company: Company, hold: CaseHold, on: date, by: User | None) -> CaseHold:
    """End a hold on the business date `on`, the first day on which it no longer holds; re-age.

    A hold that is over or lifted already stays as it is.
    """
    with transaction.atomic():
        case = _locked(company, hold.case)
        hold = CaseHold.objects.select_for_update().get(pk=hold.pk)
        if hold.lifted_at is not None or (hold.ends_on is not None and hold.ends_on <= on):
            return hold
        hold.ends_on = max(hold.starts_on, on)
        hold.lifted_at = timezone.now()
        hold.lifted_by_name = by.display_name if by else ""
        hold.save(update_fields=["ends_on", "lifted_at", "lifted_by_name"])
        _tell(hold, case, "hold_lifted", by)
        _settle(company, case)
    return hold


def _locked(company: Company, case: Case) -> Case:
    return Case.objects.select_for_update(no_key=True).get(pk=case.pk, owner=company)


def _tell(hold: CaseHold, case: Case, kind: str, by: User | None) -> None:
    data = {
        "hold": hold.kind,
        "from": hold.starts_on.isoformat(),
        "to": hold.ends_on.isoformat() if hold.ends_on else None,
    }
    record_events(cases=[case], kind=kind, by=by, data=data, shared=True)


def _settle(company: Company, case: Case) -> None:
    on = business_date(company)
    settle_cases(company=company, on=on, loan_ids=[case.loan_id])
