"""Teams: groups of desks, who sits in them, who leads them, and what the night gives them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenancy.audit import changed, record_change
from tenancy.events import PeopleChanged, publish
from tenancy.grants import leaders_of, set_leaders
from tenancy.lengths import too_long
from tenancy.models import Company, Role, Team, TeamMember, User

LONGEST_DPD = 32767
"""What a range of days past due may reach."""


def create_team(
    *,
    company: Company,
    name: str,
    takes_dpd_from: int | None = None,
    takes_dpd_to: int | None = None,
    by: User | None,
) -> Team:
    """Add a team to the company of the open scope.

    takes_dpd_from, takes_dpd_to: the days past due of the lender's cases that the night gives its
    collectors, both included; None for both when it takes none. Raises ValidationError by field.
    """
    team = Team(
        company=company,
        name=name.strip(),
        takes_dpd_from=takes_dpd_from,
        takes_dpd_to=takes_dpd_to,
    )
    _check(company, team)
    with transaction.atomic():
        _save(team)
        record_change(actor=by, verb="create_team", obj=team, after=_facts(team))
    return team


def change_team(
    *,
    company: Company,
    team: Team,
    name: str,
    takes_dpd_from: int | None,
    takes_dpd_to: int | None,
    is_active: bool,
    by: User | None,
) -> Team:
    """Rename a team, set what the night gives it, open or close it; returns the team as saved.

    A team with active people cannot be closed (ValidationError): move them first.
    """
    with transaction.atomic():
        row = Team.objects.select_for_update(no_key=True, of=("self",)).get(pk=team.pk)
        before = _facts(row)
        row.name, row.is_active = name.strip(), is_active
        row.takes_dpd_from, row.takes_dpd_to = takes_dpd_from, takes_dpd_to
        _check(company, row)
        if before["is_active"] and not is_active and row.members.filter(user__is_active=True):
            raise ValidationError(
                {"is_active": _("People still sit in this team: move them first.")}
            )
        _save(row)
        old, new = changed(before, _facts(row))
        if new:
            record_change(actor=by, verb="change_team", obj=row, before=old, after=new)
    return row


def set_members(*, company: Company, team: Team, members: Sequence[User], by: User | None) -> None:
    """Make these, and no others, the people who sit in a team."""
    _check_ours(company, members)
    with transaction.atomic():
        Team.objects.select_for_update(no_key=True, of=("self",)).get(pk=team.pk)
        had = set(User.objects.filter(memberships__team=team))
        wanted = set(members)
        if had == wanted:
            return
        TeamMember.objects.filter(team=team, user__in=had - wanted).delete()
        TeamMember.objects.bulk_create(
            [TeamMember(company_id=company.pk, team=team, user=user) for user in wanted - had]
        )
        record_change(
            actor=by,
            verb="set_members",
            obj=team,
            before={"members": logins(had)},
            after={"members": logins(wanted)},
        )
        publish(PeopleChanged(user_ids=tuple(sorted(user.pk for user in had ^ wanted))))


def set_leads(*, company: Company, team: Team, leads: Sequence[User], by: User | None) -> None:
    """Make these, and no others, the team leads who lead a team.

    Only who has the role may lead (ValidationError); nobody grants it to or takes it from oneself
    (PermissionDenied).
    """
    _check_ours(company, leads)
    without = [user.display_name for user in leads if not user.has_role(Role.TEAM_LEAD)]
    if without:
        raise ValidationError(
            {"leads": _("Not a team lead: %(names)s.") % {"names": ", ".join(without)}}
        )
    with transaction.atomic():
        Team.objects.select_for_update(no_key=True, of=("self",)).get(pk=team.pk)
        had, wanted = set(leaders_of(team)), set(leads)
        if had == wanted:
            return
        if by is not None and by in had ^ wanted:
            raise PermissionDenied(_("Nobody changes the own roles."))
        set_leaders(team=team, users=leads)
        record_change(
            actor=by,
            verb="set_leads",
            obj=team,
            before={"leaders": logins(had)},
            after={"leaders": logins(wanted)},
        )
        publish(PeopleChanged(user_ids=tuple(sorted(user.pk for user in had ^ wanted))))


def logins(users: Iterable[User]) -> list[str]:
    """Names of people as the audit trail keeps them: they do not change."""
    return sorted(user.username for user in users)


def _facts(team: Team) -> dict[str, Any]:
    return {
        "name": team.name,
        "takes_dpd_from": team.takes_dpd_from,
        "takes_dpd_to": team.takes_dpd_to,
        "is_active": team.is_active,
    }


def _check(company: Company, team: Team) -> None:
    wrong = too_long(team, "name")
    low, high = team.takes_dpd_from, team.takes_dpd_to
    if not team.name:
        wrong["name"] = _("A team needs a name.")
    if not company.is_lender and (low is not None or high is not None):
        wrong["takes_dpd_from"] = _("Only a lender's night gives cases to teams.")
    elif (low is None) != (high is None):
        field = "takes_dpd_from" if low is None else "takes_dpd_to"
        wrong[field] = _("Set both ends, or neither.")
    elif low is not None and high is not None:
        if low < 0:
            wrong["takes_dpd_from"] = _("Days past due are 0 or more.")
        elif not low <= high <= LONGEST_DPD:
            wrong["takes_dpd_to"] = _("The end comes before the beginning, or is too far.")
    if wrong:
        raise ValidationError(wrong)


def _check_ours(company: Company, users: Sequence[User]) -> None:
    if any(user.company_id != company.pk for user in users):
        raise ValidationError(_("There is no such person."))


def _save(team: Team) -> None:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError as error:
        raise ValidationError(
            {"name": _("There is a team called %(name)s already.") % {"name": team.name}}
        ) from error
