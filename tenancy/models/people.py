"""People: users of one company, their teams, second factors and per-object grants."""

from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, _user_has_perm  # type: ignore[attr-defined]
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin
from guardian.managers import GroupObjectPermissionManager, UserObjectPermissionManager
from guardian.models.models import (
    GroupObjectPermissionAbstract,
    UserObjectPermissionAbstract,
)

from tenancy.managers import ScopedManager
from tenancy.models.base import CompanyOwned, random_uid
from tenancy.models.company import Company
from tenancy.walls import ALL, KEEP, CompositeKey, Wall, own


class Role(models.TextChoices):
    """What a person may do; a lender and an agency have the same roles."""

    COMPANY_ADMIN = "company_admin", _("Company admin")
    TEAM_LEAD = "team_lead", _("Team lead")
    COLLECTOR = "collector", _("Collector")
    QC_INSPECTOR = "qc_inspector", _("QC inspector")
    FINANCE = "finance", _("Finance")
    AUDITOR = "auditor", _("Auditor")


class Team(CompanyOwned):
    """A group of desks. `takes_dpd_*` say which of the lender's cases the night gives it."""

    uid = random_uid()
    name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)
    takes_dpd_from = models.PositiveSmallIntegerField(null=True, blank=True)
    takes_dpd_to = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta(CompanyOwned.Meta):
        permissions = [
            ("lead_team", "Leads the team"),
            ("inspect_team", "Inspects the team"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="team_name"),
            models.UniqueConstraint(fields=["company", "id"], name="team_company_id"),
            Wall(name="team_wall", rules=own(KEEP)),
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"], ScopedManager["User"]):
    """Users of the open scope's company."""

    def get_queryset(self) -> models.QuerySet["User"]:
        return ScopedManager.get_queryset(self)


class User(AbstractBaseUser, CompanyOwned):
    """A person of one company; signs in as `username@COMPANY`."""

    uid = random_uid()
    username = models.CharField(max_length=60)
    display_name = models.CharField(max_length=80)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list)
    email = models.EmailField(blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    theme = models.CharField(max_length=5, blank=True, default="")
    single_key_shortcuts = models.BooleanField(default=True)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=now)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    # guardian and Django's checks ask for these; nobody stands above the walls.
    is_superuser = False
    is_staff = False

    objects: ClassVar[UserManager] = UserManager()

    class Meta(CompanyOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["company", "username"], name="user_name"),
            models.UniqueConstraint(fields=["company", "id"], name="user_company_id"),
            Wall(name="user_wall", rules=own(KEEP)),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def groups(self) -> "models.QuerySet[Group]":
        """None: django-guardian asks for them, and Recoup grants to people only."""
        return Group.objects.none()

    @property
    def login(self) -> str:
        """What the person types to sign in."""
        return f"{self.username}@{self.company.code}"

    def has_role(self, *roles: str) -> bool:
        """Whether the person has any of the roles."""
        return not set(self.roles).isdisjoint(roles)

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Whether a grant on `obj` gives `perm` (django-guardian)."""
        return self.is_active and bool(_user_has_perm(self, perm, obj))


class TeamMember(CompanyOwned):
    """Who sits in which team."""

    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, related_name="members", db_constraint=False
    )
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="memberships", db_constraint=False
    )

    class Meta(CompanyOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["company", "team", "user"], name="member_once"),
            CompositeKey(
                name="member_team_fk",
                columns=("company_id", "team_id"),
                to="tenancy.Team",
                to_columns=("company_id", "id"),
            ),
            CompositeKey(
                name="member_user_fk",
                columns=("company_id", "user_id"),
                to="tenancy.User",
                to_columns=("company_id", "id"),
            ),
            Wall(name="member_wall", rules=own(ALL)),
        ]


class TotpDevice(ThrottlingMixin, Device, CompanyOwned):  # type: ignore[misc]
    """A person's authenticator app (RFC 6238): 30 s steps, six digits, sealed secret."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    sealed_key = models.TextField()
    last_step = models.BigIntegerField(default=-1)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta(CompanyOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["company", "user"], name="totp_one_per_user"),
            Wall(name="totp_wall", rules=own(ALL)),
        ]

    def get_throttle_factor(self) -> int:
        """Seconds by which each wrong code doubles the wait."""
        return 1


class UserGrantManager(ScopedManager["UserGrant"], UserObjectPermissionManager):
    """guardian's grants of the open scope's company."""


class GroupGrantManager(ScopedManager["GroupGrant"], GroupObjectPermissionManager):
    """guardian asks for it; see GroupGrant."""


class UserGrant(CompanyOwned, UserObjectPermissionAbstract):
    """A grant on one object to one person: few, never a row per case."""

    objects: ClassVar[Any] = UserGrantManager()

    class Meta(CompanyOwned.Meta, UserObjectPermissionAbstract.Meta):
        abstract = False
        constraints = [Wall(name="user_grant_wall", rules=own(ALL))]


class GroupGrant(CompanyOwned, GroupObjectPermissionAbstract):
    """Required by django-guardian; Recoup grants to people, so no rows."""

    objects: ClassVar[Any] = GroupGrantManager()

    class Meta(CompanyOwned.Meta, GroupObjectPermissionAbstract.Meta):
        abstract = False
        constraints = [Wall(name="group_grant_wall", rules=own(ALL))]


__all__ = ["Company", "Role", "Team", "TeamMember", "TotpDevice", "User"]
