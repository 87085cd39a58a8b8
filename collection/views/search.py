"""The search box of the frame: a page of results, and the first of them below the box."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from collection.search import LABELS, MOST, MOST_QUICK, FoundCase, SearchResult, search
from tenancy.access import for_roles
from tenancy.formats import count, day, in_currency, money
from tenancy.http import Request
from tenancy.models import Role
from tenancy.night import business_date
from tenancy.screen import Empty, Link

NIL = UUID(int=0)


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A printed row of the results."""

    href: str
    by: str
    borrower: str
    phone: str
    loan_no: str
    lender: str
    outstanding: str
    dpd: int
    bucket: str
    tone: int
    closed: str
    desk: str


@for_roles(*Role.values)
@require_safe
def results(request: Request) -> HttpResponse:
    """Everything that is found, up to the cap."""
    found = _asked(request, MOST)
    company = request.user.company
    return render(
        request,
        "collection/search.html",
        {
            "text": found.text,
            "rows": _lines(found),
            "more": found.more,
            "summary": _summary(found),
            "shows_lender": not company.is_lender,
            "outstanding": in_currency(_("Outstanding"), company.currency),
            "empty": None if found.rows else _empty(found),
        },
    )


@for_roles(*Role.values)
@require_safe
def quick(request: Request) -> HttpResponse:
    """The first few, for the list below the box."""
    found = _asked(request, MOST_QUICK)
    context = {"found": found, "rows": _lines(found), "too_short": found.too_short}
    return render(request, "collection/search_quick.html", context)


def _asked(request: Request, most: int) -> SearchResult:
    user = request.user
    on = business_date(user.company)
    return search(user=user, text=request.GET.get("q", ""), on=on, most=most)


def _lines(found: SearchResult) -> list[FoundLine]:
    before, after = reverse("work:case", args=[NIL]).split(str(NIL))
    labels = {by: str(label) for by, label in LABELS.items()}
    return [_line(row, f"{before}{row.uid}{after}", labels[row.by]) for row in found.rows]


def _line(row: FoundCase, href: str, by: str) -> FoundLine:
    return FoundLine(
        href=href,
        by=by,
        borrower=row.borrower_name or row.loan_no,
        phone=row.phone_mask,
        loan_no=row.loan_no,
        lender=row.lender_name,
        outstanding=money(row.outstanding),
        dpd=row.dpd,
        bucket=row.pill.label if row.pill else "",
        tone=row.pill.tone if row.pill else 0,
        closed=day(row.closed_on),
        desk=row.desk,
    )


def _summary(found: SearchResult) -> str:
    if found.more:
        text = _("The first %(n)s cases. There are more: type more of the number or the name.")
        return text % {"n": count(len(found.rows))}
    shown = len(found.rows)
    return ngettext("%(n)s case", "%(n)s cases", shown) % {"n": count(shown)}


def _empty(found: SearchResult) -> Empty:
    ways = [Link(label=_("All cases"), href=reverse("cases:list"))]
    how = _(
        "Type the beginning of a loan number, a borrower number or a name, a whole phone number or "
        "its last four digits, or a whole id number. Only cases that you may see are found."
    )
    if not found.text:
        return Empty(title=_("What are you looking for?"), text=how, actions=ways)
    if found.too_short:
        return Empty(title=_("Type at least two characters"), text=how, actions=ways)
    title = _("Nothing is found for “%(text)s”") % {"text": found.text}
    return Empty(title=title, text=how, actions=ways)
