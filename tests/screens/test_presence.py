"""Two people on one case see each other; people of two companies do not."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from collection.presence import SEEN_FOR, arrive
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.screens.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[Company, str], Client]


def test_two_on_one_case_see_each_other(world: World, signed_in: SignIn) -> None:
    address = reverse("work:here", args=[world.mine[0].uid])
    mine, lead = signed_in(world.lender, "collector"), signed_in(world.lender, "lead")
    assert mine.get(address).content.decode().strip() == ""
    with company_scope(world.lender):
        names = dict(User.objects.values_list("username", "display_name"))
    assert names["collector"] in lead.get(address).content.decode()
    assert names["lead"] in mine.get(address).content.decode()


def test_who_has_gone_is_seen_no_more(world: World) -> None:
    case = world.mine[0].uid
    with company_scope(world.lender):
        one, two = User.objects.filter(username__in=("collector", "lead")).order_by("username")
        arrive(user=one, case=case, now=1000.0)
        assert arrive(user=two, case=case, now=1000.0 + SEEN_FOR - 1) == [one.display_name]
        assert arrive(user=two, case=case, now=1000.0 + SEEN_FOR + 1) == []


def test_companies_do_not_see_each_other(world: World, signed_in: SignIn) -> None:
    address = reverse("work:here", args=[world.placed[0].uid])
    assert signed_in(world.lender, "admin").get(address).content.decode().strip() == ""
    assert signed_in(world.agency, "collector").get(address).content.decode().strip() == ""
