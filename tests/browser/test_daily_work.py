"""The daily work in a real browser: keys, the note and its draft, moving cases, numbers."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from cases.models import CaseEvent, ImportRun, Instalment
from collection.models import Note
from tenancy.models import Company, Job, User
from tenancy.scope import company_scope
from tests.browser.looking import faults, settled
from tests.collection.book import ON, whose
from tests.screens.world import World, build
from tests.seed import PEOPLE

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[..., Page]


@pytest.fixture
def world(browse: Browse, lender: Company, agency: Company) -> World:
    """A lender and an agency at work, seen by the live server too."""
    return build(lender, agency)


def test_keys_lead_through_list_and_cases(world: World, browse: Browse) -> None:
    page = browse(world.lender, "collector", "/work/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr.cur")).to_contain_text("MINE-5")
    page.keyboard.press("k")
    expect(page.locator("tr.cur")).to_contain_text("MINE-3")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Name MINE-3")
    expect(page.locator(".rc-crumb")).to_contain_text("1 / 3")
    page.keyboard.press("j")
    expect(page.locator("h1")).to_have_text("Name MINE-5")
    page.keyboard.press("k")
    expect(page.locator("h1")).to_have_text("Name MINE-3")
    page.keyboard.press("j")
    expect(page.locator("h1")).to_have_text("Name MINE-5")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("/work/$"))
    expect(page.locator("tr.seen")).to_contain_text("MINE-5")


def test_enter_starts_with_the_first_case(world: World, browse: Browse) -> None:
    page = browse(world.lender, "collector", "/work/")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Name MINE-3")


def test_a_note_by_keyboard_and_on_to_the_next(world: World, browse: Browse) -> None:
    page = browse(world.lender, "collector", "/work/")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Name MINE-3")
    page.keyboard.press("n")
    page.keyboard.press("u")
    page.keyboard.press("1")
    chosen = page.locator("input[name=disposition]:checked")
    expect(chosen).to_have_value("no_answer")
    expect(page.locator("[name=next_action]")).to_have_value("Call at another time of day")
    expect(page.locator("[name=next_action_at]")).to_have_value(re.compile(r"^\d{4}-\d\d-\d\d "))
    page.fill("#note [name=remark]", "rang out")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("Name MINE-5")
    expect(page.locator(".msgs")).to_contain_text("Note saved: MINE-3.")
    with company_scope(world.lender):
        note = Note.objects.get(case=world.mine[0])
        assert (note.disposition, note.next_action) == ("no_answer", "Call at another time of day")
        assert note.next_action_at is not None
        assert note.next_action_at >= note.at + timedelta(hours=4)


def test_a_draft_outlives_the_page_until_it_is_saved(world: World, browse: Browse) -> None:
    page = browse(world.lender, "collector", f"/work/cases/{world.mine[0].uid}/")
    page.keyboard.press("b")
    page.keyboard.press("9")
    page.fill("#note [name=fact_reason]", "angry about the interest")
    page.fill("#note [name=remark]", "he wants to")
    page.reload()
    expect(page.locator("#note [name=fact_reason]")).to_have_value("angry about the interest")
    expect(page.locator("#note [name=remark]")).to_have_value("he wants to")
    expect(page.locator("input[name=disposition]:checked")).to_have_value("refuses")
    page.goto(f"/work/cases/{world.mine[1].uid}/")
    expect(page.locator("#note [name=remark]")).to_have_value("")
    page.goto(f"/work/cases/{world.mine[0].uid}/")
    expect(page.locator("#note [name=remark]")).to_have_value("he wants to")
    page.click("#note button[value=stay]")
    expect(page.locator(".msgs")).to_contain_text("Note saved")
    expect(page.locator("#note [name=remark]")).to_have_value("")
    page.reload()
    expect(page.locator("#note [name=remark]")).to_have_value("")


def test_a_refused_note_keeps_what_was_typed(world: World, browse: Browse) -> None:
    page = browse(world.lender, "collector", f"/work/cases/{world.mine[0].uid}/")
    page.fill("#note [name=remark]", "said nothing of use")
    page.click("#note button[value=next]")
    expect(page.locator("#note")).to_contain_text("Choose how it ended.")
    expect(page.locator("#note [name=remark]")).to_have_value("said nothing of use")


def test_where_there_is_no_room_the_note_is_a_panel(world: World, browse: Browse) -> None:
    page = browse(world.lender, "collector", f"/work/cases/{world.mine[0].uid}/")
    page.set_viewport_size({"width": 390, "height": 844})
    page.click(".act-bar >> text=Note")
    panel = page.locator("#rc-panel")
    expect(panel).to_contain_text("Write a note")
    panel.get_by_label("Nobody").check()
    panel.get_by_label("Busy").check()
    panel.locator("button[value=next]").click()
    expect(page.locator("h1")).to_have_text("Name MINE-5")
    with company_scope(world.lender):
        assert Note.objects.get(case=world.mine[0]).disposition == "busy"


def test_moving_ticked_cases(world: World, browse: Browse) -> None:
    page = browse(world.lender, "lead", "/work/")
    page.check("input[name=id] >> nth=0")
    page.check("input[name=id] >> nth=1")
    expect(page.locator(".bulk")).to_contain_text("Selected cases: 2")
    page.click(".bulk >> text=Reassign")
    panel = page.locator("#rc-panel")
    expect(panel).to_contain_text("2 cases chosen")
    panel.locator("select[name=to]").select_option(label="Cora Collector")
    expect(panel).to_contain_text("Cora Collector · Team One")
    button = panel.locator("button[value=move]")
    expect(button).to_have_text(re.compile("Move [12] cases? to Cora Collector"))
    panel.locator("[name=reason]").fill("on leave")
    button.click()
    expect(panel).to_contain_text("on the desk Cora Collector · Team One now")
    panel.locator("text=Back to the list").click()
    expect(page.locator("#rc-panel")).to_be_empty()
    with company_scope(world.lender):
        assert whose(world.mine[0]) == "collector2"


def test_the_schedule_opens_by_a_click(world: World, browse: Browse) -> None:
    case = world.mine[0]
    with company_scope(world.lender):
        for seq in (1, 2):
            Instalment.objects.create(
                loan_id=case.loan_id,
                seq=seq,
                due_date=case.due_date + timedelta(days=30 * (seq - 1)),
                **dict.fromkeys(("principal", "interest", "fee", "penalty"), Decimal(500)),
            )
    page = browse(world.lender, "collector", f"/work/cases/{case.uid}/")
    state = page.get_by_text("oldest unpaid", exact=True)
    expect(state).to_be_hidden()
    page.locator("summary", has_text="2 instalments").click()
    expect(state).to_be_visible()
    expect(page.locator("tr", has_text="open").filter(has_text="500.00")).to_have_count(1)
    assert faults(page) == []


def test_a_number_is_shown_in_its_place(world: World, browse: Browse) -> None:
    page = browse(world.lender, "collector", f"/work/cases/{world.mine[0].uid}/")
    first = page.locator(".cp").first
    expect(first).to_contain_text("****")
    first.locator("summary").click()
    first.locator("[name=reason]").fill("to call")
    first.locator("button.btn-primary").click()
    expect(first).to_contain_text(re.compile(r"1380\d{7}"))
    expect(first).to_contain_text("recorded")
    with company_scope(world.lender):
        assert CaseEvent.objects.filter(case=world.mine[0], kind="phone_shown").count() == 1


@pytest.mark.parametrize("width", [1440, 1100, 390])
def test_nothing_sticks_out(world: World, browse: Browse, width: int) -> None:
    page = browse(world.lender, "admin", "/")
    page.set_viewport_size({"width": 1440, "height": 900})
    for language in ("en", "zh-Hans"):
        if language != "en":
            page.goto("/")
            page.locator("form[action*=language] button:visible").first.click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        page.set_viewport_size({"width": width, "height": 900})
        for address in addresses(world):
            page.goto(address)
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, (address, language, wide)
        page.set_viewport_size({"width": 1440, "height": 900})


@pytest.mark.parametrize("username", list(PEOPLE))
def test_the_first_page_fits_a_phone(world: World, browse: Browse, username: str) -> None:
    with company_scope(world.lender):
        for kind in ImportRun.Kind.values:
            for state in ImportRun.State.values:
                ImportRun.objects.create(kind=kind, as_of=ON, rows=1_234_567, state=state)
        for person in User.objects.all():
            title = "Import 2026-11-21-repayments-of-the-whole-quarter.csv"
            Job.objects.create(kind="proof", title=title, requested_by_id=person.pk)
    for company in (world.lender, world.agency):
        page = browse(company, username, "/")
        page.set_viewport_size({"width": 390, "height": 844})
        for address in ("/", "/cases/"):
            page.goto(address)
            wide = page.evaluate("document.scrollingElement.scrollWidth")
            assert wide <= 390, (company.code, address, wide)
        page.context.clear_cookies()


def addresses(world: World) -> list[str]:
    """The pages of the daily work, panels as pages of their own."""
    mine, placed, waiting = world.mine[0].uid, world.placed[0].uid, world.waiting[0].uid
    return [
        "/",
        "/work/",
        "/work/board/",
        "/cases/",
        "/cases/?state=closed",
        "/agencies/",
        f"/agencies/packages/{world.package.uid}/",
        f"/work/cases/{mine}/",
        f"/work/cases/{mine}/note/",
        f"/work/cases/{placed}/",
        f"/work/reassign/?id={mine}",
        f"/agencies/place/?id={waiting}",
        f"/agencies/recall/?id={placed}",
    ]


def test_a_panel_opened_by_its_address_stays_one(world: World, browse: Browse) -> None:
    page = browse(world.lender, "lead", f"/work/reassign/?id={world.mine[0].uid}")
    page.locator("select[name=to]").select_option(label="Cora Collector")
    expect(page.locator(".panel")).to_contain_text("Cases in hand, before and after")
    expect(page.locator(".panel")).to_have_count(1)


def test_accessibility(world: World, browse: Browse) -> None:
    """No fault by the rules of WCAG 2.2 AA that a program can look for."""
    page = browse(world.lender, "admin", "/")
    for address in addresses(world):
        page.goto(address)
        settled(page)
        assert faults(page) == [], address
