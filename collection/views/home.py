"""The first page after signing in, made of parts: whoever has a role finds its part."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from agencies.packages import packages
from agencies.views.packages import package_lines
from cases.models import Case, ImportRun
from collection.board import board, teams_on_board
from collection.book_figures import BucketSum, LastNight, night_before, open_by_bucket
from collection.case_list import to_be_placed
from collection.holding import missed_holds
from collection.views.board_lines import board_lines, board_stats, legend
from collection.views.lines import work_lines
from collection.views.queue import AskedWork, Show, from_list, work_stats
from collection.worklist import Clock, work_figures, worklist
from tenancy.access import for_roles
from tenancy.formats import COUNT_CAP, count, in_currency, money
from tenancy.http import Request
from tenancy.models import Company, Job, Role, User
from tenancy.night import business_date
from tenancy.screen import Chart, Fact, Stat, Text

NEXT_SHOWN, RUNS_SHOWN, JOBS_SHOWN, PACKAGES_SHOWN = 10, 5, 5, 5
OFFICE = (Role.COMPANY_ADMIN, Role.FINANCE, Role.AUDITOR, Role.QC_INSPECTOR)
SEES_PACKAGES = (Role.COMPANY_ADMIN, Role.FINANCE, Role.AUDITOR)

STEPS: dict[str, Text] = {
    "recall_ended": gettext_lazy("Packages that ended"),
    "age": gettext_lazy("Aging"),
    "promises": gettext_lazy("Promises"),
    "holds": gettext_lazy("Holds"),
    "leave": gettext_lazy("Leave and cover"),
    "assign": gettext_lazy("Assignment"),
    "rank": gettext_lazy("Order of work"),
}
COUNTS: dict[str, Text] = {
    "recalled": gettext_lazy("recalled %(n)s"),
    "matched": gettext_lazy("matched %(n)s"),
    "opened": gettext_lazy("entered %(n)s"),
    "closed": gettext_lazy("closed %(n)s"),
    "reopened": gettext_lazy("reopened %(n)s"),
    "moved": gettext_lazy("rolled %(n)s"),
    "kept": gettext_lazy("promises kept %(n)s"),
    "partly": gettext_lazy("partly kept %(n)s"),
    "broken": gettext_lazy("broken %(n)s"),
    "holds_ended": gettext_lazy("holds ended %(n)s"),
    "hold_alarms": gettext_lazy("deadlines missed %(n)s"),
    "hold_escalations": gettext_lazy("of them told to the admin %(n)s"),
    "came_back": gettext_lazy("back from cover %(n)s"),
    "covered": gettext_lazy("handed to a cover %(n)s"),
    "left_on_leave": gettext_lazy("left with who is away %(n)s"),
    "assigned": gettext_lazy("assigned %(n)s"),
    "joined": gettext_lazy("of them to a sibling's desk %(n)s"),
    "no_room": gettext_lazy("without room %(n)s"),
    "ranked": gettext_lazy("ranked anew %(n)s"),
}
"""What the steps of the night are called, and what they count. Others show their own names."""


@for_roles(*Role.values)
@require_safe
def home(request: Request) -> HttpResponse:
    """What the person's roles do today."""
    user = request.user
    on = business_date(user.company)
    context: dict[str, Any] = {
        "currency": user.company.currency,
        "today": on,
        "missed_holds": missed_holds(user),
    }
    if user.has_role(Role.COLLECTOR):
        context |= _own_work(user)
    if user.has_role(Role.TEAM_LEAD):
        context |= _board(user, Clock.of(user.company, on))
    if user.has_role(*OFFICE):
        context |= _office(user)
    return render(request, "collection/home.html", context)


def _own_work(user: User) -> dict[str, Any]:
    """A collector's day: the figures, and what comes first."""
    params = QueryDict("desk=mine")
    asked = AskedWork.by(user, params)
    words = asked.words
    assert words is not None  # read wherever the list is shown
    page = worklist(
        user=user,
        filters=asked.filters,
        clock=asked.clock,
        size=NEXT_SHOWN,
        known=asked.scale,
    )
    figures = work_figures(user=user, filters=asked.every, clock=asked.clock)
    lines = work_lines(page.rows, clock=asked.clock, weights=words.weights, query=from_list(params))
    return {
        "work_stats": work_stats(figures, None, _queue_address),
        "lines": lines,
        "first": lines[0].href if lines else "",
    }


