"""Skipping a case on screen: the panel that asks why, then the next case of the list."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from collection.skipping import LONGEST, WHY, skip_case
from collection.views.case import Seen, place_in_list, read_case
from collection.visibility import WORKS_CASES
from tenancy.access import for_roles
from tenancy.forms import put_refusal
from tenancy.http import Request

FROM_LIST = "list"
"""`from` says that one skips in the list itself and goes back to it."""


class SkipForm(forms.Form):
    """Why the case is skipped."""

    why = forms.ChoiceField(
        label=gettext_lazy("Why"), choices=tuple(WHY.items()), widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("In words"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@for_roles(*WORKS_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def skip(request: Request, uid: UUID) -> HttpResponse:
    """Ask why, put the case behind the others of its rank, and go on."""
    seen = read_case(request, uid)
    form = SkipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _skip(request, seen, form)
        except ValidationError as error:
            put_refusal(form, error)
    context = {"form": form, "case": seen.page.case, "back": _case_address(request, seen)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "collection/skip.html", context, status=status)


def _skip(request: Request, seen: Seen, form: SkipForm) -> HttpResponse:
    # Skipping moves the case down the list: its neighbours are those it had before.
    place, case = place_in_list(request, seen), seen.page.case
    skip_case(company=request.user.company, case=case, by=request.user, **form.cleaned_data)
    messages.success(request, _("Skipped for today: %(loan_no)s.") % {"loan_no": case.loan_no})
    if request.GET.get("from") != FROM_LIST and place.next:
        return redirect(place.next)
    return redirect(place.back)


def _case_address(request: Request, seen: Seen) -> str:
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return reverse("work:case", args=[seen.page.case.uid]) + query
