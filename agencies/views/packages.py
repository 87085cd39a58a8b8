"""Lists of packages and the page of one, for the lender that placed it and for its agency."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.packages import (
    AgencyChoice,
    PackageRow,
    State,
    agency_loads,
    cases_of,
    held_of,
    package_by_uid,
    package_counts,
    packages,
    placements,
)
from agencies.placement import accept_package
from agencies.views.recalling import answer_recall
from tenancy.access import for_roles
from tenancy.filtering import changed_url
from tenancy.formats import count, in_currency, money
from tenancy.http import Request
from tenancy.keyset import pager_of
from tenancy.models import Company, Role
from tenancy.screen import Denied, Empty, Link, Stat, Text, Tone, ViewTab

LENDER, AGENCY = Company.Kind.LENDER.value, Company.Kind.AGENCY.value
ADMIN = Role.COMPANY_ADMIN
OFFICE = (ADMIN, Role.FINANCE, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class PackageLine:
    """A package as lists print it; `other` is the other party's name."""

    row: PackageRow
    other: str
    state: Text
    tone: Tone


def package_lines(company: Company, rows: Sequence[PackageRow]) -> list[PackageLine]:
    """The packages as printed; for a lender one query more, for the agencies' names.

    Who an agency's lenders are stands only on the packages, in the name they had then.
    """
    agencies = {row.package.agency_id for row in rows} if company.is_lender else set()
    names = {each.pk: each.label for each in Company.objects.filter(pk__in=agencies)}
    return [
        PackageLine(
            row,
            names.get(row.package.agency_id, row.package.agency_name)
            if company.is_lender
            else row.package.lender_name,
            *state_of(row),
        )
        for row in rows
    ]


def state_of(row: PackageRow) -> tuple[Text, Tone]:
    """A package's state in words, and its tone."""
    if not row.held:
        return pgettext("package", "Over"), ""
    if row.package.accepted_at is None:
        return pgettext("package", "Not accepted yet"), "warn"
    return pgettext("package", "Running"), "acc"


@for_roles(*OFFICE, kinds=(LENDER,))
@require_safe
def placements_page(request: Request) -> HttpResponse:
    """The lender's packages, and what each agency holds now."""
    company = request.user.company
    holding = [each for each in agency_loads(lender=company) if each.cases]
    to_place = reverse("cases:list") + "?state=to_place"
    ways: list[Link] = []
    if request.user.has_role(ADMIN):
        ways = [Link(label=_("Cases to be placed"), href=to_place, primary=True)]
    empty = Empty(
        title=_("No package here"),
        text=_("Tick cases in the list of cases and choose “Place with an agency”."),
        actions=ways,
    )
    return _list(
        request,
        "agencies/placements.html",
        {"stats": _holding(holding), "page_actions": ways, "empty": empty},
    )


@for_roles(*OFFICE, kinds=(AGENCY,))
@require_safe
def inbox(request: Request) -> HttpResponse:
    """The agency's packages: what arrived, and what it still holds of each."""
    empty = Empty(
        title=_("No package here"),
        text=_("When a lender places cases with you, they arrive here and on your team board."),
    )
    return _list(request, "agencies/inbox.html", {"empty": empty})


