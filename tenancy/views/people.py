"""People of the company: the list, one person, and what an admin may do to an account."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenancy.access import for_roles, people_seen_by, teams_seen_by
from tenancy.filtering import Column, Filter, FilterBar, Option, Table, changed_url
from tenancy.formats import count
from tenancy.forms import PersonForm, freeze, put_refusal
from tenancy.grants import leads_of
from tenancy.http import Request
from tenancy.keyset import Page, capped_count, page_of
from tenancy.models import Role, Team, TotpDevice, User
from tenancy.people import (
    change_user,
    create_user,
    deactivate_user,
    new_password,
    reactivate_user,
    remove_second_factor,
    set_password,
)
from tenancy.screen import Empty, Link, ViewTab
from tenancy.signing_in import unlock
from tenancy.stale import Stale, last_change

ADMIN = Role.COMPANY_ADMIN
SEE_PEOPLE = (ADMIN, Role.AUDITOR, Role.TEAM_LEAD)


@dataclass(frozen=True, slots=True)
class Row:
    """One person as the list prints it."""

    person: User
    roles: str
    teams: list[str]
    href: str


def filters_of(user: User) -> tuple[Filter, ...]:
    """What the list can be asked."""
    return (
        Filter(name="q", label=pgettext("person", "Name"), kind="text"),
        Filter(
            name="role",
            label=_("Role"),
            options=[Option(value=value, label=label) for value, label in Role.choices],
        ),
        Filter(
            name="team",
            label=_("Team"),
            options=[
                Option(value=str(team.uid), label=team.name)
                for team in teams_seen_by(user).order_by("name")
            ],
        ),
    )


def matching(people: QuerySet[User], bar: FilterBar) -> QuerySet[User]:
    """The people whom the filter bar asks for."""
    if bar.matches_nothing:
        return people.none()
    if typed := bar.text("q"):
        name = typed.partition("@")[0]
        people = people.filter(Q(display_name__icontains=typed) | Q(username__icontains=name))
    if roles := bar.chosen("role"):
        people = people.filter(roles__overlap=roles)
    if teams := bar.chosen("team"):
        people = people.filter(memberships__team__uid__in=teams).distinct()
    return people


def tabs(people: QuerySet[User], params: QueryDict, state: str) -> list[ViewTab]:
    """Active and deactivated people, each with how many match the filter."""
    counted = people.aggregate(
        active=Count("pk", filter=Q(is_active=True), distinct=True),
        inactive=Count("pk", filter=Q(is_active=False), distinct=True),
    )
    labels = {"active": _("Active"), "inactive": _("Deactivated")}
    return [
        ViewTab(
            label=label,
            href=changed_url(params, state=None if name == "active" else name),
            count=count(counted[name]),
            active=name == state,
        )
        for name, label in labels.items()
    ]


@for_roles(*SEE_PEOPLE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody of the company; a team lead sees who sits in the teams led."""
    user = cast("Request", request).user
    bar = FilterBar(filters_of(user), request.GET)
    everybody = matching(people_seen_by(user), bar)
    state = "inactive" if request.GET.get("state") == "inactive" else "active"
    page = _page(everybody.filter(is_active=state == "active"), request)
    is_admin = user.has_role(ADMIN)
    add = Link(
        label=_("Add a person"), href=reverse("tenancy:people-new"), icon="user-plus", primary=True
    )
    context = {
        "bar": bar,
        "views": tabs(everybody, request.GET, state),
        "table": Table(_columns(), request.GET),
        "rows": [_row(person) for person in page.rows],
        "pager": page.pager,
        "page_actions": [add] if is_admin else [],
        "empty": Empty(
            title=_("Nobody matches this filter"),
            text=_("Take a filter away, or look for part of a name."),
            actions=[Link(label=_("Clear all filters"), href=reverse("tenancy:people"))],
        )
        if bar.clear
        else Empty(
            title=_("Nobody is here yet"),
            text=_("People appear here once an admin has added them to a team of yours."),
        ),
    }
    return render(request, "tenancy/people.html", context)


def _columns() -> list[Column]:
    return [
        Column(key="name", label=pgettext("person", "Name")),
        Column(key="login", label=_("User name")),
        Column(key="roles", label=_("Roles")),
        Column(key="teams", label=_("Teams")),
        Column(key="capacity", label=_("Limit"), numeric=True, css="lo", optional=True),
        Column(key="factor", label=_("Second factor"), css="lo", optional=True),
        Column(key="seen", label=_("Last sign-in"), css="lo", optional=True),
    ]


def _page(found: QuerySet[User], request: HttpRequest) -> Page[User]:
    total = capped_count(found)
    listed = found.annotate(
        has_factor=Exists(TotpDevice.objects.filter(user=OuterRef("pk"), confirmed=True))
    ).prefetch_related(Prefetch("memberships__team", queryset=Team.objects.order_by("name")))
    return page_of(
        listed,
        order=("display_name", "id"),
        params=request.GET,
        summary=ngettext("%(n)s person", "%(n)s people", _plural(total)) % {"n": total},
    )


