"""A real Chromium against a live server; skipped with a reason where there is none."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test import Client
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tenancy.models import Company
from tests.database import owner_cursor

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
WIDE: ViewportSize = {"width": 1440, "height": 900}
NO_CHROMIUM = f"no Chromium on PATH (looked for {', '.join(NAMES)})"
LET_GO = 20.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is marked `browser`."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all tests here. RECOUP_REQUIRE_BROWSER=1 makes its absence a failure."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        if os.environ.get("RECOUP_REQUIRE_BROWSER") == "1":
            pytest.fail(NO_CHROMIUM)
        pytest.skip(NO_CHROMIUM)
    # A connection from before Playwright's loop is out of reach while the loop runs.
    connections.close_all()
    with pytest.MonkeyPatch.context() as patched, sync_playwright() as playwright:
        # Playwright's loop runs in this thread; Django would refuse its own synchronous queries.
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server of this process, static files straight from their folders."""
    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.terminate()


@pytest.fixture
def site(transactional_db: None) -> Iterator[str]:
    """The address of a server on this test's database."""
    with serving() as address:
        yield address
    _wait_until_server_lets_go()


def _wait_until_server_lets_go() -> None:
    """The database is dropped after the test: no connection of the live server may be left."""
    name = str(connections["default"].settings_dict["NAME"])
    connections.close_all()
    until = time.monotonic() + LET_GO
    with owner_cursor("postgres") as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT 1 FROM pg_stat_activity WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                return
            time.sleep(0.05)
    pytest.fail("the live server keeps a connection to the test database")


@pytest.fixture
def browse(
    chromium: Browser, site: str, signed_in: Callable[[Company, str], Client]
) -> Iterator[Callable[..., Page]]:
    """`browse(company, username, path)`: a page of somebody who has signed in, at that path.

    Errors of scripts and of the security policy fail the test.
    """
    contexts, faults = [], []

    def open_page(company: Company, username: str, path: str, **options: Any) -> Page:
        context = chromium.new_context(base_url=site, viewport=WIDE, **options)
        contexts.append(context)
        session = signed_in(company, username).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda told: (
                faults.append(told.text)
                if told.type == "error" and "Content Security Policy" in told.text
                else None
            ),
        )
        page.goto(path)
        # Away from the corner where it begins: there it unfolds the menu over the page.
        page.mouse.move(WIDE["width"] / 2, 0)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []
