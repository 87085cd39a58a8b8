"""Taking a promise on a case, and withdrawing an open one: panels, or pages without scripts."""

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.models import Case
from collection.models import Promise
from collection.promise_forms import PromiseForm, WithdrawForm
from collection.promise_lists import promises_of_case
from collection.promises import remaining_after, take_promise, withdraw_promise
from collection.visibility import MOVES_CASES, WORKS_CASES, visible_cases
from tenancy.access import for_roles
from tenancy.formats import day, money
from tenancy.forms import put_refusal
from tenancy.http import Request


@for_roles(*WORKS_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: Request, uid: UUID) -> HttpResponse:
    """The panel that takes a promise; it shows what would remain while one types."""
    case = _case(request, uid)
    company = request.user.company
    if case.closed_on is not None:
        raise PermissionDenied
    form = PromiseForm(
        request.POST or None,
        currency=company.currency,
        may_share=company.is_lender and case.holder_id is not None,
        initial={"amount": case.outstanding},
    )
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            promise = take_promise(
                company=company,
                case=case,
                by=request.user,
                amount=facts["amount"],
                due_on=facts["due_on"],
                pay_by=facts["pay_by"],
                shared=facts.get("shared", False),
            )
        except ValidationError as error:
            put_refusal(form, error)
        else:
            told = {"amount": money(promise.amount), "day": day(promise.due_on)}
            messages.success(request, _("Promise of %(amount)s by %(day)s saved.") % told)
            return redirect(_back(request, case))
    amount = form.cleaned_data.get("amount") if form.is_bound else case.outstanding
    context = {
        "form": form,
        "case": case,
        "back": _back(request, case),
        "currency": company.currency,
        "left": remaining_after(case.outstanding, amount or Decimal(0)),
        "replaced": promises_of_case(user=request.user, case=case).current,
    }
    status = 422 if form.is_bound else 200
    return render(request, "collection/promise_take.html", context, status=status)


@for_roles(*MOVES_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Request, uid: UUID) -> HttpResponse:
    """The panel that withdraws an open promise, for a reason."""
    found = Promise.objects.filter(uid=uid).first()
    case = None
    if found is not None:
        case = visible_cases(request.user).filter(pk=found.case_id).first()
    if found is None or case is None or not _is_ours(request, found):
        raise Http404
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_promise(
                company=request.user.company,
                promise=found,
                by=request.user,
                reason=form.cleaned_data["reason"],
            )
        except ValidationError as error:
            put_refusal(form, error)
        else:
            messages.success(request, _("The promise is withdrawn."))
            return redirect(_back(request, case))
    context = {
        "form": form,
        "case": case,
        "promise": found,
        "back": _back(request, case),
        "currency": request.user.company.currency,
    }
    status = 422 if form.is_bound else 200
    return render(request, "collection/promise_withdraw.html", context, status=status)


def _is_ours(request: Request, promise: Promise) -> bool:
    """An agency reads what the lender shares with it, and ends only its own."""
    return promise.company_id == request.user.company_id or request.user.company.is_lender


def _case(request: Request, uid: UUID) -> Case:
    found = visible_cases(request.user).filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def _back(request: Request, case: Case) -> str:
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return reverse("work:case", args=[case.uid]) + query
