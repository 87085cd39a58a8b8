"""Importing a feed: read, judge, apply. The same for the command, the screens and the API.

Each step commits by itself: a batch of rows read, the judgement, a chunk of rows applied together
with the run's position. So a process may be killed at any moment; the same file again, or the
same job again, goes on or starts over and ends in the same state. Called in a request's
transaction (a few rows by the API), all of it is that one transaction.
"""

import codecs
import hashlib
import time
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import OperationalError, transaction
from django.utils import timezone

from cases.feed import runs, sql
from cases.feed.faults import FileRefused
from cases.feed.files import FeedFile, open_feed
from cases.feed.judging import judge
from cases.feed.kinds import PIPELINES
from cases.feed.pipeline import AFTER_ROWS, Chunk, Pipeline, Work
from cases.feed.reading import Batch, batches, store
from cases.feed.runs import Origin, Turn
from cases.feed.sql import OWNER, RUN
from cases.models import ImportRun
from tenancy.models import Company, User
from tenancy.scope import company_scope

ROWS_AT_ONCE = 20_000
"""Rows read, and rows applied, in one transaction."""
PATIENCE = 15 * 60.0
"""Seconds to wait for another import of the company; one that was killed is passed sooner."""
DEADLOCK = "40P01"
TRIES = 4

State = ImportRun.State
Report = Callable[[str, int, int | None], None]
"""Called with the step (read, judge, wait, apply), the rows done, and how many there are."""

_NEXT_CHUNK = f"""
SELECT max(place), count(*) FROM (
    SELECT place FROM {{table}}
    WHERE owner_id = {OWNER} AND run_id = {RUN} AND place > %(position)s
    ORDER BY place LIMIT %(limit)s
) next
"""
_APPLIED = f"""
SELECT count(*) FILTER (WHERE place <= %(position)s), count(*) FROM {{table}}
WHERE owner_id = {OWNER} AND run_id = {RUN}
"""


class Stopped(Exception):
    """The run was ended elsewhere while it was read or judged."""


def silent(_step: str, _done: int, _total: int | None) -> None:
    """A report that nobody reads."""


def import_file(
    *,
    company: Company,
    kind: str,
    as_of: date,
    path: Path,
    dry_run: bool = False,
    strict: bool = False,
    by: User | None = None,
    report: Report = silent,
    name: str = "",
    rows_at_once: int = ROWS_AT_ONCE,
) -> ImportRun:
    """Import a file by command; returns the run, whose state says how it ended.

    DONE; JUDGED after a dry run; REFUSED with the reason. The same file again after a kill goes on
    where the killed run stood. Raises FileRefused where no run could be begun, and OSError. Call
    it outside any scope.
    """
    runs.check_sender(company=company, as_of=as_of)
    digest = file_digest(path)
    with company_scope(company):
        twin = runs.killed_twin(kind=kind, as_of=as_of, strict=strict, file_digest=digest)
        if twin is not None and twin.state == State.APPLYING and not dry_run:
            run = twin
        else:
            if twin is not None:
                runs.discard_run(company=company, run_id=twin.pk)
            origin = Origin(
                source=ImportRun.Source.COMMAND,
                by=by,
                name=name,
                file_name=path.name,
                file_size=path.stat().st_size,
                file_digest=digest,
            )
            run = runs.begin_run(
                company=company, kind=kind, as_of=as_of, strict=strict, origin=origin
            )
    if run.state == State.READING and not judge_file(
        company=company, run=run, path=path, report=report, rows_at_once=rows_at_once
    ):
        return run
    if dry_run:
        return run
    return apply_run(company=company, run_id=run.pk, report=report, rows_at_once=rows_at_once)


