"""Holds: opening, answering, prolonging and lifting; the clock of the cases follows at once.

A hold is in force from `starts_on` up to, not including, `ends_on`. One that pauses the clock
stops the days past due on the days it is in force (cases.dpd); lifting it early ends the pause on
the day of the lifting. What a kind stops and who may do what stands in cases.hold_kinds.

A hold on a person is one row for each of the borrower's open cases with the same `person_hold`;
cases that are opened later join it (cases.person_holds), and lifting it lifts every row.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.aging import settle_cases
from cases.events import HoldsChanged
from cases.history import record_events
from cases.hold_kinds import KINDS, HoldKind, answer_by, may_lift, may_open, own_end
from cases.models import Case, CaseHold
from tenancy.events import publish
from tenancy.models import Company, User
from tenancy.night import business_date

Kind = CaseHold.Kind
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class _Opening:
    """A hold about to be: the row's columns, but for the case."""

    kind: HoldKind
    starts_on: date
    ends_on: date | None
    answer_by: date | None
    reason: str
    by: User | None
    complained_of: User | None

    def row(self, case: Case, person_hold: uuid.UUID | None) -> CaseHold:
        return CaseHold(
            owner_id=case.owner_id,
            case=case,
            kind=self.kind.code,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            answer_by=self.answer_by,
            pauses_clock=self.kind.clock == "pauses",
            stops_assignment=self.kind.assign == "stops",
            stops_placement=self.kind.placement,
            stops_waivers=self.kind.waiver == "stops",
            stops_contact=self.kind.contact,
            person_hold=person_hold,
            reason=self.reason,
            opened_by_id=self.by.pk if self.by else None,
            opened_by_name=name_for_holders(self.by, case.owner_id),
            complained_of_id=self.complained_of.pk if self.complained_of else None,
            complained_of_name=name_for_holders(self.complained_of, case.owner_id),
        )


def open_hold(
    *,
    company: Company,
    case: Case,
    kind: str,
    starts_on: date,
    ends_on: date | None = None,
    reason: str,
    by: User | None,
    answer_by: date | None = None,
    complained_of: User | None = None,
    by_rule: bool = False,
) -> CaseHold:
    """Put a hold of a kind on an open case, or on the borrower's every open case, and re-age them.

    Returns the row of `case`. ends_on: only for kinds that end by themselves, which otherwise have
    their own. answer_by: the kind's deadline unless given. complained_of: whom a complaint is
    about. by_rule: the hold follows from a disposition: the kind's openers are not asked, and one
    of the kind that stands is enough. by: a person of the lender or of the agency that holds the
    case, None for the system.

    The same hold again (a form sent twice) returns the one that stands. A death is provisional
    unless the lender's admin opens it by hand, with the proof. Raises PermissionDenied for who may
    not open this kind, ValidationError for an unknown kind, a wrong end, a missing reason, or a
    closed case.
    """
    if kind not in KINDS:
        raise ValidationError({"kind": _("Choose a kind of hold.")})
    if by is not None and not by_rule:
        _check_opener(company, kind, by)
    proved = not by_rule and _is_proved(company, by)
    opening = _Opening(
        kind=KINDS[kind],
        starts_on=starts_on,
        ends_on=_end(kind, starts_on, ends_on, proved=proved, due=answer_by),
        answer_by=answer_by or _deadline(kind, starts_on, proved=proved),
        reason=words(reason, "reason", LONGEST_REASON),
        by=by,
        complained_of=complained_of if kind == Kind.COMPLAINT else None,
    )
    with transaction.atomic():
        locked = _locked(company, case, whole_person=opening.kind.of_person)
        here = next((each for each in locked if each.pk == case.pk), None)
        if here is None or here.closed_on is not None:
            raise ValidationError(_("The case is closed."))
        if (standing := _standing(here, opening, any_of_kind=by_rule)) is not None:
            return standing
        return _write(company, locked, here, opening)


