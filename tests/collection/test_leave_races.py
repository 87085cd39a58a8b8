"""Two at once around cover and undoing: nights beside nights, undoing beside moves and nights."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from agencies.placement import place_cases
from cases.models import Case
from collection.cover import change_over
from collection.leave import Plan, enter_leave
from collection.models import Assignment, Move
from collection.reassignment import Reassigned, reassign_cases
from collection.undo import Undone, undo_move
from tenancy.models import Company, NightStep, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, desk, whose
from tests.collection.test_races import first, meanwhile

pytestmark = pytest.mark.django_db(transaction=True)
TOMORROW = ON + timedelta(days=1)


def open_day(company: Company) -> None:
    with company_scope(company):
        NightStep.objects.create(business_date=ON, step="age", done_at=timezone.now())


def put(company: Company, case: Case, username: str) -> Reassigned:
    return reassign_cases(
        company=company, case_ids=[case.pk], to=desk(username), reason="ill", by=None
    )


def plan_leave(company: Company) -> None:
    """The collector is away tomorrow."""
    plan = Plan(
        user=User.objects.get(username="collector"),
        first_day=TOMORROW,
        last_day=TOMORROW,
        cover=User.objects.get(username="collector2"),
        reason="",
    )
    enter_leave(company=company, plan=plan, by=None)


@pytest.fixture
def case(lender: Company) -> Case:
    open_day(lender)
    with company_scope(lender):
        made = add_case(lender)
        put(lender, made, "collector")
        return made


@pytest.fixture
def placed(lender: Company, agency: Company, case: Case) -> Case:
    open_day(agency)
    with company_scope(lender):
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
    with company_scope(agency):
        put(agency, case, "collector")
    return case


def test_two_nights_hand_over_once(lender: Company, case: Case) -> None:
    with company_scope(lender):
        plan_leave(lender)
    with first(lender, lambda: change_over(lender, TOMORROW)) as night:
        again = meanwhile(lender, lambda: change_over(lender, TOMORROW), night)
    assert (night.result["covered"], again["covered"]) == (1, 0)
    with company_scope(lender):
        assert whose(case) == "collector2"


@pytest.mark.parametrize("which", ["lender", "agency"])
def test_a_case_moved_while_the_night_hands_over_lies_on_one_desk(
    lender: Company, agency: Company, placed: Case, case: Case, which: str
) -> None:
    company = agency if which == "agency" else lender
    if which == "lender":
        with company_scope(lender):
            case = add_case(lender)
            put(lender, case, "collector")
    with company_scope(company):
        plan_leave(company)
    with first(company, lambda: put(company, case, "lead")) as mover:
        counts = meanwhile(company, lambda: change_over(company, TOMORROW), mover)
    assert len(mover.result.moved) == 1
    assert counts["covered"] == 0
    with company_scope(company):
        assert whose(case) == "lead"
        assert Assignment.objects.filter(case=case, company=company, ended_at=None).count() == 1


def test_two_who_undo_the_same_move(lender: Company, case: Case) -> None:
    with company_scope(lender):
        moved = put(lender, case, "collector2").move
        assert moved is not None

    def undo() -> Undone:
        return undo_move(company=lender, move=Move.objects.get(pk=moved.pk), by=None)

    with first(lender, undo) as one, pytest.raises(ValidationError, match="undone already"):
        meanwhile(lender, undo, one)
    with company_scope(lender):
        assert whose(case) == "collector"


def test_undoing_waits_for_who_moves_the_case_on(lender: Company, case: Case) -> None:
    with company_scope(lender):
        moved = put(lender, case, "collector2").move
        assert moved is not None
    with first(lender, lambda: put(lender, case, "lead")) as mover:
        undone = meanwhile(
            lender,
            lambda: undo_move(company=lender, move=Move.objects.get(pk=moved.pk), by=None),
            mover,
        )
    assert dict(undone.refusals) == {case.pk: "moved_since"}
    with company_scope(lender):
        assert whose(case) == "lead"
