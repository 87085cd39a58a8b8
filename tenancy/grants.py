"""Who leads which team: few grants per object, kept by django-guardian."""

from collections.abc import Iterable, Sequence
from typing import cast

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from guardian.shortcuts import assign_perm, get_objects_for_user, get_users_with_perms, remove_perm

from tenancy.models import Team, User, UserGrant

LEAD_TEAM = "lead_team"


def leads_of(user: User) -> QuerySet[Team]:
    """The teams granted to a person to lead, whatever the roles are now."""
    found: QuerySet[Team] = get_objects_for_user(
        user, LEAD_TEAM, Team, use_groups=False, with_superuser=False, accept_global_perms=False
    )
    return found


def leaders_of(team: Team) -> QuerySet[User]:
    """The people granted to lead a team."""
    found = get_users_with_perms(team, only_with_perms_in=[LEAD_TEAM], with_group_users=False)
    return cast("QuerySet[User]", found)


def leaders_by_team(teams: Iterable[Team]) -> dict[int, list[User]]:
    """Team id → the people granted to lead it, by name; one query for all of them."""
    grants = UserGrant.objects.filter(
        content_type=ContentType.objects.get_for_model(Team),
        permission__codename=LEAD_TEAM,
        object_pk__in=[str(team.pk) for team in teams],
    )
    found: dict[int, list[User]] = {}
    for grant in grants.select_related("user").order_by("user__display_name"):
        found.setdefault(int(grant.object_pk), []).append(grant.user)
    return found


def set_led_teams(*, user: User, teams: Sequence[Team]) -> None:
    """Make these, and no others, the teams that a person leads. Its verb writes the audit trail."""
    if user.pk is None:
        raise ValueError("A person is saved before teams are granted.")
    had, wanted = set(leads_of(user)), set(teams)
    for team in wanted - had:
        assign_perm(LEAD_TEAM, user, team)
    for team in had - wanted:
        remove_perm(LEAD_TEAM, user, team)


def set_leaders(*, team: Team, users: Sequence[User]) -> None:
    """Make these, and no others, the people who lead a team. Its verb writes the audit trail."""
    had, wanted = set(leaders_of(team)), set(users)
    for user in wanted - had:
        assign_perm(LEAD_TEAM, user, team)
    for user in had - wanted:
        remove_perm(LEAD_TEAM, user, team)
