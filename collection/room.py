"""Room on a desk, given to borrowers as a whole: whose cases still fit."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Parcel:
    """A case that wants to lie on a desk: whose it is, and what is owed on it."""

    case_id: int
    borrower_id: int
    amount: Decimal


def beyond_room(cases: Sequence[Parcel], room: int | None) -> Iterator[int]:
    """The cases for which there is no room; None is any room.

    Borrowers are not split: those with the largest sum come first, ties by case id, and who does
    not fit into what is left is passed over.
    """
    if room is None or len(cases) <= room:
        return
    people: dict[int, list[Parcel]] = defaultdict(list)
    for each in cases:
        people[each.borrower_id].append(each)
    by_sum = sorted(people.values(), key=lambda own: (-sum(c.amount for c in own), own[0].case_id))
    for own in by_sum:
        if len(own) <= room:
            room -= len(own)
        else:
            yield from (each.case_id for each in own)
