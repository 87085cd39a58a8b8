"""The team board on screen: what lies on each desk, what was done today, where to act."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collection.board import BoardRow, board, teams_on_board
from collection.holding import missed_holds
from collection.recent_moves import recent_moves
from collection.views.board_lines import board_lines, board_stats, legend
from collection.visibility import MOVES_CASES
from collection.worklist import Clock
from tenancy.access import for_roles
from tenancy.filtering import changed_url
from tenancy.http import Request
from tenancy.models import Team
from tenancy.night import business_date
from tenancy.screen import Empty, Link, ViewTab

POLL_SECONDS, POLL_SECONDS_LARGE, LARGE = 20, 120, 50_000
"""How often the figures come anew; on boards of more cases than LARGE less often."""


@for_roles(*MOVES_CASES)
@require_safe
def team_board(request: Request) -> HttpResponse:
    """The desks of the teams that the person leads; of any team for an admin."""
    context = _figures(request)
    actions = [Link(label=_("Leave and cover"), href=reverse("work:leave"), icon="calendar")]
    context |= {"missed_holds": missed_holds(request.user)}
    return render(request, "collection/board.html", context | {"page_actions": actions})


@for_roles(*MOVES_CASES)
@require_safe
def board_figures(request: Request) -> HttpResponse:
    """The part of the board that comes anew by itself: figures, desks, moves and their time."""
    return render(request, "collection/board_live.html", _figures(request) | {"again": True})


def _figures(request: Request) -> dict[str, Any]:
    """What changes while one looks."""
    company, every = request.user.company, list(teams_on_board(request.user))
    chosen = [team for team in every if str(team.uid) == request.GET.get("team", "")]
    teams = chosen or every
    clock = Clock.of(company, business_date(company))
    rows = board(teams=teams, clock=clock)
    return {
        "now": clock.now,
        "currency": company.currency,
        "stats": board_stats(rows, teams),
        "views": _views(request, every, chosen),
        "rows": board_lines(rows, now=clock.now),
        "one_team": len(teams) == 1,
        "legend": legend(rows, teams),
        "moves": recent_moves(teams=teams, now=clock.now),
        "empty": _empty(),
        "poll": f"{reverse('work:board-figures')}{changed_url(request.GET, panel=None)}",
        "seconds": _seconds(rows),
    }


def _seconds(rows: Sequence[BoardRow]) -> int:
    in_hand = sum(row.figures.cases for row in rows)
    return POLL_SECONDS_LARGE if in_hand > LARGE else POLL_SECONDS


def _views(request: Request, every: Sequence[Team], chosen: Sequence[Team]) -> list[ViewTab]:
    """The teams to choose between; none where there is one."""
    if len(every) < 2:
        return []
    tabs: list[tuple[str, str | None, bool]] = [(_("All teams"), None, not chosen)]
    tabs += [(team.name, str(team.uid), team in chosen) for team in every]
    return [
        ViewTab(label=name, href=changed_url(request.GET, team=uid), active=active)
        for name, uid, active in tabs
    ]


def _empty() -> Empty:
    return Empty(
        title=_("No desk here"),
        text=_("A company admin puts people into teams and says who leads them."),
        actions=[Link(label=_("All cases"), href=reverse("cases:list"))],
    )
