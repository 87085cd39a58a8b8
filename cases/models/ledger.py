"""Money: what came in, and the append-only ledger by which any day's balance is a query."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.base import LenderOwned, book_wall, money, owner_key
from cases.models.loan import HOLDS_THE_LOAN, Loan
from tenancy.models.base import random_uid
from tenancy.walls import APPEND


class Repayment(LenderOwned):
    """Money the lender received. The four `applied_*` are its allocation after the last replay.

    loan_no is the number as sent; the loan may have another one, where a person matched the money
    by hand. loan is NULL while the money is in suspense. `split_*` are what the feed asked for, if
    it did.
    """

    class State(models.TextChoices):
        POSTED = "posted", _("Posted")
        SUSPENSE = "suspense", _("In suspense")
        INCLUDED = "included", _("Already in the balance")
        REVERSED = "reversed", _("Reversed")
        REVERSAL = "reversal", _("Reversal")

    uid = random_uid()
    repayment_no = models.CharField(max_length=64)
    loan_no = models.CharField(max_length=64)
    loan = models.ForeignKey(
        Loan,
        on_delete=models.PROTECT,
        null=True,
        related_name="repayments",
        db_constraint=False,
    )
    paid_at = models.DateTimeField()
    effective_date = models.DateField()
    amount = money()
    split_principal = money(null=True)
    split_interest = money(null=True)
    split_fee = money(null=True)
    split_penalty = money(null=True)
    applied_principal = money(default=0)
    applied_interest = money(default=0)
    applied_fee = money(default=0)
    applied_penalty = money(default=0)
    overpaid = money(default=0)
    reverses_no = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices)
    booked_at = models.DateTimeField(db_default=Now())

    class Meta(LenderOwned.Meta):
        indexes = [
            models.Index(
                fields=["owner", "loan_no"],
                name="repayment_suspense",
                condition=Q(state="suspense"),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["owner", "repayment_no"], name="repayment_no"),
            models.UniqueConstraint(fields=["owner", "id"], name="repayment_owner_id"),
            owner_key("repayment", "loan", "cases.Loan"),
            book_wall("repayment_wall", HOLDS_THE_LOAN.format(loan="cases_repayment.loan_id")),
        ]

    def __str__(self) -> str:
        return self.repayment_no


class LedgerEntry(LenderOwned):
    """One effect on a loan's balance, by component; never changed.

    An opening or a snapshot says what is owed at the close of effective_date and replaces what
    stood before; every other kind adds its four amounts (a repayment's are negative). The balance
    at the end of a date = the last snapshot up to it + the effects of later dates up to it.
    """

    class Kind(models.TextChoices):
        OPENING = "opening", _("Opening")
        SNAPSHOT = "snapshot", _("Balance stated")
        CHARGE = "charge", _("Charge")
        REPAYMENT = "repayment", _("Repayment")
        REVERSAL = "reversal", _("Reversal")
        WAIVER = "waiver", _("Waiver")
        CORRECTION = "correction", _("Correction")

    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, related_name="entries", db_constraint=False
    )
    effective_date = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    principal = money()
    interest = money()
    fee = money()
    penalty = money()
    repayment = models.ForeignKey(
        Repayment,
        on_delete=models.PROTECT,
        null=True,
        related_name="entries",
        db_constraint=False,
    )
    booked_at = models.DateTimeField(db_default=Now())

    class Meta(LenderOwned.Meta):
        constraints = [
            owner_key("ledger", "loan", "cases.Loan"),
            owner_key("ledger", "repayment", "cases.Repayment"),
            book_wall(
                "ledger_wall",
                HOLDS_THE_LOAN.format(loan="cases_ledgerentry.loan_id"),
                APPEND,
            ),
        ]
