"""The team board on screen: what lies on each desk, what was done today, where to act."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collection.board import BoardRow, board, teams_on_board
from collection.recent_moves import recent_moves
from collection.views.queue import LIST as QUEUE
from collection.visibility import MOVES_CASES
from collection.worklist import Clock
from tenancy.access import for_roles
from tenancy.filtering import changed_url
from tenancy.formats import count, money
from tenancy.http import Request
from tenancy.models import Team
from tenancy.night import business_date
from tenancy.screen import Empty, Link, Segment, Stat, Text, ViewTab


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the board with the worklist that it counts."""

    value: str
    href: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A desk as the board prints it."""

    name: str
    team: str
    is_team: bool
    cases: Figure
    limit: str
    segments: Sequence[Segment]
    bar_length: int
    amount: str
    figures: Sequence[Figure]
    due_words: str
    reassign: str
    inactive: bool = False
    """Whether the person was deactivated: the cases wait for another desk."""


@for_roles(*MOVES_CASES)
@require_safe
def team_board(request: Request) -> HttpResponse:
    """The desks of the teams that the person leads; of any team for an admin."""
    user = request.user
    every = list(teams_on_board(user))
    chosen = [team for team in every if str(team.uid) == request.GET.get("team", "")]
    teams = chosen or every
    clock = Clock.of(user.company, business_date(user.company))
    rows = board(teams=teams, clock=clock)
    return render(
        request,
        "collection/board.html",
        {
            "now": clock.now,
            "currency": user.company.currency,
            "stats": board_stats(rows, chosen),
            "views": _views(request, every, chosen),
            "rows": board_lines(rows),
            "one_team": len(teams) == 1,
            "legend": legend(rows),
            "moves": recent_moves(teams=teams, on=clock.on),
            "empty": _empty(),
        },
    )


def _views(request: Request, every: Sequence[Team], chosen: Sequence[Team]) -> list[ViewTab]:
    """The teams to choose between; none where there is one."""
    if len(every) < 2:
        return []
    whole = ViewTab(
        label=_("All teams"), href=changed_url(request.GET, team=None), active=not chosen
    )
    return [
        whole,
        *(
            ViewTab(
                label=team.name,
                href=changed_url(request.GET, team=str(team.uid)),
                active=team in chosen,
            )
            for team in every
        ),
    ]


def work_address(**asked: str) -> str:
    """The address of the worklist with a filter."""
    return f"{reverse('work:queue')}?{urlencode(asked)}" if asked else reverse("work:queue")


def board_stats(rows: Sequence[BoardRow], teams: Sequence[Team]) -> list[Stat]:
    """The board's sums; each opens the cases that it counts."""
    limit = sum(row.limit or 0 for row in rows)
    asked = {"team": str(teams[0].uid)} if len(teams) == 1 else {}
    sums: tuple[tuple[Text, str, str, int], ...] = (
        (_("In hand"), "", "", sum(row.cases for row in rows)),
        (_("Due today"), "due", "calendar-due", sum(row.due_today for row in rows)),
        (_("New today"), "new", "inbox", sum(row.new_today for row in rows)),
        (_("Touched today"), "touched", "checks", sum(row.touched_today for row in rows)),
        (_("Never touched"), "never", "user-off", sum(row.never_touched for row in rows)),
        (_("7 days untouched"), "week", "clock-pause", sum(row.untouched_7 for row in rows)),
    )
    return [
        Stat(
            label=label,
            value=count(number),
            href=work_address(**(asked | ({"show": show} if show else {}))),
            icon=icon,
            note=f"/ {count(limit)}" if limit and not show else "",
        )
        for label, show, icon, number in sums
    ]


def board_lines(rows: Sequence[BoardRow]) -> list[BoardLine]:
    """The desks as printed; a team's own desk only where cases wait with it."""
    shown = [row for row in rows if row.desk.collector or row.cases]
    longest = max((max(row.cases, row.limit or 0) for row in shown), default=0)
    return [_line(row, longest) for row in shown]


def _line(row: BoardRow, longest: int) -> BoardLine:
    person, team = row.desk.collector, row.desk.team
    asked = {"team": str(team.uid)}
    asked |= {"collector": str(person.uid)} if person else {"desk": "waiting"}

    def figure(number: int, show: str = "", *, bad: bool = False) -> Figure:
        href = work_address(**(asked | ({"show": show} if show else {})))
        return Figure(count(number), href, bad and number > 0)

    every = urlencode(asked | {"list": QUEUE})
    everything = urlencode({"all_matching": "1", "filter": every})
    return BoardLine(
        name=person.display_name if person else _("With the team, nobody yet"),
        team=team.name,
        is_team=person is None,
        cases=figure(row.cases),
        limit=count(row.limit) if row.limit is not None else "",
        segments=row.by_bucket,
        bar_length=longest,
        amount=money(row.amount),
        figures=(
            figure(row.due_today, "due"),
            figure(row.new_today, "new"),
            figure(row.touched_today, "touched"),
            figure(row.never_touched, "never"),
            figure(row.untouched_7, "week", bad=True),
        ),
        due_words=_("%(due)s due today, %(week)s untouched for 7 days")
        % {"due": count(row.due_today), "week": count(row.untouched_7)},
        reassign=f"{reverse('work:reassign')}?{everything}" if row.cases else "",
        inactive=person is not None and not person.is_active,
    )


def legend(rows: Sequence[BoardRow]) -> list[Segment]:
    """The buckets of the bars with their sums, in the order of the bars."""
    sums: dict[tuple[int, str], int] = defaultdict(int)
    for row in rows:
        for segment in row.by_bucket:
            sums[segment.tone, segment.label] += segment.value
    return [
        Segment(label=label, value=value, tone=tone)
        for (tone, label), value in sorted(sums.items())
    ]


def _empty() -> Empty:
    return Empty(
        title=_("No desk here"),
        text=_("A company admin puts people into teams and says who leads them."),
        actions=[Link(label=_("All cases"), href=reverse("cases:list"))],
    )
