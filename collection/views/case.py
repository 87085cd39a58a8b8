"""The page of one case: what is owed, who may be reached, what happened, what may be done now."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.packages import lender_names
from cases.money_by_hand import ENTERS
from collection.case_page import CasePage, case_page
from collection.forms import NoteForm
from collection.holding import hold_lines
from collection.views.case_parts import (
    amount_lines,
    bucket_strip,
    contact_lines,
    loan_facts,
    other_lines,
)
from collection.views.case_tags import tags_of_page
from collection.views.case_timeline import timeline_context
from collection.views.context import Place, place_of
from collection.views.holds import case_holds
from collection.views.note_forms import empty_form
from collection.visibility import SHOWS_NUMBERS, may_move, may_work
from tenancy.access import for_roles
from tenancy.formats import day_long, money
from tenancy.http import Request
from tenancy.models import Role, User
from tenancy.screen import Denied


@dataclass(frozen=True, slots=True)
class Doing:
    """What the person may do with the case now.

    gate: what may not be done, and why. denied: the button that does nothing, which the gate
    explains.
    """

    note: bool = False
    share: bool = False
    reassign: bool = False
    place: bool = False
    recall: bool = False
    gate: Denied | None = None
    gate_title: str = ""
    denied: Denied | None = None

    @property
    def gate_above(self) -> Denied | None:
        """The gate again, for the top of a page too narrow for the right column."""
        return replace(self.gate, id="gate-above") if self.gate else None


@dataclass(frozen=True, slots=True)
class Seen:
    """A case as the person sees it on the business date."""

    page: CasePage
    on: date


def read_case(request: Request, uid: UUID) -> Seen:
    """The case of the address; one that the person does not see is 404."""
    page = case_page(user=request.user, uid=uid)
    if page is None:
        raise Http404
    return Seen(page, page.on)


def place_in_list(request: Request, seen: Seen) -> Place:
    """Where one came from, and the neighbours there."""
    return place_of(
        user=request.user,
        case=seen.page.case,
        desk=seen.page.assignment,
        params=request.GET,
        on=seen.on,
    )


@for_roles(*Role.values)
@require_safe
def case(request: Request, uid: UUID) -> HttpResponse:
    """The page of a case."""
    return case_answer(request, read_case(request, uid))


def case_answer(request: Request, seen: Seen, form: NoteForm | None = None) -> HttpResponse:
    """Render the page; `form` is a note that was refused, with all that was typed."""
    place, page = place_in_list(request, seen), seen.page
    request.nav_at = place.nav_at
    doing = doing_of(request.user, page)
    status = 200 if form is None else form.status
    if form is None and doing.note:
        form = empty_form(user=request.user, page=page, share=doing.share)
    context = _shown(request, page, seen.on) | {"place": place, "doing": doing, "form": form}
    return render(request, "collection/case.html", context, status=status)


def doing_of(user: User, page: CasePage) -> Doing:
    """What may be done with the case now, by this person."""
    the_case, lender = page.case, user.company.is_lender
    if the_case.closed_on is not None:
        return Doing(gate=_closed(page), gate_title=_("The case is closed"))
    admin = lender and user.has_role(Role.COMPANY_ADMIN)
    if lender and the_case.holder_id is not None:
        note = may_work(user)
        return Doing(
            note=note,
            share=note,
            recall=admin,
            gate=_placed(page),
            gate_title=_("With %(agency)s") % {"agency": holder_name(page)},
            denied=_no_reassigning() if may_move(user) else None,
        )
    return Doing(note=may_work(user), reassign=may_move(user), place=admin)


def _closed(page: CasePage) -> Denied:
    the_case = page.case
    said = {"day": day_long(the_case.closed_on), "why": the_case.get_closure_display()}
    return Denied(
        id="gate",
        label=_("Note"),
        icon="pencil-off",
        reason=_("Closed on %(day)s: %(why)s. Nothing is to be done.") % said,
    )


def holder_name(page: CasePage) -> str:
    """The agency that holds a lender's case, in the language of the screen."""
    return page.case.holder.label if page.case.holder else ""


def _no_reassigning() -> Denied:
    return Denied(
        id="gate",
        label=_("Reassign"),
        icon="arrows-exchange",
        from_when=_("after a recall"),
        reason="",
    )


def _placed(page: CasePage) -> Denied:
    placement = page.placement
    ends_on = placement.package.ends_on if placement else None
    until = (
        _("until %(day)s") % {"day": day_long(ends_on)} if ends_on else _("until it is recalled")
    )
    return Denied(
        id="gate",
        label="",
        from_when=until,
        reason=_("Its people work it. Recall the case to give it to your own desks again."),
        basis=_("Package %(number)s.") % {"number": placement.package.number} if placement else "",
    )


def _shown(request: Request, page: CasePage, on: date) -> dict[str, Any]:
    """What the template prints."""
    company, the_case = request.user.company, page.case
    lender = "" if company.is_lender else lender_names().get(the_case.owner_id, "")
    others_sum = sum((each.case.outstanding for each in page.others), the_case.outstanding)
    return {
        "case": the_case,
        "page": page,
        "lender": lender,
        "agency": holder_name(page) if company.is_lender else "",
        "currency": company.currency,
        "amounts": amount_lines(page),
        "buckets": bucket_strip(page),
        "contacts": contact_lines(page, on),
        "may_reopen": may_move(request.user) and the_case.closed_on is None,
        "may_show": request.user.has_role(*SHOWS_NUMBERS),
        "others": other_lines(page),
        "others_sum": money(others_sum),
        "facts": loan_facts(page),
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "promises": page.promises,
        "case_tags": tags_of_page(request.user, the_case, page.tags),
        "may_contact": may_work(request.user) and the_case.closed_on is None,
        "may_enter_money": company.is_lender and request.user.has_role(*ENTERS),
        **case_holds(request, hold_lines(request.user, page.holds, on)),
        **timeline_context(request, the_case.uid, page.timeline),
    }
