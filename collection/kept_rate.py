"""The kept rate: how many promises were kept of those decided, by number and by amount.

kept ÷ (kept + partly kept + broken), over the promises due in a period; those superseded or
withdrawn stand apart, as do the open ones. By the person or the team that took them, or by the
bucket that the case was in then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Count, Max, Q, QuerySet, Sum

from collection.models import Promise
from collection.promise_lists import promises_in_sight
from tenancy.models import Team, User

By = Literal["collector", "team", "bucket"]
COLUMNS: dict[By, str] = {"collector": "taken_by_id", "team": "team_id", "bucket": "bucket"}
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Tally:
    """Promises of one state: how many, and how much was promised."""

    number: int = 0
    amount: Decimal = NOTHING

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.number + other.number, self.amount + other.amount)


@dataclass(frozen=True, slots=True)
class KeptRate:
    """The promises of a person, a team or a bucket by what became of them. received: in all."""

    label: str
    tallies: dict[str, Tally]
    received: Decimal = NOTHING

    def tally(self, *states: str) -> Tally:
        """The promises in these states together."""
        return sum((self.tallies.get(state, Tally()) for state in states), Tally())

    @property
    def decided(self) -> Tally:
        """What the rate is taken of."""
        return self.tally("kept", "partly", "broken")

    @property
    def apart(self) -> Tally:
        """Superseded and withdrawn: in no rate."""
        return self.tally("superseded", "withdrawn")

    @property
    def by_number(self) -> Decimal | None:
        """Kept promises of those decided, 0 to 1; None while none is."""
        decided = self.decided.number
        return Decimal(self.tally("kept").number) / decided if decided else None

    @property
    def by_amount(self) -> Decimal | None:
        """The amount of kept promises of that of those decided, 0 to 1."""
        decided = self.decided.amount
        return self.tally("kept").amount / decided if decided else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateFilters:
    """Promises due from a date to another, both included; of some teams or people only."""

    due_from: date
    due_to: date
    team_ids: tuple[int, ...] = ()
    collector_ids: tuple[int, ...] = ()
    matches_nothing: bool = False


def kept_rates(*, user: User, by: By, filters: RateFilters) -> list[KeptRate]:
    """The rates of the promises in the person's sight, the most decided first.

    Two queries at most. Promises without a team, or of a case without a bucket, stand under "".
    """
    rows = _chosen(user, filters)
    name = COLUMNS[by]
    figures: dict[str, Any] = {"received_sum": Sum("received"), "name": Max("taken_by_name")}
    for state in Promise.State.values:
        which = Q(state=state)
        figures[f"{state}_n"] = Count("pk", filter=which)
        figures[f"{state}_sum"] = Sum("amount", filter=which)
    found = list(rows.values(name).annotate(**figures).order_by(name))
    labels = _labels(by, found)
    told = [_rate(labels.get(row[name], ""), row) for row in found]
    return sorted(told, key=lambda rate: (-rate.decided.number, rate.label))


def in_all(rates: Sequence[KeptRate]) -> KeptRate:
    """All of them together."""
    return KeptRate(
        "",
        {
            state: sum((rate.tally(state) for rate in rates), Tally())
            for state in Promise.State.values
        },
        sum((rate.received for rate in rates), NOTHING),
    )


def _chosen(user: User, filters: RateFilters) -> QuerySet[Promise]:
    if filters.matches_nothing:
        return Promise.objects.none()
    rows = promises_in_sight(user).filter(due_on__gte=filters.due_from, due_on__lte=filters.due_to)
    if filters.team_ids:
        rows = rows.filter(team_id__in=filters.team_ids)
    if filters.collector_ids:
        rows = rows.filter(taken_by_id__in=filters.collector_ids)
    return rows


def _labels(by: By, found: Sequence[dict[str, Any]]) -> dict[Any, str]:
    if by == "collector":
        return {row["taken_by_id"]: row["name"] for row in found}
    if by == "bucket":
        return {row["bucket"]: row["bucket"] for row in found}
    ids = [row["team_id"] for row in found if row["team_id"] is not None]
    return dict(Team.objects.filter(pk__in=ids).values_list("pk", "name"))


def _rate(label: str, row: dict[str, Any]) -> KeptRate:
    tallies = {
        state: Tally(row[f"{state}_n"], row[f"{state}_sum"] or NOTHING)
        for state in Promise.State.values
    }
    return KeptRate(label, tallies, row["received_sum"] or NOTHING)
