"""Search by key, counts in an open filter, saved views and the rule editor in a real browser."""

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cases.models import Loan
from collection.models import SavedView, Tag
from collection.tag_presets import start_tags
from collection.tagging import derive_tags
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.browser.looking import faults, settled
from tests.collection.book import ON
from tests.screens.world import World, build

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[..., Page]


@pytest.fixture
def world(browse: Browse, lender: Company, agency: Company) -> World:
    """A lender and an agency at work, tagged, seen by the live server too."""
    made = build(lender, agency)
    with company_scope(lender):
        Loan.objects.filter(pk=made.mine[0].loan_id).update(collection_score=700)
        start_tags(company_id=lender.pk)
        derive_tags(company=lender, on=ON)
    return made


def look(page: Page, name: str) -> None:
    if folder := os.environ.get("T_SHOTS"):
        page.wait_for_timeout(400)
        page.screenshot(path=f"{folder}/{name}.png")


def test_search_by_keyboard(world: World, browse: Browse) -> None:
    page = browse(world.lender, "collector", "/work/")
    page.keyboard.press("/")
    box = page.locator("#rc-search input")
    expect(box).to_be_focused()
    page.keyboard.type("MINE-5", delay=10)
    found = page.locator("#rc-found a")
    expect(found).to_have_count(1)
    look(page, "search-quick")
    page.keyboard.press("ArrowDown")
    expect(found.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).to_be_focused()
    expect(page.locator("#rc-found")).to_be_hidden()
    page.keyboard.type("-", delay=10)
    expect(page.locator("#rc-found")).to_contain_text("Nothing is found")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Search: MINE-5")
    expect(page.locator("main tbody tr")).to_have_count(1)
    look(page, "search")
    assert faults(page) == []
    page.locator("main tbody a").click()
    page.wait_for_url("**/work/cases/**")


def test_filters_are_counted_and_kept_as_a_view(world: World, browse: Browse) -> None:
    page = browse(world.lender, "collector", "/work/")
    expect(page.locator(".c-tags .tag").first).to_be_visible()
    look(page, "queue")
    page.locator(".fbar summary.add").click()
    counts = page.locator("#n-promise-6")
    expect(counts).to_have_text("3")
    look(page, "filters")
    page.locator(".fbar summary", has_text="Tags").click()
    expect(page.locator("#n-tag-16")).to_have_text("1")
    page.locator(".fbar label", has_text="High score").locator("input").check()
    page.locator(".fbar .menu[open] button[type=submit]").click()
    expect(page.locator("main tbody tr")).to_have_count(1)
    page.locator(".views a", has_text="Save this view").click()
    page.locator("[data-rc-panel-root] [name=name]").fill("Good scores")
    page.locator("[data-rc-panel-root] [data-rc-submit]").click()
    tab = page.locator(".views-n a", has_text="Good scores")
    expect(tab).to_have_attribute("aria-current", "page")
    look(page, "saved-view")
    assert faults(page) == []
    with company_scope(world.lender):
        assert SavedView.objects.get().name == "Good scores"


def test_a_rule_without_code(world: World, browse: Browse) -> None:
    page = browse(world.lender, "admin", "/work/tags/")
    expect(page.locator("main tbody tr")).to_have_count(19)
    look(page, "tags")
    assert faults(page) == []
    page.goto("/work/tags/new/")
    page.fill("[name=name_en]", "Old")
    page.fill("[name=name_zh]", "老案")
    page.locator("button[value=add]").click()
    settled(page)
    page.locator("[name=fact-0]").select_option("dpd")
    settled(page)
    page.locator("[name=value-0]").press_sequentially("45", delay=10)
    expect(page.locator("#tag-count")).to_have_text("4 of 9 open cases match now")
    page.locator("button[value=add]").click()
    settled(page)
    page.locator("[name=fact-1]").select_option("on_hold")
    settled(page)
    expect(page.locator("#tag-count")).to_have_text("0 of 9 open cases match now")
    look(page, "rule")
    page.locator("[name=value-1]").select_option("no")
    expect(page.locator("#tag-count")).to_have_text("4 of 9 open cases match now")
    assert faults(page) == []
    page.locator("button[value=save]").click()
    expect(page.locator("main tbody tr")).to_have_count(20)
    with company_scope(world.lender):
        assert Tag.objects.get(name_en="Old").name_zh == "老案"
