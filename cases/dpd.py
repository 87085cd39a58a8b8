"""Days past due: how late a loan is on a day, when holds may stop the clock.

All dates are the company's local business dates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Pause:
    """Days on which the clock stands still: from `start` up to, not including, `end`.

    Without an `end` it is still running. An end on or before the start is no pause at all.
    """

    start: date
    end: date | None = None


def merged(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """The same days as disjoint pauses in order; pauses that touch become one."""
    whole: list[Pause] = []
    for pause in sorted(pauses, key=lambda p: p.start):
        if pause.end is not None and pause.end <= pause.start:
            continue
        last = whole[-1] if whole else None
        if last is None or (last.end is not None and last.end < pause.start):
            whole.append(pause)
        else:
            whole[-1] = Pause(last.start, _later_end(last.end, pause.end))
    return tuple(whole)


def _later_end(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)


def _since(due: date, pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """The merged pauses without the days before `due`, which never count."""
    return merged(Pause(max(p.start, due), p.end) for p in pauses)


def days_past_due(*, due: date, on: date, pauses: Iterable[Pause] = ()) -> int:
    """Days since `due` at the close of day `on`, without the paused days before `on`.

    A pause holds the count of its first day, and the day on which it ends has the same count.
    Before the due date the result is negative: not due yet.
    """
    days = (on - due).days
    for pause in _since(due, pauses):
        end = on if pause.end is None else min(pause.end, on)
        days -= max((end - pause.start).days, 0)
    return days


def aged_from(*, due: date, on: date, pauses: Iterable[Pause] = ()) -> date:
    """The date to count from: `due` moved later by all pauses that ended on or before `on`.

    While no pause runs, days past due are the days since this date; while one runs, they are the
    days from this date to the pause's first day (or zero, if that lies before the due date).
    """
    shift = sum(
        (p.end - p.start).days for p in _since(due, pauses) if p.end is not None and p.end <= on
    )
    return due + timedelta(days=shift)


def running_pause(*, on: date, pauses: Iterable[Pause]) -> Pause | None:
    """The merged pause that holds the clock on day `on`, if one does."""
    for pause in merged(pauses):
        if pause.start <= on and (pause.end is None or on < pause.end):
            return pause
    return None


def reaches(
    *, due: date, dpd_target: int, pauses: Iterable[Pause] = (), after: date
) -> date | None:
    """The first day, not before `after`, on which days past due are `dpd_target` or more.

    None if a pause without an end holds the clock before that.
    """
    cursor, needed = due, dpd_target
    for pause in _since(due, pauses):
        free = (pause.start - cursor).days
        if free >= needed:
            break
        if pause.end is None:
            return None
        needed -= free
        cursor = pause.end
    return max(cursor + timedelta(days=needed), after)
