"""Answering what a hold waits for, looking at one again, and giving a complaint longer time."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.hold_kinds import ADMIN, KINDS
from cases.holds import Kind, check_desk, settle, tell, together, words
from cases.models import CaseHold
from tenancy.models import Company, User

LONGEST_REASON = 300
LONGEST_ANSWER = 1000


def answer_hold(*, company: Company, hold: CaseHold, answer: str, by: User, on: date) -> CaseHold:
    """Give the answer that a hold waits for, or say that one has looked at it again.

    A review comes round again after as many days. A death that is proved (the answer says how)
    holds on without an end. Raises as lift_hold does, and ValidationError without words, for a
    hold that waits for nothing, and for one that is answered.
    """
    check_desk(company, hold, by)
    answer = words(answer, "answer", LONGEST_ANSWER)
    deadline = KINDS[hold.kind].deadline
    with transaction.atomic():
        rows = together(company, hold)
        hold = next(row for row in rows if row.pk == hold.pk)
        if hold.answered_at is not None and hold.answer == answer:
            return hold
        if hold.answer_by is None or deadline is None or hold.answered_at is not None:
            raise ValidationError(_("This hold waits for no answer."))
        comes_again = deadline.asks == "review" and hold.lifted_at is None
        for row in rows:
            row.answer = answer
            if comes_again:
                row.answer_by, row.alarmed_at, row.escalated_at = deadline.falls_on(on), None, None
            else:
                row.answered_at = timezone.now()
            if row.kind == Kind.DECEASED and row.lifted_at is None:
                row.ends_on = None
        CaseHold.objects.bulk_update(
            rows,
            ["answer", "answer_by", "answered_at", "alarmed_at", "escalated_at", "ends_on"],
        )
        kind = "hold_reviewed" if comes_again else "hold_answered"
        cases = [row.case for row in rows]
        tell(hold, cases, kind, by, reason=answer)
        settle(company, cases, clock=hold.pauses_clock)
    return hold


def prolong_answer(*, company: Company, hold: CaseHold, reason: str, by: User) -> CaseHold:
    """Give a complaint the next longer time (cases.hold_kinds: 30 days, then 60 by an admin).

    Raises as lift_hold does, and ValidationError without a reason or where none is left.
    """
    check_desk(company, hold, by)
    reason = words(reason, "reason", LONGEST_REASON)
    deadline = KINDS[hold.kind].deadline
    with transaction.atomic():
        rows = together(company, hold)
        hold = next(row for row in rows if row.pk == hold.pk)
        waits = hold.answer_by is not None and hold.answered_at is None and hold.lifted_at is None
        later = (
            deadline.next_after(hold.starts_on, hold.answer_by)
            if waits and deadline and hold.answer_by
            else None
        )
        if later is None or deadline is None:
            raise ValidationError(_("There is no longer time to answer."))
        if deadline.next_after(hold.starts_on, later) is None and not by.has_role(ADMIN):
            raise PermissionDenied
        for row in rows:
            row.answer_by, row.alarmed_at, row.escalated_at = later, None, None
        CaseHold.objects.bulk_update(rows, ["answer_by", "alarmed_at", "escalated_at"])
        tell(hold, [row.case for row in rows], "hold_prolonged", by, reason=reason)
    return hold
