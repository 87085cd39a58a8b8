"""The worklist by keyboard: skipping with a reason, straight to the note, the figures' preview."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tenancy.models import Company
from tenancy.scope import company_scope
from tests.browser.looking import faults, settled
from tests.collection.book import add_case
from tests.screens.world import World, build, give

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[..., Page]


@pytest.fixture
def world(browse: Browse, lender: Company, agency: Company) -> World:
    """A lender and an agency at work, seen by the live server too."""
    return build(lender, agency)


def test_skipping_in_the_list_by_keys(world: World, browse: Browse) -> None:
    page = browse(world.lender, "collector", "/work/")
    expect(page.locator("td.sub[title*='collection score']").first).to_have_text("500.00")
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.locator("#panel-title")).to_have_text("Skip for today")
    settled(page)
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
    settled(page)
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


def on_row(page: Page, loan_no: str) -> None:
    """The cursor is on this row, and so is the focus."""
    expect(page.locator("tr.cur")).to_have_count(1)
    expect(page.locator("tr.cur")).to_contain_text(loan_no)
    expect(page.locator("tr.cur a.rl")).to_be_focused()


def test_a_search_gives_the_list_back_as_it_was(world: World, browse: Browse) -> None:
    page = browse(world.lender, "collector", "/work/?dpd_min=2")
    page.keyboard.press("j")
    page.keyboard.press("j")
    on_row(page, "MINE-5")
    page.keyboard.press("/")
    page.keyboard.type("MINE-7")
    expect(page.locator("#rc-found a")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    on_row(page, "MINE-5")
    page.keyboard.press("/")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Search: MINE-7")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/work/\?dpd_min=2$"))
    on_row(page, "MINE-5")
    page.keyboard.press("/")
    page.keyboard.type("MINE-7")
    expect(page.locator("#rc-found a")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Name MINE-7")
    expect(page.locator("[data-rc-back]")).to_have_text("My cases")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/work/\?dpd_min=2$"))
    on_row(page, "MINE-5")


def test_after_a_skip_the_cursor_is_on_the_next_row(world: World, browse: Browse) -> None:
    page = browse(world.lender, "collector", "/work/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    for loan_no, follows in (("MINE-5", "MINE-7"), ("MINE-7", "MINE-5")):
        on_row(page, loan_no)
        page.keyboard.press("s")
        settled(page)
        page.keyboard.press("1")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".msgs")).to_contain_text(f"Skipped for today: {loan_no}.")
        expect(page).to_have_url(re.compile("/work/$"))
        on_row(page, follows)


def test_a_case_gives_the_list_back_as_it_was(world: World, browse: Browse) -> None:
    with company_scope(world.lender):
        more = [add_case(world.lender, dpd=9, no=f"MORE-{n:02}") for n in range(40)]
        give(world.lender, more, "collector")
    page = browse(world.lender, "collector", "/work/")
    row = page.locator("tr[data-href]").nth(35)
    loan_no = row.locator(".c-loan").inner_text()
    row.scroll_into_view_if_needed()
    down = page.evaluate("scrollY")
    assert down > 0
    row.locator("td").nth(3).dispatch_event("click")
    expect(page.locator(".f-loan")).to_contain_text(loan_no)
    page.keyboard.press("Escape")
    on_row(page, loan_no)
    expect(page.locator("tr.seen")).to_contain_text(loan_no)
    assert page.evaluate("scrollY") == down
    page.keyboard.press("Enter")
    expect(page.locator(".f-loan")).to_contain_text(loan_no)
    page.keyboard.press("j")
    expect(page.locator(".f-loan")).not_to_contain_text(loan_no)
    after = page.locator(".f-loan [data-rc-copy-text]").inner_text()
    page.keyboard.press("Escape")
    on_row(page, after)
    page.locator(".rc-nav").get_by_role("link", name="My cases").click()
    expect(page.locator("tr[data-href]").first).to_be_in_viewport()
    expect(page.locator("tr.cur")).to_have_count(0)


def test_a_promise_starts_with_its_amount(world: World, browse: Browse) -> None:
    page = browse(world.lender, "collector", f"/work/cases/{world.mine[0].uid}/")
    page.keyboard.press("p")
    amount = page.locator("#rc-panel [name=amount]")
    expect(amount).to_be_focused()
    expect(amount).to_have_value("1,000.00")
    page.keyboard.type("12.50")
    expect(amount).to_have_value("12.50")
    expect(page.locator("#rc-panel [data-rc-left]")).to_have_text("987.50")
