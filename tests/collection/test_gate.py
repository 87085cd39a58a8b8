"""The gate's door: let through, refused, settled, given up, on both sides of the wall."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from agencies.placement import place_cases
from agencies.recall import recall_cases
from cases.models import Case, CaseEvent, ContactPoint
from collection.gate import Denied, ask, release, reserve, settle
from collection.models import ContactTry
from tenancy.models import Company, CrossingRecord, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, furnish

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
Person = Callable[[Company, str], User]


def at(hour: int, minute: int = 0, on: date = ON) -> datetime:
    """A moment on Shanghai's clock of the book's day, an ordinary Friday."""
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=SHANGHAI)


def own_point(case: Case) -> ContactPoint:
    return ContactPoint.objects.get(borrower_id=case.borrower_id, relation="self", kind="mobile")


def add_point(case: Case, relation: str, name: str = "") -> ContactPoint:
    return ContactPoint.objects.create(
        owner_id=case.owner_id,
        borrower_id=case.borrower_id,
        relation=relation,
        person_name=name,
        number_hash=uuid4().bytes,
        number_sealed="x",
        number_mask="139****0912",
    )


def rules_of(denied: "pytest.ExceptionInfo[Denied]") -> list[str]:
    return [denial.rule for denial in denied.value.decision.denials]


def placed(lender: Company, agency: Company) -> Case:
    with company_scope(lender):
        case = add_case(lender)
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
    with company_scope(agency):
        furnish(agency)
        return Case.objects.get(pk=case.pk)


def test_three_conversations_a_day_over_all_cases(lender: Company, person: Person) -> None:
    who = person(lender, "collector")
    with company_scope(lender):
        case = add_case(lender)
        other = add_case(lender, borrower=case.borrower)
        point = own_point(case)
        for which, hour in ((case, 9), (other, 10), (case, 11)):
            made = reserve(user=who, case=which, channel="call", point=point, at=at(hour))
            settle(company=lender, uid=made.uid, state="conversation", talk_seconds=60)
        with pytest.raises(Denied) as denied:
            reserve(user=who, case=other, channel="call", point=point, at=at(15))
        assert rules_of(denied) == ["conversations_day"]
        assert denied.value.decision.next_at == at(8, on=ON + timedelta(days=1))
        assert ask(user=who, case=case, channel="sms", point=point, at=at(15)).allowed
        event = CaseEvent.objects.get(kind="contact_denied")
        assert (event.case_id, event.actor_name) == (other.pk, who.display_name)
        assert event.data == {
            "rules": ["conversations_day"],
            "channel": "call",
            "relation": "self",
            "next": "2026-11-21T00:00:00+00:00",
        }


def test_a_reservation_counts_until_it_is_given_up(lender: Company, person: Person) -> None:
    who, lead = person(lender, "collector"), person(lender, "lead")
    with company_scope(lender):
        case = add_case(lender)
        point = own_point(case)
        made = [
            reserve(user=who, case=case, channel="call", point=point, at=at(10)) for _ in range(3)
        ]
        asked = partial(ask, user=who, case=case, channel="call", point=point, at=at(10, 1))
        assert not asked().allowed
        with pytest.raises(ValidationError):
            release(company=lender, uid=made[0].uid, reason=" ", by=who)
        with pytest.raises(PermissionDenied):
            release(
                company=lender, uid=made[0].uid, reason="Dropped", by=person(lender, "collector2")
            )
        release(company=lender, uid=made[0].uid, reason="Line was cut", by=lead)
        assert asked().allowed
        assert CaseEvent.objects.get(kind="contact_released").data["reason"] == "Line was cut"
        settle(company=lender, uid=made[0].uid, state="conversation")
        assert not asked().allowed, "it took place after all"
        with pytest.raises(ValidationError):
            release(company=lender, uid=made[0].uid, reason="Again", by=lead)


def test_a_conversation_that_was_told_stays_one(lender: Company, person: Person) -> None:
    who = person(lender, "collector")
    with company_scope(lender):
        case = add_case(lender)
        made = reserve(user=who, case=case, channel="call", point=own_point(case), at=at(10))
        settle(company=lender, uid=made.uid, state="conversation", talk_seconds=30, at=at(10, 1))
        settle(company=lender, uid=made.uid, state="unanswered", at=at(10, 5))
        made.refresh_from_db()
        assert (made.state, made.talk_seconds, made.ended_at) == ("conversation", 30, at(10, 1))
        with pytest.raises(ValidationError):
            settle(company=lender, uid=made.uid, state="reserved")


def test_an_agency_reserves_in_the_lenders_book(
    lender: Company, agency: Company, person: Person
) -> None:
    case = placed(lender, agency)
    theirs, ours = person(agency, "collector"), person(lender, "collector")
    with company_scope(agency):
        made = reserve(user=theirs, case=case, channel="call", point=own_point(case), at=at(10))
        assert ContactTry.objects.get().pk == made.pk
        crossing = CrossingRecord.objects.get()
        assert (crossing.kind, crossing.into_company_id) == ("contact", lender.pk)
        settle(company=agency, uid=made.uid, state="conversation", talk_seconds=5)
    with company_scope(lender):
        row = ContactTry.objects.get()
        assert (row.owner_id, row.company_id, row.state) == (lender.pk, agency.pk, "conversation")
        with pytest.raises(Denied) as denied:
            reserve(user=ours, case=case, channel="sms", point=own_point(case), at=at(11))
        assert rules_of(denied) == ["not_holder"]


def test_looking_across_writes_nothing(lender: Company, agency: Company, person: Person) -> None:
    case = placed(lender, agency)
    who = person(agency, "collector")
    with company_scope(agency):
        point = own_point(case)
        assert ask(user=who, case=case, channel="call", point=point, at=at(10)).allowed
        assert not CrossingRecord.objects.exists()
        reserve(user=who, case=case, channel="call", point=point, at=at(10))


def test_what_the_lender_did_counts_for_the_agency(
    lender: Company, agency: Company, person: Person
) -> None:
    ours, theirs = person(lender, "collector"), person(agency, "collector")
    with company_scope(lender):
        case = add_case(lender)
        for hour in (8, 9, 10):
            made = reserve(user=ours, case=case, channel="call", point=own_point(case), at=at(hour))
            settle(company=lender, uid=made.uid, state="conversation")
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
    with company_scope(agency):
        held = Case.objects.get(pk=case.pk)
        assert ContactTry.objects.count() == 0
        with pytest.raises(Denied) as denied:
            reserve(user=theirs, case=held, channel="call", point=own_point(held), at=at(11))
        assert rules_of(denied) == ["conversations_day"]
        assert CaseEvent.objects.get(kind="contact_denied").company_id == agency.pk


def test_after_a_recall_nothing_is_reserved_and_outcomes_still_land(
    lender: Company, agency: Company, person: Person
) -> None:
    case = placed(lender, agency)
    who = person(agency, "collector")
    with company_scope(agency):
        point = own_point(case)
        made = reserve(user=who, case=case, channel="call", point=point, at=at(10))
    with company_scope(lender):
        recall_cases(lender=lender, case_ids=[case.pk], reason="x", by=None)
    with company_scope(agency):
        with pytest.raises(Denied) as denied:
            reserve(user=who, case=case, channel="call", point=point, at=at(11))
        assert rules_of(denied) == ["not_holder"]
        assert denied.value.decision.next_at is None
        settle(company=agency, uid=made.uid, state="conversation", talk_seconds=42)
    with company_scope(lender):
        assert ContactTry.objects.get().talk_seconds == 42
        event = CaseEvent.objects.get(kind="contact_denied")
        assert (event.data["agency"], event.actor_name) == (agency.name, who.display_name)
        assert ask(
            user=person(lender, "collector"),
            case=case,
            channel="call",
            point=point,
            at=at(11),
        ).allowed


def test_another_companys_try_is_not_there(
    lender: Company, other_lender: Company, person: Person
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        who = person(lender, "collector")
        made = reserve(user=who, case=case, channel="call", point=own_point(case), at=at(10))
    with company_scope(other_lender), pytest.raises(ContactTry.DoesNotExist):
        settle(company=other_lender, uid=made.uid, state="conversation")
