"""The worklist on screen: figures that filter, the filter bar, fifty rows in their order."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from cases.pills import Pill
from collection.list_words import ListWords, list_words
from collection.ranking import Rank
from collection.views.filters import DeskQuestions, case_filters, case_questions, scale_asked
from collection.views.lines import work_lines
from collection.views.saved_views import with_saved
from collection.views.standing import counts_address
from collection.visibility import WORKS_CASES, may_move
from collection.worklist import (
    FIGURES_CAP,
    MUST_DO,
    Clock,
    WorkFigures,
    WorkFilters,
    capped,
    work_figures,
    worklist,
)
from tenancy.access import for_roles
from tenancy.filtering import Column, FilterBar, Table, changed_url
from tenancy.formats import count, in_currency
from tenancy.http import Request
from tenancy.keyset import pager_of
from tenancy.models import User
from tenancy.screen import Bulk, BulkAction, Empty, Link, Stat, ViewTab

Show = Literal[
    "",
    "must",
    "promise_due",
    "broken",
    "callback",
    "first",
    "idle",
    "touched",
    "due",
    "new",
    "never",
    "week",
    "talked",
]
SHOWS: dict[Show, dict[str, object]] = {
    "": {},
    "must": {"ranks": (Rank.PROMISE_DUE, MUST_DO)},
    "promise_due": {"ranks": (Rank.PROMISE_DUE, Rank.PROMISE_DUE)},
    "broken": {"ranks": (Rank.PROMISE_BROKEN, Rank.PROMISE_BROKEN)},
    "callback": {"ranks": (Rank.CALLBACK, Rank.CALLBACK)},
    "first": {"ranks": (Rank.NEW, Rank.NEW)},
    "idle": {"ranks": (Rank.UNTOUCHED, Rank.UNTOUCHED)},
    "touched": {"touched": "today"},
    "due": {"due_today": True},
    "new": {"new_today": True},
    "never": {"touched": "never"},
    "week": {"touched": "not_for_7_days"},
    "talked": {"talked_today": True},
}
"""What one may choose to see, and what each asks of the worklist.

The first eight are the figures above the list; the last five are those of the team board.
"""
LIST = "queue"
"""How the worklist is named in the addresses of pages that one opens from it."""


@dataclass(frozen=True, slots=True)
class AskedWork:
    """A worklist as the URL asks for it. `every` leaves out which figure is chosen."""

    user: User
    clock: Clock
    desks: DeskQuestions
    scale: dict[int, Pill]
    bar: FilterBar
    show: Show
    filters: WorkFilters
    every: WorkFilters
    words: ListWords | None

    @classmethod
    def by(cls, user: User, params: QueryDict, on: date | None = None) -> "AskedWork":
        """Read the URL; what it says wrongly is left out.

        on: the business date, where the caller has asked already; then the filters are only read
        and not shown.
        """
        words = None
        if on is None:
            words = list_words(user, LIST)
            on = words.on
        shown = words is not None
        desks = DeskQuestions.of(user, params, words.teams if words else None)
        scale = words.scale if words else scale_asked(on, params)
        tags = words.tags if words else None
        questions = [*desks.filters, *case_questions(user, scale, params, shown=shown, tags=tags)]
        counts = counts_address(LIST, params) if shown else ""
        note = _("In the order of work; it stays while you work")
        bar = FilterBar(questions, params, note=note, counts=counts)
        every = WorkFilters(
            mine=not desks.any or params.get("desk") == "mine",
            team_ids=desks.team_ids(bar),
            collector_ids=desks.collector_ids(bar),
            waiting=params.get("desk") == "waiting",
            case=case_filters(bar, user),
        )
        asked = params.get("show", "")
        show: Show = asked if asked in SHOWS else ""
        chosen = replace(every, **SHOWS[show])  # type: ignore[arg-type]
        clock = Clock.of(user.company, on)
        return cls(user, clock, desks, scale, bar, show, chosen, every, words)


@for_roles(*WORKS_CASES)
@require_safe
def queue(request: Request) -> HttpResponse:
    """The cases on the desks that the person looks after; a collector's own."""
    user, params = request.user, request.GET
    asked = AskedWork.by(user, params)
    page = worklist(
        user=user,
        filters=asked.filters,
        clock=asked.clock,
        after=params.get("after", ""),
        before=params.get("before", ""),
        known=asked.scale,
    )
    figures = work_figures(user=user, filters=asked.every, clock=asked.clock)
    words = asked.words
    assert words is not None  # read wherever the list is shown
    lines = work_lines(
        page.rows,
        clock=asked.clock,
        weights=words.weights,
        query=from_list(params),
        tags=words.tags,
    )
    total = _chosen_figure(figures, asked)
    views, tools = with_saved(LIST, params, _views(asked, params), words.tabs)
    return render(
        request,
        "collection/queue.html",
        {
            "stats": work_stats(figures, asked.show, lambda show: asked.bar.url(show=show or None)),
            "views": views,
            "tools": tools,
            "bar": asked.bar,
            "bulk": _bulk(user, params, total),
            "table": _table(user, params),
            "rows": lines,
            "shows_lender": not user.company.is_lender,
            "first": lines[0].href if lines else "",
            "pager": pager_of(page, params, _summary(total)),
            "empty": None if lines else _empty(asked),
        },
    )


