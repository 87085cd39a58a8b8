"""A case's history on screen: chips that choose a kind of entry, and what is older."""

from typing import Any, cast, get_args
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from collection.case_page import older_timeline
from collection.event_words import Group
from collection.timeline import Timeline
from tenancy.access import for_roles
from tenancy.filtering import changed_url
from tenancy.formats import count
from tenancy.http import Request
from tenancy.models import Role
from tenancy.screen import Empty, ViewTab, timeline_days


def timeline_context(request: Request, uid: UUID, timeline: Timeline) -> dict[str, Any]:
    """What parts/chips and parts/timeline print of a case's newest entries."""
    group = _group(request)
    items = [each.item for each in timeline.entries if group in ("", each.group)]
    empty = Empty(title=_("Nothing of this kind has happened"), text=_("Older entries may follow."))
    return {
        "chips": _chips(request, timeline, group),
        "days": timeline_days(items),
        "more": _older(uid, timeline, group),
        "empty": empty if timeline.older else Empty(title=_("Nothing has happened yet")),
    }


@for_roles(*Role.values)
@require_safe
def older(request: Request, uid: UUID) -> HttpResponse:
    """The entries before a moment: for htmx the entries alone, else a page of its own."""
    before = parse_datetime(request.GET.get("before", "").replace(" ", "+"))
    if before is None or not is_aware(before):
        raise Http404
    timeline = older_timeline(user=request.user, uid=uid, before=before)
    if timeline is None:
        raise Http404
    alone = request.headers.get("HX-Request") == "true"
    template = "parts/timeline.html" if alone else "collection/timeline.html"
    context = timeline_context(request, uid, timeline)
    return render(request, template, context | {"back": reverse("work:case", args=[uid])})


def _group(request: Request) -> Group | str:
    asked = request.GET.get("timeline", "")
    return asked if asked in get_args(Group) else ""


def _older(uid: UUID, timeline: Timeline, group: str) -> str:
    """The address of what is older; "" at the end."""
    if timeline.older is None:
        return ""
    query = {"before": timeline.older.isoformat()} | ({"timeline": group} if group else {})
    return f"{reverse('work:timeline', args=[uid])}?{urlencode(query)}"


def _chips(request: Request, timeline: Timeline, chosen: str) -> list[ViewTab]:
    labels: dict[str, str] = {
        "": pgettext("timeline", "All"),
        "notes": pgettext("timeline", "Notes"),
        "contacts": pgettext("timeline", "Contacts"),
        "promises": pgettext("timeline", "Promises"),
        "payments": pgettext("timeline", "Payments"),
        "moves": pgettext("timeline", "Buckets"),
        "desks": pgettext("timeline", "Desks"),
        "denied": pgettext("timeline", "Refused"),
        "others": pgettext("timeline", "Others"),
    }
    more = "+" if timeline.older else ""
    return [
        ViewTab(
            label=label,
            href=changed_url(request.GET, timeline=group or None),
            count=f"{count(_size(timeline, group))}{more}",
            active=group == chosen,
        )
        for group, label in labels.items()
        if group in ("", chosen) or timeline.older or _size(timeline, group)
    ]


def _size(timeline: Timeline, group: str) -> int:
    return timeline.count(cast("Group", group)) if group else len(timeline.entries)
