"""How cases are worked: whose desk they are on, what was noted, and what comes next."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Cast, Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.models.base import held
from tenancy.managers import ScopedManager
from tenancy.models import Company, Team, User
from tenancy.models.base import CompanyOwned, random_uid
from tenancy.walls import (
    AGENCY_ROLE,
    APPEND,
    KEEP,
    LENDER_ROLE,
    READ,
    CompositeKey,
    Correlation,
    Rule,
    Wall,
    both,
    own,
)

# What a desk changes about its own assignments; whose case it is and which desk never change.
DESK_COLUMNS = (
    "ended_at",
    "end_kind",
    "next_action",
    "next_action_at",
    "last_touch_at",
    "last_touch_by_name",
    "last_disposition",
)

HELD_EVER = (
    "EXISTS (SELECT 1 FROM agencies_placement placed "
    "WHERE placed.case_id = {case} AND placed.agency_id = {{me}})"
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


def case_key(child: str) -> CompositeKey:
    """(owner, case) → (owner, id): the case belongs to the lender that the row names."""
    return CompositeKey(
        name=f"{child}_case_fk",
        columns=("owner_id", "case_id"),
        to="cases.Case",
        to_columns=("owner_id", "id"),
    )


class Assignment(CompanyOwned):
    """Whose desk a case is on, in the company that works it. The worklist reads this table.

    A row that ended is the history; ended_at is NULL for the one in force. collector is NULL
    while the case waits with a team. `owner` is the case's lender. next_action_at orders the
    worklist: what is due first stands first.
    """

    class Why(models.TextChoices):
        NIGHT = "night", _("Assigned at night")
        HAND = "hand", _("Assigned by hand")

    class EndKind(models.TextChoices):
        REASSIGNED = "reassigned", _("Reassigned")
        CLOSED = "closed", _("Case closed")
        PLACED = "placed", _("Placed with an agency")
        RECALLED = "recalled", _("Recalled")

    uid = random_uid()
    owner = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="assignments", db_constraint=False
    )
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    collector = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    why = models.CharField(max_length=10, choices=Why.choices)
    reason = models.CharField(max_length=300, blank=True, default="")
    assigned_by_name = models.CharField(max_length=80, blank=True, default="")
    assigned_on = models.DateField()
    assigned_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    end_kind = models.CharField(max_length=10, choices=EndKind.choices, blank=True, default="")
    next_action = models.CharField(max_length=120, blank=True, default="")
    next_action_at = models.DateTimeField()
    last_touch_at = models.DateTimeField(null=True)
    last_touch_by_name = models.CharField(max_length=80, blank=True, default="")
    last_disposition = models.CharField(max_length=30, blank=True, default="")

    class Meta(CompanyOwned.Meta):
        indexes = [
            models.Index(
                fields=["company", "collector", "next_action_at", "id"],
                name="worklist_of_collector",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(
                fields=["company", "team", "next_action_at", "id"],
                name="worklist_of_team",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(
                fields=["company", "next_action_at", "id"],
                name="worklist_of_company",
                condition=Q(ended_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "case"],
                condition=Q(ended_at__isnull=True),
                name="assignment_one_desk",
            ),
            case_key("assignment"),
            CompositeKey(
                name="assignment_team_fk",
                columns=("company_id", "team_id"),
                to="tenancy.Team",
                to_columns=("company_id", "id"),
            ),
            CompositeKey(
                name="assignment_collector_fk",
                columns=("company_id", "collector_id"),
                to="tenancy.User",
                to_columns=("company_id", "id"),
            ),
            # The worklist asks by company, the lender's policy by owner.
            Correlation(name="assignment_sides", columns=("company_id", "owner_id")),
            Wall(
                name="assignment_wall",
                rules=[
                    Rule(LENDER_ROLE, READ, "owner_id = {me}"),
                    Rule(LENDER_ROLE, ("INSERT",), "company_id = {me} AND owner_id = {me}"),
                    Rule(
                        LENDER_ROLE,
                        ("UPDATE",),
                        "company_id = {me} AND owner_id = {me}",
                        columns=DESK_COLUMNS,
                    ),
                    Rule(AGENCY_ROLE, READ, "company_id = {me}"),
                    Rule(
                        AGENCY_ROLE,
                        ("INSERT",),
                        f"company_id = {{me}} AND {held('collection_assignment.case_id')}",
                    ),
                    # What has ended stays ended unless the agency holds the case (again).
                    Rule(
                        AGENCY_ROLE,
                        ("UPDATE",),
                        "company_id = {me}",
                        "company_id = {me} AND (ended_at IS NOT NULL OR "
                        + held("collection_assignment.case_id")
                        + ")",
                        columns=DESK_COLUMNS,
                    ),
                ],
            ),
        ]


class Disposition(CompanyOwned):
    """The result code of a follow-up, in both languages, in one of three groups."""

    class Group(models.TextChoices):
        SELF = "self", _("Borrower reached")
        THIRD = "third", _("Somebody else reached")
        NOBODY = "nobody", _("Nobody reached")

    code = models.CharField(max_length=30)
    group = models.CharField(max_length=10, choices=Group.choices)
    name_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80)
    step = models.PositiveSmallIntegerField()
    remark_required = models.BooleanField(default=True)
    next_action_en = models.CharField(max_length=80, blank=True, default="")
    next_action_zh = models.CharField(max_length=80, blank=True, default="")
    next_action_after = models.DurationField(null=True)
    is_active = models.BooleanField(default=True)

    class Meta(CompanyOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="disposition_code"),
            Wall(name="disposition_wall", rules=own(KEEP)),
        ]

    @property
    def label(self) -> str:
        """The code's name in the language of the screen."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh

    @property
    def next_action(self) -> str:
        """The default next action in the language of the screen."""
        english = (get_language() or "").startswith("en")
        return self.next_action_en if english else self.next_action_zh


class Note(CompanyOwned):
    """The record of one follow-up; never edited. Author's company and keys never change.

    The case's lender reads every note; the agency that holds the case reads those shared. What
    was said stands apart, in Remark: an agency keeps its notes after a recall, not their words.
    """

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

    objects: ClassVar[ScopedManager[Self]] = ScopedManager(lender=None, agency=None)

    class Meta(CompanyOwned.Meta):
        constraints = [
            CompositeKey(
                name="remark_note_fk",
                columns=("owner_id", "case_id", "company_id", "note_id"),
                to="collection.Note",
                to_columns=("owner_id", "case_id", "company_id", "id"),
            ),
            Wall(
                name="remark_wall",
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
                        + held("collection_remark.case_id")
                        + ") OR (company_id = {me} AND "
                        + OPENED.format(case="collection_remark.case_id")
                        + ")",
                    ),
                    Rule(
                        AGENCY_ROLE,
                        ("INSERT",),
                        "company_id = {me} AND "
                        + HELD_EVER.format(case="collection_remark.case_id"),
                    ),
                ],
            ),
        ]
