"""Money entered, taken back or matched by hand, where a second person has to agree."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.base import LenderOwned, money, owner_key
from cases.models.ledger import Repayment
from cases.models.loan import Loan
from tenancy.models.base import random_uid
from tenancy.walls import KEEP, LENDER_ROLE, Rule, Wall


class MoneyRequest(LenderOwned):
    """What one person of finance entered and another decides.

    post: a repayment of `amount` on `loan`, paid at `paid_at`. reverse: take back `repayment`.
    match: `repayment`, in suspense, belongs to `loan`.
    """

    class Kind(models.TextChoices):
        POST = "post", _("Enter a repayment")
        REVERSE = "reverse", _("Reverse a repayment")
        MATCH = "match", _("Match money in suspense")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for a second person")
        DONE = "done", _("Booked")
        REFUSED = "refused", _("Refused")

    uid = random_uid()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    repayment = models.ForeignKey(
        Repayment, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    repayment_no = models.CharField(max_length=64, blank=True, default="")
    amount = money()
    paid_at = models.DateTimeField()
    channel = models.CharField(max_length=64, blank=True, default="")
    reason = models.CharField(max_length=300)
    form_key = models.UUIDField(null=True)
    asked_by_id = models.BigIntegerField()
    asked_by_name = models.CharField(max_length=80)
    asked_at = models.DateTimeField(db_default=Now())
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=300, blank=True, default="")

    class Meta(LenderOwned.Meta):
        indexes = [
            models.Index(
                fields=["owner", "asked_at"],
                name="money_waiting",
                condition=Q(state="waiting"),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "asked_by_id", "form_key"], name="money_request_once_a_form"
            ),
            models.UniqueConstraint(
                fields=["owner", "repayment"],
                condition=Q(state="waiting", repayment__isnull=False),
                name="money_request_one_waiting",
            ),
            owner_key("money_request", "loan", "cases.Loan"),
            owner_key("money_request", "repayment", "cases.Repayment"),
            Wall(name="money_request_wall", rules=[Rule(LENDER_ROLE, KEEP, "owner_id = {me}")]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.repayment_no}"
