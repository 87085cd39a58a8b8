"""The gate on a case: reserving a contact before it is made, and giving up what came to nothing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cases.models import Case, ContactPoint
from cases.showing import show_phone
from collection import gate
from collection.gate_actions import CHANNELS, denied_button
from collection.models import ContactTry
from collection.visibility import WORKS_CASES, visible_cases
from tenancy.access import for_roles, sees_all
from tenancy.http import Request
from tenancy.models import Role, User
from tenancy.screen import Denied, Empty

Purpose = ContactTry.Purpose
BY_HAND = (Purpose.COLLECT, Purpose.REMINDER)
"""What the buttons of a case contact somebody for."""
FORGOTTEN_AFTER = timedelta(minutes=15)
"""A contact that is reserved for longer is probably one that nobody settled."""
MOST_SHOWN = 200


@for_roles(*WORKS_CASES)
@require_POST
@never_cache
def contact(request: Request, uid: UUID) -> HttpResponse:
    """Ask the gate for a contact by hand; let through, the number is shown once.

    A refusal is an answer (422), so that it stays in the case's history.
    """
    case = visible_cases(request.user).filter(uid=uid).first()
    if case is None:
        raise Http404
    point, channel = _point(case, request.POST.get("point", "")), request.POST.get("channel", "")
    purpose = request.POST.get("purpose") or Purpose.COLLECT
    known = point is not None and channel in CHANNELS.get(point.kind, ())
    if point is None or not known or purpose not in BY_HAND:
        unknown = Denied(id="gate-none", label="", reason=_("The case has no such contact point."))
        return _answer(request, "refused", 422, case=case, point=point, denied=unknown)
    try:
        made = gate.reserve(
            user=request.user, case=case, channel=channel, point=point, purpose=purpose
        )
    except gate.Denied as refused:
        denied = denied_button(case, point, channel, refused.decision)
        return _answer(request, "refused", 422, case=case, point=point, denied=denied)
    reason = _("%(channel)s, let through by the gate") % {"channel": made.get_channel_display()}
    number = show_phone(case=case, contact_point=point.uid, reason=reason, by=request.user)
    return _answer(request, "reserved", 200, case=case, point=point, made=made, number=number)


def _point(case: Case, uid: str) -> ContactPoint | None:
    try:
        return ContactPoint.objects.filter(uid=uid, borrower_id=case.borrower_id).first()
    except ValidationError:
        return None


def _answer(request: Request, what: str, status: int, **context: object) -> HttpResponse:
    """In place of the buttons for htmx, else on a page of its own."""
    alone = request.headers.get("HX-Request") == "true"
    part = f"collection/parts/gate_{what}.html"
    template = part if alone else "collection/gate_answer.html"
    return render(request, template, context | {"part": part}, status=status)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reservation that nobody has settled. case_uid "": its case is seen no more."""

    made: ContactTry
    case_uid: str
    loan_no: str


def waiting_tries(user: User) -> QuerySet[ContactTry]:
    """The company's reservations that the person may give up: a collector's are the own ones.

    A lead has those on the cases in sight as well, an admin all.
    """
    tries = ContactTry.objects.filter(company=user.company, state=ContactTry.State.RESERVED)
    if sees_all(user):
        return tries
    if user.has_role(Role.TEAM_LEAD):
        return tries.filter(Q(by_id=user.pk) | Q(case_id__in=visible_cases(user).values("pk")))
    return tries.filter(by_id=user.pk)


@for_roles(*WORKS_CASES)
@require_safe
def reserved(request: HttpRequest) -> HttpResponse:
    """Contacts that were let through and not settled: they count until they are given up."""
    user = cast("Request", request).user
    rows = list(waiting_tries(user).order_by("at", "pk")[:MOST_SHOWN])
    seen = dict(
        visible_cases(user).filter(pk__in={row.case_id for row in rows}).values_list("pk", "uid")
    )
    numbers = dict(
        Case.objects.filter(pk__in={row.case_id for row in rows}).values_list("pk", "loan_no")
    )
    waiting = [
        Waiting(row, str(seen.get(row.case_id, "")), numbers.get(row.case_id, "")) for row in rows
    ]
    context = {
        "waiting": waiting,
        "forgotten": timezone.now() - FORGOTTEN_AFTER,
        "empty": Empty(
            title=_("No contact is in progress"),
            text=_("A contact that was let through stands here until somebody says how it ended."),
        ),
    }
    return render(request, "collection/contact_reserved.html", context)


@for_roles(*WORKS_CASES)
@require_POST
def give_up(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Release a reservation, for a reason."""
    user = cast("Request", request).user
    made = get_object_or_404(waiting_tries(user), uid=uid)
    try:
        gate.release(
            company=user.company, uid=made.uid, reason=request.POST.get("reason", ""), by=user
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The contact is given up; it counts no more."))
    return redirect(reverse("contact:reserved"))
