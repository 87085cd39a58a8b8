"""The gate's facts from real rows: clocks, holds, wishes, third persons, both sides' rules."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.utils import timezone

from agencies.placement import place_cases
from cases.models import Borrower, Case, CaseHold, ContactPoint, Loan
from collection.contact_facts import Decision
from collection.contact_rule_changes import set_rule, start_rules
from collection.gate import ask, reserve, settle
from collection.models import ContactTry, ContactWish, DayOff, Note, Promise
from tenancy.models import Company, User
from tenancy.night import business_date
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, furnish
from tests.collection.test_gate import add_point, at, own_point

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]
NEXT = ON + timedelta(days=1)


def rules_of(decision: Decision) -> list[str]:
    return [denial.rule for denial in decision.denials]


@pytest.fixture
def who(lender: Company, person: Person) -> User:
    return person(lender, "collector")


def fail(lender: Company, case: Case, who: User, *hours: int) -> None:
    """Calls to the borrower's own number that nobody answered."""
    for hour in hours:
        made = reserve(user=who, case=case, channel="call", point=own_point(case), at=at(hour))
        settle(company=lender, uid=made.uid, state="unanswered")


def wish(case: Case, **facts: object) -> ContactWish:
    return ContactWish.objects.create(
        company_id=case.owner_id,
        owner_id=case.owner_id,
        borrower_id=case.borrower_id,
        case_id=case.pk,
        said_at=at(8),
        **facts,
    )


