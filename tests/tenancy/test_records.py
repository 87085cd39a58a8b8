"""The audit trail and the log of sign-ins: who reads, what is found, how it reads."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone, translation

from tenancy.audit import record_change
from tenancy.audit_words import FIELDS, VERBS, changes_of, name_words, value_in_words
from tenancy.devices import device_of
from tenancy.models import AuditEntry, Company, SignIn
from tenancy.scope import company_scope
from tests.tenancy.conftest import Person, SignedIn

AUDIT, SIGN_INS = "/settings/audit/", "/settings/sign-ins/"
READERS = {"admin", "auditor"}


@pytest.fixture
def entries(lender: Company, agency: Company, person: Person) -> Company:
    """Three entries of the lender, one of an agency."""
    ada, chen = person(lender, "admin"), person(lender, "collector")
    with company_scope(lender):
        record_change(
            actor=ada,
            verb="change_user",
            obj=chen,
            before={"roles": ["collector"], "capacity": None, "is_active": True},
            after={"roles": ["collector", "finance"], "capacity": 150, "is_active": False},
            reason="Moves to finance",
        )
        record_change(actor=None, verb="create_team", obj=chen, after={"name": "T"})
        record_change(actor=ada, verb="from_above", obj=chen, after={"odd": 1, "password": "x"})
    with company_scope(agency):
        record_change(actor=None, verb="create_team", obj=person(agency, "lead"), after={})
    return lender


def verbs(page: Any) -> list[str]:
    return [row.entry.verb for row in page.context["rows"]]


@pytest.mark.parametrize("address", [AUDIT, SIGN_INS])
def test_admin_and_auditor_read_nobody_else_and_nobody_writes(
    lender: Company, signed_in: SignedIn, refused_to_others: Callable[..., None], address: str
) -> None:
    for username in READERS:
        client = signed_in(lender, username)
        assert client.get(address).status_code == 200
        assert client.post(address).status_code in (403, 405)
    refused_to_others(lender, READERS, lambda client: client.get(address).status_code)


def test_newest_first_and_only_the_own_companys(entries: Company, signed_in: SignedIn) -> None:
    page = signed_in(entries, "auditor").get(AUDIT)
    assert verbs(page) == ["from_above", "create_team", "change_user"]
    assert "3 entries" in page.content.decode()


def test_before_and_after_read_as_words(entries: Company, signed_in: SignedIn) -> None:
    text = signed_in(entries, "auditor").get(AUDIT).content.decode()
    assert "<del>Collector</del> → <ins>Collector, Finance</ins>" in text
    assert "<del>yes</del> → <ins>no</ins>" in text
    assert "Moves to finance" in text
    assert "operator" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?who=ada", ["from_above", "change_user"]),
        ("?what=create_team", ["create_team"]),
        ("?what=create_team&what=change_user", ["create_team", "change_user"]),
        ("?object=chen", ["from_above", "create_team", "change_user"]),
        ("?object=nobody", []),
        ("?at_from=2001-01-01", ["from_above", "create_team", "change_user"]),
        ("?at_to=2001-01-01", []),
        ("?at_from=soon", ["from_above", "create_team", "change_user"]),
    ],
)
def test_filters_are_the_address(
    entries: Company, signed_in: SignedIn, query: str, found: list[str]
) -> None:
    page = signed_in(entries, "admin").get(AUDIT + query)
    assert verbs(page) == found
    if not found:
        assert "Nothing matches this filter" in page.content.decode()


def test_days_are_days_of_the_companys_clock(
    lender: Company, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """17:00 in Greenwich is the next day already in Shanghai."""
    client = signed_in(lender, "auditor")
    with company_scope(lender), monkeypatch.context() as patched:
        patched.setattr(timezone, "now", lambda: datetime(2025, 3, 9, 17, tzinfo=UTC))
        SignIn.objects.create(username="late", outcome="signed_in")
    for day, found in (("2025-03-09", []), ("2025-03-10", ["late"]), ("2025-03-11", [])):
        page = client.get(f"{SIGN_INS}?at_from={day}&at_to={day}")
        assert [row.entry.username for row in page.context["rows"]] == found, day


def test_nothing_yet_says_so(lender: Company, signed_in: SignedIn) -> None:
    text = signed_in(lender, "auditor").get(AUDIT).content.decode()
    assert "Nothing recorded yet" in text


def test_the_log_shows_tries_and_is_searched(lender: Company, signed_in: SignedIn) -> None:
    Client(REMOTE_ADDR="198.51.100.77").post(
        "/sign-in/", {"login": "collector@HAIYUE", "password": "wrong"}
    )
    client = signed_in(lender, "auditor")
    page = client.get(f"{SIGN_INS}?name=collector@HAIYUE&outcome=wrong_password")
    assert [row.entry.address for row in page.context["rows"]] == ["198.51.100.77"]
    assert len(client.get(f"{SIGN_INS}?address=198.51.").context["rows"]) == 1
    assert client.get(f"{SIGN_INS}?outcome=locked").context["rows"] == []


@pytest.mark.parametrize("model", [AuditEntry, SignIn])
def test_records_are_never_changed_or_removed(entries: Company, model: Any) -> None:
    with company_scope(entries):
        rows = model.objects.all()
        acts: list[Callable[[], Any]] = [
            lambda: rows.update(company_id=entries.pk),
            lambda: rows._raw_delete("default"),
        ]
        for act in acts:
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                act()


def test_secrets_never_reach_the_trail(entries: Company) -> None:
    with company_scope(entries):
        assert AuditEntry.objects.get(verb="from_above").after == {"odd": 1}


def test_rooms_above_name_their_own_words(entries: Company) -> None:
    name_words(verbs={"from_above": "Did something above"}, fields={"odd": "Odd thing"})
    with company_scope(entries):
        changes = changes_of(AuditEntry.objects.get(verb="from_above"))
    assert [(change.label, change.after) for change in changes] == [("Odd thing", "1")]
    assert VERBS.pop("from_above") == "Did something above"
    assert FIELDS.pop("odd") == "Odd thing"


def test_values_in_words() -> None:
    with translation.override("en"):
        assert value_in_words("roles", ["team_lead", "gone"]) == "Team lead, gone"
        assert value_in_words("scopes", ["feed"]) == "Send the feed"
        assert value_in_words("language", "zh-hans") == "简体中文"
        assert value_in_words("capacity", 0) == "0"
        nothings: list[Any] = [None, "", []]
        assert [value_in_words("x", nothing) for nothing in nothings] == [""] * 3


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",
            "Chrome 126, Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge 126, Windows"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Version/17.4 Safari/605.1",
            "Safari 17, macOS",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17 like Mac OS X) Version/17.0 Safari",
            "Safari 17, iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0", "Firefox 128, Linux"),
        (
            "Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile MicroMessenger/8.0.4",
            "WeChat 8, Android",
        ),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
    ],
)
def test_devices_in_words(agent: str, words: str) -> None:
    assert device_of(agent) == words
