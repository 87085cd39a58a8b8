"""Which cases an act is about: ticked ones, all that match a list's filter, or whole desks."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.choosing import Chosen
from cases.models import Case
from collection.views import listing, queue
from collection.visibility import visible_cases
from collection.worklist import open_assignments
from tenancy.filtering import PAGE_KEYS, FilterBar
from tenancy.http import Request

LIST_KEYS = ("list", "sort", "hide", "timeline", *PAGE_KEYS)
"""Parameters of a list's address that leave no case out."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The cases, where one came from, and how many ticked ones are out of sight meanwhile."""

    cases: Chosen
    back: str
    missing: int = 0


def choice_of(request: Request) -> Choice:
    """Read `id`s, or `all_matching` with `filter`, from the address.

    404 when nothing that is named is in sight: a stranger's case does not exist. Raises
    ValidationError where the filter says something that cannot be read: all would be too many.
    """
    params = QueryDict(request.GET.get("filter", ""), mutable=True)
    if request.GET.get("all_matching"):
        return Choice(_all_of(request, params), _list_address(params))
    uids = _uids(request.GET.getlist("id"))
    found = list(visible_cases(request.user).filter(uid__in=uids).values_list("pk", flat=True))
    if not found:
        raise Http404
    back = _list_address(params) if params else reverse("work:case", args=[uids[0]])
    return Choice(found, back, len(uids) - len(found))


def _all_of(request: Request, params: QueryDict) -> Chosen:
    match params.get("list"):
        case queue.LIST:
            asked = queue.AskedWork.by(request.user, params)
            _check_read(params, asked.bar, show=queue.SHOWS, desk=("", "mine", "waiting"))
            rows = open_assignments(asked.user, asked.filters, asked.clock)
            return Case.objects.filter(pk__in=rows.values("case_id"))
        case listing.LIST:
            listed = listing.AskedCases.by(request.user, params)
            _check_read(params, listed.bar, state=(listed.filters.state,))
            return listed.cases
    raise Http404


def _check_read(params: QueryDict, bar: FilterBar, **tabs: Collection[str]) -> None:
    """Raise ValidationError unless every word of the filter was understood.

    tabs: the values that are known of the parameters beside the filter bar.
    """
    known = {*LIST_KEYS, *tabs, *(key for each in bar.filters.values() for key in each.keys)}
    said = [str(label) for label in bar.unread]
    said += [key for key in params if key not in known and params[key]]
    said += [key for key, values in tabs.items() if params.get(key, "") not in values]
    if said:
        told = _("The filter cannot be read (%(what)s), so nothing was chosen. Correct the list.")
        raise ValidationError(told % {"what": _(", ").join(said)})


def answer_unread(request: Request, error: ValidationError) -> HttpResponse:
    """The panel that refuses to act on a filter that cannot be read."""
    params = QueryDict(request.GET.get("filter", ""), mutable=True)
    context = {"problem": " ".join(error.messages), "back": _list_address(params)}
    return render(request, "collection/unread.html", context, status=422)


def _list_address(params: QueryDict) -> str:
    """The list that one came from, as it was filtered."""
    rest = params.copy()
    which = rest.pop("list", [""])[-1]
    path = reverse("work:queue") if which == queue.LIST else reverse("cases:list")
    return f"{path}?{rest.urlencode()}" if rest else path


def _uids(texts: list[str]) -> list[UUID]:
    """The ids that can be read, once each."""
    uids: dict[UUID, None] = {}
    for text in texts:
        try:
            uids[UUID(text)] = None
        except ValueError:
            continue
    return list(uids)
