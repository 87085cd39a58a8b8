"""The numbers behind the options of a list's filters, for htmx when a menu opens."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collection.option_counts import Counted, option_counts
from collection.views import listing, queue
from collection.visibility import may_work
from collection.worklist import open_assignments
from tenancy.access import for_roles
from tenancy.filtering import Filter, FilterBar, count_id
from tenancy.formats import count
from tenancy.http import Request
from tenancy.models import Role, User

Asked = tuple[FilterBar, QuerySet[Any, Any], date]


@for_roles(*Role.values)
@require_safe
def counts(request: Request) -> HttpResponse:
    """The counts of the filter `name`, as if it were not set; else of all that are not set."""
    user, params = request.user, request.GET.copy()
    which, name = (str(params.pop(key, [""])[-1]) for key in ("list", "name"))
    bar, cases, on = _asked(user, which, params)
    asked = [each for each in bar.filters.values() if each.counted]
    if name:
        asked = [each for each in asked if each.name == name]
        if not asked:
            raise Http404
        for key in asked[0].keys:
            params.pop(key, None)
        bar, cases, on = _asked(user, which, params)
    else:
        asked = [each for each in asked if not any(params.get(key) for key in each.keys)]
    names = [each.name for each in asked]
    told = option_counts(cases, names, on=on, zone=user.company.zone)
    lines = [line for each in asked for line in _lines(each, told[each.name])]
    return render(request, "collection/option_counts.html", {"lines": lines})


def _asked(user: User, which: str, params: QueryDict) -> Asked:
    """The list's bar, the ids of its cases, and its date."""
    match which:
        case queue.LIST:
            if not may_work(user):
                raise PermissionDenied
            work = queue.AskedWork.by(user, params)
            rows = open_assignments(user, work.filters, work.clock)
            return work.bar, rows.values("case_id"), work.clock.on
        case listing.LIST:
            listed = listing.AskedCases.by(user, params)
            return listed.bar, listed.cases.values("pk"), listed.on
    raise Http404


def _lines(which: Filter, counted: Counted) -> Iterator[tuple[str, str]]:
    """(element, number) of each option; "+" where the list goes on beyond what was counted."""
    for place, option in enumerate(which.options):
        rows = counted.rows.get(str(option.key) if option.key else option.value, 0)
        yield count_id(which, place), f"{count(rows)}{'+' if counted.capped and rows else ''}"
