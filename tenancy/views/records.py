"""What is kept for ever: who changed what, and who signed in."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar, cast

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from tenancy.access import for_roles
from tenancy.audit_words import VERBS, FieldChange, changes_of
from tenancy.devices import device_of
from tenancy.filtering import Column, Filter, FilterBar, Option, Table
from tenancy.http import Request
from tenancy.keyset import capped_count, page_of
from tenancy.models import AuditEntry, Role, SignIn
from tenancy.screen import Empty, Link, Text, Tone

READERS = (Role.COMPANY_ADMIN, Role.AUDITOR)
M = TypeVar("M", bound=Model)
TONES: dict[str, Tone] = {
    SignIn.Outcome.SIGNED_IN: "ok",
    SignIn.Outcome.WRONG_PASSWORD: "warn",
    SignIn.Outcome.WRONG_CODE: "warn",
    SignIn.Outcome.LOCKED: "bad",
    SignIn.Outcome.NOT_HERE: "bad",
    SignIn.Outcome.NOT_NOW: "bad",
    SignIn.Outcome.SIGNED_OUT: "",
}


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry as the list prints it."""

    entry: AuditEntry
    who: str
    what: Text
    changes: list[FieldChange]


@dataclass(frozen=True, slots=True)
class SignInRow:
    """One try as the list prints it."""

    entry: SignIn
    outcome: str
    tone: Tone
    device: str


def within_days(rows: QuerySet[M], first: date | None, last: date | None) -> QuerySet[M]:
    """Rows whose `at` lies in these days of the company's clock, both included."""
    if first is not None:
        rows = rows.filter(at__gte=_midnight(first))
    if last is not None:
        rows = rows.filter(at__lt=_midnight(last + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _empty(bar: FilterBar, address: str, text: str) -> Empty:
    if not bar.clear:
        return Empty(title=_("Nothing recorded yet"), text=text)
    return Empty(
        title=_("Nothing matches this filter"),
        text=_("Take a filter away, or widen the days."),
        actions=[Link(label=_("Clear all filters"), href=reverse(address))],
    )


@for_roles(*READERS)
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """The audit trail of people, roles and settings, newest first."""
    used = AuditEntry.objects.order_by("verb").values_list("verb", flat=True).distinct()
    filters = (
        Filter(name="who", label=_("Who"), kind="text"),
        Filter(
            name="what",
            label=_("What"),
            options=[Option(value=verb, label=VERBS.get(verb, verb)) for verb in used],
        ),
        Filter(name="object", label=_("About"), kind="text"),
        Filter(name="at", label=_("Days"), kind="days"),
    )
    bar = FilterBar(filters, request.GET)
    found = within_days(AuditEntry.objects.all(), *bar.days("at"))
    if bar.matches_nothing:
        found = found.none()
    if who := bar.text("who"):
        found = found.filter(actor_name__icontains=who)
    if what := bar.chosen("what"):
        found = found.filter(verb__in=what)
    if about := bar.text("object"):
        found = found.filter(object_label__icontains=about)
    page = page_of(
        found, order=("-at", "-id"), params=request.GET, summary=_entries(capped_count(found))
    )
    columns = [
        Column(key="at", label=_("When")),
        Column(key="who", label=_("Who")),
        Column(key="what", label=_("What")),
        Column(key="about", label=_("About")),
        Column(key="change", label=_("Before → after")),
    ]
    context = {
        "bar": bar,
        "table": Table(columns, request.GET),
        "rows": [_audit_row(entry) for entry in page.rows],
        "pager": page.pager,
        "empty": _empty(
            bar,
            "tenancy:audit",
            _("Every change of people, roles and settings will stand here."),
        ),
    }
    return render(request, "tenancy/audit.html", context)


def _audit_row(entry: AuditEntry) -> AuditRow:
    # What the command line does is done by no user.
    who = entry.actor_name if entry.actor_id else pgettext("audit trail", "operator")
    return AuditRow(entry, who, VERBS.get(entry.verb, entry.verb), changes_of(entry))


def _entries(total: str) -> str:
    # More than "1" is as good as many, however it is written.
    return ngettext("%(n)s entry", "%(n)s entries", 1 if total == "1" else 2) % {"n": total}


@for_roles(*READERS)
@require_safe
def sign_in_log(request: HttpRequest) -> HttpResponse:
    """Who signed in or tried to, newest first."""
    filters = (
        Filter(name="name", label=_("User name"), kind="text"),
        Filter(
            name="outcome",
            label=_("Outcome"),
            options=[Option(value=v, label=label) for v, label in SignIn.Outcome.choices],
        ),
        Filter(name="address", label=_("IP address"), kind="text", extra=True),
        Filter(name="at", label=_("Days"), kind="days"),
    )
    bar = FilterBar(filters, request.GET)
    found = within_days(SignIn.objects.all(), *bar.days("at"))
    if bar.matches_nothing:
        found = found.none()
    if name := bar.text("name"):
        found = found.filter(username__startswith=name.partition("@")[0].lower())
    if outcomes := bar.chosen("outcome"):
        found = found.filter(outcome__in=outcomes)
    if address := bar.text("address"):
        found = found.filter(address__startswith=address)
    page = page_of(
        found, order=("-at", "-id"), params=request.GET, summary=_entries(capped_count(found))
    )
    columns = [
        Column(key="at", label=_("When")),
        Column(key="name", label=_("User name")),
        Column(key="outcome", label=_("Outcome")),
        Column(key="address", label=_("IP address")),
        Column(key="agent", label=_("Device"), css="lo"),
    ]
    context = {
        "bar": bar,
        "table": Table(columns, request.GET),
        "rows": [sign_in_row(entry) for entry in page.rows],
        "pager": page.pager,
        "code": cast("Request", request).user.company.code,
        "empty": _empty(bar, "tenancy:sign-in-log", _("Every try to sign in will stand here.")),
    }
    return render(request, "tenancy/sign_ins.html", context)


def sign_in_row(entry: SignIn) -> SignInRow:
    """An entry with its outcome in words and its colour."""
    outcome = SignIn.Outcome(entry.outcome)
    return SignInRow(entry, str(outcome.label), TONES[outcome], device_of(entry.agent))
