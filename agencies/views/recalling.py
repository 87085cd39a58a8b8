"""Taking cases back: what comes back and what along with it, why, confirm, read the result."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from agencies.forms import RecallForm
from agencies.recall import Recalled, recall_cases
from agencies.views.refused import RefusedCases, refused_cases
from cases.choosing import Chosen, chosen_ids
from cases.models import Case
from tenancy.forms import put_refusal
from tenancy.models import Company, User


@dataclass(frozen=True, slots=True)
class AgencyLoses:
    """What one agency gives back."""

    agency: Company
    cases: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RecallEffect:
    """What a recall takes back: from whom, how much; `along` of it was not asked for."""

    cases: int
    along: int
    agencies: Sequence[AgencyLoses]
    refused: RefusedCases


def answer_recall(
    request: HttpRequest, *, lender: Company, by: User, chosen: Chosen, back: str
) -> HttpResponse:
    """The panel that takes `chosen` back, wherever they are. `back` is where one came from."""
    form = RecallForm(request.POST if request.method == "POST" else None)
    context: dict[str, object] = {"form": form, "back": back, "currency": lender.currency}
    try:
        ids = chosen_ids(chosen)
        told = recall_cases(lender=lender, case_ids=ids, reason="", by=by, dry_run=True)
        context["effect"] = _effect(told)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            done = recall_cases(lender=lender, case_ids=ids, reason=reason, by=by)
            context |= {"done": done, "refused": refused_cases(done.refusals)}
            return render(request, "agencies/recalled.html", context)
    except ValidationError as error:
        if form.is_bound:
            put_refusal(form, error)
        else:
            context["problem"] = " ".join(error.messages)
    return render(request, "agencies/recall.html", context, status=422 if form.errors else 200)


def _effect(told: Recalled) -> RecallEffect:
    sums = (
        Case.objects.filter(pk__in=told.case_ids)
        .order_by()
        .values_list("holder_id")
        .annotate(Count("pk"), Sum("outstanding"))
    )
    found = {holder: (number, amount) for holder, number, amount in sums}
    agencies = Company.objects.filter(pk__in=found).order_by("code")
    return RecallEffect(
        cases=len(told.case_ids),
        along=len(told.along),
        agencies=[AgencyLoses(agency, *found[agency.pk]) for agency in agencies],
        refused=refused_cases(told.refusals),
    )
