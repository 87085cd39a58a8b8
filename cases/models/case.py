"""Cases: a loan's stay in collections, its moves between buckets, its holds and its history."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models.base import LenderOwned, book_wall, held, owner_key
from cases.models.borrower import Borrower
from cases.models.buckets import Bucket
from cases.models.loan import Loan
from tenancy.managers import ScopedManager
from tenancy.models import Company
from tenancy.models.base import random_uid
from tenancy.walls import AGENCY_ROLE, APPEND, KEEP, LENDER_ROLE, READ, Rule, Wall

OPEN = Q(closed_on__isnull=True)


class Case(LenderOwned):
    """A loan's stay in collections: opened on its due date, closed with a reason.

    holder: the agency that works it, NULL while the lender does. aged_from: the due date shifted
    by the pauses that are over; dpd on day x = x − aged_from, less the running pause
    (paused_from up to paused_to). next_bucket_on: the date on which the case crosses into the
    next bucket, NULL in the last one or while an open-ended pause runs; the night reads nothing
    else. The fields to display in lists are carried here, because joined rows are another wall's.
    """

    class Closure(models.TextChoices):
        PAID = "paid", _("Paid")
        CURED = "cured", _("Cured")
        PAID_WAIVED = "paid_waived", _("Paid after a waiver")
        SETTLED = "settled", _("Settled at a discount")
        RESTRUCTURED = "restructured", _("Restructured")
        SOLD = "sold", _("Sold")
        WRITTEN_OFF = "written_off", _("Written off")
        FRAUD = "fraud", _("Confirmed fraud")
        DECEASED = "deceased", _("Deceased, no estate")
        BANKRUPT = "bankrupt", _("Discharged in bankruptcy")
        TIME_BARRED = "time_barred", _("Time-barred")
        UNECONOMIC = "uneconomic", _("Too small to pursue")
        WITHDRAWN = "withdrawn", _("Withdrawn by the lender")
        ENTERED_IN_ERROR = "entered_in_error", _("Entered in error")

    uid = random_uid()
    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, related_name="cases", db_constraint=False
    )
    borrower = models.ForeignKey(
        Borrower, on_delete=models.PROTECT, related_name="cases", db_constraint=False
    )
    holder = models.ForeignKey(
        Company, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    loan_no = models.CharField(max_length=64)
    borrower_name = models.CharField(max_length=120, blank=True, default="")
    phone_mask = models.CharField(max_length=20, blank=True, default="")
    product = models.CharField(max_length=64, blank=True, default="")
    channel = models.CharField(max_length=64, blank=True, default="")
    outstanding = models.DecimalField(max_digits=19, decimal_places=2)
    due_date = models.DateField()
    aged_from = models.DateField()
    paused_from = models.DateField(null=True)
    paused_to = models.DateField(null=True)
    bucket = models.ForeignKey(
        Bucket,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    next_bucket_on = models.DateField(null=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    closure = models.CharField(max_length=20, choices=Closure.choices, blank=True, default="")

    objects: ClassVar[ScopedManager[Self]] = ScopedManager(lender="owner_id", agency="holder_id")

    class Meta(LenderOwned.Meta):
        indexes = [
            models.Index(fields=["owner", "next_bucket_on"], name="case_crossing", condition=OPEN),
            models.Index(
                fields=["owner", "-outstanding", "id"],
                name="case_by_amount",
                condition=OPEN,
            ),
            models.Index(
                fields=["holder", "-outstanding", "id"],
                name="case_held_by_amount",
                condition=Q(holder__isnull=False),
            ),
            models.Index(
                fields=["owner", "-closed_on", "-id"],
                name="case_closed",
                condition=Q(closed_on__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "loan"], condition=OPEN, name="case_one_open_per_loan"
            ),
            models.UniqueConstraint(fields=["owner", "id"], name="case_owner_id"),
            owner_key("case", "loan", "cases.Loan"),
            owner_key("case", "borrower", "cases.Borrower"),
            owner_key("case", "bucket", "cases.Bucket"),
            Wall(
                name="case_wall",
                rules=[
                    Rule(LENDER_ROLE, KEEP, "owner_id = {me}"),
                    Rule(AGENCY_ROLE, READ, "holder_id = {me}"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.loan_no


class BucketMove(LenderOwned):
    """A case's move between buckets on a business date; NULL stands for none. Append-only."""

    class Why(models.TextChoices):
        ENTRY = "entry", _("Entry")
        AGING = "aging", _("Aging")
        DUE_DATE = "due_date", _("Due date changed")
        HOLD = "hold", _("Hold")
        SCHEME = "scheme", _("New bucket scheme")
        CLOSURE = "closure", _("Closure")
        REOPENED = "reopened", _("Reopened")

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="moves", db_constraint=False
    )
    on_date = models.DateField()
    dpd = models.IntegerField()
    from_bucket = models.ForeignKey(
        Bucket,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    to_bucket = models.ForeignKey(
        Bucket,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    why = models.CharField(max_length=10, choices=Why.choices)
    at = models.DateTimeField(db_default=Now())

    class Meta(LenderOwned.Meta):
        indexes = [models.Index(fields=["owner", "on_date"], name="move_by_date")]
        constraints = [
            owner_key("move", "case", "cases.Case"),
            book_wall("move_wall", held("cases_bucketmove.case_id"), APPEND),
        ]


class CaseHold(LenderOwned):
    """A stop on a case from `starts_on` until `ends_on` (exclusive; NULL = open-ended).

    What it stops is written here when it is opened (cases.hold_kinds). A hold on a person is one
    row for each of the borrower's cases, with the same `person_hold`. answer_by: the date by which
    somebody has to answer; alarmed_at and escalated_at: when the lead and the admin were told that
    nobody did. complained_of: the person whom a complaint is about, who never lifts it.
    """

    class Kind(models.TextChoices):
        DISPUTE = "dispute", _("Dispute")
        COMPLAINT = "complaint", _("Complaint")
        HARDSHIP = "hardship", _("Hardship")
        DECEASED = "deceased", _("Deceased")
        LEGAL = "legal", _("Legal")
        BANKRUPTCY = "bankruptcy", _("Bankruptcy")
        FRAUD = "fraud", _("Fraud")
        DISASTER = "disaster", _("Natural disaster")
        BREATHING_SPACE = "breathing_space", _("Breathing space")
        PAYMENT_CHECK = "payment_check", _("Payment to be checked")
        PLAN = "plan", _("Instalment plan running")
        CEASE = "cease", _("Asked to stop contact")
        VULNERABLE = "vulnerable", _("Vulnerable person")
        PROMISE = "promise", _("Open promise")

    class Contact(models.TextChoices):
        """What may still go out."""

        FREE = "", pgettext_lazy("hold", "Everything")
        REMIND = "remind", _("Reminders only")
        VOICE = "voice", _("Messages only")
        LETTERS = "letters", _("Letters only")
        COUNSEL = "counsel", _("The counsel only")
        ALL = "all", pgettext_lazy("hold", "Nothing")

    uid = random_uid()
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="holds", db_constraint=False
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    pauses_clock = models.BooleanField(default=False)
    stops_assignment = models.BooleanField(default=False)
    stops_placement = models.BooleanField(default=False)
    stops_waivers = models.BooleanField(default=False)
    stops_contact = models.CharField(
        max_length=10, choices=Contact.choices, blank=True, default=Contact.FREE
    )
    person_hold = models.UUIDField(null=True)
    answer_by = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=1000, blank=True, default="")
    alarmed_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    complained_of_id = models.BigIntegerField(null=True)
    complained_of_name = models.CharField(max_length=80, blank=True, default="")
    opened_by_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    opened_by_name = models.CharField(max_length=80, blank=True, default="")
    opened_at = models.DateTimeField(db_default=Now())
    lifted_by_name = models.CharField(max_length=80, blank=True, default="")
    lifted_at = models.DateTimeField(null=True)

    class Meta(LenderOwned.Meta):
        indexes = [
            models.Index(
                fields=["owner", "answer_by"],
                name="hold_to_answer",
                condition=Q(answer_by__isnull=False, answered_at__isnull=True),
            ),
            models.Index(
                fields=["owner", "ends_on"],
                name="hold_by_end",
                condition=Q(ends_on__isnull=False, lifted_at__isnull=True),
            ),
            models.Index(
                fields=["owner", "-opened_at", "-id"],
                name="hold_not_lifted",
                condition=Q(lifted_at__isnull=True),
            ),
        ]
        constraints = [
            owner_key("hold", "case", "cases.Case"),
            book_wall("hold_wall", held("cases_casehold.case_id")),
        ]


class CaseEvent(LenderOwned):
    """What happened on a case, who did it and for which company. Append-only.

    An agency writes of the cases it holds and reads its own company's events and those that the
    lender shares with the holder.
    """

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="events", db_constraint=False
    )
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=30)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80, blank=True, default="")
    data = models.JSONField(default=dict)
    shared = models.BooleanField(default=False)

    class Meta(LenderOwned.Meta):
        constraints = [
            owner_key("event", "case", "cases.Case"),
            Wall(
                name="event_wall",
                rules=[
                    Rule(
                        LENDER_ROLE,
                        APPEND,
                        "owner_id = {me}",
                        "owner_id = {me} AND company_id = {me}",
                    ),
                    Rule(
                        AGENCY_ROLE,
                        READ,
                        f"company_id = {{me}} OR (shared AND {held('cases_caseevent.case_id')})",
                    ),
                    Rule(
                        AGENCY_ROLE,
                        ("INSERT",),
                        f"company_id = {{me}} AND {held('cases_caseevent.case_id')}",
                    ),
                ],
            ),
        ]
