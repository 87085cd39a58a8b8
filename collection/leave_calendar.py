"""The leave calendar: a month of a team, who is away on which day, and who covers."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from collection.absence import covered_now
from collection.desks import desks_to_choose, in_hand
from collection.leave import leaves_between
from collection.models import Leave
from tenancy.models import Team, User


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month by its first and last day."""

    first: date
    last: date

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month in which the day lies."""
        return cls(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))

    @property
    def days(self) -> list[date]:
        """Its days in order."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def before(self) -> date:
        """The first day of the month before."""
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def following(self) -> date:
        """The first day of the month after."""
        return self.last + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PersonMonth:
    """A person's month: the leave on each day or None, and the cases in hand now."""

    person: User
    days: Sequence[tuple[date, Leave | None]]
    in_hand: int


@dataclass(frozen=True, slots=True)
class TeamMonth:
    """A team's month, its people by login name."""

    team: Team
    people: Sequence[PersonMonth]


@dataclass(frozen=True, slots=True)
class LeaveMonth:
    """What the calendar shows: teams, the leaves of the month, how many cases each covers now."""

    month: Month
    teams: Sequence[TeamMonth]
    leaves: Sequence[Leave]
    covered: Mapping[int, int]
    in_hand: Mapping[int, int]


def leave_month(*, teams: Sequence[Team], month: Month) -> LeaveMonth:
    """The calendar of these teams; four queries, however many people."""
    desks = [desk for desk in desks_to_choose(teams) if desk.collector is not None]
    people = {desk.collector.pk for desk in desks if desk.collector is not None}
    leaves = leaves_between(people, month.first, month.last)
    held = in_hand(people)
    by_person: dict[int, list[Leave]] = {}
    for leave in leaves:
        by_person.setdefault(leave.user_id, []).append(leave)
    shown: dict[int, list[PersonMonth]] = {}
    for desk in desks:
        if desk.collector is None:
            continue
        own = by_person.get(desk.collector.pk, [])
        days = [(day, _on(own, day)) for day in month.days]
        row = PersonMonth(desk.collector, days, held.get(desk.collector.pk, 0))
        shown.setdefault(desk.team.pk, []).append(row)
    return LeaveMonth(
        month=month,
        teams=[TeamMonth(team, shown[team.pk]) for team in teams if team.pk in shown],
        leaves=leaves,
        covered=covered_now(leaves) if leaves else {},
        in_hand=held,
    )


def _on(leaves: Sequence[Leave], day: date) -> Leave | None:
    return next((each for each in leaves if each.first_day <= day <= each.last_day), None)
