"""Money in suspense: what waits, and a person's word on which loan it is for.

Most of it is matched by itself when its loan comes (cases.ledger). What a lender sent under a
wrong number never is; a person finds the loan. The row keeps the number as it was sent, so that
the feed's next copy of it is the same row still, and a reversal follows the money.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Min, Q, Sum
from django.utils.translation import gettext as _

from cases import repayment_rows
from cases.history import record_events
from cases.ledger import match_to_loan
from cases.models import Case, Repayment
from tenancy.audit import record_change
from tenancy.models import Company, User

State = Repayment.State


class Waiting(NamedTuple):
    """What waits: repayments with their sum, reversals, and the date of the oldest."""

    repayments: int
    amount: Decimal
    reversals: int
    oldest: date | None


def waiting_of(*, company: Company) -> Waiting:
    """All that waits in suspense at the lender. One query."""
    money = Q(reverses_no="")
    found = Repayment.objects.filter(owner=company, state=State.SUSPENSE).aggregate(
        repayments=Count("pk", filter=money),
        amount=Sum("amount", filter=money, default=Decimal(0)),
        reversals=Count("pk", filter=~money),
        oldest=Min("booked_at"),
    )
    oldest = found["oldest"]
    return Waiting(
        found["repayments"],
        found["amount"],
        found["reversals"],
        company.local_date(oldest) if oldest else None,
    )


def match_by_hand(
    *, company: Company, repayment: Repayment, loan_no: str, reason: str, by: User, on: date
) -> Repayment:
    """Book money that waits on the loan of this number, and settle its cases.

    on: the business date that cases are settled for. The same match again changes nothing. Raises
    ValidationError for a missing reason, a loan that is not known, a reversal (it waits for its
    repayment, not for a loan), and money that has been matched to another loan.
    """
    loan_no, reason = loan_no.strip(), reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why.")})
    with transaction.atomic():
        # The loan before the row, as everywhere, so that two acts never wait for each other.
        loans = repayment_rows.lock_known_loans(company.pk, [loan_no])
        waits = Repayment.objects.select_for_update(no_key=True).get(pk=repayment.pk, owner=company)
        if waits.loan_id and loan_no in loans and waits.loan_id == loans[loan_no].loan_id:
            return waits
        _refuse_misfit(waits, loan_no, known=loan_no in loans)
        match_to_loan(company=company, repayment_id=waits.pk, loan_no=loan_no, on=on)
        matched = Repayment.objects.get(pk=waits.pk)
        _record(matched, loan_no, reason, by)
    return matched


def _refuse_misfit(repayment: Repayment, loan_no: str, *, known: bool) -> None:
    if repayment.reverses_no:
        raise ValidationError(
            _("A reversal waits for its repayment; it is booked together with it.")
        )
    if repayment.state != State.SUSPENSE:
        raise ValidationError(_("It has been matched meanwhile; nothing was changed."))
    if not known:
        raise ValidationError(
            {"loan_no": _("There is no loan %(loan_no)s in the book.") % {"loan_no": loan_no}}
        )


def _record(repayment: Repayment, loan_no: str, reason: str, by: User) -> None:
    record_change(
        actor=by,
        verb="match_by_hand",
        obj=repayment,
        before={"loan_no": repayment.loan_no, "state": State.SUSPENSE.value},
        after={"loan_no": loan_no, "state": repayment.state},
        reason=reason,
    )
    case = Case.objects.filter(loan=repayment.loan_id).order_by("-pk").first()
    if case is not None:
        data = {
            "repayment_no": repayment.repayment_no,
            "sent_for": repayment.loan_no,
            "reason": reason,
        }
        record_events(cases=[case], kind="repayment_matched", by=by, data=data)
