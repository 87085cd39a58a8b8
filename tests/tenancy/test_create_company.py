"""Bringing companies and people into being from the command line."""

import io
import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client

from tenancy import companies, events
from tenancy.companies import create_company
from tenancy.events import CompanyCreated
from tenancy.grants import leads_of
from tenancy.models import AuditEntry, Company, CompanySettings, Team, User
from tenancy.scope import company_scope

both_connections = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
ACME = {
    "name": "阿克米",
    "name_en": "Acme",
    "kind": "lender",
    "timezone": "Asia/Shanghai",
    "currency": "cny",
    "language": "zh-hans",
    "jurisdiction": "cn",
}


def create(code: str = "acme", **changes: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command("create_company", code, json=True, stdout=out, **ACME | changes)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


@both_connections
def test_it_furnishes_a_lender(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Any] = []
    listeners = (*events._listeners.get(CompanyCreated, ()), heard.append)
    monkeypatch.setitem(events._listeners, CompanyCreated, listeners)
    assert create(balance_authority="core") == {"code": "ACME", "kind": "lender"}
    acme = Company.objects.get(code="ACME")
    assert (acme.is_active, acme.currency, acme.jurisdiction) == (True, "CNY", "CN")
    assert heard == [CompanyCreated(company_id=acme.pk, balance_authority="core")]
    with company_scope(acme):
        assert CompanySettings.objects.get().session_hours == 12
        entry = AuditEntry.objects.get(verb="create_company")
        assert (entry.actor_name, entry.after["timezone"]) == ("operator", "Asia/Shanghai")


@both_connections
def test_a_lender_starts_with_the_small_loans_scheme() -> None:
    from cases.models import Bucket, LenderSettings

    create(balance_authority="statement")
    with company_scope(Company.objects.get(code="ACME")):
        labels = list(Bucket.objects.order_by("step").values_list("label", flat=True))
        assert labels == ["M0", "S1", "S2", "S3", "M2", "M3", "M3+"]
        assert LenderSettings.objects.get().balance_authority == "statement"


@both_connections
def test_an_agency_has_no_book() -> None:
    create("agent", kind="agency")
    agent = Company.objects.get(code="AGENT")
    with company_scope(agent):
        assert CompanySettings.objects.count() == 1
    assert not agent.is_lender


@both_connections
@pytest.mark.parametrize(
    ("typed", "kept"), [("zh", "zh-hans"), ("zh_CN", "zh-hans"), ("en-GB", "en"), ("EN", "en")]
)
def test_a_language_may_be_typed_as_people_do(typed: str, kept: str) -> None:
    create(language=typed)
    assert Company.objects.get(code="ACME").language == kept


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"timezone": "Asia/Shangha"}, "no time zone Asia/Shangha"),
        ({"currency": "RMB"}, "no currency RMB"),
        ({"jurisdiction": "China"}, "two letters of a country"),
        ({"language": "tlh"}, "zh-hans"),
        ({"name": " "}, "needs a name"),
        ({"name": "x" * 121}, "name: At most 120"),
        ({"name_en": "x" * 500}, "name-en: At most 120"),
        ({"kind": "agency", "balance_authority": "core"}, "An agency keeps no balances"),
        ({"code": "no spaces"}, "20 letters"),
        ({"code": "a@b"}, "20 letters"),
        ({"code": "x" * 21}, "20 letters"),
        ({"code": "haiyue"}, "HAIYUE is in use"),
    ],
)
@pytest.mark.django_db(databases=["default", "owner"])
def test_it_says_what_is_wrong_and_leaves_nothing(wrong: dict[str, str], said: str) -> None:
    before = Company.objects.count()
    with pytest.raises(CommandError, match=said):
        create(**{"code": "acme"} | wrong)
    assert Company.objects.using("owner").count() == before


def test_everything_wrong_is_said_at_once(db: None) -> None:
    with pytest.raises(ValidationError) as caught:
        create_company(**ACME | {"code": "?", "currency": "?", "timezone": "?"})
    assert set(caught.value.message_dict) == {"code", "currency", "timezone"}


