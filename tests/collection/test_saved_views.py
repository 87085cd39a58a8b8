"""Saved views: what is kept of an address, whose they are, and who may change them."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from collection.models import SavedView
from collection.saved_views import (
    MOST,
    delete_view,
    kept,
    may_change,
    rename_view,
    save_view,
    views_of,
)
from tenancy.models import AuditEntry, Company, Team, User
from tenancy.scope import company_scope

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]
SignIn = Callable[[Company, str], Client]


def names(user: User, page: str = "queue") -> list[str]:
    return [view.name for view in views_of(user, page)]


def test_what_is_kept_of_an_address() -> None:
    asked = QueryDict("tag=b&after=x&list=queue&dpd_min=&tag=a&panel=p&hide=loan&sort=-dpd")
    assert kept(asked) == "sort=-dpd&tag=a&tag=b"
    assert kept(QueryDict("tag=a&tag=b&sort=-dpd")) == kept(asked)


def test_own_views_are_ones_own_and_a_teams_are_the_teams(lender: Company, person: Person) -> None:
    with company_scope(lender):
        lead, mate = person(lender, "lead"), person(lender, "collector2")
        one, two = Team.objects.get(name="Team One"), Team.objects.get(name="Team Two")
        save_view(company=lender, by=mate, page="queue", name="mine", query="dpd_min=9")
        view = save_view(
            company=lender, by=lead, page="queue", name="ours", query="dpd_min=9", team=one
        )
        save_view(company=lender, by=mate, page="cases", name="other list", query="dpd_min=9")
        assert names(mate) == ["ours", "mine"]
        assert names(person(lender, "collector")) == ["ours"]
        assert names(person(lender, "collector3")) == []
        assert names(mate, "cases") == ["other list"]
        with pytest.raises(PermissionDenied):
            save_view(company=lender, by=lead, page="queue", name="x", query="dpd_min=9", team=two)
        with pytest.raises(PermissionDenied):
            save_view(company=lender, by=mate, page="queue", name="x", query="q=9", team=one)
        with pytest.raises(PermissionDenied):
            rename_view(view=view, name="x", by=mate)
        with pytest.raises(PermissionDenied):
            delete_view(view=view, by=mate)
        assert not any(may_change(view, person(lender, name)) for name in ("admin", "lead2"))
        rename_view(view=view, name=" the team's ", by=lead)
        assert names(mate) == ["the team's", "mine"]
        delete_view(view=view, by=lead)
        assert names(mate) == ["mine"]
        verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
        assert list(verbs)[-3:] == ["save_view", "rename_view", "delete_view"]


@pytest.mark.parametrize(
    ("page", "name", "query", "field"),
    [
        ("people", "x", "a=1", "page"),
        ("queue", "  ", "a=1", "name"),
        ("queue", "x" * 61, "a=1", "name"),
        ("queue", "taken", "a=1", "name"),
        ("queue", "x", "q=" + "a" * 1000, "name"),
    ],
)
def test_what_cannot_be_saved(
    lender: Company, person: Person, page: str, name: str, query: str, field: str
) -> None:
    with company_scope(lender):
        user = person(lender, "collector")
        save_view(company=lender, by=user, page="queue", name="taken", query="a=2")
        with pytest.raises(ValidationError) as caught:
            save_view(company=lender, by=user, page=page, name=name, query=query)
        assert list(caught.value.message_dict) == [field]
        # Somebody else's names are free.
        save_view(company=lender, by=person(lender, "lead"), page="queue", name="taken", query="")


def test_a_person_has_so_many_views_of_a_list(lender: Company, person: Person) -> None:
    with company_scope(lender):
        user = person(lender, "collector")
        for number in range(MOST):
            save_view(company=lender, by=user, page="queue", name=str(number), query="a=1")
        with pytest.raises(ValidationError):
            save_view(company=lender, by=user, page="queue", name="one more", query="a=1")


def test_a_collector_saves_renames_and_deletes_on_screen(
    lender: Company, signed_in: SignIn
) -> None:
    client, queue = signed_in(lender, "collector"), reverse("work:queue")
    assert "Save this view" not in client.get(queue).content.decode()
    page = client.get(queue, {"dpd_min": "3"}).content.decode()
    assert "view-new" not in page
    assert "views/new/?dpd_min=3&amp;list=queue" in page
    address = reverse("work:view-new") + "?dpd_min=3&list=queue"
    panel = client.get(address).content.decode()
    assert 'name="name"' in panel
    assert 'name="team"' not in panel
    assert client.post(address, {"name": ""}).status_code == 422
    answer = client.post(address, {"name": "<Late>"})
    assert answer.headers["Location"] == f"{queue}?dpd_min=3"
    page = client.get(queue).content.decode()
    assert '<a href="?dpd_min=3">&lt;Late&gt;</a>' in " ".join(page.split())
    with company_scope(lender):
        view = SavedView.objects.get()
    listed = client.get(reverse("work:views")).content.decode()
    assert "&lt;Late&gt;" in listed
    change = reverse("work:view", args=[view.uid])
    assert client.get(change).status_code == 200
    assert client.post(change, {"name": " "}).status_code == 422
    client.post(change, {"name": "Later"})
    with company_scope(lender):
        assert SavedView.objects.get().name == "Later"
    client.post(change, {"act": "delete", "name": ""})
    with company_scope(lender):
        assert not SavedView.objects.exists()
    assert signed_in(lender, "lead").get(change).status_code == 404
    assert client.get(reverse("work:view-new"), {"list": "people"}).status_code == 404


def test_a_lead_shares_with_the_team(lender: Company, signed_in: SignIn) -> None:
    lead = signed_in(lender, "lead")
    address = reverse("work:view-new") + "?dpd_min=3&list=cases"
    with company_scope(lender):
        one, two = (Team.objects.get(name=f"Team {name}") for name in ("One", "Two"))
    assert lead.post(address, {"name": "Ours", "team": str(two.uid)}).status_code == 403
    assert lead.post(address, {"name": "Ours", "team": "x"}).status_code == 404
    assert lead.post(address, {"name": "Ours", "team": str(one.uid)}).status_code == 302
    assert ">Ours<" in signed_in(lender, "collector").get(reverse("cases:list")).content.decode()
