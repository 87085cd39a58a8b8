"""Moving chosen cases to another desk: where to, the effect, why, confirm, read the result."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from agencies.views.refused import RefusedCases, refused_cases
from cases.choosing import Chosen, size_of
from collection.absence import away_until
from collection.desks import desks_to_choose
from collection.forms import ReassignForm
from collection.reassignment import LoadChange, Reassigned, reassign_cases
from collection.undo import UNDO_WITHIN, undo_until
from collection.views.choosing import answer_unread, choice_of
from collection.visibility import MOVES_CASES
from tenancy.access import for_roles, teams_seen_by
from tenancy.forms import put_refusal
from tenancy.http import Request
from tenancy.night import business_date

ACT = "move"


@dataclass(frozen=True, slots=True)
class DeskChange:
    """A desk before and after as the panel draws it; all bars of a panel have one length."""

    change: LoadChange
    length: int

    @property
    def difference(self) -> int:
        """How many cases more, or fewer."""
        return self.change.after.cases - self.change.before.cases


@dataclass(frozen=True, slots=True)
class MoveEffect:
    """What moving does, as screens show it."""

    to: str
    told: Reassigned
    desks: Sequence[DeskChange]
    refused: RefusedCases

    @property
    def cases(self) -> int:
        """How many cases move."""
        return len(self.told.moved)


@for_roles(*MOVES_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def reassign(request: Request) -> HttpResponse:
    """The panel that moves the chosen cases.

    It asks again until the effect that was shown is that of the desk confirmed; what is typed
    stays.
    """
    try:
        choice, form = choice_of(request), _form(request)
    except ValidationError as error:
        return answer_unread(request, error)
    context: dict[str, object] = {
        "form": form,
        "size": size_of(choice.cases),
        "back": choice.back,
        "missing": choice.missing,
        "currency": request.user.company.currency,
    }
    try:
        confirmed = request.POST.get("act") == ACT and form.is_valid()
        if confirmed and form.cleaned_data["to"] == request.POST.get("seen"):
            done = _move(request, form, choice.cases, dry_run=False)
            context |= {"effect": done, "undo_minutes": UNDO_WITHIN.seconds // 60}
            if done.told.move is not None:
                context["undo_until"] = undo_until(done.told.move)
            return render(request, "collection/reassigned.html", context)
        if form.desk is not None:
            context["effect"] = _move(request, form, choice.cases, dry_run=True)
            form.fields["reason"].widget.attrs["data-rc-focus"] = True
    except ValidationError as error:
        if form.is_bound:
            put_refusal(form, error)
        else:
            context["problem"] = " ".join(error.messages)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "collection/reassign.html", context, status=status)


def _form(request: Request) -> ReassignForm:
    teams = teams_seen_by(request.user).filter(is_active=True).order_by("name", "pk")
    desks = desks_to_choose(list(teams))
    people = {desk.collector.pk for desk in desks if desk.collector is not None}
    away = away_until(business_date(request.user.company), people)
    if request.method != "POST":
        return ReassignForm(desks=desks, away=away)
    data = request.POST.copy()
    data["seen"] = data.get("to", "")
    if request.POST.get("act") == ACT:
        return ReassignForm(data, desks=desks, away=away)
    return ReassignForm(desks=desks, away=away, initial=data.dict())


def _move(request: Request, form: ReassignForm, chosen: Chosen, *, dry_run: bool) -> MoveEffect:
    assert form.desk is not None
    told = reassign_cases(
        company=request.user.company,
        case_ids=chosen,
        to=form.desk,
        reason="" if dry_run else form.cleaned_data["reason"],
        by=request.user,
        dry_run=dry_run,
    )
    longest = max(
        max(each.before.cases, each.after.cases, each.limit or 0) for each in told.changes
    )
    return MoveEffect(
        to=form.desk.label,
        told=told,
        desks=[DeskChange(each, longest) for each in told.changes],
        refused=refused_cases(told.refusals),
    )
