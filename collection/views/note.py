"""Writing a note: the form on the case's page or in a panel, and what comes of sending it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.models import Case, ContactPoint
from collection.case_page import CasePage
from collection.forms import NoteForm
from collection.models import Assignment, Note
from collection.note_words import told
from collection.notes import NewerNotes, write_note
from collection.views.case import case_answer, doing_of, read_case
from collection.views.context import Place, place_of
from collection.views.note_forms import empty_form, may_share, note_form
from collection.visibility import WORKS_CASES, visible_cases
from tenancy.access import for_roles
from tenancy.forms import put_refusal
from tenancy.http import Request
from tenancy.night import business_date


@for_roles(*WORKS_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: Request, uid: UUID) -> HttpResponse:
    """Write a note. The form stands on the case's page; where that is too narrow, in a panel.

    `then` says what comes after: the next case of the list, or this one again. `corrects` in the
    address names the note that this one corrects.
    """
    if request.method == "POST":
        return _sent(request, uid)
    page = read_case(request, uid).page
    doing = doing_of(request.user, page)
    if not doing.note:
        raise PermissionDenied
    form = empty_form(user=request.user, page=page, share=doing.share)
    if asked := request.GET.get("corrects", ""):
        form.initial["corrects"] = _corrected(request, page.case, asked).uid
    return _panel(request, page, form, 200)


def _sent(request: Request, uid: UUID) -> HttpResponse:
    """Write what was sent; the page is read only where it has to be shown again."""
    case = visible_cases(request.user).filter(uid=uid).first()
    if case is None:
        raise Http404
    if case.closed_on is not None:
        raise PermissionDenied
    form = note_form(
        user=request.user,
        points=list(ContactPoint.objects.filter(borrower=case.borrower_id)),
        share=may_share(request.user, case),
        data=request.POST,
        files=request.FILES,
    )
    if form.is_valid():
        try:
            return _write(request, case, form)
        except ValidationError as error:
            put_refusal(form, error)
        except NewerNotes as newer:
            form.show_newer([told(each, request.user.company) for each in newer.notes])
            # Saved again, it knows them.
            form.data = form.data.copy() | {"knew": str(newer.notes[0].uid)}
    return _again(request, uid, form)


def _again(request: Request, uid: UUID, form: NoteForm) -> HttpResponse:
    """The form with what was typed and what is wrong, or new, where it was sent from."""
    seen = read_case(request, uid)
    if request.POST.get("from") == "panel":
        return _panel(request, seen.page, form, form.status)
    return case_answer(request, seen, form)


def _write(request: Request, case: Case, form: NoteForm) -> HttpResponse:
    typed, goes_on = form.cleaned_data, request.POST.get("then") == "next"
    # The note moves the case down the list: its neighbours are those it had before.
    place = _place(request, case) if goes_on else None
    write_note(
        company=request.user.company,
        case=case,
        by=request.user,
        disposition=typed["disposition"],
        remark=typed["remark"],
        next_action=typed["next_action"],
        next_action_at=typed["next_action_at"],
        shared=typed.get("shared", False),
        form_key=typed["form_key"],
        channel=typed["channel"],
        contact_point=form.point,
        overdue_reason=typed["overdue_reason"],
        facts=form.facts,
        corrects=_corrected(request, case, typed["corrects"]) if typed["corrects"] else None,
        try_uid=typed["try_uid"],
        files=typed["files"],
        knew=typed["knew"] if "knew" in request.POST else False,
    )
    # The tag tells the script that the draft of this case has become a note.
    saved = _("Note saved: %(loan_no)s.") % {"loan_no": case.loan_no}
    messages.success(request, saved, extra_tags=f"saved-{case.uid}")
    if place is None:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(reverse("work:case", args=[case.uid]) + query)
    if place.next:
        return redirect(place.next)
    messages.info(request, _("That was the last case of the list."))
    return redirect(place.back)


def _place(request: Request, case: Case) -> Place:
    user = request.user
    desk = Assignment.objects.filter(case=case, company=user.company, ended_at=None).first()
    on = business_date(user.company)
    return place_of(user=user, case=case, desk=desk, params=request.GET, on=on)


def _corrected(request: Request, case: Case, uid: UUID | str) -> Note:
    """The company's note that is corrected; any other is 404."""
    try:
        return Note.objects.get(case=case, company=request.user.company, uid=uid)
    except (Note.DoesNotExist, ValidationError) as error:
        raise Http404 from error


def _panel(request: Request, page: CasePage, form: NoteForm, status: int) -> HttpResponse:
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    back = reverse("work:case", args=[page.case.uid]) + query
    context = {"form": form, "case": page.case, "back": back, "in_panel": True}
    return render(request, "collection/note_panel.html", context, status=status)
