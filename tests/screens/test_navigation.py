"""The menu: every address exists, each role sees its own, and the place one is at is marked."""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse, HttpResponseBase
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from pytest_django.fixtures import Settings

from config import navigation
from config.htmx import HtmxRedirectMiddleware
from config.navigation import AGENCY, LENDER, entry_at, menu_items, menu_of, url_names
from config.queue_watch import QueueWatch
from tenancy.models import Role


@pytest.mark.parametrize("name", sorted(set(url_names())))
def test_every_address_of_the_frame_exists(name: str) -> None:
    try:
        reverse(name)
    except NoReverseMatch:
        pytest.fail(f"config/navigation.py links to {name}, and no URL has that name")


@pytest.fixture
def gallery(settings: Settings) -> Iterator[None]:
    """All addresses of the menu exist."""
    settings.ROOT_URLCONF = "tests.screens.gallery"

    def forget() -> None:
        for kept in (navigation.address, navigation.menu_of, navigation.frame_urls):
            kept.cache_clear()

    forget()
    yield
    forget()


def names(kind: str, *roles: str) -> set[str]:
    return {e.url_name for group in menu_of(kind, frozenset(roles)) for e in group.entries}


@pytest.mark.usefixtures("gallery")
def test_each_role_sees_its_own() -> None:
    assert names(LENDER, Role.COLLECTOR) == {"home", "work:queue", "cases:list"}
    assert "work:board" in names(LENDER, Role.TEAM_LEAD)
    assert {"cases:imports", "agencies:placements", "tenancy:people"} <= names(
        LENDER, Role.COMPANY_ADMIN
    )
    assert names(LENDER) == set()


@pytest.mark.usefixtures("gallery")
def test_a_lenders_menu_is_not_an_agencys() -> None:
    roles = Role.values
    assert {"cases:imports", "cases:buckets", "agencies:placements"} & names(
        AGENCY, *roles
    ) == set()
    assert "agencies:inbox" in names(AGENCY, *roles)
    assert "agencies:inbox" not in names(LENDER, *roles)


@pytest.mark.usefixtures("gallery")
@pytest.mark.parametrize(
    ("view_name", "url_name"),
    [
        ("work:queue", "work:queue"),
        ("work:board-reassign", "work:board"),
        ("cases:case", "cases:list"),
        ("cases:import-run", "cases:imports"),
        ("tenancy:person-edit", None),
        ("tenancy:people-new", "tenancy:people"),
        ("healthz", None),
    ],
)
def test_sub_pages_belong_to_an_entry(view_name: str, url_name: str | None) -> None:
    entry = entry_at(menu_of(LENDER, frozenset(Role.values)), view_name)
    assert (entry.url_name if entry else None) == url_name


@pytest.mark.usefixtures("gallery")
def test_sub_pages_open_under_the_active_entry_only() -> None:
    menu = menu_of(LENDER, frozenset(Role.values))
    items = menu_items(menu, entry_at(menu, "cases:imports"), {"cases:list": "20,418"})
    assert [bool(item.items) for item in items].count(True) == 1
    opened = next(item for item in items if item.items)
    assert [item.here for item in opened.items].count(True) == 1
    assert opened.items[0].count == "20,418"


def test_an_address_that_is_missing_is_left_out() -> None:
    navigation.address.cache_clear()
    assert navigation.address("no:such-name") == ""


def test_clock_is_named_in_both_languages() -> None:
    assert navigation.clock_label("Africa/Lagos", "en") == "Lagos time"
    with translation.override("zh-hans"):
        assert navigation.clock_label("Asia/Shanghai", "zh-hans") == "北京时间"
        assert navigation.clock_label("Africa/Lagos", "zh-hans") == "拉各斯时间"


def test_queue_is_asked_now_and_then(settings: Settings) -> None:
    settings.REDIS_URL = "redis://localhost:1"
    watch = QueueWatch()
    assert watch.is_down() is True
    settings.REDIS_URL = "nonsense://would-raise-if-asked"
    assert watch.is_down() is True


def answer(rf: RequestFactory, response: HttpResponse, **headers: str) -> HttpResponseBase:
    return HtmxRedirectMiddleware(lambda _request: response)(rf.get("/", headers=headers))


def test_a_redirect_moves_the_page_that_asked_with_htmx(rf: RequestFactory) -> None:
    plain = answer(rf, HttpResponse(status=302, headers={"Location": "/cases/"}))
    assert plain.status_code == 302
    sent = HttpResponse(status=302, headers={"Location": "/cases/"})
    sent.set_cookie("kept", "1")
    moved = answer(rf, sent, **{"HX-Request": "true"})
    assert (moved.status_code, moved["HX-Redirect"]) == (204, "/cases/")
    assert moved.cookies["kept"].value == "1"


def test_a_poll_never_throws_anybody_out_of_a_form(rf: RequestFactory) -> None:
    poll = {"HX-Request": "true", "X-Recoup-Poll": "1"}
    expired = answer(rf, HttpResponse(status=302, headers={"Location": "/sign-in/?next=/"}), **poll)
    assert expired.status_code == 401
    assert "HX-Redirect" not in expired.headers
