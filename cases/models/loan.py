"""Loans with their balance as of now, their schedule, and the due dates they have had."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cases.models.base import LenderOwned, book_wall, money, owner_key
from cases.models.borrower import Borrower
from tenancy.models.base import random_uid
from tenancy.walls import APPEND

HOLDS_THE_LOAN = (
    "EXISTS (SELECT 1 FROM cases_case held WHERE held.loan_id = {loan} AND held.holder_id = {{me}})"
)


class Loan(LenderOwned):
    """A contract. The four amounts are what is owed now, kept equal to the ledger's balance.

    as_of: date of the newest loans row. row_digest: what that row said, to tell unchanged rows.
    in_collections: whether an open case exists (the night enters those that have none).
    """

    uid = random_uid()
    borrower = models.ForeignKey(
        Borrower, on_delete=models.PROTECT, related_name="loans", db_constraint=False
    )
    loan_no = models.CharField(max_length=64)
    product = models.CharField(max_length=64, blank=True, default="")
    channel = models.CharField(max_length=64, blank=True, default="")
    region = models.CharField(max_length=64, blank=True, default="")
    loan_amount = money(null=True)
    disbursed_on = models.DateField(null=True)
    due_date = models.DateField()
    principal = money()
    interest = money()
    fee = money()
    penalty = money()
    outstanding = models.GeneratedField(
        expression=F("principal") + F("interest") + F("fee") + F("penalty"),
        output_field=models.DecimalField(max_digits=19, decimal_places=2),
        db_persist=True,
    )
    overpaid = money(default=0)
    collection_score = models.PositiveSmallIntegerField(null=True)
    lost_contact_score = models.PositiveSmallIntegerField(null=True)
    attrs = models.JSONField(default=dict)
    as_of = models.DateField()
    row_digest = models.BinaryField(max_length=16)
    in_collections = models.BooleanField(default=False)

    class Meta(LenderOwned.Meta):
        indexes = [
            models.Index(
                fields=["owner", "due_date"],
                name="loan_waiting_entry",
                condition=Q(in_collections=False, outstanding__gt=0),
            ),
            models.Index(
                fields=["owner", "-overpaid", "-id"],
                name="loan_overpaid",
                condition=Q(overpaid__gt=0),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["owner", "loan_no"], name="loan_no"),
            models.UniqueConstraint(fields=["owner", "id"], name="loan_owner_id"),
            owner_key("loan", "borrower", "cases.Borrower"),
            book_wall("loan_wall", HOLDS_THE_LOAN.format(loan="cases_loan.id")),
        ]

    def __str__(self) -> str:
        return self.loan_no


class DueDate(LenderOwned):
    """From `as_of` on, the loan's oldest unpaid due date was `due_date`. Append-only."""

    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, related_name="due_dates", db_constraint=False
    )
    as_of = models.DateField()
    due_date = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta(LenderOwned.Meta):
        constraints = [
            owner_key("duedate", "loan", "cases.Loan"),
            book_wall(
                "duedate_wall",
                HOLDS_THE_LOAN.format(loan="cases_duedate.loan_id"),
                APPEND,
            ),
        ]


class Instalment(LenderOwned):
    """One line of a loan's repayment schedule, as the lender gave it."""

    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, related_name="instalments", db_constraint=False
    )
    seq = models.PositiveIntegerField()
    due_date = models.DateField()
    principal = money()
    interest = money()
    fee = money()
    penalty = money()

    class Meta(LenderOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["owner", "loan", "seq"], name="instalment_seq"),
            owner_key("instalment", "loan", "cases.Loan"),
            book_wall(
                "instalment_wall",
                HOLDS_THE_LOAN.format(loan="cases_instalment.loan_id"),
            ),
        ]
