"""People: who works for a company, in which roles and teams, and with which password."""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenancy.audit import changed, record_change
from tenancy.events import PeopleChanged, publish
from tenancy.grants import leads_of, set_led_teams
from tenancy.lengths import LARGEST_COUNT, too_long
from tenancy.models import Company, Role, Team, TeamMember, TotpDevice, User

USERNAME = re.compile(r"\w[\w.-]{0,59}")
THEMES = ("", "light", "dark")
# No 0 and O, 1, l and I: a password that is read aloud or copied from paper.
LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def new_password() -> str:
    """A password to hand over once: sixteen characters, 93 bits, none that look alike."""
    return "-".join("".join(secrets.choice(LETTERS) for _n in range(4)) for _m in range(4))


def create_user(
    *,
    company: Company,
    username: str,
    display_name: str,
    password: str | None,
    roles: Sequence[str],
    teams: Sequence[Team] = (),
    leads: Sequence[Team] = (),
    by: User | None,
    email: str = "",
    capacity: int | None = None,
    must_change_password: bool = False,
) -> User:
    """Add a person to the company of the open scope; returns the user.

    password: None leaves an account that nobody can sign in to until one is set. teams: where the
    person sits; leads: the teams that a team lead leads. capacity: most cases in hand, None for
    no limit. by: the admin who does it, None for the operator.
    Raises ValidationError by field.
    """
    name = checked_username(username)
    user = User(
        company=company,
        username=name,
        display_name=display_name.strip(),
        roles=in_order(roles),
        email=email.strip(),
        capacity=capacity,
        must_change_password=must_change_password,
    )
    _check_person(user, teams, leads)
    _set_checked(user, password)
    with transaction.atomic():
        if User.objects.filter(username=name).exists():
            raise _name_in_use(name)
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError as error:
            raise _name_in_use(name) from error
        _set_teams(user, teams)
        set_led_teams(user=user, teams=leads)
        record_change(actor=by, verb="create_user", obj=user, after=_facts(user))
    return user


def change_user(
    *,
    company: Company,
    user: User,
    display_name: str,
    roles: Sequence[str],
    teams: Sequence[Team],
    leads: Sequence[Team],
    capacity: int | None,
    email: str = "",
    by: User | None,
) -> User:
    """Set what a person is called, may do and where the person sits; returns the user as saved.

    Nobody changes the own roles or the teams led (PermissionDenied), and the company keeps one
    active admin (ValidationError).
    """
    with transaction.atomic():
        row = _locked(company, user)
        before = _facts(row)
        row.display_name, row.email = display_name.strip(), email.strip()
        row.roles, row.capacity = in_order(roles), capacity
        _check_person(row, teams, leads)
        own = by is not None and by.pk == row.pk
        if own and (row.roles != before["roles"] or names(leads) != before["leads"]):
            raise PermissionDenied(_("Nobody changes the own roles."))
        row.save(update_fields=["display_name", "email", "roles", "capacity"])
        _set_teams(row, teams)
        set_led_teams(user=row, teams=leads)
        _check_an_admin_is_left()
        _record_difference(row, "change_user", before, by)
    return row


def deactivate_user(*, company: Company, user: User, by: User | None) -> None:
    """Let a person in no more. What the person did stays; cases in hand are an upper room's.

    Nobody deactivates oneself (PermissionDenied), and the company keeps one active admin.
    """
    if by is not None and by.pk == user.pk:
        raise PermissionDenied(_("Nobody deactivates the own account."))
    with transaction.atomic():
        row = _locked(company, user)
        before = _facts(row)
        row.is_active = False
        row.save(update_fields=["is_active"])
        _check_an_admin_is_left()
        _record_difference(row, "deactivate_user", before, by)


def reactivate_user(*, company: Company, user: User, by: User | None) -> None:
    """Let a person in again, with the roles and teams the person had."""
    with transaction.atomic():
        row = _locked(company, user)
        before = _facts(row)
        row.is_active = True
        row.save(update_fields=["is_active"])
        _record_difference(row, "reactivate_user", before, by)


def set_password(
    *,
    company: Company,
    user: User,
    password: str,
    by: User | None,
    must_change_password: bool | None = None,
) -> User:
    """Give a person a new password; every session of the person ends, save the caller's own.

    must_change_password: whether the next sign-in asks for another one; by default it does unless
    the person chose it (by is user). Raises ValidationError when the password is too weak.
    """
    own = by is not None and by.pk == user.pk
    with transaction.atomic():
        row = _locked(company, user)
        if own and row.has_usable_password() and row.check_password(password):
            raise ValidationError({"password": _("That is the password you have.")})
        _set_checked(row, password)
        row.must_change_password = not own if must_change_password is None else must_change_password
        row.save(update_fields=["password", "must_change_password"])
        record_change(
            actor=by,
            verb="change_password" if own else "reset_password",
            obj=row,
            after={"must_change_password": row.must_change_password},
        )
    return row


