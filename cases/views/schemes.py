"""The bucket scheme: what is valid, what was and will be, and changing it with the effect first."""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from cases.bucket_scheme import PRESETS
from cases.ladder import scheme_on
from cases.models import Bucket, BucketScheme, Case
from cases.models.case import OPEN
from cases.pills import Pill, in_scale
from cases.scheme_forms import BandFormSet, BandLines, SchemeForm, lines_of, mark_of
from cases.scheme_words import sentence
from cases.schemes import BadScheme, SchemePreview, preview_scheme, set_scheme
from tenancy.access import for_roles
from tenancy.formats import count
from tenancy.http import Request
from tenancy.models import Company, Role
from tenancy.night import business_date
from tenancy.screen import Link, Text, Tone, bucket_tone

LENDER = (Company.Kind.LENDER.value,)
ADMIN = Role.COMPANY_ADMIN
PRESET_NAMES: dict[str, Text] = {
    "small_loans": gettext_lazy("Small loans"),
    "three_stage": gettext_lazy("Three stages"),
    "platform": gettext_lazy("Platform"),
}


@dataclass(frozen=True, slots=True)
class BucketLine:
    """A bucket of the scheme in force, and its open cases."""

    pill: Pill
    cases: int


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the scheme as the list prints it."""

    scheme: BucketScheme
    pills: list[Pill]
    state: Text
    tone: Tone


@for_roles(ADMIN, Role.AUDITOR, kinds=LENDER)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The ladder in force with its cases, and all versions."""
    user = cast("Request", request).user
    today = business_date(user.company)
    change = Link(
        label=_("Change"), href=reverse("cases:buckets-change"), icon="edit", primary=True
    )
    context = {
        "scheme": scheme_on(company=user.company, on=today),
        "bucket_lines": _bucket_lines(user.company, today),
        "versions": _versions(user.company, today),
        "page_actions": [change] if user.has_role(ADMIN) else [],
    }
    return render(request, "cases/schemes/page.html", context)


def _bucket_lines(company: Company, today: date) -> list[BucketLine]:
    in_force = scheme_on(company=company, on=today)
    buckets = Bucket.objects.filter(scheme_id=in_force.scheme_id)
    counts = dict(_open_by_bucket(company))
    return [BucketLine(pill, counts.get(pk, 0)) for pk, pill in in_scale(buckets).items()]


def _open_by_bucket(company: Company) -> Any:
    cases = Case.objects.filter(OPEN, owner=company)
    return cases.values_list("bucket_id").annotate(cases=Count("pk")).order_by()


def _versions(company: Company, today: date) -> list[Version]:
    scale = in_scale(Bucket.objects.filter(owner=company))
    pills: dict[int, list[Pill]] = {}
    for pill in scale.values():
        pills.setdefault(pill.scheme_id, []).append(pill)
    in_force = scheme_on(company=company, on=today).scheme_id
    rows = BucketScheme.objects.filter(owner=company).order_by("-version")
    return [Version(row, pills.get(row.pk, []), *_state(row, in_force, today)) for row in rows]


def _state(row: BucketScheme, in_force: int, today: date) -> tuple[Text, Tone]:
    if row.pk == in_force:
        return pgettext("bucket scheme", "In force"), "ok"
    given_up = row.valid_from == row.valid_to
    if not given_up and row.valid_from is not None and row.valid_from > today:
        return pgettext("bucket scheme", "Planned"), "acc"
    return (
        pgettext("bucket scheme", "Never in force")
        if given_up and row.valid_from
        else pgettext("bucket scheme", "Over")
    ), ""


@for_roles(ADMIN, kinds=LENDER)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """Type a scheme, see what it would move, then confirm just that."""
    user = cast("Request", request).user
    company, today = user.company, business_date(user.company)
    if request.method != "POST":
        return _form(request, *_blank(request, company, today))
    form, lines = SchemeForm(request.POST), BandFormSet(request.POST)
    if not (form.is_valid() and lines.is_valid()):
        return _form(request, form, lines, status=422)
    bands, valid_from = lines.bands(), form.cleaned_data["valid_from"]
    mark = mark_of(bands, valid_from)
    confirmed = request.POST.get("act") == "set" and form.cleaned_data["seen"] == mark
    try:
        preview = preview_scheme(company=company, bands=bands, valid_from=valid_from)
        if confirmed:
            set_scheme(
                company=company,
                bands=bands,
                name=form.cleaned_data["name"],
                valid_from=valid_from,
                by=user,
            )
    except BadScheme as error:
        for fault in error.faults:
            form.add_error("valid_from" if fault.code == "past_date" else None, sentence(fault))
        return _form(request, form, lines, status=422)
    if confirmed:
        messages.success(request, _("The bucket scheme is set."))
        return redirect("cases:buckets")
    return _form(request, form, lines, preview=preview, mark=mark)


def _blank(request: HttpRequest, company: Company, today: date) -> tuple[SchemeForm, BandLines]:
    preset = request.GET.get("preset", "")
    if preset in PRESETS:
        name, bands = str(PRESET_NAMES[preset]), PRESETS[preset]
    else:
        in_force = scheme_on(company=company, on=today)
        name, bands = in_force.name, in_force.bands
    form = SchemeForm(initial={"name": name, "valid_from": today})
    return form, BandFormSet(initial=lines_of(bands))


def _form(
    request: HttpRequest,
    form: SchemeForm,
    lines: BandLines,
    *,
    preview: SchemePreview | None = None,
    mark: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "lines": lines,
        "presets": [
            Link(label=label, href=f"{reverse('cases:buckets-change')}?preset={name}")
            for name, label in PRESET_NAMES.items()
        ],
        "preview": _shown(preview) if preview else None,
        "mark": mark,
    }
    return render(request, "cases/schemes/change.html", context, status=status)


@dataclass(frozen=True, slots=True)
class Column:
    """Buckets before or after, with their share of all open cases."""

    label: str
    tone: int
    cases: int


def _shown(preview: SchemePreview) -> dict[str, Any]:
    """The preview as the page prints it: two ladders and the moves between them."""
    before, after = _columns(preview.before), _columns(preview.after)
    return {
        "moving": preview.moving,
        "total": sum(column.cases for column in before),
        "sides": [(_("Now"), before), (_("With this scheme"), after)],
        "moved": [(old or "", new or "", count(cases)) for old, new, cases in preview.moved],
    }


def _columns(side: tuple[tuple[str | None, int], ...]) -> list[Column]:
    labelled = [label for label, _cases in side if label is not None]
    return [
        Column(label or "", bucket_tone(labelled.index(label), len(labelled)) if label else 0, n)
        for label, n in side
    ]
