"""Moving, placing and recalling by hand, as a browser without scripts does it."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Package, Placement
from cases.models import Case, CaseHold
from collection.models import Assignment
from tenancy.models import Company, Team, User
from tenancy.scope import company_scope
from tests.collection.book import ON, desk, whose
from tests.screens.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[Company, str], Client]


def address(name: str, *cases: Case, **query: str) -> str:
    """A panel's address with ticked cases."""
    ids = "&".join(f"id={case.uid}" for case in cases)
    rest = "".join(f"&{key}={value}" for key, value in query.items())
    return f"{reverse(name)}?{ids}{rest}"


def desk_code(company: Company, username: str, team: str = "One") -> str:
    """A desk as the form sends it."""
    with company_scope(company):
        there = desk(username, team)
        person = f".{there.collector.uid}" if there.collector else ""
        return f"{there.team.uid}{person}"


def desks(company: Company, cases: list[Case]) -> list[str | None]:
    with company_scope(company):
        return [whose(case) for case in cases]


def test_a_lead_moves_ticked_cases_and_sees_the_effect_first(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.lender, "lead")
    url = address("work:reassign", *world.mine[:2], world.teammate)
    asked = client.get(url).content.decode()
    assert "3 cases chosen" in asked
    assert "Show the effect" in asked
    to = desk_code(world.lender, "collector2")
    look = client.post(url, {"to": to, "act": "look", "reason": "half typed"})
    page = look.content.decode()
    assert "Move 2 cases to Cora Collector · Team One" in page
    assert "The case is on that desk already" in page
    assert "MATE-1" in page
    assert 'value="half typed"' in page
    assert desks(world.lender, world.mine) == ["collector"] * 3
    done = client.post(url, {"to": to, "seen": to, "act": "move", "reason": "on leave"})
    page = done.content.decode()
    assert done.status_code == 200
    assert "2 cases are on the desk Cora Collector · Team One now." in page
    assert "MATE-1" in page, "what was refused is listed in the result"
    assert desks(world.lender, world.mine) == ["collector2", "collector2", "collector"]
    with company_scope(world.lender):
        row = Assignment.objects.get(case=world.mine[0], ended_at=None)
        assert (row.reason, row.assigned_by_name) == ("on leave", "Liu Lead")


def test_confirming_another_desk_than_was_shown_asks_again(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "lead")
    url = address("work:reassign", world.mine[0])
    shown, sent = (desk_code(world.lender, name) for name in ("collector2", "lead"))
    answer = client.post(url, {"to": sent, "seen": shown, "act": "move", "reason": "why"})
    assert "Move 1 case to Liu Lead · Team One" in answer.content.decode()
    assert desks(world.lender, world.mine[:1]) == ["collector"]


def test_a_reason_is_required(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "lead")
    to = desk_code(world.lender, "collector2")
    answer = client.post(
        address("work:reassign", world.mine[0]), {"to": to, "seen": to, "act": "move"}
    )
    assert answer.status_code == 422
    assert "This field is required." in answer.content.decode()
    assert desks(world.lender, world.mine[:1]) == ["collector"]


def test_a_lead_moves_within_the_teams_led_only(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "lead")
    to = desk_code(world.lender, "collector3", "Two")
    url = address("work:reassign", world.mine[0])
    assert to not in client.get(url).content.decode()
    answer = client.post(url, {"to": to, "seen": to, "act": "move", "reason": "why"})
    assert answer.status_code == 422
    assert desks(world.lender, world.mine[:1]) == ["collector"]
    assert client.get(address("work:reassign", world.other_team)).status_code == 404
    mixed = client.get(address("work:reassign", world.mine[0], world.other_team))
    assert "1 of the ticked cases is out of your sight" in mixed.content.decode()


def test_all_that_match_a_filter_are_moved(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "admin")
    listed = client.get(reverse("cases:list") + "?state=to_place&bucket=M2")
    bulk = listed.context["bulk"]
    assert bulk.total == "2"
    to = desk_code(world.lender, "", "Two")
    query = {"all_matching": "1", "filter": bulk.query}
    url = reverse("work:reassign", query=query)
    done = client.post(url, {"to": to, "seen": to, "act": "move", "reason": "field team"})
    assert "2 cases are on the desk Team Two now." in done.content.decode()
    assert desks(world.lender, world.waiting) == ["", ""]
    assert done.context["back"] == "/cases/?state=to_place&bucket=M2"


def test_all_of_one_desk_from_the_board(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "lead")
    (row,) = [
        row
        for row in client.get(reverse("work:board")).context["rows"]
        if row.name == "Chen Collector"
    ]
    to = desk_code(world.lender, "collector2")
    client.post(row.reassign, {"to": to, "seen": to, "act": "move", "reason": "ill"})
    assert desks(world.lender, world.mine) == ["collector2"] * 3
    board = client.get(reverse("work:board")).content.decode()
    assert "ill" in board
    assert "Cora Collector · Team One" in board


