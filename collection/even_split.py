"""Even assignment: parcels of cases dealt to desks, even by count first, then by amount.

A parcel is what must stay together: one borrower's cases. With one case a parcel the rule is:

    n = min(cases, total capacity). Every desk gets min(capacity, t) cases, with t the largest
    level that n allows; the places that remain go one each to desks with room above t. Cases are
    dealt by amount, largest first, ties by key, each to the desk among those with a place that
    has the smallest sum so far; ties: fewer cases, then desk code.

Parcels of several cases are dealt so:

1. Admission, when there are more cases than places: by amount, largest first, ties by key. A
   parcel that no longer fits into the places left overall is passed over.
2. The admitted parcels are dealt by size, largest size first, because counts come out evenest
   when the small parcels come last. Within one size the rule above holds: each desk counts up
   in steps of that size from what it has already, and the parcels go to the lowest counts;
   among desks level with each other the amounts decide.
3. What was passed over is dealt the same way into whatever places remain.

So a desk is never above its capacity; and any desk that ends with room for the largest parcel
has at most that parcel's size fewer cases than any other desk. Counts and sums are of this run
alone. The result depends on the parcels and desks given, not on their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import heapify, heappop, heapreplace
from itertools import pairwise
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class Parcel:
    """Cases that stay together: `size` cases worth `amount` in all, known by `key`."""

    key: str
    amount: Decimal
    size: int = 1


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk that may get up to `capacity` more cases; None: any number."""

    code: str
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """Parcel keys by desk code, and those for which there was no room.

    Every desk is named; its keys stand in the order dealt, the left ones by amount.
    """

    given: dict[str, list[str]]
    left: list[str]


@dataclass(slots=True)
class _Load:
    """What a desk has got so far in this run."""

    code: str
    room: int
    count: int = 0
    amount: Decimal = Decimal(0)
    keys: list[str] = field(default_factory=list)


def split_evenly(parcels: Iterable[Parcel], desks: Iterable[Desk]) -> Split:
    """Deal the parcels to the desks as this module's docstring says.

    A negative capacity (somebody already above the limit) counts as none. Raises ValueError for
    a parcel without a case and for a desk code that occurs twice.
    """
    ordered = sorted(parcels, key=attrgetter("key"))
    ordered.sort(key=attrgetter("amount"), reverse=True)  # stable: ties stay by key
    cases = sum(parcel.size for parcel in ordered)
    loads = _empty_loads(desks, cases)
    admitted, passed_over = _admission(ordered, sum(load.room for load in loads))
    homeless = {*_dealt(admitted, loads), *_dealt(passed_over, loads)}
    left = [parcel.key for parcel in ordered if parcel.key in homeless] if homeless else []
    return Split({load.code: load.keys for load in loads}, left)


def _empty_loads(desks: Iterable[Desk], cases: int) -> list[_Load]:
    loads = [
        _Load(desk.code, cases if desk.capacity is None else min(max(desk.capacity, 0), cases))
        for desk in sorted(desks, key=attrgetter("code"))
    ]
    for one, following in pairwise(loads):
        if one.code == following.code:
            raise ValueError(f"desk {one.code} occurs twice")
    return loads


def _admission(ordered: Sequence[Parcel], places: int) -> tuple[list[Parcel], list[Parcel]]:
    admitted: list[Parcel] = []
    passed_over: list[Parcel] = []
    for parcel in ordered:
        if parcel.size < 1:
            raise ValueError(f"parcel {parcel.key} has no case")
        if parcel.size <= places:
            places -= parcel.size
            admitted.append(parcel)
        else:
            passed_over.append(parcel)
    return admitted, passed_over


def _dealt(parcels: Iterable[Parcel], loads: Sequence[_Load]) -> list[str]:
    """Deal parcels, which come by amount, size by size; return the keys that found no desk."""
    by_size: dict[int, list[Parcel]] = {}
    for parcel in parcels:
        by_size.setdefault(parcel.size, []).append(parcel)
    left: list[str] = []
    for size in sorted(by_size, reverse=True):
        same = by_size[size]
        fitting = min(len(same), sum(load.room // size for load in loads))
        if fitting:
            _deal_one_size(same[:fitting], size, loads)
        left.extend(parcel.key for parcel in same[fitting:])
    return left


def _deal_one_size(parcels: Sequence[Parcel], size: int, loads: Sequence[_Load]) -> None:
    """Deal parcels of one size, for all of which there is room."""
    level = _level(len(parcels), size, loads)
    places = [_places_below(level, size, load) for load in loads]
    extra = len(parcels) - sum(places)
    may_get_extra = [
        load.count + taken * size == level and load.room >= (taken + 1) * size
        for load, taken in zip(loads, places, strict=True)
    ]
    heap = [
        (load.amount, load.count, rank)
        for rank, load in enumerate(loads)
        if places[rank] or may_get_extra[rank]
    ]
    heapify(heap)
    for parcel in parcels:
        while not places[heap[0][2]] and not (extra and may_get_extra[heap[0][2]]):
            heappop(heap)  # it has all its places, and no extra one is left for it
        rank = heap[0][2]
        if places[rank]:
            places[rank] -= 1
        else:
            extra -= 1
            may_get_extra[rank] = False
        load = loads[rank]
        load.keys.append(parcel.key)
        load.room -= size
        load.count += size
        load.amount += parcel.amount
        heapreplace(heap, (load.amount, load.count, rank))


def _places_below(level: int, size: int, load: _Load) -> int:
    """How many parcels a desk gets while its count is below the level."""
    wanted = -((load.count - level) // size) if load.count < level else 0
    return min(wanted, load.room // size)


def _level(parcels: int, size: int, loads: Sequence[_Load]) -> int:
    """The highest level for which the places below it are no more than the parcels."""
    low, high = 0, max(load.count + load.room for load in loads)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(_places_below(middle, size, load) for load in loads) <= parcels:
            low = middle
        else:
            high = middle - 1
    return low
