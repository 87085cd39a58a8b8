"""Outsourcing: the packages a lender places with an agency, and each case's placement in them."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cases.models import Case
from cases.models.base import money
from tenancy.managers import ScopedManager
from tenancy.models import Company
from tenancy.models.base import Scoped, random_uid
from tenancy.walls import AGENCY_ROLE, APPEND, LENDER_ROLE, READ, CompositeKey, Rule, Wall


class TwoParty(Scoped):
    """A record between a lender and an agency: both read it, each writes its own columns."""

    lender = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    agency = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta(Scoped.Meta):
        abstract = True


class Package(TwoParty):
    """A batch of cases placed with one agency. Names are carried: each sees only its own row."""

    uid = random_uid()
    number = models.CharField(max_length=30)
    lender_name = models.CharField(max_length=120)
    agency_name = models.CharField(max_length=120)
    reason = models.CharField(max_length=300, blank=True, default="")
    cases = models.PositiveIntegerField()
    amount = money()
    ends_on = models.DateField(null=True)
    placed_at = models.DateTimeField(db_default=Now())
    placed_by_name = models.CharField(max_length=80, blank=True, default="")
    accepted_at = models.DateTimeField(null=True)
    accepted_by_name = models.CharField(max_length=80, blank=True, default="")

    objects: ClassVar[ScopedManager[Self]] = ScopedManager(lender="lender_id", agency="agency_id")

    class Meta(TwoParty.Meta):
        indexes = [
            models.Index(fields=["agency", "-placed_at"], name="package_inbox"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["lender", "number"], name="package_number"),
            models.UniqueConstraint(fields=["lender", "agency", "id"], name="package_parties"),
            Wall(
                name="package_wall",
                rules=[
                    Rule(
                        LENDER_ROLE,
                        APPEND,
                        "lender_id = {me}",
                        "lender_id = {me} AND accepted_at IS NULL",
                    ),
                    Rule(LENDER_ROLE, ("UPDATE",), "lender_id = {me}", columns=("ends_on",)),
                    Rule(AGENCY_ROLE, READ, "agency_id = {me}"),
                    Rule(
                        AGENCY_ROLE,
                        ("UPDATE",),
                        "agency_id = {me}",
                        columns=("accepted_at", "accepted_by_name"),
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Placement(TwoParty):
    """One case's stay with an agency; ended_at is NULL while the agency holds it."""

    package = models.ForeignKey(
        Package,
        on_delete=models.PROTECT,
        related_name="placements",
        db_constraint=False,
    )
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="placements", db_constraint=False
    )
    loan_no = models.CharField(max_length=64)
    amount = money()
    dpd = models.IntegerField()
    bucket_label = models.CharField(max_length=12, blank=True, default="")
    placed_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    end_kind = models.CharField(max_length=10, blank=True, default="")
    end_reason = models.CharField(max_length=300, blank=True, default="")

    objects: ClassVar[ScopedManager[Self]] = ScopedManager(lender="lender_id", agency="agency_id")

    class Meta(TwoParty.Meta):
        indexes = [models.Index(fields=["agency", "ended_at"], name="placement_held")]
        constraints = [
            models.UniqueConstraint(
                fields=["lender", "case"],
                condition=Q(ended_at__isnull=True),
                name="placement_one_at_a_time",
            ),
            CompositeKey(
                name="placement_case_fk",
                columns=("lender_id", "case_id"),
                to="cases.Case",
                to_columns=("owner_id", "id"),
            ),
            CompositeKey(
                name="placement_package_fk",
                columns=("lender_id", "agency_id", "package_id"),
                to="agencies.Package",
                to_columns=("lender_id", "agency_id", "id"),
            ),
            Wall(
                name="placement_wall",
                rules=[
                    Rule(LENDER_ROLE, APPEND, "lender_id = {me}"),
                    Rule(
                        LENDER_ROLE,
                        ("UPDATE",),
                        "lender_id = {me}",
                        columns=("ended_at", "end_kind", "end_reason"),
                    ),
                    Rule(AGENCY_ROLE, READ, "agency_id = {me}"),
                ],
            ),
        ]
