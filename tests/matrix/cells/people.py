"""People and teams."""

from collections.abc import Mapping

from django.test import Client

from tenancy.models import Team, TeamMember, TotpDevice, User
from tenancy.people import deactivate_user
from tenancy.scope import company_scope
from tests.matrix.cell import ADMIN, LEADS, RECORDS, Cell, writes
from tests.matrix.cells.own import the
from tests.matrix.sides import Side

SEE_PEOPLE = RECORDS | LEADS
LEAD2 = frozenset({"lead2"})
CHANGED = writes("tenancy_user", "tenancy_auditentry")


def _gone(_client: Client, side: Side) -> Mapping[str, str]:
    """The person has left."""
    with company_scope(side.company):
        if the("collector2").is_active:
            deactivate_user(company=side.company, user=the("collector2"), by=None)
    return {}


def _sits(username: str, team: str) -> bool:
    return TeamMember.objects.filter(user=the(username), team__uid=team).exists()


CELLS = [
    Cell(route="tenancy:people", allowed=SEE_PEOPLE),
    Cell(
        route="tenancy:people",
        note="filtered",
        who="lead",
        allowed=SEE_PEOPLE,
        query={"team": "{team}"},
    ),
    Cell(route="tenancy:people-new", allowed=ADMIN),
    Cell(
        route="tenancy:people-new",
        method="POST",
        allowed=ADMIN,
        body={
            "username": "newcomer",
            "display_name": "Newcomer",
            "roles": ["team_lead"],
            "teams": ["{team}"],
            "leads": ["{team_two}"],
        },
        writes=writes(
            "tenancy_user", "tenancy_teammember", "tenancy_usergrant", "tenancy_auditentry"
        ),
        proof=lambda _side: User.objects.filter(username="newcomer").exists(),
    ),
    Cell(
        route="tenancy:people-edit",
        who="lead",
        allowed=SEE_PEOPLE - LEAD2,
        blind=LEAD2,
        path={"uid": "{person_collector}"},
        unseen={"uid": "{person_collector3}"},
    ),
    Cell(
        route="tenancy:people-edit",
        method="POST",
        allowed=ADMIN,
        path={"uid": "{person_collector}"},
        body={
            "display_name": "Chen the Collector",
            "roles": ["collector"],
            "teams": ["{team}", "{team_two}"],
        },
        status=302,
        writes=CHANGED | writes("tenancy_teammember"),
        proof=lambda side: _sits("collector", side.ids["team_two"]),
    ),
    Cell(
        route="tenancy:people-password",
        method="POST",
        allowed=ADMIN,
        path={"uid": "{person_collector}"},
        writes=CHANGED,
        proof=lambda _side: the("collector").must_change_password,
    ),
    Cell(
        route="tenancy:people-second-factor",
        method="POST",
        allowed=ADMIN,
        path={"uid": "{person_collector2}"},
        status=302,
        writes=writes("tenancy_totpdevice", "tenancy_auditentry"),
        proof=lambda _side: not TotpDevice.objects.filter(user=the("collector2")).exists(),
    ),
    Cell(
        route="tenancy:people-deactivate",
        method="POST",
        allowed=ADMIN,
        path={"uid": "{person_collector2}"},
        status=302,
        writes=CHANGED,
        proof=lambda _side: not the("collector2").is_active,
    ),
    Cell(
        route="tenancy:people-reactivate",
        method="POST",
        allowed=ADMIN,
        path={"uid": "{person_collector2}"},
        prepare=_gone,
        status=302,
        writes=CHANGED,
        proof=lambda _side: the("collector2").is_active,
    ),
    Cell(route="tenancy:teams", allowed=SEE_PEOPLE),
    Cell(route="tenancy:team-new", allowed=ADMIN),
    Cell(
        route="tenancy:team-new",
        method="POST",
        allowed=ADMIN,
        body={"name": "Team Three"},
        status=302,
        writes=writes("tenancy_team", "tenancy_auditentry"),
        proof=lambda _side: Team.objects.filter(name="Team Three").exists(),
    ),
    Cell(
        route="tenancy:team",
        who="lead",
        allowed=SEE_PEOPLE - LEAD2,
        blind=LEAD2,
        path={"uid": "{team}"},
        unseen={"uid": "{team_two}"},
    ),
    Cell(
        route="tenancy:team",
        method="POST",
        allowed=ADMIN,
        path={"uid": "{team}"},
        body={
            "name": "Team First",
            "is_active": "on",
            "members": ["{person_collector}", "{person_collector3}"],
            "leads": ["{person_lead2}"],
        },
        status=302,
        writes=writes(
            "tenancy_team", "tenancy_teammember", "tenancy_usergrant", "tenancy_auditentry"
        ),
        proof=lambda side: _sits("collector3", side.ids["team"]),
    ),
]
