"""The night gives unassigned cases to desks: evenly, borrowers whole, whatever happens beside."""

from datetime import timedelta

import pytest

from cases.models import Case, CaseHold
from collection.assignment import AssignedCounts, assign_cases
from collection.models import Assignment
from tenancy.models import Company, Team, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, whose

pytestmark = pytest.mark.django_db


def assign(company: Company) -> AssignedCounts:
    return assign_cases(company=company, on=ON)


def test_cases_go_evenly_by_count_then_amount(lender: Company) -> None:
    with company_scope(lender):
        cases = [add_case(lender, amount=f"{n}00.00") for n in (9, 8, 7, 6, 5, 4)]
        assert assign(lender) == AssignedCounts(assigned=6)
        desks = [whose(case) for case in cases]
        # 900, 800, 700 go to one each; the next goes where the sum is smallest.
        assert desks == [
            *("collector", "collector2", "collector3"),
            *("collector3", "collector2", "collector"),
        ]


def test_a_new_case_is_due_from_the_beginning_of_the_business_date(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        assign(lender)
        row = Assignment.objects.get(case=case)
        assert row.next_action_at.isoformat() == "2026-11-19T16:00:00+00:00"
        assert (row.assigned_on, row.why, row.owner_id) == (ON, "night", lender.pk)


def test_what_is_above_every_range_waits(lender: Company) -> None:
    with company_scope(lender):
        inside, above = add_case(lender, dpd=30), add_case(lender, dpd=31)
        assert assign(lender).assigned == 1
        assert whose(inside) is not None
        assert whose(above) is None


def test_a_borrowers_cases_stay_together(lender: Company) -> None:
    with company_scope(lender):
        first = add_case(lender, amount="100.00")
        second = add_case(lender, amount="90.00", borrower=first.borrower)
        for _n in range(4):
            add_case(lender, amount="500.00")
        assert assign(lender).assigned == 6
        assert whose(first) == whose(second)


def test_a_new_case_joins_its_sibling_even_on_a_full_desk(lender: Company) -> None:
    with company_scope(lender):
        first = add_case(lender)
        assign(lender)
        User.objects.update(capacity=1)
        second, stranger = add_case(lender, borrower=first.borrower), add_case(lender)
        add_case(lender)
        add_case(lender)
        assert assign(lender) == AssignedCounts(assigned=3, joined=1, no_room=1)
        assert whose(second) == whose(first)
        assert whose(stranger) not in (None, whose(first))


def test_siblings_of_somebody_who_left_are_dealt_anew(lender: Company) -> None:
    with company_scope(lender):
        first = add_case(lender)
        assign(lender)
        User.objects.filter(username=whose(first)).update(is_active=False)
        second = add_case(lender, borrower=first.borrower)
        assert assign(lender) == AssignedCounts(assigned=1)
        assert whose(second) not in (None, whose(first))


def test_limits_hold(lender: Company) -> None:
    with company_scope(lender):
        User.objects.filter(username="collector").update(capacity=1)
        User.objects.filter(username__in=["collector2", "collector3"]).update(capacity=0)
        cases = [add_case(lender, amount=f"{n}.00") for n in (10, 30, 20)]
        assert assign(lender) == AssignedCounts(assigned=1, no_room=2)
        assert [whose(case) for case in cases] == [None, "collector", None]


def test_holds_that_stop_assignment_keep_a_case_until_they_end(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        CaseHold.objects.create(
            case=case,
            kind="dispute",
            starts_on=ON - timedelta(days=1),
            ends_on=ON + timedelta(days=1),
            stops_assignment=True,
        )
        assert assign(lender).assigned == 0
        assert assign_cases(company=lender, on=ON + timedelta(days=1)).assigned == 1


def test_closed_cases_stay_where_they_are(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        Case.objects.filter(pk=case.pk).update(closed_on=ON)
        assert assign(lender) == AssignedCounts()


def test_teams_with_their_own_ranges_get_their_own_cases(lender: Company) -> None:
    with company_scope(lender):
        Team.objects.filter(name="Team One").update(takes_dpd_to=10)
        Team.objects.filter(name="Team Two").update(takes_dpd_from=11)
        low, high = add_case(lender, dpd=10), add_case(lender, dpd=11)
        assert assign(lender).assigned == 2
        assert whose(low) in ("collector", "collector2")
        assert whose(high) == "collector3"


def test_a_borrower_goes_where_the_oldest_case_belongs(lender: Company) -> None:
    with company_scope(lender):
        Team.objects.filter(name="Team One").update(takes_dpd_to=10)
        Team.objects.filter(name="Team Two").update(takes_dpd_from=11)
        old = add_case(lender, dpd=20)
        young = add_case(lender, dpd=1, borrower=old.borrower)
        assign(lender)
        assert whose(young) == whose(old) == "collector3"


def test_inactive_teams_and_people_get_nothing(lender: Company) -> None:
    with company_scope(lender):
        Team.objects.filter(name="Team Two").update(is_active=False)
        User.objects.filter(username="collector").update(is_active=False)
        cases = [add_case(lender) for _n in range(3)]
        assign(lender)
        assert {whose(case) for case in cases} == {"collector2"}


def test_without_a_receiving_desk_everything_waits(lender: Company) -> None:
    with company_scope(lender):
        Team.objects.update(takes_dpd_from=None, takes_dpd_to=None)
        add_case(lender)
        assert assign(lender) == AssignedCounts()


def test_twice_is_once(lender: Company) -> None:
    with company_scope(lender):
        add_case(lender)
        add_case(lender)
        assert assign(lender).assigned == 2
        assert assign(lender).assigned == 0
        assert Assignment.objects.count() == 2


def test_an_agency_has_no_night_of_its_own(agency: Company) -> None:
    with company_scope(agency):
        assert assign(agency) == AssignedCounts()
