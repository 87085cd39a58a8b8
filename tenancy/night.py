"""Running a company's night: named steps in order, each once per business date.

A step runs in one transaction that holds its NightStep row; killed, it leaves nothing behind
and the next run takes it up. Two nights at once: the second waits for the row, then finds the
step done. Every step may be done again without harm: on a day whose files came after its night,
the operator has the newest date's steps done once more. Which steps there are is said in
config.night.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from tenancy.models import Company, NightStep
from tenancy.scope import company_scope, current_scope

Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, and the function that does it for the scope's company and a date."""

    name: str
    run: Callable[[Company, date], Counts]


@dataclass(frozen=True, slots=True)
class StepDone:
    """What a step did.

    `again` is true when an earlier run had done it; `ran` is false when that was left at that,
    and the counts are then the earlier run's.
    """

    business_date: date
    step: str
    counts: Counts
    seconds: Decimal
    again: bool
    ran: bool


class NightToCome(ValueError):
    """A business date that the company has not reached; the message says so in one sentence."""


LAST_NIGHT = """
SELECT max(business_date) FROM tenancy_nightstep
WHERE company_id = %(scope)s AND done_at IS NOT NULL
"""
"""The newest business date of the open scope's company: every page asks, alone or in passing."""
BUSINESS_DATE = f"coalesce(({LAST_NIGHT}), %(today)s::date)"
"""SQL of `business_date` inside a statement. today: the date on the company's clock."""


def last_night() -> date | None:
    """The newest business date that the scope's company opened."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_NIGHT, {"scope": current_scope().company_id})
        newest: date | None = cursor.fetchone()[0]
    return newest


def business_date(company: Company) -> date:
    """The company's business date: the last one opened, else today on its clock.

    Call inside the company's scope.
    """
    return last_night() or company.local_date()


def days_to_run(company: Company, until: date) -> list[date]:
    """The business dates to open up to `until`, oldest first.

    The newest one comes again, because a killed night may have left some of its steps undone;
    those that are done find themselves so. A date in the past is run alone. Raises NightToCome
    for a date after the company's today: cases aged into the future could not be aged back.
    """
    today = company.local_date()
    if until > today:
        raise NightToCome(f"The date {until} is still to come; today is {today} at {company.code}.")
    with company_scope(company):
        newest = last_night()
    if newest is None or until < newest:
        return [until]
    return [newest + timedelta(days=n) for n in range((until - newest).days + 1)]


def night_is_done(*, day: date, steps: Sequence[Step]) -> bool:
    """Whether every step of the business date is done; call inside the company's scope."""
    done = NightStep.objects.filter(business_date=day, done_at__isnull=False)
    return {step.name for step in steps} <= set(done.values_list("step", flat=True))


def run_night(
    *,
    company: Company,
    steps: Sequence[Step],
    until: date,
    wait: bool = True,
    again: bool = False,
) -> Iterator[StepDone]:
    """Open every business date up to `until`; yields after each step. Call outside a scope.

    Where another process is at a step of this company, wait for it and go on; with `wait` False,
    leave the rest of the night to it. again: do the steps of the newest date once more that were
    done when this began, for what came in since; not those that another process does meanwhile.
    Raises NightToCome as days_to_run does.
    """
    days = days_to_run(company, until)
    repeated = _done_steps(company, until) if again else set()
    for day in days:
        for step in steps:
            done = run_step(
                company=company, step=step, day=day, wait=wait, again=step.name in repeated
            )
            if done is None:
                return
            yield done


def _done_steps(company: Company, day: date) -> set[str]:
    """The steps done of the newest business date; none of another one."""
    with company_scope(company):
        if day != last_night():
            return set()
        done = NightStep.objects.filter(business_date=day, done_at__isnull=False)
        return set(done.values_list("step", flat=True))


def run_step(
    *, company: Company, step: Step, day: date, wait: bool = True, again: bool = False
) -> StepDone | None:
    """Do one step unless it is done (with `again` even then), in one transaction with its record.

    None when another process is at it and `wait` is False.
    """
    started = time.monotonic()
    with company_scope(company):
        NightStep.objects.bulk_create(
            [NightStep(company_id=company.pk, business_date=day, step=step.name)],
            ignore_conflicts=True,
        )
    with company_scope(company):
        rows = NightStep.objects.select_for_update(skip_locked=not wait)
        row = rows.filter(business_date=day, step=step.name).first()
        if row is None:
            return None
        before = row.done_at is not None
        if before and not again:
            seconds = row.seconds or Decimal(0)
            return StepDone(day, step.name, row.counts, seconds, again=True, ran=False)
        row.counts = step.run(company, day)
        row.seconds = Decimal(f"{time.monotonic() - started:.3f}")
        row.done_at = timezone.now()
        row.save(update_fields=["counts", "seconds", "done_at"])
    return StepDone(day, step.name, row.counts, row.seconds, again=before, ran=True)
