"""The note's form in a real browser: finding a result, its facts, the draft, a stale form."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from cases.models import Borrower
from collection.models import Attachment, DayOff, Note, Promise, Remark
from collection.notes import write_note
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.screens.world import World, build

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[..., Page]
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


@pytest.fixture
def world(browse: Browse, lender: Company, agency: Company) -> World:
    """A lender and an agency at work, seen by the live server too."""
    return build(lender, agency)


def address(world: World) -> str:
    return f"/work/cases/{world.mine[0].uid}/"


def test_a_promise_is_found_by_typing_and_saved_by_keyboard(world: World, browse: Browse) -> None:
    page = browse(world.lender, "collector", address(world))
    tomorrow = (world.lender.local_date() + timedelta(days=1)).isoformat()
    expect(page.locator("[data-rc-facts]")).to_be_hidden()
    page.locator("[data-rc-disp-find]").focus()
    page.keyboard.type("a part")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=disposition]:checked")).to_have_value("ptp_part")
    expect(page.locator("[name=fact_amount]")).to_be_focused()
    expect(page.locator("[name=fact_cause]")).to_be_hidden()
    page.keyboard.type("250")
    page.fill("[name=fact_date]", tomorrow)
    expect(page.locator("#note [name=next_action_at]")).to_have_value(f"{tomorrow} 09:00")
    page.select_option("[name=fact_channel]", "app")
    page.fill("#note [name=remark]", "250 tomorrow, in the app.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("Name MINE-5")
    with company_scope(world.lender):
        promise = Promise.objects.get()
        assert (str(promise.amount), promise.due_on.isoformat()) == ("250.00", tomorrow)


def evening(lender: Company) -> str:
    """It is eight in the evening where the borrowers live, and no holiday: the next day's opening.

    As the form writes it, on the lender's clock. Right through the hour that may follow meanwhile.
    """
    now = datetime.now(UTC)
    zones = (ZoneInfo(f"Etc/GMT{offset:+d}") for offset in range(-14, 13))
    zone = next(zone for zone in zones if now.astimezone(zone).hour == 20)
    with company_scope(lender):
        Borrower.objects.filter(owner=lender).update(timezone=zone.key)
        for days in range(-1, 3):
            DayOff.objects.create(
                company=lender,
                jurisdiction=lender.jurisdiction,
                on=now.date() + timedelta(days=days),
                is_holiday=False,
                name="An ordinary day",
            )
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    opens = datetime.combine(tomorrow, time(8), zone)
    return f"{opens.astimezone(lender.zone):%Y-%m-%d %H:%M}"


def test_the_proposed_moment_is_one_that_is_permitted(world: World, browse: Browse) -> None:
    opens = evening(world.lender)
    page = browse(world.lender, "collector", address(world))
    when = page.locator("#note [name=next_action_at]")
    page.locator("#note").get_by_label("Nobody").check()
    page.locator("#note").get_by_label("No answer").check()
    expect(when).to_have_value(opens)
    page.select_option("#note [name=channel]", "sms")
    expect(when).to_have_value(opens)
    page.select_option("#note [name=contact_point]", "")
    expect(when).to_have_value(opens)
    page.click("#note button[value=stay]")
    expect(page.locator(".msgs")).to_contain_text("Note saved")
    with company_scope(world.lender):
        saved = Note.objects.get().next_action_at
        assert saved is not None
        assert f"{saved.astimezone(world.lender.zone):%Y-%m-%d %H:%M:%S}" == f"{opens}:00"


def test_a_panel_proposes_a_permitted_moment_too(world: World, browse: Browse) -> None:
    opens = evening(world.lender)
    page = browse(world.lender, "collector", address(world))
    page.set_viewport_size({"width": 390, "height": 844})
    page.click(".act-bar >> text=Note")
    panel = page.locator("#rc-panel [data-rc-panel-root]")
    panel.get_by_label("Nobody").check()
    panel.get_by_label("No answer").check()
    expect(panel.locator("[name=next_action_at]")).to_have_value(opens)
    panel.locator("[name=channel]").select_option("visit")
    expect(panel.locator("[name=next_action_at]")).to_have_value(opens)
    page.goto(f"{address(world)}note/")
    page.get_by_label("Nobody").check()
    page.get_by_label("No answer").check()
    expect(page.locator("[name=next_action_at]")).to_have_value(opens)


def test_a_typed_moment_outlives_what_the_gate_says(world: World, browse: Browse) -> None:
    opens = evening(world.lender)
    page = browse(world.lender, "collector", address(world))
    when = page.locator("#note [name=next_action_at]")
    page.locator("#note").get_by_label("Nobody").check()
    page.locator("#note").get_by_label("No answer").check()
    expect(when).to_have_value(opens)
    when.fill("2099-11-21 03:00")
    with page.expect_response("**/allowed/**"):
        page.select_option("#note [name=channel]", "sms")
    page.locator("#note").get_by_label("Busy").check()
    expect(when).to_have_value("2099-11-21 03:00")
    page.click("#note button[value=stay]")
    expect(page.locator(".msgs")).to_contain_text("Note saved")
    with company_scope(world.lender):
        saved = Note.objects.get().next_action_at
        assert saved is not None
        assert saved.isoformat() == "2099-11-20T19:00:00+00:00"


def test_the_draft_keeps_facts_and_choices(world: World, browse: Browse) -> None:
    page = browse(world.lender, "collector", address(world))
    page.keyboard.press("t")
    page.locator("#note").get_by_label("Gives a new number").check()
    page.fill("[name=fact_number]", "13800001111")
    page.select_option("[name=fact_whose]", "friend")
    page.select_option("#note [name=channel]", "wechat")
    page.reload()
    expect(page.locator("[name=fact_number]")).to_be_visible()
    expect(page.locator("[name=fact_number]")).to_have_value("13800001111")
    expect(page.locator("[name=fact_whose]")).to_have_value("friend")
    expect(page.locator("#note [name=channel]")).to_have_value("wechat")
    page.goto(f"/work/cases/{world.mine[1].uid}/")
    expect(page.locator("#note [name=channel]")).to_have_value("call")


def test_a_missing_fact_stays_in_sight_with_its_error(world: World, browse: Browse) -> None:
    page = browse(world.lender, "collector", address(world))
    page.locator("#note").get_by_label("Cannot pay now").check()
    page.fill("#note [name=remark]", "Lost the job.")
    page.click("#note button[value=stay]")
    expect(page.locator("[data-rc-fact=fact_cause]")).to_contain_text("Choose one.")
    page.select_option("[name=fact_cause]", "job_lost")
    page.click("#note button[value=stay]")
    expect(page.locator(".tl")).to_contain_text("Cause Job lost")


def test_a_stale_form_shows_both_and_goes_through(world: World, browse: Browse) -> None:
    page = browse(world.lender, "collector", address(world))
    with company_scope(world.lender):
        write_note(
            company=world.lender,
            case=world.mine[0],
            by=User.objects.get(username="lead"),
            disposition="hung_up",
            remark="What the lead heard.",
        )
    page.locator("#note").get_by_label("Hung up").check()
    page.fill("#note [name=remark]", "What I heard.")
    page.click("#note button[value=stay]")
    expect(page.locator("#note")).to_contain_text("What the lead heard.")
    expect(page.locator("#note [name=remark]")).to_have_value("What I heard.")
    page.click("#note button[value=stay]")
    expect(page.locator(".msgs")).to_contain_text("Note saved")
    with company_scope(world.lender):
        assert Note.objects.count() == 2


def test_a_file_goes_along_and_a_correction_points_back(
    world: World, browse: Browse, tmp_path: Path, settings: object
) -> None:
    settings.FILES_ROOT = tmp_path  # type: ignore[attr-defined]
    page = browse(world.lender, "collector", address(world))
    page.locator("#note").get_by_label("Hung up").check()
    page.fill("#note [name=remark]", "He sent a slip.")
    page.set_input_files(
        "#note [name=attachments]", {"name": "slip.png", "mimeType": "image/png", "buffer": PNG}
    )
    page.click("#note button[value=stay]")
    expect(page.locator(".tl")).to_contain_text("slip.png")
    with company_scope(world.lender):
        assert Attachment.objects.get().media_type == "image/png"
    page.locator(".tl").get_by_text("Correct", exact=True).click()
    panel = page.locator("#rc-panel")
    expect(panel).to_contain_text("Correct a note")
    panel.get_by_label("Hung up").check()
    panel.locator("[name=remark]").fill("It was his brother's slip.")
    panel.locator("button[value=stay]").click()
    expect(page.locator(".tl")).to_contain_text(re.compile("Corrects .Hung up"))
    expect(page.locator(".tl")).to_contain_text("Corrected by Chen Collector")
    with company_scope(world.lender):
        assert Remark.objects.count() == 2
