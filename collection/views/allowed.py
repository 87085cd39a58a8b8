"""What may be done with a case's contact points now: asked by the page once it stands.

Windows open and caps fill while the page is open, so this part is asked again every minute; the
page itself does not wait for it. Along come the moments on which the next action would fall, by
disposition, for the note as it stands in the form: they rest on the same facts.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.models import Case, ContactPoint
from collection.case_page import contact_points_of
from collection.dispositions import dispositions_in_use
from collection.gate import Asker, Known, look
from collection.gate_actions import Action, Channel, open_try, permitted_actions
from collection.models import ContactTry, Disposition, Note
from collection.next_moment import Noted, moments_of
from collection.outside import told_before
from collection.visibility import WORKS_CASES, may_work, visible_cases
from tenancy.access import for_roles
from tenancy.crossing import NoProof
from tenancy.http import Request

SELF, Purpose = ContactPoint.Relation.SELF, ContactTry.Purpose


OF_NOTE = ("note_channel", "note_whom", "note_try", "note_corrects")
"""What the script tells of the note in the form: the values of its fields, as they are there."""


@for_roles(*WORKS_CASES)
@require_safe
@never_cache
def allowed(request: Request, uid: UUID) -> HttpResponse:
    """The buttons of each contact point, why the borrower may not be called, the next moments."""
    user = request.user
    case = visible_cases(user).filter(uid=uid).first()
    if case is None:
        raise Http404
    points = contact_points_of(case)
    codes = dispositions_in_use() if case.closed_on is None and may_work(user) else []
    noted = _noted(request, case, points)
    known = _known(noted, codes)
    actions = (
        permitted_actions(user=user, case=case, points=points, at=noted.at, known=known)
        if known
        else {}
    )
    in_progress = open_try(user=user, case=case)
    # The number of a contact in progress stands where its buttons were.
    busy = in_progress.contact_point_id if in_progress else None
    own_calls = _calls(actions, [point.pk for point in points if point.relation == SELF])
    open_calls = [action for action in own_calls if action.allowed]
    query = _of_list(request).urlencode()
    context = {
        "case": case,
        "query": f"?{query}" if query else "",
        "actions": [each for pk, each in actions.items() if pk != busy],
        "in_progress": in_progress,
        "first_call": open_calls[0].point if open_calls else "",
        "denied": own_calls[0].denied if own_calls and not open_calls else None,
        "title": _("No call to the borrower now"),
        "moments": _moments(request, noted, codes, known),
    }
    return render(request, "collection/parts/allowed.html", context)


def _of_list(request: Request) -> QueryDict:
    """What the address says of the list that one came from."""
    params = request.GET.copy()
    for name in OF_NOTE:
        params.pop(name, None)
    return params


def _noted(request: Request, case: Case, points: Sequence[ContactPoint]) -> Noted:
    """The note as it would be if it were saved now."""
    channel, whom, tried, corrects = (request.GET.get(name, "") for name in OF_NOTE)
    point = next((each for each in points if str(each.uid) == whom), None)
    channel = channel if channel in Note.Channel.values else Note.Channel.CALL
    settles = _uid(tried)
    if settles is None and (corrected := _uid(corrects)) is not None:
        note = Note.objects.filter(case=case, company=request.user.company, uid=corrected).first()
        told = told_before(note, point, channel)
        settles = told.uid if told else None
    return Noted(Asker.of(request.user), case, point, channel, timezone.now(), settles)


def _uid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _known(noted: Noted, codes: Sequence[Disposition]) -> Known | None:
    """What the gate knows, read once for buttons and moments; None for who does not hold it."""
    delays = [each.next_action_after for each in codes if each.next_action_after is not None]
    try:
        return look(noted.asker, noted.question, ahead=max(delays, default=timedelta(0)))
    except NoProof:
        return None


def _moments(
    request: Request, noted: Noted, codes: Sequence[Disposition], known: Known | None
) -> str:
    """By code when the next action would fall, and for which values of the form."""
    found: dict[str, datetime] = moments_of(noted, codes, known)
    about = [request.GET.get(name, "") for name in OF_NOTE]
    at = {code: moment.isoformat() for code, moment in found.items()}
    return json.dumps({"about": about, "at": at})


def _calls(actions: dict[int, list[Action]], own: list[int]) -> list[Action]:
    """The calls to the borrower's own numbers, in the order of the list; reminders left out."""
    return [
        each
        for pk in own
        for each in actions.get(pk, [])
        if each.channel == Channel.CALL and each.purpose == Purpose.COLLECT
    ]
