"""Every template renders in both languages, keeps to the strict CSP, and says what it takes."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation
from pytest_django.fixtures import Settings

from tests.screens.gallery import GALLERY_PAGES, sample

TEMPLATES = Path(settings.ROOT) / "templates"
EVERY = sorted(TEMPLATES.rglob("*.html"))
LANG = {"en": "en", "zh-hans": "zh-Hans"}
GALLERY_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "tests.screens.gallery.SignedIn",
    "config.htmx.HtmxRedirectMiddleware",
]


@pytest.fixture
def gallery(settings: Settings) -> Client:
    """A browser's client on the gallery, which needs no database."""
    settings.ROOT_URLCONF = "tests.screens.gallery"
    settings.MIDDLEWARE = GALLERY_MIDDLEWARE
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.REDIS_URL = "redis://localhost:1"
    return Client()


def name_of(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


@pytest.mark.parametrize("path", EVERY, ids=name_of)
def test_no_inline_script_style_or_handler(path: Path) -> None:
    """A strict CSP holds: nothing in the page itself runs or styles."""
    source = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)
    assert not re.search(r"\sstyle\s*=", source), "style attribute"
    assert not re.search(r"<style", source), "style element"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source), "inline handler"
    assert "hx-on" not in source, "inline handler of htmx"
    assert "javascript:" not in source
    for tag in re.findall(r"<script[^>]*>", source):
        assert "src=" in tag, "inline script"


@pytest.mark.parametrize("path", sorted((TEMPLATES / "parts").glob("*.html")), ids=name_of)
def test_each_part_says_what_it_is_and_takes(path: Path) -> None:
    head = path.read_text().partition("{% endcomment %}")[0]
    assert head.startswith("{% comment %}")
    assert len(head) > 40


@pytest.mark.parametrize("part", sorted((TEMPLATES / "parts").glob("*.html")), ids=name_of)
def test_each_part_is_shown_in_the_style_guide(part: Path) -> None:
    """A part that nobody can look at is a part that nobody knows."""
    others = [path.read_text() for path in EVERY if path != part]
    code = "".join(p.read_text() for p in (settings.ROOT / "config").glob("*.py"))
    code += (settings.ROOT / "tenancy" / "form_fields.py").read_text()
    code += Path(__file__).with_name("gallery.py").read_text()
    assert any(name_of(part) in text for text in [*others, code])


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("kind", ["lender", "agency"])
@pytest.mark.parametrize("address", GALLERY_PAGES)
def test_gallery_pages_render(gallery: Client, address: str, kind: str, language: str) -> None:
    answer = gallery.get(address, {"lang": language, "kind": kind, "rows": "3"})
    html = answer.content.decode()
    assert answer.status_code == (int(address.strip("/")[:3]) if address[1].isdigit() else 200)
    assert "<html" not in html or f'lang="{LANG[language]}"' in html
    assert "style=" not in html
    assert not re.search(r"<script(?![^>]*(src=|application/json))", html)


def test_an_empty_list_says_what_to_do(gallery: Client) -> None:
    html = gallery.get("/work/queue/", {"rows": "0"}).content.decode()
    assert '<div class="emp">' in html
    assert "<table" not in html


def test_the_accent_says_where_one_is(gallery: Client) -> None:
    assert 'data-rc-company="lender"' in gallery.get("/home/").content.decode()
    assert 'data-rc-company="agency"' in gallery.get("/home/?kind=agency").content.decode()
    assert 'data-rc-company="none"' in gallery.get("/sign-in/").content.decode()


def test_a_panel_is_a_page_and_for_htmx_a_fragment(gallery: Client) -> None:
    page = gallery.get("/panel/").content.decode()
    part = gallery.get("/panel/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" in page
    assert "data-rc-panel-root" in page
    assert "<html" not in part
    assert "data-rc-panel-root" in part


def test_failure_pages_need_no_context() -> None:
    """Django renders 400 and 500 without a request, when nothing else may work."""
    for code in ("400", "403_csrf", "500"):
        for language in ("en", "zh-hans"):
            with translation.override(language):
                assert "</html>" in render_to_string(f"{code}.html")


def test_denied_action_can_be_reached_and_is_explained(rf: RequestFactory) -> None:
    html = render_to_string("parts/denied.html", sample(rf.get("/")))
    assert 'aria-disabled="true"' in html
    assert " disabled" not in html
    assert 'aria-describedby="call-why"' in html
    assert 'id="call-why"' in html


def test_confirmation_names_the_object_and_its_size(rf: RequestFactory) -> None:
    named = {
        "id": "recall",
        "label": "Recall 312 cases…",
        "title": "Recall 312 cases of Qiheng?",
        "text": "It cannot be undone.",
        "action": "/recall/",
        "submit": "Recall 312 cases",
    }
    html = render_to_string("parts/confirm.html", named, request=rf.get("/"))
    assert html.count("312 cases") == 3
    assert 'method="post"' in html
    assert "csrfmiddlewaretoken" in html
    assert 'popovertarget="recall"' in html


def test_bulk_bar_sends_nothing_secret_in_its_address(rf: RequestFactory) -> None:
    html = render_to_string(
        "parts/bulk_bar.html", sample(rf.get("/?bucket=1")), request=rf.get("/")
    )
    assert 'method="get"' in html
    assert "csrf" not in html
    assert 'name="filter" value="bucket=1"' in html
