"""The company's settings: names, language, networks, hours, second factor."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tenancy.companies import change_access, read_networks
from tenancy.models import AuditEntry, Company, CompanySettings
from tenancy.scope import company_scope
from tests.tenancy.conftest import Person, SignedIn

PAGE = "/settings/company/"
NAMES = {"name": "海岳", "name_en": "Haiyue", "language": "zh-hans"}
ACCESS = {"allowed_networks": "", "work_starts": "", "work_ends": "", "session_hours": "12"}


def conditions(company: Company) -> CompanySettings:
    with company_scope(company):
        return CompanySettings.objects.get()


def test_an_admin_renames_the_company(
    lender: Company, signed_in: SignedIn, audited: Callable[[Company], list[AuditEntry]]
) -> None:
    answer = signed_in(lender, "admin").post(f"{PAGE}names/", NAMES)
    assert answer.headers["Location"] == PAGE
    lender.refresh_from_db()
    assert (lender.name, lender.name_en, lender.language) == ("海岳", "Haiyue", "zh-hans")
    entry = audited(lender)[0]
    assert entry.verb == "change_company"
    assert entry.before == {"name": "海岳消费金融", "name_en": "Haiyue Finance", "language": "en"}


def test_clock_and_currency_stay(lender: Company, signed_in: SignedIn) -> None:
    client = signed_in(lender, "admin")
    client.post(f"{PAGE}names/", NAMES | {"timezone": "Africa/Lagos", "currency": "NGN"})
    lender.refresh_from_db()
    assert (lender.timezone, lender.currency) == ("Asia/Shanghai", "CNY")
    assert "Asia/Shanghai" in client.get(PAGE).content.decode()


def test_other_companies_keep_their_names(
    lender: Company, agency: Company, signed_in: SignedIn
) -> None:
    signed_in(lender, "admin").post(f"{PAGE}names/", NAMES)
    agency.refresh_from_db()
    assert agency.name == "安信催收"


def test_who_may(lender: Company, signed_in: SignedIn, refused_to_others: Any) -> None:
    page = signed_in(lender, "auditor").get(PAGE)
    assert page.status_code == 200
    assert page.context["identity"].fields["name"].disabled
    refused_to_others(lender, {"admin", "auditor"}, lambda client: client.get(PAGE).status_code)
    for act, form in (("names", NAMES), ("access", ACCESS)):
        refused_to_others(
            lender,
            {"admin"},
            lambda client, act=act, form=form: client.post(f"{PAGE}{act}/", form).status_code,
        )


def test_wrong_verbs_are_405(lender: Company, signed_in: SignedIn) -> None:
    client = signed_in(lender, "admin")
    assert client.post(PAGE).status_code == 405
    assert client.get(f"{PAGE}names/").status_code == 405
    assert client.get(f"{PAGE}access/").status_code == 405


def test_an_admin_sets_who_may_come_in(
    lender: Company, signed_in: SignedIn, audited: Callable[[Company], list[AuditEntry]]
) -> None:
    form = ACCESS | {
        "allowed_networks": "127.0.0.1\n10.1.2.3/16, 2001:db8::/32",
        "session_hours": "8",
        "require_totp": "on",
    }
    answer = signed_in(lender, "admin").post(f"{PAGE}access/", form)
    assert answer.headers["Location"] == PAGE
    now = conditions(lender)
    assert now.allowed_networks == ["127.0.0.1/32", "10.1.0.0/16", "2001:db8::/32"]
    assert (now.session_hours, now.require_totp) == (8, True)
    entry = audited(lender)[0]
    assert (entry.verb, entry.before["session_hours"], entry.after["session_hours"]) == (
        "change_access",
        12,
        8,
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"allowed_networks": "203.0.113.0/24"}, "allowed_networks"),
        ({"allowed_networks": "127.0.0.1\nnonsense"}, "allowed_networks"),
        ({"allowed_networks": "10.0.0.0/33"}, "allowed_networks"),
        ({"work_starts": "08:00"}, "work_ends"),
        ({"work_ends": "08:00"}, "work_starts"),
        ({"work_starts": "08:00", "work_ends": "08:00"}, "work_ends"),
        ({"work_starts": "8 o'clock", "work_ends": "21:00"}, "work_starts"),
        ({"session_hours": "0"}, "session_hours"),
        ({"session_hours": "25"}, "session_hours"),
        ({"session_hours": ""}, "session_hours"),
    ],
)
def test_what_is_wrong_stays_typed_and_changes_nothing(
    lender: Company, signed_in: SignedIn, change: dict[str, str], field: str
) -> None:
    page = signed_in(lender, "admin").post(f"{PAGE}access/", ACCESS | change)
    assert page.status_code == 422
    assert list(page.context["conditions"].errors) == [field]
    assert conditions(lender).allowed_networks == []
    assert conditions(lender).work_starts is None


def test_a_list_that_locks_its_author_out_says_where_one_is(
    lender: Company, signed_in: SignedIn
) -> None:
    form = ACCESS | {"allowed_networks": "203.0.113.0/24"}
    page = signed_in(lender, "admin").post(f"{PAGE}access/", form)
    text = page.content.decode()
    assert "You are at 127.0.0.1, which this list leaves out" in text
    assert "203.0.113.0/24" in text


def test_hours_that_lock_their_author_out_are_refused(
    lender: Company, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    night = datetime(2026, 11, 20, 23, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    monkeypatch.setattr(timezone, "now", lambda: night)
    facts: dict[str, Any] = {
        "allowed_networks": [],
        "work_starts": time(8),
        "work_ends": time(21),
        "require_totp": False,
        "session_hours": 12,
        "address": "127.0.0.1",
    }
    ada = person(lender, "admin")
    with company_scope(lender):
        with pytest.raises(ValidationError, match="It is 23:00 now"):
            change_access(company=lender, by=ada, **facts)
        change_access(company=lender, by=None, **facts)
    assert conditions(lender).work_starts == time(8)


def test_networks_are_read_once_each() -> None:
    assert read_networks(["10.0.0.1/8", " ", "10.0.0.0/8", "::1"]) == ["10.0.0.0/8", "::1/128"]
