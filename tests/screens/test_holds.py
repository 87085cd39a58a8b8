"""Holds on screen: the list, the panels, the agency's side of the wall, a region's disaster."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from cases.hold_deadlines import holds_at_night
from cases.holds import open_hold
from cases.models import Case, CaseEvent, CaseHold, Loan
from collection.holding import missed_holds
from collection.models import DayOff
from tenancy.models import AuditEntry, Company, CrossingRecord, NightStep, User
from tenancy.scope import company_scope
from tests.collection.book import ON
from tests.screens.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[Company, str], Client]


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def opening(case: Case) -> str:
    return reverse("work:hold-open", args=[case.uid])


def ask(client: Client, case: Case, **said: str) -> HttpResponse:
    answer = client.post(opening(case), {"reason": "Says the sum is wrong"} | said)
    assert isinstance(answer, HttpResponse)
    return answer


def put(world: World, case: Case, kind: str, by: str | None = "admin") -> CaseHold:
    with company_scope(world.lender):
        person = User.objects.get(username=by) if by else None
        return open_hold(
            company=world.lender, case=case, kind=kind, starts_on=ON, reason="Told", by=person
        )


def test_a_collector_opens_a_dispute_and_the_lead_answers_and_lifts_it(
    world: World, signed_in: SignIn
) -> None:
    case = world.mine[0]
    collector = signed_in(world.lender, "collector")
    form = page(collector, opening(case))
    assert 'value="dispute"' in form
    assert 'value="legal"' not in form
    assert "May go out: Messages only" in form
    assert ask(collector, case, kind="").status_code == 422
    assert ask(collector, case, kind="legal").status_code == 422
    assert ask(collector, case, kind="dispute").status_code == 302
    with company_scope(world.lender):
        hold = CaseHold.objects.get(case=case)
    listed = page(collector, reverse("work:holds"))
    assert "Dispute" in listed
    assert reverse("work:hold-lift", args=[hold.uid]) not in listed
    assert collector.post(reverse("work:hold-lift", args=[hold.uid])).status_code == 403
    lead = signed_in(world.lender, "lead")
    assert reverse("work:hold-lift", args=[hold.uid]) in page(lead, reverse("work:holds"))
    answering = reverse("work:hold-answer", args=[hold.uid])
    assert "Says the sum is wrong" in page(lead, answering)
    assert lead.post(answering, {"answer": ""}).status_code == 422
    assert lead.post(answering + "?list=holds", {"answer": "Right"}).headers["Location"] == (
        reverse("work:holds")
    )
    lifted = lead.post(reverse("work:hold-lift", args=[hold.uid]), {"reason": "Agreed"})
    assert lifted.headers["Location"] == reverse("work:case", args=[case.uid])
    with company_scope(world.lender):
        hold.refresh_from_db()
        kinds = CaseEvent.objects.filter(case=case, kind__startswith="hold").order_by("pk")
        assert [each.kind for each in kinds] == ["hold_opened", "hold_answered", "hold_lifted"]
    assert (hold.answer, hold.lifted_by_name) == ("Right", "Liu Lead")
    told = page(lead, reverse("work:case", args=[case.uid]))
    assert "Hold answered: Dispute" in told
    assert "Agreed" in told


def test_holds_of_others_are_not_there(world: World, signed_in: SignIn) -> None:
    hold = put(world, world.other_team, "dispute")
    lead = signed_in(world.lender, "lead")
    assert lead.get(opening(world.other_team)).status_code == 404
    assert lead.get(reverse("work:hold-lift", args=[hold.uid])).status_code == 404
    assert "OTHER-1" not in page(lead, reverse("work:holds"))
    assert "OTHER-1" in page(signed_in(world.lender, "auditor"), reverse("work:holds"))


def test_the_list_by_what_is_to_be_done(world: World, signed_in: SignIn) -> None:
    soon, late, over = (put(world, case, "dispute") for case in world.mine)
    with company_scope(world.lender):
        CaseHold.objects.filter(pk=soon.pk).update(answer_by=ON + timedelta(days=1))
        CaseHold.objects.filter(pk=late.pk).update(answer_by=ON - timedelta(days=1))
        CaseHold.objects.filter(pk=over.pk).update(ends_on=ON, lifted_at="2026-11-19T00:00Z")
    admin = signed_in(world.lender, "admin")
    for show, numbers in {
        "": {"MINE-3", "MINE-5"}, "due": {"MINE-3"}, "late": {"MINE-5"}, "over": {"MINE-7"},
    }.items():  # fmt: skip
        shown = page(admin, reverse("work:holds") + f"?show={show}")
        assert {each.loan_no for each in world.mine if f">{each.loan_no}<" in shown} == numbers
    assert "No hold is in force" in page(admin, reverse("work:holds") + "?kind=fraud")


def test_missed_deadlines_are_told_to_the_lead_and_a_day_later_to_the_admin(world: World) -> None:
    put(world, world.mine[0], "dispute")
    put(world, world.other_team, "dispute")
    with company_scope(world.lender):
        people = {name: User.objects.get(username=name) for name in ("lead", "admin", "collector")}
        seen = []
        for days in (20, 21, 22):
            holds_at_night(world.lender, ON + timedelta(days=days))
            seen.append({name: missed_holds(who) for name, who in people.items()})
    assert seen == [
        {"lead": 0, "admin": 0, "collector": 0},
        {"lead": 1, "admin": 0, "collector": 0},
        {"lead": 1, "admin": 2, "collector": 0},
    ]


def test_an_agencys_people_open_a_hold_through_the_wall_and_the_lender_lifts_it(
    world: World, signed_in: SignIn
) -> None:
    case = world.placed[0]
    agencys = signed_in(world.agency, "collector")
    assert ask(agencys, case, kind="complaint").status_code == 302
    with company_scope(world.lender):
        hold = CaseHold.objects.get(case=case)
        event = CaseEvent.objects.get(case=case, kind="hold_opened")
    # The next holder of the case reads neither who opened it nor of whom it tells.
    assert (hold.opened_by_name, hold.complained_of_name, event.actor_name) == ("", "", "")
    with company_scope(world.agency):
        collector = User.objects.get(username="collector")
        crossing = CrossingRecord.objects.get(kind="hold")
    assert (hold.opened_by_id, hold.complained_of_id) == (collector.pk, collector.pk)
    assert crossing.actor_name == "Chen Collector"
    listed = page(agencys, reverse("work:holds"))
    assert "PLACED-70" in listed
    assert "Lift" not in listed
    boss = signed_in(world.agency, "admin")
    assert 'value="legal"' not in page(boss, opening(case))
    assert boss.get(reverse("work:hold-lift", args=[hold.uid])).status_code == 403
    lenders = signed_in(world.lender, "admin")
    assert "PLACED-70" in page(lenders, reverse("work:holds"))
    path = reverse("work:hold-lift", args=[hold.uid])
    assert lenders.post(path, {"reason": "Settled"}).status_code == 302
    assert "PLACED-70" not in page(agencys, reverse("work:holds"))


@pytest.mark.parametrize(
    ("eve", "own", "answer_by"),
    [
        # 1 to 7 October are holidays: Thursday the 8th is the first working day.
        (date(2026, 9, 30), {}, date(2026, 10, 9)),
        # Saturday the 10th is worked in exchange for one of them.
        (date(2026, 10, 8), {}, date(2026, 10, 10)),
        (date(2026, 10, 8), {date(2026, 10, 10): True}, date(2026, 10, 12)),
        (date(2026, 9, 30), {date(2026, 10, 5): False}, date(2026, 10, 8)),
    ],
)
def test_the_check_of_a_payment_waits_for_working_days(
    world: World, signed_in: SignIn, eve: date, own: dict[date, bool], answer_by: date
) -> None:
    with company_scope(world.lender):
        NightStep.objects.filter(business_date=ON).update(business_date=eve)
        for on, is_holiday in own.items():
            DayOff.objects.create(
                company=world.lender, jurisdiction="CN", on=on, is_holiday=is_holiday, name="Own"
            )
    case = world.mine[0]
    assert ask(signed_in(world.lender, "collector"), case, kind="payment_check").status_code == 302
    with company_scope(world.lender):
        hold = CaseHold.objects.get(case=case)
    assert (hold.answer_by, hold.ends_on) == (answer_by, answer_by + timedelta(days=1))


def test_an_agency_holds_nothing_that_it_does_not_have(world: World, signed_in: SignIn) -> None:
    assert signed_in(world.agency, "admin").get(opening(world.mine[0])).status_code == 404


def test_a_disaster_holds_a_region_after_its_size_was_shown(
    world: World, signed_in: SignIn
) -> None:
    path = reverse("work:hold-disaster")
    with company_scope(world.lender):
        ids = [case.loan_id for case in world.mine[:2]]
        Loan.objects.filter(pk__in=ids).update(region="Riverside")
    admin = signed_in(world.lender, "admin")
    said = {"region": "Riverside", "ends_on": "", "reason": "Flood"}
    looked = admin.post(path, said | {"act": "open"})
    shown = looked.content.decode()
    assert "2 open cases, 2,000.00" in shown
    with company_scope(world.lender):
        assert not CaseHold.objects.exists()
    seen = {"seen": "Riverside|", "act": "open"}
    refused = admin.post(path, said | {"ends_on": (ON + timedelta(days=91)).isoformat()})
    assert refused.status_code == 422
    assert admin.post(path, said | seen).status_code == 302
    assert admin.post(path, said | seen).status_code == 302
    with company_scope(world.lender):
        holds = list(CaseHold.objects.order_by("case_id"))
        assert {hold.case_id for hold in holds} == {case.pk for case in world.mine[:2]}
        assert {(hold.ends_on, hold.stops_contact) for hold in holds} == {
            (ON + timedelta(days=90), "voice")
        }
        case = Case.objects.get(pk=world.mine[0].pk)
        assert (case.paused_from, case.paused_to) == (ON, ON + timedelta(days=90))
        entry = AuditEntry.objects.get(verb="hold_region")
        assert entry.after["cases"] == 2
    assert signed_in(world.lender, "lead").get(path).status_code == 403
