"""Holds: the list by what is to be done, and the panels that open, answer, prolong, lift one."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from cases.hold_answers import answer_hold, prolong_answer
from cases.hold_kinds import DESK, INSPECTOR, KINDS
from cases.holds import lift_hold, may_handle
from cases.import_access import LENDERS
from cases.models import Case, CaseHold
from collection.hold_forms import AnswerHoldForm, HoldReasonForm, OpenHoldForm
from collection.hold_words import kind_name
from collection.holding import (
    DUE_SOON_DAYS,
    HoldLine,
    hold_figures,
    hold_line,
    holds_in_sight,
    in_force,
    open_hold_on_case,
    openable_by,
    waits,
)
from collection.visibility import visible_cases
from tenancy.access import for_roles
from tenancy.filtering import Filter, FilterBar, Option
from tenancy.formats import count
from tenancy.forms import put_refusal
from tenancy.http import Request
from tenancy.keyset import page_of
from tenancy.models import Role
from tenancy.night import business_date
from tenancy.screen import Empty, Stat, ViewTab

OPENS = (
    Role.COLLECTOR,
    Role.TEAM_LEAD,
    Role.COMPANY_ADMIN,
    Role.QC_INSPECTOR,
    Role.FINANCE,
)
"""Anyone reports a complaint; which other kinds a role opens, the table of kinds says."""
HANDLES = (Role.TEAM_LEAD, Role.COMPANY_ADMIN, Role.QC_INSPECTOR, Role.FINANCE)
AT_A_DESK = DESK | {INSPECTOR}
SHOWS = ("", "due", "late", "over")


@for_roles(*Role.values)
@require_safe
def holds(request: Request) -> HttpResponse:
    """The holds in sight: those in force, those to be answered soon, the late ones, the rest."""
    user = request.user
    on = business_date(user.company)
    show = request.GET.get("show", "")
    show = show if show in SHOWS else ""
    bar = FilterBar([_kinds_filter()], request.GET)
    rows, order = _asked(holds_in_sight(user), show, on)
    if kinds := bar.chosen("kind"):
        rows = rows.filter(kind__in=kinds)
    page = page_of(rows.select_related("case"), order=order, params=request.GET)
    figures = hold_figures(user, on)
    context = {
        "bar": bar,
        "views": _tabs(bar, show),
        "stats": [
            Stat(
                label=pgettext("hold", "In force"),
                value=count(figures.in_force),
                href=bar.url(show=None),
            ),
            Stat(
                label=_("To be answered within %(n)s days") % {"n": DUE_SOON_DAYS},
                value=count(figures.due),
                href=bar.url(show="due"),
            ),
            Stat(
                label=_("Deadline missed"),
                value=count(figures.late),
                href=bar.url(show="late"),
                tone="bad" if figures.late else "",
            ),
        ],
        "rows": [hold_line(user, hold, on) for hold in page.rows],
        "pager": page.pager,
        "empty": _empty(show),
        "may_disaster": user.company.is_lender and user.has_role(Role.COMPANY_ADMIN),
    }
    return render(request, "collection/holds.html", context)


def _kinds_filter() -> Filter:
    # What nobody opens by hand (a promise) stands elsewhere.
    shown = (code for code, kind in KINDS.items() if kind.opens)
    options = [Option(value=code, label=kind_name(code)) for code in shown]
    return Filter(name="kind", label=_("Kind of hold"), options=options)


def _asked(rows: QuerySet[CaseHold], show: str, on: date) -> tuple[QuerySet[CaseHold], list[str]]:
    soon = date.fromordinal(on.toordinal() + DUE_SOON_DAYS)
    match show:
        case "due":
            return rows.filter(waits(), answer_by__lte=soon, answer_by__gte=on), ["answer_by", "id"]
        case "late":
            return rows.filter(waits(), answer_by__lt=on), ["answer_by", "id"]
        case "over":
            over = Q(lifted_at__isnull=False) | Q(ends_on__lte=on)
            return rows.filter(over, ends_on__isnull=False), ["-ends_on", "-id"]
    return rows.filter(in_force(on), lifted_at=None), ["-opened_at", "-id"]


def _tabs(bar: FilterBar, show: str) -> list[ViewTab]:
    labels = {
        "": pgettext("hold", "In force"),
        "due": _("To be answered"),
        "late": _("Deadline missed"),
        "over": pgettext("hold", "Over"),
    }
    return [
        ViewTab(label=label, href=bar.url(show=name or None), active=name == show)
        for name, label in labels.items()
    ]


def _empty(show: str) -> Empty:
    titles = {
        "due": _("Nothing is to be answered in the next days"),
        "late": _("No deadline is missed"),
        "over": _("No hold is over yet"),
    }
    return Empty(
        title=titles.get(show, _("No hold is in force")),
        text=_("A hold is opened on the page of a case, or follows from how a call ended."),
    )


@for_roles(*OPENS)
@require_http_methods(["GET", "HEAD", "POST"])
def open_one(request: Request, uid: UUID) -> HttpResponse:
    """The panel that opens a hold on a case."""
    user = request.user
    case = visible_cases(user).filter(uid=uid).first()
    if case is None:
        raise Http404
    kinds = openable_by(user)
    form = OpenHoldForm(
        request.POST or None,
        kinds=kinds,
        at_desk=user.company.is_lender and user.has_role(*AT_A_DESK),
        today=business_date(user.company),
    )
    if request.method == "POST" and form.is_valid():
        try:
            hold = open_hold_on_case(user=user, case=case, **form.cleaned_data)
        except ValidationError as error:
            put_refusal(form, error)
        else:
            told = {"hold": hold.get_kind_display(), "loan_no": case.loan_no}
            if hold.person_hold is not None:
                text = _("Hold on the person's every case: %(hold)s, %(loan_no)s.")
            else:
                text = _("Hold: %(hold)s, %(loan_no)s.")
            messages.success(request, text % told)
            return redirect("work:case", uid=case.uid)
    context = {"form": form, "case": case, "back": reverse("work:case", args=[case.uid])}
    status = 422 if form.errors else 200
    return render(request, "collection/hold_open.html", context, status=status)


Doing = Callable[[Request, CaseHold, dict[str, Any]], str]


def _answer(request: Request, hold: CaseHold, said: dict[str, Any]) -> str:
    company = request.user.company
    answer_hold(company=company, hold=hold, by=request.user, on=business_date(company), **said)
    return _("Answered: %(hold)s.") % {"hold": hold.get_kind_display()}


def _prolong(request: Request, hold: CaseHold, said: dict[str, Any]) -> str:
    hold = prolong_answer(company=request.user.company, hold=hold, by=request.user, **said)
    told = {"hold": hold.get_kind_display(), "day": hold.answer_by}
    return _("Longer time to answer: %(hold)s, until %(day)s.") % told


def _lift(request: Request, hold: CaseHold, said: dict[str, Any]) -> str:
    company = request.user.company
    lift_hold(company=company, hold=hold, by=request.user, on=business_date(company), **said)
    return _("Hold lifted: %(hold)s.") % {"hold": hold.get_kind_display()}


@for_roles(*HANDLES, kinds=LENDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: Request, uid: UUID) -> HttpResponse:
    """The panel that answers what a hold waits for, or says what a look at it found."""
    return _panel(request, uid, AnswerHoldForm, _answer, "answer")


@for_roles(*HANDLES, kinds=LENDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def prolong(request: Request, uid: UUID) -> HttpResponse:
    """The panel that gives longer time to answer."""
    return _panel(request, uid, HoldReasonForm, _prolong, "prolong")


@for_roles(*HANDLES, kinds=LENDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: Request, uid: UUID) -> HttpResponse:
    """The panel that lifts a hold."""
    return _panel(request, uid, HoldReasonForm, _lift, "lift")


def _panel(
    request: Request, uid: UUID, asks: type[forms.Form], do: Doing, act: str
) -> HttpResponse:
    user = request.user
    hold = holds_in_sight(user).select_related("case").filter(uid=uid).first()
    if hold is None:
        raise Http404
    if not may_handle(user.company, hold, user):
        raise PermissionDenied
    form = asks(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            told = do(request, hold, form.cleaned_data)
        except ValidationError as error:
            put_refusal(form, error)
        else:
            messages.success(request, told)
            return redirect(_back(request, hold.case))
    context = {
        "form": form,
        "line": hold_line(user, hold, business_date(user.company)),
        "act": act,
        "back": _back(request, hold.case),
    }
    status = 422 if form.errors else 200
    return render(request, "collection/hold_panel.html", context, status=status)


def _back(request: Request, case: Case) -> str:
    """Where one came from: the list, else the case."""
    if request.GET.get("list") == "holds":
        return reverse("work:holds")
    return reverse("work:case", args=[case.uid])


def case_holds(request: Request, lines: list[HoldLine]) -> dict[str, Any]:
    """What templates/collection/parts/holds_case.html needs, for the case page."""
    return {"hold_lines": lines, "may_open_hold": request.user.has_role(*OPENS)}
