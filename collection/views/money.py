"""Money by hand: what waits for a second person, entering a repayment, taking one back, deciding.

It stands in this room because the limit above which a second person is asked is one of the
company's figures for the daily work.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from cases.import_access import LENDERS, READERS
from cases.models import Case, MoneyRequest, Repayment
from cases.money_by_hand import DECIDES, ENTERS, ask_post, ask_reversal, decide_money
from collection.money_forms import DecideMoneyForm, PostMoneyForm, TakeBackForm
from collection.work_settings import work_settings
from tenancy.access import for_roles
from tenancy.filtering import Column, Table, changed_url
from tenancy.formats import in_currency, money
from tenancy.forms import put_refusal
from tenancy.http import Request
from tenancy.keyset import page_of
from tenancy.night import business_date
from tenancy.screen import Empty, ViewTab

State = MoneyRequest.State


@for_roles(*READERS, kinds=LENDERS)
@require_safe
def by_hand(request: Request) -> HttpResponse:
    """What waits for a second person, the oldest first; or what is decided, the newest first."""
    user = request.user
    decided = request.GET.get("show") == "decided"
    rows = MoneyRequest.objects.select_related("loan")
    if decided:
        rows, order = rows.exclude(state=State.WAITING), ["-asked_at", "-id"]
    else:
        rows, order = rows.filter(state=State.WAITING), ["asked_at", "id"]
    page = page_of(rows, order=order, params=request.GET)
    context = {
        "views": [
            ViewTab(
                label=pgettext("money", "Waiting"),
                href=changed_url(request.GET, show=None),
                active=not decided,
            ),
            ViewTab(
                label=pgettext("money", "Decided"),
                href=changed_url(request.GET, show="decided"),
                active=decided,
            ),
        ],
        "table": Table(_columns(user.company.currency), request.GET),
        "rows": page.rows,
        "pager": page.pager,
        "may_enter": user.has_role(*ENTERS),
        "may_decide": user.has_role(*DECIDES) and not decided,
        "empty": Empty(
            title=_("Nothing is decided yet") if decided else _("Nothing waits"),
            text=_(
                "Repayments entered or taken back by hand above the limit, and matches of money in "
                "suspense, wait here for a second person."
            ),
        ),
    }
    return render(request, "collection/money.html", context)


def _columns(currency: str) -> list[Column]:
    return [
        Column(key="what", label=_("What")),
        Column(key="loan", label=_("Loan no")),
        Column(key="repayment", label=_("Repayment no"), css="lo"),
        Column(key="amount", label=in_currency(_("Amount"), currency), numeric=True),
        Column(key="paid", label=_("Paid at"), css="lo"),
        Column(key="asked", label=_("Asked by")),
        Column(key="state", label=_("State")),
    ]


@for_roles(*ENTERS, kinds=LENDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: Request) -> HttpResponse:
    """The panel that enters a repayment."""
    user, company = request.user, request.user.company
    limit = work_settings(company).second_person_above
    form = PostMoneyForm(
        request.POST or None,
        currency=company.currency,
        initial={"loan_no": request.GET.get("loan", "")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            asked = ask_post(
                company=company,
                by=user,
                second_person_above=limit,
                on=business_date(company),
                **form.cleaned_data,
            )
        except ValidationError as error:
            put_refusal(form, error)
        else:
            return _asked(request, asked)
    context = {"form": form, "limit": limit, "back": _back(request)}
    return _panel(request, "collection/money_enter.html", form, context)


@for_roles(*ENTERS, kinds=LENDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: Request, uid: UUID) -> HttpResponse:
    """The panel that takes a repayment back."""
    user, company = request.user, request.user.company
    repayment = get_object_or_404(Repayment.objects.select_related("loan"), uid=uid)
    limit = work_settings(company).second_person_above
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = ask_reversal(
                company=company,
                repayment=repayment,
                by=user,
                second_person_above=limit,
                on=business_date(company),
                **form.cleaned_data,
            )
        except ValidationError as error:
            put_refusal(form, error)
        else:
            return _asked(request, asked)
    context = {
        "form": form,
        "repayment": repayment,
        "above": repayment.amount > limit,
        "back": _back(request),
    }
    return _panel(request, "collection/money_take_back.html", form, context)


@for_roles(*DECIDES, kinds=LENDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: Request, uid: UUID) -> HttpResponse:
    """The panel in which a second person agrees or refuses."""
    user, company = request.user, request.user.company
    asked = get_object_or_404(MoneyRequest.objects.select_related("loan", "repayment"), uid=uid)
    form = DecideMoneyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        approve = request.POST.get("act") == "approve"
        if approve and asked.asked_by_id == user.pk:
            raise PermissionDenied
        try:
            done = decide_money(
                company=company,
                request=asked,
                approve=approve,
                by=user,
                on=business_date(company),
                **form.cleaned_data,
            )
        except ValidationError as error:
            put_refusal(form, error)
        else:
            messages.success(request, _told(done))
            return redirect("cases:money")
    context = {
        "form": form,
        "asked": asked,
        "waits": asked.state == State.WAITING,
        "is_own": asked.asked_by_id == user.pk,
        "currency": company.currency,
        "back": reverse("cases:money"),
    }
    return _panel(request, "collection/money_decide.html", form, context)


def _panel(
    request: Request, template: str, form: forms.Form, context: dict[str, Any]
) -> HttpResponse:
    context = {"currency": request.user.company.currency} | context
    return render(request, template, context, status=422 if form.errors else 200)


def _asked(request: Request, asked: MoneyRequest) -> HttpResponse:
    messages.success(request, _told(asked))
    return redirect(_back(request) if asked.state == State.DONE else reverse("cases:money"))


def _told(asked: MoneyRequest) -> str:
    words = {
        "what": asked.get_kind_display(),
        "amount": money(asked.amount),
        "loan_no": asked.loan.loan_no if asked.loan else "",
    }
    if asked.state == State.WAITING:
        text = _("%(what)s, %(amount)s on loan %(loan_no)s: a second person is asked.")
    elif asked.state == State.REFUSED:
        text = _("%(what)s, %(amount)s on loan %(loan_no)s: refused.")
    else:
        text = _("%(what)s, %(amount)s on loan %(loan_no)s: booked.")
    return text % words


def _back(request: Request) -> str:
    """The case one came from, if it names one that is there; else the list."""
    try:
        uid = UUID(request.GET.get("case", ""))
    except ValueError:
        return reverse("cases:money")
    found = Case.objects.filter(uid=uid).exists()
    return reverse("work:case", args=[uid]) if found else reverse("cases:money")
