"""The lead's board in a real browser: figures that come anew, undoing a move, entering leave."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from collection.models import Assignment, Leave
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.browser.looking import faults, settled
from tests.collection.book import whose
from tests.screens.world import World, build, give

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[..., Page]
LOOK = "() => document.dispatchEvent(new Event('rc-seen'))"
HIDE = "hidden => Object.defineProperty(document, 'hidden', {value: hidden, configurable: true})"


@pytest.fixture
def world(browse: Browse, lender: Company, agency: Company) -> World:
    """A lender and an agency at work, seen by the live server too."""
    return build(lender, agency)


def in_hand(page: Page) -> Locator:
    row = page.locator("#board-live tr", has_text="Cora Collector")
    return row.locator(".wl a").first


def test_figures_come_anew_only_while_somebody_looks(world: World, browse: Browse) -> None:
    page = browse(world.lender, "lead", "/work/board/")
    expect(in_hand(page)).to_have_text("1")
    with company_scope(world.lender):
        give(world.lender, world.mine[:1], "collector2")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(HIDE, True)
    page.evaluate(LOOK)
    page.wait_for_timeout(300)
    assert not [url for url in asked if "figures" in url], "a hidden tab asks for nothing"
    expect(in_hand(page)).to_have_text("1")
    page.evaluate(HIDE, False)
    page.evaluate(LOOK)
    expect(in_hand(page)).to_have_text("2")


def test_a_move_is_undone_where_it_was_made(world: World, browse: Browse) -> None:
    page = browse(world.lender, "lead", "/work/board/")
    row = page.locator("#board-live tr", has_text="Chen Collector")
    row.get_by_role("link", name="Reassign").click()
    page.locator("#rc-panel select[name=to]").select_option(label="Cora Collector")
    move = page.get_by_role("button", name="Move 3 cases to Cora Collector")
    expect(move).to_be_visible()
    page.get_by_label("Reason").fill("ill")
    move.click()
    expect(page.locator("#rc-panel")).to_contain_text("can be undone for 10 minutes")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#rc-panel")).to_contain_text("3 cases are where they were before.")
    with company_scope(world.lender):
        assert [whose(case) for case in world.mine] == ["collector"] * 3


def test_a_move_is_undone_from_the_list(world: World, browse: Browse) -> None:
    with company_scope(world.lender):
        give(world.lender, world.mine, "collector2")
    page = browse(world.lender, "lead", "/work/board/")
    moved = page.locator("tr", has_text="left").first
    expect(moved).to_contain_text("Cora Collector")
    moved.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Take 3 cases back").click()
    expect(page.locator("#rc-panel")).to_contain_text("Move undone")
    with company_scope(world.lender):
        assert [whose(case) for case in world.mine] == ["collector"] * 3


def test_leave_is_entered_with_its_effect_shown(world: World, browse: Browse) -> None:
    page = browse(world.lender, "lead", "/work/leave/?month=2026-11")
    page.get_by_role("link", name="Enter leave").click()
    page.get_by_label("Who is away").select_option(label="Chen Collector")
    expect(page.locator("#rc-panel")).to_contain_text("3 cases of Chen Collector stay on the desk")
    # What has just come in listens once it has settled.
    settled(page)
    page.get_by_label("Cover").select_option(label="Cora Collector")
    expect(page.locator("#rc-panel")).to_contain_text("3 cases go to Cora Collector")
    page.get_by_label("First day").fill("2026-11-20")
    page.get_by_label("Last day").fill("2026-11-24")
    page.get_by_role("button", name="Enter the leave of Chen Collector").click()
    expect(page.locator("#rc-panel")).to_contain_text("3 cases are with Cora Collector now.")
    with company_scope(world.lender):
        leave = Leave.objects.get()
        assert Assignment.objects.filter(leave=leave, ended_at=None).count() == 3


@pytest.mark.parametrize("path", ["/work/board/", "/work/leave/", "/work/leave/new/"])
def test_accessibility(world: World, browse: Browse, path: str) -> None:
    """No fault by the rules of WCAG 2.2 AA that a program can look for."""
    page = browse(world.lender, "admin", path)
    settled(page)
    assert faults(page) == []
