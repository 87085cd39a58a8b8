"""Two admins with the same form open: nobody's change is written over unseen."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tenancy.grants import leaders_of
from tenancy.models import Company, Team, User
from tenancy.people import change_user
from tenancy.scope import company_scope
from tests.tenancy.conftest import Person, SignedIn


def opened(client: Client, address: str) -> dict[str, Any]:
    """What a browser would send back of a form just opened."""
    page = client.get(address)
    sent: dict[str, Any] = {"seen": page.context["seen"]}
    for form in (page.context["form"], page.context.get("seats")):
        for bound in form or ():
            value = bound.value()
            if isinstance(value, list):
                sent[bound.html_name] = [getattr(each, "uid", each) for each in value]
            else:
                sent[bound.html_name] = "on" if value is True else "" if value is None else value
    return sent


@pytest.fixture
def chen(lender: Company, person: Person) -> User:
    """A collector of Team One."""
    return person(lender, "collector")


@pytest.fixture
def finance_meanwhile(lender: Company, chen: User, person: Person) -> Callable[[], None]:
    """Otto moves Chen to finance and to no team."""

    def change() -> None:
        with company_scope(lender):
            change_user(
                company=lender,
                user=chen,
                display_name="Chen Collector",
                roles=["finance"],
                teams=[],
                leads=[],
                capacity=None,
                by=person(lender, "auditor"),
            )

    return change


def test_what_one_left_alone_stays_as_the_other_set_it(
    lender: Company, signed_in: SignedIn, chen: User, finance_meanwhile: Callable[[], None]
) -> None:
    client, address = signed_in(lender, "admin"), f"/settings/people/{chen.uid}/"
    sent = opened(client, address) | {"display_name": "Chen C."}
    finance_meanwhile()
    assert client.post(address, sent).status_code == 302
    with company_scope(lender):
        saved = User.objects.get(pk=chen.pk)
        assert (saved.display_name, saved.roles) == ("Chen C.", ["finance"])
        assert saved.memberships.count() == 0


def test_what_both_changed_is_shown_and_nothing_is_written(
    lender: Company, signed_in: SignedIn, chen: User, finance_meanwhile: Callable[[], None]
) -> None:
    client, address = signed_in(lender, "admin"), f"/settings/people/{chen.uid}/"
    sent = opened(client, address) | {"display_name": "Chen C.", "roles": ["qc_inspector"]}
    finance_meanwhile()
    page = client.post(address, sent)
    assert page.status_code == 409
    found = {each.name: (each.theirs, each.yours) for each in page.context["differences"]}
    assert found == {"roles": ("Finance", "QC inspector")}
    text = page.content.decode()
    assert "Otto Auditor changed this" in text
    assert "Chen C." in text
    with company_scope(lender):
        saved = User.objects.get(pk=chen.pk)
        assert (saved.display_name, saved.roles) == ("Chen Collector", ["finance"])


@pytest.mark.parametrize(("keep", "roles"), [("mine", ["qc_inspector"]), ("theirs", ["finance"])])
def test_the_person_chooses_field_by_field(
    lender: Company,
    signed_in: SignedIn,
    chen: User,
    finance_meanwhile: Callable[[], None],
    keep: str,
    roles: list[str],
) -> None:
    client, address = signed_in(lender, "admin"), f"/settings/people/{chen.uid}/"
    sent = opened(client, address) | {"display_name": "Chen C.", "roles": ["qc_inspector"]}
    finance_meanwhile()
    page = client.post(address, sent)
    choice = {"keep_roles": keep, "seen": page.context["seen"]}
    again = client.post(address, sent | choice)
    assert again.status_code == 302
    with company_scope(lender):
        saved = User.objects.get(pk=chen.pk)
        assert (saved.display_name, saved.roles) == ("Chen C.", roles)


def test_the_same_change_twice_is_no_difference(
    lender: Company, signed_in: SignedIn, chen: User, finance_meanwhile: Callable[[], None]
) -> None:
    client, address = signed_in(lender, "admin"), f"/settings/people/{chen.uid}/"
    sent = opened(client, address)
    finance_meanwhile()
    assert client.post(address, sent | {"roles": ["finance"]}).status_code == 302


@pytest.mark.parametrize("seen", ["", "nonsense", "[]", '{"roles": 1}'])
def test_what_cannot_be_read_is_no_obstacle(
    lender: Company, signed_in: SignedIn, chen: User, seen: str
) -> None:
    client, address = signed_in(lender, "admin"), f"/settings/people/{chen.uid}/"
    sent = opened(client, address) | {"seen": seen}
    assert client.post(address, sent).status_code == 302


def test_a_team_is_guarded_too(
    lender: Company, signed_in: SignedIn, team: Callable[[Company, str], Team]
) -> None:
    one = team(lender, "Team One")
    address = f"/settings/teams/{one.uid}/"
    first, second = signed_in(lender, "admin"), signed_in(lender, "admin")
    of_first, of_second = opened(first, address), opened(second, address)
    assert first.post(address, of_first | {"name": "Early", "leads": []}).status_code == 302
    page = second.post(address, of_second | {"name": "Prompt"})
    assert page.status_code == 409
    assert {each.name for each in page.context["differences"]} == {"name"}
    kept = {"keep_name": "mine", "seen": page.context["seen"]}
    assert second.post(address, of_second | {"name": "Prompt"} | kept).status_code == 302
    with company_scope(lender):
        assert Team.objects.get(pk=one.pk).name == "Prompt"
        assert not leaders_of(one)
