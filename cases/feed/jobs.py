"""The feed's background work: reading and judging an upload, and writing what was confirmed."""

from typing import Any

from django.utils.translation import gettext as _

from cases.feed import stored_files
from cases.feed.faults import FileRefused
from cases.feed.importing import Report as StepReport
from cases.feed.importing import Stopped, apply_run, judge_file
from cases.feed.results import COUNTS
from cases.feed.runs import refuse_run
from cases.models import ImportRun
from tenancy.jobs import Report, ask_for
from tenancy.models import Company, Job, User
from tenancy.scope import company_scope

JUDGE, APPLY = "judge_feed", "apply_feed"


def ask_to_judge(*, run: ImportRun, by: User | None, then_apply: bool = False) -> Job:
    """Have a stored file read and judged in the background; `then_apply`: and written at once."""
    title = _("Import %(feed)s") if then_apply else _("Check %(feed)s")
    return _ask(JUDGE, title, run, by, apply=then_apply)


def ask_to_apply(
    *, run: ImportRun, by: User | None, confirmed_by: str, look_again: bool = True
) -> Job:
    """Have a judged run written in the background.

    look_again: wait for a new confirmation where the book has changed since it was judged.
    """
    args = {"confirmed_by": confirmed_by, "look_again": look_again}
    return _ask(APPLY, _("Import %(feed)s"), run, by, **args)


def _ask(kind: str, title: str, run: ImportRun, by: User | None, **args: Any) -> Job:
    job = ask_for(
        kind=kind, args={"run": run.pk, **args}, title=title % {"feed": feed_words(run)}, by=by
    )
    run.job_id = job.pk
    run.save(update_fields=["job_id"])
    return job


def job_of(run: ImportRun) -> Job | None:
    """The run's background work, if it has any."""
    return Job.objects.filter(pk=run.job_id).first() if run.job_id else None


def is_at_work(job: Job | None) -> bool:
    """Whether the work waits for a worker or is under way."""
    return job is not None and job.state in (Job.State.QUEUED, Job.State.RUNNING)


def feed_words(run: ImportRun) -> str:
    """What a run brings, in words: "Loans 2026-11-19"."""
    return f"{run.get_kind_display()} {run.as_of.isoformat()}"


def judge_upload(job: Job, report: Report) -> dict[str, Any]:
    """Job: read and judge a stored file. Run again, it starts over, or goes on with writing."""
    company = job.company
    run = _run_of(company, job)
    if run.state == ImportRun.State.READING:
        _judge(company, run, report)
    if job.args.get("apply") and not run.is_over:
        run = apply_run(company=company, run_id=run.pk, report=_steps(report))
    return _told(run)


def _judge(company: Company, run: ImportRun, report: Report) -> None:
    path = stored_files.path_of(company.pk, run.stored_as or "-")
    if not path.is_file():
        with company_scope(company):
            refuse_run(company=company, run=run, refusal=FileRefused("no_file"))
        return
    try:
        judge_file(company=company, run=run, path=path, report=_steps(report))
    except Stopped:
        with company_scope(company):
            run.refresh_from_db()
        return
    # The rows are staged, sealed: the file in the clear is not needed any more.
    stored_files.remove(company.pk, run.stored_as)
    with company_scope(company):
        ImportRun.objects.filter(pk=run.pk).update(stored_as="")


def apply_confirmed(job: Job, report: Report) -> dict[str, Any]:
    """Job: write a run that somebody has confirmed. Run again, it goes on where it stood."""
    run = apply_run(
        company=job.company,
        run_id=job.args["run"],
        confirmed_by=job.args.get("confirmed_by", ""),
        look_again=bool(job.args.get("look_again")),
        report=_steps(report),
    )
    return _told(run)


def _run_of(company: Company, job: Job) -> ImportRun:
    with company_scope(company):
        return ImportRun.objects.get(pk=job.args["run"])


def _told(run: ImportRun) -> dict[str, Any]:
    return {"run": str(run.uid), "state": run.state, **{n: getattr(run, n) for n in COUNTS}}


def _steps(report: Report) -> StepReport:
    """A job knows no steps: only how far the one under way is."""

    def told(_step: str, done: int, total: int | None) -> None:
        report(done, total)

    return told
