"""The life of an import: begun, judged, confirmed, applied, done; or refused, or discarded.

The verbs run in the lender's scope. One import of a company writes at a time: its turn is a lock
for the length of a transaction, and a run that writes over many of them is known by its state
and by when it last moved. One that has not moved for SILENCE counts as killed.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any

from django.db import models
from django.utils import timezone

from cases.feed import sql, stored_files
from cases.feed.faults import FileRefused
from cases.feed.kinds import PIPELINES
from cases.feed.pipeline import Work
from cases.feed.sql import OWNER, RUN
from cases.models import ImportDifference, ImportReject, ImportRun, LenderSettings
from tenancy.models import Company, User
from tenancy.night import last_night

SILENCE = timedelta(seconds=90)
UNCONFIRMED_FOR = timedelta(days=7)

State = ImportRun.State
WAITING = (State.READING, State.JUDGED)


class Turn(Enum):
    """Whether a run may write."""

    GO = "go"
    BUSY = "busy"
    BOOK_CHANGED = "book_changed"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a run comes from: by which door, from whom, and as what."""

    source: str
    by: User | None = None
    name: str = ""
    file_name: str = ""
    file_size: int = 0
    file_digest: bytes = b""
    file_format: str = ""
    stored_as: str = ""


def check_sender(*, company: Company, as_of: date) -> None:
    """Raise FileRefused when the company has no book to import into or the date is to come."""
    if not company.is_lender:
        raise FileRefused("not_a_lender", company=company.code)
    today = company.local_date()
    if as_of > today:
        raise FileRefused("future_date", as_of=str(as_of), today=str(today))


def is_by_statement(company: Company) -> bool:
    """Whether the lender's balances are those of its statements."""
    settings = LenderSettings.objects.filter(company=company)
    authority = settings.values_list("balance_authority", flat=True).first()
    return authority == LenderSettings.Authority.STATEMENT


def begin_run(
    *, company: Company, kind: str, as_of: date, strict: bool, origin: Origin
) -> ImportRun:
    """Begin an import. Raises FileRefused as check_sender does, and for statements nobody asked."""
    check_sender(company=company, as_of=as_of)
    if kind == ImportRun.Kind.STATEMENTS and not is_by_statement(company):
        raise FileRefused("not_by_statement", company=company.code)
    _forget_unconfirmed(company)
    stored_files.remove_forgotten(company.pk)
    by = origin.by
    run = ImportRun.objects.create(
        owner_id=company.pk,
        kind=kind,
        as_of=as_of,
        strict=strict,
        source=origin.source,
        file_name=sql.storable(origin.file_name)[-200:],
        file_size=origin.file_size,
        file_digest=origin.file_digest,
        file_format=origin.file_format,
        stored_as=origin.stored_as,
        requested_by_id=by.pk if by else None,
        requested_by_name=by.display_name if by else origin.name,
    )
    run.refresh_from_db(fields=["uid", "started_at"])
    return run


def killed_twin(*, kind: str, as_of: date, strict: bool, file_digest: bytes) -> ImportRun | None:
    """The newest run of the same file by command that has not come to its end.

    One that writes may be gone on with, also while another process is at it: they take turns.
    """
    return (
        ImportRun.objects.filter(
            kind=kind,
            as_of=as_of,
            strict=strict,
            file_digest=file_digest,
            source=ImportRun.Source.COMMAND,
            state__in=[State.APPLYING, *WAITING],
        )
        .order_by("-id")
        .first()
    )


def work_of(company: Company, run: ImportRun) -> Work:
    """The run with the business date to which its cases are made true.

    That is the last night's date or the run's, whichever is later, but never before what an
    earlier import was made true for.
    """
    newest = ImportRun.objects.filter(state__in=[State.APPLYING, State.DONE]).aggregate(
        newest=models.Max("as_of")
    )["newest"]
    dates = [run.as_of, last_night(), newest]
    return Work(company, run, max(day for day in dates if day is not None))


def take_turn(company: Company) -> None:
    """Wait until no other transaction writes an import of the company; held until this one ends."""
    sql.row(
        "SELECT pg_advisory_xact_lock(hashtextextended('recoup import', %(company)s))",
        {"company": company.pk},
    )


def may_apply(*, company: Company, run_id: int, confirmed_by: str = "") -> Turn:
    """Let a judged run write, or go on writing, if it is its turn.

    BUSY: another one writes. BOOK_CHANGED: another one has written since this was judged, so it
    has to be judged again. OVER: there is nothing left to do.
    """
    take_turn(company)
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    others = ImportRun.objects.exclude(pk=run_id)
    alive = timezone.now() - SILENCE
    if run.state not in (State.JUDGED, State.APPLYING):
        return Turn.OVER
    if others.filter(state=State.APPLYING, moved_at__gt=alive).exists():
        return Turn.BUSY
    looked_at = [moment for moment in (run.judged_at, run.moved_at) if moment is not None]
    if others.filter(moved_at__gt=max(looked_at)).exists():
        return Turn.BOOK_CHANGED
    if run.state == State.JUDGED:
        run.state = State.APPLYING
        run.confirmed_by_name = confirmed_by
        run.confirmed_at = run.moved_at = timezone.now()
        run.already_in_balance = run.suspense = 0
        run.save()
    return Turn.GO


def refuse_run(*, company: Company, run: ImportRun, refusal: FileRefused) -> None:
    """End a run whose file cannot be taken in; the rejects stay to be looked at."""
    params: dict[str, Any] = {
        name: sql.storable(value) if isinstance(value, str) else value
        for name, value in refusal.params.items()
    }
    _end(company, run, State.REFUSED, refusal_code=refusal.code, refusal_params=params)


def finish_run(*, company: Company, run: ImportRun) -> None:
    """End a run all of whose rows are applied."""
    _end(company, run, State.DONE, moved_at=timezone.now())


def discard_run(*, company: Company, run_id: int) -> bool:
    """End a run that nobody wants any more; False when it writes already or is over."""
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state not in WAITING:
        return False
    _end(company, run, State.DISCARDED)
    return True


def start_over(*, company: Company, run: ImportRun) -> None:
    """Forget what a killed reading has staged."""
    values = {"owner": company.pk, "run": run.pk}
    sql.execute(_delete_staged(run.kind), values)
    ImportReject.objects.filter(run=run).delete()
    ImportDifference.objects.filter(run=run).delete()


def sentence_of(run: ImportRun) -> str:
    """Why the run was refused, in the language in force; "" when it was not."""
    if not run.refusal_code:
        return ""
    from django.utils.translation import gettext

    return FileRefused(run.refusal_code, **run.refusal_params).sentence(gettext)


def _end(company: Company, run: ImportRun, state: str, **changes: Any) -> None:
    sql.execute(_delete_staged(run.kind), {"owner": company.pk, "run": run.pk})
    stored_files.remove(company.pk, run.stored_as)
    run.state, run.stored_as, run.finished_at = state, "", timezone.now()
    for name, value in changes.items():
        setattr(run, name, value)
    run.save()


def _delete_staged(kind: str) -> str:
    table = PIPELINES[kind].table
    return f"DELETE FROM {table} WHERE owner_id = {OWNER} AND run_id = {RUN}"


def _forget_unconfirmed(company: Company) -> None:
    """Discard what has waited for a confirmation for a week."""
    old = timezone.now() - UNCONFIRMED_FOR
    for run in ImportRun.objects.filter(state__in=WAITING, started_at__lt=old)[:20]:
        discard_run(company=company, run_id=run.pk)
