"""Home, board and the list of cases: what each role finds there."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from tenancy.models import Company, Role, User
from tenancy.scope import company_scope
from tests.collection.book import ON
from tests.screens.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[Company, str], Client]


def home(client: Client) -> str:
    answer = client.get(reverse("home"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_home_of_each_role(world: World, signed_in: SignIn) -> None:
    collector = home(signed_in(world.lender, "collector"))
    assert "What comes first" in collector
    assert "Name MATE-1" not in collector
    assert "Last night" not in collector
    lead = home(signed_in(world.lender, "lead"))
    assert "Desks" in lead
    assert "Cora Collector" in lead
    assert "Cai Collector" not in lead
    admin = home(signed_in(world.lender, "admin"))
    assert "Open cases by bucket" in admin
    assert world.package.number in admin
    assert "20 November 2026" in admin
    inspector = home(signed_in(world.lender, "inspector"))
    assert "Open cases by bucket" in inspector
    assert world.package.number not in inspector
    agencys = home(signed_in(world.agency, "admin"))
    assert world.package.number in agencys
    assert "Imports" not in agencys


def test_home_with_nothing_in_it(other_lender: Company, signed_in: SignIn) -> None:
    for username, said in (
        ("admin", "Cases come from the loans feed"),
        ("collector", "No case in hand"),
        ("lead", "Desks"),
    ):
        assert said in home(signed_in(other_lender, username))


def test_home_of_somebody_with_two_roles(world: World, signed_in: SignIn) -> None:
    with company_scope(world.lender):
        roles = [Role.COLLECTOR.value, Role.COMPANY_ADMIN.value]
        User.objects.filter(username="collector").update(roles=roles)
    page = home(signed_in(world.lender, "collector"))
    assert "What comes first" in page
    assert "Open cases by bucket" in page


def test_the_chart_and_its_table_say_the_same(world: World, signed_in: SignIn) -> None:
    chart = signed_in(world.lender, "admin").get(reverse("home")).context["chart"]
    assert chart.data["labels"] == ["S1", "M2", "M3"]
    assert chart.data["values"] == [5, 2, 2]
    assert [row[:2] for row in chart.table[1:]] == [["S1", "5"], ["M2", "2"], ["M3", "2"]]


def test_the_boards_figures_are_links_to_what_they_count(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "lead")
    context = client.get(reverse("work:board")).context
    for stat in context["stats"]:
        rows = client.get(stat.href).context["rows"]
        assert len(rows) == int(stat.value), stat.label
    for row in context["rows"]:
        for figure in (row.cases, *row.figures):
            assert len(client.get(figure.href).context["rows"]) == int(figure.value), row.name


def test_an_admin_chooses_a_team_on_the_board(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "admin")
    views = client.get(reverse("work:board")).context["views"]
    assert [view.label for view in views] == ["All teams", "Team One", "Team Two"]
    one = client.get(reverse("work:board") + views[1].href).content.decode()
    assert "Cai Collector" not in one
    assert client.get(reverse("work:board") + "?team=nonsense").status_code == 200


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("", 9),
        ("assigned", 5),
        ("unassigned", 0),
        ("to_place", 2),
        ("placed", 2),
        ("closed", 0),
        ("nonsense", 9),
    ],
)
def test_states_of_the_list(world: World, signed_in: SignIn, state: str, found: int) -> None:
    client = signed_in(world.lender, "admin")
    answer = client.get(reverse("cases:list") + f"?state={state}")
    assert answer.status_code == 200
    assert len(answer.context["rows"]) == found


def test_each_sees_own_cases_in_the_list(world: World, signed_in: SignIn) -> None:
    for company, username, found in (
        (world.lender, "collector", 3),
        (world.lender, "lead", 4),
        (world.lender, "auditor", 9),
        (world.agency, "admin", 2),
        (world.agency, "collector", 1),
    ):
        rows = signed_in(company, username).get(reverse("cases:list")).context["rows"]
        assert len(rows) == found, username


@pytest.mark.parametrize(
    ("username", "state", "actions"),
    [
        ("admin", "", ["Reassign", "Place with an agency", "Recall"]),
        ("admin", "to_place", ["Reassign", "Place with an agency"]),
        ("admin", "placed", ["Recall"]),
        ("lead", "", ["Reassign"]),
        ("admin", "closed", None),
        ("collector", "", None),
        ("auditor", "", None),
    ],
)
def test_what_may_be_done_with_ticks(
    world: World, signed_in: SignIn, username: str, state: str, actions: list[str] | None
) -> None:
    context = (
        signed_in(world.lender, username).get(reverse("cases:list") + f"?state={state}").context
    )
    bulk = context["bulk"]
    assert (bulk and [str(action.label) for action in bulk.actions]) == actions
    assert context["table"].ticks == (actions is not None)


def test_closed_cases_say_when_and_why(world: World, signed_in: SignIn) -> None:
    with company_scope(world.lender):
        Case.objects.filter(pk=world.mine[0].pk).update(closed_on=ON, closure="paid")
    client = signed_in(world.lender, "admin")
    page = client.get(reverse("cases:list") + "?state=closed&closure=paid").content.decode()
    assert "2026-11-20" in page
    assert "Paid" in page
    none = client.get(reverse("cases:list") + "?state=closed&closure=sold").content.decode()
    assert "No case matches this filter" in none


def test_cases_of_one_agency(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "admin")
    for code, found in (("ANXIN", 2), ("BRIDGE", 0)):
        answer = client.get(reverse("cases:list") + f"?state=placed&agency={code}")
        assert len(answer.context["rows"]) == found


def test_search_from_the_top_bar(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "admin")
    rows = client.get(reverse("cases:list") + "?q=wait-45").context["rows"]
    assert [row.loan_no for row in rows] == ["WAIT-45"]
    assert client.get(reverse("cases:list") + "?q=%27%3B--").status_code == 200
