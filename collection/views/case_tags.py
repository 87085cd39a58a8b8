"""The tags of one case on screen: what is on it, and putting on and taking off by hand."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from cases.models import Case
from collection.contact_forms import as_uid
from collection.models import Tag
from collection.tagging import TagShown, add_tag, remove_tag, tags_in_use, tags_of_case
from collection.visibility import may_work, visible_cases
from tenancy.access import for_roles
from tenancy.http import Request
from tenancy.models import Role, User
from tenancy.night import business_date


def tags_of_page(user: User, case: Case, tags: Sequence[TagShown]) -> dict[str, object]:
    """What templates/collection/parts/tags_case.html needs at first; no query.

    may_add: whether more may be put on by hand; which ones is asked when somebody wants to.
    """
    works = may_work(user)
    return {
        "case": case,
        "tags": tags,
        "may_tag": works,
        "may_add": works and case.closed_on is None,
    }


def tags_with_more(user: User, case: Case) -> dict[str, object]:
    """The same with those that may be put on by hand; two queries."""
    carried = tags_of_case(case)
    by_hand = {each.uid for each in carried if each.by_hand}
    more = tags_in_use() if case.closed_on is None else []
    return tags_of_page(user, case, carried) | {
        "more": [each for each in more if each.uid not in by_hand]
    }


@for_roles(*Role.values)
@require_http_methods(["GET", "HEAD", "POST"])
def case_tag(request: Request, uid: str) -> HttpResponse:
    """Put the tag `add` on a case, or take `remove` off it; asked for, what may be put on."""
    user = request.user
    case = get_object_or_404(visible_cases(user), uid=uid)
    if not may_work(user):
        raise PermissionDenied
    if request.method != "POST":
        context = {"case_tags": tags_with_more(user, case), "open": True}
        return render(request, "collection/parts/tags_case.html", context)
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
        context = {"case_tags": tags_with_more(user, case), "problem": problem}
        return render(request, "collection/parts/tags_case.html", context)
    if problem:
        messages.error(request, problem)
    return redirect("work:case", uid=case.uid)
