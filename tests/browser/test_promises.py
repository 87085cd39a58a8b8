"""Promises in a real browser: taken by key with the live figure, listed, withdrawn; in Chinese."""

import os
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from collection.models import Promise
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.browser.looking import faults
from tests.collection.book import ON
from tests.screens.world import World, build

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[..., Page]


@pytest.fixture
def world(browse: Browse, lender: Company, agency: Company) -> World:
    """A lender and an agency at work, seen by the live server too."""
    return build(lender, agency)


def look(page: Page, name: str) -> None:
    if folder := os.environ.get("P_SHOTS"):
        page.wait_for_timeout(400)
        page.screenshot(path=f"{folder}/{name}.png")


def test_a_promise_by_keyboard_then_the_list_then_withdrawn(world: World, browse: Browse) -> None:
    case = world.mine[0]
    page = browse(world.lender, "collector", f"/work/cases/{case.uid}/")
    page.keyboard.press("p")
    amount = page.locator("[data-rc-panel-root] [name=amount]")
    expect(amount).to_be_visible()
    left = page.locator("[data-rc-left]")
    expect(left).to_have_text("0.00")
    amount.fill("100.5")
    expect(left).to_have_text(f"{case.outstanding - Decimal('100.50'):,.2f}")
    amount.fill("99,999,999.00")
    expect(left).to_have_text("–")
    look(page, "take-too-much")
    amount.fill("100.50")
    due = world.lender.local_date() + timedelta(days=1)
    page.locator("[data-rc-panel-root] [name=due_on]").fill(due.isoformat())
    look(page, "take")
    assert faults(page) == []
    page.locator("[data-rc-panel-root] [data-rc-submit]").click()
    expect(page.locator(".msgs")).to_contain_text("100.50")
    expect(page.locator(".case-l")).to_contain_text("would remain")
    look(page, "case")
    with company_scope(world.lender):
        row = Promise.objects.get(case_id=case.pk)
        assert (row.amount, row.due_on, row.state) == (Decimal("100.50"), due, "open")
    page.keyboard.press("p")
    expect(page.locator("[data-rc-panel-root]")).to_contain_text("Replaces the promise of 100.50")
    page.goto("/work/promises/?show=open")
    expect(page.locator("tbody")).to_contain_text(case.loan_no)
    look(page, "list")
    assert faults(page) == []

    boss = browse(world.lender, "lead", f"/work/cases/{case.uid}/")
    boss.locator(".case-l a", has_text="Withdraw").click()
    boss.locator("[data-rc-panel-root] [name=reason]").fill("a slip")
    look(boss, "withdraw")
    boss.locator("[data-rc-panel-root] [data-rc-submit]").click()
    expect(boss.locator(".case-l")).to_contain_text("a slip")
    look(boss, "case-after")


def test_the_kept_rate_draws_its_bars(world: World, browse: Browse) -> None:
    with company_scope(world.lender):
        for number, state in enumerate(("kept", "kept", "broken", "partly", "superseded")):
            Promise.objects.create(
                company=world.lender,
                owner=world.lender,
                case=world.mine[0],
                taken_by_id=1,
                taken_by_name="Lin Xiaotong",
                bucket="M1",
                made_at=world.mine[0].opened_on.isoformat() + "T09:00:00+08:00",
                amount=Decimal(100 + number),
                due_on=ON,
                pay_by="app",
                grace_days=1,
                tolerance_percent=5,
                state=state,
            )
    page = browse(world.lender, "admin", "/work/promises/kept/?by=bucket")
    expect(page.locator("[data-rc-chart] svg")).to_be_visible()
    expect(page.locator("main")).to_contain_text("50.0%")
    look(page, "kept")
    assert faults(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    look(page, "kept-narrow")
    page.goto("/work/promises/?show=kept")
    look(page, "list-narrow")