@pytest.mark.parametrize(
    "query", ["", "?id=nonsense", "?all_matching=1", "?all_matching=1&filter=list%3Dnonsense"]
)
def test_nothing_chosen_does_not_exist(world: World, signed_in: SignIn, query: str) -> None:
    client = signed_in(world.lender, "admin")
    for name in ("work:reassign", "agencies:place", "agencies:recall"):
        assert client.get(reverse(name) + query).status_code == 404


UNREAD = (
    "list=cases&bucket=NOPE",
    "list=cases&bucket=M2&bucket=NOPE",
    "list=cases&dpd_min=abc",
    "list=cases&agency=ZZZ",
    "list=cases&state=placed&agency=ZZZ",
    "list=cases&state=nonsense",
    "list=cases&collector=nobody",
    "list=queue&show=nonsense",
    "list=queue&team=nobody",
)


@pytest.mark.parametrize("name", ["work:reassign", "agencies:place", "agencies:recall"])
@pytest.mark.parametrize("unread", UNREAD)
def test_a_filter_that_cannot_be_read_chooses_nothing(
    world: World, signed_in: SignIn, name: str, unread: str
) -> None:
    client = signed_in(world.lender, "admin")
    before = desks(world.lender, [*world.mine, *world.waiting])
    to = desk_code(world.lender, "collector2")
    url = reverse(name, query={"all_matching": "1", "filter": unread})
    sent = {"to": to, "agency": "BRIDGE", "reason": "why"}
    for act in ("move", "place"):
        sent |= {"seen": to if act == "move" else "BRIDGE", "act": act}
        assert client.post(url, sent).status_code == 422
    assert "The filter cannot be read" in client.get(url).content.decode()
    assert desks(world.lender, [*world.mine, *world.waiting]) == before
    with company_scope(world.lender):
        assert Placement.objects.filter(ended_at=None).count() == len(world.placed)


@pytest.mark.parametrize(
    "address", ["/cases/?bucket=NOPE", "/cases/?collector=nobody", "/cases/?dpd_min=999999999"]
)
def test_what_is_not_known_matches_nothing(world: World, signed_in: SignIn, address: str) -> None:
    client = signed_in(world.lender, "admin")
    for path in (address, address.replace("/cases/", "/work/")):
        page = client.get(path)
        assert page.context["rows"] == []
        assert ("not known any more" in page.content.decode()) == ("dpd_min" not in path)


def test_the_board_moves_the_cases_of_who_left_and_of_nobody_else(
    world: World, signed_in: SignIn
) -> None:
    with company_scope(world.lender):
        User.objects.filter(username="collector").update(is_active=False)
    client = signed_in(world.lender, "lead")
    page = client.get(reverse("work:board"))
    (row,) = [row for row in page.context["rows"] if row.name == "Chen Collector"]
    assert row.inactive
    assert "deactivated" in page.content.decode()
    listed = client.get(row.cases.href)
    assert len(listed.context["rows"]) == len(world.mine)
    assert "Chen Collector (deactivated)" in listed.content.decode()
    to = desk_code(world.lender, "lead")
    client.post(row.reassign, {"to": to, "seen": to, "act": "move", "reason": "left"})
    assert desks(world.lender, world.mine) == ["lead"] * 3
    assert desks(world.lender, [world.teammate]) == ["collector2"]


def test_who_moves_nothing(world: World, signed_in: SignIn) -> None:
    to = desk_code(world.lender, "collector2")
    sent = {"to": to, "seen": to, "act": "move", "reason": "why"}
    url = address("work:reassign", world.mine[0])
    for company, username, status in (
        (world.lender, "collector", 403),
        (world.lender, "auditor", 403),
        (world.lender, "lead2", 404),
        (world.agency, "admin", 404),
    ):
        assert signed_in(company, username).post(url, sent).status_code == status
    assert desks(world.lender, world.mine[:1]) == ["collector"]


