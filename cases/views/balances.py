"""How a lender's balances are kept: who is right about them, and in which order money goes."""

from typing import cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases.lenders import change_lender, is_settled
from cases.models import LenderSettings
from tenancy.access import for_roles
from tenancy.forms import freeze, put_refusal
from tenancy.http import Request
from tenancy.models import Company, Role

ADMIN = Role.COMPANY_ADMIN


class BalancesForm(forms.Form):
    """Both choices stand on the screen: they are read more often than made."""

    balance_authority = forms.ChoiceField(
        label=gettext_lazy("Who is right about balances"),
        choices=LenderSettings.Authority.choices,
        help_text=gettext_lazy(
            "With the ledger, the first loans row opens the balance and later rows only report "
            "differences; otherwise each row states the balance anew."
        ),
    )
    waterfall = forms.ChoiceField(
        label=gettext_lazy("Order in which repayments are allocated"),
        choices=LenderSettings.Waterfall.choices,
    )


@for_roles(
    Role.COMPANY_ADMIN, Role.AUDITOR, kinds=(Company.Kind.LENDER,), writes=(Role.COMPANY_ADMIN,)
)
@require_http_methods(["GET", "HEAD", "POST"])
def balances(request: HttpRequest) -> HttpResponse:
    """Show the two choices, and set them while the book is empty."""
    user = cast("Request", request).user
    settings = LenderSettings.objects.get(company=user.company)
    form = BalancesForm(
        request.POST or None,
        initial={
            "balance_authority": settings.balance_authority,
            "waterfall": settings.waterfall,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_lender(company=user.company, by=user, **form.cleaned_data)
        except ValidationError as error:
            put_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("cases:balances")
    fixed = is_settled(company=user.company)
    may_change = user.has_role(ADMIN) and not fixed
    if request.method != "POST" and not may_change:
        freeze(form)
    return render(
        request, "cases/balances.html", {"form": form, "fixed": fixed, "may_change": may_change}
    )
