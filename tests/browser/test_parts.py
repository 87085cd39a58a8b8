"""The parts in a real browser: keys, menus, panel, selection, the strict CSP, accessibility."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from urllib.request import urlopen

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import faults

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    """The gallery's address while its server runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.screens.look", str(port)]
    server = subprocess.Popen(
        command, cwd=settings.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _try in range(100):
            try:
                urlopen(f"{address}/sign-in/").close()
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=10)


@pytest.fixture
def look(chromium: Browser, gallery: str) -> Iterator[Open]:
    """`look("/work/queue/?lang=en", 390)`: a page whose console stays silent."""
    contexts, said = [], []

    def open_page(address: str, width: int = 1440, *, scripts: bool = True) -> Page:
        height = 844 if width < 500 else 900
        context = chromium.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        # Faults only: the browser also tells, say, that a field took the focus before autofocus.
        page.on(
            "console",
            lambda told: said.append(told.text) if told.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(gallery + address)
        page.wait_for_load_state()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == [], "the console is not silent (CSP violations are told there)"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("address", ["/home/", "/work/queue/", "/case/", "/panel/", "/sign-in/"])
def test_nothing_sticks_out(look: Open, address: str, language: str) -> None:
    page = look(f"{address}?lang={language}")
    wide = {}
    for width in (1440, 1100, 390):
        page.set_viewport_size({"width": width, "height": 844})
        wide[width] = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert {width: over for width, over in wide.items() if over > 0} == {}


LOOKS = [(kind, theme) for kind in ("lender", "agency") for theme in ("light", "dark")]
LOOKED_AT = [
    *((address, *look) for address in ("/home/", "/work/queue/") for look in LOOKS),
    *((address, *LOOKS[0]) for address in ("/case/", "/panel/", "/sign-in/")),
]


@pytest.mark.parametrize(("address", "kind", "theme"), LOOKED_AT)
def test_accessibility(look: Open, address: str, kind: str, theme: str) -> None:
    page = look(f"{address}?kind={kind}&theme={theme}&roles=company_admin,team_lead")
    page.keyboard.press("j")  # on the queue: with a cursor row, on its tint
    assert faults(page) == []


def test_keys_move_tick_and_open(look: Open) -> None:
    page = look("/work/queue/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    current = page.locator("tr[aria-current=true]")
    expect(current).to_have_count(1)
    expect(current).to_have_attribute("data-href", "/case/1/")
    page.keyboard.press("k")
    expect(current).to_have_attribute("data-href", "/case/0/")
    page.keyboard.press("x")
    expect(current.locator("input[name=id]")).to_be_checked()
    page.route("**/case/0/", lambda route: route.fulfill(body="<title>case</title>"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/case/0/")
    page.go_back()
    expect(page.locator("tr.seen")).to_have_attribute("data-href", "/case/0/")


def test_single_letters_rest_while_one_types(look: Open) -> None:
    page = look("/work/queue/")
    page.keyboard.press("/")
    search = page.locator(".rc-search input")
    expect(search).to_be_focused()
    page.keyboard.type("j?x")
    expect(search).to_have_value("j?x")
    expect(page.locator("tr.cur")).to_have_count(0)
    expect(page.locator("#rc-keys")).not_to_be_visible()


def test_help_opens_and_closes(look: Open) -> None:
    page = look("/work/queue/")
    page.keyboard.press("?")
    expect(page.locator("#rc-keys")).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator("tr.cur")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#rc-keys")).not_to_be_visible()


def test_letters_can_be_switched_off(look: Open) -> None:
    page = look("/work/queue/")
    page.evaluate("document.body.dataset.rcKeys = 'off'")
    page.keyboard.press("j")
    expect(page.locator("tr.cur")).to_have_count(0)


def test_selection_takes_the_filter_bars_place(look: Open) -> None:
    page = look("/work/queue/")
    bulk, filters = page.locator(".bulk"), page.locator(".fbar")
    expect(bulk).not_to_be_visible()
    boxes = page.locator("tbody input[name=id]")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.locator("[data-rc-count]")).to_have_text("4")
    expect(filters).not_to_be_visible()
    page.get_by_label("Select all 12,345 cases").check()
    expect(page.locator("[data-rc-count]")).to_have_text("12,345")
    expect(boxes.last).to_be_checked()
    boxes.last.uncheck()
    expect(page.locator("[data-rc-count]")).to_have_text("21")
    page.get_by_role("button", name="Clear selection").click()
    expect(bulk).not_to_be_visible()
    expect(filters).to_be_visible()


def test_a_bulk_action_takes_the_ticked_rows_into_the_panel(look: Open) -> None:
    page = look("/work/queue/?bucket=1")
    page.locator("tbody input[name=id]").nth(2).check()
    with page.expect_request("**/panel/**") as asked:
        page.get_by_role("button", name="Reassign").click()
    assert "id=u2" in asked.value.url
    assert "filter=bucket%3D1" in asked.value.url
    expect(page.locator("#rc-panel .panel")).to_be_visible()
    assert "panel=%2Fpanel%2F" in page.url
    page.reload()
    expect(page.locator("#rc-panel .panel")).to_be_visible()
    page.get_by_role("link", name="Close").click()
    expect(page.locator("#rc-panel .panel")).to_have_count(0)
    assert "panel=" not in page.url


def test_the_panel_only_takes_own_addresses(look: Open) -> None:
    page = look("/work/queue/?panel=//example.com/x")
    expect(page.locator("#rc-panel .panel")).to_have_count(0)


def test_escape_closes_what_is_open_first(look: Open) -> None:
    page = look("/work/queue/")
    page.get_by_role("link", name="Open in panel").click()
    expect(page.locator("#rc-panel .panel")).to_be_visible()
    page.locator(".fbar summary").first.click()
    page.keyboard.press("Escape")
    expect(page.locator(".fbar details[open]")).to_have_count(0)
    expect(page.locator("#rc-panel .panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#rc-panel .panel")).to_have_count(0)


def test_a_filter_is_set_and_taken_away_by_the_url(look: Open) -> None:
    page = look("/work/queue/?outstanding_min=100")
    page.locator(".fbar summary", has_text="Bucket").click()
    page.get_by_label("S1").check()
    page.get_by_label("S2").check()
    page.get_by_role("button", name="Apply").first.click()
    page.wait_for_url("**bucket=1&bucket=2**")
    assert "outstanding_min=100" in page.url
    page.get_by_role("link", name="Remove filter Bucket").click()
    page.wait_for_url("**/?outstanding_min=100")


def test_a_denied_action_can_be_focused_and_does_nothing(look: Open) -> None:
    page = look("/home/")
    denied = page.get_by_role("button", name="Call from 14:00")
    denied.focus()
    expect(denied).to_be_focused()
    denied.press("Enter")
    expect(denied).to_have_accessible_description(
        re.compile("^No calls in the noon break 12:00–14:00. Contact policy v6")
    )


def test_digits_pick_a_choice(look: Open) -> None:
    page = look("/panel/")
    page.keyboard.press("2")
    expect(page.get_by_label("Contact person")).to_be_checked()


def test_a_destructive_act_asks_in_a_dialog(look: Open) -> None:
    page = look("/home/")
    page.get_by_role("button", name="Recall 312 cases…").click()
    dialog = page.get_by_role("dialog", name="Recall 312 cases of")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()


def test_what_is_polled_stays_open(look: Open) -> None:
    page = look("/home/")
    page.locator("#rc-jobs summary").click()
    with page.expect_response("**/jobs/"):
        pass
    page.wait_for_timeout(200)
    expect(page.locator("#rc-jobs details")).to_have_attribute("open", "")


def test_dark_follows_the_system_until_one_chooses(chromium: Browser, gallery: str) -> None:
    context = chromium.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(f"{gallery}/sign-in/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.goto(f"{gallery}/home/?theme=light")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    context.close()


def test_without_scripts_everything_can_still_be_done(look: Open) -> None:
    page = look("/work/queue/", scripts=False)
    page.locator("tbody input[name=id]").first.check()
    expect(page.locator(".bulk")).to_be_visible()
    page.get_by_role("button", name="Reassign").click()
    page.wait_for_url("**/panel/?filter=&id=u0")
    expect(page.locator("main .panel")).to_be_visible()
    page = look("/home/", scripts=False)
    page.get_by_role("button", name="Recall 312 cases…").click()
    expect(page.get_by_role("button", name="Recall 312 cases", exact=True)).to_be_visible()
    page = look("/work/queue/", scripts=False)
    page.locator(".fbar summary", has_text="Bucket").click()
    page.get_by_label("S1").check()
    page.get_by_role("button", name="Apply").first.click()
    page.wait_for_url("**bucket=1")
