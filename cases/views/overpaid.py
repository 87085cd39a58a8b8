"""Overpayments: the loans that got more money than they owed, the largest first."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.import_access import LENDERS, READERS
from cases.models import Case
from cases.money_by_hand import overpaid_loans
from tenancy.access import for_roles
from tenancy.filtering import Column, Table
from tenancy.formats import in_currency
from tenancy.http import Request
from tenancy.keyset import page_of
from tenancy.screen import Empty


@for_roles(*READERS, kinds=LENDERS)
@require_safe
def overpaid(request: HttpRequest) -> HttpResponse:
    """What is to be given back, or to be set against another debt of the person."""
    company = cast("Request", request).user.company
    rows = overpaid_loans(company=company).select_related("borrower")
    page = page_of(rows, order=["-overpaid", "-id"], params=request.GET)
    newest = Case.objects.filter(loan__in=[loan.pk for loan in page.rows]).order_by("pk")
    uids = dict(newest.values_list("loan_id", "uid"))
    context = {
        "table": Table(
            [
                Column(key="borrower", label=_("Borrower")),
                Column(key="loan", label=_("Loan no")),
                Column(
                    key="owed", label=in_currency(_("Owed now"), company.currency), numeric=True
                ),
                Column(
                    key="overpaid", label=in_currency(_("Overpaid"), company.currency), numeric=True
                ),
            ],
            request.GET,
        ),
        "rows": [(loan, uids.get(loan.pk)) for loan in page.rows],
        "pager": page.pager,
        "empty": Empty(
            title=_("Nothing is overpaid"),
            text=_("When more comes in than a loan owes, the rest of it stands here."),
        ),
    }
    return render(request, "cases/overpaid.html", context)
