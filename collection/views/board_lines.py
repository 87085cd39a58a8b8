"""The desks of the board as printed: every figure a link to the cases that it counts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from collection.board import BoardRow, Figures, total
from collection.views.queue import LIST as QUEUE
from tenancy.formats import count, day, money
from tenancy.models import Team
from tenancy.screen import Segment, Stat, Text

NAMED_TEAMS = 40
"""For more teams than these the sums of the board name none: they are all."""
IDLE = timedelta(minutes=30)
"""After so long without a touch or a contact somebody counts as idle."""
Asked = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the board with the worklist that it counts."""

    value: str
    href: str
    label: str = ""
    bad: bool = False
    tone: int = 0


@dataclass(frozen=True, slots=True)
class Presence:
    """What somebody is doing: on the phone, active, idle, away; tone: ok, warn or off."""

    text: str
    tone: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A desk, or the sum of a team, as the board prints it."""

    name: str
    team: str
    is_team: bool
    is_total: bool
    cases: Figure
    limit: str
    segments: Sequence[Segment]
    buckets: Sequence[Figure]
    bar_length: int
    amount: str
    figures: Sequence[Figure]
    due_words: str
    presence: Presence | None
    reassign: str
    enter_leave: str = ""
    inactive: bool = False
    """Whether the person was deactivated: the cases wait for another desk."""


def work_address(asked: Asked, show: str = "", **more: str) -> str:
    """The address of the worklist with a filter; show: which figure is chosen."""
    query = [*asked, *more.items(), *([("show", show)] if show else [])]
    return f"{reverse('work:queue')}?{urlencode(query)}" if query else reverse("work:queue")


def _of_teams(teams: Sequence[Team]) -> Asked:
    return [("team", str(team.uid)) for team in teams] if len(teams) <= NAMED_TEAMS else []


def _counted(sums: Figures) -> list[tuple[Text, str, str, int, bool]]:
    """Label, the worklist's name for it, icon, figure, whether it is bad when not zero."""
    return [
        (_("New today"), "new", "inbox", sums.new_today, False),
        (_("Touched today"), "touched", "checks", sums.touched_today, False),
        (_("Promises due"), "promise_due", "calendar-due", sums.promises_due, False),
        (_("Promises broken"), "broken", "calendar-x", sums.promises_broken, True),
        (_("Conversations"), "talked", "message-circle", sums.talked_today, False),
        (_("7 days untouched"), "week", "clock-pause", sums.untouched_7, True),
    ]


def board_stats(rows: Sequence[BoardRow], teams: Sequence[Team]) -> list[Stat]:
    """The board's sums; each opens the cases that it counts."""
    sums, asked = total(rows), _of_teams(teams)
    limits = {row.desk.collector.pk: row.limit for row in rows if row.desk.collector}
    limit = sum(each or 0 for each in limits.values())
    return [
        Stat(
            label=_("In hand"),
            value=count(sums.cases),
            href=work_address(asked),
            note=f"/ {count(limit)}" if limit else "",
        ),
        *(
            Stat(label=label, value=count(number), href=work_address(asked, show), icon=icon)
            for label, show, icon, number, _bad in _counted(sums)
        ),
    ]


def board_lines(rows: Sequence[BoardRow], *, now: datetime) -> list[BoardLine]:
    """The desks as printed, each team with its sum where there are several.

    A team's own desk stands there only where cases wait with it.
    """
    shown = [row for row in rows if row.desk.collector or row.figures.cases]
    longest = max((max(row.figures.cases, row.limit or 0) for row in shown), default=0)
    teams: dict[int, list[BoardRow]] = defaultdict(list)
    for row in shown:
        teams[row.desk.team.pk].append(row)
    lines: list[BoardLine] = []
    for own in teams.values():
        if len(teams) > 1:
            lines.append(_sum_line(own))
        lines += [_line(row, longest, now) for row in own]
    return lines


def _sum_line(rows: Sequence[BoardRow]) -> BoardLine:
    """What the desks of a team have together."""
    team, sums = rows[0].desk.team, total(rows)
    asked = _of_teams([team])
    merged = _merged(rows)
    return BoardLine(
        name=team.name,
        team=team.name,
        is_team=True,
        is_total=True,
        cases=Figure(count(sums.cases), work_address(asked)),
        limit="",
        segments=merged,
        buckets=_buckets(merged, asked),
        bar_length=sums.cases,
        amount=money(sums.amount),
        figures=_figures(sums, asked),
        due_words=_due_words(sums),
        presence=None,
        reassign="",
    )


