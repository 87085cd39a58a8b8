"""What a lender decides about its book as a whole."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.managers import CurrentCompanyDefault
from tenancy.models import Company
from tenancy.models.base import CompanyOwned
from tenancy.walls import KEEP, Wall, own


class LenderSettings(CompanyOwned):
    """Who is right about balances, and in which order money is allocated."""

    class Authority(models.TextChoices):
        LEDGER = "ledger", _("Recoup's ledger")
        CORE = "core", _("The core system's loans rows")
        STATEMENT = "statement", _("Statements")

    class Waterfall(models.TextChoices):
        DEFAULT = "default", _("Penalty, fee, interest, principal")
        CIVIL_CODE = "civil_code", _("Fee, interest, principal, penalty")
        PRINCIPAL_FIRST = "principal_first", _("Principal, interest, fee, penalty")

    company = models.OneToOneField(
        Company,
        on_delete=models.PROTECT,
        related_name="lender_settings",
        db_default=CurrentCompanyDefault(),
    )
    balance_authority = models.CharField(
        max_length=10, choices=Authority.choices, default=Authority.LEDGER
    )
    waterfall = models.CharField(
        max_length=20, choices=Waterfall.choices, default=Waterfall.DEFAULT
    )

    class Meta(CompanyOwned.Meta):
        constraints = [Wall(name="lender_settings_wall", rules=own(KEEP))]
