"""Leave on screen: a month of the teams, entering a leave with its effect, cancelling one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.views.refused import RefusedCases, refused_cases
from collection.absence import covered_now
from collection.board import teams_on_board
from collection.cover import HandOver, preview_cover
from collection.desks import desks_to_choose, in_hand
from collection.leave import cancel_leave, enter_leave, leaves_in_reach
from collection.leave_calendar import LeaveMonth, Month, leave_month
from collection.leave_forms import LeaveForm
from collection.models import Leave
from collection.visibility import MOVES_CASES
from tenancy.access import for_roles
from tenancy.filtering import changed_url
from tenancy.formats import day
from tenancy.forms import put_refusal
from tenancy.http import Request
from tenancy.models import Team, User
from tenancy.night import business_date
from tenancy.screen import Empty, Link, Text, Tone, ViewTab

ENTER = "enter"
FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True)
class LeaveLine:
    """A leave as the list below the calendar prints it; `cancel` is "" where it is over."""

    name: str
    span: str
    cover: str
    reason: str
    state: Text
    tone: Tone
    covered: int
    stayed: int
    cancel: str


@dataclass(frozen=True, slots=True)
class CoverEffect:
    """What a cover does now, as screens show it."""

    user: User
    cover: User | None
    told: HandOver
    refused: RefusedCases
    in_hand: int

    @property
    def cases(self) -> int:
        """How many cases go."""
        return len(self.told.went)


@for_roles(*MOVES_CASES)
@require_safe
def calendar(request: Request) -> HttpResponse:
    """The month of the teams that the person leads; of any team for an admin."""
    user = request.user
    every = list(teams_on_board(user))
    chosen = [team for team in every if str(team.uid) == request.GET.get("team", "")]
    today = business_date(user.company)
    month = Month.of(_asked_month(request.GET.get("month", "")) or today)
    shown = leave_month(teams=chosen or every, month=month)
    return render(
        request,
        "collection/leave.html",
        {
            "page_actions": [
                Link(
                    label=_("Enter leave"),
                    href=reverse("work:leave-new"),
                    icon="calendar-plus",
                    primary=True,
                    panel=True,
                )
            ],
            "views": _views(request, every, chosen),
            "shown": shown,
            "today": today,
            "before": changed_url(request.GET, month=f"{month.before:%Y-%m}"),
            "following": changed_url(request.GET, month=f"{month.following:%Y-%m}"),
            "lines": _lines(shown, today),
            "empty": Empty(
                title=_("Nobody works here"),
                text=_("A company admin puts people into teams and says who leads them."),
            ),
        },
    )


def _asked_month(text: str) -> date | None:
    """The first day of a month such as 2026-11; None for what is none, and beyond a century."""
    try:
        first = date.fromisoformat(f"{text}-01") if len(text) == len("2026-11") else None
    except ValueError:
        return None
    return first if first and FIRST_YEAR <= first.year < FIRST_YEAR + 100 else None


def _views(request: Request, every: Sequence[Team], chosen: Sequence[Team]) -> list[ViewTab]:
    """The teams to choose between; none where there is one."""
    if len(every) < 2:
        return []
    tabs: list[tuple[str, str | None, bool]] = [(_("All teams"), None, not chosen)]
    tabs += [(team.name, str(team.uid), team in chosen) for team in every]
    return [
        ViewTab(label=name, href=changed_url(request.GET, team=uid), active=active)
        for name, uid, active in tabs
    ]


def _lines(shown: LeaveMonth, today: date) -> list[LeaveLine]:
    return [
        LeaveLine(
            name=leave.user.display_name,
            span=f"{day(leave.first_day)} – {day(leave.last_day)}",
            cover=leave.cover.display_name if leave.cover else "",
            reason=leave.reason,
            state=_state(leave, today)[0],
            tone=_state(leave, today)[1],
            covered=shown.covered.get(leave.pk, 0),
            stayed=shown.in_hand.get(leave.user_id, 0) if leave.first_day <= today else 0,
            cancel=reverse("work:leave-cancel", args=[leave.uid])
            if leave.last_day >= today
            else "",
        )
        for leave in shown.leaves
    ]


def _state(leave: Leave, today: date) -> tuple[Text, Tone]:
    if leave.last_day < today:
        return _("over"), ""
    if leave.first_day > today:
        return _("planned"), "acc"
    return _("away"), "warn"


def _people(user: User) -> list[User]:
    """Who works cases in the teams in sight, once each."""
    desks = desks_to_choose(list(teams_on_board(user)))
    found = {desk.collector.pk: desk.collector for desk in desks if desk.collector is not None}
    return sorted(found.values(), key=lambda person: (person.display_name, person.pk))


@for_roles(*MOVES_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """The panel that enters a leave; it asks again until the effect shown is that confirmed."""
    company, people = request.user.company, _people(request.user)
    form = _form(request, people)
    context: dict[str, object] = {"form": form, "back": reverse("work:leave")}
    confirmed = request.POST.get("act") == ENTER and form.is_valid()
    if confirmed and request.POST.get("seen") == form.pair:
        try:
            done = enter_leave(company=company, plan=form.plan, by=request.user)
        except ValidationError as error:
            put_refusal(form, error)
        else:
            context["leave"] = done.leave
            if done.handed is not None:
                context["effect"] = _effect(form.plan.user, form.plan.cover, done.handed)
            return render(request, "collection/leave_entered.html", context)
    person, cover = form.chosen("user"), form.chosen("cover")
    if person is not None:
        told = HandOver()
        if cover is not None and cover.pk != person.pk:
            on = business_date(company)
            told = preview_cover(company=company, user=person, cover=cover, on=on)
        context["effect"] = _effect(person, cover, told)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "collection/leave_new.html", context, status=status)


def _form(request: Request, people: Sequence[User]) -> LeaveForm:
    if request.method != "POST":
        return LeaveForm(people=people, initial={"user": request.GET.get("user", "")})
    data = request.POST.copy()
    data["seen"] = f"{data.get('user', '')}.{data.get('cover', '')}"
    if request.POST.get("act") == ENTER:
        return LeaveForm(data, people=people)
    return LeaveForm(people=people, initial=data.dict())


def _effect(person: User, cover: User | None, told: HandOver) -> CoverEffect:
    held = in_hand({person.pk}).get(person.pk, 0)
    return CoverEffect(person, cover, told, refused_cases(told.stays), held)


@for_roles(*MOVES_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: Request, uid: UUID) -> HttpResponse:
    """The panel that calls a leave off. 404 for a leave out of the person's reach."""
    leave = leaves_in_reach(request.user).select_related("user", "cover").filter(uid=uid).first()
    if leave is None:
        raise Http404
    company = request.user.company
    context: dict[str, object] = {
        "leave": leave,
        "covered": covered_now([leave]).get(leave.pk, 0),
        "back": reverse("work:leave"),
        "can": leave.cancelled_at is None and leave.last_day >= business_date(company),
    }
    if request.method != "POST":
        return render(request, "collection/leave_cancel.html", context)
    try:
        back = cancel_leave(company=company, leave=leave, by=request.user)
    except ValidationError as error:
        context |= {"problem": " ".join(error.messages), "can": False}
        return render(request, "collection/leave_cancel.html", context, status=422)
    context |= {"came_back": len(back)}
    return render(request, "collection/leave_cancelled.html", context)
