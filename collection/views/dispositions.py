"""The company's result codes: the tree, and one of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from collection.disposition_editing import change_disposition, must_require
from collection.disposition_form import DispositionForm
from collection.dispositions import PRESETS
from collection.facts import FACTS, in_order
from collection.models import Disposition
from tenancy.access import for_roles
from tenancy.forms import freeze, put_refusal
from tenancy.http import Request
from tenancy.models import Role
from tenancy.screen import Fact, Text
from tenancy.stale import Stale, last_change

ADMIN = Role.COMPANY_ADMIN
SEE = (ADMIN, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Row:
    """A code as the list prints it."""

    code: Disposition
    href: str
    facts: str
    effects: str


@dataclass(frozen=True, slots=True)
class Group:
    """One of the three groups with its codes."""

    label: Text
    rows: list[Row]


@for_roles(*SEE)
@require_safe
def dispositions(request: HttpRequest) -> HttpResponse:
    """All codes by group, those out of use as well."""
    codes = list(Disposition.objects.order_by("step", "code"))
    labels = dict(Disposition.Group.choices)
    groups = [
        Group(labels[group], [_row(each) for each in codes if each.group == group])
        for group in PRESETS
    ]
    return render(request, "collection/dispositions.html", {"groups": groups})


def _row(code: Disposition) -> Row:
    facts = _(", ").join(str(fact.label) for fact in in_order(code.required))
    return Row(
        code=code,
        href=reverse("work:disposition", args=[code.code]),
        facts=facts,
        effects=_(", ").join(_effects(code)),
    )


def _effects(code: Disposition) -> Iterator[str]:
    if code.number_becomes:
        yield _("Number: %(state)s") % {"state": code.get_number_becomes_display()}
    if code.hold_kind:
        yield _("Hold: %(hold)s") % {"hold": code.get_hold_kind_display()}


def effects_of(code: Disposition) -> list[Fact]:
    """What a code means and does, which stays as it is; what it means first."""
    flags = dict(Disposition.Flag.choices)
    known = (
        (_("Means"), _(", ").join(str(flags[flag]) for flag in code.flags)),
        (_("The number becomes"), code.get_number_becomes_display()),
        (_("Opens a hold"), code.get_hold_kind_display()),
    )
    found = [Fact(term=term, detail=str(detail)) for term, detail in known if detail]
    return found if code.flags else [Fact(term=_("Means"), detail="–"), *found]


@for_roles(*SEE, writes=(ADMIN,))
@require_http_methods(["GET", "HEAD", "POST"])
def disposition(request: HttpRequest, code: str) -> HttpResponse:
    """One code. Only an admin changes it."""
    user = cast("Request", request).user
    shown = get_object_or_404(Disposition, code=code)
    form = DispositionForm(request.POST or None, initial=DispositionForm.initial_of(shown))
    is_admin = user.has_role(ADMIN)
    if not is_admin:
        freeze(form)
    stale, differences = Stale(form), []
    if request.method == "POST" and form.is_valid():
        differences = stale.weigh(request.POST)
        if not differences:
            try:
                change_disposition(
                    company=user.company, disposition=shown, by=user, change=form.change
                )
            except ValidationError as error:
                put_refusal(form, error)
            else:
                messages.success(request, _("Saved: %(name)s.") % {"name": shown.code})
                return redirect("work:dispositions")
    context = {
        "form": form,
        "code": shown,
        "facts": effects_of(shown),
        "fixed": _(", ").join(str(FACTS[name].label) for name in must_require(shown)),
        "is_admin": is_admin,
        "seen": stale.seen,
        "differences": differences,
        "changed_last": last_change(shown) if differences else None,
    }
    status = 409 if differences else 422 if form.errors else 200
    return render(request, "collection/disposition.html", context, status=status)