def test_people_in_xinjiang_live_by_two_clocks(lender: Company, who: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        Loan.objects.filter(pk=case.loan_id).update(region="新疆 乌鲁木齐")
        asked = partial(ask, user=who, case=case, channel="call", point=own_point(case))
        assert rules_of(asked(at=at(9, 30))) == ["window"]
        assert asked(at=at(12, 30)).allowed
        assert rules_of(asked(at=at(14, 30))) == ["noon"]


def test_the_feeds_time_zone_decides_and_brings_its_rules(lender: Company, who: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        asked = partial(ask, user=who, case=case, channel="call", point=own_point(case))
        Borrower.objects.filter(pk=case.borrower_id).update(timezone="Asia/Kolkata")
        # 16:00 in Shanghai is 13:30 in Kolkata: the lender's noon break holds there as well.
        assert rules_of(asked(at=at(16))) == ["noon"]
        assert asked(at=at(17)).allowed
        # 19:10 in Kolkata: allowed in China, not in India.
        assert rules_of(asked(at=at(21, 40))) == ["window"]
        Borrower.objects.filter(pk=case.borrower_id).update(timezone="No/Where")
        assert asked(at=at(17)).allowed, "a zone that is none: the lender's"


def test_the_agencys_tighter_rule_holds_too(
    lender: Company, agency: Company, person: Person
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
    with company_scope(agency):
        furnish(agency)
        start_rules(company=agency)
        today = business_date(agency)
        tightened = {"opens": "10:00", "closes": "18:00", "every_clock": "yes"}
        set_rule(
            company=agency,
            jurisdiction="CN",
            rule="window",
            given=tightened,
            valid_from=today,
            by=None,
        )
        held = Case.objects.get(pk=case.pk)
        asked = partial(
            ask, user=person(agency, "collector"), case=held, channel="sms", point=own_point(held)
        )
        assert rules_of(asked(at=at(9, 30, on=today))) == ["window"]
        assert asked(at=at(10, on=today)).allowed
    with company_scope(lender):
        side = add_case(lender)
        ours = person(lender, "collector")
        assert ask(
            user=ours, case=side, channel="sms", point=own_point(side), at=at(9, 30, on=today)
        ).allowed


def test_third_persons_open_by_failure_and_close_by_a_conversation(
    lender: Company, who: User
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        spouse = add_point(case, "spouse", "Li")
        asked = partial(ask, user=who, case=case, channel="call", point=spouse)
        assert rules_of(asked(at=at(9))) == ["third_locked"]
        fail(lender, case, who, 9, 11, 15)
        assert asked(at=at(16)).next_at == at(8, on=NEXT)
        assert asked(at=at(9, on=NEXT)).allowed
        Note.objects.create(
            company=lender,
            owner=lender,
            case=case,
            author_id=who.pk,
            author_name="x",
            at=at(8, 30, on=NEXT),
            disposition="will_pay",
            disposition_name_en="x",
            disposition_name_zh="x",
            channel="inbound",
            flags=["conversation", "right_party"],
        )
        closed = asked(at=at(9, on=NEXT))
        assert (rules_of(closed), closed.next_at) == (["third_locked"], None)


def test_no_own_number_in_use_opens_third_persons_at_once(lender: Company, who: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        friend = add_point(case, "friend", "Wu")
        own = ContactPoint.objects.filter(pk=own_point(case).pk)
        asked = partial(ask, user=who, case=case, channel="call", point=friend, at=at(10))
        own.update(state="invalid", state_at=at(9))
        assert asked().allowed
        own.update(state_until=ON)
        assert rules_of(asked()) == ["third_locked"], "counts as unknown again"


def test_a_refusal_closes_the_person_and_the_borrowers_way(lender: Company, who: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        other = add_case(lender, borrower=case.borrower)
        first, second = add_point(case, "spouse", "Li"), add_point(case, "spouse", "Li")
        ContactPoint.objects.filter(borrower_id=case.borrower_id, relation="self").update(
            state="invalid", state_at=at(8)
        )
        ContactPoint.objects.filter(pk=first.pk).update(state="refused", state_at=at(9))
        later = at(10, on=date(2027, 5, 20))
        for point in (first, second):
            found = ask(user=who, case=other, channel="sms", point=point, at=later)
            assert rules_of(found) == ["third_refused"]
        wish(case, kind="stop", channel="sms", at=at(9))
        own = own_point(case)
        assert "own_refused" in rules_of(
            ask(user=who, case=other, channel="sms", point=own, at=at(10))
        )
        assert ask(user=who, case=other, channel="call", point=own, at=at(10)).allowed


def test_callbacks_and_promises_excuse_the_noon_break(lender: Company, who: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        asked = partial(ask, user=who, case=case, channel="call", point=own_point(case))
        wish(case, kind="callback", at=at(12, 40))
        assert rules_of(asked(at=at(12, 30))) == ["noon"]
        assert asked(at=at(12, 40)).allowed
        made = reserve(user=who, case=case, channel="call", point=own_point(case), at=at(12, 41))
        assert made.was_asked_for
        Promise.objects.create(
            company=lender,
            owner=lender,
            case=case,
            taken_by_id=who.pk,
            taken_by_name="x",
            made_at=at(8),
            amount=10,
            due_on=NEXT,
            pay_by="app",
            grace_days=1,
            tolerance_percent=5,
        )
        assert asked(at=at(13, on=NEXT)).allowed
        Promise.objects.update(kept_at=at(20))
        assert rules_of(asked(at=at(13, on=NEXT))) == ["noon"]


def test_a_hold_on_the_person_stops_every_case_and_cools_down(lender: Company, who: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        other = add_case(lender, borrower=case.borrower)
        asked = partial(ask, user=who, case=other, channel="sms", point=own_point(case))
        hold = CaseHold.objects.create(
            owner=lender,
            case=case,
            kind="complaint",
            stops_contact="all",
            starts_on=ON,
            opened_at=at(9),
        )
        assert asked(at=at(10)).allowed, "a hold of the other case alone"
        CaseHold.objects.filter(pk=hold.pk).update(person_hold=uuid4())
        assert rules_of(asked(at=at(10))) == ["hold"]
        CaseHold.objects.filter(pk=hold.pk).update(lifted_at=at(11), ends_on=ON)
        found = asked(at=at(12))
        assert rules_of(found) == ["cool_down"]
        assert found.next_at == at(8, on=ON + timedelta(days=7))


def test_a_day_off_stops_calls_and_a_closed_case_everything(lender: Company, who: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        point = own_point(case)
        DayOff.objects.create(
            company=lender, jurisdiction="CN", on=NEXT, is_holiday=True, name="Flood"
        )
        asked = partial(ask, user=who, case=case, point=point, at=at(10, on=NEXT))
        assert rules_of(asked(channel="call")) == ["holiday"]
        assert asked(channel="sms").allowed
        Case.objects.filter(pk=case.pk).update(
            closed_on=ON, closed_at=timezone.now(), closure="paid"
        )
        assert rules_of(asked(channel="sms")) == ["not_holder"]
        assert not ContactTry.objects.exists()
