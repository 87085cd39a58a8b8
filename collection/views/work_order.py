"""The company's figures of the daily work on screen, with what the order would be under them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from collection.models import Assignment, WorkSettings
from collection.ranking import Rank, Weights
from collection.ranking_sql import Placed, first_under
from collection.views.worth import Worth
from collection.work_settings import (
    FIELDS,
    LONGEST_WAIT,
    change_work_settings,
    weights_of,
    work_settings,
)
from tenancy.access import for_roles
from tenancy.form_fields import MoneyField
from tenancy.formats import money
from tenancy.forms import freeze, put_refusal
from tenancy.http import Request
from tenancy.models import Role
from tenancy.night import business_date
from tenancy.screen import Text
from tenancy.stale import Stale, last_change

ADMIN = Role.COMPANY_ADMIN
SIZE = 10
"""How many cases the preview shows."""
ORDERED = (Rank.NEW, Rank.DUE)
"""The ranks that the figures put in order; what is before them has a moment of its own."""


def _percent(label: Any, help_text: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, help_text=help_text, min_value=0, max_value=100, decimal_places=2
    )


def _days(label: Any, help_text: Any, least: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=least, max_value=LONGEST_WAIT
    )


class OrderForm(forms.Form):
    """What orders the worklist."""

    score_weight = _percent(
        gettext_lazy("How much the collection score counts, in percent"),
        gettext_lazy("100: outstanding times score. 0: the outstanding amount alone."),
    )
    unknown_score = forms.IntegerField(
        label=gettext_lazy("Score of a case that has none"),
        help_text=gettext_lazy("0 to 1,000; higher is more likely to pay."),
        min_value=0,
        max_value=1000,
    )
    touch_weight = _percent(
        gettext_lazy("How much more an untouched case counts, in percent"),
        gettext_lazy("In full once it counts as untouched; before that by the days."),
    )
    untouched_days = _days(
        gettext_lazy("Untouched after so many whole days"),
        gettext_lazy("Then the case stands before all that is ordered by value."),
        1,
    )


class FiguresForm(OrderForm):
    """All figures of the daily work."""

    promise_grace_days = _days(
        gettext_lazy("Days a promise may be late"),
        gettext_lazy("Money that comes within them still keeps it."),
        0,
    )
    promise_tolerance = _percent(
        gettext_lazy("By how much a promise may fall short, in percent"),
        gettext_lazy("So much less still counts as kept."),
    )
    promise_within_days = _days(gettext_lazy("How many days ahead a promise may be due"), "", 1)
    high_amount = MoneyField(label=gettext_lazy("High amount from"), min_value=Decimal(0))
    second_person_above = MoneyField(
        label=gettext_lazy("A second person books by hand above"), min_value=Decimal(0)
    )

    def clean(self) -> dict[str, Any]:
        """One figure is written in one way, so that 5 and 5.00 are no change."""
        super().clean()
        return {name: _written(value) for name, value in self.cleaned_data.items()}


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A case of the preview."""

    borrower: str
    loan_no: str
    reason: Text
    value: str
    why: str


@for_roles(ADMIN, Role.AUDITOR, writes=(ADMIN,))
@require_http_methods(["GET", "HEAD", "POST"])
def figures(request: Request) -> HttpResponse:
    """Show the figures and what comes first under them; an admin changes them."""
    user = request.user
    settings = work_settings(user.company)
    form = FiguresForm(request.POST or None, initial=_facts(settings))
    if not user.has_role(ADMIN):
        freeze(form)
    stale, differences = Stale(form), []
    if request.method == "POST" and form.is_valid():
        differences = stale.weigh(request.POST)
        if not differences and _saved(request, form):
            return redirect("work:figures")
    context = {
        "form": form,
        "is_admin": user.has_role(ADMIN),
        "currency": user.company.currency,
        "seen": stale.seen,
        "differences": differences,
        "changed_last": last_change(settings) if differences else None,
        "lines": _preview(request, weights_of(settings)),
    }
    status = 409 if differences else 422 if form.errors else 200
    return render(request, "collection/work_figures.html", context, status=status)


@for_roles(ADMIN, Role.AUDITOR)
@require_safe
def preview(request: Request) -> HttpResponse:
    """The first cases under the figures that are typed; nothing is saved."""
    form = OrderForm(request.GET)
    if not form.is_valid():
        return render(request, "collection/work_preview.html", {"unreadable": True})
    lines = _preview(request, Weights(**form.cleaned_data))
    return render(request, "collection/work_preview.html", {"lines": lines})


def _facts(settings: WorkSettings) -> dict[str, Any]:
    return {name: _written(getattr(settings, name)) for name in FIELDS}


def _written(value: Any) -> Any:
    if not isinstance(value, Decimal):
        return value
    return value.quantize(Decimal(1) if value == value.to_integral_value() else Decimal("0.01"))


def _saved(request: Request, form: FiguresForm) -> bool:
    facts = {name: form.cleaned_data[name] for name in FIELDS}
    try:
        change_work_settings(company=request.user.company, by=request.user, facts=facts)
    except ValidationError as error:
        put_refusal(form, error)
        return False
    messages.success(request, _("Saved. The worklists are in their new order."))
    return True


def _preview(request: Request, weights: Weights) -> list[PreviewLine]:
    company = request.user.company
    on = business_date(company)
    found = first_under(company=company, on=on, weights=weights, ranks=ORDERED, size=SIZE)
    facts = Assignment.objects.filter(pk__in=[each.assignment_id for each in found])
    columns = ("case__borrower_name", "case__loan_no", "case__loan__collection_score")
    by_id = {row["pk"]: row for row in facts.values("pk", *columns)}
    worth = Worth(weights)
    return [_line(each, by_id[each.assignment_id], worth) for each in found]


def _line(placed: Placed, facts: dict[str, Any], worth: Worth) -> PreviewLine:
    score = facts["case__loan__collection_score"]
    return PreviewLine(
        borrower=facts["case__borrower_name"] or facts["case__loan_no"],
        loan_no=facts["case__loan_no"],
        reason=Assignment.Rank(placed.rank).label,
        value=money(placed.value),
        why=worth.why(placed.outstanding, score, placed.idle_days),
    )
