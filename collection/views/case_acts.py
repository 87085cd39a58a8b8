"""Done on a case beside writing notes, with a reason: seeing a masked number, reopening it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cases.models import Case, ContactPoint
from cases.showing import show_id_number, show_phone
from collection.contact_points import reopen_point
from collection.visibility import MOVES_CASES, SHOWS_NUMBERS, visible_cases
from tenancy.access import for_roles
from tenancy.http import Request


def _case(request: Request, uid: UUID) -> Case:
    found = visible_cases(request.user).filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


@for_roles(*SHOWS_NUMBERS)
@require_POST
@never_cache
def phone(request: Request, uid: UUID, point: UUID) -> HttpResponse:
    """Show a phone number in full, for a reason, which is kept."""
    the_case = _case(request, uid)
    reason = request.POST.get("reason", "")
    try:
        number = show_phone(case=the_case, contact_point=point, reason=reason, by=request.user)
    except ContactPoint.DoesNotExist as error:
        raise Http404 from error
    except ValidationError as error:
        return _unseen(request, the_case, error)
    return _seen(request, the_case, number, f"cp-{point}", _("phone number"))


@for_roles(*SHOWS_NUMBERS)
@require_POST
@never_cache
def id_number(request: Request, uid: UUID) -> HttpResponse:
    """Show the borrower's id number in full, for a reason, which is kept."""
    the_case = _case(request, uid)
    try:
        number = show_id_number(
            case=the_case, reason=request.POST.get("reason", ""), by=request.user
        )
    except ValidationError as error:
        return _unseen(request, the_case, error)
    return _seen(request, the_case, number, "id-number", _("ID number"))


@for_roles(*MOVES_CASES)
@require_POST
def reopen(request: Request, uid: UUID, point: UUID) -> HttpResponse:
    """Open the borrower's own contact point again, because the borrower wrote so."""
    the_case = _case(request, uid)
    found = ContactPoint.objects.filter(uid=point, borrower_id=the_case.borrower_id).first()
    if found is None:
        raise Http404
    try:
        reopen_point(
            company=request.user.company,
            case=the_case,
            point=found,
            by=request.user,
            reason=request.POST.get("reason", ""),
        )
    except ValidationError as error:
        return _unseen(request, the_case, error)
    messages.success(request, _("The contact point is open again."))
    return redirect("work:case", uid=the_case.uid)


def _seen(request: Request, the_case: Case, number: str, place: str, what: str) -> HttpResponse:
    """The value: in its place for htmx, else on a page of its own."""
    alone = request.headers.get("HX-Request") == "true"
    template = "parts/revealed.html" if alone else "collection/revealed.html"
    context = {"value": number, "id": place, "what": what, "case": the_case}
    return render(request, template, context)


def _unseen(request: Request, the_case: Case, error: ValidationError) -> HttpResponse:
    messages.error(request, " ".join(error.messages))
    return redirect("work:case", uid=the_case.uid)