def _list(request: Request, template: str, context: dict[str, object]) -> HttpResponse:
    company = request.user.company
    states: dict[State, Text] = {
        "": _("All"),
        "waiting": pgettext("packages", "Not accepted yet"),
        "running": pgettext("packages", "Running"),
        "over": pgettext("packages", "Over"),
    }
    asked = request.GET.get("state", "")
    state: State = asked if asked in states else ""
    page = packages(
        company=company,
        state=state,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    counts = package_counts(company=company)
    views = [
        ViewTab(
            label=label,
            href=changed_url(request.GET, state=name or None),
            count=count(counts[name]),
            active=name == state,
        )
        for name, label in states.items()
    ]
    summary = ngettext("%(n)s package", "%(n)s packages", counts[state]) % {
        "n": count(counts[state])
    }
    context |= {
        "views": views,
        "rows": package_lines(company, page.rows),
        "pager": pager_of(page, request.GET, summary),
        "currency": company.currency,
        "is_lender": company.is_lender,
    }
    return render(request, template, context)


def _holding(choices: list[AgencyChoice]) -> list[Stat]:
    """What the agencies hold now: together, then the largest by name."""
    if not choices:
        return []
    largest = sorted(choices, key=lambda each: -each.cases)[:4]
    total = Stat(
        label=_("With agencies"),
        value=count(sum(each.cases for each in choices)),
        note=money(sum(each.amount for each in choices)),
        href=reverse("cases:list") + "?state=placed",
        wide=True,
    )
    return [total, *(_agency_stat(each) for each in largest)]


def _agency_stat(choice: AgencyChoice) -> Stat:
    return Stat(label=choice.agency.label, value=count(choice.cases), note=money(choice.amount))


def _package(request: Request, uid: UUID) -> PackageRow:
    row = package_by_uid(company=request.user.company, uid=uid)
    if row is None:
        raise Http404
    return row


@for_roles(*OFFICE)
@require_safe
def package_page(request: Request, uid: UUID) -> HttpResponse:
    """One package: its figures, its cases, and what may be done with it."""
    row = _package(request, uid)
    company, user = request.user.company, request.user
    held = {"held": True, "back": False}.get(request.GET.get("cases", ""))
    page = placements(
        package=row.package,
        held=held,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    known = cases_of(page.rows)
    recallable = company.is_lender and user.has_role(ADMIN)
    return render(
        request,
        "agencies/package.html",
        {
            "row": row,
            "line": package_lines(company, [row])[0],
            "stats": _figures(request, row, held=held),
            "lines": [(placement, known.get(placement.case_id)) for placement in page.rows],
            "pager": pager_of(page, request.GET),
            "amount_label": in_currency(_("Amount when placed"), company.currency),
            "is_lender": company.is_lender,
            "may_accept": not company.is_lender
            and user.has_role(ADMIN)
            and row.package.accepted_at is None
            and row.held > 0,
            "may_recall": recallable and row.held > 0,
            "nothing_left": _nothing_left() if recallable and not row.held else None,
            "empty": Empty(
                title=_("No case here"), actions=[Link(label=_("All its cases"), href="?")]
            ),
        },
    )


def _nothing_left() -> Denied:
    return Denied(
        id="recall",
        label=_("Recall"),
        reason=_("The agency holds no case of this package any more."),
    )


def _figures(request: Request, row: PackageRow, *, held: bool | None) -> list[Stat]:
    """How many of the package's cases are where; each figure shows its cases."""
    of_package = row.package
    figures = (
        (None, _("Placed"), of_package.cases, money(of_package.amount), None),
        (True, _("With the agency"), row.held, money(row.held_amount), "held"),
        (False, _("Back"), row.back, money(of_package.amount - row.held_amount), "back"),
    )
    return [
        Stat(
            label=label,
            value=count(number),
            note=amount,
            href=changed_url(request.GET, cases=name),
            active=held is which,
        )
        for which, label, number, amount, name in figures
    ]


@for_roles(ADMIN, kinds=(AGENCY,))
@require_POST
def accept(request: Request, uid: UUID) -> HttpResponse:
    """Say that the package has arrived."""
    row = _package(request, uid)
    accepted = accept_package(agency=request.user.company, package=row.package, by=request.user)
    messages.success(request, _("Package %(number)s accepted.") % {"number": accepted.number})
    return redirect("agencies:package", uid=uid)


@for_roles(ADMIN, kinds=(LENDER,))
@require_http_methods(["GET", "HEAD", "POST"])
def recall_package(request: Request, uid: UUID) -> HttpResponse:
    """Take back what the agency still holds of the package."""
    row = _package(request, uid)
    return answer_recall(
        request,
        lender=request.user.company,
        by=request.user,
        chosen=held_of(row.package),
        back=reverse("agencies:package", args=[uid]),
    )
