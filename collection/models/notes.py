"""Notes of follow-ups, their words and attachments, and an auditor's look at sealed ones."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func
from django.db.models.functions import Cast, Now
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cases.models import Case, ContactPoint
from cases.models.base import held
from collection.models.keys import HELD_EVER, case_key
from tenancy.managers import ScopedManager
from tenancy.models import Company
from tenancy.models.base import CompanyOwned, random_uid
from tenancy.walls import (
    AGENCY_ROLE,
    APPEND,
    LENDER_ROLE,
    READ,
    CompositeKey,
    Rule,
    Wall,
    both,
)

# An auditor has just given a reason for opening the remarks of a case (RemarkOpening).
OPENED = (
    "EXISTS (SELECT 1 FROM collection_remarkopening opened WHERE opened.case_id = {case} "
    "AND opened.company_id = {{me}} "
    "AND opened.in_transaction = pg_current_xact_id()::text::bigint)"
)


def this_transaction() -> Cast:
    """Column default: the id of the transaction that inserts the row."""
    xid = Func(function="pg_current_xact_id", output_field=models.TextField())
    return Cast(Cast(xid, models.TextField()), models.BigIntegerField())


def words_wall(name: str, table: str) -> Wall:
    """What was said: the lender's always; an agency's own, and shared ones, while it holds."""
    return Wall(
        name=name,
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
                "((company_id = {me} OR shared) AND "
                + held(f"{table}.case_id")
                + ") OR (company_id = {me} AND "
                + OPENED.format(case=f"{table}.case_id")
                + ")",
            ),
            Rule(
                AGENCY_ROLE,
                ("INSERT",),
                "company_id = {me} AND " + HELD_EVER.format(case=f"{table}.case_id"),
            ),
        ],
    )


class Note(CompanyOwned):
    """The record of one follow-up; never edited. Author's company and keys never change.

    The case's lender reads every note; the agency that holds the case reads those shared. What
    was said stands apart, in Remark: an agency keeps its notes after a recall, not their words.
    """

    class Channel(models.TextChoices):
        CALL = "call", pgettext_lazy("channel", "Call")
        INBOUND = "inbound", _("Called by the borrower")
        SMS = "sms", _("SMS")
        WECHAT = "wechat", _("WeChat")
        EMAIL = "email", _("E-mail")
        VISIT = "visit", _("Visit")
        LETTER = "letter", _("Letter")
        OTHER = "other", _("Other")

    class OverdueReason(models.TextChoices):
        UNWILLING = "unwilling", _("Unwilling to pay")
        UNABLE_SHORT = "unable_short", _("Unable for a short time")
        UNABLE_LASTING = "unable_lasting", _("Unable for long")
        BEYOND_MEANS = "beyond_means", _("Debts beyond means")
        FORGOT = "forgot", _("Forgot")
        DISPUTE = "dispute", _("Disputes the debt")
        OTHER = "other", _("Other")

    uid = random_uid()
    owner = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(
        Case,
        on_delete=models.PROTECT,
        related_name="notes",
        db_constraint=False,
        db_index=False,
    )
    author_id = models.BigIntegerField()
    author_name = models.CharField(max_length=80)
    at = models.DateTimeField(db_default=Now())
    disposition = models.CharField(max_length=30)
    disposition_name_en = models.CharField(max_length=80)
    disposition_name_zh = models.CharField(max_length=80)
    next_action = models.CharField(max_length=120, blank=True, default="")
    next_action_at = models.DateTimeField(null=True)
    has_remark = models.BooleanField(default=False)
    flags = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.CALL)
    contact_point = models.ForeignKey(
        ContactPoint,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    relation = models.CharField(
        max_length=10, choices=ContactPoint.Relation.choices, default=ContactPoint.Relation.SELF
    )
    overdue_reason = models.CharField(
        max_length=20, choices=OverdueReason.choices, blank=True, default=""
    )
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="corrections",
        db_constraint=False,
        db_index=False,
    )
    shared = models.BooleanField(default=False)
    form_key = models.UUIDField(null=True)
    """Of the form that it was written with: sent twice, it is one note."""

    objects: ClassVar[ScopedManager[Self]] = ScopedManager(lender=None, agency=None)

    class Meta(CompanyOwned.Meta):
        indexes = [models.Index(fields=["case", "-at"], name="note_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "case", "company", "id"], name="note_of_case_and_author"
            ),
            models.UniqueConstraint(
                fields=["company", "author_id", "form_key"], name="note_once_a_form"
            ),
            case_key("note"),
            CompositeKey(
                name="note_corrects_fk",
                columns=("owner_id", "case_id", "company_id", "corrects_id"),
                to="collection.Note",
                to_columns=("owner_id", "case_id", "company_id", "id"),
            ),
            CompositeKey(
                name="note_point_fk",
                columns=("owner_id", "contact_point_id"),
                to="cases.ContactPoint",
                to_columns=("owner_id", "id"),
            ),
            Wall(
                name="note_wall",
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
                        f"company_id = {{me}} OR (shared AND {held('collection_note.case_id')})",
                    ),
                    Rule(
                        AGENCY_ROLE,
                        ("INSERT",),
                        "company_id = {me} AND " + HELD_EVER.format(case="collection_note.case_id"),
                    ),
                ],
            ),
        ]

    @property
    def label(self) -> str:
        """The disposition's name, as it was then, in the language of the screen."""
        english = (get_language() or "").startswith("en")
        return self.disposition_name_en if english else self.disposition_name_zh


