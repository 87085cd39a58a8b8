"""Teams on screen and by verb: who sees which, who sits and leads, what the night gives."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tenancy.access import teams_led
from tenancy.grants import leaders_by_team, leaders_of
from tenancy.models import AuditEntry, Company, Team, TeamMember, UserGrant
from tenancy.scope import company_scope
from tenancy.teams import change_team, create_team, set_leads, set_members
from tests.tenancy.conftest import Person, SignedIn

LIST = "/settings/teams/"
READERS = {"admin", "auditor", "lead", "lead2"}
FindTeam = Callable[[Company, str], Team]


def listed(page: Any) -> list[tuple[str, int, list[str]]]:
    return [(row.team.name, row.people, row.leads) for row in page.context["rows"]]


def test_teams_do_not_see_each_other(lender: Company, signed_in: SignedIn, team: FindTeam) -> None:
    everything = [("Team One", 3, ["Liu Lead"]), ("Team Two", 2, ["Lena Lead"])]
    assert listed(signed_in(lender, "admin").get(LIST)) == everything
    assert listed(signed_in(lender, "auditor").get(LIST)) == everything
    lead = signed_in(lender, "lead")
    assert listed(lead.get(LIST)) == everything[:1]
    assert lead.get(f"{LIST}{team(lender, 'Team One').uid}/").status_code == 200
    assert lead.get(f"{LIST}{team(lender, 'Team Two').uid}/").status_code == 404


def test_others_see_none(
    lender: Company, refused_to_others: Callable[..., None], team: FindTeam
) -> None:
    address = f"{LIST}{team(lender, 'Team One').uid}/"
    refused_to_others(lender, READERS, lambda client: client.get(LIST).status_code)
    refused_to_others(lender, READERS, lambda client: client.get(address).status_code)
    refused_to_others(
        lender, {"admin"}, lambda client: client.post(address, {"name": "X"}).status_code
    )
    refused_to_others(lender, {"admin"}, lambda client: client.get(f"{LIST}new/").status_code)


def test_a_strangers_team_is_404(
    lender: Company, agency: Company, signed_in: SignedIn, team: FindTeam
) -> None:
    admin = signed_in(lender, "admin")
    for uid in (team(agency, "Team One").uid, uuid.uuid4()):
        assert admin.get(f"{LIST}{uid}/").status_code == 404
        assert admin.post(f"{LIST}{uid}/", {"name": "Mine now"}).status_code == 404
    with company_scope(agency):
        assert not Team.objects.filter(name="Mine now").exists()


def test_wrong_verbs_are_405(lender: Company, signed_in: SignedIn, team: FindTeam) -> None:
    admin = signed_in(lender, "admin")
    assert admin.post(LIST).status_code == 405
    assert admin.delete(f"{LIST}{team(lender, 'Team One').uid}/").status_code == 405


def test_an_admin_makes_a_team(
    lender: Company, signed_in: SignedIn, audited: Callable[[Company], list[AuditEntry]]
) -> None:
    answer = signed_in(lender, "admin").post(
        f"{LIST}new/", {"name": " Early ", "takes_dpd_from": "0", "takes_dpd_to": "30"}
    )
    with company_scope(lender):
        made = Team.objects.get(name="Early")
    assert answer.headers["Location"] == f"{LIST}{made.uid}/"
    assert (made.takes_dpd_from, made.takes_dpd_to) == (0, 30)
    entry = audited(lender)[0]
    assert (entry.verb, entry.object_label, entry.actor_name) == (
        "create_team",
        "Early",
        "Ada Admin",
    )


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Team One"}, "name"),
        ({"name": "X", "takes_dpd_from": "3"}, "takes_dpd_to"),
        ({"name": "X", "takes_dpd_to": "3"}, "takes_dpd_from"),
        ({"name": "X", "takes_dpd_from": "9", "takes_dpd_to": "3"}, "takes_dpd_to"),
        ({"name": "X", "takes_dpd_from": "-1", "takes_dpd_to": "3"}, "takes_dpd_from"),
        ({"name": "X", "takes_dpd_from": "0", "takes_dpd_to": "40000"}, "takes_dpd_to"),
        ({"name": "X", "takes_dpd_from": "soon", "takes_dpd_to": "3"}, "takes_dpd_from"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    lender: Company, signed_in: SignedIn, form: dict[str, str], field: str
) -> None:
    page = signed_in(lender, "admin").post(f"{LIST}new/", form)
    assert page.status_code == 422
    assert field in page.context["form"].errors
    with company_scope(lender):
        assert Team.objects.count() == 2


def test_an_agencys_night_gives_nothing(agency: Company, signed_in: SignedIn) -> None:
    page = signed_in(agency, "admin").get(f"{LIST}new/")
    assert "takes_dpd_from" not in page.context["form"].fields
    with company_scope(agency), pytest.raises(ValidationError, match="Only a lender"):
        create_team(company=agency, name="X", takes_dpd_from=0, takes_dpd_to=3, by=None)


def test_one_button_saves_name_people_and_leads(
    lender: Company,
    signed_in: SignedIn,
    person: Person,
    team: FindTeam,
    audited: Callable[[Company], list[AuditEntry]],
) -> None:
    one = team(lender, "Team One")
    cai, lena = person(lender, "collector3"), person(lender, "lead2")
    answer = signed_in(lender, "admin").post(
        f"{LIST}{one.uid}/",
        {
            "name": "First",
            "takes_dpd_from": "",
            "takes_dpd_to": "",
            "is_active": "on",
            "members": [cai.uid, lena.uid],
            "leads": [lena.uid],
        },
    )
    assert answer.status_code == 302
    with company_scope(lender):
        assert set(TeamMember.objects.filter(team=one).values_list("user_id", flat=True)) == {
            cai.pk,
            lena.pk,
        }
        assert [user.username for user in leaders_of(one)] == ["lead2"]
        assert {each.name for each in teams_led(lena)} == {"First", "Team Two"}
    assert [entry.verb for entry in audited(lender)] == ["change_team", "set_leads", "set_members"]
    assert audited(lender)[2].before == {"members": ["collector", "collector2", "lead"]}


def test_a_wrong_name_leaves_the_people_as_they_were(
    lender: Company, signed_in: SignedIn, team: FindTeam
) -> None:
    one = team(lender, "Team One")
    page = signed_in(lender, "admin").post(
        f"{LIST}{one.uid}/", {"name": "Team Two", "is_active": "on", "members": []}
    )
    assert page.status_code == 422
    with company_scope(lender):
        assert TeamMember.objects.filter(team=one).count() == 3


def test_a_team_is_closed_once_it_is_empty(lender: Company, team: FindTeam) -> None:
    one = team(lender, "Team One")
    facts: dict[str, Any] = {"takes_dpd_from": None, "takes_dpd_to": None, "by": None}
    with company_scope(lender):
        with pytest.raises(ValidationError, match="move them first"):
            change_team(company=lender, team=one, name="One", is_active=False, **facts)
        set_members(company=lender, team=one, members=[], by=None)
        change_team(company=lender, team=one, name="One", is_active=False, **facts)
        assert not Team.objects.get(pk=one.pk).is_active


def test_only_a_team_lead_leads(lender: Company, person: Person, team: FindTeam) -> None:
    one, chen = team(lender, "Team One"), person(lender, "collector")
    refusal = pytest.raises(ValidationError, match="Not a team lead: Chen Collector")
    with company_scope(lender), refusal:
        set_leads(company=lender, team=one, leads=[chen], by=None)


def test_nobody_takes_the_own_lead(lender: Company, person: Person, team: FindTeam) -> None:
    one, liu = team(lender, "Team One"), person(lender, "lead")
    with company_scope(lender), pytest.raises(PermissionDenied):
        set_leads(company=lender, team=one, leads=[], by=liu)


def test_people_of_another_company_are_refused(
    lender: Company, agency: Company, person: Person, team: FindTeam
) -> None:
    one, stranger = team(lender, "Team One"), person(agency, "lead")
    with company_scope(lender):
        with pytest.raises(ValidationError, match="no such person"):
            set_members(company=lender, team=one, members=[stranger], by=None)
        with pytest.raises(ValidationError, match="no such person"):
            set_leads(company=lender, team=one, leads=[stranger], by=None)


def test_grants_stay_behind_the_wall(
    lender: Company, agency: Company, person: Person, team: FindTeam
) -> None:
    """Guardian runs as the application role: its rows carry the company and stay with it."""
    one, liu = team(lender, "Team One"), person(lender, "lead")
    with company_scope(lender):
        assert UserGrant.objects.count() == 2
        assert leaders_by_team([one])[one.pk] == [liu]
        assert liu.has_perm("lead_team", one)
        assert not person(lender, "lead2").has_perm("lead_team", one)
    with company_scope(agency):
        theirs = person(agency, "lead")
        assert {grant.company_id for grant in UserGrant.objects.all()} == {agency.pk}
        assert leaders_by_team([one]) == {}
        assert not theirs.has_perm("lead_team", one)
