"""A disaster's hold on a whole region: every open case of the loans there, in a few statements."""
# ruff: noqa: S608 (statements are put together from constants of this package)

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases import statements
from cases.aging import settle_cases
from cases.events import HoldsChanged
from cases.hold_kinds import KINDS, may_open, own_end
from cases.holds import LONGEST_REASON, words
from cases.models import CaseHold
from cases.statements import OWNER
from tenancy.audit import record_change
from tenancy.events import publish
from tenancy.models import Company, User

KIND = CaseHold.Kind.DISASTER

_OF_REGION = f"""
FROM cases_loan l JOIN cases_case c ON c.owner_id = l.owner_id AND c.loan_id = l.id
WHERE l.owner_id = {OWNER} AND l.region = %(region)s AND l.in_collections
  AND c.closed_on IS NULL AND NOT EXISTS (
    SELECT 1 FROM cases_casehold h
    WHERE h.owner_id = {OWNER} AND h.case_id = c.id AND h.kind = %(kind)s
      AND h.lifted_at IS NULL AND h.ends_on = %(ends_on)s)"""

_SIZE = f"SELECT count(*), coalesce(sum(c.outstanding), 0) {_OF_REGION}"

_OPEN = f"""
WITH chosen AS MATERIALIZED (
    SELECT c.id, c.loan_id {_OF_REGION} ORDER BY c.id FOR NO KEY UPDATE OF c
), opened AS (
    INSERT INTO cases_casehold (owner_id, case_id, kind, starts_on, ends_on, pauses_clock,
        stops_assignment, stops_placement, stops_waivers, stops_contact, reason, answer,
        opened_by_id, opened_by_name, complained_of_name, lifted_by_name)
    SELECT %(owner)s, id, %(kind)s, %(starts_on)s, %(ends_on)s, true, false, true, false,
        %(contact)s, %(reason)s, '', %(by_id)s, %(by_name)s, '', ''
    FROM chosen ORDER BY id
), told AS (
    INSERT INTO cases_caseevent (owner_id, case_id, company_id, kind, actor_id, actor_name, data,
        shared)
    SELECT %(owner)s, id, %(owner)s, 'hold_opened', %(by_id)s, %(by_name)s,
        jsonb_build_object('hold', %(kind)s, 'from', %(starts_on)s::date, 'to', %(ends_on)s::date,
            'reason', %(reason)s), true
    FROM chosen ORDER BY id
)
SELECT id, loan_id FROM chosen ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class RegionSize:
    """How many open cases a disaster's hold would cover, and what they owe."""

    cases: int
    amount: Decimal


def region_size(*, company: Company, region: str, starts_on: date, ends_on: date) -> RegionSize:
    """What a hold on the region would cover now, without those that have the same one already."""
    params = _params(company, region, starts_on, ends_on)
    ((cases, amount),) = statements.rows(_SIZE, params)
    return RegionSize(cases, amount)


def open_region_hold(
    *,
    company: Company,
    region: str,
    starts_on: date,
    ends_on: date | None,
    reason: str,
    by: User,
) -> int:
    """Put a disaster's hold on every open case of the region; returns how many got one.

    Cases that are opened there later are not covered: do it again, which passes over those that
    have it. Raises PermissionDenied for anybody but an admin, ValidationError for a wrong end (90
    days at most), a missing region or reason.
    """
    if by.company_id != company.pk or not may_open(KIND, by.roles):
        raise PermissionDenied
    region = words(region, "region", 64)
    reason = words(reason, "reason", LONGEST_REASON)
    until = checked_end(starts_on, ends_on)
    params = _params(company, region, starts_on, until) | {
        "reason": reason,
        "contact": KINDS[KIND].contact,
        "by_id": by.pk,
        "by_name": by.display_name,
    }
    with transaction.atomic():
        opened = statements.rows(_OPEN, params)
        if opened:
            settle_cases(company=company, on=starts_on, loan_ids=[loan for _id, loan in opened])
            publish(HoldsChanged(tuple(case for case, _loan in opened)))
            record_change(
                actor=by,
                verb="hold_region",
                obj=company,
                before={},
                after={"region": region, "cases": len(opened), "ends_on": until.isoformat()},
                reason=reason,
            )
    return len(opened)


def checked_end(starts_on: date, ends_on: date | None) -> date:
    """The end of a disaster's hold; raises ValidationError for none that it may have."""
    most = KINDS[KIND].most or 0
    until = ends_on or own_end(KIND, starts_on) or starts_on + timedelta(days=most)
    if until <= starts_on:
        raise ValidationError({"ends_on": _("A hold must end after the day on which it starts.")})
    if (until - starts_on).days > most:
        raise ValidationError(
            {"ends_on": _("A hold of this kind lasts %(days)s days at most.") % {"days": most}}
        )
    return until


def _params(company: Company, region: str, starts_on: date, ends_on: date) -> dict[str, Any]:
    return {
        "owner": company.pk,
        "region": region,
        "kind": KIND.value,
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