def test_placing_shows_the_effect_then_makes_a_package(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "admin")
    with company_scope(world.lender):
        CaseHold.objects.create(
            owner=world.lender,
            case=world.waiting[1],
            kind="dispute",
            starts_on=ON,
            stops_placement=True,
        )
    url = address("agencies:place", *world.waiting)
    look = client.post(url, {"agency": "BRIDGE", "act": "look"}).content.decode()
    assert "Place 1 case with Bridge Recovery" in look
    assert "A hold stops it" in look
    assert "WAIT-46" in look
    wrong = {"agency": "BRIDGE", "seen": "BRIDGE", "act": "place", "ends_on": "2001-01-01"}
    answer = client.post(url, wrong | {"reason": "first"})
    assert answer.status_code == 422
    assert "The end lies in the past." in answer.content.decode()
    assert 'value="2001-01-01"' in answer.content.decode()
    sent = wrong | {"ends_on": "2099-12-31", "reason": "first placement"}
    done = client.post(url, sent).content.decode()
    assert "1 case, 1,000.00 CNY, is with Bridge Recovery now." in done
    assert "WAIT-46" in done
    with company_scope(world.lender):
        package = Package.objects.get(agency__code="BRIDGE")
        assert (package.cases, package.reason, str(package.ends_on)) == (
            1, "first placement", "2099-12-31",
        )  # fmt: skip


def test_placing_asks_again_for_another_agency(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "admin")
    sent = {"agency": "CLEAR", "seen": "BRIDGE", "act": "place", "reason": "why"}
    answer = client.post(address("agencies:place", world.waiting[0]), sent)
    assert "Place 1 case with Clear Recovery" in answer.content.decode()
    with company_scope(world.lender):
        assert Package.objects.count() == 1


def test_recalling_a_package(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "admin")
    url = reverse("agencies:recall-package", args=[world.package.uid])
    asked = client.get(url).content.decode()
    assert "Recall 2 cases" in asked
    assert "Anxin Collections" in asked
    refused = client.post(url, {"reason": ""})
    assert refused.status_code == 422
    done = client.post(url, {"reason": "breach"}).content.decode()
    assert "2 cases are back" in done
    with company_scope(world.lender):
        assert not Placement.objects.filter(ended_at=None).exists()
    page = client.get(reverse("agencies:package", args=[world.package.uid])).content.decode()
    assert "The agency holds no case of this package any more." in page
    assert 'aria-disabled="true"' in page
    assert "breach" in page
    with company_scope(world.agency):
        assert not Assignment.objects.filter(ended_at=None).exists()


def test_recalling_what_is_not_placed_is_refused(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "admin")
    answer = client.get(address("agencies:recall", world.mine[0])).content.decode()
    assert "None of these cases is with an agency." in answer
    assert "The case is not with an agency" in answer
    assert 'class="btn btn-danger"' not in answer


def test_a_recall_takes_the_whole_person(world: World, signed_in: SignIn) -> None:
    with company_scope(world.lender):
        borrower = world.placed[0].borrower
        Case.objects.filter(pk=world.placed[1].pk).update(borrower=borrower)
    client = signed_in(world.lender, "admin")
    asked = client.get(address("agencies:recall", world.placed[0])).content.decode()
    assert "Recall 2 cases" in asked
    assert "1 of them comes along" in asked


def test_the_agencys_inbox_and_acceptance(
    world: World, other_agency: Company, signed_in: SignIn
) -> None:
    admin = signed_in(world.agency, "admin")
    url = reverse("agencies:accept", args=[world.package.uid])
    assert world.package.number in admin.get(reverse("agencies:inbox")).content.decode()
    page = admin.get(reverse("agencies:package", args=[world.package.uid])).content.decode()
    assert "Accept the package" in page
    assert admin.get(url).status_code == 405
    assert signed_in(world.agency, "auditor").post(url).status_code == 403
    assert signed_in(other_agency, "admin").post(url).status_code == 404
    assert signed_in(world.lender, "admin").post(url).status_code == 403
    answer = admin.post(url, follow=True)
    assert f"Package {world.package.number} accepted." in answer.content.decode()
    assert "Accept the package" not in answer.content.decode()
    with company_scope(world.agency):
        accepted = Package.objects.get(pk=world.package.pk)
        assert accepted.accepted_by_name == "Ada Admin"


def test_packages_by_state(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "finance")
    for state, found in (("", 1), ("waiting", 1), ("running", 0), ("over", 0)):
        rows = client.get(reverse("agencies:placements") + f"?state={state}").context["rows"]
        assert len(rows) == found, state
    page = client.get(reverse("agencies:placements")).content.decode()
    assert "Cases to be placed" not in page, "finance places nothing"


def test_a_team_led_by_two_and_left_by_one(world: World, signed_in: SignIn) -> None:
    """Somebody who left stands on the board while cases lie there, and gets no more."""
    with company_scope(world.lender):
        User.objects.filter(username="collector2").update(is_active=False)
        assert Team.objects.filter(is_active=True).count() == 2
    client = signed_in(world.lender, "lead")
    rows = client.get(reverse("work:board")).context["rows"]
    assert "Cora Collector" in [row.name for row in rows]
    asked = client.get(address("work:reassign", world.mine[0])).content.decode()
    assert "Cora Collector" not in asked