def change_preferences(
    *, user: User, language: str, theme: str, single_key_shortcuts: bool
) -> None:
    """Set a person's own language ("" for the company's), theme and single-key shortcuts.

    How a screen looks to one person is nobody else's: it leaves no audit entry.
    """
    if language not in {"", *dict(settings.LANGUAGES)}:
        raise ValidationError({"language": _("Choose one of the languages.")})
    if theme not in THEMES:
        raise ValidationError({"theme": _("Choose light, dark or automatic.")})
    User.objects.filter(pk=user.pk).update(
        language=language, theme=theme, single_key_shortcuts=single_key_shortcuts
    )


def remove_second_factor(*, company: Company, user: User, by: User | None) -> None:
    """Take a person's second factor away: by the person, or by an admin when the phone is lost."""
    with transaction.atomic():
        row = _locked(company, user)
        if TotpDevice.objects.filter(user=row).delete()[0]:
            record_change(actor=by, verb="remove_second_factor", obj=row)


def in_order(roles: Iterable[str]) -> list[str]:
    """The roles once each, in the order of Role; raises ValidationError for an unknown one."""
    chosen = {str(role) for role in roles}
    if strange := chosen - set(Role.values):
        raise ValidationError(
            {"roles": _("There is no role %(role)s.") % {"role": ", ".join(sorted(strange))}}
        )
    return [role for role in Role.values if role in chosen]


def names(teams: Iterable[Team]) -> list[str]:
    """Team names in order, as the audit trail keeps them."""
    return sorted(team.name for team in teams)


def _facts(user: User) -> dict[str, Any]:
    """What the audit trail compares."""
    return {
        "username": user.username,
        "display_name": user.display_name,
        "email": user.email,
        "roles": list(user.roles),
        "teams": names(Team.objects.filter(members__user=user)),
        "leads": names(leads_of(user)),
        "capacity": user.capacity,
        "is_active": user.is_active,
    }


def _record_difference(user: User, verb: str, before: dict[str, Any], by: User | None) -> None:
    old, new = changed(before, _facts(user))
    if new:
        record_change(actor=by, verb=verb, obj=user, before=old, after=new)
        publish(PeopleChanged(user_ids=(user.pk,)))


def _locked(company: Company, user: User) -> User:
    """The person's row as it stands, with all changes of people of the company in line.

    Two admins who take each other's role at once must not both find an admin left.
    """
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    return User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)


def _check_an_admin_is_left() -> None:
    if not User.objects.filter(is_active=True, roles__contains=[Role.COMPANY_ADMIN]).exists():
        raise ValidationError(
            {"roles": _("This is the last active company admin: make somebody else one first.")}
        )


def checked_username(typed: str) -> str:
    """The name as it is kept, small and half-width; raises ValidationError for one that is none."""
    name = unicodedata.normalize("NFKC", typed).strip().lower()
    if not USERNAME.fullmatch(name):
        raise ValidationError(
            {"username": _("Use up to 60 letters, digits, dots, - or _; no spaces and no @.")}
        )
    return name


def _name_in_use(name: str) -> ValidationError:
    return ValidationError(
        {"username": _("The name %(name)s is in use in this company.") % {"name": name}}
    )


def _check_person(user: User, teams: Sequence[Team], leads: Sequence[Team]) -> None:
    wrong = too_long(user, "display_name", "email")
    if not user.display_name:
        wrong["display_name"] = _("A person needs a name.")
    if not user.roles:
        wrong["roles"] = _("Choose at least one role.")
    if leads and Role.TEAM_LEAD not in user.roles:
        wrong["leads"] = _("Only a team lead leads teams.")
    if user.capacity is not None and user.capacity < 0:
        wrong["capacity"] = _("A limit is 0 or more.")
    if user.capacity is not None and user.capacity > LARGEST_COUNT:
        wrong["capacity"] = _("A limit is at most %(limit)s.") % {"limit": LARGEST_COUNT}
    if user.email and "email" not in wrong:
        try:
            validate_email(user.email)
        except ValidationError as error:
            wrong["email"] = " ".join(error.messages)
    strange = [team for team in (*teams, *leads) if team.company_id != user.company_id]
    if strange:
        wrong["teams"] = _("There is no such team.")
    if wrong:
        raise ValidationError(wrong)


def _set_checked(user: User, password: str | None) -> None:
    if password is None:
        user.set_unusable_password()
        return
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    user.set_password(password)


def _set_teams(user: User, teams: Sequence[Team]) -> None:
    TeamMember.objects.filter(user=user).exclude(team__in=teams).delete()
    TeamMember.objects.bulk_create(
        [TeamMember(company_id=user.company_id, team=team, user=user) for team in teams],
        ignore_conflicts=True,
    )
