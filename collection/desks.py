"""Desks: who may get cases, and how much lies where."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Sum

from collection.absence import leaves_in_force
from collection.models import Assignment
from tenancy.models import Role, Team, TeamMember, User


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a case lies: with a collector of a team, or with the team until somebody takes it."""

    team: Team
    collector: User | None = None

    @property
    def key(self) -> "DeskKey":
        """The desk's ids."""
        return self.team.pk, self.collector.pk if self.collector else None

    @property
    def label(self) -> str:
        """Whose desk it is, in words."""
        name = self.collector.display_name if self.collector else ""
        return f"{name} · {self.team.name}" if name else self.team.name


DeskKey = tuple[int, int | None]
"""(team id, collector id or None)"""


@dataclass(frozen=True, slots=True)
class NightDesk:
    """A collector whom the night may give cases: which days past due, and how many more."""

    code: str
    team_id: int
    collector_id: int
    dpd_from: int
    dpd_to: int
    room: int | None

    def takes(self, dpd: int) -> bool:
        """Whether cases of so many days past due come here."""
        return self.dpd_from <= dpd <= self.dpd_to


@dataclass(frozen=True, slots=True)
class Load:
    """How many open cases lie on a desk, and what is owed on them."""

    cases: int = 0
    amount: Decimal = Decimal(0)


def night_desks(on: date) -> list[NightDesk]:
    """The active collectors of active teams that take a range of days past due, leave aside.

    Somebody in several such teams stands here once for each. The code is the login name.
    """
    members = list(
        TeamMember.objects.filter(
            team__is_active=True,
            team__takes_dpd_from__isnull=False,
            team__takes_dpd_to__isnull=False,
            user__is_active=True,
            user__roles__contains=[Role.COLLECTOR],
        )
        .exclude(user__in=leaves_in_force(on).values("user"))
        .select_related("team", "user")
        .order_by("user__username", "team_id")
    )
    limited = {m.user_id for m in members if m.user.capacity is not None}
    held = in_hand(limited)
    return [
        NightDesk(
            code=member.user.username,
            team_id=member.team_id,
            collector_id=member.user_id,
            dpd_from=member.team.takes_dpd_from or 0,
            dpd_to=member.team.takes_dpd_to or 0,
            room=room_of(member.user, held.get(member.user_id, 0)),
        )
        for member in members
    ]


def in_hand(collector_ids: Collection[int]) -> dict[int, int]:
    """How many cases each of these people has, over all teams."""
    if not collector_ids:
        return {}
    counted = (
        Assignment.objects.filter(collector_id__in=collector_ids, ended_at=None)
        .order_by()
        .values_list("collector_id")
        .annotate(Count("pk"))
    )
    return {collector_id: count for collector_id, count in counted if collector_id is not None}


def room_of(user: User, held: int) -> int | None:
    """How many more cases a person may get; None when there is no limit."""
    return None if user.capacity is None else max(user.capacity - held, 0)


def takes_cases(desk: Desk) -> bool:
    """Whether cases may be put on the desk: an active team and an active person sitting in it.

    Collectors work cases, and so may a lead.
    """
    if not desk.team.is_active:
        return False
    if desk.collector is None:
        return True
    return (
        desk.collector.is_active
        and desk.collector.has_role(Role.COLLECTOR, Role.TEAM_LEAD)
        and TeamMember.objects.filter(team=desk.team, user=desk.collector).exists()
    )


def desks_to_choose(teams: Sequence[Team]) -> list[Desk]:
    """The desks that cases may be moved to in these teams: each team, then its people."""
    by_team: dict[int, list[User]] = {team.pk: [] for team in teams if team.is_active}
    members = TeamMember.objects.filter(team__in=by_team, user__is_active=True)
    for member in members.select_related("user").order_by("user__username"):
        if member.user.has_role(Role.COLLECTOR, Role.TEAM_LEAD):
            by_team[member.team_id].append(member.user)
    return [
        Desk(team, person)
        for team in teams
        if team.pk in by_team
        for person in (None, *by_team[team.pk])
    ]


def loads(keys: Collection[DeskKey]) -> dict[DeskKey, Load]:
    """What lies on these desks now; one query."""
    found = {key: Load() for key in keys}
    rows = (
        Assignment.objects.filter(team_id__in={team for team, _person in keys}, ended_at=None)
        .order_by()
        .values_list("team_id", "collector_id")
        .annotate(Count("pk"), Sum("case__outstanding"))
    )
    for team_id, collector_id, count, amount in rows:
        if (team_id, collector_id) in found:
            found[team_id, collector_id] = Load(count, amount)
    return found
