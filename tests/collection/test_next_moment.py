"""The next action of a note: on the first moment that the contact rules permit after its delay."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.placement import place_cases
from agencies.recall import recall_cases
from cases.models import Case, CaseHold, ContactPoint
from collection.contact_facts import PastContact
from collection.dispositions import dispositions_in_use
from collection.gate import Asker, reserve
from collection.models import ContactRule, ContactTry
from collection.next_moment import Ask, Noted, contact_made, moments_of, permitted_moments
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, furnish
from tests.collection.noting import PLAN, said, talked
from tests.collection.test_gate import add_point, at, own_point
from tests.collection.test_reassign import put

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]
StopClock = Callable[[datetime], None]
TOMORROW = ON + timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def who(lender: Company, person: Person) -> User:
    return person(lender, "collector")


@pytest.fixture(autouse=True)
def _late_in_the_book(stop_clock: StopClock) -> None:
    """Every note of these tests is one of the past."""
    stop_clock(at(23, on=ON + timedelta(days=40)))


@pytest.mark.parametrize(
    ("code", "moment", "due"),
    [
        ("busy", at(11, 20), at(11, 50)),
        ("busy", at(11, 29), at(11, 59)),
        ("busy", at(11, 30), at(14)),
        ("busy", at(13, 29), at(14)),
        ("busy", at(13, 30), at(14)),
        ("busy", at(13, 31), at(14, 1)),
        ("busy", at(20, 29), at(20, 59)),
        ("busy", at(20, 30), at(8, on=TOMORROW)),
        ("busy", at(3), at(8)),
        ("no_answer", at(9, 30), at(14)),
        ("no_answer", at(10, 30), at(14, 30)),
        ("no_answer", at(18), at(8, on=TOMORROW)),
        ("rejected", at(12, 30), at(14, on=TOMORROW)),
        ("line_failure", at(22), at(8, on=TOMORROW)),
        ("line_failure", at(15, 1), at(15, 1)),
        ("hung_up", at(16, 45), at(16, 45, on=TOMORROW)),
        # The first week of October is off.
        ("rejected", at(10, on=date(2026, 9, 30)), at(8, on=date(2026, 10, 8))),
        ("rejected", at(10, on=date(2026, 9, 29)), at(10, on=date(2026, 9, 30))),
    ],
)
def test_within_the_window_after_noon_and_on_no_holiday(
    lender: Company, who: User, code: str, moment: datetime, due: datetime
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        assert said(who, case, code, moment).next_action_at == due


@pytest.mark.parametrize(
    ("before", "channel", "due"),
    [
        (1, "call", at(16)),
        (2, "call", at(8, on=TOMORROW)),
        (2, "inbound", at(16)),
        (2, "sms", at(16)),
        (2, "wechat", at(16)),
        (2, "other", at(16)),
    ],
)
def test_the_conversation_just_ended_counts_for_the_cap_of_the_day(
    lender: Company, who: User, before: int, channel: str, due: datetime
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        talked(who, case, *(at(9 + n) for n in range(before)))
        assert (
            said(who, case, "asks_plan", at(16), channel=channel, facts=PLAN).next_action_at == due
        )


@pytest.mark.parametrize(("before", "due"), [(4, at(15, 30)), (5, at(8, on=TOMORROW))])
def test_the_attempt_just_made_counts_for_the_number(
    lender: Company, who: User, before: int, due: datetime
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        talked(who, case, *(at(9, n) for n in range(before)), state="unanswered")
        assert said(who, case, "busy", at(15)).next_action_at == due


def test_what_never_went_out_counts_for_nothing(lender: Company, who: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        talked(who, case, *(at(9, n) for n in range(5)), state="unanswered")
        assert said(who, case, "line_failure", at(15)).next_action_at == at(15)


@pytest.mark.parametrize(
    ("channel", "due"),
    [
        ("call", at(8, on=ON + timedelta(days=7))),
        ("inbound", at(8, on=ON + timedelta(days=7))),
        ("sms", at(16, on=TOMORROW)),
    ],
)
def test_seven_dates_after_a_conversation_whoever_began_it(
    lender: Company, person: Person, channel: str, due: datetime
) -> None:
    with company_scope(lender):
        Company.objects.filter(pk=lender.pk).update(jurisdiction="US")
        lender.refresh_from_db()
        who = person(lender, "collector")
        note = said(who, add_case(lender), "hung_up", at(16), channel=channel)
        assert note.next_action_at == due


def test_the_borrower_who_rang_and_hung_up_made_no_attempt(lender: Company, who: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        talked(who, case, *(at(9, n) for n in range(5)), state="unanswered")
        assert said(who, case, "busy", at(15), channel="inbound").next_action_at == at(15, 30)


def test_nothing_falls_into_the_days_after_a_complaint(lender: Company, who: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        CaseHold.objects.create(
            owner=lender,
            case=case,
            kind="complaint",
            stops_contact="all",
            starts_on=ON - timedelta(days=5),
            ends_on=ON,
            opened_at=at(9, on=ON - timedelta(days=5)),
            lifted_at=at(9),
            reason="Too many calls",
        )
        expected = at(8, on=ON + timedelta(days=7))
        assert said(who, case, "busy", at(15), channel="inbound").next_action_at == expected


def test_the_call_in_progress_that_the_note_settles_counts_as_it_says(
    lender: Company, who: User
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        talked(who, case, at(9), at(9, 30))
        made = reserve(user=who, case=case, channel="call", point=own_point(case), at=at(10))
        note = said(who, case, "no_answer", at(10, 1), try_uid=made.uid)
        assert note.next_action_at == at(14, 1)
        assert ContactTry.objects.get(uid=made.uid).state == "unanswered"


def test_another_call_in_progress_may_become_a_conversation(lender: Company, who: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        other = add_case(lender, borrower=case.borrower)
        talked(who, case, at(9), at(9, 30))
        reserve(user=who, case=other, channel="call", point=own_point(case), at=at(10))
        assert said(who, case, "no_answer", at(10, 1)).next_action_at == at(8, on=TOMORROW)


def test_a_call_is_counted_on_the_date_on_which_it_began(lender: Company, who: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        made = reserve(user=who, case=case, channel="call", point=own_point(case), at=at(20, 59))
        talked(who, case, *(at(9, n, on=TOMORROW) for n in range(5)), state="unanswered")
        told_late = said(who, case, "busy", at(15, on=TOMORROW), try_uid=made.uid)
        assert told_late.next_action_at == at(15, 30, on=TOMORROW), "five of that date, not six"


def test_a_correction_counts_the_contact_once(lender: Company, who: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        talked(who, case, at(9))
        first = said(who, case, "hung_up", at(10))
        again = said(who, case, "asks_plan", at(10, 5), corrects=first, facts=PLAN)
        assert again.next_action_at == at(10, 5)
        assert ContactTry.objects.filter(state="conversation").count() == 2


def test_a_limit_of_the_collectors_own_day(lender: Company, who: User) -> None:
    with company_scope(lender):
        ContactRule.objects.create(
            company=lender,
            jurisdiction="CN",
            rule="collector_day",
            figures={"collector_a_day": 3},
            valid_from=ON,
        )
        case, other = add_case(lender), add_case(lender)
        talked(who, other, at(9), state="unanswered")
        assert said(who, case, "busy", at(10)).next_action_at == at(10, 30)
        assert said(who, case, "busy", at(10, 5)).next_action_at == at(8, on=TOMORROW)
        assert said(who, case, "rejected", at(10, 6)).next_action_at == at(10, 6, on=TOMORROW)


def test_an_agency_keeps_to_the_stricter_of_both(
    lender: Company, agency: Company, person: Person, who: User
) -> None:
    theirs = person(agency, "collector")
    with company_scope(agency):
        furnish(agency)
        ContactRule.objects.create(
            company=agency,
            jurisdiction="CN",
            rule="window",
            figures={"opens": "10:00", "closes": "18:00", "every_clock": True},
            valid_from=ON,
        )
    with company_scope(lender):
        case, kept = add_case(lender), add_case(lender)
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
    with company_scope(agency):
        held = Case.objects.get(pk=case.pk)
        assert said(theirs, held, "busy", at(11)).next_action_at == at(11, 30)
        assert said(theirs, held, "busy", at(12)).next_action_at == at(14)
        assert said(theirs, held, "no_answer", at(15)).next_action_at == at(10, on=TOMORROW)
        for minute in (1, 2, 3):
            talks = said(theirs, held, "asks_plan", at(16, minute), facts=PLAN)
        assert talks.next_action_at == at(10, on=TOMORROW)
        point = own_point(held)
    with company_scope(lender):
        assert said(who, kept, "no_answer", at(15)).next_action_at == at(19)
        recall_cases(lender=lender, case_ids=[case.pk], reason="x", by=None)
    with company_scope(agency):
        late = said(theirs, held, "no_answer", at(18), contact_point=point)
        assert late.next_action_at == at(22), "it has nothing to call any more"


def test_what_was_said_of_the_moment_stays(lender: Company, who: User) -> None:
    night = at(22, 30, on=TOMORROW)
    with company_scope(lender):
        case = add_case(lender)
        assert said(who, case, "busy", at(10), next_action_at=night).next_action_at == night
        back = said(who, case, "callback", at(10), facts={"time": night})
        assert back.next_action_at == night
        promised = {"amount": "100", "date": "2026-11-22", "channel": "app"}
        note = said(who, case, "ptp_part", at(10), facts=promised)
        assert note.next_action_at == at(9, on=date(2026, 11, 22))
        disputed = said(who, case, "disputes", at(22), facts={"component": "fee", "claimed": "10"})
        answer_by = CaseHold.objects.get(kind="dispute").answer_by
        assert answer_by is not None
        assert disputed.next_action_at == datetime.combine(answer_by, time(9), lender.zone)


def test_where_nothing_is_permitted_the_delay_stands(lender: Company, who: User) -> None:
    with company_scope(lender):
        case, refused = add_case(lender), add_case(lender)
        CaseHold.objects.create(
            owner=lender,
            case=case,
            kind="dispute",
            stops_contact="voice",
            starts_on=ON,
            opened_at=at(8),
            reason="The fee is wrong",
        )
        assert said(who, case, "no_answer", at(18)).next_action_at == at(22)
        own = own_point(refused)
        ContactPoint.objects.filter(pk=own.pk).update(state="refused", state_at=at(8))
        assert said(who, refused, "no_answer", at(18)).next_action_at == at(22)


def test_what_the_note_stops_does_not_put_off_the_desk(lender: Company, who: User) -> None:
    with company_scope(lender):
        paid = {"paid_on": "2026-11-19", "amount": "100", "channel": "app"}
        note = said(who, add_case(lender), "claims_paid", at(15), facts=paid)
        assert note.next_action_at == at(15, on=TOMORROW)
        assert CaseHold.objects.get().kind == "payment_check"


def test_without_a_phone_the_borrowers_best_number_is_asked_about(
    lender: Company, who: User
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        talked(who, case, *(at(9, n) for n in range(6)), state="unanswered")
        known = add_point(case, "self")
        ContactPoint.objects.filter(pk=known.pk).update(state="valid")
        mail = add_point(case, "self")
        ContactPoint.objects.filter(pk=mail.pk).update(kind="email", state="valid")
        mail.refresh_from_db()
        for whom in (None, mail):
            note = said(who, case, "busy", at(15), contact_point=whom, channel="email")
            assert note.next_action_at == at(15, 30), "the first number had six calls, not this"
        ContactPoint.objects.filter(pk=known.pk).update(state="invalid")
        note = said(who, case, "busy", at(15), contact_point=None)
        assert note.next_action_at == at(8, on=TOMORROW)


def test_after_somebody_else_the_borrower_is_called(lender: Company, who: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        wife = add_point(case, "spouse", "Li")
        note = said(who, case, "will_tell", at(22), contact_point=wife)
        assert note.next_action_at == at(8, on=ON + timedelta(days=2)), "22:00 tomorrow is too late"


@pytest.mark.parametrize(
    ("channel", "ended", "expected"),
    [
        ("call", "unanswered", ("call", "unanswered", False)),
        ("call", "conversation", ("call", "conversation", False)),
        ("sms", "sent", ("sms", "sent", False)),
        ("visit", "conversation", ("visit", "conversation", False)),
        ("letter", "unanswered", ("letter", "unanswered", False)),
        ("inbound", "conversation", ("call", "conversation", True)),
        ("inbound", "unanswered", None),
        ("inbound", "invalid", None),
        ("other", "conversation", None),
    ],
)
def test_what_a_note_adds_to_the_past(
    lender: Company, channel: str, ended: str, expected: tuple[str, str, bool] | None
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        wife = add_point(case, "spouse", "Li")
        made = contact_made(case, wife, channel, ended, at(10))
    if expected is None:
        assert made is None
        return
    through, state, inbound = expected
    assert made == PastContact(
        at=at(10),
        channel=through,
        state=state,
        number=wife.pk,
        person=("spouse", "Li"),
        debt=case.pk,
        inbound=inbound,
    )


def test_without_a_point_nothing_is_added(lender: Company) -> None:
    with company_scope(lender):
        assert contact_made(add_case(lender), None, "call", "conversation", at(10)) is None


def test_many_questions_are_one_query(lender: Company, who: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        noted = Noted(Asker.of(who), case, own_point(case), "call", at(19))
        codes = dispositions_in_use()
        with CaptureQueriesContext(connection) as queries:
            found = moments_of(noted, codes)
        assert len(queries) == 1
        assert found["busy"] == at(19, 30)
        assert found["no_answer"] == at(8, on=TOMORROW)
        assert found["will_pay"] == at(19, on=ON + timedelta(days=2))
        assert {"ptp_full", "ptp_part", "callback", "disputes"}.isdisjoint(found)
        asks = [Ask(HOUR), Ask(2 * HOUR), Ask(HOUR)]
        assert permitted_moments(noted, asks) == {
            Ask(HOUR): at(20),
            Ask(2 * HOUR): at(8, on=TOMORROW),
        }
        assert permitted_moments(noted, []) == {}
