"""Companies: the directory that names them, and the settings that only they see."""

import zoneinfo
from datetime import date, datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.timezone import now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tenancy.managers import CurrentCompanyDefault
from tenancy.models.base import CompanyOwned
from tenancy.walls import (
    AGENCY_ROLE,
    APP_ROLE,
    KEEP,
    LENDER_ROLE,
    READ,
    Rule,
    Wall,
    own,
)

# Code and kind decide which walls stand around the company: only the operator sets them.
OWN_TO_CHANGE = (
    "name",
    "name_en",
    "timezone",
    "currency",
    "language",
    "jurisdiction",
    "is_active",
)


class Company(models.Model):
    """A tenant: a lender that owns cases, or an agency that works placed ones.

    Only directory facts stand here: they are read before a company is known, and a lender sees
    the agencies' (whose names are published by rule). Settings are in CompanySettings.
    """

    class Kind(models.TextChoices):
        LENDER = "lender", _("Lender")
        AGENCY = "agency", _("Agency")

    code = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True, default="")
    timezone = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=10, default="zh-hans")
    jurisdiction = models.CharField(max_length=2, default="CN")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)

    objects: ClassVar[models.Manager["Company"]] = models.Manager()

    class Meta:
        constraints = [
            Wall(
                name="company_wall",
                rules=[
                    # Sign-in, the night's tick and the frame read a company before its scope.
                    Rule(APP_ROLE, READ, "true"),
                    Rule(LENDER_ROLE, READ, "id = {me} OR kind = 'agency'"),
                    Rule(AGENCY_ROLE, READ, "id = {me}"),
                    Rule(LENDER_ROLE, ("UPDATE",), "id = {me}", columns=OWN_TO_CHANGE),
                    Rule(AGENCY_ROLE, ("UPDATE",), "id = {me}", columns=OWN_TO_CHANGE),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.code})"

    @property
    def label(self) -> str:
        """The company's name in the language of the screen."""
        english = (get_language() or "").startswith("en")
        return self.name_en if english and self.name_en else self.name

    @property
    def is_lender(self) -> bool:
        """Whether the company owns cases."""
        return self.kind == self.Kind.LENDER

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The clock of the company: its business dates are dates of this zone."""
        return zoneinfo.ZoneInfo(self.timezone)

    def local_date(self, at: datetime | None = None) -> date:
        """The company's calendar date at a moment (now by default)."""
        return (at or now()).astimezone(self.zone).date()


class CompanySettings(CompanyOwned):
    """What an admin sets for the own company: who may sign in, from where, and when."""

    company = models.OneToOneField(
        Company,
        on_delete=models.PROTECT,
        related_name="settings",
        db_default=CurrentCompanyDefault(),
    )
    allowed_networks = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    work_starts = models.TimeField(null=True, blank=True)
    work_ends = models.TimeField(null=True, blank=True)
    require_totp = models.BooleanField(default=False)
    session_hours = models.PositiveSmallIntegerField(default=12)

    class Meta(CompanyOwned.Meta):
        constraints = [
            Wall(name="settings_wall", rules=own(KEEP)),
        ]
