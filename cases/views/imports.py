"""Imports: the list, the upload, and what one does with a run that waits."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.feed import stored_files
from cases.feed.jobs import ask_to_apply, ask_to_judge, is_at_work, job_of
from cases.feed.runs import Origin, begin_run, discard_run, is_by_statement
from cases.forms import UploadForm
from cases.import_access import LENDERS, READERS, WRITERS, kinds_for, may_write
from cases.models import ImportRun
from tenancy.access import for_roles
from tenancy.filtering import Column, Filter, FilterBar, Option, Table
from tenancy.formats import count
from tenancy.http import Request
from tenancy.keyset import page_of
from tenancy.night import business_date
from tenancy.screen import Empty, Link, Tone

State = ImportRun.State
TONES: dict[str, Tone] = {
    State.JUDGED: "warn",
    State.APPLYING: "acc",
    State.READING: "acc",
    State.DONE: "ok",
    State.REFUSED: "bad",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One run as the list prints it."""

    run: ImportRun
    href: str
    tone: Tone


@for_roles(*READERS, kinds=LENDERS)
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """The company's imports, newest first."""
    user = cast("Request", request).user
    bar = FilterBar(_questions(), request.GET)
    page = page_of(_asked(bar), order=["-started_at", "-id"], params=request.GET)
    upload = Link(
        label=_("New import"), href=reverse("cases:import-new"), icon="upload", primary=True
    )
    actions = [upload] if kinds_for(user) else []
    context = {
        "bar": bar,
        "table": Table(_columns(), request.GET),
        "rows": [_row(run) for run in page.rows],
        "pager": page.pager,
        "page_actions": actions,
        "empty": _empty(bar, actions),
    }
    return render(request, "cases/imports/list.html", context)


def _questions() -> list[Filter]:
    return [
        Filter(
            name="kind",
            label=_("Kind"),
            options=[Option(value=v, label=words) for v, words in ImportRun.Kind.choices],
        ),
        Filter(
            name="state",
            label=_("State"),
            options=[Option(value=v, label=words) for v, words in State.choices],
        ),
        Filter(name="as_of", label=_("Business date"), kind="days"),
    ]


def _asked(bar: FilterBar) -> QuerySet[ImportRun]:
    runs = ImportRun.objects.none() if bar.matches_nothing else ImportRun.objects.all()
    if kinds := bar.chosen("kind"):
        runs = runs.filter(kind__in=kinds)
    if states := bar.chosen("state"):
        runs = runs.filter(state__in=states)
    first, last = bar.days("as_of")
    if first:
        runs = runs.filter(as_of__gte=first)
    if last:
        runs = runs.filter(as_of__lte=last)
    return runs


def _columns() -> list[Column]:
    return [
        Column(key="kind", label=_("Feed")),
        Column(key="state", label=_("State")),
        Column(key="rows", label=_("Rows"), numeric=True),
        Column(key="new", label=pgettext("rows", "New"), numeric=True, css="lo"),
        Column(key="changed", label=pgettext("rows", "Changed"), numeric=True, css="lo"),
        Column(key="rejected", label=pgettext("rows", "Rejected"), numeric=True),
        Column(key="file", label=_("File"), css="lo2"),
        Column(key="begun", label=_("Begun")),
    ]


def _row(run: ImportRun) -> Row:
    return Row(run, reverse("cases:import", args=[run.uid]), TONES.get(run.state, ""))


def _empty(bar: FilterBar, actions: list[Link]) -> Empty:
    if bar.clear:
        clear = Link(label=_("Clear the filter"), href=bar.clear)
        return Empty(title=_("No import matches this filter"), actions=[clear])
    return Empty(
        title=_("Nothing has been imported yet"),
        text=_("A loans file fills the book; each row becomes a loan, a due one a case."),
        actions=actions,
    )


@for_roles(*WRITERS, kinds=LENDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Upload a file; it is read and judged in the background, and nothing is written yet."""
    user = cast("Request", request).user
    kinds = kinds_for(user)
    if not is_by_statement(user.company):
        kinds = [kind for kind in kinds if kind != ImportRun.Kind.STATEMENTS]
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        kinds=kinds,
        today=user.company.local_date(),
        initial={"kind": kinds[0], "as_of": business_date(user.company)},
    )
    if request.method == "POST" and form.is_valid():
        return redirect("cases:import", uid=_uploaded(cast("Request", request), form).uid)
    return render(
        request, "cases/imports/new.html", {"form": form}, status=422 if form.errors else 200
    )


def _uploaded(request: Request, form: UploadForm) -> ImportRun:
    user, file = request.user, form.cleaned_data["file"]
    name = stored_files.keep(user.company_id, file.chunks())
    try:
        origin = Origin(
            source=ImportRun.Source.SCREEN,
            by=user,
            file_name=file.name,
            file_size=file.size,
            stored_as=name,
        )
        run = begin_run(
            company=user.company,
            kind=form.cleaned_data["kind"],
            as_of=form.cleaned_data["as_of"],
            strict=form.cleaned_data["strict"],
            origin=origin,
        )
        ask_to_judge(run=run, by=user)
    except BaseException:
        stored_files.remove(user.company_id, name)
        raise
    return run


def run_to_write(request: HttpRequest, uid: UUID) -> ImportRun:
    """The run, locked; 404 for a stranger's, 403 where the person may only read it."""
    run = get_object_or_404(ImportRun.objects.select_for_update(), uid=uid)
    if not may_write(cast("Request", request).user, run):
        raise PermissionDenied
    return run


@for_roles(*WRITERS, kinds=LENDERS)
@require_POST
def confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Import what the dry run showed, in the background; or take up again what has failed."""
    run = run_to_write(request, uid)
    user = cast("Request", request).user
    strict, job = request.POST.get("strict") == "on", job_of(run)
    if is_at_work(job):
        return redirect("cases:import", uid=uid)
    if run.state == State.JUDGED and strict and run.rejected:
        messages.error(
            request,
            _("Nothing was imported: strict takes all rows or none, and %(n)s are rejected.")
            % {"n": count(run.rejected)},
        )
    elif run.state == State.JUDGED:
        run.strict, run.book_changed = strict, False
        run.save(update_fields=["strict", "book_changed"])
        ask_to_apply(run=run, by=user, confirmed_by=user.display_name)
    elif run.state == State.READING and job:
        ask_to_judge(run=run, by=user)
    elif run.state == State.APPLYING and job:
        ask_to_apply(run=run, by=user, confirmed_by=run.confirmed_by_name)
    return redirect("cases:import", uid=uid)


@for_roles(*WRITERS, kinds=LENDERS)
@require_POST
def discard(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give a run up that has not written anything; `then=new` leads to the next upload."""
    run = run_to_write(request, uid)
    if discard_run(company=cast("Request", request).user.company, run_id=run.pk):
        messages.success(request, _("Discarded. Nothing was imported."))
    if request.POST.get("then") == "new":
        return redirect("cases:import-new")
    return redirect("cases:import", uid=uid)
