"""A collector's morning from signing in to the last look at the list, by keys alone, twice.

Nothing here is clicked, filled or focused by the test: what the keyboard does not reach, fails.
The same pages, with everything on them, are then looked through for faults of accessibility.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cases.models import Borrower, Case, CaseEvent, CaseHold
from collection.holding import open_hold_on_case
from collection.models import Assignment, ContactTry, DayOff, Note, Promise, Tag
from collection.promises import take_promise
from collection.tag_presets import start_tags
from collection.tagging import add_tag
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.browser.conftest import WIDE
from tests.browser.looking import faults, settled
from tests.collection.book import add_case
from tests.collection.test_gate import add_point, own_point
from tests.screens.world import World, build, give
from tests.seed import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[..., Page]
LANGUAGES = ("en", "zh-hans")
HTML_LANG = {"en": "en", "zh-hans": "zh-Hans"}
CALLING_HOURS = (10, 15, 16, 17)
"""Far from the edges of contact hours and noon's break: no test lasts so long."""
MOST_TABS = 60
AMOUNT = "250.50"


@dataclass(frozen=True)
class Words:
    """What the screen says on the way, in one language."""

    keys: str
    reserved: str
    saved: str
    next_call: str
    promised: str
    skipped: str
    behind: str
    unanswered: str


SAID = {
    "en": Words(
        keys="Keyboard",
        reserved="the note says what came of it",
        saved="Note saved: MINE-3.",
        next_call="Call at another time of day",
        promised="Promise of 250.50 by {due} saved.",
        skipped="Skipped for today: MINE-7.",
        behind="New today · skipped",
        unanswered="No answer",
    ),
    "zh-hans": Words(
        keys="快捷键",
        reserved="请在催记中登记结果",
        saved="催记已保存：MINE-3。",
        next_call="换时段致电",
        promised="已登记承诺：{due} 前还款 250.50。",
        skipped="今日已跳过：MINE-7。",
        behind="今日新案 · 已跳过",
        unanswered="无人接听",
    ),
}


def calling_zone(now: datetime) -> ZoneInfo:
    """A time zone in which people may be called just now, whenever the test runs."""
    zones = (ZoneInfo(f"Etc/GMT{offset:+d}") for offset in range(-14, 13))
    return next(zone for zone in zones if now.astimezone(zone).hour in CALLING_HOURS)


def let_calls_through(lender: Company) -> None:
    """It is day where the borrowers live, and no holiday by the company's own word."""
    now = datetime.now(UTC)
    Borrower.objects.filter(owner=lender).update(timezone=calling_zone(now).key)
    for days in (-1, 0, 1):
        DayOff.objects.create(
            company=lender,
            jurisdiction=lender.jurisdiction,
            on=now.date() + timedelta(days=days),
            is_holiday=False,
            name="An ordinary day",
        )


@pytest.fixture
def world(browse: Browse, lender: Company, agency: Company) -> World:
    """A lender at work on an hour at which it may call, five cases on its collector's desk."""
    made = build(lender, agency)
    with company_scope(lender):
        more = [add_case(lender, dpd=n, no=f"MINE-{n}") for n in (8, 9)]
        give(lender, more, "collector")
        for hours, case in enumerate(more, 3):
            at = datetime.now(UTC) + timedelta(hours=hours)
            Assignment.objects.filter(case=case, ended_at=None).update(next_action_at=at)
        let_calls_through(lender)
    return made


@pytest.fixture
def page(chromium: Browser, site: str) -> Iterator[Page]:
    """A page on which nobody has signed in; errors of its scripts fail the test."""
    context = chromium.new_context(base_url=site, viewport=WIDE)
    wrong: list[str] = []
    made = context.new_page()
    made.on("pageerror", lambda error: wrong.append(str(error)))
    yield made
    context.close()
    assert wrong == []


def speaks(company: Company, username: str, language: str) -> None:
    """The person's own setting."""
    with company_scope(company):
        User.objects.filter(username=username).update(language=language)


def tab_to(page: Page, selector: str) -> Locator:
    """Go on with Tab until what is named has the focus."""
    target = page.locator(selector)
    expect(target.first).to_be_visible()
    for _step in range(MOST_TABS):
        if page.evaluate("named => document.activeElement.matches(named)", selector):
            return target
        page.keyboard.press("Tab")
    pytest.fail(f"the Tab key does not lead to {selector}")


