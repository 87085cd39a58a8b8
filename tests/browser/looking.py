"""Looking a page through: bad accessibility that a program finds, what leaves a phone's screen."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Page, ViewportSize, expect

AXE = Path(settings.ROOT) / "node_modules" / "axe-core" / "axe.min.js"
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "rules": {"heading-order": {"enabled": True}},
    "resultTypes": ["violations"],
}
"""Those of WCAG 2.2 A and AA, and that headings leave out no level."""
HEIGHT = "() => Math.max(innerHeight, document.documentElement.scrollHeight)"
LOOK_THROUGH = "async rules => (await axe.run(document, rules)).violations"
PHONE: ViewportSize = {"width": 390, "height": 844}
BUSY = ".htmx-request, .htmx-swapping, .htmx-added, .htmx-settling"
NEXT_FRAME = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
OUTSIDE = """() => {
  const wide = document.documentElement.clientWidth;
  const scrolls = (node) => node && node !== document.body
    && (getComputedStyle(node).overflowX !== 'visible' || scrolls(node.parentElement));
  const found = [...document.body.querySelectorAll('*')]
    .filter((node) => node.checkVisibility() && !scrolls(node.parentElement))
    .map((node) => [node, Math.round(node.getBoundingClientRect().right)])
    .filter(([node, right]) => right > wide)
    .map(([node, right]) => `${node.outerHTML.slice(0, 120)} ends at ${right} of ${wide}`);
  const page = document.documentElement.scrollWidth;
  return found.length || page <= wide ? found : [`the page is ${page} wide of ${wide}`];
}"""


def settled(page: Page) -> None:
    """Wait until the fragments of the page that are asked for stand in it and hear events."""
    page.wait_for_load_state()
    page.evaluate(NEXT_FRAME)
    expect(page.locator(BUSY)).to_have_count(0)


def faults(page: Page) -> list[str]:
    """What axe finds, a line each: the rule, the element, what would mend it.

    The page is looked at in its whole height: what a bar at the foot covers can be scrolled to.
    """
    page.evaluate(AXE.read_text())
    with _window(page, {"width": _size(page)["width"], "height": page.evaluate(HEIGHT)}):
        found = page.evaluate(LOOK_THROUGH, RULES)
    return [
        f"{fault['id']}: {node['html'][:150]} {node['failureSummary'][:200]}"
        for fault in found
        for node in fault["nodes"]
    ]


def sticks_out(page: Page) -> list[str]:
    """The elements that leave a phone's screen to the right, those in scrolling boxes apart."""
    with _window(page, PHONE):
        found: list[str] = page.evaluate(OUTSIDE)
    return found


def _size(page: Page) -> ViewportSize:
    size = page.viewport_size
    assert size is not None, "these pages are opened with a size"
    return size


@contextmanager
def _window(page: Page, size: ViewportSize) -> Iterator[None]:
    """The page in a window of this size, afterwards in its own again."""
    before = _size(page)
    page.set_viewport_size(size)
    yield
    page.set_viewport_size(before)
