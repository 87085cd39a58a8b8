"""Leave and cover: who gets the cases meanwhile, what comes back, what stays, and why."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from agencies.placement import place_cases
from cases.holds import open_hold
from cases.models import CaseEvent, CaseHold
from collection.absence import covered_now
from collection.assignment import assign_cases
from collection.cover import change_over, preview_cover
from collection.desks import night_desks
from collection.leave import Entered, Plan, cancel_leave, enter_leave
from collection.models import Assignment, Leave, Move
from collection.reassignment import reassign_cases
from collection.undo import undo_move
from tenancy.models import AuditEntry, Company, NightStep, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, desk, whose
from tests.collection.test_undo import put

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def business_day(lender: Company, agency: Company) -> None:
    """Both companies have opened ON."""
    for company in (lender, agency):
        open_day(company, ON)


def open_day(company: Company, on: date) -> None:
    with company_scope(company):
        NightStep.objects.create(business_date=on, step="age", done_at=timezone.now())


def away(
    company: Company,
    username: str = "collector",
    cover: str = "collector2",
    *,
    first: date = ON,
    last: date = ON + 2 * DAY,
    by: User | None = None,
) -> Entered:
    plan = Plan(
        user=User.objects.get(username=username),
        first_day=first,
        last_day=last,
        cover=User.objects.get(username=cover) if cover else None,
        reason="annual leave",
    )
    return enter_leave(company=company, plan=plan, by=by)


def test_leave_that_begins_today_hands_over_at_once(lender: Company, person: Person) -> None:
    lead = person(lender, "lead")
    with company_scope(lender):
        one, two, other = (add_case(lender) for _n in range(3))
        put(lender, "collector", one, two)
        put(lender, "collector3", other, team="Two")
        told = preview_cover(
            company=lender,
            user=User.objects.get(username="collector"),
            cover=User.objects.get(username="collector2"),
            on=ON,
        )
        assert told.went == (one.pk, two.pk)
        done = away(lender, by=lead)
        assert done.handed == told
        assert [whose(case) for case in (one, two, other)] == [
            "collector2",
            "collector2",
            "collector3",
        ]
        row = Assignment.objects.get(case=one, ended_at=None)
        assert (row.why, row.leave_id, row.reason, row.assigned_by_name) == (
            "cover",
            done.leave.pk,
            "annual leave",
            "Liu Lead",
        )
        event = CaseEvent.objects.get(case=one, kind="covered")
        assert event.data["to"] == "Cora Collector · Team One"
        assert covered_now([done.leave]) == {done.leave.pk: 2}
        entry = AuditEntry.objects.get(verb="enter_leave")
        assert entry.after == {
            "first_day": "2026-11-20",
            "last_day": "2026-11-22",
            "cover": "collector2",
        }


def test_the_night_hands_over_and_takes_back(lender: Company) -> None:
    with company_scope(lender):
        stays, closed, moved, given_up = (add_case(lender) for _n in range(4))
        put(lender, "collector", stays, closed, moved, given_up)
        before = Assignment.objects.get(case=stays, ended_at=None)
        away(lender, first=ON + DAY, last=ON + 2 * DAY)
        assert change_over(lender, ON)["covered"] == 0
        assert whose(stays) == "collector"
    open_day(lender, ON + DAY)
    with company_scope(lender):
        assert change_over(lender, ON + DAY) == {
            "came_back": 0,
            "covered": 4,
            "left_on_leave": 0,
        }
        assert change_over(lender, ON + DAY)["covered"] == 0, "once"
        Assignment.objects.filter(case=closed, ended_at=None).update(
            ended_at=timezone.now(), end_kind="closed"
        )
        put(lender, "lead", moved)
        put(lender, "", given_up)
        assert change_over(lender, ON + 2 * DAY)["came_back"] == 0, "the last day is included"
    open_day(lender, ON + 3 * DAY)
    with company_scope(lender):
        assert change_over(lender, ON + 3 * DAY)["came_back"] == 1
        assert change_over(lender, ON + 3 * DAY)["came_back"] == 0, "once"
        assert [whose(case) for case in (stays, closed, moved, given_up)] == [
            "collector",
            None,
            "lead",
            "",
        ]
        after = Assignment.objects.get(case=stays, ended_at=None)
        assert (after.why, after.leave_id) == ("back", None)
        assert (after.team_id, after.assigned_on) == (before.team_id, before.assigned_on)
        assert CaseEvent.objects.filter(case=stays, kind="cover_ended").exists()


def test_the_cover_gets_no_more_than_the_limit(lender: Company) -> None:
    with company_scope(lender):
        User.objects.filter(username="collector2").update(capacity=3)
        lies = add_case(lender)
        put(lender, "collector2", lies)
        large = add_case(lender, amount="50.00")
        large_too = add_case(lender, amount="50.00", borrower=large.borrower)
        small = add_case(lender, amount="90.00")
        held = add_case(lender)
        put(lender, "collector", large, large_too, small, held)
        CaseHold.objects.create(case=held, kind="fraud", starts_on=ON - DAY, stops_assignment=True)
        done = away(lender).handed
        assert done is not None
        assert done.went == (large.pk, large_too.pk)
        assert dict(done.stays) == {small.pk: "over_capacity", held.pk: "on_hold"}
        assert whose(small) == "collector"


def test_complaints_go_to_a_cover_who_is_a_lead_only(lender: Company) -> None:
    with company_scope(lender):
        complains, other = add_case(lender), add_case(lender)
        put(lender, "collector", complains, other)
        open_hold(
            company=lender, case=complains, kind="complaint", starts_on=ON, reason="Rude", by=None
        )
        done = away(lender).handed
        assert done is not None
        assert (done.went, done.stays) == ((other.pk,), ((complains.pk, "lead_only"),))
        assert whose(complains) == "collector"
        told = preview_cover(
            company=lender,
            user=User.objects.get(username="collector"),
            cover=User.objects.get(username="lead"),
            on=ON,
        )
        assert (told.went, told.stays) == ((complains.pk,), ())


def test_nobody_on_leave_gets_cases(lender: Company) -> None:
    with company_scope(lender):
        lies = add_case(lender)
        put(lender, "collector", lies)
        away(lender, cover="")
        assert whose(lies) == "collector", "without a cover they stay"
        assert {each.code for each in night_desks(ON)} == {"collector2", "collector3"}
        case = add_case(lender)
        refused = reassign_cases(
            company=lender, case_ids=[case.pk], to=desk("collector"), reason="x", by=None
        )
        assert dict(refused.refusals) == {case.pk: "on_leave"}
        sibling = add_case(lender, borrower=lies.borrower)
        assign_cases(company=lender, on=ON)
        assert whose(sibling) in {"collector2", "collector3"}
        assert {each.code for each in night_desks(ON + 3 * DAY)} >= {"collector"}


def test_a_sibling_that_joined_the_cover_comes_back_too(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        away(lender, last=ON)
        sibling = add_case(lender, borrower=case.borrower)
        assign_cases(company=lender, on=ON)
        assert whose(sibling) == "collector2"
        change_over(lender, ON + DAY)
        assert (whose(case), whose(sibling)) == ("collector", "collector")


def test_cancelling_ends_it_at_once(lender: Company, person: Person) -> None:
    lead = person(lender, "lead")
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        done = away(lender)
        assert cancel_leave(company=lender, leave=done.leave, by=lead) == (case.pk,)
        assert whose(case) == "collector"
        with pytest.raises(ValidationError, match="cancelled already"):
            cancel_leave(company=lender, leave=done.leave, by=lead)
        away(lender)
        assert whose(case) == "collector2", "the days are free again"


def test_who_left_meanwhile_gets_nothing_back(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        away(lender, last=ON)
        User.objects.filter(username="collector").update(is_active=False)
        assert change_over(lender, ON + DAY)["came_back"] == 0
        assert whose(case) == "collector2"


def test_one_leave_after_another_changes_the_cover(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        away(lender, last=ON)
        away(lender, cover="lead", first=ON + DAY, last=ON + DAY)
    open_day(lender, ON + DAY)
    with company_scope(lender):
        assert change_over(lender, ON + DAY) == {
            "came_back": 1,
            "covered": 1,
            "left_on_leave": 0,
        }
        assert whose(case) == "lead"
    open_day(lender, ON + 2 * DAY)
    with company_scope(lender):
        change_over(lender, ON + 2 * DAY)
        assert whose(case) == "collector"


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(-1, 1, "first_day"), (2, 1, "last_day"), (0, 400, "last_day")],
)
def test_days_that_cannot_be(lender: Company, first: int, last: int, field: str) -> None:
    with company_scope(lender):
        with pytest.raises(ValidationError) as refused:
            away(lender, first=ON + first * DAY, last=ON + last * DAY)
        assert set(refused.value.message_dict) == {field}
        assert not Leave.objects.exists()


def test_nobody_is_away_twice_and_who_covers_is_there(lender: Company) -> None:
    with company_scope(lender):
        away(lender, first=ON + DAY, last=ON + 3 * DAY)
        for username, cover, field in (
            ("collector", "lead", "first_day"),
            ("collector2", "lead", "first_day"),
            ("lead", "collector", "cover"),
            ("lead", "lead", "cover"),
            ("lead", "finance", "cover"),
        ):
            with pytest.raises(ValidationError) as refused:
                away(lender, username, cover, first=ON + 3 * DAY, last=ON + 5 * DAY)
            assert set(refused.value.message_dict) == {field}, username
        away(lender, "collector2", "lead", first=ON + 4 * DAY, last=ON + 5 * DAY)


def test_a_lead_enters_for_the_own_team_only(lender: Company, person: Person) -> None:
    lead, admin = person(lender, "lead"), person(lender, "admin")
    with company_scope(lender):
        for username, cover in (("collector3", ""), ("collector", "collector3")):
            with pytest.raises(PermissionDenied):
                away(lender, username, cover, by=lead)
        for nobody in ("collector", "auditor", "inspector", "finance", "lead2"):
            with pytest.raises(PermissionDenied):
                away(lender, by=User.objects.get(username=nobody))
        entered = away(lender, "collector3", "collector", by=admin)
        with pytest.raises(PermissionDenied):
            cancel_leave(company=lender, leave=entered.leave, by=lead)


def test_a_cover_of_another_team_works_them_on_the_own_desk(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        away(lender, cover="collector3", last=ON)
        row = Assignment.objects.select_related("team").get(case=case, ended_at=None)
        assert row.team.name == "Team Two"
        change_over(lender, ON + DAY)
        row = Assignment.objects.select_related("team").get(case=case, ended_at=None)
        assert (row.team.name, whose(case)) == ("Team One", "collector")


def test_a_move_from_the_cover_undone_is_covered_again(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        away(lender, last=ON)
        move = put(lender, "lead", case)
        undo_move(company=lender, move=Move.objects.get(pk=move.pk), by=None)
        assert whose(case) == "collector2"
        assert change_over(lender, ON + DAY)["came_back"] == 1
        assert whose(case) == "collector"


def test_an_agency_covers_what_it_holds(lender: Company, agency: Company) -> None:
    with company_scope(lender):
        kept, recalled = add_case(lender), add_case(lender)
        place_cases(
            lender=lender,
            agency=agency,
            case_ids=[kept.pk, recalled.pk],
            reason="",
            ends_on=None,
            by=None,
        )
    with company_scope(agency):
        put(agency, "collector", kept, recalled)
        away(agency, last=ON)
        assert whose(kept) == "collector2"
        Assignment.objects.filter(case=recalled, ended_at=None).update(
            ended_at=timezone.now(), end_kind="recalled"
        )
        assert change_over(agency, ON + DAY)["came_back"] == 1
        assert (whose(kept), whose(recalled)) == ("collector", None)
