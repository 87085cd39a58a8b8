"""The contact rules of the company: figures with their legal basis, tightening them, days off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from collection.contact_calendar import BY_LAW, UNKNOWN, holiday_year
from collection.contact_figures import figured, figures_of
from collection.contact_forms import DayOffForm, RuleForm
from collection.contact_presets import JURISDICTIONS, PresetRow, preset, preset_rows
from collection.contact_rule_changes import proposed, set_rule
from collection.contact_rules import RULES, ContactRules
from collection.contact_words import (
    MARKS,
    basis_words,
    figures_in_words,
    place_label,
    rule_label,
    source_words,
)
from collection.days_off import set_day_off
from collection.effective_rules import code_of, read_side
from collection.gate_replay import Proposal, Replay, replay
from collection.models import ContactRule, DayOff
from tenancy.access import for_roles
from tenancy.forms import put_refusal
from tenancy.http import Request
from tenancy.models import Company, Role
from tenancy.night import business_date
from tenancy.screen import Link, Text, Tone, ViewTab

ADMIN = Role.COMPANY_ADMIN
READERS = (ADMIN, Role.AUDITOR)
MOST_VERSIONS = 200
MOST_REPLAYED = 5_000


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule as the page prints it. tightened: whether the company is stricter than the preset."""

    rule: str
    label: str
    figures: str
    basis: str
    sources: list[str]
    tightened: bool
    change: str


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version of a rule."""

    label: str
    row: ContactRule
    figures: str
    state: Text
    tone: Tone


@for_roles(*READERS)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every rule of a jurisdiction in force today, with its versions."""
    user = cast("Request", request).user
    company, today = user.company, business_date(user.company)
    place = _place(request, company)
    rules = read_side(company, timezone.now()).rules(place)
    writes = user.has_role(ADMIN)
    context = {
        "views": _tabs(place),
        "lines": [_line(rules, place, rule, today, writes=writes) for rule in RULES],
        "versions": _versions(company, place, today),
        "writes": writes,
        "page_actions": [
            Link(label=_("Days off"), href=reverse("contact:days-off"), icon="calendar-off"),
            Link(label=_("Try a contact"), href=reverse("contact:simulator"), icon="flask"),
            *(
                [Link(label=_("Yesterday again"), href=reverse("contact:replay"), icon="history")]
                if company.is_lender
                else []
            ),
        ],
    }
    return render(request, "collection/contact_rules.html", context)


def _place(request: HttpRequest, company: Company) -> str:
    asked = request.GET.get("place", "") or code_of(company.jurisdiction)
    return asked if asked in JURISDICTIONS else JURISDICTIONS[0]


def _tabs(place: str) -> list[ViewTab]:
    return [
        ViewTab(label=place_label(code), href=f"?place={code}", active=code == place)
        for code in JURISDICTIONS
    ]


def _line(rules: ContactRules, place: str, rule: str, today: date, *, writes: bool) -> RuleLine:
    mine = [row for row in preset_rows(place, today) if row.rule == rule]
    figures = figures_of(rules, rule)
    change = reverse("contact:rule", args=[place, rule]) if writes and figured(rule) else ""
    return RuleLine(
        rule=rule,
        label=rule_label(rule),
        figures=figures_in_words(figures) if figures else _("always"),
        basis=basis_words(rules.basis(rule)),
        sources=[_source(row) for row in mine],
        tightened=figures != _preset_figures(place, rule, today),
        change=change,
    )


def _preset_figures(place: str, rule: str, today: date) -> dict[str, Any]:
    return figures_of(preset(place, today), rule)


def _source(row: PresetRow) -> str:
    mark = str(MARKS.get(row.mark, row.mark))
    return f"{source_words(row.source)} ({mark})" if row.source else mark


def _versions(company: Company, place: str, today: date) -> list[VersionLine]:
    rows = ContactRule.objects.filter(company=company, jurisdiction=place)
    return [
        VersionLine(rule_label(row.rule), row, figures_in_words(row.figures), *_state(row, today))
        for row in rows.order_by("-changed_at", "rule", "-version")[:MOST_VERSIONS]
    ]


