"""What may be done with a case's contact points now: asked by the page once it stands.

Windows open and caps fill while the page is open, so this part is asked again every minute; the
page itself does not wait for it.
"""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.models import ContactPoint
from collection.case_page import contact_points_of
from collection.gate_actions import Action, Channel, open_try, permitted_actions
from collection.models import ContactTry
from collection.visibility import WORKS_CASES, visible_cases
from tenancy.access import for_roles
from tenancy.http import Request

SELF, Purpose = ContactPoint.Relation.SELF, ContactTry.Purpose


@for_roles(*WORKS_CASES)
@require_safe
@never_cache
def allowed(request: Request, uid: UUID) -> HttpResponse:
    """The buttons of each contact point, and why the borrower may not be called, if so."""
    case = visible_cases(request.user).filter(uid=uid).first()
    if case is None:
        raise Http404
    points = contact_points_of(case)
    actions = permitted_actions(user=request.user, case=case, points=points)
    in_progress = open_try(user=request.user, case=case)
    # The number of a contact in progress stands where its buttons were.
    busy = in_progress.contact_point_id if in_progress else None
    own_calls = _calls(actions, [point.pk for point in points if point.relation == SELF])
    open_calls = [action for action in own_calls if action.allowed]
    context = {
        "case": case,
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "actions": [each for pk, each in actions.items() if pk != busy],
        "in_progress": in_progress,
        "first_call": open_calls[0].point if open_calls else "",
        "denied": own_calls[0].denied if own_calls and not open_calls else None,
        "title": _("No call to the borrower now"),
    }
    return render(request, "collection/parts/allowed.html", context)


def _calls(actions: dict[int, list[Action]], own: list[int]) -> list[Action]:
    """The calls to the borrower's own numbers, in the order of the list; reminders left out."""
    return [
        each
        for pk in own
        for each in actions.get(pk, [])
        if each.channel == Channel.CALL and each.purpose == Purpose.COLLECT
    ]
