"""Sealed remarks: an agency's auditor looks at what was written on a case that went back."""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from agencies.models import Placement
from collection.sealed import notes_left, open_sealed, past_placements
from tenancy.access import for_roles
from tenancy.filtering import Filter, FilterBar
from tenancy.forms import put_refusal
from tenancy.http import Request
from tenancy.models import Company, Role
from tenancy.screen import Empty

AGENCY = (Company.Kind.AGENCY.value,)


class ReasonForm(forms.Form):
    """Why somebody looks; it is kept."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("It is kept with your name."),
    )


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay that is over, and how many remarks the agency's people left on it."""

    placement: Placement
    remarks: int


@for_roles(Role.AUDITOR, kinds=AGENCY)
@require_safe
def sealed(request: Request) -> HttpResponse:
    """Find a case that went back, by its whole loan number."""
    bar = FilterBar([Filter(name="loan", label=_("Loan no"), kind="text")], request.GET)
    loan_no = bar.text("loan").replace("\x00", "")
    stays = _stays(request.user.company, loan_no) if loan_no.strip() else []
    empty = Empty(
        title=_("No case of this number has gone back") if loan_no else _("Which case?"),
        text=_("Type the whole loan number of a case that your company no longer holds."),
    )
    context = {"bar": bar, "stays": stays, "empty": empty, "form": ReasonForm()}
    return render(request, "collection/sealed.html", context)


@for_roles(Role.AUDITOR, kinds=AGENCY)
@require_POST
@never_cache
def opened(request: Request, package: UUID) -> HttpResponse:
    """Show the remarks on one case of a package, once, for a reason."""
    agency = request.user.company
    stays = _stays(agency, request.POST.get("loan", "").replace("\x00", ""))
    stay = next((each for each in stays if each.placement.package.uid == package), None)
    if stay is None:
        raise Http404
    form, remarks, status = ReasonForm(request.POST), None, 422
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            remarks = open_sealed(
                agency=agency, placement=stay.placement, reason=reason, by=request.user
            )
            status = 200
        except ValidationError as error:
            put_refusal(form, error)
    context = {"stay": stay, "remarks": remarks, "form": form}
    return render(request, "collection/sealed_opened.html", context, status=status)


def _stays(agency: Company, loan_no: str) -> list[Stay]:
    found = past_placements(agency=agency, loan_no=loan_no)
    counts = notes_left(agency=agency, case_ids=[each.case_id for each in found])
    return [Stay(each, counts[each.case_id]) for each in found]
