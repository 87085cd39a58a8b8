"""Who may come in, from where and when; and what a role may open."""

import functools
import ipaddress
from collections.abc import Callable
from datetime import time
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from tenancy.grants import leads_of
from tenancy.models import Role, SignIn, Team, TeamMember, User

View = Callable[..., HttpResponseBase]
READS = ("GET", "HEAD", "OPTIONS")
SEES_ALL = (Role.COMPANY_ADMIN, Role.QC_INSPECTOR, Role.FINANCE, Role.AUDITOR)


def client_address(request: HttpRequest) -> str | None:
    """The caller's address as the web server saw it (proxies set REMOTE_ADDR there)."""
    address: str | None = request.META.get("REMOTE_ADDR") or None
    return address


def within_networks(address: str | None, networks: list[str]) -> bool:
    """Whether the address lies in one of the networks; an empty list allows all."""
    if not networks:
        return True
    try:
        here = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    return any(here in ipaddress.ip_network(network, strict=False) for network in networks)


def within_hours(now: time, starts: time | None, ends: time | None) -> bool:
    """Whether `now` (company's local time) lies in [starts, ends); a span may pass midnight."""
    if starts is None or ends is None or starts == ends:
        return True
    if starts < ends:
        return starts <= now < ends
    return now >= starts or now < ends


def refused_here_and_now(request: HttpRequest, user: User) -> str:
    """The SignIn outcome that the company's conditions give, "" when they allow."""
    conditions = user.company.settings
    if not within_networks(client_address(request), conditions.allowed_networks):
        return SignIn.Outcome.NOT_HERE
    now = timezone.now().astimezone(user.company.zone).time()
    if not within_hours(now, conditions.work_starts, conditions.work_ends):
        return SignIn.Outcome.NOT_NOW
    return ""


def for_roles(
    *roles: str, kinds: tuple[str, ...] = (), writes: tuple[str, ...] | None = None
) -> Callable[[View], View]:
    """Decorator: 403 unless the person has one of the roles in a company of one of the kinds.

    writes: the roles that may send more than GET and HEAD, where these are fewer (an auditor
    reads only). All three stand on the view under their names, for navigation and tests to read.
    """
    writers = roles if writes is None else writes

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            allowed = roles if request.method in READS else writers
            if not isinstance(user, User) or not user.has_role(*allowed):
                raise PermissionDenied
            if kinds and user.company.kind not in kinds:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.roles, guarded.kinds, guarded.writes = roles, kinds, writers  # type: ignore[attr-defined]
        return guarded

    return decorate


def sees_all(user: User) -> bool:
    """Whether the person sees every case of the company."""
    return user.has_role(*SEES_ALL)


def teams_led(user: User) -> QuerySet[Team]:
    """The teams whose lead the person is (a grant per team)."""
    if not user.has_role(Role.TEAM_LEAD):
        return Team.objects.none()
    return leads_of(user)


def teams_seen_by(user: User) -> QuerySet[Team]:
    """Every team of the company, or only those that a team lead leads."""
    return Team.objects.all() if sees_all(user) else teams_led(user)


def people_seen_by(user: User) -> QuerySet[User]:
    """Everybody of the company, or who sits in a team that a team lead leads."""
    if sees_all(user):
        return User.objects.all()
    return User.objects.filter(
        pk__in=TeamMember.objects.filter(team__in=teams_led(user)).values("user_id")
    )