def _write(company: Company, cases: Sequence[Case], here: Case, opening: _Opening) -> CaseHold:
    person_hold = uuid.uuid4() if opening.kind.of_person else None
    rows = CaseHold.objects.bulk_create([opening.row(case, person_hold) for case in cases])
    tell(rows[0], cases, "hold_opened", opening.by, reason=opening.reason)
    settle(company, cases, clock=rows[0].pauses_clock)
    return next(row for row in rows if row.case_id == here.pk)


def lift_hold(
    *, company: Company, hold: CaseHold, on: date, by: User | None, reason: str = ""
) -> CaseHold:
    """End a hold on the business date `on`, the first day on which it no longer holds; re-age.

    A hold on a person is lifted on every case. What waited for an answer has it: the reason. One
    that is over or lifted already stays as it is. Raises PermissionDenied for who may not lift
    this kind, the person complained of among them.
    """
    if by is not None:
        check_desk(company, hold, by)
    with transaction.atomic():
        rows = together(company, hold)
        hold = next(row for row in rows if row.pk == hold.pk)
        if hold.lifted_at is not None or (hold.ends_on is not None and hold.ends_on <= on):
            return hold
        now, reason = timezone.now(), reason.strip()[:LONGEST_REASON]
        for row in rows:
            row.ends_on = max(row.starts_on, on)
            row.lifted_at = now
            row.lifted_by_name = by.display_name if by else ""
            row.answered_at = row.answered_at or (now if row.answer_by else None)
            row.answer = row.answer or reason
        CaseHold.objects.bulk_update(
            rows, ["ends_on", "lifted_at", "lifted_by_name", "answered_at", "answer"]
        )
        cases = [row.case for row in rows]
        tell(hold, cases, "hold_lifted", by, reason=reason)
        settle(company, cases, clock=hold.pauses_clock)
    return hold


def check_desk(company: Company, hold: CaseHold, by: User) -> None:
    """Raise PermissionDenied unless the person may lift, answer or prolong this hold."""
    if not may_handle(company, hold, by):
        raise PermissionDenied


def may_handle(company: Company, hold: CaseHold, by: User) -> bool:
    """Whether somebody may lift, answer or prolong it: its desk, at the lender, not the accused."""
    if by.company_id != company.pk or not company.is_lender:
        return False
    if hold.complained_of_id is not None and hold.complained_of_id == by.pk:
        return False
    return may_lift(hold.kind, by.roles)


def openable(company: Company, by: User) -> list[str]:
    """The kinds of hold that the person opens by hand, in the order of the list."""
    at_agency = by.company_id != company.pk or not company.is_lender
    return [code for code in KINDS if may_open(code, by.roles, at_agency=at_agency)]


def _check_opener(company: Company, kind: str, by: User) -> None:
    if kind not in openable(company, by):
        raise PermissionDenied


def _is_proved(company: Company, by: User | None) -> bool:
    """Whether a death opened by hand counts as proved: by the system or the lender's admin."""
    return by is None or (by.company_id == company.pk and may_lift(Kind.DECEASED, by.roles))


def _end(
    kind: str, starts_on: date, asked: date | None, *, proved: bool, due: date | None
) -> date | None:
    if asked is not None:
        if asked <= starts_on:
            raise ValidationError(
                {"ends_on": _("A hold must end after the day on which it starts.")}
            )
        if not KINDS[kind].own_end:
            raise ValidationError(
                {"ends_on": _("A hold of this kind does not end by itself: somebody lifts it.")}
            )
        most = KINDS[kind].most
        if most is not None and (asked - starts_on).days > most:
            raise ValidationError(
                {"ends_on": _("A hold of this kind lasts %(days)s days at most.") % {"days": most}}
            )
        return asked
    if kind == Kind.PLAN:
        raise ValidationError({"ends_on": _("Say when the plan ends.")})
    return own_end(kind, starts_on, provisional=not proved, due=due)


