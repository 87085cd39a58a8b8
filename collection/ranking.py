"""The order of the worklist as arithmetic: why a case stands where it does, and what it is worth.

A case's rank is the first of these that holds, as of a business date: contact is stopped by a hold;
a promise is due (a hold that leaves reminders lets it stand); contact is stopped but for reminders;
a promise was broken within BROKEN_DAYS; it is new today; its next action is for a later day; a
callback is due; nobody has touched it for so many whole days; else what it is expected to bring.
A promise that is due or broken gives way once somebody has followed it up since and agreed on a
later day. Nothing here depends on the time of day, so an order holds while one works and only what
happens to a case moves it.

Within a rank the smaller key stands first: for what has a moment (promises, callbacks, later) its
seconds since 1970; else the expected value in cents, negative. What was worked today and comes
again today stands behind the rest, by the agreed moment; what was skipped today behind all of its
rank, by when. collection.ranking_sql says the same in one statement.
"""

import enum
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

BROKEN_DAYS = 3
"""For so many days after the day on which it was judged a broken promise stands high."""
TOP_SCORE = 1000
AGAIN = 2 * 10**18
"""Added to the key of a case that was worked today and comes again; no value reaches it."""
SKIPPED = 5 * 10**18
"""Added to the key of a case that was skipped today."""


class Rank(enum.IntEnum):
    """Why a case stands where it does, first to last; the figures are stored."""

    PROMISE_DUE = 0
    PROMISE_BROKEN = 1
    CALLBACK = 2
    NEW = 3
    UNTOUCHED = 4
    DUE = 5
    LATER = 6
    STOPPED = 7


class Stop(enum.IntEnum):
    """How far holds in force stop contact. PARTLY: messages or reminders may still go out."""

    NOT = 0
    PARTLY = 1
    WHOLLY = 2


@dataclass(frozen=True, slots=True)
class Weights:
    """A company's figures. score_weight, touch_weight: percent, 0 to 100; unknown_score: 0–1000."""

    score_weight: Decimal = Decimal(100)
    unknown_score: int = 500
    touch_weight: Decimal = Decimal(0)
    untouched_days: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the rank of a case is told from.

    begins, ends: midnights of the business date. idle_days: dates from the later of assignment and
    last touch to the business date. promise_due: midnight of an open promise's day. broken_at: when
    the newest promise was judged broken, None where that is longer than BROKEN_DAYS ago.
    """

    begins: datetime
    ends: datetime
    next_action_at: datetime
    last_touch_at: datetime | None = None
    is_new: bool = False
    is_callback: bool = False
    idle_days: int = 0
    promise_due: datetime | None = None
    broken_at: datetime | None = None
    stop: Stop = Stop.NOT
    skipped_at: datetime | None = None


def rank_of(case: Standing, weights: Weights) -> Rank:
    """Why the case stands where it does."""
    later = case.next_action_at >= case.ends
    due = case.promise_due is not None and case.promise_due < case.ends
    if case.stop is Stop.WHOLLY:
        return Rank.STOPPED
    if due and not (later and _touched_since(case, case.promise_due)):
        return Rank.PROMISE_DUE
    if case.stop is Stop.PARTLY:
        return Rank.STOPPED
    broken = case.broken_at is not None and case.promise_due is None
    if broken and not (later and _touched_since(case, case.broken_at)):
        return Rank.PROMISE_BROKEN
    if case.is_new and case.last_touch_at is None:
        return Rank.NEW
    if later:
        return Rank.LATER
    if case.is_callback:
        return Rank.CALLBACK
    if case.idle_days > weights.untouched_days:
        return Rank.UNTOUCHED
    return Rank.DUE


def _touched_since(case: Standing, moment: datetime | None) -> bool:
    touched = case.last_touch_at
    return touched is not None and moment is not None and touched >= moment


def key_of(case: Standing, rank: Rank, cents: int) -> int:
    """The place within the rank, ascending. cents: the expected value."""
    if _was_skipped(case):
        assert case.skipped_at is not None
        return SKIPPED + _microseconds(case.skipped_at)
    agreed = case.next_action_at
    match rank:
        case Rank.PROMISE_DUE | Rank.PROMISE_BROKEN:
            promised = case.promise_due if rank is Rank.PROMISE_DUE else case.broken_at
            assert promised is not None
            return _seconds(agreed if case.begins <= agreed < case.ends else promised)
        case Rank.CALLBACK | Rank.LATER:
            return _seconds(agreed)
        case Rank.DUE if _touched_since(case, case.begins):
            return AGAIN + _seconds(agreed)
    return -cents


def _was_skipped(case: Standing) -> bool:
    """Whether the case was skipped today and nobody has worked it since."""
    if case.skipped_at is None or case.skipped_at < case.begins:
        return False
    return case.last_touch_at is None or case.last_touch_at < case.skipped_at


def _seconds(moment: datetime) -> int:
    return _microseconds(moment) // 10**6


def _microseconds(moment: datetime) -> int:
    # Whole numbers throughout: a float holds too few digits of today's microseconds.
    return int(moment.replace(microsecond=0).timestamp()) * 10**6 + moment.microsecond


def expected_cents(
    outstanding: Decimal, score: int | None, idle_days: int, weights: Weights
) -> int:
    """What a case is expected to bring, in cents, half a cent rounded up.

    The outstanding amount; of it, score_weight percent count by the score (0 to 1000, higher is
    more likely to pay) and the rest in full. The longer nobody touched it, the more it counts, up
    to touch_weight percent more after untouched_days.
    """
    days = max(weights.untouched_days, 1)
    idle = min(max(idle_days, 0), days)
    known = weights.unknown_score if score is None else score
    share = 100 * TOP_SCORE - weights.score_weight * (TOP_SCORE - known)
    above = outstanding * share * (100 * days + weights.touch_weight * idle)
    below = 100 * TOP_SCORE * days
    return int((2 * above + below) // (2 * below))


def score_share(score: int | None, weights: Weights) -> Decimal:
    """The percentage of the outstanding amount that the score leaves."""
    known = weights.unknown_score if score is None else score
    return 100 - weights.score_weight * (TOP_SCORE - known) / TOP_SCORE


def touch_share(idle_days: int, weights: Weights) -> Decimal:
    """By how many percent a case counts more for the days on which nobody touched it."""
    days = max(weights.untouched_days, 1)
    return weights.touch_weight * min(max(idle_days, 0), days) / days
