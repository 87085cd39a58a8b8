"""What is done on a case's page: writing a note, looking at a masked number with a reason."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cases.models import Case, ContactPoint
from cases.showing import show_id_number, show_phone
from collection.case_page import CasePage
from collection.forms import NoteForm
from collection.notes import write_note
from collection.views.case import (
    Seen,
    case_answer,
    doing_of,
    note_form,
    place_in_list,
    read_case,
)
from collection.visibility import SHOWS_NUMBERS, WORKS_CASES, visible_cases
from tenancy.access import for_roles
from tenancy.forms import put_refusal
from tenancy.http import Request


@for_roles(*WORKS_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: Request, uid: UUID) -> HttpResponse:
    """Write a note. The form stands on the case's page; where that is too narrow, in a panel.

    `then` says what comes after: the next case of the list, or this one again.
    """
    seen = read_case(request, uid)
    page, doing = seen.page, doing_of(request.user, seen.page)
    if not doing.note:
        raise PermissionDenied
    if request.method != "POST":
        return _panel(request, page, note_form(doing), 200)
    form = note_form(doing, request.POST)
    if form.is_valid():
        try:
            return _write(request, seen, form)
        except ValidationError as error:
            put_refusal(form, error)
    if request.POST.get("from") == "panel":
        return _panel(request, page, form, 422)
    return case_answer(request, seen, form)


def _write(request: Request, seen: Seen, form: NoteForm) -> HttpResponse:
    # The note moves the case down the list: its neighbours are those it had before.
    place, page = place_in_list(request, seen), seen.page
    facts = form.cleaned_data
    write_note(
        company=request.user.company,
        case=page.case,
        by=request.user,
        disposition=facts["disposition"],
        remark=facts["remark"],
        next_action=facts["next_action"],
        next_action_at=facts["next_action_at"],
        shared=facts.get("shared", False),
        form_key=facts["form_key"],
    )
    # The tag tells the script that the draft of this case has become a note.
    told = _("Note saved: %(loan_no)s.") % {"loan_no": page.case.loan_no}
    messages.success(request, told, extra_tags=f"saved-{page.case.uid}")
    if request.POST.get("then") != "next":
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(reverse("work:case", args=[page.case.uid]) + query)
    if place.next:
        return redirect(place.next)
    messages.info(request, _("That was the last case of the list."))
    return redirect(place.back)


def _panel(request: Request, page: CasePage, form: NoteForm, status: int) -> HttpResponse:
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    back = reverse("work:case", args=[page.case.uid]) + query
    context = {"form": form, "case": page.case, "back": back, "in_panel": True}
    return render(request, "collection/note_panel.html", context, status=status)


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


def _seen(request: Request, the_case: Case, number: str, place: str, what: str) -> HttpResponse:
    """The value: in its place for htmx, else on a page of its own."""
    alone = request.headers.get("HX-Request") == "true"
    template = "parts/revealed.html" if alone else "collection/revealed.html"
    context = {"value": number, "id": place, "what": what, "case": the_case}
    return render(request, template, context)


def _unseen(request: Request, the_case: Case, error: ValidationError) -> HttpResponse:
    messages.error(request, " ".join(error.messages))
    return redirect("work:case", uid=the_case.uid)
