"""The tags of one case on screen: what is on it, and putting on and taking off by hand."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from cases.models import Case
from collection.contact_forms import as_uid
from collection.models import Tag
from collection.tagging import add_tag, remove_tag, tags_in_use
from collection.tagging import tags_of_case as tags_on
from collection.visibility import may_work, visible_cases
from tenancy.access import for_roles
from tenancy.http import Request
from tenancy.models import Role, User
from tenancy.night import business_date


def tags_of_case(user: User, case: Case) -> dict[str, object]:
    """What templates/collection/parts/tags_case.html needs; two queries.

    tags: those on the case. more: those that may be put on it by hand. case: for the address.
    """
    carried = tags_on(case)
    by_hand = {each.uid for each in carried if each.by_hand}
    more = tags_in_use() if may_work(user) and case.closed_on is None else []
    return {
        "case": case,
        "tags": carried,
        "more": [each for each in more if each.uid not in by_hand],
        "may_tag": may_work(user),
    }


@for_roles(*Role.values)
@require_POST
def case_tag(request: Request, uid: str) -> HttpResponse:
    """Put the tag `add` on a case, or take `remove` off it."""
    user = request.user
    case = get_object_or_404(visible_cases(user), uid=uid)
    if not may_work(user):
        raise PermissionDenied
    company = user.company
    named = request.POST.get("add") or request.POST.get("remove") or ""
    tag = get_object_or_404(Tag.objects.filter(company=company), uid=as_uid(named))
    problem = ""
    try:
        if request.POST.get("add"):
            add_tag(company=company, case=case, tag=tag, by=user)
        else:
            on = business_date(company)
            remove_tag(company=company, case=case, tag=tag, by=user, on=on)
    except ValidationError as error:
        problem = " ".join(error.messages)
    if request.headers.get("HX-Request") == "true":
        context = {"case_tags": tags_of_case(user, case), "problem": problem}
        return render(request, "collection/parts/tags_case.html", context)
    if problem:
        messages.error(request, problem)
    return redirect("work:case", uid=case.uid)
