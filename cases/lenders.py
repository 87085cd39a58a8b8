"""What a lender starts with, and what it decides about its book as a whole."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases.models import LenderSettings, Loan
from cases.schemes import start_scheme
from tenancy.audit import changed, record_change
from tenancy.events import CompanyCreated
from tenancy.models import Company, User


def start_lender(event: CompanyCreated) -> None:
    """Give a new lender its settings and its first bucket scheme; agencies own no cases."""
    company = Company.objects.get(pk=event.company_id)
    if company.is_lender:
        LenderSettings.objects.create(company=company, balance_authority=event.balance_authority)
        start_scheme(company=company)


def is_settled(*, company: Company) -> bool:
    """Whether loans rest on how balances are kept, so that it can change no more."""
    return Loan.objects.filter(owner=company).exists()


def change_lender(
    *, company: Company, balance_authority: str, waterfall: str, by: User | None
) -> LenderSettings:
    """Set who is right about balances and in which order money is allocated.

    Both are fixed once the first loan is in, because every balance since rests on them; raises
    ValidationError then, or for an unknown choice.
    """
    with transaction.atomic():
        settings = LenderSettings.objects.select_for_update().get(company=company)
        before = {
            "balance_authority": settings.balance_authority,
            "waterfall": settings.waterfall,
        }
        after = {"balance_authority": balance_authority, "waterfall": waterfall}
        if before == after:
            return settings
        if is_settled(company=company):
            raise ValidationError(
                _("This cannot change any more: the book has loans that rest on it.")
            )
        settings.balance_authority, settings.waterfall = balance_authority, waterfall
        settings.full_clean(exclude=["company"])
        settings.save()
        was, now = changed(before, after)
        record_change(actor=by, verb="change_lender", obj=company, before=was, after=now)
    return settings
