"""The frame around every page: navigation by job, company, person, language, clock, banner.

NAVIGATION is the whole menu. An address that does not resolve is left out of the page and fails
tests/screens/test_navigation.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from babel import Locale
from babel.dates import get_timezone_location
from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from config.queue_watch import queue_watch
from tenancy.models import Company, Role, User
from tenancy.screen import Text

LENDER, AGENCY = Company.Kind.LENDER.value, Company.Kind.AGENCY.value
BOTH = (LENDER, AGENCY)
EVERYBODY = frozenset(Role.values)
ADMIN, LEAD, COLLECTOR = Role.COMPANY_ADMIN, Role.TEAM_LEAD, Role.COLLECTOR
FINANCE, AUDITOR = Role.FINANCE, Role.AUDITOR


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the menu: who may open it, and which other pages belong to it.

    `match` are beginnings of view names that count as being here, besides `url_name` itself.
    """

    label: Text
    url_name: str
    roles: frozenset[str] = EVERYBODY
    kinds: tuple[str, ...] = BOTH
    match: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A job: the first level of the menu. Its pages show while one is on one of them."""

    label: Text
    icon: str
    entries: tuple[Entry, ...]


NAVIGATION = (
    Group(
        pgettext_lazy("navigation", "My work"),
        "briefcase",
        (
            Entry(_("Overview"), "home"),
            Entry(
                _("My cases"), "work:queue", frozenset({COLLECTOR, LEAD, ADMIN}), match=("work:",)
            ),
            Entry(
                pgettext_lazy("navigation", "Promises"),
                "work:promises",
                frozenset({COLLECTOR, LEAD, ADMIN}),
                match=("work:promises", "work:kept-rate"),
            ),
            Entry(_("Team board"), "work:board", frozenset({LEAD, ADMIN}), match=("work:board",)),
            Entry(
                _("Leave and cover"), "work:leave", frozenset({LEAD, ADMIN}), match=("work:leave",)
            ),
            Entry(
                _("Contacts in progress"),
                "contact:reserved",
                frozenset({COLLECTOR, LEAD, ADMIN}),
            ),
        ),
    ),
    Group(
        pgettext_lazy("navigation", "Cases"),
        "folders",
        (
            Entry(_("All cases"), "cases:list", match=("cases:",)),
            Entry(_("Holds"), "work:holds", match=("work:hold",)),
            Entry(
                _("Imports"),
                "cases:imports",
                frozenset({ADMIN, FINANCE, AUDITOR}),
                (LENDER,),
                match=("cases:import",),
            ),
            Entry(
                _("Suspense"),
                "cases:suspense",
                frozenset({ADMIN, FINANCE, AUDITOR}),
                (LENDER,),
                match=("cases:suspense",),
            ),
            Entry(
                _("Money by hand"),
                "cases:money",
                frozenset({ADMIN, FINANCE, AUDITOR}),
                (LENDER,),
                match=("cases:money", "cases:repayment"),
            ),
            Entry(
                _("Overpayments"),
                "cases:overpaid",
                frozenset({ADMIN, FINANCE, AUDITOR}),
                (LENDER,),
            ),
            Entry(
                _("Bucket scheme"),
                "cases:buckets",
                frozenset({ADMIN, AUDITOR}),
                (LENDER,),
                match=("cases:bucket",),
            ),
            Entry(
                _("Balances"),
                "cases:balances",
                frozenset({ADMIN, AUDITOR}),
                (LENDER,),
                match=("cases:balances",),
            ),
        ),
    ),
    Group(
        pgettext_lazy("navigation", "Agencies"),
        "building-community",
        (
            Entry(
                _("Placements"),
                "agencies:placements",
                frozenset({ADMIN, FINANCE, AUDITOR}),
                (LENDER,),
                match=("agencies:",),
            ),
        ),
    ),
    Group(
        pgettext_lazy("navigation", "Lenders"),
        "building-bank",
        (
            Entry(
                _("Placed with us"),
                "agencies:inbox",
                frozenset({ADMIN, FINANCE, AUDITOR}),
                (AGENCY,),
                match=("agencies:",),
            ),
            Entry(
                _("Sealed remarks"),
                "work:sealed",
                frozenset({AUDITOR}),
                (AGENCY,),
                match=("work:sealed",),
            ),
        ),
    ),
    Group(
        pgettext_lazy("navigation", "Settings"),
        "settings",
        (
            Entry(
                _("People"),
                "tenancy:people",
                frozenset({ADMIN, LEAD, AUDITOR}),
                match=("tenancy:people",),
            ),
            Entry(
                _("Teams"),
                "tenancy:teams",
                frozenset({ADMIN, LEAD, AUDITOR}),
                match=("tenancy:team",),
            ),
            Entry(
                _("Company"),
                "tenancy:company",
                frozenset({ADMIN, AUDITOR}),
                match=("tenancy:company",),
            ),
            Entry(
                _("Contact rules"),
                "contact:rules",
                frozenset({ADMIN, AUDITOR}),
                match=("contact:",),
            ),
            Entry(
                _("Order of work"),
                "work:figures",
                frozenset({ADMIN, AUDITOR}),
                match=("work:figures",),
            ),
            Entry(_("Tags"), "work:tags", frozenset({ADMIN, LEAD, AUDITOR}), match=("work:tag",)),
            Entry(
                _("Result codes"),
                "work:dispositions",
                frozenset({ADMIN, AUDITOR}),
                match=("work:disposition",),
            ),
            Entry(
                _("API tokens"),
                "tenancy:tokens",
                frozenset({ADMIN, AUDITOR}),
                match=("tenancy:token",),
            ),
            Entry(_("Sign-ins"), "tenancy:sign-in-log", frozenset({ADMIN, AUDITOR})),
            Entry(_("Audit trail"), "tenancy:audit", frozenset({ADMIN, AUDITOR})),
        ),
    ),
)

FRAME_URLS = (
    *("home", "work:search", "work:search-quick", "jobs", "language", "me:settings"),
    *("sign-in", "sign-out"),
)
"""Addresses that the frame itself links to."""


def url_names() -> Iterator[str]:
    """Every address that the frame and its menu need."""
    yield from FRAME_URLS
    yield from (entry.url_name for group in NAVIGATION for entry in group.entries)


@cache
def address(url_name: str) -> str:
    """The path of a named view; "" while there is none."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


