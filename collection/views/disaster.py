"""A natural disaster's hold on a region: how many cases it covers, confirm, done."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cases.import_access import LENDERS
from cases.region_holds import RegionSize, checked_end, open_region_hold, region_size
from collection.hold_forms import DisasterForm
from tenancy.access import for_roles
from tenancy.formats import count
from tenancy.forms import put_refusal
from tenancy.http import Request
from tenancy.models import Role
from tenancy.night import business_date

ACT = "open"


@for_roles(Role.COMPANY_ADMIN, kinds=LENDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def disaster(request: Request) -> HttpResponse:
    """The panel that holds a region; it asks again until the region confirmed was shown."""
    on = business_date(request.user.company)
    data = request.POST.copy()
    form = DisasterForm(data if request.method == "POST" else None)
    size: RegionSize | None = None
    if request.method == "POST" and form.is_valid():
        try:
            shown = _key(form)
            if request.POST.get("act") == ACT and form.cleaned_data["seen"] == shown:
                return _open(request, form, on)
            size = _size(request, form, on)
            data["seen"] = shown
        except ValidationError as error:
            put_refusal(form, error)
    context = {"form": form, "size": size, "back": reverse("work:holds")}
    context["currency"] = request.user.company.currency
    status = 422 if form.errors else 200
    return render(request, "collection/hold_disaster.html", context, status=status)


def _key(form: DisasterForm) -> str:
    """What was shown: another region or end is to be looked at first."""
    return f"{form.cleaned_data['region']}|{form.cleaned_data['ends_on'] or ''}"


def _size(request: Request, form: DisasterForm, on: date) -> RegionSize:
    return region_size(
        company=request.user.company,
        region=form.cleaned_data["region"],
        starts_on=on,
        ends_on=checked_end(on, form.cleaned_data["ends_on"]),
    )


def _open(request: Request, form: DisasterForm, on: date) -> HttpResponse:
    opened = open_region_hold(
        company=request.user.company,
        region=form.cleaned_data["region"],
        starts_on=on,
        ends_on=form.cleaned_data["ends_on"],
        reason=form.cleaned_data["reason"],
        by=request.user,
    )
    text = ngettext("%(n)s case is on hold.", "%(n)s cases are on hold.", opened)
    messages.success(request, text % {"n": count(opened)})
    return redirect(reverse("work:holds") + "?kind=disaster")
