"""Moving cases by hand: who may, what is refused, what goes along, what the effect will be."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st

from agencies.placement import place_cases
from cases.choosing import MOST_AT_ONCE, chosen_ids
from cases.models import Case, CaseEvent, CaseHold
from collection.assignment import assign_cases
from collection.desks import Desk, Load
from collection.models import Assignment
from collection.notes import write_note
from collection.reassignment import Movable, Reassigned, Receiver, judge, reassign_cases
from tenancy.models import Company, Team, TeamMember, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, desk, total, whose

Person = Callable[[Company, str], User]


def move(
    company: Company,
    cases: Sequence[Case],
    to: Desk,
    by: User | None = None,
    *,
    dry_run: bool = False,
) -> Reassigned:
    return reassign_cases(
        company=company,
        case_ids=[case.pk for case in cases],
        to=to,
        reason="" if dry_run else "Leave",
        by=by,
        dry_run=dry_run,
    )


def put(company: Company, username: str, *cases: Case, team: str = "One") -> None:
    assert len(move(company, cases, desk(username, team)).moved) == len(cases)


@pytest.mark.django_db
def test_a_lead_moves_cases_within_the_team(lender: Company, person: Person) -> None:
    lead = person(lender, "lead")
    with company_scope(lender):
        case = add_case(lender, amount="700.00")
        put(lender, "collector", case)
        told = move(lender, [case], desk("collector2"), lead)
        assert (told.moved, told.amount, told.refusals) == ((case.pk,), Decimal("700.00"), ())
        assert whose(case) == "collector2"
        old, new = Assignment.objects.filter(case=case).order_by("pk")
        assert (old.end_kind, old.ended_at is not None) == ("reassigned", True)
        assert (new.why, new.reason, new.assigned_by_name) == ("hand", "Leave", "Liu Lead")
        event = CaseEvent.objects.filter(kind="reassigned").get()
        assert event.data == {
            "from": "Chen Collector · Team One",
            "to": "Cora Collector · Team One",
            "reason": "Leave",
        }


@pytest.mark.django_db
def test_next_action_and_last_touch_go_along(lender: Company, person: Person) -> None:
    collector = person(lender, "collector")
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        write_note(
            company=lender,
            case=case,
            by=collector,
            disposition="hung_up",
            remark="Friday.",
            next_action="Call on Friday",
        )
        before = Assignment.objects.get(ended_at=None)
        put(lender, "collector2", case)
        after = Assignment.objects.get(ended_at=None)
        for name in (
            *("next_action", "next_action_at", "last_touch_at"),
            *("last_touch_by_name", "last_disposition"),
        ):
            assert getattr(after, name) == getattr(before, name), name
        assert after.next_action == "Call on Friday"


@pytest.mark.django_db
def test_the_effect_is_told_first(lender: Company) -> None:
    with company_scope(lender):
        stays, goes, lies = (add_case(lender, amount=f"{n}.00") for n in (1, 10, 100))
        put(lender, "collector", stays, goes)
        put(lender, "collector2", lies)
        told = move(lender, [goes], desk("collector2"), dry_run=True)
        receiver, giver = told.changes
        assert (receiver.before, receiver.after) == (
            Load(1, Decimal("100.00")),
            Load(2, Decimal("110.00")),
        )
        assert (giver.before, giver.after) == (
            Load(2, Decimal("11.00")),
            Load(1, Decimal("1.00")),
        )
        assert giver.label == "Chen Collector · Team One"
        assert whose(goes) == "collector"
        assert move(lender, [goes], desk("collector2")).changes == told.changes


@pytest.mark.django_db
def test_each_refused_case_has_one_reason(lender: Company, agency: Company) -> None:
    with company_scope(lender):
        good, closed, held, same, placed = (add_case(lender) for _n in range(5))
        put(lender, "collector", good, closed, held)
        put(lender, "collector2", same)
        Case.objects.filter(pk=closed.pk).update(closed_on=ON)
        yesterday = ON - timedelta(days=1)
        CaseHold.objects.create(
            case=held, kind="dispute", starts_on=yesterday, stops_assignment=True
        )
        place_cases(
            lender=lender, agency=agency, case_ids=[placed.pk], reason="", ends_on=None, by=None
        )
        told = move(lender, [good, closed, held, same, placed], desk("collector2"))
        assert told.moved == (good.pk,)
        assert dict(told.refusals) == {
            closed.pk: "closed",
            held.pk: "on_hold",
            same.pk: "same_desk",
            placed.pk: "placed",
        }


@pytest.mark.django_db
def test_a_lead_stays_within_the_teams_led(lender: Company, person: Person) -> None:
    lead = person(lender, "lead")
    with company_scope(lender):
        own, foreign = add_case(lender), add_case(lender)
        put(lender, "collector", own)
        put(lender, "collector3", foreign, team="Two")
        assert dict(move(lender, [own], desk("collector3", "Two"), lead).refusals) == {
            own.pk: "not_same_group"
        }
        # What one does not see looks like what is gone.
        told = move(lender, [foreign], desk("collector"), lead)
        assert dict(told.refusals) == {foreign.pk: "changed_meanwhile"}
        assert whose(foreign) == "collector3"


@pytest.mark.django_db
def test_an_admin_moves_anywhere_and_out_of_the_pile(lender: Company, person: Person) -> None:
    admin = person(lender, "admin")
    with company_scope(lender):
        case, unassigned = add_case(lender), add_case(lender)
        put(lender, "collector", case)
        assert len(move(lender, [case, unassigned], desk("", "Two"), admin).moved) == 2
        assert whose(unassigned) == ""
        assert CaseEvent.objects.get(case=unassigned, kind="assigned").data["to"] == "Team Two"


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["collector", "auditor", "inspector", "finance"])
def test_others_move_nothing(lender: Company, person: Person, username: str) -> None:
    user = person(lender, username)
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        with pytest.raises(PermissionDenied):
            move(lender, [case], desk("collector2"), user)


@pytest.mark.django_db
def test_a_reason_is_asked(lender: Company) -> None:
    with company_scope(lender), pytest.raises(ValidationError):
        reassign_cases(company=lender, case_ids=[], to=desk("collector"), reason="  ", by=None)


@pytest.mark.django_db
def test_inactive_desks_get_nothing(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        left = desk("collector")
        assert left.collector is not None
        TeamMember.objects.filter(user=left.collector).delete()
        assert dict(move(lender, [case], left).refusals) == {case.pk: "inactive"}
        User.objects.filter(username="collector2").update(is_active=False)
        assert dict(move(lender, [case], desk("collector2")).refusals) == {case.pk: "inactive"}
        Team.objects.update(is_active=False)
        assert dict(move(lender, [case], desk("")).refusals) == {case.pk: "inactive"}


@pytest.mark.django_db
def test_limits_hold_and_people_are_not_split(lender: Company) -> None:
    with company_scope(lender):
        User.objects.filter(username="collector").update(capacity=3)
        lies = add_case(lender)
        put(lender, "collector", lies)
        large = add_case(lender, amount="50.00")
        large_too = add_case(lender, amount="50.00", borrower=large.borrower)
        small = add_case(lender, amount="90.00")
        told = move(lender, [small, large, large_too], desk("collector"))
        assert told.moved == (large.pk, large_too.pk)
        assert dict(told.refusals) == {small.pk: "over_capacity"}


@pytest.mark.django_db
def test_it_says_how_many_borrowers_it_splits(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        sibling = add_case(lender, borrower=case.borrower)
        put(lender, "collector", case, sibling)
        assert move(lender, [case], desk("collector2"), dry_run=True).split_borrowers == 1
        assert move(lender, [case, sibling], desk("collector2")).split_borrowers == 0


@pytest.mark.django_db
def test_all_that_match_can_be_moved(lender: Company, person: Person) -> None:
    with company_scope(lender):
        cases = [add_case(lender) for _n in range(3)]
        assign_cases(company=lender, on=ON)
        told = reassign_cases(
            company=lender,
            case_ids=Case.objects.filter(closed_on=None),
            to=desk("", "Two"),
            reason="Leave",
            by=person(lender, "admin"),
        )
        assert (len(told.moved), told.amount) == (3, total(cases))
        assert {whose(case) for case in cases} == {""}


def test_nobody_moves_more_than_a_person_can_answer_for() -> None:
    assert chosen_ids([3, 1, 3]) == [1, 3]
    with pytest.raises(ValidationError, match="narrow the filter"):
        chosen_ids(range(MOST_AT_ONCE + 1))


@pytest.mark.django_db
def test_an_agency_moves_what_it_holds(lender: Company, agency: Company, person: Person) -> None:
    lead = person(agency, "lead")
    with company_scope(lender):
        case, other = add_case(lender), add_case(lender)
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
    with company_scope(agency):
        told = move(agency, [case, other], desk("collector"))
        assert told.moved == (case.pk,)
        assert dict(told.refusals) == {other.pk: "changed_meanwhile"}
        assert move(agency, [case], desk("collector2"), lead).moved == (case.pk,)
        assert whose(case) == "collector2"


def movable(number: int, borrower: int, amount: int) -> Movable:
    return Movable(
        case_id=number,
        borrower_id=borrower,
        amount=Decimal(amount),
        desk=None,
        assignment_id=None,
        is_closed=False,
        is_away=False,
        is_on_hold=False,
    )


@given(
    people=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 99)), max_size=30),
    room=st.integers(0, 12),
)
def test_room_is_kept_and_nobody_is_split(people: list[tuple[int, int]], room: int) -> None:
    cases = [movable(n, borrower, amount) for n, (borrower, amount) in enumerate(people)]
    receiver = Receiver(desk=(1, 1), is_active=True, is_led=True, room=room)
    verdict = judge([case.case_id for case in cases], cases, receiver)
    moved = [case for case in cases if case.case_id not in verdict]
    assert len(moved) <= room
    refused = {case.borrower_id for case in cases if case.case_id in verdict}
    assert refused.isdisjoint(case.borrower_id for case in moved)
    # Nobody was passed over who would still have fitted.
    for borrower in refused:
        assert sum(case.borrower_id == borrower for case in cases) > room - len(moved)
