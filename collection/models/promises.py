"""Promises to pay, and what became of them."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models import Case
from cases.models.base import held, money
from collection.models.keys import HELD_EVER, case_key
from tenancy.managers import ScopedManager
from tenancy.models import Company
from tenancy.models.base import CompanyOwned, random_uid
from tenancy.walls import AGENCY_ROLE, LENDER_ROLE, READ, Rule, Wall

# Whoever judges changes these; who promised what to whom never changes.
JUDGED_COLUMNS = ("state", "received", "judged_at", "kept_at", "ended_at", "why_ended")
OUTCOME_COLUMNS = (*JUDGED_COLUMNS, "ended_by_name")


class Promise(CompanyOwned):
    """A promise to pay `amount` by `due_on`, taken by a person of `company`.

    grace_days and tolerance_percent are the company's when it was taken. received: what counts
    towards it so far. ended_at: when it was superseded or withdrawn. bucket: the label then.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("promise", "Open")
        KEPT = "kept", pgettext_lazy("promise", "Kept")
        PARTLY = "partly", pgettext_lazy("promise", "Partly kept")
        BROKEN = "broken", pgettext_lazy("promise", "Broken")
        WITHDRAWN = "withdrawn", pgettext_lazy("promise", "Withdrawn")
        SUPERSEDED = "superseded", pgettext_lazy("promise", "Superseded")

    class PayBy(models.TextChoices):
        APP = "app", _("In the app")
        TRANSFER = "transfer", _("Bank transfer")
        DEBIT = "debit", _("Direct debit")
        WALLET = "wallet", _("Mobile wallet")
        CASH = "cash", _("Cash desk")
        OTHER = "other", _("Other")

    uid = random_uid()
    owner = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="promises", db_constraint=False
    )
    note_id = models.BigIntegerField(null=True)
    taken_by_id = models.BigIntegerField()
    taken_by_name = models.CharField(max_length=80)
    team_id = models.BigIntegerField(null=True)
    bucket = models.CharField(max_length=12, blank=True, default="")
    made_at = models.DateTimeField()
    amount = money()
    due_on = models.DateField()
    pay_by = models.CharField(max_length=10, choices=PayBy.choices)
    grace_days = models.PositiveSmallIntegerField()
    tolerance_percent = models.DecimalField(max_digits=5, decimal_places=2)
    shared = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    received = money(default=0)
    judged_at = models.DateTimeField(null=True)
    kept_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by_name = models.CharField(max_length=80, blank=True, default="")
    why_ended = models.CharField(max_length=300, blank=True, default="")

    objects: ClassVar[ScopedManager[Self]] = ScopedManager(lender=None, agency=None)

    class Meta(CompanyOwned.Meta):
        indexes = [
            models.Index(
                fields=["owner", "due_on"], name="promise_open_by_due", condition=Q(state="open")
            ),
            models.Index(fields=["company", "taken_by_id", "due_on"], name="promise_by_person"),
            models.Index(fields=["company", "due_on"], name="promise_by_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "case"], condition=Q(state="open"), name="promise_one_open"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="promise_of_something"),
            case_key("promise"),
            Wall(
                name="promise_wall",
                rules=[
                    Rule(LENDER_ROLE, READ, "owner_id = {me}"),
                    Rule(LENDER_ROLE, ("INSERT",), "owner_id = {me} AND company_id = {me}"),
                    Rule(LENDER_ROLE, ("UPDATE",), "owner_id = {me}", columns=OUTCOME_COLUMNS),
                    Rule(
                        AGENCY_ROLE,
                        READ,
                        f"company_id = {{me}} OR (shared AND {held('collection_promise.case_id')})",
                    ),
                    Rule(
                        AGENCY_ROLE,
                        ("INSERT",),
                        "company_id = {me} AND "
                        + HELD_EVER.format(case="collection_promise.case_id"),
                    ),
                    Rule(
                        AGENCY_ROLE,
                        ("UPDATE",),
                        "company_id = {me}",
                        columns=OUTCOME_COLUMNS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.due_on}"
