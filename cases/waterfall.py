"""What a repayment settles: allocation by component, and the replay of a loan's money in order.

A repayment settles the components in the order that the lender chose, unless the feed says
itself how it is split. Whatever arrives late or is reversed is not patched in: the whole
sequence is replayed in the order of payment, so that any order of arrival ends in the same
balances.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from cases.amounts import COMPONENTS, NOTHING, ZERO, Amounts

DEFAULT = "default"

ORDERS: dict[str, tuple[str, ...]] = {
    DEFAULT: ("penalty", "fee", "interest", "principal"),
    # Civil Code of China, art. 561: costs of recovery, interest, main debt. It does not name
    # penalties; they stand last here.
    "civil_code": ("fee", "interest", "principal", "penalty"),
    "principal_first": ("principal", "interest", "fee", "penalty"),
}


@dataclass(frozen=True, slots=True)
class Allocation:
    """How one repayment was used.

    `applied` and `overpaid` add up to the repayment, except when it is `included`: a later
    snapshot of the balance already contains it, so it changes nothing that is owed now and both
    are zero. `settled` is what it settled of the debt as it stood on its day (the base of
    commission); it equals `applied` unless the repayment is included. `spilled` is the part of a
    given split that was more than the component owed and went on by the default order. `left` is
    what was still owed right after it.
    """

    applied: Amounts
    overpaid: Decimal
    left: Amounts
    spilled: Amounts
    settled: Amounts
    included: bool = False


def allocate(
    *, owed: Amounts, amount: Decimal, order: str = DEFAULT, split: Amounts | None = None
) -> Allocation:
    """Allocate one repayment to what is owed.

    `order` is a key of ORDERS. A `split` is taken as given as far as each component is owed; the
    rest of it goes on by the *default* order, whatever `order` is. Money beyond the whole debt is
    `overpaid`. Nothing is rounded.

    Raises ValueError when an amount is negative or the split does not add up to the amount, and
    KeyError for an unknown order.
    """
    if amount < 0 or owed.has_negative():
        raise ValueError("a repayment and what is owed cannot be negative")
    sequence = ORDERS[order]
    if split is None:
        applied, overpaid = _poured(owed, amount, sequence)
        return Allocation(applied, overpaid, owed - applied, ZERO, applied)
    if split.has_negative() or split.total != amount:
        raise ValueError("a split must add up to the amount, without a negative component")
    as_given = split.capped_at(owed)
    spilled = split - as_given
    further, overpaid = _poured(owed - as_given, spilled.total, ORDERS[DEFAULT])
    applied = as_given + further
    return Allocation(applied, overpaid, owed - applied, spilled, applied)


def _poured(owed: Amounts, amount: Decimal, sequence: tuple[str, ...]) -> tuple[Amounts, Decimal]:
    """Fill the components one after the other; what fills none of them is the rest."""
    taken: dict[str, Decimal] = dict.fromkeys(COMPONENTS, NOTHING)
    for component in sequence:
        taken[component] = min(getattr(owed, component), amount)
        amount -= taken[component]
    return Amounts(**taken), amount


@dataclass(frozen=True, slots=True)
class RepaymentFact:
    """A repayment as booked. `effective_date` is the lender's local date of `paid_at`."""

    repayment_no: str
    paid_at: datetime
    effective_date: date
    amount: Decimal
    split: Amounts | None = None
    reversed: bool = False


@dataclass(frozen=True, slots=True)
class WaiverFact:
    """An approved waiver by component; it forgives at most what is owed when its turn comes."""

    ref: str
    at: datetime
    effective_date: date
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class SnapshotFact:
    """What is owed at the close of `as_of` according to somebody who is right about balances.

    It replaces the balance. Everything with an effective date up to `as_of` is already in it.
    """

    as_of: date
    amounts: Amounts


Effect = RepaymentFact | WaiverFact | SnapshotFact


@dataclass(frozen=True, slots=True)
class Replay:
    """The outcome of a sequence: what each effect did, and what is owed at its end.

    `allocations` by repayment_no (reversed ones have none), `waived` by the waiver's ref: what it
    really forgave. `overpaid` is the sum over repayments that no snapshot includes.
    """

    allocations: dict[str, Allocation]
    waived: dict[str, Amounts]
    left: Amounts
    overpaid: Decimal


def replay(*, opening: Amounts, effects: Iterable[Effect], order: str = DEFAULT) -> Replay:
    """Replay what happened to a loan's balance, from `opening` on.

    Repayments come in the order (paid_at, repayment_no), whatever the order given; a waiver at
    the same instant comes before them; a snapshot closes its day. Effects dated up to the last
    snapshot leave no trace in `left` or `overpaid`; their allocation is marked `included`.

    Raises ValueError when a repayment_no or a waiver's ref occurs twice, and as `allocate` does.
    """
    run = _Run(opening)
    for effect in sorted(effects, key=_turn):
        if isinstance(effect, SnapshotFact):
            run.replace(effect)
        elif isinstance(effect, WaiverFact):
            run.forgive(effect)
        elif not effect.reversed:
            run.repay(effect, order)
    return Replay(run.allocations, run.waived, run.left, run.overpaid)


def _turn(effect: Effect) -> tuple[object, ...]:
    """Sort key. Keys of one day differ in their second place before the shapes do."""
    if isinstance(effect, SnapshotFact):
        return effect.as_of, 1
    if isinstance(effect, WaiverFact):
        return effect.effective_date, 0, effect.at, 0, effect.ref
    return effect.effective_date, 0, effect.paid_at, 1, effect.repayment_no


class _Run:
    """The running balance of one replay."""

    def __init__(self, opening: Amounts) -> None:
        self.left = opening
        self.overpaid = NOTHING
        self.allocations: dict[str, Allocation] = {}
        self.waived: dict[str, Amounts] = {}
        self._since_snapshot: list[str] = []

    def replace(self, fact: SnapshotFact) -> None:
        self.left = fact.amounts
        self.overpaid = NOTHING
        for number in self._since_snapshot:
            done = self.allocations[number]
            self.allocations[number] = replace(done, applied=ZERO, overpaid=NOTHING, included=True)
        self._since_snapshot.clear()

    def forgive(self, fact: WaiverFact) -> None:
        if fact.ref in self.waived:
            raise ValueError(f"waiver {fact.ref} occurs twice")
        self.waived[fact.ref] = fact.amounts.capped_at(self.left)
        self.left -= self.waived[fact.ref]

    def repay(self, fact: RepaymentFact, order: str) -> None:
        if fact.repayment_no in self.allocations:
            raise ValueError(f"repayment {fact.repayment_no} occurs twice")
        done = allocate(owed=self.left, amount=fact.amount, order=order, split=fact.split)
        self.allocations[fact.repayment_no] = done
        self._since_snapshot.append(fact.repayment_no)
        self.left = done.left
        self.overpaid += done.overpaid
