"""Saved views on screen: tabs above a list, saving the filters in force, renaming, deleting."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from collection.contact_forms import as_uid
from collection.models import SavedView
from collection.saved_views import (
    LONGEST_NAME,
    PAGES,
    delete_view,
    kept,
    may_change,
    rename_view,
    save_view,
    teams_to_share_with,
    views_of,
)
from tenancy.access import for_roles
from tenancy.forms import put_refusal
from tenancy.http import Request
from tenancy.models import Role, Team, User
from tenancy.screen import Link, ViewTab

ROUTES = {"queue": "work:queue", "cases": "cases:list"}
"""Where a view's list is."""


class ViewForm(forms.Form):
    """A view's name and, for who leads a team, whether it is the team's."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)
    team = forms.ChoiceField(label=gettext_lazy("For whom"), required=False)

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.teams = {str(team.uid): team for team in teams_to_share_with(user)}
        choices = [("", _("Only me"))]
        choices += [(uid, _("Team: %(team)s") % {"team": t.name}) for uid, t in self.teams.items()]
        field = self.fields["team"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        if not self.teams:
            del self.fields["team"]


@dataclass(frozen=True, slots=True)
class ViewLine:
    """A view as the page of all of them prints it."""

    uid: str
    name: str
    list: str
    href: str
    whose: str
    may_change: bool


def with_saved(
    page: str,
    params: QueryDict,
    tabs: Sequence[ViewTab],
    saved: Sequence[tuple[str, str]],
) -> tuple[list[ViewTab], list[Link]]:
    """A list's tabs with the saved views behind them, and the tools at their end.

    saved: names and queries of the views (collection.list_words).
    """
    here = kept(params)
    shown = list(tabs)
    if saved and not shown:
        shown = [ViewTab(label=_("All"), href=reverse(ROUTES[page]), active=not here)]
    shown += [ViewTab(label=name, href=f"?{query}", active=query == here) for name, query in saved]
    tools = []
    if here and all(query != here for _name, query in saved):
        query = QueryDict(here, mutable=True)
        query["list"] = page
        href = f"{reverse('work:view-new')}?{query.urlencode()}"
        tools.append(Link(label=_("Save this view"), href=href, icon="bookmark", panel=True))
    if saved:
        href = f"{reverse('work:views')}?list={page}"
        tools.append(Link(label=_("Saved views"), href=href, icon="bookmarks"))
    return shown, tools


@for_roles(*Role.values)
@require_safe
def views(request: Request) -> HttpResponse:
    """All views of the person, with what may be done with them."""
    user = request.user
    lists = {"queue": _("My cases"), "cases": _("All cases")}
    saved = views_of(user, "").select_related("team", "user").order_by("page", "team_id", "name")
    rows = [
        ViewLine(
            uid=str(view.uid),
            name=view.name,
            list=lists[view.page],
            href=f"{reverse(ROUTES[view.page])}?{view.query}",
            whose=view.team.name if view.team else _("Only me"),
            may_change=may_change(view, user),
        )
        for view in saved
    ]
    return render(request, "collection/saved_views.html", {"rows": rows})


@for_roles(*Role.values)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Save the filters in the address under a name."""
    user, page = request.user, request.GET.get("list", "")
    if page not in PAGES:
        raise Http404
    query = kept(request.GET)
    form = ViewForm(user, request.POST if request.method == "POST" else None)
    if (asked := request.POST.get("team", "")) and asked not in form.teams:
        # A team of the company that the person does not lead is forbidden, any other is unknown.
        get_object_or_404(Team, uid=as_uid(asked))
        raise PermissionDenied
    if request.method == "POST" and form.is_valid():
        team = form.teams.get(form.cleaned_data.get("team", ""))
        try:
            save_view(
                company=user.company,
                by=user,
                page=page,
                name=form.cleaned_data["name"],
                query=query,
                team=team,
            )
        except ValidationError as error:
            put_refusal(form, error)
        else:
            messages.success(request, _("The view is saved."))
            return redirect(f"{reverse(ROUTES[page])}?{query}")
    context = {"form": form, "back": f"{reverse(ROUTES[page])}?{query}"}
    status = 422 if form.errors else 200
    return render(request, "collection/saved_view_new.html", context, status=status)


@for_roles(*Role.values)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, uid: str) -> HttpResponse:
    """Rename a view, or delete it (`act` = delete)."""
    user = request.user
    view: SavedView = get_object_or_404(views_of(user).select_related("team"), uid=uid)
    if not may_change(view, user):
        raise PermissionDenied
    if request.method == "POST":
        try:
            if request.POST.get("act") == "delete":
                delete_view(view=view, by=user)
                messages.success(request, _("The view is deleted."))
            else:
                rename_view(view=view, name=request.POST.get("name", ""), by=user)
                messages.success(request, _("Saved."))
        except ValidationError as error:
            return _change_page(request, view, " ".join(error.messages))
        return redirect("work:views")
    return _change_page(request, view, "")


def _change_page(request: Request, view: SavedView, problem: str) -> HttpResponse:
    context = {"view": view, "problem": problem, "back": reverse("work:views")}
    context["longest"] = str(LONGEST_NAME)
    return render(
        request, "collection/saved_view_change.html", context, status=422 if problem else 200
    )
