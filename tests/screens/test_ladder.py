"""Who may open which page of the daily work, and that everybody else's cases do not exist."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tenancy.models import Company
from tests.screens.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[Company, str], Client]

OK, FORBIDDEN, MISSING, NO_METHOD = 200, 403, 404, 405


def case_url(case: object, name: str = "work:case") -> str:
    return reverse(name, args=[case.uid])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "username", "status"),
    [
        ("home", "collector", OK),
        ("home", "inspector", OK),
        ("work:queue", "collector", OK),
        ("work:queue", "lead", OK),
        ("work:queue", "admin", OK),
        ("work:queue", "finance", FORBIDDEN),
        ("work:queue", "inspector", FORBIDDEN),
        ("work:board", "lead", OK),
        ("work:board", "admin", OK),
        ("work:board", "collector", FORBIDDEN),
        ("work:board", "auditor", FORBIDDEN),
        ("cases:list", "collector", OK),
        ("cases:list", "auditor", OK),
        ("agencies:placements", "admin", OK),
        ("agencies:placements", "finance", OK),
        ("agencies:placements", "lead", FORBIDDEN),
        ("agencies:placements", "collector", FORBIDDEN),
        ("agencies:inbox", "admin", FORBIDDEN),
    ],
)
def test_pages_by_role(
    world: World, signed_in: SignIn, name: str, username: str, status: int
) -> None:
    client = signed_in(world.lender, username)
    assert client.get(reverse(name)).status_code == status
    if status == OK:
        assert client.post(reverse(name)).status_code == NO_METHOD
        assert client.delete(reverse(name)).status_code == NO_METHOD


@pytest.mark.parametrize(
    ("name", "username", "status"),
    [
        ("home", "admin", OK),
        ("work:queue", "collector", OK),
        ("work:board", "lead", OK),
        ("cases:list", "admin", OK),
        ("agencies:inbox", "admin", OK),
        ("agencies:inbox", "auditor", OK),
        ("agencies:inbox", "lead", FORBIDDEN),
        ("agencies:placements", "admin", FORBIDDEN),
    ],
)
def test_pages_of_an_agency_by_role(
    world: World, signed_in: SignIn, name: str, username: str, status: int
) -> None:
    assert signed_in(world.agency, username).get(reverse(name)).status_code == status


@pytest.mark.parametrize(
    ("username", "mine", "teammate", "other_team", "placed"),
    [
        ("collector", OK, MISSING, MISSING, MISSING),
        ("collector2", MISSING, OK, MISSING, MISSING),
        ("lead", OK, OK, MISSING, MISSING),
        ("lead2", MISSING, MISSING, OK, MISSING),
        ("admin", OK, OK, OK, OK),
        ("inspector", OK, OK, OK, OK),
        ("finance", OK, OK, OK, OK),
        ("auditor", OK, OK, OK, OK),
    ],
)
def test_a_case_by_whose_it_is(
    world: World,
    signed_in: SignIn,
    username: str,
    mine: int,
    teammate: int,
    other_team: int,
    placed: int,
) -> None:
    client = signed_in(world.lender, username)
    cases = (world.mine[0], world.teammate, world.other_team, world.placed[0])
    found = [client.get(case_url(case)).status_code for case in cases]
    assert found == [mine, teammate, other_team, placed]


def test_a_case_at_the_agency(world: World, signed_in: SignIn) -> None:
    first, second = (case_url(case) for case in world.placed)
    admin, collector = signed_in(world.agency, "admin"), signed_in(world.agency, "collector")
    assert admin.get(first).status_code == admin.get(second).status_code == OK
    assert collector.get(first).status_code == OK
    assert collector.get(second).status_code == MISSING
    assert admin.get(case_url(world.mine[0])).status_code == MISSING


def test_a_case_of_another_company(
    world: World, other_lender: Company, other_agency: Company, signed_in: SignIn
) -> None:
    for company in (other_lender, other_agency):
        client = signed_in(company, "admin")
        for case in (world.mine[0], world.placed[0]):
            for name in ("work:case", "work:note", "work:timeline"):
                assert client.get(case_url(case, name)).status_code == MISSING
            assert client.post(case_url(case, "work:id-number")).status_code == MISSING
        ids = {"id": str(world.mine[0].uid)}
        assert client.get(reverse("work:reassign"), ids).status_code == MISSING


def test_a_package_is_seen_by_its_two_parties(
    world: World, other_lender: Company, other_agency: Company, signed_in: SignIn
) -> None:
    url = reverse("agencies:package", args=[world.package.uid])
    for company, username, status in (
        (world.lender, "admin", OK),
        (world.lender, "finance", OK),
        (world.lender, "lead", FORBIDDEN),
        (world.agency, "admin", OK),
        (world.agency, "collector", FORBIDDEN),
        (other_lender, "admin", MISSING),
        (other_agency, "admin", MISSING),
    ):
        assert signed_in(company, username).get(url).status_code == status, (company, username)


def test_only_the_lenders_admin_places_and_recalls(world: World, signed_in: SignIn) -> None:
    ids = {"id": str(world.waiting[0].uid)}
    for name in ("agencies:place", "agencies:recall"):
        url = reverse(name)
        assert signed_in(world.lender, "admin").get(url, ids).status_code == OK
        assert signed_in(world.lender, "lead").get(url, ids).status_code == FORBIDDEN
        assert signed_in(world.lender, "auditor").get(url, ids).status_code == FORBIDDEN
        assert signed_in(world.agency, "admin").get(url, ids).status_code == FORBIDDEN


def test_signed_out_is_sent_to_sign_in(world: World, client: Client) -> None:
    answer = client.get(case_url(world.mine[0]))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in/")
