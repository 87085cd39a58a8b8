"""The further pages of the offices, looked through at a desk and on a phone, in both languages.

Every page of the matrix that a person may open, by who opens it there, unless another test of
these looks at it with everything on it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect

from tenancy.models import User
from tenancy.scope import company_scope
from tests.browser.conftest import WIDE, serving
from tests.browser.looking import faults, settled, sticks_out
from tests.matrix.attempts import sent_by
from tests.matrix.cell import Cell
from tests.matrix.cells import CELLS
from tests.matrix.sides import Side, World

NO_PAGES = frozenset(
    {
        *("jobs", "work:allowed", "work:here", "work:board-figures", "work:figures-preview"),
        *("work:counts", "work:search-quick", "work:tag-rule", "work:case-tag", "work:attachment"),
        *("cases:import-progress", "cases:import-rejects", "cases:import-differences"),
    }
)
"""Parts of pages, and files."""
ELSEWHERE = frozenset(
    {
        *("home", "work:queue", "work:board", "work:case", "work:note", "work:reassign"),
        *("work:leave", "work:leave-new", "work:promise", "work:promises", "work:skip"),
        *("cases:list", "agencies:place", "agencies:recall", "agencies:placements"),
    }
)
"""Those that another test looks at, with everything on them."""
HTML_LANG = {"en": "en", "zh-hans": "zh-Hans"}


@pytest.fixture(scope="module")
def offices(world: World, django_db_blocker: Any) -> Iterator[str]:
    """The address of a server over the world of the matrix, which these tests only read."""
    with django_db_blocker.unblock(), serving() as address:
        yield address


@contextmanager
def speaking(side: Side, language: str) -> Iterator[None]:
    """Everybody of the company reads this language for the time being."""
    with company_scope(side.company):
        before = dict(User.objects.values_list("pk", "language"))
        User.objects.update(language=language)
    try:
        yield
    finally:
        with company_scope(side.company):
            for pk, own in before.items():
                User.objects.filter(pk=pk).update(language=own)


def pages() -> list[Cell]:
    """A rightful look at every further page of the matrix, each address once."""
    further: dict[str, Cell] = {}
    for cell in CELLS:
        looks = cell.reads and cell.status == 200 and cell.who and not cell.token
        if looks and cell.route not in NO_PAGES | ELSEWHERE:
            further.setdefault(cell.route, cell)
    return list(further.values())


@pytest.mark.parametrize("language", list(HTML_LANG))
def test_every_page_of_the_offices(
    world: World, offices: str, chromium: Browser, language: str
) -> None:
    context = chromium.new_context(base_url=offices, viewport=WIDE)
    page = context.new_page()
    found: dict[str, list[str]] = {}
    with speaking(world["HAIYUE"], language), speaking(world["ANXIN"], language):
        for cell in pages():
            side = world.of_kind(cell.kinds[0])
            context.add_cookies(
                [{"name": "sessionid", "value": side.sessions[cell.who], "url": offices}]
            )
            page.goto(address_of(cell, side))
            settled(page)
            expect(page.locator("html")).to_have_attribute("lang", HTML_LANG[language])
            # What axe looks at is the same in every language; how wide words are is not.
            wrong = faults(page) if language == "en" else []
            found[f"{cell.who} {cell.label}"] = [*wrong, *sticks_out(page)]
    context.close()
    assert {label: wrong for label, wrong in found.items() if wrong} == {}


def address_of(cell: Cell, side: Side) -> str:
    """Where the cell's page is, with the side's own ids."""
    sent = sent_by(cell, side)
    query = f"?{urlencode(sent.query, doseq=True)}" if sent.query else ""
    return reverse(cell.route, kwargs=sent.path) + query
