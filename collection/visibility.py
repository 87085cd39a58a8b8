"""Which cases a person of a company sees: a collector the own, a lead the teams led, others all."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from cases.models import Case
from collection.models import Assignment
from tenancy.access import sees_all, teams_led
from tenancy.models import Role, User

WORKS_CASES = (Role.COLLECTOR, Role.TEAM_LEAD, Role.COMPANY_ADMIN)
"""Roles that write on cases; inspectors, finance and auditors read."""
MOVES_CASES = (Role.TEAM_LEAD, Role.COMPANY_ADMIN)
"""Roles that move cases between desks."""
SHOWS_NUMBERS = (*WORKS_CASES, Role.QC_INSPECTOR, Role.AUDITOR)
"""Roles that may see a number in full, with a reason."""


def led_team_ids(user: User) -> frozenset[int]:
    """The teams that the person leads, by id."""
    if not user.has_role(Role.TEAM_LEAD):
        return frozenset()
    return frozenset(teams_led(user).values_list("pk", flat=True))


def desks_in_sight(user: User, led: frozenset[int] | None = None) -> Q:
    """Condition on open assignments: those on the desks that the person looks after.

    led: the teams led, where the caller has asked already.
    """
    if sees_all(user):
        return Q()
    teams = led_team_ids(user) if led is None else led
    return Q(collector=user) | Q(team__in=teams) if teams else Q(collector=user)


def visible_cases(user: User) -> QuerySet[Case]:
    """The cases that the person may open, in the company of the open scope.

    Who sees all sees closed and unassigned ones too; for an agency all is what it holds. Everybody
    else sees the cases on the desks they look after. A case outside is 404, not 403.
    """
    if sees_all(user):
        return Case.objects.all()
    on_desks = Assignment.objects.filter(desks_in_sight(user), ended_at=None)
    return Case.objects.filter(pk__in=on_desks.values("case_id"))


@dataclass(frozen=True, slots=True)
class Sight:
    """`visible_cases` for plain SQL: a condition on a case `t`, and the values that it names."""

    condition: str
    values: dict[str, object]


ON_DESKS = """t.id IN (SELECT desk.case_id FROM collection_assignment desk
    WHERE desk.company_id = %(scope)s AND desk.ended_at IS NULL AND {looked_after})"""
OWN_DESK = ON_DESKS.format(looked_after="desk.collector_id = %(viewer)s")
OWN_AND_LED = ON_DESKS.format(
    looked_after="(desk.collector_id = %(viewer)s OR desk.team_id = ANY(%(led)s))"
)


def sight_of(user: User) -> Sight:
    """What the person sees; one query for a team lead, none for others."""
    if sees_all(user):
        return Sight("true", {})
    led = sorted(led_team_ids(user))
    if led:
        return Sight(OWN_AND_LED, {"viewer": user.pk, "led": led})
    return Sight(OWN_DESK, {"viewer": user.pk})


def may_work(user: User) -> bool:
    """Whether the person writes notes and takes actions on the cases in sight."""
    return user.has_role(*WORKS_CASES)


def may_move(user: User) -> bool:
    """Whether the person moves cases between desks (a lead within the teams led)."""
    return user.has_role(*MOVES_CASES)
