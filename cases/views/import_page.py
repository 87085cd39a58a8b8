"""One import on its page: how far it is, what it would do or did, and which rows are refused."""

import io
import tempfile
from collections.abc import Callable
from decimal import Decimal
from typing import IO, Any, cast
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.feed.jobs import feed_words, is_at_work, job_of
from cases.feed.outlook import COUNT_WORDS, MORE_COUNT_WORDS, outlook_of
from cases.feed.results import write_differences, write_rejects
from cases.feed.runs import sentence_of
from cases.import_access import LENDERS, READERS, may_write
from cases.models import ImportRun
from cases.views.import_tables import Shown, shown_rows
from tenancy.access import for_roles
from tenancy.formats import count, money, percent, stamp
from tenancy.http import Request
from tenancy.models import Job
from tenancy.screen import Fact, Stat, Step, Text, Tone

State = ImportRun.State
UNDER_WAY = (State.READING, State.APPLYING)
IN_MEMORY = 1024 * 1024
ICONS = {"new": "plus", "changed": "pencil", "unchanged": "equal", "rejected": "circle-x"}


@for_roles(*READERS, kinds=LENDERS)
@require_safe
def page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The run: upload, dry run, import and result are states of this one page."""
    run = get_object_or_404(ImportRun, uid=uid)
    user, job = cast("Request", request).user, job_of(run)
    shown = shown_rows(user.company, run, request.GET)
    context: dict[str, Any] = {
        "run": run,
        "title": feed_words(run),
        "state": run.state,
        "steps": _steps(run),
        "stats": _stats(run, shown) if run.judged_at else [],
        "shown": shown if run.judged_at else None,
        "facts": _facts(run),
        "outlook": _outlook(run) if run.judged_at else [],
        "refusal": sentence_of(run),
        "job": job,
        "shows_work": _shows_work(run, job),
        "is_at_work": is_at_work(job),
        "may_write": may_write(user, run),
        "accepted": run.accepted,
        # A note stands above the strip in every state but the plain dry run.
        "strip_css": "" if run.state == State.JUDGED and not run.book_changed else "mt",
    }
    return render(request, "cases/imports/page.html", context)


@for_roles(*READERS, kinds=LENDERS)
@never_cache
@require_safe
def progress(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How far the work is; once it is over the whole page is asked for again."""
    run = get_object_or_404(ImportRun, uid=uid)
    job = job_of(run)
    answer = render(request, "cases/imports/progress.html", {"run": run, "job": job})
    has_failed = job is not None and job.state == Job.State.FAILED
    if has_failed or not (is_at_work(job) or run.state in UNDER_WAY):
        answer.headers["HX-Refresh"] = "true"
    return answer


@for_roles(*READERS, kinds=LENDERS)
@require_safe
def rejects(_request: HttpRequest, uid: UUID) -> FileResponse:
    """All refused rows as CSV."""
    run = get_object_or_404(ImportRun, uid=uid)
    return _download(run, "rejects", write_rejects)


@for_roles(*READERS, kinds=LENDERS)
@require_safe
def differences(_request: HttpRequest, uid: UUID) -> FileResponse:
    """All loans whose row states another balance than the ledger, as CSV."""
    run = get_object_or_404(ImportRun, uid=uid)
    return _download(run, "differences", write_differences)


def _download(
    run: ImportRun, what: str, write: Callable[[ImportRun, IO[str]], int]
) -> FileResponse:
    """A CSV with a byte order mark, so that spreadsheets read its Chinese."""
    # Written in full before it is sent: a stream would run outside the company's scope.
    raw = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the answer closes it)
    text = io.TextIOWrapper(cast("IO[bytes]", raw), encoding="utf-8-sig", newline="")
    write(run, text)
    text.flush()
    text.detach()
    raw.seek(0)
    name = f"{run.kind}-{run.as_of.isoformat()}-{what}.csv"
    return FileResponse(raw, as_attachment=True, filename=name, content_type="text/csv")


def _outlook(run: ImportRun) -> list[tuple[Text, str, str]]:
    """What happens to loans and cases: words, how many, for how much."""
    return [
        (words, count(number), money(Decimal(amount)) if amount else "")
        for _name, words, number, amount in outlook_of(run)
    ]


def _shows_work(run: ImportRun, job: Job | None) -> bool:
    """Whether the page shows how far the work is, or that it failed."""
    has_failed = job is not None and job.state == Job.State.FAILED
    return run.state in UNDER_WAY or (run.state == State.JUDGED and (has_failed or is_at_work(job)))


def _steps(run: ImportRun) -> list[Step]:
    words = (
        pgettext("import", "Upload"),
        pgettext("import", "Dry run"),
        pgettext("import", "Import"),
        pgettext("import", "Result"),
    )
    at = {State.READING: 0, State.JUDGED: 1, State.APPLYING: 2}.get(State(run.state), 3)
    done = at
    if run.state in (State.REFUSED, State.DISCARDED):
        # The result is that nothing came of the file: what it did not get to is not done.
        done = 2 if run.judged_at else 1
    return [
        Step(label=label, state="done" if n < done else "now" if n == at else "todo")
        for n, label in enumerate(words)
    ]


def _stats(run: ImportRun, shown: Shown) -> list[Stat]:
    stats = []
    for name, words in COUNT_WORDS.items():
        number = getattr(run, name)
        tone: Tone = "bad" if name == "rejected" and number else ""
        share = percent(Decimal(number) / run.rows, 2) if tone and run.rows else ""
        stats.append(
            Stat(
                label=words,
                value=count(number),
                icon=ICONS.get(name, ""),
                note=share,
                tone=tone,
                href=shown.href(name) if name in shown.tabs else "",
                active=shown.tab == name,
            )
        )
    if run.state == State.JUDGED:
        seconds = _("%(seconds)s s") % {"seconds": run.seconds_to_judge or 0}
        note = _("nothing written yet")
        stats.append(Stat(label=_("The dry run took"), value=seconds, note=note))
    else:
        more = [
            Stat(label=words, value=count(getattr(run, name)))
            for name, words in MORE_COUNT_WORDS.items()
            if getattr(run, name)
        ]
        stats += more[:1]
    return stats


def _facts(run: ImportRun) -> list[Fact]:
    size = filesizeformat(run.file_size)
    facts = [
        Fact(term=_("Name"), detail=run.file_name or "–"),
        Fact(term=_("Size"), detail=" · ".join(filter(None, (size, run.file_format)))),
        Fact(term=_("Kind"), detail=run.get_kind_display()),
        Fact(term=_("Business date"), detail=run.as_of.isoformat()),
        Fact(term=_("Previous one"), detail=_previous(run)),
        Fact(term=_("Sent by"), detail=_who(run)),
    ]
    if run.confirmed_by_name:
        facts.append(Fact(term=_("Confirmed by"), detail=run.confirmed_by_name))
    if run.finished_at:
        facts.append(Fact(term=_("Ended"), detail=stamp(run.finished_at)))
    return facts


def _who(run: ImportRun) -> str:
    who = run.requested_by_name or run.get_source_display()
    return f"{who} · {stamp(run.started_at)}"


def _previous(run: ImportRun) -> str:
    """The last one of the kind that was imported before this one."""
    before = (
        ImportRun.objects.filter(kind=run.kind, state=State.DONE, pk__lt=run.pk)
        .order_by("-pk")
        .first()
    )
    if before is None:
        return _("none")
    return ngettext("%(date)s, %(rows)s row", "%(date)s, %(rows)s rows", before.rows) % {
        "date": before.as_of.isoformat(),
        "rows": count(before.rows),
    }
