"""What a company decides about the daily work, and the lists that its people keep."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cases.models.base import money
from tenancy.managers import CurrentCompanyDefault
from tenancy.models import Company, Team, User
from tenancy.models.base import CompanyOwned, random_uid
from tenancy.walls import ALL, KEEP, CompositeKey, Wall, own

SHARE = (MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100)))


class WorkSettings(CompanyOwned):
    """A company's figures for promises, the ranking of the worklist, and money by hand.

    promise_tolerance, score_weight and touch_weight are percentages; promise_within_days: how far
    ahead a promise may be due. See collection.promises and collection.ranking for what they do.
    second_person_above: a repayment entered by hand for more needs a second person.
    """

    company = models.OneToOneField(
        Company,
        on_delete=models.PROTECT,
        related_name="work_settings",
        db_default=CurrentCompanyDefault(),
    )
    promise_grace_days = models.PositiveSmallIntegerField(default=1)
    promise_tolerance = models.DecimalField(
        max_digits=5, decimal_places=2, default=Decimal(5), validators=SHARE
    )
    promise_within_days = models.PositiveSmallIntegerField(default=30)
    score_weight = models.DecimalField(
        max_digits=5, decimal_places=2, default=Decimal(100), validators=SHARE
    )
    unknown_score = models.PositiveSmallIntegerField(default=500)
    touch_weight = models.DecimalField(
        max_digits=5, decimal_places=2, default=Decimal(0), validators=SHARE
    )
    untouched_days = models.PositiveSmallIntegerField(default=7)
    high_amount = money(default=Decimal(10000))
    second_person_above = money(default=Decimal(5000))
    version = models.PositiveIntegerField(default=1)

    class Meta(CompanyOwned.Meta):
        constraints = [Wall(name="work_settings_wall", rules=own(KEEP))]


class SavedView(CompanyOwned):
    """A list's filters under a name: a person's own, or a team's. page: which list."""

    uid = random_uid()
    page = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    at = models.DateTimeField(db_default=Now())

    class Meta(CompanyOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["company", "page", "user", "name"],
                condition=Q(team__isnull=True),
                name="saved_view_of_person",
            ),
            models.UniqueConstraint(
                fields=["company", "page", "team", "name"],
                condition=Q(team__isnull=False),
                name="saved_view_of_team",
            ),
            CompositeKey(
                name="saved_view_user_fk",
                columns=("company_id", "user_id"),
                to="tenancy.User",
                to_columns=("company_id", "id"),
            ),
            CompositeKey(
                name="saved_view_team_fk",
                columns=("company_id", "team_id"),
                to="tenancy.Team",
                to_columns=("company_id", "id"),
            ),
            Wall(name="saved_view_wall", rules=own(ALL)),
        ]
