"""What became of promises to pay: facts in, state and amount received of each out.

A promise is kept when repayments paid after it was made, and up to the end of its last day (due
plus grace, on the lender's calendar), reach amount × (1 − tolerance), compared without rounding;
or when nothing was left to pay on its case by that day. From the day after the last one it is
partly kept if anything came, else broken; until then it is open. A newer promise on the loan
supersedes one that it finds open on or before its last day. What a person withdrew stays so.

A repayment counts for one promise only: the newest that was made before it was paid. Nothing but
the facts decides, so the order in which money is booked does not matter, and a repayment that is
reversed and booked again leaves everything as it was.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Literal

State = Literal["open", "kept", "partly", "broken", "withdrawn", "superseded"]

NOTHING = Decimal("0.00")
WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseFacts:
    """A promise as it was made. Moments are aware; tolerance_percent: how much may be missing.

    withdrawn_at: when a person withdrew it. is_settled: nothing was left to pay on its case at the
    end of its last day, or is now if that day is not over.
    """

    key: int
    made_at: datetime
    amount: Decimal
    due_on: date
    grace_days: int
    tolerance_percent: Decimal
    withdrawn_at: datetime | None = None
    is_settled: bool = False

    @property
    def last_day(self) -> date:
        """The last local date whose repayments count."""
        return last_day(self.due_on, self.grace_days)


@dataclass(frozen=True, slots=True)
class RepaymentFacts:
    """Money that came in for the loan. is_reversed: it was taken back and counts for nothing."""

    key: int
    paid_at: datetime
    amount: Decimal
    is_reversed: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a promise. received: all that counts for it.

    kept_at: when what was needed had been paid; None where less was all that was left to pay.
    superseded_at: when the newer one was made.
    counted: the keys of the repayments that count for it, in the order in which they were paid.
    """

    key: int
    state: State
    received: Decimal
    kept_at: datetime | None = None
    superseded_at: datetime | None = None
    counted: tuple[int, ...] = ()


def last_day(due_on: date, grace_days: int) -> date:
    """The last local date on which money for a promise is in time."""
    return due_on + timedelta(days=grace_days)


def suffices(received: Decimal, amount: Decimal, tolerance_percent: Decimal) -> bool:
    """Whether what came is enough, without rounding: 316.67 of 333.33 at 5 %, 316.66 is not."""
    return received * WHOLE >= amount * (WHOLE - tolerance_percent)


def judge(
    promises: Iterable[PromiseFacts],
    repayments: Iterable[RepaymentFacts],
    *,
    on: date,
    zone: tzinfo,
) -> tuple[Judgement, ...]:
    """Judge all promises of one loan as of business date `on`, in the order they were made.

    repayments: all of the loan's, in any order. zone: the lender's, whose dates count. Of two
    promises made in the same moment the one with the larger key is the newer.
    """
    made = sorted(promises, key=lambda each: (each.made_at, each.key))
    paid = sorted(
        (each for each in repayments if not each.is_reversed),
        key=lambda each: (each.paid_at, each.key),
    )
    newer = [*made[1:], None][: len(made)]
    return tuple(
        _judged(each, following, list(_counting(each, following, paid, zone)), on, zone)
        for each, following in zip(made, newer, strict=True)
    )


def _counting(
    promise: PromiseFacts,
    newer: PromiseFacts | None,
    paid: Sequence[RepaymentFacts],
    zone: tzinfo,
) -> Iterator[RepaymentFacts]:
    """The repayments that count for a promise, in the order in which they were paid."""
    for each in paid:
        if each.paid_at <= promise.made_at:
            continue
        if newer is not None and each.paid_at > newer.made_at:
            continue
        if promise.withdrawn_at is not None and each.paid_at > promise.withdrawn_at:
            continue
        if each.paid_at.astimezone(zone).date() <= promise.last_day:
            yield each


def _judged(
    promise: PromiseFacts,
    newer: PromiseFacts | None,
    counting: Sequence[RepaymentFacts],
    on: date,
    zone: tzinfo,
) -> Judgement:
    received = sum((each.amount for each in counting), NOTHING)
    counted = tuple(each.key for each in counting)
    if promise.withdrawn_at is not None:
        return Judgement(promise.key, "withdrawn", received, counted=counted)
    kept_at = _kept_at(promise, counting)
    # Nothing left to pay is no merit of a promise that another one has replaced since.
    if kept_at is not None or (promise.is_settled and newer is None):
        return Judgement(promise.key, "kept", received, kept_at=kept_at, counted=counted)
    if newer is not None and newer.made_at.astimezone(zone).date() <= promise.last_day:
        replaced = newer.made_at
        return Judgement(
            promise.key, "superseded", received, superseded_at=replaced, counted=counted
        )
    if newer is not None:
        on = max(on, newer.made_at.astimezone(zone).date())
    return Judgement(promise.key, _on_its_own(promise, received, on), received, counted=counted)


def _on_its_own(promise: PromiseFacts, received: Decimal, on: date) -> State:
    """The state of one that was neither kept nor ended otherwise."""
    if on <= promise.last_day:
        return "open"
    return "partly" if received > 0 else "broken"


def _kept_at(promise: PromiseFacts, counting: Sequence[RepaymentFacts]) -> datetime | None:
    """When enough had been paid for it; None if that never was."""
    received = NOTHING
    for each in counting:
        received += each.amount
        if suffices(received, promise.amount, promise.tolerance_percent):
            return each.paid_at
    return None
