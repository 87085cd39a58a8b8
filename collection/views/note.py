"""Writing a note: the form on the case's page or in a panel, and what comes of sending it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import Http404, HttpResponse, QueryDict
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
from collection.visibility import WORKS_CASES, desks_in_sight, visible_cases
from tenancy.access import for_roles
from tenancy.forms import put_refusal
from tenancy.http import Request
from tenancy.models import NightStep


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


@dataclass(frozen=True, slots=True)
class _Found:
    """The case of a note, on which desk of the company, whom it is about, the business date."""

    case: Case
    desk: Assignment | None
    point: ContactPoint | None
    on: date


def _find(request: Request, uid: UUID) -> _Found:
    """All of it in one query where the case is on a desk; a case out of sight is 404."""
    user, whom = request.user, request.POST.get("contact_point", "")
    desk = _with_point(
        Assignment.objects.filter(
            desks_in_sight(user), company=user.company, case__uid=uid, ended_at=None
        ).select_related("case"),
        "case__borrower",
        whom,
    ).first()
    found: Any = desk or _with_point(visible_cases(user).filter(uid=uid), "borrower", whom).first()
    if found is None:
        raise Http404
    return _Found(
        case=desk.case if desk else found,
        desk=desk,
        point=ContactPoint(**found.whom) if found.whom else None,
        on=found.opened or user.company.local_date(),
    )


def _with_point(rows: QuerySet[Any], borrower: str, whom: str) -> QuerySet[Any]:
    """The rows with what the note needs of the contact point, and the date last opened."""
    chosen = ContactPoint.objects.filter(borrower=OuterRef(borrower), uid=_uid(whom) or NOBODY)
    columns = {name: F(name) for name in POINT_COLUMNS}
    nights = NightStep.objects.filter(done_at__isnull=False).order_by("-business_date")
    annotated: QuerySet[Any] = rows.annotate(
        whom=Subquery(chosen.values(row=JSONObject(**columns))),
        opened=Subquery(nights.values("business_date")[:1]),
    )
    return annotated


POINT_COLUMNS = ("id", "borrower_id", "relation", "kind", "person_name", "state")
"""What a note and its effects read of a contact point."""


NOBODY = UUID(int=0)


def _uid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _sent(request: Request, uid: UUID) -> HttpResponse:
    """Write what was sent; the page is read only where it has to be shown again."""
    found = _find(request, uid)
    if found.case.closed_on is not None:
        raise PermissionDenied
    form = note_form(
        user=request.user,
        points=[found.point] if found.point else [],
        share=may_share(request.user, found.case),
        data=request.POST,
        files=request.FILES,
    )
    newer: Sequence[Note] = ()
    if form.is_valid():
        try:
            return _write(request, found, form, _earlier(request, found, form))
        except ValidationError as error:
            put_refusal(form, error)
        except NewerNotes as raised:
            newer = raised.notes
    return _again(request, uid, form, newer)


def _again(request: Request, uid: UUID, form: NoteForm, newer: Sequence[Note]) -> HttpResponse:
    """The form with what was typed and what is wrong, or new, where it was sent from."""
    seen = read_case(request, uid)
    form.offer(seen.page.contact_points)
    if newer:
        form.show_newer([told(each, request.user.company) for each in newer], newer[0].uid)
    if request.POST.get("from") == "panel":
        # A panel takes in what is refused, and nothing else (htmx-config of the document).
        return _panel(request, seen.page, form, 422)
    return case_answer(request, seen, form)


def _earlier(request: Request, found: _Found, form: NoteForm) -> Note | None:
    """The note that is corrected; ValidationError for it or for whom, where they are not there."""
    uid, whom = form.cleaned_data["corrects"], form.cleaned_data["contact_point"]
    if whom and found.point is None:
        said = _("Choose a contact point of this borrower.")
        raise ValidationError({"contact_point": said})
    if uid is None:
        return None
    try:
        return _corrected(request, found.case, uid)
    except Http404 as error:
        said = _("A correction refers to a note of your company on this case.")
        raise ValidationError(said) from error


def _write(request: Request, found: _Found, form: NoteForm, corrects: Note | None) -> HttpResponse:
    typed, user, case = form.cleaned_data, request.user, found.case
    goes_on = request.POST.get("then") == "next"
    # The note moves the case down the list: its neighbours are those it had before.
    place = (
        place_of(user=user, case=case, desk=found.desk, params=_of_list(request), on=found.on)
        if goes_on
        else None
    )
    write_note(
        company=user.company,
        case=case,
        by=user,
        disposition=typed["disposition"],
        remark=typed["remark"],
        next_action=typed["next_action"],
        next_action_at=typed["next_action_at"],
        shared=typed.get("shared", False),
        form_key=typed["form_key"],
        channel=typed["channel"],
        contact_point=found.point,
        overdue_reason=typed["overdue_reason"],
        facts=form.facts,
        corrects=corrects,
        try_uid=typed["try_uid"],
        files=typed["attachments"],
        knew=typed["knew"] if "knew" in request.POST else False,
        on=found.on,
    )
    # The tag tells the script that the draft of this case has become a note.
    saved = _("Note saved: %(loan_no)s.") % {"loan_no": case.loan_no}
    messages.success(request, saved, extra_tags=f"saved-{case.uid}")
    return _onward(request, case, place)


def _onward(request: Request, case: Case, place: Place | None) -> HttpResponse:
    """To the next case of the list, to the list at its end, or to this case again."""
    if place is None:
        return redirect(_address(request, case))
    if place.next:
        return redirect(place.next)
    messages.info(request, _("That was the last case of the list."))
    return redirect(place.back)


def _of_list(request: Request) -> QueryDict:
    """What the address says of the list that one came from, and nothing of this form."""
    params = request.GET.copy()
    params.pop("corrects", None)
    return params


def _address(request: Request, case: Case) -> str:
    """The case's page, in the list that one came from."""
    query = _of_list(request).urlencode()
    return reverse("work:case", args=[case.uid]) + (f"?{query}" if query else "")


def _corrected(request: Request, case: Case, uid: UUID | str) -> Note:
    """The company's note that is corrected; any other is 404."""
    try:
        return Note.objects.get(case=case, company=request.user.company, uid=uid)
    except (Note.DoesNotExist, ValidationError) as error:
        raise Http404 from error


def _panel(request: Request, page: CasePage, form: NoteForm, status: int) -> HttpResponse:
    back = _address(request, page.case)
    context = {"form": form, "case": page.case, "back": back, "in_panel": True}
    return render(request, "collection/note_panel.html", context, status=status)
