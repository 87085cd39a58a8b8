"""Suspense: money whose loan is not known, and matching it by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode
from uuid import UUID, uuid4

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
from cases.models import MoneyRequest, Repayment
from cases.money_by_hand import ask_match
from cases.suspense import Waiting, waiting_of
from cases.suspense_matching import Suggestion, suggestions
from tenancy.access import for_roles
from tenancy.filtering import Column, Filter, FilterBar, Table
from tenancy.formats import count, day, in_currency, money
from tenancy.forms import put_refusal
from tenancy.http import Request
from tenancy.keyset import page_of
from tenancy.models import Company
from tenancy.night import business_date
from tenancy.screen import Empty, Link, Stat, Text

REASON_LENGTH = 300
WHY: dict[str, Text] = {
    "same_number": gettext_lazy("same number"),
    "near_number": gettext_lazy("number nearly the same"),
    "borrower_no": gettext_lazy("borrower's number"),
    "phone": gettext_lazy("borrower's phone"),
    "id_no": gettext_lazy("borrower's ID number"),
    "name": gettext_lazy("borrower's name"),
    "outstanding": gettext_lazy("exactly what is owed"),
    "instalment": gettext_lazy("exactly an instalment"),
}
"""What speaks for a loan: cases.suspense_matching.WEIGHTS in words."""


class MatchForm(forms.Form):
    """The loan that the money is for, and how one knows. form_key: the form counts once."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
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
    """Money that waits; `href` leads to the panel that matches it, "" where one may not.

    asked: the match that waits for a second person.
    """

    repayment: Repayment
    href: str
    asked: MoneyRequest | None = None


@dataclass(frozen=True, slots=True)
class SuggestionLine:
    """A loan that the money may be for, in words; `href` puts it into the form."""

    suggestion: Suggestion
    why: str
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
        "rows": _rows(page.rows, may_match=may_match),
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


def _rows(found: Sequence[Repayment], *, may_match: bool) -> list[Row]:
    waiting = MoneyRequest.objects.filter(
        repayment__in=[each.pk for each in found], state=MoneyRequest.State.WAITING
    )
    asked = {each.repayment_id: each for each in waiting}
    return [_row(each, asked.get(each.pk), may_match=may_match) for each in found]


def _row(repayment: Repayment, asked: MoneyRequest | None, *, may_match: bool) -> Row:
    may_match = may_match and not repayment.reverses_no
    href = reverse("cases:suspense-match", args=[repayment.uid]) if may_match else ""
    return Row(repayment, href, asked)


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
    """The panel that says which loan the money is for; a second person decides."""
    user = cast("Request", request).user
    repayment = get_object_or_404(Repayment.objects.select_related("loan"), uid=uid)
    form = MatchForm(
        request.POST or None,
        initial={"form_key": uuid4(), "loan_no": request.GET.get("loan", "")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            ask_match(company=user.company, repayment=repayment, by=user, **form.cleaned_data)
        except ValidationError as error:
            put_refusal(form, error)
        else:
            told = {"number": repayment.repayment_no, "loan_no": form.cleaned_data["loan_no"]}
            text = _("%(number)s for loan %(loan_no)s: a second person is asked.")
            messages.success(request, text % told)
            return redirect("cases:suspense")
    waits = repayment.state == Repayment.State.SUSPENSE and not repayment.reverses_no
    asked = MoneyRequest.objects.filter(
        repayment=repayment, state=MoneyRequest.State.WAITING
    ).select_related("loan")
    context = {
        "form": form,
        "repayment": repayment,
        "waits": waits,
        "asked": asked.first() if waits else None,
        "lines": _suggested(repayment, user.company) if waits else [],
        "currency": user.company.currency,
        "back": reverse("cases:suspense"),
    }
    return render(request, "cases/suspense_match.html", context, status=422 if form.errors else 200)


def _suggested(repayment: Repayment, company: Company) -> list[SuggestionLine]:
    return [
        SuggestionLine(
            each,
            _(", ").join(str(WHY[reason]) for reason in each.reasons),
            "?" + urlencode({"loan": each.loan.loan_no}),
        )
        for each in suggestions(repayment=repayment, on=business_date(company))
    ]