def _line(row: BoardRow, longest: int, now: datetime) -> BoardLine:
    person, team, sums = row.desk.collector, row.desk.team, row.figures
    asked = _of_teams([team])
    asked += [("collector", str(person.uid))] if person else [("desk", "waiting")]
    every = urlencode([*asked, ("list", QUEUE)])
    everything = urlencode({"all_matching": "1", "filter": every})
    return BoardLine(
        name=person.display_name if person else _("With the team, nobody yet"),
        team=team.name,
        is_team=person is None,
        is_total=False,
        cases=Figure(count(sums.cases), work_address(asked)),
        limit=count(row.limit) if row.limit is not None else "",
        segments=row.by_bucket,
        buckets=_buckets(row.by_bucket, asked),
        bar_length=longest,
        amount=money(sums.amount),
        figures=_figures(sums, asked),
        due_words=_due_words(sums),
        presence=_presence(row, asked, now) if person and person.is_active else None,
        reassign=f"{reverse('work:reassign')}?{everything}" if sums.cases else "",
        enter_leave=f"{reverse('work:leave-new')}?user={person.uid}"
        if person and person.is_active and row.leave is None
        else "",
        inactive=person is not None and not person.is_active,
    )


def _figures(sums: Figures, asked: Asked) -> list[Figure]:
    return [
        Figure(count(number), work_address(asked, show), str(label), bad and number > 0)
        for label, show, _icon, number, bad in _counted(sums)
    ]


def _buckets(segments: Sequence[Segment], asked: Asked) -> list[Figure]:
    return [
        Figure(
            count(each.value), work_address(asked, bucket=each.label), each.label, tone=each.tone
        )
        for each in segments
    ]


def _due_words(sums: Figures) -> str:
    told = _("Promises due: %(due)s, untouched for 7 days: %(week)s")
    return told % {"due": count(sums.promises_due), "week": count(sums.untouched_7)}


def _presence(row: BoardRow, asked: Asked, now: datetime) -> Presence:
    """What the person is doing, with the cases touched today behind it."""
    href = work_address(asked, "touched")
    if row.leave is not None:
        until = _("on leave until %(day)s") % {"day": day(row.leave.last_day)}
        if row.leave.cover is None:
            return Presence(until, "off", reverse("work:leave"))
        told = ngettext("%(n)s case with %(name)s", "%(n)s cases with %(name)s", row.leave_covered)
        covered = told % {"n": count(row.leave_covered), "name": row.leave.cover.display_name}
        return Presence(f"{until}, {covered}", "off", reverse("work:leave"))
    if row.calls_since is not None:
        return Presence(_("on the phone %(time)s") % {"time": span(now - row.calls_since)}, "ok")
    if row.last_seen is None:
        return Presence(pgettext("person", "not started today"), "off")
    idle = max(now - row.last_seen, timedelta(0))
    if idle < timedelta(minutes=1):
        return Presence(_("active now"), "ok", href)
    if idle < IDLE:
        return Presence(_("active %(time)s ago") % {"time": span(idle)}, "ok", href)
    return Presence(_("idle for %(time)s") % {"time": span(idle)}, "warn", href)


def span(length: timedelta) -> str:
    """A length of time in hours and minutes: "38 min", "2 h 05 min"."""
    minutes = int(length.total_seconds()) // 60
    if minutes < 60:
        return _("%(m)s min") % {"m": minutes}
    return _("%(h)s h %(m)s min") % {"h": minutes // 60, "m": f"{minutes % 60:02}"}


def _merged(rows: Sequence[BoardRow]) -> list[Segment]:
    """The buckets of several desks with their sums, in the order of the bars."""
    sums: dict[tuple[int, str], int] = defaultdict(int)
    for row in rows:
        for segment in row.by_bucket:
            sums[segment.tone, segment.label] += segment.value
    return [
        Segment(label=label, value=value, tone=tone)
        for (tone, label), value in sorted(sums.items())
    ]


def legend(rows: Sequence[BoardRow], teams: Sequence[Team]) -> list[Figure]:
    """The buckets of the bars with their sums, each with its cases."""
    return _buckets(_merged(rows), _of_teams(teams))
