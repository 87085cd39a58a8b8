"""From where and when a company lets people in: networks, working hours, forced first steps."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tenancy.access import within_hours, within_networks
from tenancy.models import Company, CompanySettings, SignIn, User
from tenancy.scope import company_scope
from tests.seed import PASSWORD
from tests.tenancy.conftest import SignedIn

TIMES = st.times()


@pytest.fixture
def condition(db: None) -> Callable[..., None]:
    """`condition(company, field=value)`: as an admin would have set it."""

    def put(company: Company, **fields: Any) -> None:
        with company_scope(company):
            CompanySettings.objects.filter(company_id=company.pk).update(**fields)

    return put


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`clock("09:30")`: the time on the wall in Shanghai."""

    def put(text: str) -> None:
        at = datetime.combine(
            date(2026, 11, 20), time.fromisoformat(text), ZoneInfo("Asia/Shanghai")
        )
        monkeypatch.setattr(timezone, "now", lambda: at)

    return put


def sign_in(login: str = "collector@HAIYUE", **meta: Any) -> Any:
    return Client(**meta).post("/sign-in/", {"login": login, "password": PASSWORD})


def outcomes(company: Company) -> list[str]:
    with company_scope(company):
        return list(SignIn.objects.order_by("pk").values_list("outcome", flat=True))


@pytest.mark.parametrize(
    ("networks", "address", "inside"),
    [
        (["203.0.113.0/24"], "203.0.113.9", True),
        (["203.0.113.0/24"], "203.0.114.9", False),
        (["203.0.113.7/32", "10.0.0.0/8"], "10.9.8.7", True),
        (["2001:db8::/32"], "2001:db8::1", True),
        (["2001:db8::/32"], "203.0.113.9", False),
        ([], "203.0.113.9", True),
    ],
)
def test_the_allow_list_holds_at_sign_in(
    lender: Company,
    condition: Callable[..., None],
    networks: list[str],
    address: str,
    inside: bool,
) -> None:
    condition(lender, allowed_networks=networks)
    answer = sign_in(REMOTE_ADDR=address)
    assert answer.status_code == (302 if inside else 403)
    assert outcomes(lender) == ["signed_in" if inside else "not_here"]
    if not inside:
        assert "from this network" in answer.content.decode()


def test_a_wrong_password_says_nothing_of_networks(
    lender: Company, condition: Callable[..., None]
) -> None:
    condition(lender, allowed_networks=["203.0.113.0/24"])
    answer = Client().post("/sign-in/", {"login": "collector@HAIYUE", "password": "wrong"})
    assert answer.status_code == 422
    assert "network" not in answer.content.decode()


def test_a_session_ends_when_it_moves_out_of_the_network(
    lender: Company, condition: Callable[..., None], signed_in: SignedIn
) -> None:
    client = signed_in(lender, "collector")
    condition(lender, allowed_networks=["203.0.113.0/24"])
    answer = client.get("/me/")
    assert answer.headers["Location"] == "/sign-in/?why=not_here"
    assert "from this network" in client.get("/sign-in/?why=not_here").content.decode()
    condition(lender, allowed_networks=[])
    assert client.get("/me/").status_code == 302


def test_other_companies_keep_their_own_conditions(
    lender: Company, agency: Company, condition: Callable[..., None]
) -> None:
    condition(lender, allowed_networks=["203.0.113.0/24"])
    assert sign_in("collector@ANXIN").status_code == 302


@pytest.mark.parametrize(
    ("hours", "now", "inside"),
    [
        (("08:00", "21:00"), "08:00", True),
        (("08:00", "21:00"), "20:59", True),
        (("08:00", "21:00"), "21:00", False),
        (("08:00", "21:00"), "07:59", False),
        (("20:00", "06:00"), "23:30", True),
        (("20:00", "06:00"), "05:59", True),
        (("20:00", "06:00"), "06:00", False),
    ],
)
def test_working_hours_are_of_the_companys_clock(
    lender: Company,
    condition: Callable[..., None],
    clock: Callable[[str], None],
    hours: tuple[str, str],
    now: str,
    inside: bool,
) -> None:
    starts, ends = (time.fromisoformat(each) for each in hours)
    condition(lender, work_starts=starts, work_ends=ends)
    clock(now)
    assert sign_in().status_code == (302 if inside else 403)
    assert outcomes(lender) == ["signed_in" if inside else "not_now"]


def test_pages_close_with_the_hours(
    lender: Company,
    condition: Callable[..., None],
    clock: Callable[[str], None],
) -> None:
    condition(lender, work_starts=time(8), work_ends=time(21))
    clock("20:59")
    client = Client()
    client.post("/sign-in/", {"login": "collector@HAIYUE", "password": PASSWORD})
    assert client.get("/me/").status_code == 200
    clock("21:00")
    assert client.get("/me/").headers["Location"] == "/sign-in/?why=not_now"


@given(now=TIMES, starts=TIMES, ends=TIMES)
def test_a_span_and_its_complement_share_no_moment(now: time, starts: time, ends: time) -> None:
    if starts == ends:
        assert within_hours(now, starts, ends)
    else:
        assert within_hours(now, starts, ends) != within_hours(now, ends, starts)


@pytest.mark.parametrize("address", [None, "", "not an address"])
def test_no_address_is_in_no_network(address: str | None) -> None:
    assert not within_networks(address, ["0.0.0.0/0"])
    assert within_networks(address, [])


def test_a_password_made_by_somebody_else_is_changed_first(
    lender: Company, signed_in: SignedIn
) -> None:
    with company_scope(lender):
        User.objects.filter(username="collector").update(must_change_password=True)
    client = signed_in(lender, "collector")
    assert client.get("/me/").headers["Location"] == "/me/password/"
    assert client.get("/settings/people/").headers["Location"] == "/me/password/"
    form = {"current": PASSWORD, "password": "brand new horse", "again": "brand new horse"}
    assert client.post("/me/password/", form).headers["Location"] == "/me/"
    assert client.get("/me/").status_code == 200


def test_a_required_second_factor_is_set_up_first(
    lender: Company, condition: Callable[..., None], signed_in: SignedIn
) -> None:
    condition(lender, require_totp=True)
    client = signed_in(lender, "collector")
    assert client.get("/me/").headers["Location"] == "/me/second-factor/"
    assert client.get("/me/second-factor/").status_code == 200
    assert client.post("/language/", {"language": "en"}).status_code == 302
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