@cache
def menu_of(kind: str, roles: frozenset[str]) -> tuple[Group, ...]:
    """The menu of a company kind and a set of roles: only what they may open, and what exists."""
    groups = []
    for group in NAVIGATION:
        entries = tuple(
            entry
            for entry in group.entries
            if kind in entry.kinds and entry.roles & roles and address(entry.url_name)
        )
        if entries:
            groups.append(Group(group.label, group.icon, entries))
    return tuple(groups)


def entry_at(menu: tuple[Group, ...], view_name: str) -> Entry | None:
    """The entry that a view belongs to: its own, else the one with the longest match."""
    best: tuple[int, Entry | None] = (0, None)
    for group in menu:
        for entry in group.entries:
            if entry.url_name == view_name:
                return entry
            longest = max((len(m) for m in entry.match if view_name.startswith(m)), default=0)
            if longest > best[0]:
                best = (longest, entry)
    return best[1]


@dataclass(frozen=True, slots=True)
class NavItem:
    """A line of the menu as the page shows it."""

    label: Text
    href: str
    icon: str = ""
    here: bool = False
    count: str = ""
    items: tuple["NavItem", ...] = ()


def menu_items(
    menu: tuple[Group, ...], here: Entry | None, counts: dict[str, str]
) -> list[NavItem]:
    """The menu with the place marked; sub-pages open under the group one is in."""
    made = []
    for group in menu:
        inside = here in group.entries
        items = tuple(
            NavItem(e.label, address(e.url_name), here=e is here, count=counts.get(e.url_name, ""))
            for e in group.entries
            if inside
        )
        made.append(
            NavItem(group.label, address(group.entries[0].url_name), group.icon, inside, "", items)
        )
    return made


@cache
def clock_label(zone: str, language: str) -> str:
    """What the company's clock is called: "Beijing time", "Lagos time"."""
    if zone == "Asia/Shanghai":
        return gettext("Beijing time")
    locale = Locale.parse(translation.to_locale(language))
    city = get_timezone_location(zone, locale=locale, return_city=True)
    return gettext("%(city)s time") % {"city": city}


@dataclass(frozen=True, slots=True)
class Frame:
    """What base.html shows around a page; `person` and `company` are None when signed out."""

    kind: str
    company: Company | None
    person: User | None
    nav: list[NavItem]
    role: Text
    languages: list[tuple[str, str]]
    language: str
    theme: str
    single_keys: bool
    queue_paused: bool
    clock: str
    time: str
    urls: dict[str, str]
    words: dict[str, Text]


WORDS: dict[str, Text] = {
    "seen": _("just seen"),
    "offline": _("No connection. Nothing was saved; what you typed is still here."),
    "failed": _("That did not work. Nothing was saved; what you typed is still here."),
    "signedOut": _("You are signed out. Sign in in another tab, then go on here."),
    "leave": _("What you typed is not saved yet."),
    "copied": _("Copied"),
    "pick": _("Pick a date"),
    "close": _("Close"),
}
"""What the scripts say, handed to them as JSON."""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the frame, and which layout a side panel takes.

    A view may set `request.nav_at` to a URL name (where a case was opened from) and
    `request.nav_counts` to figures by URL name.
    """
    company: Company | None = getattr(request, "company", None)
    person = request.user if company and isinstance(request.user, User) else None
    panel = request.headers.get("HX-Request") == "true"
    return {
        "frame": signed_in_frame(request, company, person)
        if company and person
        else signed_out_frame(),
        "panel_base": "frame/panel_fragment.html" if panel else "frame/panel_page.html",
    }


def signed_out_frame() -> Frame:
    """The frame before the company is known."""
    return Frame(
        kind="none",
        company=None,
        person=None,
        nav=[],
        role="",
        languages=list(settings.LANGUAGES),
        language=translation.get_language() or settings.LANGUAGE_CODE,
        theme="",
        single_keys=False,
        queue_paused=False,
        clock="",
        time="",
        urls=frame_urls(),
        words=WORDS,
    )


def signed_in_frame(request: HttpRequest, company: Company, person: User) -> Frame:
    """The frame of a person at work."""
    menu = menu_of(company.kind, frozenset(person.roles))
    match = request.resolver_match
    place = getattr(request, "nav_at", "") or (match.view_name if match else "")
    language = translation.get_language() or settings.LANGUAGE_CODE
    return Frame(
        kind=company.kind,
        company=company,
        person=person,
        nav=menu_items(menu, entry_at(menu, place), getattr(request, "nav_counts", {})),
        role=Role(person.roles[0]).label if person.roles else "",
        languages=list(settings.LANGUAGES),
        language=language,
        theme=person.theme,
        single_keys=person.single_key_shortcuts,
        queue_paused=queue_watch.is_down(),
        clock=clock_label(company.timezone, language),
        time=f"{timezone.localtime(timezone=company.zone):%H:%M}",
        urls=frame_urls(),
        words=WORDS,
    )


@cache
def frame_urls() -> dict[str, str]:
    """Where the frame's own links lead, by URL name with ":" and "-" as "_"."""
    return {name.replace(":", "_").replace("-", "_"): address(name) for name in FRAME_URLS}
