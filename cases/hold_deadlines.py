"""Holds by night: those that end by themselves are over, and missed deadlines are told.

A deadline is missed on the business date after it: then the lead is told, and the admin on the
date after that, each once. What ends by itself is lifted on its last date; no other hold is.
"""
# ruff: noqa: S608 (statements are put together from constants of this package)

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from cases.hold_kinds import KINDS, SELF_ENDING
from cases.models import CaseHold
from cases.statements import OWNER, execute
from tenancy.models import Company
from tenancy.night import Counts

_EVENT = "INSERT INTO cases_caseevent (owner_id, case_id, company_id, kind, actor_name, data,"
_EVENT += " shared)"
_DATA = """jsonb_build_object('hold', told.kind, 'from', told.starts_on, 'to', told.ends_on,
    'answer_by', told.answer_by, 'reason', '')"""

# A review of a closed case is nobody's business any more; an answer is owed all the same.
_MISSED = f"""
h.owner_id = {OWNER} AND h.answer_by IS NOT NULL AND h.answered_at IS NULL
AND (h.kind <> ALL(%(reviews)s) OR EXISTS (
    SELECT 1 FROM cases_case c
    WHERE c.owner_id = {OWNER} AND c.id = h.case_id AND c.closed_on IS NULL))"""


def _tell(which: str, column: str, kind: str) -> str:
    """Mark holds with the moment and write the event for each of their cases; answers how many."""
    return f"""
WITH due AS MATERIALIZED (
    SELECT h.id FROM cases_casehold h WHERE {which} ORDER BY h.id FOR NO KEY UPDATE
), told AS (
    UPDATE cases_casehold h SET {column} = statement_timestamp() FROM due
    WHERE h.id = due.id AND h.owner_id = {OWNER}
    RETURNING h.case_id, h.kind, h.starts_on, h.ends_on, h.answer_by
)
{_EVENT}
SELECT %(owner)s, told.case_id, %(owner)s, '{kind}', '', {_DATA}, {{shared}} FROM told
"""


_ALARM = _tell(
    f"{_MISSED} AND h.answer_by < %(day)s AND h.alarmed_at IS NULL", "alarmed_at", "hold_missed"
).format(shared="false")
_ESCALATE = _tell(
    f"{_MISSED} AND h.answer_by < %(day)s::date - 1 AND h.escalated_at IS NULL",
    "escalated_at",
    "hold_escalated",
).format(shared="false")
_END = _tell(
    f"""h.owner_id = {OWNER} AND h.lifted_at IS NULL AND h.ends_on <= %(day)s
    AND h.kind = ANY(%(self_ending)s)""",
    "lifted_at",
    "hold_ended",
).format(shared="true")


def holds_at_night(company: Company, day: date) -> Counts:
    """Tell the deadlines missed before `day`, and close the holds that are over by `day`.

    The alarm comes first: a check of a payment that nobody made is told, though its hold is over.
    Aging has moved the clock on already, because a pause with an end is known to it from the start.
    """
    if not company.is_lender:
        return {}
    params: dict[str, Any] = {
        "owner": company.pk,
        "day": day,
        "reviews": [code for code in KINDS if _is_review(code)],
        "self_ending": sorted(SELF_ENDING),
    }
    return {
        "hold_alarms": execute(_ALARM, params),
        "hold_escalations": execute(_ESCALATE, params),
        "holds_ended": execute(_END, params),
    }


def _is_review(code: str) -> bool:
    deadline = KINDS[code].deadline
    return deadline is not None and deadline.asks == "review"


def missed(*, escalated: bool = False) -> QuerySet[CaseHold]:
    """The holds whose missed deadline was told to the lead (or the admin) and that still wait."""
    told = Q(escalated_at__isnull=False) if escalated else Q(alarmed_at__isnull=False)
    return CaseHold.objects.filter(told, answer_by__isnull=False, answered_at=None)
