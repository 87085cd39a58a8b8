"""Trying the gate out: one contact in all its rules, and a day's contacts under other rules."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.models import Case, CaseHold, ContactPoint
from collection.contact_facts import Decision, Weighed
from collection.contact_forms import ReplayForm, SimulatorForm, as_uid
from collection.contact_words import basis_words, rule_label, rule_labels
from collection.gate import ask
from collection.gate_replay import Replayed, replay
from collection.views.contact_rules import MOST_REPLAYED
from collection.visibility import SHOWS_NUMBERS, visible_cases
from tenancy.access import for_roles
from tenancy.http import Request
from tenancy.models import Company, Role, User
from tenancy.screen import Empty

READERS = (Role.COMPANY_ADMIN, Role.AUDITOR)
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class WeighedLine:
    """A rule that was weighed, its figure and what was seen, as the page prints them."""

    label: str
    figure: str
    seen: str
    basis: str
    allowed: bool


@for_roles(*SHOWS_NUMBERS)
@require_safe
def simulator(request: HttpRequest) -> HttpResponse:
    """A case, a channel, a moment: the decision, and every rule that was weighed."""
    user = cast("Request", request).user
    case, number = _case(user, request.GET.get("case", ""), request.GET.get("number", ""))
    points = list(ContactPoint.objects.filter(borrower=case.borrower_id)) if case else []
    asked = "channel" in request.GET
    data = request.GET.copy()
    data["number"] = number
    form = SimulatorForm(data if asked else None, case=case, points=points)
    if not asked:
        form.initial["number"] = number
    decision = None
    if asked and form.is_valid() and case is not None:
        facts = form.cleaned_data
        decision = ask(
            user=user,
            case=case,
            channel=facts["channel"],
            point=form.chosen,
            at=facts["at"],
            purpose=facts["purpose"],
        )
    context = {
        "form": form,
        "case": case,
        "decision": decision,
        "lines": _lines(decision) if decision else [],
        "at": form.cleaned_data.get("at") or timezone.now() if decision else None,
        "why": rule_labels(each.rule for each in decision.denials) if decision else "",
    }
    status = 422 if asked and form.errors else 200
    return render(request, "collection/gate_simulator.html", context, status=status)


def _case(user: User, uid: str, number: str) -> tuple[Case | None, str]:
    """The visible case of an address or of a loan number, and the number."""
    cases = visible_cases(user)
    if number := number.strip().replace("\x00", ""):
        return cases.filter(loan_no=number).order_by("closed_on", "-pk").first(), number
    if (known := as_uid(uid)) is None:
        return None, ""
    case = cases.filter(uid=known).first()
    return case, case.loan_no if case else ""


def _lines(decision: Decision) -> list[WeighedLine]:
    bases = {denial.rule: denial.legal_basis for denial in decision.denials}
    return [
        WeighedLine(
            rule_label(each.rule),
            _figure(each),
            _seen(each),
            basis_words(bases.get(each.rule, "")),
            each.allowed,
        )
        for each in decision.weighed
    ]


def _figure(each: Weighed) -> str:
    return "" if each.figure is None else str(each.figure)


def _seen(each: Weighed) -> str:
    if each.seen is None:
        return ""
    if each.rule == "hold":
        words = dict(CaseHold.Kind.choices)
        return ", ".join(str(words.get(kind, kind)) for kind in str(each.seen).split(", "))
    return str(each.seen)


@dataclass(frozen=True, slots=True)
class ReplayedLine:
    """A contact that would have been refused. case_uid: of its case."""

    each: Replayed
    case_uid: str
    loan_no: str
    why: str


@for_roles(*READERS, kinds=(Company.Kind.LENDER.value,))
@require_safe
def replayed(request: HttpRequest) -> HttpResponse:
    """What a day's contacts would have got under the rules of another date."""
    user = cast("Request", request).user
    today = user.company.local_date()
    day = _day(request, "day", today - timedelta(days=1))
    rules_on = _day(request, "rules_on", today)
    found = replay(company=user.company, day=day, rules_on=rules_on, most=MOST_REPLAYED)
    context = {
        "form": ReplayForm(initial={"day": day, "rules_on": rules_on}),
        "day": day,
        "rules_on": rules_on,
        "found": found,
        "refused": len(found.refused),
        "by_rule": [(rule_label(rule), n) for rule, n in found.by_rule],
        "lines": _refused(found.refused[:MOST_SHOWN]),
        "empty": Empty(
            title=_("Nothing would have been refused"),
            text=_("Every contact of that day stands under these rules as well."),
        ),
    }
    return render(request, "collection/gate_replay.html", context)


def _day(request: HttpRequest, name: str, default: date) -> date:
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return default


def _refused(refused: tuple[Replayed, ...]) -> list[ReplayedLine]:
    cases = {
        case.pk: case for case in Case.objects.filter(pk__in={e.made.case_id for e in refused})
    }
    return [
        ReplayedLine(
            each,
            str(cases[each.made.case_id].uid),
            cases[each.made.case_id].loan_no,
            rule_labels(denial.rule for denial in each.decision.denials),
        )
        for each in refused
        if each.made.case_id in cases
    ]