def _queue_address(show: Show) -> str:
    return f"{reverse('work:queue')}?desk=mine" + (f"&show={show}" if show else "")


def _board(user: User, clock: Clock) -> dict[str, Any]:
    """A lead's teams: their sums and desks."""
    teams = list(teams_on_board(user))
    rows = board(teams=teams, clock=clock)
    return {
        "board_stats": board_stats(rows, teams),
        "board_rows": board_lines(rows, now=clock.now),
        "board_legend": legend(rows, teams),
        "one_team": len(teams) == 1,
    }


def _office(user: User) -> dict[str, Any]:
    """The company as a whole: open cases, last night, imports and packages, own tasks."""
    company = user.company
    sums = open_by_bucket()
    night = night_before()
    found: dict[str, Any] = {
        "book_stats": _book_stats(company, sums),
        "chart": _chart(sums, company.currency) if sums else None,
        "night": night,
        "steps": _steps(night) if night else [],
        "jobs": Job.objects.filter(requested_by_id=user.pk).order_by("-created_at")[:JOBS_SHOWN],
    }
    if user.has_role(*SEES_PACKAGES):
        rows = packages(company=company).rows[:PACKAGES_SHOWN]
        found["packages"] = package_lines(company, rows)
        if company.is_lender:
            found["imports"] = ImportRun.objects.order_by("-started_at", "-pk")[:RUNS_SHOWN]
    return found


def _book_stats(company: Company, sums: Sequence[BucketSum]) -> list[Stat]:
    every = reverse("cases:list")
    owed = sum((each.amount for each in sums), Decimal(0))
    stats = [
        Stat(
            label=_("Open cases"),
            value=count(sum(each.cases for each in sums)),
            note=f"{money(owed)} {company.currency}",
            href=every,
            wide=True,
        )
    ]
    if not company.is_lender:
        return stats
    waiting = to_be_placed(company, business_date(company))
    placed = Case.objects.filter(closed_on=None, holder__isnull=False)
    others = (
        (pgettext("cases", "To be placed"), "to_place", waiting),
        (pgettext("cases", "With agencies"), "placed", placed),
    )
    return [
        *stats,
        *(
            Stat(
                label=label,
                value=count(rows.order_by()[: COUNT_CAP + 1].count(), COUNT_CAP),
                href=f"{every}?state={state}",
            )
            for label, state, rows in others
        ),
    ]


def _chart(sums: Sequence[BucketSum], currency: str) -> Chart:
    labels = [each.pill.label if each.pill else "–" for each in sums]
    head = [_("Bucket"), _("Cases"), in_currency(_("Outstanding"), currency)]
    rows = [
        [label, count(each.cases), money(each.amount)]
        for label, each in zip(labels, sums, strict=True)
    ]
    return Chart(
        id="book",
        kind="bars",
        title=_("Open cases by bucket"),
        unit=_("cases"),
        data={
            "labels": labels,
            "values": [each.cases for each in sums],
            "tones": [each.pill.tone if each.pill else 0 for each in sums],
        },
        table=[head, *rows],
    )


def _place_of_count(counted: tuple[str, int]) -> int:
    """The place of a count in the sentence: as in COUNTS, what has no words last."""
    order = list(COUNTS)
    return order.index(counted[0]) if counted[0] in order else len(order)


def _steps(night: LastNight) -> list[Fact]:
    """What each step did; counts of nothing are left out."""
    return [
        Fact(
            term=STEPS.get(step.step, step.step),
            detail=_(", ").join(
                str(COUNTS.get(name, name + " %(n)s")) % {"n": count(number)}
                for name, number in sorted(step.counts.items(), key=_place_of_count)
                if number
            )
            or _("nothing to do"),
        )
        for step in night.steps
    ]
