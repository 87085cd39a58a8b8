"""What counts for the caps: talks that nobody measured, outcomes told twice, the gate passed by."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from agencies.placement import place_cases
from agencies.recall import recall_cases
from cases.models import Case, ContactPoint
from cases.showing import show_phone
from collection.contact_facts import Decision
from collection.gate import ask, release, reserve, settle
from collection.models import ContactRule, ContactTry, Note
from collection.notes import write_note
from tenancy.models import Company, CrossingRecord, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, furnish
from tests.collection.test_gate import add_point, at, own_point

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]


@pytest.fixture
def who(lender: Company, person: Person) -> User:
    return person(lender, "collector")


def rules_of(decision: Decision) -> list[str]:
    return [denial.rule for denial in decision.denials]


def one_talk_of_thirty_seconds(lender: Company) -> None:
    """The company allows one conversation a day, and counts those from thirty seconds on."""
    ContactRule.objects.create(
        company=lender,
        jurisdiction="CN",
        rule="conversations_day",
        figures={"conversations_a_day": 1, "effective_seconds": 30},
        valid_from=ON,
    )


def called(case: Case, who: User, hour: int) -> ContactTry:
    return reserve(user=who, case=case, channel="call", point=own_point(case), at=at(hour))


@pytest.mark.parametrize(("seconds", "counts"), [(None, True), (0, False), (29, False), (30, True)])
def test_a_talk_that_nobody_measured_is_long_enough(
    lender: Company, who: User, seconds: int | None, counts: bool
) -> None:
    with company_scope(lender):
        one_talk_of_thirty_seconds(lender)
        case = add_case(lender)
        made = called(case, who, 9)
        settle(company=lender, uid=made.uid, state="conversation", talk_seconds=seconds)
        asked = ask(user=who, case=case, channel="call", point=own_point(case), at=at(10))
        assert rules_of(asked) == (["conversations_day"] if counts else [])


def test_what_the_dialer_measured_before_it_was_a_talk_says_nothing(
    lender: Company, who: User
) -> None:
    with company_scope(lender):
        made = called(add_case(lender), who, 9)
        ended = partial(settle, company=lender, uid=made.uid)
        assert ended(state="unanswered", talk_seconds=0).talk_seconds == 0
        assert ended(state="conversation").talk_seconds is None
        assert ended(state="conversation", talk_seconds=40).talk_seconds == 40
        assert ended(state="conversation").talk_seconds == 40
        assert ended(state="conversation", talk_seconds=5).talk_seconds == 40


@pytest.mark.parametrize(
    ("first", "then", "stands"),
    [
        ("conversation", "not_connected", "conversation"),
        ("conversation", "unanswered", "conversation"),
        ("unanswered", "not_connected", "unanswered"),
        ("invalid", "not_connected", "invalid"),
        ("sent", "not_connected", "sent"),
        ("unanswered", "unanswered", "unanswered"),
        ("unanswered", "conversation", "conversation"),
        ("not_connected", "unanswered", "unanswered"),
        ("not_connected", "not_connected", "not_connected"),
    ],
)
def test_an_outcome_only_moves_to_what_counts_for_more(
    lender: Company, who: User, first: str, then: str, stands: str
) -> None:
    with company_scope(lender):
        made = called(add_case(lender), who, 9)
        settle(company=lender, uid=made.uid, state=first)
        settle(company=lender, uid=made.uid, state=then)
        assert ContactTry.objects.get().state == stands


def told(who: User, case: Case, code: str, **more: Any) -> Note:
    """A note of the book's day that names the borrower's number and no reservation."""
    given: dict[str, Any] = {"at": at(9)} | more
    if "contact_point" not in given:
        given["contact_point"] = own_point(case)
    return write_note(
        company=who.company, case=case, by=who, disposition=code, remark="Said so.", **given
    )


@pytest.mark.parametrize(
    ("code", "channel", "state"),
    [
        ("hung_up", "call", "conversation"),
        ("no_answer", "call", "unanswered"),
        ("empty_number", "call", "invalid"),
        ("line_failure", "call", "not_connected"),
        ("no_answer", "sms", "sent"),
        ("hung_up", "visit", "conversation"),
    ],
)
def test_a_contact_made_past_the_gate_is_told_by_its_note(
    lender: Company, who: User, code: str, channel: str, state: str
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        note = told(who, case, code, channel=channel)
        made = ContactTry.objects.get()
        assert (made.state, made.channel, made.outside_gate) == (state, channel, True)
        assert (made.at, made.ended_at, made.note_id) == (at(9), at(9), note.pk)
        assert (made.contact_point, made.relation) == (own_point(case), "self")
        assert (made.by_id, made.by_name) == (who.pk, who.display_name)
        assert (made.talk_seconds, made.company_id) == (None, lender.pk)


def test_three_talks_past_the_gate_use_up_the_day(lender: Company, who: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        for _ in range(3):
            told(who, case, "hung_up")
        asked = ask(user=who, case=case, channel="call", point=own_point(case), at=at(15))
        assert rules_of(asked) == ["conversations_day"]


def test_what_is_no_contact_of_ours_counts_for_nothing(lender: Company, who: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        told(who, case, "hung_up", channel="inbound")
        told(who, case, "hung_up", channel="other")
        told(who, case, "hung_up", contact_point=None)
        made = called(case, who, 9)
        told(who, case, "hung_up", try_uid=made.uid, at=at(9, 1))
        only = ContactTry.objects.get()
        assert (only.state, only.outside_gate) == ("conversation", False)


def test_a_correction_tells_the_same_contact_again(lender: Company, who: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        first = told(who, case, "no_answer")
        second = told(who, case, "hung_up", corrects=first)
        told(who, case, "no_answer", corrects=second)
        made = ContactTry.objects.get()
        assert (made.state, made.note_id) == ("conversation", first.pk)
        told(who, case, "hung_up", corrects=first, channel="visit")
        assert ContactTry.objects.count() == 2, "that was another contact"


def test_an_agency_tells_of_its_contacts_by_one_crossing(
    lender: Company, agency: Company, person: Person
) -> None:
    theirs, ours = person(agency, "collector"), person(lender, "collector")
    with company_scope(lender):
        case = add_case(lender)
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
    with company_scope(agency):
        furnish(agency)
        held = Case.objects.get(pk=case.pk)
        point = own_point(held)
        for _ in range(2):
            told(theirs, held, "no_answer")
        kinds = list(CrossingRecord.objects.values_list("kind", flat=True))
        assert kinds == ["contact", "contact"]
    with company_scope(lender):
        recall_cases(lender=lender, case_ids=[case.pk], reason="x", by=None)
    with company_scope(agency):
        told(theirs, held, "hung_up", contact_point=point)
    with company_scope(lender):
        rows = ContactTry.objects.order_by("pk")
        assert [row.state for row in rows] == ["unanswered", "unanswered", "conversation"]
        assert {(row.company_id, row.outside_gate) for row in rows} == {(agency.pk, True)}
        case.refresh_from_db()
        for hour in (14, 15):
            made = called(case, ours, hour)
            settle(company=lender, uid=made.uid, state="conversation")
        asked = ask(user=ours, case=case, channel="call", point=point, at=at(16))
        assert rules_of(asked) == ["conversations_day"], "one of the agency's, two of ours"


def test_the_number_of_who_refused_is_shown_to_nobody(lender: Company, who: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        wife, work = add_point(case, "spouse", "Li"), add_point(case, "spouse", "Li")
        friend, own = add_point(case, "friend"), own_point(case)
        sealed = own.number_sealed
        ContactPoint.objects.exclude(pk__in=[work.pk]).update(state="refused")
        ContactPoint.objects.update(number_sealed=sealed)
        for point in (wife, work, friend):
            point.refresh_from_db()
            with pytest.raises(ValidationError, match="refused all contact"):
                show_phone(case=case, contact_point=point.uid, reason="Call", by=who)
        assert show_phone(case=case, contact_point=own.uid, reason="He asked", by=who)
        ContactPoint.objects.filter(pk=friend.pk).update(state="unknown")
        assert show_phone(case=case, contact_point=friend.uid, reason="Call", by=who)


@pytest.mark.parametrize("username", ["collector", "lead"])
def test_who_has_seen_the_number_does_not_give_the_contact_up(
    lender: Company, person: Person, username: str
) -> None:
    who, admin = person(lender, username), person(lender, "admin")
    with company_scope(lender):
        case = add_case(lender)
        unseen, seen = called(case, who, 9), called(case, who, 10)
        release(company=lender, uid=unseen.uid, reason="Pressed by mistake", by=who)
        show_phone(case=case, contact_point=own_point(case).uid, reason="Call", by=who)
        with pytest.raises(ValidationError, match="You have seen the number"):
            release(company=lender, uid=seen.uid, reason="Line was cut", by=who)
        seen.refresh_from_db()
        assert seen.state == "reserved"
        release(company=lender, uid=seen.uid, reason="Line was cut", by=admin)
        seen.refresh_from_db()
        assert seen.state == "released"
