"""Placing chosen cases: choose the agency, see the effect, say why, confirm, read the result.

The cases come from a list, which an upper room knows; it calls `answer_place` with them.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from agencies.forms import PlaceForm
from agencies.packages import AgencyChoice, agencies_to_choose
from agencies.placement import Placed, place_cases
from agencies.views.refused import RefusedCases, refused_cases
from cases.choosing import Chosen, size_of
from tenancy.forms import put_refusal
from tenancy.models import Company, User

LOOK, ACT = "look", "place"


@dataclass(frozen=True, slots=True)
class PlaceEffect:
    """What placing does: so many cases and so much money more with the agency, these left out."""

    agency: Company
    cases: int
    amount: Decimal
    before: int
    after: int
    refused: RefusedCases


def answer_place(
    request: HttpRequest, *, lender: Company, by: User, chosen: Chosen, back: str
) -> HttpResponse:
    """The panel that places `chosen` with an agency.

    It asks again until the effect that was shown is that of the agency confirmed; what is typed
    stays. `back` is the list that one came from.
    """
    form = _form(request, agencies_to_choose(lender=lender))
    context: dict[str, object] = {
        "form": form,
        "size": size_of(chosen),
        "back": back,
        "currency": lender.currency,
    }
    acts = request.POST.get("act") == ACT
    try:
        if acts and form.is_valid() and form.cleaned_data["agency"] == request.POST.get("seen"):
            done = _place(form, lender, by, chosen, dry_run=False)
            if done.package is not None:
                return _result(request, form, done, context)
        context["effect"] = _effect(form, lender, by, chosen)
        if context["effect"]:
            form.fields["reason"].widget.attrs["data-rc-focus"] = True
    except ValidationError as error:
        if form.is_bound:
            put_refusal(form, error)
        else:
            context["problem"] = " ".join(error.messages)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "agencies/place.html", context, status=status)


def _form(request: HttpRequest, choices: list[AgencyChoice]) -> PlaceForm:
    if request.method != "POST":
        only = choices[0].agency.code if len(choices) == 1 else ""
        return PlaceForm(choices=choices, initial={"agency": only, "seen": only})
    data = request.POST.copy()
    data["seen"] = data.get("agency", "")
    if request.POST.get("act") == ACT:
        return PlaceForm(data, choices=choices)
    return PlaceForm(choices=choices, initial=data.dict())


def _place(form: PlaceForm, lender: Company, by: User, chosen: Chosen, *, dry_run: bool) -> Placed:
    assert form.chosen is not None
    told = {} if dry_run else form.cleaned_data
    return place_cases(
        lender=lender,
        agency=form.chosen.agency,
        case_ids=chosen,
        reason=told.get("reason", ""),
        ends_on=told.get("ends_on"),
        by=by,
        dry_run=dry_run,
    )


def _effect(form: PlaceForm, lender: Company, by: User, chosen: Chosen) -> PlaceEffect | None:
    """What would happen, once an agency is chosen."""
    if form.chosen is None:
        return None
    return _told(form.chosen, _place(form, lender, by, chosen, dry_run=True))


def _told(choice: AgencyChoice, placed: Placed) -> PlaceEffect:
    moved = len(placed.case_ids)
    return PlaceEffect(
        agency=choice.agency,
        cases=moved,
        amount=placed.amount,
        before=choice.cases,
        after=choice.cases + moved,
        refused=refused_cases(placed.refusals),
    )


def _result(
    request: HttpRequest, form: PlaceForm, done: Placed, context: dict[str, object]
) -> HttpResponse:
    assert form.chosen is not None
    context |= {"effect": _told(form.chosen, done), "package": done.package}
    return render(request, "agencies/placed.html", context)
