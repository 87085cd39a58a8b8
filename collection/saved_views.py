"""Saved views: a list's filters under a name, for oneself or for a team that one leads."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from collection.models import SavedView
from tenancy.access import teams_led
from tenancy.audit import record_change
from tenancy.filtering import PAGE_KEYS
from tenancy.models import Company, Role, Team, TeamMember, User

PAGES = ("queue", "cases")
"""The lists that have views, as they are named in addresses (`list`)."""
LONGEST_NAME, LONGEST_QUERY, MOST = 60, 1000, 20
NOT_KEPT = (*PAGE_KEYS, "list", "hide")
"""Parameters that are no part of a view: the place in the list, which columns one hides."""


def kept(params: QueryDict) -> str:
    """What a view keeps of a list's address: filters and order, in an order of their own."""
    pairs = sorted(
        (key, value)
        for key, values in params.lists()
        for value in values
        if key not in NOT_KEPT and value
    )
    chosen = QueryDict(mutable=True)
    for key, value in pairs:
        chosen.appendlist(key, str(value))
    return chosen.urlencode()


def views_of(user: User, page: str = "") -> QuerySet[SavedView]:
    """The views that a person has on a list: the own ones, and those of the teams sat in or led."""
    mine = Q(user=user) | Q(team__in=TeamMember.objects.filter(user=user).values("team_id"))
    if user.has_role(Role.TEAM_LEAD):
        mine |= Q(team__in=teams_led(user).values("pk"))
    found = SavedView.objects.filter(mine, company_id=user.company_id)
    if page:
        found = found.filter(page=page)
    return found.order_by("team_id", "name", "pk")


def teams_to_share_with(user: User) -> QuerySet[Team]:
    """The teams whose views a person may make: those led."""
    return teams_led(user).filter(is_active=True).order_by("name", "pk")


def may_change(view: SavedView, user: User) -> bool:
    """Whether a person may rename or delete a view: the own, or one of a team that one leads."""
    if view.team_id is None or view.user_id == user.pk:
        return view.user_id == user.pk
    return teams_led(user).filter(pk=view.team_id).exists()


def save_view(
    *, company: Company, by: User, page: str, name: str, query: str, team: Team | None = None
) -> SavedView:
    """Keep a list's filters under a name. team: for everybody who sits in it.

    Raises ValidationError by field, PermissionDenied for a team that the person does not lead.
    """
    if team is not None and not teams_to_share_with(by).filter(pk=team.pk).exists():
        raise PermissionDenied
    view = SavedView(
        company=company, page=page, query=kept(QueryDict(query)), user=by, team=team, name=name
    )
    _check(view, by)
    with transaction.atomic():
        _write(view)
        if team is not None:
            record_change(actor=by, verb="save_view", obj=team, after={"view": view.name})
    return view


def _check(view: SavedView, by: User) -> None:
    view.name = view.name.strip()
    wrong: dict[str, str] = {}
    if view.page not in PAGES:
        wrong["page"] = _("This list has no views.")
    if not view.name:
        wrong["name"] = _("Give it a name.")
    elif len(view.name) > LONGEST_NAME:
        wrong["name"] = _("At most %(limit)s characters.") % {"limit": LONGEST_NAME}
    if len(view.query) > LONGEST_QUERY:
        wrong["name"] = _("These filters are too many to be kept.")
    elif view.pk is None and views_of(by, view.page).filter(user=by).count() >= MOST:
        wrong["name"] = _("At most %(limit)s views of one person on a list.") % {"limit": MOST}
    if wrong:
        raise ValidationError(wrong)


def _write(view: SavedView) -> None:
    """Raises ValidationError where the name is taken."""
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise ValidationError({"name": _("There is a view of this name already.")}) from error


def rename_view(*, view: SavedView, name: str, by: User) -> None:
    """Call a view something else. Raises PermissionDenied, ValidationError by field."""
    if not may_change(view, by):
        raise PermissionDenied
    before, view.name = view.name, name
    _check(view, by)
    with transaction.atomic():
        _write(view)
        if view.team is not None:
            record_change(
                actor=by,
                verb="rename_view",
                obj=view.team,
                before={"view": before},
                after={"view": view.name},
            )


def delete_view(*, view: SavedView, by: User) -> None:
    """Forget a view. Raises PermissionDenied."""
    if not may_change(view, by):
        raise PermissionDenied
    with transaction.atomic():
        if view.team is not None:
            record_change(actor=by, verb="delete_view", obj=view.team, before={"view": view.name})
        view.delete()
