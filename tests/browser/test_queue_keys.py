"""The worklist by keyboard: skipping with a reason, straight to the note, the figures' preview."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tenancy.models import Company
from tests.browser.test_parts import AXE
from tests.screens.world import World, build

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[..., Page]


@pytest.fixture
def world(browse: Browse, lender: Company, agency: Company) -> World:
    """A lender and an agency at work, seen by the live server too."""
    return build(lender, agency)


def faults(page: Page) -> list[str]:
    """What axe finds on the page, of WCAG A and AA."""
    page.evaluate(AXE.read_text())
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    found = page.evaluate("rules => axe.run(document, rules)", rules)
    return [
        f"{fault['id']}: {node['html'][:150]} {node['failureSummary'][:200]}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def test_skipping_in_the_list_by_keys(world: World, browse: Browse) -> None:
    page = browse(world.lender, "collector", "/work/")
    expect(page.locator("td.sub[title*='collection score']").first).to_have_text("500.00")
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.locator("#panel-title")).to_have_text("Skip for today")
    page.keyboard.press("3")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msgs")).to_contain_text("Skipped for today: MINE-3.")
    expect(page.locator("tr[data-href]").last).to_contain_text("MINE-3")
    expect(page.locator("tr[data-href]").last).to_contain_text("skipped")
    assert faults(page) == []


def test_a_letter_in_the_list_opens_the_case_at_its_work(world: World, browse: Browse) -> None:
    page = browse(world.lender, "collector", "/work/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("n")
    expect(page.locator("h1")).to_have_text("Name MINE-5")
    expect(page.locator("#note input:focus")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.goto(page.url.partition("#")[0])
    page.keyboard.press("s")
    expect(page.locator("#panel-title")).to_have_text("Skip for today")
    page.keyboard.press("1")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("Name MINE-7")


def test_the_preview_follows_while_one_types(world: World, browse: Browse) -> None:
    page = browse(world.lender, "admin", "/work/figures/")
    expect(page.locator("#order-preview tbody tr").first).to_contain_text("500.00")
    page.locator("[name=score_weight]").fill("0")
    expect(page.locator("#order-preview tbody tr").first).to_contain_text("1,000.00")
    assert faults(page) == []
    page.locator("[name=score_weight]").fill("500")
    expect(page.locator("#order-preview")).to_contain_text("cannot be read")
