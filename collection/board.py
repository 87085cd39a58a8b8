"""The team board: what lies on each desk of the teams, what was done there today, who is there.

Every figure but the idle time counts cases in hand, and counts what the worklist shows under the
same question (collection.worklist), so that it can open them. The number of queries does not
depend on how many desks there are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from cases.pills import Pill, pills
from collection.absence import away_until, covered_now
from collection.conversations import talked_since
from collection.desks import Desk, DeskKey, desks_to_choose
from collection.models import Assignment, ContactTry, Leave
from collection.ranking import Rank
from collection.worklist import Clock, untouched
from tenancy.access import sees_all, teams_led
from tenancy.models import Team, User
from tenancy.scope import current_scope
from tenancy.screen import Segment

CALL_AT_MOST = timedelta(hours=2)
"""A call that is in progress for longer was never said to have ended."""


@dataclass(slots=True)
class Figures:
    """What is counted of a desk, or of several: cases, and what is owed on them."""

    cases: int = 0
    amount: Decimal = Decimal(0)
    new_today: int = 0
    touched_today: int = 0
    promises_due: int = 0
    promises_broken: int = 0
    talked_today: int = 0
    untouched_7: int = 0

    def add(self, other: "Figures") -> None:
        """Count these too."""
        for each in fields(Figures):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


@dataclass(slots=True)
class BoardRow:
    """A desk of the board. `desk.collector` is None for what waits with the team itself.

    last_seen: when the person last touched a case in hand or began a contact today; calls_since:
    the beginning of a call in progress; leave: the one that the person is on, and leave_covered
    how many cases lie with its cover.
    """

    desk: Desk
    figures: Figures = field(default_factory=Figures)
    by_bucket: tuple[Segment, ...] = ()
    last_seen: datetime | None = None
    calls_since: datetime | None = None
    leave: Leave | None = None
    leave_covered: int = 0

    @property
    def limit(self) -> int | None:
        """The most cases that the person may have in hand."""
        return self.desk.collector.capacity if self.desk.collector else None


def teams_on_board(user: User) -> QuerySet[Team]:
    """The active teams whose board the person sees: a lead's own, all for who sees all."""
    teams = Team.objects.all() if sees_all(user) else teams_led(user)
    return teams.filter(is_active=True).order_by("name")


def board(*, teams: Sequence[Team], clock: Clock) -> list[BoardRow]:
    """The desks of the teams, each team's own first; eight queries at most.

    People without a case stand there too; somebody who left stands there as long as cases do.
    """
    rows = {desk.key: BoardRow(desk) for desk in desks_to_choose(teams)}
    found = _counts(teams, clock)
    _add_strangers(rows, teams, found)
    scale = pills(line["case__bucket_id"] for line in found)
    by_bucket: dict[DeskKey, dict[str, tuple[Pill, int]]] = {}
    for line in found:
        key = (line["team_id"], line["collector_id"])
        row = rows[key]
        row.figures.add(Figures(**{each.name: line[each.name] for each in fields(Figures)}))
        row.last_seen = _later(row.last_seen, line["touched_at"])
        if pill := scale.get(line["case__bucket_id"]):
            desk = by_bucket.setdefault(key, {})
            first, so_far = desk.get(pill.label, (pill, 0))
            desk[pill.label] = (first, so_far + line["cases"])
    for key, parts in by_bucket.items():
        rows[key].by_bucket = _segments(parts.values())
    _say_who_is_there(rows.values(), clock)
    return sorted(
        rows.values(), key=lambda row: [team.pk for team in teams].index(row.desk.team.pk)
    )


def total(rows: Iterable[BoardRow]) -> Figures:
    """The sums over these desks."""
    sums = Figures()
    for row in rows:
        sums.add(row.figures)
    return sums


def _segments(parts: Iterable[tuple[Pill, int]]) -> tuple[Segment, ...]:
    """Pieces of a bar, the lowest bucket first; a label stands once, whatever schemes share it."""
    ordered = sorted(parts, key=lambda part: part[0].lower)
    return tuple(Segment(label=p.label, value=n, tone=p.tone) for p, n in ordered)


def _counts(teams: Sequence[Team], clock: Clock) -> list[dict[str, Any]]:
    own_touch = Q(last_touch_at__gte=clock.begins, last_touch_by_name=F("collector__display_name"))
    lines: Any = (
        Assignment.objects.filter(
            company_id=current_scope().company_id, team__in=teams, ended_at=None
        )
        .order_by()
        .values("team_id", "collector_id", "case__bucket_id")
        .annotate(
            cases=Count("pk"),
            amount=Coalesce(Sum("case__outstanding"), Decimal(0)),
            new_today=Count("pk", filter=Q(assigned_on=clock.on)),
            touched_today=Count("pk", filter=Q(last_touch_at__gte=clock.begins)),
            promises_due=Count("pk", filter=Q(rank=Rank.PROMISE_DUE)),
            promises_broken=Count("pk", filter=Q(rank=Rank.PROMISE_BROKEN)),
            talked_today=Count("pk", filter=talked_since(clock.begins)),
            untouched_7=Count("pk", filter=untouched(clock)),
            touched_at=Max("last_touch_at", filter=own_touch),
        )
    )
    return list(lines)


def _add_strangers(
    rows: dict[DeskKey, BoardRow], teams: Sequence[Team], found: Sequence[dict[str, Any]]
) -> None:
    """Desks with cases whose person sits in the team no more, or is inactive."""
    strange = [
        (line["team_id"], line["collector_id"])
        for line in found
        if (line["team_id"], line["collector_id"]) not in rows
    ]
    if not strange:
        return
    by_id = {team.pk: team for team in teams}
    people = User.objects.in_bulk({person for _team, person in strange if person is not None})
    for team_id, person_id in strange:
        desk = Desk(by_id[team_id], people.get(person_id))
        rows.setdefault((team_id, person_id), BoardRow(desk))


def _say_who_is_there(rows: Iterable[BoardRow], clock: Clock) -> None:
    """When each person began a contact last, a call in progress, a leave."""
    by_person: dict[int, list[BoardRow]] = {}
    for row in rows:
        if row.desk.collector is not None:
            by_person.setdefault(row.desk.collector.pk, []).append(row)
    calling = Q(state=ContactTry.State.RESERVED, channel=ContactTry.Channel.CALL)
    tries = (
        ContactTry.objects.filter(
            company_id=current_scope().company_id, by_id__in=list(by_person), at__gte=clock.begins
        )
        .order_by()
        .values_list("by_id")
        .annotate(
            last=Max("at"),
            calling=Max("at", filter=calling & Q(at__gte=clock.now - CALL_AT_MOST)),
        )
    )
    for person_id, last, calls_since in tries:
        for row in by_person[person_id or 0]:
            row.last_seen = _later(row.last_seen, last)
            row.calls_since = calls_since
    away = away_until(clock.on, by_person)
    covered = covered_now(list(away.values())) if away else {}
    for person_id, leave in away.items():
        for row in by_person[person_id]:
            row.leave, row.leave_covered = leave, covered.get(leave.pk, 0)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((each for each in (one, other) if each is not None), default=None)
