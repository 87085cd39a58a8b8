"""Whose desk a case is on; moves of cases by hand; leave, and who covers."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.models.base import held, money
from collection.models.keys import case_key
from tenancy.models import Company, Team, User
from tenancy.models.base import CompanyOwned, random_uid
from tenancy.walls import (
    AGENCY_ROLE,
    KEEP,
    LENDER_ROLE,
    READ,
    CompositeKey,
    Correlation,
    Rule,
    Wall,
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
    "rank",
    "rank_key",
    "expected_value",
    "skipped_at",
)


class Move(CompanyOwned):
    """A reassignment by hand of one or many cases; it can be undone for ten minutes."""

    uid = random_uid()
    at = models.DateTimeField(db_default=Now())
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    to_name = models.CharField(max_length=170)
    cases = models.PositiveIntegerField()
    undone_at = models.DateTimeField(null=True)
    undone_by_name = models.CharField(max_length=80, blank=True, default="")

    class Meta(CompanyOwned.Meta):
        indexes = [models.Index(fields=["company", "-at"], name="move_newest")]
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="move_company_id"),
            Wall(name="move_of_desks_wall", rules=own(KEEP)),
        ]


class Leave(CompanyOwned):
    """A person is away on the business dates from first_day to last_day, both included.

    cover: who gets the person's cases meanwhile; nobody: they stay. handed_over_at and
    returned_at say how far that has come.
    """

    uid = random_uid()
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="leaves", db_constraint=False
    )
    cover = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="covers",
        db_constraint=False,
        db_index=False,
    )
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=300, blank=True, default="")
    entered_by_name = models.CharField(max_length=80, blank=True, default="")
    entered_at = models.DateTimeField(db_default=Now())
    handed_over_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta(CompanyOwned.Meta):
        indexes = [models.Index(fields=["company", "last_day"], name="leave_by_end")]
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="leave_company_id"),
            CompositeKey(
                name="leave_user_fk",
                columns=("company_id", "user_id"),
                to="tenancy.User",
                to_columns=("company_id", "id"),
            ),
            CompositeKey(
                name="leave_cover_fk",
                columns=("company_id", "cover_id"),
                to="tenancy.User",
                to_columns=("company_id", "id"),
            ),
            Wall(name="leave_wall", rules=own(KEEP)),
        ]


class Assignment(CompanyOwned):
    """Whose desk a case is on, in the company that works it. The worklist reads this table.

    A row that ended is the history; ended_at is NULL for the one in force. collector is NULL
    while the case waits with a team. `owner` is the case's lender. The worklist comes by `rank`,
    within it by `rank_key`, ascending, then by id; collection.ranking says what they are.
    `expected_value` is what the case is thought to bring, in the lender's currency. leave: of the
    person for whom another covers; the case goes back when it ends. move: the reassignment that
    made the row, by which it can be undone.
    """

    class Rank(models.IntegerChoices):
        """Why a case stands where it does; the order of the worklist."""

        PROMISE_DUE = 0, _("Promise due today")
        PROMISE_BROKEN = 1, _("Promise broken")
        CALLBACK = 2, _("Callback due")
        NEW = 3, _("New today")
        UNTOUCHED = 4, _("Untouched")
        DUE = 5, _("By expected value")
        LATER = 6, _("Later")
        STOPPED = 7, _("On hold")

    class Why(models.TextChoices):
        NIGHT = "night", _("Assigned at night")
        HAND = "hand", _("Assigned by hand")
        COVER = "cover", _("Covering for somebody")
        BACK = "back", _("Back from cover")
        UNDO = "undo", _("Reassignment undone")

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
    rank = models.PositiveSmallIntegerField(choices=Rank.choices, db_default=Rank.NEW.value)
    rank_key = models.BigIntegerField(db_default=0)
    expected_value = money(db_default=0)
    skipped_at = models.DateTimeField(null=True)
    leave = models.ForeignKey(
        "collection.Leave",
        on_delete=models.PROTECT,
        null=True,
        related_name="covered",
        db_constraint=False,
        db_index=False,
    )
    move = models.ForeignKey(
        "collection.Move",
        on_delete=models.PROTECT,
        null=True,
        related_name="made",
        db_constraint=False,
        db_index=False,
    )

    class Meta(CompanyOwned.Meta):
        indexes = [
            models.Index(
                fields=["company", "collector", "rank", "rank_key", "id"],
                name="worklist_of_collector",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(
                fields=["company", "team", "rank", "rank_key", "id"],
                name="worklist_of_team",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(
                fields=["company", "rank", "rank_key", "id"],
                name="worklist_of_company",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(
                fields=["company", "leave"],
                name="assignment_covering",
                condition=Q(leave__isnull=False, ended_at__isnull=True),
            ),
            models.Index(
                fields=["company", "move"],
                name="assignment_by_move",
                condition=Q(move__isnull=False),
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
            CompositeKey(
                name="assignment_leave_fk",
                columns=("company_id", "leave_id"),
                to="collection.Leave",
                to_columns=("company_id", "id"),
            ),
            CompositeKey(
                name="assignment_move_fk",
                columns=("company_id", "move_id"),
                to="collection.Move",
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
