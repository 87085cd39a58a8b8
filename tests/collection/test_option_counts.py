"""The numbers beside a filter's options are those of the list that one would get."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, CaseHold, ContactPoint
from collection import option_counts
from collection.models import Tag
from collection.tagging import add_tag
from tenancy.models import Company, NightStep, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case
from tests.collection.test_reassign import put
from tests.collection.test_tagging import promise

pytestmark = pytest.mark.django_db
SignIn = Callable[[Company, str], Client]
NUMBER = re.compile(r'id="n-([a-z]+-\d+)" hx-swap-oob="true">([^<]*)<')


@pytest.fixture
def three(lender: Company) -> list[Case]:
    with company_scope(lender):
        NightStep.objects.create(business_date=ON, step="age", done_at=datetime.now(UTC))
        made = [add_case(lender, no=name) for name in "ABC"]
        put(lender, "collector", *made)
        for code in ("one", "two"):
            Tag.objects.create(company=lender, code=code, name_en=code, name_zh=code)
        user = User.objects.get(username="collector")
        add_tag(company=lender, case=made[0], tag=Tag.objects.get(code="two"), by=user)
        promise(made[1], "open", ON)
        CaseHold.objects.create(owner=lender, case=made[1], kind="dispute", starts_on=ON)
        ContactPoint.objects.filter(borrower=made[2].borrower_id).update(state="refused")
    return made


def numbers(client: Client, **query: str) -> dict[str, str]:
    answer = client.get(reverse("work:counts"), query)
    assert answer.status_code == 200
    return dict(NUMBER.findall(answer.content.decode()))


@pytest.mark.parametrize("which", ["queue", "cases"])
def test_every_option_is_counted(
    lender: Company, signed_in: SignIn, three: list[Case], which: str
) -> None:
    client = signed_in(lender, "collector")
    found = numbers(client, list=which)
    assert {name: n for name, n in found.items() if n != "0"} == {
        "tag-1": "1",
        "touch-0": "3",
        "promise-0": "1",
        "promise-1": "1",
        "promise-6": "2",
        "reach-0": "2",
        "reach-1": "1",
        "hold-0": "1",
        "hold-1": "2",
    }
    narrowed = numbers(client, list=which, promise="open")
    assert (narrowed["hold-0"], narrowed["reach-0"]) == ("1", "1")
    assert "promise-0" not in narrowed
    # Of a filter that is set: what each of its options would give.
    own = numbers(client, list=which, promise="open", hold="yes", name="promise")
    assert (own["promise-0"], own["promise-6"]) == ("1", "0")


def test_a_long_list_is_counted_up_to_the_cap(
    lender: Company, signed_in: SignIn, three: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(option_counts, "COUNT_CAP", 2)
    found = numbers(signed_in(lender, "collector"), list="queue")
    assert found["touch-0"] == "2+"


def test_what_no_list_knows_is_not_found(
    lender: Company, signed_in: SignIn, three: list[Case]
) -> None:
    client = signed_in(lender, "collector")
    for query in ({}, {"list": "people"}, {"list": "queue", "name": "dpd"}):
        assert client.get(reverse("work:counts"), query).status_code == 404
    reader = signed_in(lender, "auditor")
    assert reader.get(reverse("work:counts"), {"list": "queue"}).status_code == 403
    assert reader.get(reverse("work:counts"), {"list": "cases"}).status_code == 200
    page = client.get(reverse("work:queue")).content.decode()
    assert f'hx-get="{reverse("work:counts")}?list=queue"' in page
