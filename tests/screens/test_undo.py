"""Undoing a move as a browser without scripts does it."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from collection.models import Assignment, Move
from collection.undo import UNDO_WITHIN
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.screens.test_moving import address, desk_code, desks
from tests.screens.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[Company, str], Client]


def move(world: World, client: Client) -> tuple[str, str]:
    """Moves the collector's cases; the answer, and where it can be undone."""
    to = desk_code(world.lender, "collector2")
    done = client.post(
        address("work:reassign", *world.mine),
        {"to": to, "seen": to, "act": "move", "reason": "ill"},
    )
    return done.content.decode(), reverse("work:undo", args=[done.context["effect"].told.move.uid])


def test_the_result_of_a_move_offers_to_undo_it(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "lead")
    page, undo = move(world, client)
    assert f'formaction="{undo}"' in page
    assert "can be undone for 10 minutes, until" in page
    asked = client.get(undo).content.decode()
    assert "Take 3 cases back" in asked
    assert desks(world.lender, world.mine) == ["collector2"] * 3, "looking undoes nothing"
    done = client.post(undo).content.decode()
    assert "3 cases are where they were before." in done
    assert "Chen Collector · Team One" in done
    assert desks(world.lender, world.mine) == ["collector"] * 3
    again = client.post(undo)
    assert again.status_code == 422
    assert "It was undone already, by Liu Lead." in again.content.decode()


def test_what_was_worked_since_is_listed(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "lead")
    _page, undo = move(world, client)
    with company_scope(world.lender):
        Assignment.objects.filter(case=world.mine[0], ended_at=None).update(
            last_touch_at=timezone.now()
        )
    done = client.post(undo).content.decode()
    assert "It has been worked since" in done
    assert "MINE-3" in done
    assert desks(world.lender, world.mine) == ["collector2", "collector", "collector"]


def test_after_ten_minutes_it_stays(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "lead")
    _page, undo = move(world, client)
    with company_scope(world.lender):
        long_ago = timezone.now() - UNDO_WITHIN * 2
        Move.objects.update(at=long_ago)
    for answer, status in ((client.get(undo), 200), (client.post(undo), 422)):
        assert answer.status_code == status
        assert "More than ten minutes have passed" in answer.content.decode()
    assert desks(world.lender, world.mine) == ["collector2"] * 3


def test_another_teams_lead_does_not_find_it(world: World, signed_in: SignIn) -> None:
    _page, undo = move(world, signed_in(world.lender, "lead"))
    assert signed_in(world.lender, "lead2").post(undo).status_code == 404
    assert signed_in(world.agency, "lead").post(undo).status_code == 404
    assert signed_in(world.lender, "collector").post(undo).status_code == 403
    assert desks(world.lender, world.mine) == ["collector2"] * 3
