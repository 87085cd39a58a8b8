"""Suspense: money whose loan is not known, and matching it by hand."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cases.import_access import LENDERS, READERS, WRITERS
from cases.models import Repayment
from cases.suspense import Waiting, match_by_hand, waiting_of
from tenancy.access import for_roles
from tenancy.filtering import Column, Filter, FilterBar, Table
from tenancy.formats import count, day, in_currency, money
from tenancy.forms import put_refusal
from tenancy.http import Request
from tenancy.keyset import page_of
from tenancy.models import Company
from tenancy.night import business_date
from tenancy.screen import Empty, Link, Stat

REASON_LENGTH = 300


class MatchForm(forms.Form):
    """The loan that the money is for, and how one knows."""

    loan_no = forms.CharField(
        label=gettext_lazy("Loan no"),
        max_length=64,
        help_text=gettext_lazy("The number in the loans file of the loan that the money is for."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_LENGTH,
        help_text=gettext_lazy("It stands in the audit trail and in the history of the case."),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """Money that waits; `href` leads to the panel that matches it, "" where one may not."""

    repayment: Repayment
    href: str


@for_roles(*READERS, kinds=LENDERS)
@require_safe
def suspense(request: HttpRequest) -> HttpResponse:
    """What waits, the longest first."""
    user = cast("Request", request).user
    may_match = user.has_role(*WRITERS)
    bar = FilterBar(
        [Filter(name="number", label=_("Repayment or loan no"), kind="text")], request.GET
    )
    page = page_of(_asked(bar), order=["booked_at", "id"], params=request.GET)
    context = {
        "bar": bar,
        "stats": _stats(waiting_of(company=user.company), user.company),
        "table": Table(_columns(user.company, may_match=may_match), request.GET),
        "rows": [_row(each, may_match=may_match) for each in page.rows],
        "may_match": may_match,
        "pager": page.pager,
        "empty": _empty(bar),
    }
    return render(request, "cases/suspense.html", context)


def _asked(bar: FilterBar) -> QuerySet[Repayment]:
    rows = Repayment.objects.filter(state=Repayment.State.SUSPENSE)
    if number := bar.text("number").replace("\x00", ""):
        rows = rows.filter(Q(repayment_no__icontains=number) | Q(loan_no__icontains=number))
    return rows


def _stats(waits: Waiting, company: Company) -> list[Stat]:
    stats = [
        Stat(label=_("Repayments that wait"), value=count(waits.repayments)),
        Stat(label=in_currency(_("Amount"), company.currency), value=money(waits.amount)),
    ]
    if waits.reversals:
        stats.append(Stat(label=_("Reversals that wait"), value=count(waits.reversals)))
    if waits.oldest:
        stats.append(Stat(label=_("The oldest waits since"), value=day(waits.oldest)))
    return stats


def _columns(company: Company, *, may_match: bool) -> list[Column]:
    columns = [
        Column(key="repayment", label=_("Repayment no")),
        Column(key="loan", label=_("Loan no as sent")),
        Column(key="paid", label=_("Paid at"), css="lo"),
        Column(key="amount", label=in_currency(_("Amount"), company.currency), numeric=True),
        Column(key="since", label=_("Waits since"), css="lo2"),
    ]
    return [*columns, Column(key="match", label="")] if may_match else columns


def _row(repayment: Repayment, *, may_match: bool) -> Row:
    may_match = may_match and not repayment.reverses_no
    href = reverse("cases:suspense-match", args=[repayment.uid]) if may_match else ""
    return Row(repayment, href)


def _empty(bar: FilterBar) -> Empty:
    if bar.clear:
        clear = Link(label=_("Clear the filter"), href=bar.clear)
        return Empty(title=_("Nothing that waits has this number"), actions=[clear])
    return Empty(
        title=_("Nothing is in suspense"),
        text=_(
            "Money for a loan that is not in the book waits here. It is booked when its loan "
            "comes, or when somebody says which loan it is for."
        ),
    )


@for_roles(*WRITERS, kinds=LENDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def match(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The panel that says which loan the money is for."""
    user = cast("Request", request).user
    repayment = get_object_or_404(Repayment.objects.select_related("loan"), uid=uid)
    form = MatchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            matched = match_by_hand(
                company=user.company,
                repayment=repayment,
                by=user,
                on=business_date(user.company),
                **form.cleaned_data,
            )
        except ValidationError as error:
            put_refusal(form, error)
        else:
            messages.success(request, _told(matched, form.cleaned_data["loan_no"]))
            return redirect("cases:suspense")
    context = {
        "form": form,
        "repayment": repayment,
        "waits": repayment.state == Repayment.State.SUSPENSE and not repayment.reverses_no,
        "currency": user.company.currency,
        "back": reverse("cases:suspense"),
    }
    return render(request, "cases/suspense_match.html", context, status=422 if form.errors else 200)


def _told(matched: Repayment, loan_no: str) -> str:
    words = {
        "number": matched.repayment_no,
        "amount": money(matched.amount),
        "loan_no": loan_no,
    }
    if matched.state == Repayment.State.INCLUDED:
        return (
            _("%(number)s belongs to loan %(loan_no)s, whose balance already contains it.") % words
        )
    return _("%(number)s is booked: %(amount)s on loan %(loan_no)s.") % words
