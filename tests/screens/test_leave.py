"""The leave calendar as a browser without scripts uses it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from collection.models import Leave
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.collection.book import ON
from tests.screens.test_moving import address, desk_code, desks
from tests.screens.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[Company, str], Client]


def uid(company: Company, username: str) -> str:
    with company_scope(company):
        return str(User.objects.get(username=username).uid)


def typed(company: Company, username: str, cover: str, **more: str) -> dict[str, str]:
    """The panel filled in, its effect shown, and confirmed."""
    user, instead = uid(company, username), uid(company, cover) if cover else ""
    days = {"first_day": ON.isoformat(), "last_day": (ON + timedelta(days=2)).isoformat()}
    return {
        "user": user,
        "cover": instead,
        "seen": f"{user}.{instead}",
        "reason": "ill",
        "act": "enter",
        **days,
        **more,
    }


def test_a_lead_sees_the_effect_and_enters_the_leave(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "lead")
    new = reverse("work:leave-new")
    sent = typed(world.lender, "collector", "collector2")
    look = client.post(new, sent | {"act": "look"}).content.decode()
    assert "Of 3 in hand at Chen Collector, 3 cases go to Cora Collector" in look
    assert 'value="ill"' in look
    assert desks(world.lender, world.mine) == ["collector"] * 3, "looking hands nothing over"
    asked = client.post(new, sent | {"seen": ""}).content.decode()
    assert "Enter the leave of Chen Collector" in asked, "what was not shown is not done"
    done = client.post(new, sent).content.decode()
    assert "Chen Collector is away from 2026-11-20 to 2026-11-22." in done
    assert "3 cases are with Cora Collector now." in done
    assert desks(world.lender, world.mine) == ["collector2"] * 3
    month = client.get(reverse("work:leave")).content.decode()
    assert month.count("away, Cora Collector covers</span>") == 3
    again = client.post(new, sent)
    assert again.status_code == 422
    assert "There is a leave on these days already: 2026-11-20 – 2026-11-22." in (
        again.content.decode()
    )


def test_the_board_begins_it_and_moves_name_who_is_away(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "lead")
    rows = client.get(reverse("work:board")).context["rows"]
    (begin,) = [row.enter_leave for row in rows if row.name == "Chen Collector"]
    assert "3 cases of Chen Collector stay" in client.get(begin).content.decode()
    client.post(reverse("work:leave-new"), typed(world.lender, "collector", "collector2"))
    rows = client.get(reverse("work:board")).context["rows"]
    assert [row.enter_leave for row in rows if row.name == "Chen Collector"] == [""]
    url = address("work:reassign", world.teammate)
    assert "Chen Collector (on leave)" in client.get(url).content.decode()
    to = desk_code(world.lender, "collector")
    look = client.post(url, {"to": to, "act": "look"}).content.decode()
    assert "The person is on leave" in look


def test_it_is_cancelled_from_the_calendar(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "lead")
    client.post(reverse("work:leave-new"), typed(world.lender, "collector", "collector2"))
    (line,) = client.get(reverse("work:leave")).context["lines"]
    assert (line.covered, line.stayed, line.state) == (3, 0, "away")
    asked = client.get(line.cancel).content.decode()
    assert "3 cases go back from Cora Collector to Chen Collector at once." in asked
    assert "Chen Collector has 3 cases back." in client.post(line.cancel).content.decode()
    assert desks(world.lender, world.mine) == ["collector"] * 3
    assert client.post(line.cancel).status_code == 422
    assert client.get(reverse("work:leave")).context["lines"] == []


def test_without_a_cover_the_cases_stay(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "lead")
    sent = typed(world.lender, "collector", "")
    look = client.post(reverse("work:leave-new"), sent | {"act": "look"}).content.decode()
    assert "3 cases of Chen Collector stay on the desk; nobody works them." in look
    client.post(reverse("work:leave-new"), sent)
    assert desks(world.lender, world.mine) == ["collector"] * 3
    assert "away, nobody covers" in client.get(reverse("work:leave")).content.decode()


def test_a_lead_finds_the_own_team_only(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "lead")
    page = client.get(reverse("work:leave-new")).content.decode()
    assert "Cora Collector" in page
    assert "Cai Collector" not in page
    for user, cover in (("collector3", ""), ("collector", "collector3")):
        refused = client.post(reverse("work:leave-new"), typed(world.lender, user, cover))
        assert refused.status_code == 422
    signed_in(world.lender, "admin").post(
        reverse("work:leave-new"), typed(world.lender, "collector3", "collector")
    )
    with company_scope(world.lender):
        leave = Leave.objects.get()
    cancel = reverse("work:leave-cancel", args=[leave.uid])
    assert client.get(cancel).status_code == 404
    assert "Cai Collector" not in client.get(reverse("work:leave")).content.decode()


@pytest.mark.parametrize(
    "month", ["2026-11", "2027-02", "9999-12", "0001-01", "nonsense", "2026-1"]
)
def test_any_month_can_be_asked(world: World, signed_in: SignIn, month: str) -> None:
    client = signed_in(world.lender, "admin")
    answer = client.get(reverse("work:leave") + f"?month={month}")
    assert answer.status_code == 200
    first = answer.context["shown"].month.first
    assert f"{first:%Y-%m}" == (month if month in ("2026-11", "2027-02") else "2026-11")


def test_days_that_cannot_be_are_said_beside_their_fields(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "lead")
    sent = typed(world.lender, "collector", "collector2", first_day="20261124")
    answer = client.post(reverse("work:leave-new"), sent)
    assert answer.status_code == 422
    assert "The last day comes before the first." in answer.content.decode()
    assert not desks(world.lender, world.mine).count("collector2")