class RemarkOpening(CompanyOwned):
    """An auditor's look, with a reason, at an agency's remarks on a case that it holds no more.

    It opens them to its own transaction and to no other.
    """

    owner = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField(db_default=Now())
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)
    in_transaction = models.BigIntegerField(db_default=this_transaction())

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta(CompanyOwned.Meta):
        constraints = [
            case_key("opening"),
            Wall(
                name="opening_wall",
                rules=both(
                    APPEND,
                    "company_id = {me}",
                    "company_id = {me} AND in_transaction = pg_current_xact_id()::text::bigint",
                ),
            ),
        ]


class Remark(CompanyOwned):
    """What a note says in words. Sealed for an agency from the recall of the case on."""

    note = models.OneToOneField(
        Note,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="words",
        db_constraint=False,
    )
    owner = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    shared = models.BooleanField(default=False)
    text = models.TextField()
    facts = models.JSONField(default=dict)
    """What the disposition required, by name (collection.facts); money and dates as text."""

    objects: ClassVar[ScopedManager[Self]] = ScopedManager(lender=None, agency=None)

    class Meta(CompanyOwned.Meta):
        constraints = [
            CompositeKey(
                name="remark_note_fk",
                columns=("owner_id", "case_id", "company_id", "note_id"),
                to="collection.Note",
                to_columns=("owner_id", "case_id", "company_id", "id"),
            ),
            words_wall("remark_wall", "collection_remark"),
        ]


class Attachment(CompanyOwned):
    """A file of a note: a picture or a PDF, kept outside the web root under `stored_as`.

    size: in bytes. Sealed like the note's words.
    """

    uid = random_uid()
    note = models.ForeignKey(
        Note, on_delete=models.PROTECT, related_name="attachments", db_constraint=False
    )
    owner = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    shared = models.BooleanField(default=False)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)
    stored_as = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[ScopedManager[Self]] = ScopedManager(lender=None, agency=None)

    class Meta(CompanyOwned.Meta):
        constraints = [
            CompositeKey(
                name="attachment_note_fk",
                columns=("owner_id", "case_id", "company_id", "note_id"),
                to="collection.Note",
                to_columns=("owner_id", "case_id", "company_id", "id"),
            ),
            words_wall("attachment_wall", "collection_attachment"),
        ]