@both_connections
@pytest.mark.parametrize("crash_at", ["publish", "record_change"])
def test_after_a_crash_the_same_call_completes_it(
    monkeypatch: pytest.MonkeyPatch, crash_at: str
) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(companies, crash_at, crash)
        with pytest.raises(KeyboardInterrupt):
            create()
    left = Company.objects.get(code="ACME")
    assert not left.is_active
    with company_scope(left):
        assert not CompanySettings.objects.exists()
    assert Client().post("/sign-in/", {"login": "a@ACME", "password": "x"}).status_code == 422
    create(timezone="Africa/Lagos")
    acme = Company.objects.get(code="ACME")
    assert (acme.pk, acme.is_active, acme.timezone) == (left.pk, True, "Africa/Lagos")
    with pytest.raises(CommandError, match="in use"):
        create()
    with company_scope(acme):
        assert AuditEntry.objects.filter(verb="create_company").count() == 1


@both_connections
def test_a_company_that_was_switched_off_is_not_taken_over() -> None:
    create()
    Company.objects.using("owner").filter(code="ACME").update(is_active=False)
    with pytest.raises(CommandError, match="in use"):
        create(name="Somebody else")
    assert Company.objects.get(code="ACME").name == "阿克米"


def add(login: str, **options: Any) -> dict[str, Any]:
    out = io.StringIO()
    options = {"display_name": "Li Wei", "role": ["collector"]} | options
    typed = [f"--{name}={each}" for name in ("role", "team") for each in options.pop(name, ())]
    call_command("create_user", login, "--json", *typed, stdout=out, **options)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def test_create_user_prints_a_password_once(lender: Company) -> None:
    told = add("Li.Wei@haiyue", team=["Team One"])
    assert told["login"] == "li.wei@HAIYUE"
    assert told["teams_created"] == []
    client = Client()
    client.post("/sign-in/", {"login": told["login"], "password": told["password"]})
    assert client.get("/me/").headers["Location"] == "/me/password/"
    with company_scope(lender):
        entry = AuditEntry.objects.get(verb="create_user")
        assert (entry.actor_name, entry.after["teams"]) == ("operator", ["Team One"])


def test_create_user_takes_a_password_from_standard_input(
    lender: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("four words and more\n"))
    told = add("li@HAIYUE", password_stdin=True)
    assert "password" not in told
    client = Client()
    client.post("/sign-in/", {"login": "li@HAIYUE", "password": "four words and more"})
    assert client.get("/me/").status_code == 200


def test_a_team_lead_leads_the_teams_given_and_missing_ones_are_made(lender: Company) -> None:
    told = add("li@HAIYUE", role=["team_lead", "collector"], team=["Team One", "Fresh"])
    assert told["teams_created"] == ["Fresh"]
    with company_scope(lender):
        user = User.objects.get(username="li")
        assert {team.name for team in leads_of(user)} == {"Team One", "Fresh"}
        assert Team.objects.filter(name="Fresh").count() == 1


@pytest.mark.parametrize(
    ("login", "options", "said"),
    [
        ("li", {}, "NAME@CODE"),
        ("li@NOWHERE", {}, "no company NOWHERE"),
        ("collector@HAIYUE", {}, "in use in this company"),
        ("a b@HAIYUE", {}, "no spaces"),
        ("li@HAIYUE", {"display_name": " "}, "needs a name"),
        ("li@HAIYUE", {"display_name": "x" * 500}, "display-name: At most 80"),
        ("li@HAIYUE", {"email": f"{'x' * 250}@example.com"}, "email: At most 254"),
        ("li@HAIYUE", {"capacity": 99999999999}, "capacity: A limit is at most 2147483647"),
        ("li@HAIYUE", {"capacity": -1}, "0 or more"),
        ("li@HAIYUE", {"team": ["x" * 500]}, "name: At most 80"),
        ("li@HAIYUE", {"email": "nope"}, "email"),
    ],
)
def test_create_user_says_what_is_wrong(
    lender: Company, login: str, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        add(login, **{"team": ["Never made"]} | options)
    with company_scope(lender):
        assert User.objects.count() == 9
        assert not Team.objects.filter(name="Never made").exists()