def file_digest(path: Path) -> bytes:
    """SHA-256 of a file: the same file is known by it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def format_of(path: Path) -> str:
    """What a file is, for people: told by its first bytes, as when it is opened."""
    with path.open("rb") as file:
        head = file.read(3)
    if head.startswith(b"PK"):
        return "XLSX"
    return "UTF-8 BOM" if head == codecs.BOM_UTF8 else "UTF-8"


def judge_file(
    *,
    company: Company,
    run: ImportRun,
    path: Path,
    report: Report = silent,
    rows_at_once: int = ROWS_AT_ONCE,
) -> bool:
    """Read and judge a file; False when it is refused as a whole (the run says why)."""
    pipeline = PIPELINES[run.kind]
    run.file_format = format_of(path)
    try:
        with open_feed(path, pipeline.feed) as feed:
            return judge_feed(
                company=company, run=run, feed=feed, report=report, rows_at_once=rows_at_once
            )
    except FileRefused as refusal:
        with company_scope(company):
            runs.refuse_run(company=company, run=run, refusal=refusal)
        return False


def judge_feed(
    *,
    company: Company,
    run: ImportRun,
    feed: FeedFile,
    report: Report = silent,
    rows_at_once: int = ROWS_AT_ONCE,
) -> bool:
    """Read and judge what an open feed holds; False when it is refused as a whole."""
    try:
        pipeline = PIPELINES[run.kind]
        _read(company, run, batches(feed, pipeline, company.timezone, rows_at_once), report)
        verdict = feed.verdict
        run.unknown_columns = [
            sql.storable(name) for name in (*verdict.unknown, *verdict.unusable_attrs)
        ]
    except FileRefused as refusal:
        with company_scope(company):
            runs.refuse_run(company=company, run=run, refusal=refusal)
        return False
    report("judge", run.rows, run.rows)
    with company_scope(company):
        judge_again(company=company, run=run)
        run.seconds_to_judge = Decimal(f"{(timezone.now() - run.started_at).total_seconds():.1f}")
        run.save(update_fields=["seconds_to_judge"])
    return True


def judge_again(*, company: Company, run: ImportRun) -> None:
    """Judge a run that is read, in the company's scope and turn."""
    runs.take_turn(company)
    _still(run)
    began = timezone.now()
    judge(runs.work_of(company, run), PIPELINES[run.kind])
    run.judged_at = began
    if run.state == State.READING:
        run.state = State.JUDGED
    run.save()


def _read(company: Company, run: ImportRun, found: Iterable[Batch], report: Report) -> None:
    pipeline = PIPELINES[run.kind]
    with company_scope(company):
        runs.start_over(company=company, run=run)
    rows = 0
    for batch in found:
        with company_scope(company):
            _still(run)
            store(batch, pipeline, owner=company.pk, run=run.pk)
        rows += batch.rows
        report("read", rows, None)
    if not rows:
        raise FileRefused("no_rows")
    run.rows = rows


def _still(run: ImportRun) -> None:
    """Lock the run; raise Stopped where somebody has ended it meanwhile."""
    states = ImportRun.objects.select_for_update(no_key=True).values_list("state", flat=True)
    if states.get(pk=run.pk) != run.state:
        raise Stopped(f"The import {run.uid} was ended elsewhere.")


def apply_run(
    *,
    company: Company,
    run_id: int,
    confirmed_by: str = "",
    look_again: bool = False,
    patience: float = PATIENCE,
    report: Report = silent,
    rows_at_once: int = ROWS_AT_ONCE,
) -> ImportRun:
    """Write a judged run, or go on with one that was killed while writing; returns it.

    Waits up to `patience` seconds for another import of the company, then raises FileRefused
    "busy". Where another one has written since the run was judged, it is judged again first; with
    `look_again` and other figures than before it then waits for a new confirmation (JUDGED, with
    book_changed). A strict run with a refused row writes nothing (REFUSED).
    """
    deadline = time.monotonic() + patience
    while True:
        with company_scope(company):
            turn = _turn(company, run_id, confirmed_by, look_again=look_again)
        if turn is Turn.GO:
            break
        if turn is Turn.OVER:
            return _run(company, run_id)
        if turn is Turn.BUSY:
            if time.monotonic() >= deadline:
                raise FileRefused("busy")
            report("wait", 0, None)
            time.sleep(1)
    _write(company, run_id, report, rows_at_once)
    return _run(company, run_id)


