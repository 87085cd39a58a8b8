"""How what the rooms above the ground floor record reads in the audit trail."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from cases.models import LenderSettings
from tenancy.screen import Text

VERBS: dict[str, Text] = {
    "change_lender": _("Changed how balances are kept"),
    "set_scheme": _("Set the bucket scheme"),
}
FIELDS: dict[str, Text] = {
    "balance_authority": _("Who is right about balances"),
    "waterfall": _("Order of allocation"),
    "version": _("Version"),
    "bands": _("Buckets"),
}
VALUES: dict[str, Mapping[str, Text]] = {
    "balance_authority": dict(LenderSettings.Authority.choices),
    "waterfall": dict(LenderSettings.Waterfall.choices),
}