def _deadline(kind: str, starts_on: date, *, proved: bool) -> date | None:
    """A provisional death is to be proved while it holds."""
    if kind == Kind.DECEASED and not proved:
        end = own_end(kind, starts_on, provisional=True)
        return date.fromordinal(end.toordinal() - 1) if end else None
    return answer_by(kind, starts_on)


def words(text: str, field: str, most: int) -> str:
    """The text without white space around it; ValidationError on `field` for none, or too much."""
    text = text.strip()
    if not text:
        raise ValidationError({field: _("Say why.") if field == "reason" else _("Say what.")})
    if len(text) > most:
        raise ValidationError({field: _("At most %(limit)s characters.") % {"limit": f"{most:,}"}})
    return text


def _locked(company: Company, case: Case, *, whole_person: bool) -> list[Case]:
    """The case, or the borrower's every open case and this one, locked in the order of ids."""
    own = Q(pk=case.pk)
    if whole_person:
        own |= Q(borrower_id=case.borrower_id, closed_on=None)
    rows = Case.objects.select_for_update(no_key=True).filter(own, owner=company)
    return list(rows.order_by("pk"))


def _standing(case: Case, opening: _Opening, *, any_of_kind: bool) -> CaseHold | None:
    """The same hold, opened before and not lifted; or any of its kind that is not over."""
    rows = CaseHold.objects.filter(case=case, kind=opening.kind.code, lifted_at=None)
    if any_of_kind:
        not_over = Q(ends_on=None) | Q(ends_on__gt=opening.starts_on)
        return rows.filter(not_over).order_by("-pk").first()
    return rows.filter(
        starts_on=opening.starts_on,
        ends_on=opening.ends_on,
        reason=opening.reason,
        opened_by_id=opening.by.pk if opening.by else None,
    ).first()


def together(company: Company, hold: CaseHold) -> list[CaseHold]:
    """The hold's rows, one a case, locked after their cases as everywhere."""
    rows: QuerySet[CaseHold] = CaseHold.objects.filter(owner=company, pk=hold.pk)
    if hold.person_hold is not None:
        borrower = Case.objects.values_list("borrower_id", flat=True).get(pk=hold.case_id)
        rows = CaseHold.objects.filter(
            owner=company, person_hold=hold.person_hold, case__borrower_id=borrower
        )
    case_ids = rows.values_list("case_id", flat=True)
    locked = {
        case.pk: case
        for case in Case.objects.select_for_update(no_key=True)
        .filter(owner=company, pk__in=list(case_ids))
        .order_by("pk")
    }
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for row in found:
        row.case = locked[row.case_id]
    return found


def name_for_holders(person: User | None, owner_id: int) -> str:
    """The name that a hold carries: the next holder reads it, so an agency's people have none."""
    return person.display_name if person and person.company_id == owner_id else ""


def tell(hold: CaseHold, cases: Iterable[Case], kind: str, by: User | None, *, reason: str) -> None:
    """Write what happened to a hold into the history of its cases; a holder reads it too."""
    data = {
        "hold": hold.kind,
        "from": hold.starts_on.isoformat(),
        "to": hold.ends_on.isoformat() if hold.ends_on else None,
        "answer_by": hold.answer_by.isoformat() if hold.answer_by else None,
        "whole_person": hold.person_hold is not None,
        "reason": reason,
    }
    by_agency = by is not None and by.company_id != hold.owner_id
    data["by_agency"] = by_agency
    record_events(cases=cases, kind=kind, by=None if by_agency else by, data=data, shared=True)


def settle(company: Company, cases: Sequence[Case], *, clock: bool) -> None:
    """Tell that the holds of the cases changed; re-age them first where that moves their clock."""
    if clock:
        settle_cases(
            company=company, on=business_date(company), loan_ids=[case.loan_id for case in cases]
        )
    publish(HoldsChanged(tuple(case.pk for case in cases)))