def _plural(total: str) -> int:
    return 1 if total == "1" else 2


def _row(person: User) -> Row:
    return Row(
        person=person,
        roles=roles_in_words(person),
        teams=[each.team.name for each in person.memberships.all()],
        href=reverse("tenancy:people-edit", args=[person.uid]),
    )


def roles_in_words(person: User) -> str:
    """The roles by their names, with commas."""
    return _(", ").join(str(Role(role).label) for role in person.roles)


@for_roles(ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a person; the first password is made here and shown once."""
    user = cast("Request", request).user
    form = PersonForm(user.company, request.POST or None)
    if request.method == "POST" and form.is_valid():
        first = new_password()
        try:
            person = create_user(
                company=user.company,
                by=user,
                password=first,
                must_change_password=True,
                **form.facts,
            )
        except ValidationError as error:
            put_refusal(form, error)
        else:
            return _show_password(request, person, first, title=_("Person added"))
    return render(
        request, "tenancy/people_new.html", {"form": form}, status=422 if form.errors else 200
    )


def _show_password(request: HttpRequest, person: User, password: str, title: str) -> HttpResponse:
    """The page that shows a password this once; it is stored nowhere but as a hash."""
    context = {"person": person, "password": password, "shown_title": title}
    return render(request, "tenancy/password_once.html", context)


@for_roles(*SEE_PEOPLE, writes=(ADMIN,))
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One person: roles, teams, limit, account. Only an admin changes it."""
    user = cast("Request", request).user
    person = get_object_or_404(people_seen_by(user).select_related("company"), uid=uid)
    form = PersonForm(user.company, request.POST or None, user=person, initial=_start(person))
    own, is_admin = person.pk == user.pk, user.has_role(ADMIN)
    if not is_admin:
        freeze(form)
    elif own:
        # Nobody changes the own roles; a disabled field keeps what it had, whatever is sent.
        form.fields["roles"].disabled = form.fields["leads"].disabled = True
    stale, differences = Stale(form), []
    if request.method == "POST" and form.is_valid():
        differences = stale.weigh(request.POST)
        if not differences and _saved(user, person, form):
            messages.success(request, _("Saved: %(name)s.") % {"name": person.display_name})
            return redirect("tenancy:people-edit", uid=uid)
    context = {
        "form": form,
        "seen": stale.seen,
        "differences": differences,
        "changed_last": last_change(person) if differences else None,
        "person": person,
        "own": own,
        "is_admin": is_admin,
        "roles": roles_in_words(person),
        "has_factor": TotpDevice.objects.filter(user=person, confirmed=True).exists(),
    }
    status = 409 if differences else 422 if form.errors else 200
    return render(request, "tenancy/people_edit.html", context, status=status)


def _saved(user: User, person: User, form: PersonForm) -> bool:
    try:
        change_user(company=user.company, user=person, by=user, **form.facts)
    except ValidationError as error:
        put_refusal(form, error)
        return False
    return True


def _start(person: User) -> dict[str, Any]:
    return {
        "display_name": person.display_name,
        "email": person.email,
        "roles": person.roles,
        "teams": list(Team.objects.filter(members__user=person)),
        "leads": list(leads_of(person)),
        "capacity": person.capacity,
    }


def _somebody_else(request: HttpRequest, uid: UUID) -> tuple[User, User]:
    """The admin who acts and the person acted upon; never oneself."""
    user = cast("Request", request).user
    person = get_object_or_404(User.objects.select_related("company"), uid=uid)
    if person.pk == user.pk:
        raise PermissionDenied(_("Do that to your own account in your settings."))
    return user, person


@for_roles(ADMIN)
@never_cache
@require_POST
def reset_password(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A new password, shown once and changed at the next sign-in; a lock-out ends with it."""
    user, person = _somebody_else(request, uid)
    fresh = new_password()
    set_password(company=user.company, user=person, password=fresh, by=user)
    unlock(person)
    return _show_password(request, person, fresh, title=_("New password"))


@for_roles(ADMIN)
@require_POST
def drop_second_factor(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take away the second factor of somebody whose phone is lost."""
    user, person = _somebody_else(request, uid)
    remove_second_factor(company=user.company, user=person, by=user)
    said = _("%(name)s signs in without a second factor now.") % {"name": person.display_name}
    messages.success(request, said)
    return redirect("tenancy:people-edit", uid=uid)


@for_roles(ADMIN)
@require_POST
def deactivate(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let a person in no more."""
    said = _("%(name)s is deactivated and signed out.")
    return _switch(request, uid, deactivate_user, said)


@for_roles(ADMIN)
@require_POST
def reactivate(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let a person in again."""
    return _switch(request, uid, reactivate_user, _("%(name)s may sign in again."))


def _switch(request: HttpRequest, uid: UUID, verb: Callable[..., None], said: str) -> HttpResponse:
    user, person = _somebody_else(request, uid)
    try:
        verb(company=user.company, user=person, by=user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, said % {"name": person.display_name})
    return redirect("tenancy:people-edit", uid=uid)
