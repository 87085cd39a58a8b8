"""Background work: asked for in a verb's transaction, nudged after commit, swept when missed.

A kind of job is a function `(job, report) -> result` named in config.wiring. It is run in its
company's scope by whichever worker takes the lease; it must be safe to run again from the start
or from where its own records say it was.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from tenancy.models import Company, Job, User
from tenancy.scope import company_scope

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
ATTEMPTS = 5

Report = Callable[[int, int | None], None]
Handler = Callable[[Job, Report], dict[str, Any]]
Nudge = Callable[[int, int], None]
_handlers: dict[str, Handler] = {}
_nudge: list[Nudge] = []


def wire_jobs(*, handlers: Mapping[str, Handler], nudge: Nudge) -> None:
    """Set which function does which kind of job, and how a worker is nudged."""
    _handlers.clear()
    _handlers.update(handlers)
    _nudge[:] = [nudge]


def ask_for(
    *,
    kind: str,
    args: dict[str, Any],
    title: str,
    by: User | None,
    total: int | None = None,
) -> Job:
    """Write the job in the running transaction; nudge a worker once that has committed.

    kind: a name of the wiring. args: ids and plain values only. A queue that is gone loses
    nothing: the sweeper sends the job when it is back.
    """
    if kind not in _handlers:
        raise LookupError(f"No job is called {kind!r}; see config/wiring.py.")
    job: Job = Job.objects.create(
        kind=kind,
        args=args,
        title=title,
        total=total,
        requested_by_id=by.pk if by else None,
        requested_by_name=by.display_name if by else "",
    )
    company_id, job_id = job.company_id, job.pk
    transaction.on_commit(lambda: nudge_worker(company_id, job_id), robust=True)
    return job


def nudge_worker(company_id: int, job_id: int) -> None:
    """Tell a worker of a waiting job; a queue that cannot be reached is only logged."""
    try:
        _nudge[0](company_id, job_id)
    except Exception as error:  # noqa: BLE001
        log.warning("job %s waits for the sweeper: %s", job_id, error)


def run_job(*, company: Company, job_id: int) -> bool:
    """Take the job's lease and do it. False when somebody else has it, it is over or cut off.

    Runs outside any transaction, so that progress is seen while the work goes on. A job that loses
    its database has not failed: it keeps its lease, and the sweeper has it done again afterwards.
    """
    with company_scope(company):
        if not _take_lease(job_id):
            return False
        job = Job.objects.get(pk=job_id)
    report = _reporter(company, job_id)
    began_on = connection.connection
    try:
        result = _handlers[job.kind](job, report)
    except Exception as error:
        # Django lets go of a connection that it cannot even roll back, and makes a new one.
        if connection.connection is not began_on:
            log.warning("job %s (%s) lost its database: %s", job_id, job.kind, error)
            return False
        log.exception("job %s (%s) failed", job_id, job.kind)
        _finish(
            company,
            job_id,
            state=Job.State.FAILED,
            error=f"{type(error).__name__}: {error}",
        )
        return True
    _finish(company, job_id, state=Job.State.DONE, result=result)
    return True


def _take_lease(job_id: int) -> bool:
    now = timezone.now()
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    return bool(
        Job.objects.filter(free, pk=job_id).update(
            state=Job.State.RUNNING,
            started_at=now,
            lease_until=now + LEASE,
            attempts=F("attempts") + 1,
        )
    )


def _reporter(company: Company, job_id: int) -> Report:
    def report(done: int, total: int | None) -> None:
        with company_scope(company):
            Job.objects.filter(pk=job_id).update(
                done=done, total=total, lease_until=timezone.now() + LEASE
            )

    return report


def _finish(company: Company, job_id: int, **fields: Any) -> None:
    with company_scope(company):
        Job.objects.filter(pk=job_id).update(finished_at=timezone.now(), lease_until=None, **fields)


def sweep(*, company: Company) -> int:
    """Nudge again for every job that waits or whose worker is gone; returns how many.

    A job that has been started ATTEMPTS times without an end is given up with its reason.
    """
    now = timezone.now()
    with company_scope(company):
        lost = Q(state=Job.State.RUNNING, lease_until__lt=now)
        Job.objects.filter(lost, attempts__gte=ATTEMPTS).update(
            state=Job.State.FAILED,
            finished_at=now,
            error=f"Started {ATTEMPTS} times; each time the worker was lost.",
        )
        waiting = list(
            Job.objects.filter(Q(state=Job.State.QUEUED) | lost).values_list("pk", flat=True)
        )
    for job_id in waiting:
        nudge_worker(company.pk, job_id)
    return len(waiting)
