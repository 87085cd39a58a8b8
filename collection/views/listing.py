"""The list of cases on screen: states as tabs, the filter bar, and what may be done with ticks."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from cases.models import Case
from cases.pills import Pill
from collection.case_list import (
    ORDERS,
    STATES_OF_AGENCY,
    STATES_OF_LENDER,
    ListFilters,
    Sort,
    State,
    case_list,
    listed_cases,
)
from collection.list_words import ListWords, list_words
from collection.views.filters import DeskQuestions, case_filters, case_questions, scale_asked
from collection.views.lines import case_lines
from collection.views.saved_views import with_saved
from collection.views.standing import counts_address
from collection.views.tagged import with_tags
from collection.visibility import may_move
from tenancy.access import for_roles
from tenancy.filtering import Column, Filter, FilterBar, Option, Table, changed_url
from tenancy.formats import COUNT_CAP, count, in_currency
from tenancy.http import Request
from tenancy.keyset import pager_of
from tenancy.models import Company, Role, User
from tenancy.screen import Bulk, BulkAction, Empty, Link, ViewTab

LIST = "cases"
"""How the list is named in the addresses of pages that one opens from it."""


@dataclass(frozen=True, slots=True)
class AskedCases:
    """A list of cases as the URL asks for it."""

    user: User
    on: date
    scale: dict[int, Pill]
    bar: FilterBar
    filters: ListFilters
    table: Table
    words: ListWords | None

    @classmethod
    def by(cls, user: User, params: QueryDict, on: date | None = None) -> "AskedCases":
        """Read the URL (see AskedWork.by)."""
        words = None
        if on is None:
            words = list_words(user, LIST)
            on = words.on
        shown = words is not None
        states = STATES_OF_LENDER if user.company.is_lender else STATES_OF_AGENCY
        asked = params.get("state", "")
        state: State = asked if asked in states else ""
        desks = DeskQuestions.of(user, params, words.teams if words else None)
        agencies = _agencies(user.company) if state == "placed" else []
        scale = words.scale if words else scale_asked(on, params)
        questions = [
            *_questions(state, agencies),
            *desks.filters,
            *case_questions(user, scale, params, shown=shown, tags=words.tags if words else None),
        ]
        counts = counts_address(LIST, params) if shown else ""
        bar = FilterBar(questions, params, counts=counts)
        chosen = set(bar.chosen("agency")) if agencies else set()
        filters = ListFilters(
            state=state,
            team_ids=desks.team_ids(bar),
            collector_ids=desks.collector_ids(bar),
            agency_ids=tuple(pk for pk, code, _label in agencies if code in chosen),
            closures=tuple(bar.chosen("closure")) if state == "closed" else (),
            case=case_filters(bar, user),
        )
        return cls(user, on, scale, bar, filters, _table(user, params, state), words)

    @property
    def cases(self) -> QuerySet[Case]:
        """All that match."""
        return listed_cases(self.user, self.filters, self.on)

    @property
    def sort(self) -> Sort:
        """The order asked for."""
        sort = self.table.sort
        return sort if sort in ORDERS else "-outstanding"


@for_roles(*Role.values)
@require_safe
def cases(request: Request) -> HttpResponse:
    """Every case that the person sees, by where it stands."""
    user, params = request.user, request.GET
    asked = AskedCases.by(user, params)
    page = case_list(
        user=user,
        filters=asked.filters,
        on=asked.on,
        sort=asked.sort,
        after=params.get("after", ""),
        before=params.get("before", ""),
        known=asked.scale,
    )
    total = asked.cases.order_by()[: COUNT_CAP + 1].count()
    summary = ngettext("%(n)s case", "%(n)s cases", total) % {"n": count(total, COUNT_CAP)}
    views, tools = with_saved(
        LIST, params, _views(asked, params), asked.words.tabs if asked.words else ()
    )
    return render(
        request,
        "collection/cases.html",
        {
            "views": views,
            "tools": tools,
            "bar": asked.bar,
            "bulk": _bulk(asked, params, total),
            "table": asked.table,
            "rows": with_tags(case_lines(page.rows, query=from_list(params)), asked.bar),
            "is_closed": asked.filters.state == "closed",
            "is_lender": user.company.is_lender,
            "pager": pager_of(page, params, summary),
            "empty": None if page.rows else _empty(asked),
        },
    )


def from_list(params: QueryDict) -> str:
    """The query that a page opened from the list carries (see collection.views.queue)."""
    carried = params.copy()
    carried.pop("panel", None)
    carried["list"] = LIST
    return carried.urlencode()


def _agencies(company: Company) -> list[tuple[int, str, str]]:
    found = Company.objects.filter(kind=Company.Kind.AGENCY).order_by("code")
    return [(each.pk, each.code, each.label) for each in found] if company.is_lender else []


def _questions(state: State, agencies: list[tuple[int, str, str]]) -> list[Filter]:
    """What only some states can be asked."""
    if state == "closed":
        options = [Option(value=value, label=label) for value, label in Case.Closure.choices]
        return [Filter(name="closure", label=_("Closed because"), options=options)]
    options = [Option(value=code, label=label) for _pk, code, label in agencies]
    return [Filter(name="agency", label=_("Agency"), options=options)] if agencies else []


def _state_labels(company: Company) -> dict[State, str]:
    labels: dict[State, str] = {
        "": pgettext("cases", "All open"),
        "assigned": pgettext("cases", "Assigned"),
        "unassigned": pgettext("cases", "For the night to assign")
        if company.is_lender
        else pgettext("cases", "Not assigned"),
        "to_place": pgettext("cases", "To be placed"),
        "placed": pgettext("cases", "With agencies"),
        "closed": pgettext("cases", "Closed"),
    }
    states = STATES_OF_LENDER if company.is_lender else STATES_OF_AGENCY
    return {state: labels[state] for state in states}


def _views(asked: AskedCases, params: QueryDict) -> list[ViewTab]:
    return [
        ViewTab(
            label=label,
            href=changed_url(params, state=state or None, agency=None, closure=None),
            active=state == asked.filters.state,
        )
        for state, label in _state_labels(asked.user.company).items()
    ]


def _bulk(asked: AskedCases, params: QueryDict, total: int) -> Bulk | None:
    """What may be done with ticked cases in this state by this person."""
    state, user = asked.filters.state, asked.user
    actions: list[BulkAction] = []
    if may_move(user) and state not in ("placed", "closed"):
        actions.append(
            BulkAction(label=_("Reassign"), href=reverse("work:reassign"), icon="arrows-exchange")
        )
    if user.company.is_lender and user.has_role(Role.COMPANY_ADMIN):
        if state not in ("placed", "closed"):
            href = reverse("agencies:place")
            label = _("Place with an agency")
            actions.append(BulkAction(label=label, href=href, icon="building-community"))
        if state in ("", "placed"):
            href = reverse("agencies:recall")
            actions.append(
                BulkAction(label=_("Recall"), href=href, icon="arrow-back-up", danger=True)
            )
    if not actions:
        return None
    return Bulk(
        actions=actions,
        query=from_list(params),
        total=count(total, COUNT_CAP),
        unit=_("cases"),
    )


def _table(user: User, params: QueryDict, state: State) -> Table:
    currency = user.company.currency
    columns = [
        Column(key="borrower", label=_("Borrower")),
        Column(key="loan", label=_("Loan no")),
        Column(key="product", label=_("Product"), css="lo2", optional=True),
        Column(key="channel", label=_("Channel"), css="lo", optional=True),
        Column(
            key="outstanding",
            label=in_currency(_("Outstanding"), currency),
            numeric=True,
            sortable=state != "closed",
        ),
        Column(key="opened", label=_("Entry"))
        if state == "closed"
        else Column(key="dpd", label=_("Days past due"), numeric=True, sortable=True),
        Column(key="due", label=_("Due date"), css="lo", optional=True),
    ]
    if not user.company.is_lender:
        columns.insert(2, Column(key="lender", label=_("Lender"), css="lo", optional=True))
    if state == "closed":
        columns.append(Column(key="closed", label=pgettext("cases", "Closed")))
    else:
        columns.append(Column(key="desk", label=_("Who works it")))
    columns.append(Column(key="tags", label=_("Tags"), css="lo2", optional=True))
    ticks = may_move(user) and state != "closed"
    return Table(columns, params, "-outstanding", ticks=ticks)


def _empty(asked: AskedCases) -> Empty:
    """What is empty under which filter, and the way on."""
    company = asked.user.company
    every = Link(label=_("All open cases"), href=reverse("cases:list"), primary=True)
    if asked.bar.clear:
        clear = Link(label=_("Clear all filters"), href=asked.bar.clear)
        return Empty(title=_("No case matches this filter"), actions=[clear, every])
    if asked.filters.state:
        label = _state_labels(company)[asked.filters.state]
        title = _("No case is here: %(state)s") % {"state": label}
        return Empty(title=title, actions=[every])
    if company.is_lender and asked.user.has_role(Role.COMPANY_ADMIN):
        ways = [Link(label=_("Import the loans"), href=reverse("cases:imports"), primary=True)]
        text = _("Cases come from the loans feed: import it, then let the night run.")
        return Empty(title=_("No open case"), text=text, actions=ways)
    return Empty(title=_("No open case"), text=_("Cases on desks that you see stand here."))