def _turn(company: Company, run_id: int, confirmed_by: str, *, look_again: bool) -> Turn:
    """One try to get the turn; what stands in the way for good is written on the run."""
    run = ImportRun.objects.get(pk=run_id)
    if run.strict and run.rejected and run.state == State.JUDGED:
        refusal = FileRefused("strict", rejected=run.rejected, rows=run.rows)
        runs.refuse_run(company=company, run=run, refusal=refusal)
        return Turn.OVER
    turn = runs.may_apply(company=company, run_id=run_id, confirmed_by=confirmed_by)
    if turn is not Turn.BOOK_CHANGED:
        return turn
    before = _shown(run)
    judge_again(company=company, run=run)
    if look_again and run.state == State.JUDGED and _shown(run) != before:
        run.book_changed = True
        run.save(update_fields=["book_changed"])
        return Turn.OVER
    return turn


def _shown(run: ImportRun) -> tuple[object, ...]:
    """The figures that a person confirms."""
    outlook = {name: tuple(told) for name, told in run.outlook.items()}
    return run.new, run.changed, run.unchanged, run.rejected, run.differs, run.suspense, outlook


def _run(company: Company, run_id: int) -> ImportRun:
    with company_scope(company):
        return ImportRun.objects.get(pk=run_id)


def _write(company: Company, run_id: int, report: Report, rows_at_once: int) -> None:
    with company_scope(company):
        run = ImportRun.objects.get(pk=run_id)
        pipeline = PIPELINES[run.kind]
        done, total = sql.row(
            _APPLIED.format(table=pipeline.table),
            {"owner": company.pk, "run": run_id, "position": run.position},
        )
    report("apply", done, total)
    while (rows := _step(company, run_id, pipeline, rows_at_once)) is not None:
        done += rows
        report("apply", done, total)


def _step(company: Company, run_id: int, pipeline: Pipeline, most: int) -> int | None:
    """Apply the next piece in a transaction of its own; None when the run is over.

    People at work and the night lock loans and cases too; who loses a deadlock tries again.
    """
    for last in (False,) * (TRIES - 1) + (True,):
        try:
            with company_scope(company):
                return _apply_next(company, run_id, pipeline, most)
        except OperationalError as error:
            lost = getattr(error.__cause__, "pgcode", None) == DEADLOCK
            if not lost or last or transaction.get_connection().in_atomic_block:
                raise
    return None


def _apply_next(company: Company, run_id: int, pipeline: Pipeline, most: int) -> int | None:
    runs.take_turn(company)
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state != State.APPLYING:
        return None
    work = runs.work_of(company, run)
    rows = _apply_rows(work, pipeline, most) if run.position < AFTER_ROWS else 0
    if not rows:
        after = max(run.position, AFTER_ROWS)
        position = pipeline.finish(work, after) if pipeline.finish else None
        if position is None:
            runs.finish_run(company=company, run=run)
            return None
        run.position = position
    run.moved_at = timezone.now()
    run.save()
    return rows


def _apply_rows(work: Work, pipeline: Pipeline, most: int) -> int:
    """Apply the next chunk; returns its rows, 0 when there are none left."""
    run = work.run
    if not run.new + run.changed + _told(run, "restated"):
        return 0
    limits = {**work.values, "position": run.position, "limit": most}
    upto, rows = sql.row(_NEXT_CHUNK.format(table=pipeline.table), limits)
    if upto is None:
        return 0
    counts = pipeline.apply(Chunk(work, run.position, upto))
    run.position = upto
    run.suspense += counts.get("suspense", 0)
    run.already_in_balance += counts.get("already_in_balance", 0)
    run.rejected += counts.get("late", 0)
    return int(rows)


def _told(run: ImportRun, effect: str) -> int:
    count, _amount = run.outlook.get(effect, (0, ""))
    return int(count)
