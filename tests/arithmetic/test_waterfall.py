"""The waterfall: worked examples W1–W11 to the cent, snapshots, and what always holds."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.amounts import ZERO, Amounts
from cases.waterfall import (
    ORDERS,
    Allocation,
    Effect,
    RepaymentFact,
    SnapshotFact,
    WaiverFact,
    allocate,
    replay,
)


def pfip(text: str) -> Amounts:
    """Amounts written as in the examples: penalty / fee / interest / principal."""
    penalty, fee, interest, principal = (Decimal(part) for part in text.split("/"))
    return Amounts(principal, interest, fee, penalty)


OWED = pfip("45.30/20.00/38.25/1000.00")


def day(number: int) -> date:
    return date(2026, 3, number)


def paid(
    number: str, on: int, amount: str, *, is_reversed: bool = False, hour: int = 10
) -> RepaymentFact:
    at = datetime(2026, 3, on, hour, tzinfo=UTC)
    return RepaymentFact(number, at, day(on), Decimal(amount), reversed=is_reversed)


@pytest.mark.parametrize(
    ("example", "amount", "order", "split", "applied", "overpaid", "left"),
    [
        ("W1", "300.00", "default", None,
         "45.30/20.00/38.25/196.45", "0.00", "0.00/0.00/0.00/803.55"),
        ("W2", "300.00", "civil_code", None,
         "0.00/20.00/38.25/241.75", "0.00", "45.30/0.00/0.00/758.25"),
        ("W3", "300.00", "principal_first", None,
         "0.00/0.00/0.00/300.00", "0.00", "45.30/20.00/38.25/700.00"),
        ("W4", "1200.00", "default", None,
         "45.30/20.00/38.25/1000.00", "96.45", "0.00/0.00/0.00/0.00"),
        ("W5", "300.00", "default", "0/0/0/300",
         "0.00/0.00/0.00/300.00", "0.00", "45.30/20.00/38.25/700.00"),
        ("W6", "300.00", "default", "60/0/0/240",
         "45.30/14.70/0.00/240.00", "0.00", "0.00/5.30/38.25/760.00"),
        ("W6", "300.00", "principal_first", "60/0/0/240",
         "45.30/14.70/0.00/240.00", "0.00", "0.00/5.30/38.25/760.00"),
    ],
)  # fmt: skip
def test_one_repayment(
    example: str, amount: str, order: str, split: str | None,
    applied: str, overpaid: str, left: str,
) -> None:  # fmt: skip
    done = allocate(
        owed=OWED, amount=Decimal(amount), order=order, split=pfip(split) if split else None
    )
    assert done.applied == pfip(applied), example
    assert done.overpaid == Decimal(overpaid)
    assert done.left == pfip(left)
    assert done.settled == done.applied
    assert not done.included
    assert done.spilled == (pfip("14.70/0/0/0") if example == "W6" else ZERO)


def test_w7_a_reversed_repayment_leaves_what_was_owed() -> None:
    after = replay(opening=OWED, effects=[paid("R1", 10, "300.00", is_reversed=True)])
    assert (after.left, after.allocations, after.overpaid) == (OWED, {}, Decimal(0))


def test_w8_a_late_repayment_takes_its_place_by_date() -> None:
    r1, r2 = paid("R1", 10, "300.00"), paid("R2", 5, "200.00")
    after = replay(opening=OWED, effects=[r1, r2])
    assert after.allocations["R2"].applied == pfip("45.30/20.00/38.25/96.45")
    assert after.allocations["R1"].applied == pfip("0/0/0/300.00")
    assert after.left == pfip("0/0/0/603.55")


def test_w9_reversing_the_other_one_does_not_bring_charges_back() -> None:
    effects = [paid("R1", 10, "300.00", is_reversed=True), paid("R2", 5, "200.00")]
    after = replay(opening=OWED, effects=effects)
    assert after.allocations["R2"].applied == pfip("45.30/20.00/38.25/96.45")
    assert after.left == pfip("0/0/0/903.55")


@pytest.mark.parametrize(("r2_reversed", "overpaid"), [(False, "96.45"), (True, "0.00")])
def test_w10_a_reversal_uses_up_what_was_overpaid(r2_reversed: bool, overpaid: str) -> None:
    effects = [
        paid("R1", 1, "300.00"),
        paid("R2", 2, "200.00", is_reversed=r2_reversed),
        paid("R3", 3, "700.00"),
    ]
    after = replay(opening=OWED, effects=effects)
    assert after.overpaid == Decimal(overpaid)
    assert after.allocations["R1"].applied == pfip("45.30/20.00/38.25/196.45")
    if r2_reversed:
        assert after.allocations["R3"].applied == pfip("0/0/0/700.00")
        assert after.left == pfip("0/0/0/103.55")
    else:
        assert after.left == ZERO


def test_w11_a_waiver_then_the_rest() -> None:
    opening = pfip("312.55/60.00/86.40/2000.00")
    waiver = WaiverFact(
        "W", datetime(2026, 3, 4, 9, tzinfo=UTC), day(4), pfip("218.78/30.00/25.92/0")
    )
    effects: list[Effect] = [paid("R1", 6, "2184.25"), waiver]
    after = replay(opening=opening, effects=effects)
    assert after.waived["W"].total == Decimal("274.70")
    assert after.allocations["R1"].applied == pfip("93.77/30.00/60.48/2000.00")
    assert (after.left, after.overpaid) == (ZERO, Decimal(0))


def test_a_waiver_forgives_no_more_than_is_owed_and_comes_first_at_the_same_instant() -> None:
    at = datetime(2026, 3, 6, 10, tzinfo=UTC)
    waiver = WaiverFact("W", at, day(6), pfip("99/0/0/0"))
    effects: list[Effect] = [paid("R1", 6, "20.00"), waiver]
    after = replay(opening=OWED, effects=effects)
    assert after.waived["W"] == pfip("45.30/0/0/0")
    assert after.allocations["R1"].applied == pfip("0/20.00/0/0")


def test_repayments_of_one_instant_go_by_number() -> None:
    after = replay(opening=OWED, effects=[paid("R2", 3, "50.00"), paid("R1", 3, "45.30")])
    assert after.allocations["R1"].applied == pfip("45.30/0/0/0")
    assert after.allocations["R2"].applied == pfip("0/20.00/30.00/0")


def test_a_snapshot_replaces_the_balance_and_includes_what_came_before() -> None:
    snapshot = SnapshotFact(day(10), pfip("0/0/0/500.00"))
    effects: list[Effect] = [paid("R3", 11, "100.00"), paid("R1", 10, "300.00", hour=23), snapshot]
    after = replay(opening=OWED, effects=effects)
    assert after.left == pfip("0/0/0/400.00")
    first = after.allocations["R1"]
    assert (first.included, first.applied, first.overpaid) == (True, ZERO, Decimal(0))
    assert first.settled == pfip("45.30/20.00/38.25/196.45")
    assert not after.allocations["R3"].included
    assert after.allocations["R3"].applied == pfip("0/0/0/100.00")


def test_a_repayment_before_the_first_balance_is_no_overpayment() -> None:
    effects: list[Effect] = [paid("R1", 4, "80.00"), SnapshotFact(day(5), OWED)]
    after = replay(opening=ZERO, effects=effects)
    assert after.left == OWED
    assert after.overpaid == 0
    assert after.allocations["R1"].included
    assert after.allocations["R1"].settled == ZERO


def test_the_last_snapshot_counts() -> None:
    effects = [SnapshotFact(day(9), pfip("0/0/0/1")), SnapshotFact(day(3), OWED)]
    assert replay(opening=ZERO, effects=effects).left == pfip("0/0/0/1")


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="add up"):
        allocate(owed=OWED, amount=Decimal(10), split=pfip("0/0/0/9.99"))
    with pytest.raises(ValueError, match="negative"):
        allocate(owed=OWED, amount=Decimal(-1))
    with pytest.raises(KeyError):
        allocate(owed=OWED, amount=Decimal(1), order="by_mood")
    with pytest.raises(ValueError, match="twice"):
        replay(opening=OWED, effects=[paid("R1", 1, "1"), paid("R1", 2, "1")])
    at = datetime(2026, 3, 1, tzinfo=UTC)
    waiver = WaiverFact("W", at, day(1), ZERO)
    with pytest.raises(ValueError, match="twice"):
        replay(opening=OWED, effects=[waiver, waiver])


money = st.integers(0, 200_000).map(lambda cents: Decimal(cents) / 100)
amounts = st.builds(Amounts, money, money, money, money)


def holds_together(done: Allocation, owed: Amounts, amount: Decimal) -> None:
    assert done.applied + done.left == owed
    assert done.applied.total + done.overpaid == amount
    assert not done.applied.has_negative()
    assert not done.left.has_negative()
    assert done.overpaid == 0 or done.left == ZERO


@given(owed=amounts, amount=money, order=st.sampled_from(sorted(ORDERS)))
def test_no_cent_is_lost_and_an_earlier_component_is_full_before_a_later_one(
    owed: Amounts, amount: Decimal, order: str
) -> None:
    done = allocate(owed=owed, amount=amount, order=order)
    holds_together(done, owed, amount)
    sequence = ORDERS[order]
    for earlier, later in pairwise(sequence):
        assert getattr(done.left, earlier) == 0 or getattr(done.applied, later) == 0


@given(owed=amounts, split=amounts)
def test_a_split_is_taken_as_far_as_it_is_owed(owed: Amounts, split: Amounts) -> None:
    done = allocate(owed=owed, amount=split.total, split=split)
    holds_together(done, owed, split.total)
    assert not (done.applied - split.capped_at(owed)).has_negative()
    assert done.spilled == split - split.capped_at(owed)


@st.composite
def histories(draw: st.DrawFn) -> list[Effect]:
    effects: list[Effect] = []
    for number in range(draw(st.integers(0, 8))):
        on, hour = draw(st.integers(1, 28)), draw(st.integers(0, 3))
        at = datetime(2026, 3, on, hour, tzinfo=UTC)
        kind = draw(st.sampled_from(["repayment", "reversed", "waiver", "snapshot"]))
        if kind == "snapshot":
            if not any(isinstance(e, SnapshotFact) and e.as_of == day(on) for e in effects):
                effects.append(SnapshotFact(day(on), draw(amounts)))
        elif kind == "waiver":
            effects.append(WaiverFact(f"W{number}", at, day(on), draw(amounts)))
        else:
            gone = kind == "reversed"
            effects.append(RepaymentFact(f"R{number}", at, day(on), draw(money), reversed=gone))
    return effects


@given(opening=amounts, effects=histories(), data=st.data())
def test_any_order_of_arrival_ends_alike_and_every_cent_is_accounted_for(
    opening: Amounts, effects: list[Effect], data: st.DataObject
) -> None:
    after = replay(opening=opening, effects=effects)
    shuffled = data.draw(st.permutations(effects))
    assert replay(opening=opening, effects=shuffled) == after

    snapshots = sorted((e for e in effects if isinstance(e, SnapshotFact)), key=lambda e: e.as_of)
    start = snapshots[-1].amounts if snapshots else opening
    since = snapshots[-1].as_of if snapshots else date.min
    waived = [
        after.waived[e.ref].total for e in effects
        if isinstance(e, WaiverFact) and e.effective_date > since
    ]  # fmt: skip
    applied = [done.applied.total for done in after.allocations.values()]
    assert start.total - sum(waived) - sum(applied) == after.left.total
    standing = [e for e in effects if isinstance(e, RepaymentFact) and not e.reversed]
    assert set(after.allocations) == {e.repayment_no for e in standing}
    for e in standing:
        assert after.allocations[e.repayment_no].included == (e.effective_date <= since)
