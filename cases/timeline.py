"""A loan's money day by day: what its ledger must say so that every past balance is right.

The balance at the end of a date is the replay (cases.waterfall) of what was effective by then: a
repayment counts from its effective date, and a reversed one no longer counts from the date of its
reversal. So a late repayment changes allocations from its own date on, a reversal only from the
date of the reversal on, and the final balance is the replay without what was reversed, whatever
the order of arrival.

A statement (opening or snapshot) contains everything dated up to its day. What is dated before it
still gets its place in the days before. A repayment that a statement contains and that is
reversed after it is given back by what it had settled; where that is unknown, because the first
statement contains it, by its split, else as principal, which a waterfall reaches last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from cases.amounts import NOTHING, ZERO, Amounts
from cases.waterfall import Allocation, Effect, RepaymentFact, Replay, WaiverFact, replay


@dataclass(frozen=True, slots=True)
class Payment:
    """A repayment with the key of its row, and the date from which it is reversed, if it is."""

    key: int
    fact: RepaymentFact
    reversed_on: date | None = None

    @property
    def gone_on(self) -> date | None:
        """The date from which it no longer counts; never before it began to count."""
        if self.reversed_on is None:
            return None
        return max(self.reversed_on, self.fact.effective_date)


@dataclass(frozen=True, slots=True)
class Statement:
    """What is owed at the close of `as_of`, as somebody who is right about it says."""

    as_of: date
    amounts: Amounts


@dataclass(slots=True)
class Timeline:
    """The outcome. Amounts of `effects` are signed as in the ledger: a repayment's are negative.

    effects: by (key of the payment, or None for waivers; date). applied: what each payment that
    is not reversed settled of the debt. left, overpaid: now.
    """

    effects: dict[tuple[int | None, date], Amounts] = field(default_factory=dict)
    applied: dict[int, Amounts] = field(default_factory=dict)
    left: Amounts = ZERO
    overpaid: Decimal = NOTHING

    def add(self, key: int | None, on: date, amounts: Amounts) -> None:
        """Add one effect; what amounts to nothing leaves no trace."""
        total = self.effects.get((key, on), ZERO) + amounts
        if total == ZERO:
            self.effects.pop((key, on), None)
        else:
            self.effects[key, on] = total


def timeline(
    *,
    statements: Sequence[Statement],
    payments: Sequence[Payment],
    waivers: Sequence[WaiverFact] = (),
    order: str,
) -> Timeline:
    """What happened to a loan's balance since its first statement.

    At least one statement, in the order of their dates. Raises as `replay` does.
    """
    told = Timeline()
    before = _before_the_book(statements[0], payments)
    for number, statement in enumerate(statements):
        until = statements[number + 1].as_of if number + 1 < len(statements) else date.max
        stretch = _Stretch(statement, until, payments, waivers, order, before)
        stretch.tell(told)
        before |= stretch.settled()
    told.applied = {
        payment.key: before.get(payment.key, ZERO)
        for payment in payments
        if payment.reversed_on is None and payment.fact.effective_date > statements[0].as_of
    }
    return told


def _before_the_book(first: Statement, payments: Iterable[Payment]) -> dict[int, Amounts]:
    """What the payments that the first statement contains are taken to have settled."""
    return {
        payment.key: payment.fact.split or Amounts(principal=payment.fact.amount)
        for payment in payments
        if payment.fact.effective_date <= first.as_of
    }


class _Stretch:
    """The days after one statement up to the next one, and their money."""

    def __init__(
        self,
        statement: Statement,
        until: date,
        payments: Sequence[Payment],
        waivers: Sequence[WaiverFact],
        order: str,
        before: dict[int, Amounts],
    ) -> None:
        since = statement.as_of
        self.statement, self.order, self.before = statement, order, before
        self.payments = [p for p in payments if since < p.fact.effective_date <= until]
        self.waivers = [w for w in waivers if since < w.effective_date <= until]
        self.undone = {
            p.key: p.gone_on for p in payments if p.gone_on and since < p.gone_on <= until
        }
        self.turns = sorted(set(self.undone.values()))
        mine = {p.key for p in self.payments}
        self.given_back = [key for key in self.undone if key not in mine]
        self.last = self._world(date.max)

    def _world(self, turn: date) -> Replay:
        """The replay as it stands just before a turn: what was reversed earlier is not in it."""
        gone = {key for key, on in self.undone.items() if on < turn}
        opening = self.statement.amounts
        for key in self.given_back:
            if key in gone:
                opening += self.before[key]
        kept: list[Effect] = [p.fact for p in self.payments if p.key not in gone]
        return replay(opening=opening, effects=[*kept, *self.waivers], order=self.order)

    def tell(self, told: Timeline) -> None:
        """Write the effects of this stretch, date by date."""
        worlds = [*(self._world(turn) for turn in self.turns), self.last]
        self._tell_first(told, worlds)
        for number, turn in enumerate(self.turns):
            self._tell_turn(told, turn, worlds[number], worlds[number + 1])
        told.left, told.overpaid = self.last.left, self.last.overpaid

    def _tell_first(self, told: Timeline, worlds: Sequence[Replay]) -> None:
        """Each payment and waiver on its own date, as allocated in the world of that date."""
        for payment in self.payments:
            on = payment.fact.effective_date
            told.add(payment.key, on, -_applied(self._at(worlds, on), payment))
        for waiver in self.waivers:
            on = waiver.effective_date
            told.add(None, on, -self._at(worlds, on).waived[waiver.ref])

    def _at(self, worlds: Sequence[Replay], on: date) -> Replay:
        """The world at the end of a date."""
        return worlds[sum(turn <= on for turn in self.turns)]

    def _tell_turn(self, told: Timeline, turn: date, old: Replay, new: Replay) -> None:
        """What a reversal changes, on its date, for everything that stood before it."""
        for payment in self.payments:
            if payment.fact.effective_date < turn:
                told.add(payment.key, turn, _applied(old, payment) - _applied(new, payment))
        for waiver in self.waivers:
            if waiver.effective_date < turn:
                told.add(None, turn, old.waived[waiver.ref] - new.waived[waiver.ref])
        for key in self.given_back:
            if self.undone[key] == turn:
                told.add(key, turn, self.before[key])

    def settled(self) -> dict[int, Amounts]:
        """What each payment of the stretch had settled by its end."""
        return {payment.key: _applied(self.last, payment) for payment in self.payments}


def _applied(world: Replay, payment: Payment) -> Amounts:
    done: Allocation | None = world.allocations.get(payment.fact.repayment_no)
    return done.settled if done else ZERO
