"""The list of promises: due today, open, broken, kept; its filters live in the URL."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from collection.models import Promise
from collection.promise_lists import (
    LATELY,
    SHOWS,
    PromiseFilters,
    Show,
    listed_promises,
    promise_figures,
    promise_list,
)
from collection.promise_words import TONES
from collection.views.filters import DeskQuestions
from collection.visibility import MOVES_CASES, WORKS_CASES
from tenancy.access import for_roles
from tenancy.filtering import Filter, FilterBar, Option, changed_url
from tenancy.formats import COUNT_CAP, count, money
from tenancy.http import Request
from tenancy.keyset import pager_of
from tenancy.models import User
from tenancy.night import business_date
from tenancy.screen import Empty, Link, Stat, Tone, ViewTab


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """A printed promise. href is "" where its case is out of sight."""

    promise: Promise
    href: str
    borrower: str
    loan_no: str
    tone: Tone


@for_roles(*WORKS_CASES)
@require_safe
def promises(request: Request) -> HttpResponse:
    """The promises that the person took, or that the teams led did; all of them for an admin."""
    user, params = request.user, request.GET
    on = business_date(user.company)
    desks = DeskQuestions.of(user, params)
    bar = FilterBar([*desks.filters, *_questions(user)], params)
    filters = _filters(bar, desks, params)
    page = promise_list(
        user=user,
        filters=filters,
        on=on,
        after=params.get("after", ""),
        before=params.get("before", ""),
    )
    total = listed_promises(user, filters, on).order_by()[: COUNT_CAP + 1].count()
    summary = ngettext("%(n)s promise", "%(n)s promises", total) % {"n": count(total, COUNT_CAP)}
    lines = [
        PromiseLine(
            row.promise,
            reverse("work:case", args=[row.case.uid]) if row.case else "",
            (row.case.borrower_name or row.case.loan_no) if row.case else "",
            row.case.loan_no if row.case else "",
            TONES[row.promise.state],
        )
        for row in page.rows
    ]
    context = {
        "stats": _stats(user, on, bar, filters.show),
        "views": _views(filters.show, params),
        "bar": bar,
        "rows": lines,
        "show": filters.show,
        "shows_people": desks.any,
        "currency": user.company.currency,
        "on": on,
        "may_rate": user.has_role(*MOVES_CASES),
        "pager": pager_of(page, params, summary),
        "empty": None if lines else _empty(bar),
    }
    return render(request, "collection/promises.html", context)


def _questions(user: User) -> list[Filter]:
    ways = [Option(value=value, label=label) for value, label in Promise.PayBy.choices]
    return [
        Filter(name="due", label=pgettext("promise", "Due"), kind="days"),
        Filter(
            name="amount",
            label=pgettext("promise", "Amount"),
            kind="range",
            unit=user.company.currency,
        ),
        Filter(name="pay_by", label=_("Way of payment"), options=ways, extra=True),
    ]


def _filters(bar: FilterBar, desks: DeskQuestions, params: QueryDict) -> PromiseFilters:
    asked = params.get("show", "")
    show: Show = next((each for each in SHOWS if each == asked), "today")
    due_from, due_to = bar.days("due")
    amount_min, amount_max = bar.bounds("amount")
    return PromiseFilters(
        show=show,
        team_ids=desks.team_ids(bar),
        collector_ids=desks.collector_ids(bar),
        pay_by=tuple(bar.chosen("pay_by")),
        due_from=due_from,
        due_to=due_to,
        amount_min=amount_min,
        amount_max=amount_max,
        matches_nothing=bar.matches_nothing,
    )


def _labels() -> dict[Show, str]:
    return {
        "today": pgettext("promises", "Due today"),
        "open": pgettext("promises", "Open"),
        "broken": pgettext("promises", "Broken"),
        "kept": pgettext("promises", "Kept"),
        "other": pgettext("promises", "Replaced or withdrawn"),
    }


def _views(show: Show, params: QueryDict) -> list[ViewTab]:
    return [
        ViewTab(
            label=label,
            href=changed_url(params, show=None if name == "today" else name),
            active=name == show,
        )
        for name, label in _labels().items()
    ]


def _stats(user: User, on: date, bar: FilterBar, show: Show) -> list[Stat]:
    figures, labels = promise_figures(user, on), _labels()
    lately = _("Broken, due in the last %(n)s days") % {"n": LATELY.days}
    shown: tuple[tuple[Show, str, str, Tone, str | None], ...] = (
        ("today", labels["today"], "calendar-due", "", None),
        ("open", labels["open"], "calendar", "", None),
        ("broken", lately, "calendar-x", "bad", (on - LATELY).isoformat()),
    )
    return [
        Stat(
            label=label,
            icon=icon,
            value=count(figures[name][0], COUNT_CAP),
            note=money(figures[name][1]),
            tone=tone if figures[name][0] else "",
            href=bar.url(show=None if name == "today" else name, due_from=since, due_to=None),
            active=name == show,
        )
        for name, label, icon, tone, since in shown
    ]


def _empty(bar: FilterBar) -> Empty:
    if bar.clear:
        clear = Link(label=_("Clear all filters"), href=bar.clear)
        return Empty(title=_("No promise matches this filter"), actions=[clear])
    return Empty(
        title=_("No promise here"),
        text=_("A promise is taken on the page of a case, with the key p."),
        actions=[Link(label=_("My cases"), href=reverse("work:queue"), primary=True)],
    )