def _state(row: ContactRule, today: date) -> tuple[Text, Tone]:
    if row.valid_to is not None and row.valid_to <= max(today, row.valid_from):
        given_up = row.valid_to == row.valid_from
        return (
            pgettext("contact rule", "Never in force")
            if given_up
            else pgettext("contact rule", "Over")
        ), ""
    if row.valid_from > today:
        return pgettext("contact rule", "Planned"), "acc"
    return pgettext("contact rule", "In force"), "ok"


@for_roles(ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, place: str, rule: str) -> HttpResponse:
    """The panel in which a rule is tightened from a date on."""
    user = cast("Request", request).user
    company, today = user.company, business_date(user.company)
    if place not in JURISDICTIONS or rule not in RULES or not figured(rule):
        raise Http404
    in_force = figures_of(read_side(company, timezone.now()).rules(place), rule)
    form = RuleForm(request.POST or None, rule=rule, figures=in_force, today=today)
    found = None
    if request.method == "POST" and form.is_valid():
        asked = {
            "company": company,
            "jurisdiction": place,
            "rule": rule,
            "given": form.given,
            "valid_from": form.cleaned_data["valid_from"],
        }
        try:
            if company.is_lender and request.POST.get("act") == "look":
                found = _yesterday(company, Proposal(place, rule, proposed(**asked)), today)
            else:
                set_rule(**asked, by=user)
        except ValidationError as error:
            put_refusal(form, error)
        else:
            if found is None:
                said = _("The rule is set: %(rule)s.") % {"rule": rule_label(rule)}
                messages.success(request, said)
                return redirect(_back(place))
    context = {
        "form": form,
        "rule": rule_label(rule),
        "place": place_label(place),
        "may_look": company.is_lender,
        "found": found,
        "refused": len(found.refused) if found else 0,
        "limit": figures_in_words(_preset_figures(place, rule, today)),
        "back": _back(place),
    }
    status = 422 if form.errors else 200
    return render(request, "collection/contact_rule.html", context, status=status)


def _yesterday(company: Company, proposal: Proposal, today: date) -> Replay:
    """What yesterday's contacts would have got with the figures that are typed."""
    return replay(
        company=company,
        day=today - timedelta(days=1),
        rules_on=today,
        proposal=proposal,
        most=MOST_REPLAYED,
    )


def _back(place: str) -> str:
    return f"{reverse('contact:rules')}?place={place}"


@dataclass(frozen=True, slots=True)
class YearLine:
    """How well the holidays of a jurisdiction are known for a year."""

    place: str
    year: int
    days: int
    known: Text
    tone: Tone


@for_roles(*READERS, writes=(ADMIN,))
@require_http_methods(["GET", "HEAD", "POST"])
def days_off(request: HttpRequest) -> HttpResponse:
    """The company's own say on holidays, and what the calendars know."""
    user = cast("Request", request).user
    today = business_date(user.company)
    form = DayOffForm(
        request.POST or None,
        initial={"jurisdiction": code_of(user.company.jurisdiction), "is_holiday": "yes"},
    )
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            set_day_off(
                company=user.company,
                jurisdiction=facts["jurisdiction"],
                on=facts["on"],
                is_holiday=facts["is_holiday"] == "yes",
                name=facts["name"],
                by=user,
            )
        except ValidationError as error:
            put_refusal(form, error)
        else:
            messages.success(request, _("The day is entered."))
            return redirect("contact:days-off")
    rows = DayOff.objects.filter(company=user.company).order_by("-on", "jurisdiction")
    context = {
        "form": form if user.has_role(ADMIN) else None,
        "rows": [(row, place_label(row.jurisdiction)) for row in rows[:MOST_VERSIONS]],
        "years": _years((today.year, today.year + 1)),
        "today": today,
    }
    status = 422 if form.errors else 200
    return render(request, "collection/days_off.html", context, status=status)


def _years(years: Sequence[int]) -> list[YearLine]:
    lines = []
    for place in JURISDICTIONS:
        for year in years:
            found = holiday_year(place, year)
            known, tone = _known(found.known)
            lines.append(YearLine(place_label(place), year, len(found.names), known, tone))
    return lines


def _known(known: str) -> tuple[Text, Tone]:
    if known == UNKNOWN:
        return _("not known: enter them here"), "bad"
    if known == BY_LAW:
        return _("by law only: moved days are still to be announced"), "warn"
    return _("published"), "ok"
