"""Teams: the list, one team, who sits in it and who leads it."""

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tenancy.access import for_roles, teams_seen_by
from tenancy.filtering import Column, Table
from tenancy.forms import TeamForm, TeamPeopleForm, freeze, put_refusal
from tenancy.grants import leaders_by_team, leaders_of
from tenancy.http import Request
from tenancy.models import Role, Team, User
from tenancy.screen import Empty, Link
from tenancy.stale import Stale, last_change
from tenancy.teams import change_team, create_team, set_leads, set_members

ADMIN = Role.COMPANY_ADMIN
SEE_TEAMS = (ADMIN, Role.AUDITOR, Role.TEAM_LEAD)


@dataclass(frozen=True, slots=True)
class Row:
    """One team as the list prints it."""

    team: Team
    people: int
    leads: list[str]
    takes: str
    href: str


@for_roles(*SEE_TEAMS)
@require_safe
def teams(request: HttpRequest) -> HttpResponse:
    """The company's teams; a team lead sees those led."""
    user = cast("Request", request).user
    found = (
        teams_seen_by(user)
        .annotate(people=Count("members", filter=Q(members__user__is_active=True)))
        .order_by("-is_active", "name")
    )
    add = Link(
        label=_("New team"), href=reverse("tenancy:team-new"), icon="users-plus", primary=True
    )
    is_admin = user.has_role(ADMIN)
    columns = [
        Column(key="name", label=_("Team")),
        Column(key="leads", label=_("Led by")),
        Column(key="people", label=_("People"), numeric=True),
        *([Column(key="takes", label=_("Takes, days past due"))] if user.company.is_lender else []),
        Column(key="state", label=_("State")),
    ]
    context = {
        "table": Table(columns, request.GET),
        "rows": _rows(list(found)),
        "page_actions": [add] if is_admin else [],
        "empty": Empty(
            title=_("There is no team yet"),
            text=_("People work in teams: the night gives cases to a team's collectors."),
            actions=[add] if is_admin else [],
        ),
    }
    return render(request, "tenancy/teams.html", context)


def _rows(found: list[Team]) -> list[Row]:
    leaders = leaders_by_team(found)
    return [
        Row(
            team=team,
            people=cast("Any", team).people,
            leads=[user.display_name for user in leaders.get(team.pk, [])],
            takes=takes_in_words(team),
            href=reverse("tenancy:team", args=[team.uid]),
        )
        for team in found
    ]


def takes_in_words(team: Team) -> str:
    """The days past due that the night gives a team: "0–30"; "" for none."""
    return "" if team.takes_dpd_from is None else f"{team.takes_dpd_from}–{team.takes_dpd_to}"


@for_roles(ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new team; who sits in it is chosen on its page."""
    user = cast("Request", request).user
    form = TeamForm(user.company, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            team = create_team(company=user.company, by=user, **form.facts)
        except ValidationError as error:
            put_refusal(form, error)
        else:
            messages.success(request, _("Created: %(name)s.") % {"name": team.name})
            return redirect("tenancy:team", uid=team.uid)
    return render(
        request, "tenancy/team_new.html", {"form": form}, status=422 if form.errors else 200
    )


@for_roles(*SEE_TEAMS, writes=(ADMIN,))
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One team. Only an admin changes it, all of it with one button."""
    user = cast("Request", request).user
    shown = get_object_or_404(teams_seen_by(user), uid=uid)
    form = TeamForm(user.company, request.POST or None, team=shown, initial=_start(shown))
    seats = TeamPeopleForm(shown, request.POST or None, initial=_people(shown))
    is_admin = user.has_role(ADMIN)
    if not is_admin:
        freeze(form)
        freeze(seats)
    stale, differences = Stale(form, seats), []
    if request.method == "POST" and form.is_valid() and seats.is_valid():
        differences = stale.weigh(request.POST)
        if not differences and _saved(user, shown, form, seats):
            messages.success(request, _("Saved: %(name)s.") % {"name": shown.name})
            return redirect("tenancy:team", uid=uid)
    context = {
        "form": form,
        "seats": seats,
        "team": shown,
        "is_admin": is_admin,
        "seen": stale.seen,
        "differences": differences,
        "changed_last": last_change(shown) if differences else None,
    }
    status = 409 if differences else 422 if form.errors or seats.errors else 200
    return render(request, "tenancy/team.html", context, status=status)


def _start(team: Team) -> dict[str, Any]:
    return {
        "name": team.name,
        "takes_dpd_from": team.takes_dpd_from,
        "takes_dpd_to": team.takes_dpd_to,
        "is_active": team.is_active,
    }


def _people(team: Team) -> dict[str, Any]:
    return {
        "members": list(User.objects.filter(memberships__team=team)),
        "leads": list(leaders_of(team)),
    }


def _saved(user: User, team: Team, form: TeamForm, seats: TeamPeopleForm) -> bool:
    """Both forms or neither; False leaves the refusal beside its field."""
    people = {field: list(found) for field, found in seats.cleaned_data.items()}
    try:
        with transaction.atomic():
            ours: dict[str, Any] = {"company": user.company, "team": team, "by": user}
            # First the people: a team is closed once nobody sits in it.
            set_members(members=people["members"], **ours)
            set_leads(leads=people["leads"], **ours)
            change_team(**ours, **form.facts)
    except ValidationError as error:
        put_refusal(form, error)
        return False
    return True
