"""Even assignment: the worked examples, and what holds for any parcels and desks."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.even_split import Desk, Parcel, Split, split_evenly

CASES = {
    "L01": "7125.25", "L02": "4300.00", "L03": "8750.50", "L04": "2250.00", "L05": "5999.99",
    "L06": "3500.00", "L07": "9800.00", "L08": "1500.00", "L09": "5500.00", "L10": "640.00",
    "L11": "3990.00", "L12": "7600.00", "L13": "1200.75", "L14": "4875.10", "L15": "8750.50",
    "L16": "1980.00", "L17": "3500.00", "L18": "6400.00", "L19": "2760.40", "L20": "5500.00",
}  # fmt: skip
PARCELS = [Parcel(number, Decimal(amount)) for number, amount in CASES.items()]

EXAMPLES = {
    "capacity for all": (
        (6, 3, 8, 8),
        {
            "A": ("L07 L09 L11 L06 L04", "25040.00"),
            "B": ("L03 L18 L02", "19450.50"),
            "C": ("L15 L05 L14 L17 L08 L13", "25826.34"),
            "D": ("L12 L01 L20 L19 L16 L10", "25605.65"),
        },
        "",
    ),
    "no capacities": (
        (None, None, None, None),
        {
            "A": ("L07 L09 L11 L06 L13", "23990.75"),
            "B": ("L03 L18 L02 L17 L10", "23590.50"),
            "C": ("L15 L05 L14 L19 L16", "24365.99"),
            "D": ("L12 L01 L20 L04 L08", "23975.25"),
        },
        "",
    ),
    "too little capacity": (
        (6, 3, 4, 4),
        {
            "A": ("L07 L09 L11 L06 L04 L16", "27020.00"),
            "B": ("L03 L18 L02", "19450.50"),
            "C": ("L15 L05 L14 L17", "23125.59"),
            "D": ("L12 L01 L20 L19", "22985.65"),
        },
        "L08 L13 L10",
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_worked_examples_come_out_exactly(name: str) -> None:
    capacities, expected, left = EXAMPLES[name]
    desks = [Desk(code, room) for code, room in zip("ABCD", capacities, strict=True)]

    split = split_evenly(PARCELS, desks)

    assert split.given == {code: keys.split() for code, (keys, _) in expected.items()}
    sums = {code: sum(Decimal(CASES[k]) for k in keys) for code, keys in split.given.items()}
    assert sums == {code: Decimal(amount) for code, (_, amount) in expected.items()}
    assert split.left == left.split()


def dealt_by_the_book(parcels: list[Parcel], desks: list[Desk]) -> Split:
    """The rule for single cases, word for word and slowly."""
    n_cases = len(parcels)
    room = {d.code: n_cases if d.capacity is None else d.capacity for d in desks}
    n = min(n_cases, sum(room.values()))
    t = max(
        x for x in range(max(room.values(), default=0) + 1)
        if sum(min(c, x) for c in room.values()) <= n
    )  # fmt: skip
    base = {code: min(c, t) for code, c in room.items()}
    extra = n - sum(base.values())
    given: dict[str, list[str]] = {d.code: [] for d in desks}
    sums = dict.fromkeys(given, Decimal(0))
    in_order = sorted(parcels, key=lambda p: (-p.amount, p.key))
    for parcel in in_order[:n]:
        open_desks = [
            code for code, keys in given.items()
            if len(keys) < base[code] or (len(keys) == base[code] and extra and room[code] > t)
        ]  # fmt: skip
        code = min(open_desks, key=lambda c: (sums[c], len(given[c]), c))
        if len(given[code]) == base[code]:
            extra -= 1
        given[code].append(parcel.key)
        sums[code] += parcel.amount
    return Split(given, [parcel.key for parcel in in_order[n:]])


amounts = st.integers(0, 400).map(lambda cents: Decimal(cents) / 4)
desk_lists = st.lists(st.one_of(st.none(), st.integers(0, 12)), min_size=1, max_size=6).map(
    lambda rooms: [Desk(f"D{i}", room) for i, room in enumerate(rooms)]
)


@st.composite
def parcel_lists(draw: st.DrawFn, largest: int) -> list[Parcel]:
    facts = draw(st.lists(st.tuples(amounts, st.integers(1, largest)), max_size=40))
    return [Parcel(f"P{i:02}", amount, size) for i, (amount, size) in enumerate(facts)]


@settings(max_examples=400)
@given(parcels=parcel_lists(1), desks=desk_lists)
def test_single_cases_follow_the_rule_word_for_word(
    parcels: list[Parcel], desks: list[Desk]
) -> None:
    split = split_evenly(parcels, desks)
    book = dealt_by_the_book(parcels, desks)
    assert split.given == book.given
    assert split.left == book.left


@settings(max_examples=400)
@given(parcels=parcel_lists(5), desks=desk_lists, data=st.data())
def test_parcels_stay_whole_even_and_within_capacity(
    parcels: list[Parcel], desks: list[Desk], data: st.DataObject
) -> None:
    split = split_evenly(parcels, desks)

    dealt = [key for keys in split.given.values() for key in keys]
    assert sorted(dealt + split.left) == [p.key for p in parcels]
    size = {p.key: p.size for p in parcels}
    counts = {code: sum(size[k] for k in keys) for code, keys in split.given.items()}
    largest = max(size.values(), default=0)
    for desk in desks:
        assert desk.capacity is None or counts[desk.code] <= desk.capacity
        if desk.capacity is None or desk.capacity - counts[desk.code] >= largest:
            assert max(counts.values()) - counts[desk.code] <= largest
    for key in split.left:
        rooms = [d.capacity - counts[d.code] for d in desks if d.capacity is not None]
        assert len(rooms) == len(desks)
        assert size[key] > max(rooms)
    shuffled = data.draw(st.permutations(parcels))
    assert split_evenly(shuffled, desks[::-1]) == split


def test_a_borrower_with_many_cases_does_not_push_out_larger_amounts() -> None:
    parcels = [Parcel("many", Decimal("90.00"), 3), Parcel("big", Decimal("5000.00"))]
    split = split_evenly(parcels, [Desk("A", 3)])
    assert split.given == {"A": ["big"]}
    assert split.left == ["many"]


def test_a_desk_above_its_limit_gets_nothing() -> None:
    split = split_evenly(PARCELS[:2], [Desk("A", -4), Desk("B")])
    assert split.given == {"A": [], "B": ["L01", "L02"]}


def test_without_desks_everything_is_left() -> None:
    assert split_evenly(PARCELS[:2], []) == Split({}, ["L01", "L02"])


def test_faulty_parcels_and_desks_are_refused() -> None:
    with pytest.raises(ValueError, match="no case"):
        split_evenly([Parcel("P", Decimal(1), 0)], [Desk("A")])
    with pytest.raises(ValueError, match="twice"):
        split_evenly(PARCELS, [Desk("A"), Desk("A")])