def from_list(params: QueryDict) -> str:
    """The query that a page opened from the list carries: the list's own, and which list it is.

    By it the page finds its neighbours and the way back.
    """
    carried = params.copy()
    carried.pop("panel", None)
    carried["list"] = LIST
    return carried.urlencode()


FIGURES: dict[Show, Callable[[WorkFigures], int | None]] = {
    "": lambda figures: figures.total,
    "must": lambda figures: figures.must_do,
    "promise_due": lambda figures: figures.of(Rank.PROMISE_DUE),
    "broken": lambda figures: figures.of(Rank.PROMISE_BROKEN),
    "callback": lambda figures: figures.of(Rank.CALLBACK),
    "first": lambda figures: figures.of(Rank.NEW),
    "idle": lambda figures: figures.of(Rank.UNTOUCHED),
    "touched": lambda figures: figures.touched_today,
}
"""What each of the figures above the list counts."""


def _chosen_figure(figures: WorkFigures, asked: AskedWork) -> int | None:
    """How many rows the chosen figure counts."""
    if asked.show in FIGURES:
        return FIGURES[asked.show](figures)
    return capped(user=asked.user, filters=asked.filters, clock=asked.clock)


def work_stats(
    figures: WorkFigures, chosen: Show | None, address: Callable[[Show], str]
) -> list[Stat]:
    """The figures above a worklist; each is a link that chooses what it counts."""
    made: list[tuple[Show, str, str]] = [
        ("", _("In hand"), ""),
        ("must", _("To do today"), ""),
        ("promise_due", _("Promise due today"), "calendar-due"),
        ("broken", _("Promise broken"), "calendar-x"),
        ("callback", _("Callback due"), "phone-calling"),
        ("first", _("New today"), "inbox"),
        ("idle", _("Untouched"), "clock-pause"),
        ("touched", _("Touched today"), "checks"),
    ]
    return [_stat(show, label, icon, figures, chosen, address) for show, label, icon in made]


def _stat(
    show: Show,
    label: str,
    icon: str,
    figures: WorkFigures,
    chosen: Show | None,
    address: Callable[[Show], str],
) -> Stat:
    number = FIGURES[show](figures)
    return Stat(
        label=label,
        value="–" if number is None else count(number, FIGURES_CAP),
        href=address(show),
        icon=icon,
        active=show == chosen,
    )


def _views(asked: AskedWork, params: QueryDict) -> list[ViewTab]:
    """Whose desks, for who looks after more than the own one."""
    if not asked.desks.any:
        return []
    tabs = (
        ("", _("All desks")),
        ("mine", _("My own desk")),
        ("waiting", _("With a team, nobody yet")),
    )
    here = params.get("desk", "")
    return [
        ViewTab(label=label, href=changed_url(params, desk=name or None), active=name == here)
        for name, label in tabs
    ]


def _bulk(user: User, params: QueryDict, total: int | None) -> Bulk | None:
    if not may_move(user):
        return None
    return Bulk(
        actions=[
            BulkAction(label=_("Reassign"), href=reverse("work:reassign"), icon="arrows-exchange")
        ],
        query=from_list(params),
        total=count(total, FIGURES_CAP) if total else "",
        unit=_("cases"),
    )


def _table(user: User, params: QueryDict) -> Table:
    """The columns; a lead sees whose desk, an agency whose case."""
    columns = [
        Column(key="reason", label=_("Why now")),
        Column(key="borrower", label=_("Borrower")),
        Column(key="loan", label=_("Loan no"), css="lo", optional=True),
        Column(
            key="outstanding",
            label=in_currency(_("Outstanding"), user.company.currency),
            numeric=True,
        ),
        Column(
            key="expected",
            label=_("Expected"),
            css="lo3" if may_move(user) else "lo",
            numeric=True,
            optional=True,
        ),
        Column(key="dpd", label=_("Days past due"), numeric=True),
        Column(key="touched", label=_("Last touch"), css="lo2", optional=True),
        Column(key="next", label=_("Next action")),
        Column(key="tags", label=_("Tags"), css="lo2", optional=True),
    ]
    if not user.company.is_lender:
        columns.insert(3, Column(key="lender", label=_("Lender"), css="lo", optional=True))
    if may_move(user):
        columns.append(Column(key="desk", label=_("Desk"), css="lo", optional=True))
    return Table(columns, params, ticks=may_move(user))


def _summary(total: int | None) -> str:
    if total is None:
        return ""
    return ngettext("%(n)s case", "%(n)s cases", total) % {"n": count(total, FIGURES_CAP)}


def _empty(asked: AskedWork) -> Empty:
    """What is empty under which filter, and the way on."""
    if asked.bar.clear or asked.show:
        every = Link(label=_("All cases in hand"), href=reverse("work:queue"), primary=True)
        return Empty(title=_("No case in hand matches this filter"), actions=[every])
    if may_move(asked.user):
        ways = [Link(label=_("All cases"), href=reverse("cases:list"))]
        text = _("The night assigns new cases; others you may tick in the list and reassign.")
        return Empty(title=_("No case on these desks"), text=text, actions=ways)
    return Empty(
        title=_("No case in hand"),
        text=_("The night assigns new cases. Your team lead can also give you some."),
    )
