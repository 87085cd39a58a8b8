"""Imports of the lender's feed: each run, the rows it refused, and its rows while they wait."""

from django.db import models
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models.base import LenderOwned, money, owner_key
from cases.models.loan import Loan
from tenancy.managers import CurrentCompanyDefault
from tenancy.models import Company
from tenancy.models.base import random_uid
from tenancy.walls import ALL, KEEP, LENDER_ROLE, Rule, Wall

WITHOUT_UPDATE = ("SELECT", "INSERT", "DELETE")


def lender_only(name: str, may: tuple[str, ...]) -> Wall:
    """A wall that no agency sees through."""
    return Wall(name=name, rules=[Rule(LENDER_ROLE, may, "owner_id = {me}")])


class ImportRun(LenderOwned):
    """One file or message of the feed, from reading it to its result.

    Reading fills the staging tables, judging counts what would happen, applying moves `position`
    forward in the same transaction as each chunk. `position` is the place (see StagedRow) of the
    last row applied; a run that was killed goes on from there. `moved_at` is when a chunk was last
    applied: whoever was judged before that has to look again.
    """

    class Kind(models.TextChoices):
        LOANS = "loans", _("Loans")
        INSTALMENTS = "instalments", _("Instalments")
        CONTACTS = "contacts", _("Contacts")
        REPAYMENTS = "repayments", _("Repayments")
        STATEMENTS = "statements", _("Statements")

    class State(models.TextChoices):
        READING = "reading", pgettext_lazy("import", "Reading")
        JUDGED = "judged", pgettext_lazy("import", "Waiting for confirmation")
        APPLYING = "applying", pgettext_lazy("import", "Importing")
        DONE = "done", pgettext_lazy("import", "Imported")
        REFUSED = "refused", pgettext_lazy("import", "Refused")
        DISCARDED = "discarded", pgettext_lazy("import", "Discarded")

    class Source(models.TextChoices):
        COMMAND = "command", _("Command line")
        SCREEN = "screen", _("Screen")
        API = "api", _("API")

    uid = random_uid()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    as_of = models.DateField()
    strict = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    source = models.CharField(max_length=8, choices=Source.choices)
    file_name = models.CharField(max_length=200, blank=True, default="")
    file_size = models.BigIntegerField(default=0)
    file_digest = models.BinaryField(max_length=32, default=b"", blank=True)
    file_format = models.CharField(max_length=20, blank=True, default="")
    stored_as = models.CharField(max_length=80, blank=True, default="")
    rows = models.BigIntegerField(default=0)
    new = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    already_in_balance = models.BigIntegerField(default=0)
    suspense = models.BigIntegerField(default=0)
    differs = models.BigIntegerField(default=0)
    unknown_columns = models.JSONField(default=list)
    outlook = models.JSONField(default=dict)
    position = models.BigIntegerField(default=0)
    refusal_code = models.CharField(max_length=30, blank=True, default="")
    refusal_params = models.JSONField(default=dict)
    book_changed = models.BooleanField(default=False)
    job_id = models.BigIntegerField(null=True)
    requested_by_id = models.BigIntegerField(null=True)
    requested_by_name = models.CharField(max_length=80, blank=True, default="")
    confirmed_by_name = models.CharField(max_length=80, blank=True, default="")
    started_at = models.DateTimeField(db_default=Now())
    judged_at = models.DateTimeField(null=True)
    seconds_to_judge = models.DecimalField(max_digits=10, decimal_places=1, null=True)
    confirmed_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(LenderOwned.Meta):
        indexes = [
            models.Index(F("owner_id"), F("started_at").desc(), F("id").desc(), name="run_newest")
        ]
        constraints = [
            models.UniqueConstraint(fields=["owner", "id"], name="run_owner_id"),
            lender_only("run_wall", KEEP),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.as_of}"

    @property
    def accepted(self) -> int:
        """How many rows are not refused."""
        return self.rows - self.rejected

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to the run."""
        return self.state in (self.State.DONE, self.State.REFUSED, self.State.DISCARDED)


class ImportReject(LenderOwned):
    """Something wrong with one row: a line has as many of them as it has faults.

    `value` is what stood in the file, masked where it is about a person. `identity` is the row's
    key as far as it could be read, to find it a second time in the file. `judged` ones depend on
    what the book held when the run was judged; the others on the file alone.
    """

    run = models.ForeignKey(
        ImportRun, on_delete=models.PROTECT, related_name="rejects", db_constraint=False
    )
    line = models.BigIntegerField()
    key = models.CharField(max_length=64, blank=True, default="")
    column = models.CharField(max_length=50, blank=True, default="")
    value = models.CharField(max_length=200, blank=True, default="")
    code = models.CharField(max_length=30)
    params = models.JSONField(default=dict)
    identity = models.CharField(max_length=200, blank=True, default="")
    judged = models.BooleanField(default=False)

    class Meta(LenderOwned.Meta):
        indexes = [
            models.Index(fields=["owner", "run", "line", "id"], name="reject_by_line"),
            models.Index(fields=["owner", "run", "code", "line"], name="reject_by_code"),
        ]
        constraints = [
            owner_key("reject", "run", "cases.ImportRun"),
            lender_only("reject_wall", WITHOUT_UPDATE),
        ]


class ImportDifference(LenderOwned):
    """A loan whose row states another balance than the ledger holds for that date.

    Only where the ledger is right about balances: the row does not change it.
    """

    run = models.ForeignKey(
        ImportRun, on_delete=models.PROTECT, related_name="differences", db_constraint=False
    )
    line = models.BigIntegerField()
    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    loan_no = models.CharField(max_length=64)
    stated_principal = money()
    stated_interest = money()
    stated_fee = money()
    stated_penalty = money()
    ledger_principal = money()
    ledger_interest = money()
    ledger_fee = money()
    ledger_penalty = money()

    class Meta(LenderOwned.Meta):
        indexes = [models.Index(fields=["owner", "run", "line"], name="difference_by_line")]
        constraints = [
            owner_key("difference", "run", "cases.ImportRun"),
            owner_key("difference", "loan", "cases.Loan"),
            lender_only("difference_wall", WITHOUT_UPDATE),
        ]


class StagedRow(LenderOwned):
    """A row of a run that waits to be applied; deleted when the run is over.

    `place` is its turn within the run: the line, unless a kind says otherwise. The keys to owner
    and run are not enforced: they would be checked once a row for rows that nothing refers to.
    """

    owner = models.ForeignKey(
        Company,
        on_delete=models.PROTECT,
        related_name="+",
        db_default=CurrentCompanyDefault(),
        db_index=False,
        db_constraint=False,
    )
    run_id = models.BigIntegerField()
    place = models.BigIntegerField()
    line = models.BigIntegerField()
    refused = models.BooleanField(default=False)

    class Meta(LenderOwned.Meta):
        abstract = True


class StagedLoan(StagedRow):
    """A row of the loans feed, personal data already sealed."""

    loan_no = models.CharField(max_length=64)
    borrower_no = models.CharField(max_length=64)
    borrower_name = models.CharField(max_length=120, blank=True)
    id_no_hash = models.BinaryField(max_length=32)
    id_no_sealed = models.TextField(blank=True)
    id_no_last4 = models.CharField(max_length=4, blank=True)
    phone_hash = models.BinaryField(max_length=32)
    phone_sealed = models.TextField(blank=True)
    phone_last4 = models.CharField(max_length=4, blank=True)
    phone_mask = models.CharField(max_length=20, blank=True)
    product = models.CharField(max_length=64, blank=True)
    channel = models.CharField(max_length=64, blank=True)
    region = models.CharField(max_length=64, blank=True)
    loan_amount = money(null=True)
    disbursed_on = models.DateField(null=True)
    due_date = models.DateField()
    principal = money()
    interest = money()
    fee = money()
    penalty = money()
    collection_score = models.PositiveSmallIntegerField(null=True)
    lost_contact_score = models.PositiveSmallIntegerField(null=True)
    timezone = models.CharField(max_length=60, blank=True)
    attrs = models.JSONField()
    digest = models.BinaryField(max_length=16)

    class Meta(StagedRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["owner", "run_id", "place"], name="staged_loan_place"),
            lender_only("staged_loan_wall", ALL),
        ]


class StagedInstalment(StagedRow):
    """A row of the instalments feed."""

    loan_no = models.CharField(max_length=64)
    seq = models.PositiveIntegerField()
    due_date = models.DateField()
    principal = money()
    interest = money()
    fee = money()
    penalty = money()

    class Meta(StagedRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "run_id", "place"], name="staged_instalment_place"
            ),
            lender_only("staged_instalment_wall", ALL),
        ]


class StagedContact(StagedRow):
    """A row of the contacts feed, the number already sealed."""

    borrower_no = models.CharField(max_length=64)
    name = models.CharField(max_length=120, blank=True)
    relation = models.CharField(max_length=10)
    phone_hash = models.BinaryField(max_length=32)
    phone_sealed = models.TextField()
    phone_last4 = models.CharField(max_length=4, blank=True)
    phone_mask = models.CharField(max_length=20)
    source = models.CharField(max_length=64, blank=True)

    class Meta(StagedRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "run_id", "place"], name="staged_contact_place"
            ),
            lender_only("staged_contact_wall", ALL),
        ]


class StagedRepayment(StagedRow):
    """A row of the repayments feed. Reversals have their places after all other rows."""

    repayment_no = models.CharField(max_length=64)
    loan_no = models.CharField(max_length=64)
    paid_at = models.DateTimeField()
    amount = money()
    split_principal = money(null=True)
    split_interest = money(null=True)
    split_fee = money(null=True)
    split_penalty = money(null=True)
    reverses = models.CharField(max_length=64, blank=True)

    class Meta(StagedRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "run_id", "place"], name="staged_repayment_place"
            ),
            lender_only("staged_repayment_wall", ALL),
        ]


class StagedStatement(StagedRow):
    """A line of a statement: what a loan owes at the close of a day."""

    loan_no = models.CharField(max_length=64)
    as_of = models.DateField()
    principal = money()
    interest = money()
    fee = money()
    penalty = money()

    class Meta(StagedRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "run_id", "place"], name="staged_statement_place"
            ),
            lender_only("staged_statement_wall", ALL),
        ]
