"""Holds on a person: cases of the borrower that are opened later join them. A listener."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q

from cases.events import CasesOpened, CasesReopened
from cases.holds import settle, tell
from cases.models import Case, CaseHold
from tenancy.models import Company
from tenancy.night import business_date


def on_cases_opened(event: CasesOpened | CasesReopened) -> None:
    """Listener: cases of borrowers who are on hold as persons are on hold from the start."""
    if not CaseHold.objects.filter(person_hold__isnull=False, lifted_at=None).exists():
        return
    cases = list(Case.objects.filter(pk__in=event.case_ids).only("pk", "owner", "borrower", "loan"))
    if not cases:
        return
    company = Company.objects.get(pk=cases[0].owner_id)
    on = business_date(company)
    by_borrower = _person_holds({case.borrower_id for case in cases}, on)
    if not by_borrower:
        return
    has = set(
        CaseHold.objects.filter(case_id__in=event.case_ids, person_hold__isnull=False).values_list(
            "case_id", "person_hold"
        )
    )
    joined: dict[UUID, list[Case]] = {}
    rows = []
    for case in cases:
        for like in by_borrower.get(case.borrower_id, ()):
            if (case.pk, like.person_hold) not in has:
                rows.append(_joining(like, case))
                assert like.person_hold is not None
                joined.setdefault(like.person_hold, []).append(case)
    CaseHold.objects.bulk_create(rows, batch_size=1000)
    of_hold = {row.person_hold: row for row in rows}
    for person_hold, held in joined.items():
        tell(of_hold[person_hold], held, "hold_opened", None, reason="")
    if rows:
        members = [case for held in joined.values() for case in held]
        settle(company, members, clock=any(row.pauses_clock for row in rows))


def _person_holds(borrower_ids: Iterable[int], on: date) -> dict[int, list[CaseHold]]:
    """By borrower: one row of each person's hold in force, or to come, on `on`."""
    rows = (
        CaseHold.objects.filter(
            Q(ends_on=None) | Q(ends_on__gt=on),
            case__borrower_id__in=borrower_ids,
            person_hold__isnull=False,
            lifted_at=None,
        )
        .select_related("case")
        .order_by("person_hold", "pk")
        .distinct("person_hold")
    )
    found: dict[int, list[CaseHold]] = {}
    for row in rows:
        found.setdefault(row.case.borrower_id, []).append(row)
    return found


def _joining(like: CaseHold, case: Case) -> CaseHold:
    copied = {
        field.attname: getattr(like, field.attname)
        for field in CaseHold._meta.concrete_fields
        if field.name not in ("id", "uid", "owner", "case", "opened_at")
    }
    return CaseHold(owner_id=case.owner_id, case_id=case.pk, **copied)