def sign_in(page: Page, language: str) -> None:
    """From the sign-in page to the worklist."""
    page.goto("/sign-in/")
    expect(page.locator("[name=login]")).to_be_focused()
    page.keyboard.type("collector@HAIYUE")
    tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    expect(page.locator("html")).to_have_attribute("lang", HTML_LANG[language])
    tab_to(page, 'a[href="/work/"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/work/")


def look_at_the_keys(page: Page, words: Words) -> None:
    """`?` shows which keys there are, Esc puts them away."""
    help_ = page.locator("#rc-keys")
    page.keyboard.press("?")
    expect(help_).to_be_visible()
    expect(help_.locator("#rc-keys-title")).to_have_text(words.keys)
    for key in ("/", "n", "c", "p", "s"):
        expect(help_.locator("kbd", has_text=key).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(help_).not_to_be_visible()
    expect(page.locator("body")).to_be_focused()


def call_and_note(page: Page, words: Words) -> None:
    """Enter opens the first case; c calls, n b t u and a digit note it; on to the next case."""
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Name MINE-3")
    expect(page.locator("[data-rc-key=c]")).to_be_visible()
    settled(page)
    page.keyboard.press("c")
    number = page.locator("[id^=gate-]", has=page.locator("b.tnum"))
    expect(number.locator("b.tnum")).to_have_text(re.compile(r"^1380\d{7}$"))
    expect(number).to_contain_text(words.reserved)
    page.keyboard.press("n")
    expect(page.locator("#note input[name=group]:focus")).to_have_count(1)
    page.keyboard.press("u")
    page.keyboard.press("1")
    chosen = page.locator("#note label", has=page.locator("[name=disposition]:checked"))
    expect(chosen).to_contain_text(words.unanswered)
    expect(page.locator("#note [name=next_action]")).to_have_value(words.next_call)
    tab_to(page, "#note [name=remark]")
    page.keyboard.type("rang out")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("Name MINE-5")
    expect(page.locator(".msgs")).to_contain_text(words.saved)


def promise(page: Page, words: Words, due: str) -> None:
    """The key p asks for amount, day and way; saved, the promise stands on the case."""
    page.keyboard.press("p")
    panel = page.locator("#rc-panel [data-rc-panel-root]")
    expect(panel).to_be_visible()
    settled(page)
    tab_to(page, "#rc-panel [name=amount]")
    page.keyboard.press("Control+a")
    page.keyboard.type(AMOUNT)
    expect(panel.locator("[data-rc-left]")).to_have_text("749.50")
    tab_to(page, "#rc-panel [name=due_on]")
    page.keyboard.press("Control+a")
    page.keyboard.type(due)
    tab_to(page, "#rc-panel [name=pay_by]")
    page.keyboard.press("2")
    expect(panel.locator("[name=pay_by]:checked")).to_have_value("transfer")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msgs")).to_contain_text(words.promised.format(due=due))
    expect(page.locator(".case-l .pr")).to_contain_text(AMOUNT)


def back_to_the_list(page: Page) -> None:
    """Esc leads from a case to the worklist."""
    page.keyboard.press("Escape")
    page.wait_for_url("**/work/")


def skip_the_third(page: Page, words: Words) -> None:
    """Down to a case by j; s and a digit put it behind the others that are new."""
    row = page.locator("tr.cur", has_text="MINE-7")
    for _step in range(5):
        page.keyboard.press("j")
        if row.count():
            break
    expect(row).to_have_count(1)
    page.keyboard.press("s")
    expect(page.locator("#rc-panel [data-rc-panel-root]")).to_be_visible()
    settled(page)
    page.keyboard.press("2")
    expect(page.locator("#rc-panel [name=why]:checked")).to_have_value("waits")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msgs")).to_contain_text(words.skipped)
    expect(page.locator("tr.cur")).to_have_count(1)


def search(page: Page) -> None:
    """/ finds a case by its loan number; arrow and Enter open it."""
    page.keyboard.press("/")
    expect(page.locator("#rc-search input")).to_be_focused()
    page.keyboard.type("MINE-9")
    found = page.locator("#rc-found a")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("MINE-9")
    page.keyboard.press("ArrowDown")
    expect(found).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Name MINE-9")


def order_on_screen(page: Page) -> list[str]:
    """Loan numbers of the list, from above."""
    return page.locator("tr[data-href] .c-loan").all_inner_texts()


def last_look(page: Page, words: Words) -> None:
    """The list says what was done: one case touched and planned, one skipped and behind."""
    called = page.locator("tr[data-href]", has_text="MINE-3")
    expect(called.locator(".c-last")).to_contain_text("Chen Collector")
    expect(called.locator(".c-next")).to_contain_text(words.next_call)
    skipped = page.locator("tr[data-href]", has_text="MINE-7")
    expect(skipped).to_contain_text(words.behind)
    order = order_on_screen(page)
    assert order.index("MINE-7") > max(order.index("MINE-8"), order.index("MINE-9"))


@dataclass(frozen=True)
class Books:
    """What is in the books after the morning, each row with its case's loan number.

    notes: loan, disposition, channel. calls: loan, channel, state, whether a note of the same
    contact point settled it, to whom. promises: loan, amount, due date, way to pay, state. skips:
    loan, why, whether the case is still skipped.
    """

    notes: list[tuple[str, str, str]]
    calls: list[tuple[str, str, str, bool, str]]
    promises: list[tuple[str, Decimal, str, str, str]]
    skips: list[tuple[str, str, bool]]


def in_the_books(lender: Company) -> Books:
    """All notes, calls, promises and skips of the lender."""
    with company_scope(lender):
        loans = dict(Case.objects.values_list("pk", "loan_no"))
        notes = {note.pk: note for note in Note.objects.order_by("pk")}
        skipped = set(
            Assignment.objects.filter(ended_at=None, skipped_at__isnull=False).values_list(
                "case_id", flat=True
            )
        )
        return Books(
            notes=[
                (loans[note.case_id], note.disposition, note.channel) for note in notes.values()
            ],
            calls=[
                (
                    loans[made.case_id],
                    made.channel,
                    made.state,
                    made.note_id in notes
                    and notes[made.note_id].contact_point_id == made.contact_point_id,
                    made.relation,
                )
                for made in ContactTry.objects.order_by("pk")
            ],
            promises=[
                (loans[each.case_id], each.amount, each.due_on.isoformat(), each.pay_by, each.state)
                for each in Promise.objects.order_by("pk")
            ],
            skips=[
                (loans[event.case_id], event.data["why"], event.case_id in skipped)
                for event in CaseEvent.objects.filter(kind="skipped").order_by("pk")
            ],
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_morning_by_keyboard(world: World, page: Page, language: str) -> None:
    words = SAID[language]
    speaks(world.lender, "collector", language)
    due = (world.lender.local_date() + timedelta(days=2)).isoformat()
    sign_in(page, language)
    look_at_the_keys(page, words)
    call_and_note(page, words)
    promise(page, words, due)
    back_to_the_list(page)
    skip_the_third(page, words)
    search(page)
    back_to_the_list(page)
    last_look(page, words)
    assert in_the_books(world.lender) == Books(
        notes=[("MINE-3", "no_answer", "call")],
        calls=[("MINE-3", "call", "unanswered", True, "self")],
        promises=[("MINE-5", Decimal(AMOUNT), due, "transfer", "open")],
        skips=[("MINE-7", "waits", True)],
    )


def lay_everything_on(world: World) -> Case:
    """A hold that denies every contact, a promise, tags, a third person, an earlier note."""
    case = world.mine[0]
    who = User.objects.select_related("company").get(username="collector")
    add_point(case, "spouse", "Li")
    start_tags(company_id=world.lender.pk)
    tag = Tag.objects.order_by("pk")[1]
    add_tag(company=world.lender, case=case, tag=tag, by=who)
    take_promise(
        company=world.lender,
        case=case,
        by=who,
        amount=Decimal(AMOUNT),
        due_on=world.lender.local_date() + timedelta(days=2),
        pay_by="app",
    )
    open_hold_on_case(user=who, case=case, kind=CaseHold.Kind.COMPLAINT, reason="Too many calls")
    return case


def assert_no_fault(page: Page, address: str, shown: str = "") -> None:
    """Nothing that axe finds by WCAG A and AA, serious or not, on a page that shows a text."""
    page.goto(address)
    settled(page)
    expect(page.locator("main")).to_contain_text(shown)
    assert faults(page) == [], address


@pytest.mark.parametrize("username", ["collector", "lead"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_a_morning_are_accessible(
    world: World, browse: Browse, language: str, username: str
) -> None:
    with company_scope(world.lender):
        case = lay_everything_on(world)
        point = own_point(case)
    speaks(world.lender, username, language)
    page = browse(world.lender, username, f"/work/cases/{case.uid}/")
    expect(page.locator("html")).to_have_attribute("lang", HTML_LANG[language])
    expect(page.locator("button[aria-disabled=true]").first).to_be_visible()
    for part in (".case-l .pr", "#case-tags .tag", ".case-r .gate"):
        expect(page.locator(part).first).to_be_visible()
    asked = f"number={case.loan_no}&point={point.uid}&channel=call"
    for address in (
        f"/work/cases/{case.uid}/",
        "/work/",
        "/work/promises/?show=open",
        "/work/holds/",
        f"/contact/simulator/?{asked}",
    ):
        assert_no_fault(page, address, case.loan_no)
    assert_no_fault(page, "/contact/simulator/")
