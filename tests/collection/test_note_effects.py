"""What follows from a note: numbers, wishes, holds, promises, the settled contact."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from agencies.placement import place_cases
from agencies.recall import recall_cases
from cases.models import Case, CaseHold, ContactPoint
from collection import gate
from collection.contact_points import reopen_point, state_on
from collection.models import Assignment, ContactTry, ContactWish, Note, Promise, Remark
from collection.notes import NewerNotes, write_note
from tenancy.models import Company, CrossingRecord, User
from tenancy.personal_data import keyed_hash, last_four, mask_number, open_sealed, seal
from tenancy.scope import company_scope
from tests.collection.book import add_case, furnish
from tests.collection.test_reassign import put

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]


@pytest.fixture
def collector(lender: Company, person: Person) -> User:
    return person(lender, "collector")


def point_of(case: Case) -> ContactPoint:
    """The borrower's own number that the case began with."""
    return ContactPoint.objects.filter(borrower=case.borrower_id, relation="self").earliest("pk")


def another(case: Case, number: str, relation: str, name: str = "") -> ContactPoint:
    """A further point of the case's borrower."""
    return ContactPoint.objects.create(
        owner_id=case.owner_id,
        borrower_id=case.borrower_id,
        relation=relation,
        person_name=name,
        number_hash=keyed_hash(number),
        number_sealed=seal(number),
        number_last4=last_four(number),
        number_mask=mask_number(number),
    )


def said(company: Company, case: Case, by: User, code: str, **more: Any) -> Note:
    """A note of a disposition on the borrower's own number."""
    given: dict[str, Any] = {"remark": "Said so.", "contact_point": point_of(case)} | more
    return write_note(company=company, case=case, by=by, disposition=code, **given)


def tomorrow(company: Company) -> date:
    return company.local_date() + timedelta(days=1)


def test_a_promise_is_taken_and_reminded_of_at_nine(lender: Company, collector: User) -> None:
    with company_scope(lender):
        case = add_case(lender, amount="1000.00")
        put(lender, "collector", case)
        due = tomorrow(lender)
        facts = {"amount": "300.00", "date": due, "channel": "app"}
        note = said(lender, case, collector, "ptp_part", facts=facts)
        promise = Promise.objects.get()
        assert (promise.amount, promise.due_on, promise.pay_by) == (Decimal(300), due, "app")
        assert (promise.note_id, promise.taken_by_name) == (note.pk, "Chen Collector")
        nine = datetime.combine(due, time(9), lender.zone)
        assert note.next_action_at == nine
        assert Assignment.objects.get(ended_at=None).next_action_at == nine
        kept = Remark.objects.get(note=note).facts
        assert kept == {"amount": "300.00", "date": due.isoformat(), "channel": "app"}
        assert set(note.flags) == {"right_party", "conversation", "promise"}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"amount": "", "date": "2999-01-01", "channel": "app"}, "fact_amount"),
        ({"amount": "a lot", "date": "2999-01-01", "channel": "app"}, "fact_amount"),
        ({"amount": "-1", "date": "2999-01-01", "channel": "app"}, "fact_amount"),
        ({"amount": "1", "date": "2001-01-01", "channel": "app"}, "fact_date"),
        ({"amount": "1", "date": "soon", "channel": "app"}, "fact_date"),
        ({"amount": "1", "date": "2999-01-01", "channel": "gold"}, "fact_channel"),
        ({"amount": "1", "date": "2999-01-01", "channel": "app"}, "fact_date"),
        ({"amount": "5000", "date": "today", "channel": "app"}, "fact_amount"),
    ],
)
def test_a_wrong_promise_is_refused_beside_its_fact(
    lender: Company, collector: User, facts: dict[str, str], field: str
) -> None:
    with company_scope(lender):
        case = add_case(lender, amount="1000.00")
        if facts["date"] == "today":
            facts = facts | {"date": lender.local_date().isoformat()}
        with pytest.raises(ValidationError) as caught:
            said(lender, case, collector, "ptp_full", facts=facts)
        assert field in caught.value.message_dict
        assert not Note.objects.exists()
        assert not Promise.objects.exists()


def test_an_amount_typed_the_chinese_way_is_read(lender: Company, collector: User) -> None:
    with company_scope(lender):
        case = add_case(lender, amount="5000.00")
        facts = {"amount": "１，５００．５", "date": tomorrow(lender), "channel": "app"}
        said(lender, case, collector, "ptp_part", facts=facts)
        assert Promise.objects.get().amount == Decimal("1500.50")


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("hung_up", "valid"),
        ("empty_number", "invalid"),
        ("wrong_number", "invalid"),
        ("no_answer", "unknown"),
        ("line_failure", "unknown"),
    ],
)
def test_the_number_becomes_what_the_result_says(
    lender: Company, collector: User, code: str, state: str
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        said(lender, case, collector, code)
        assert point_of(case).state == state


def test_a_suspended_number_is_unknown_again_after_fifteen_days(
    lender: Company, collector: User
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        note = said(lender, case, collector, "suspended")
        point = point_of(case)
        today = lender.local_date(note.at)
        assert (point.state, point.state_until) == ("invalid", today + timedelta(days=15))
        assert state_on(point, today + timedelta(days=14)) == "invalid"
        assert state_on(point, today + timedelta(days=15)) == "unknown"


def test_the_latest_fact_wins_except_over_a_refusal(lender: Company, collector: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        said(lender, case, collector, "hung_up")
        hour_ago = timezone.now() - timedelta(hours=1)
        said(lender, case, collector, "empty_number", at=hour_ago)
        assert point_of(case).state == "valid", "what was seen before counts no more"
        said(lender, case, collector, "no_contact", at=hour_ago)
        assert point_of(case).state == "refused", "a refusal told late is still one"
        said(lender, case, collector, "hung_up")
        assert point_of(case).state == "refused"


def test_a_refusal_is_of_the_whole_person_and_of_nobody_else(
    lender: Company, collector: User, person: Person
) -> None:
    lead = person(lender, "lead")
    with company_scope(lender):
        case = add_case(lender)
        wife = another(case, "13900000001", "spouse", "Li")
        work = another(case, "02088880000", "spouse", "Li")
        friend = another(case, "13700000001", "friend", "Wu")
        said(lender, case, collector, "no_contact", contact_point=wife)
        states = {
            each.pk: each.state for each in ContactPoint.objects.filter(borrower=case.borrower_id)
        }
        assert (states[wife.pk], states[work.pk]) == ("refused", "refused")
        assert states[friend.pk] == "unknown"
        assert states[point_of(case).pk] == "unknown"
        wife.refresh_from_db()
        with pytest.raises(ValidationError):
            reopen_point(company=lender, case=case, point=wife, by=lead, reason="Letter")


def test_only_the_borrowers_own_refusal_is_taken_back(lender: Company, person: Person) -> None:
    collector, lead = person(lender, "collector"), person(lender, "lead")
    with company_scope(lender):
        case = add_case(lender)
        said(lender, case, collector, "asks_stop", facts=STOP_ALL | {"stop_number": "this"})
        other = another(case, "13900000002", "self")
        facts = STOP_ALL | {"stop_channel": "sms"}
        said(lender, case, collector, "asks_stop", facts=facts, contact_point=other)
        own = point_of(case)
        reopened = partial(reopen_point, company=lender, case=case, point=own)
        for reason in (" ", "x" * 201):
            with pytest.raises(ValidationError):
                reopened(by=lead, reason=reason)
        with pytest.raises(PermissionDenied):
            reopened(by=collector, reason="Letter of 3 May")
        asked = partial(gate.ask, user=collector, case=case, channel="letter", point=own)
        assert "own_refused" in [denial.rule for denial in asked().denials]
        reopened(by=lead, reason="Letter of 3 May")
        assert "own_refused" not in [denial.rule for denial in asked().denials]
        assert point_of(case).state == "unknown"
        left = ContactWish.objects.filter(good_until=None)
        assert [(wish.channel, wish.contact_point_id) for wish in left] == [("sms", None)]
        event = case.events.order_by("pk").last()
        assert event is not None
        assert (event.kind, event.data["reason"]) == ("contact_reopened", "Letter of 3 May")


def test_who_refuses_must_be_named(lender: Company, collector: User) -> None:
    with company_scope(lender):
        case, other = add_case(lender), add_case(lender)
        for point in (None, point_of(other)):
            with pytest.raises(ValidationError) as caught:
                said(lender, case, collector, "no_contact", contact_point=point)
            assert list(caught.value.message_dict) == ["contact_point"]


def test_a_new_number_is_unknown_and_says_whence(lender: Company, collector: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        facts = {"number": "138 0000-1111", "whose": "friend", "person_name": "Wu"}
        note = said(lender, case, collector, "new_number", facts=facts)
        said(lender, case, collector, "new_number", facts=facts)
        made = ContactPoint.objects.get(borrower=case.borrower_id, relation="friend")
        assert (made.state, made.source, made.person_name) == ("unknown", "third_party", "Wu")
        assert open_sealed(made.number_sealed) == "13800001111"
        assert "13800001111" not in str(Remark.objects.get(note=note).facts)


def test_a_callback_is_a_wish_and_the_next_action(lender: Company, collector: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        when = datetime(2099, 3, 10, 12, 40, tzinfo=lender.zone)
        note = said(lender, case, collector, "callback", facts={"time": when})
        wish = ContactWish.objects.get()
        assert (wish.kind, wish.at, note.next_action_at) == ("callback", when, when)
        assert wish.good_until is not None
        assert wish.good_until.astimezone(lender.zone).date() == date(2099, 3, 10)
        assert wish.company_id == lender.pk


STOP_ALL = {"stop_number": "all", "stop_channel": "all", "stop_time": "all"}


@pytest.mark.parametrize(
    ("facts", "state", "channels", "of_point", "holds"),
    [
        (STOP_ALL, "refused", [], False, ["cease"]),
        (STOP_ALL | {"stop_number": "this"}, "refused", [""], True, []),
        (STOP_ALL | {"stop_channel": "call"}, "unknown", ["call", "robot"], False, []),
        (STOP_ALL | {"stop_channel": "sms"}, "unknown", ["sms"], False, []),
    ],
)
def test_a_wish_to_stop(
    lender: Company,
    collector: User,
    facts: dict[str, str],
    state: str,
    channels: list[str],
    of_point: bool,
    holds: list[str],
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        said(lender, case, collector, "asks_stop", facts=facts)
        wishes = list(ContactWish.objects.order_by("pk"))
        assert [wish.channel for wish in wishes] == channels
        for wish in wishes:
            assert (wish.kind, wish.good_until) == ("stop", None)
            assert (wish.contact_point_id is not None) is of_point
        assert point_of(case).state == state
        assert list(CaseHold.objects.values_list("kind", flat=True)) == holds


def test_a_wish_to_stop_everything_leaves_letters(lender: Company, collector: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        home = another(case, "Long Street 1", "self")
        ContactPoint.objects.filter(pk=home.pk).update(kind="home_address")
        home.refresh_from_db()
        own = point_of(case)
        for point in (own, home):
            said(lender, case, collector, "asks_stop", facts=STOP_ALL, contact_point=point)
        asked = partial(gate.ask, user=collector, case=case)
        assert asked(channel="letter", point=home).allowed
        assert asked(channel="letter", point=None).allowed
        stopped = asked(channel="visit", point=home).denials
        assert "hold" in [denial.rule for denial in stopped]
        assert "own_refused" in [d.rule for d in asked(channel="call", point=own).denials]


def test_who_passes_nothing_on_is_left_alone_for_seven_dates(
    lender: Company, collector: User
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        own = point_of(case)
        ContactPoint.objects.filter(pk=own.pk).update(state="invalid", state_at=timezone.now())
        wife = another(case, "13900000001", "spouse", "Li")
        work = another(case, "02088880000", "spouse", "Li")
        friend = another(case, "13700000001", "friend", "Wu")
        note = said(lender, case, collector, "wont_tell", contact_point=wife)
        wish = ContactWish.objects.get()
        assert (wish.kind, wish.channel, wish.contact_point_id) == ("stop", "", wife.pk)
        free = lender.local_date(note.at) + timedelta(days=7)

        def denied(point: ContactPoint, on: date) -> list[str]:
            noon = datetime.combine(on, time(15), lender.zone)
            found = gate.ask(user=collector, case=case, channel="sms", point=point, at=noon)
            return [denial.rule for denial in found.denials]

        for point in (wife, work):
            assert denied(point, free - timedelta(days=1)) == ["third_refused"]
            assert denied(point, free) == []
        assert denied(friend, free - timedelta(days=1)) == []
        then = datetime.combine(free - timedelta(days=1), time(15), lender.zone)
        found = gate.ask(user=collector, case=case, channel="sms", point=wife, at=then)
        assert found.next_at == datetime.combine(free, time(8), lender.zone)
        own.refresh_from_db()
        said(lender, case, collector, "wont_tell", contact_point=own)
        assert ContactWish.objects.count() == 1, "the borrower's own number is not left alone"


def test_another_time_is_noted_and_stops_nothing(lender: Company, collector: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        said(lender, case, collector, "asks_stop", facts=STOP_ALL | {"stop_time": "evenings"})
        assert not ContactWish.objects.exists()
        assert not CaseHold.objects.exists()
        assert point_of(case).state == "unknown"


def test_consent_is_good_for_seven_dates_at_most(lender: Company, collector: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        said(lender, case, collector, "hung_up", facts={"agreed_until": "2999-01-01"})
        wish = ContactWish.objects.get()
        assert wish.kind == "consent"
        assert wish.good_until is not None
        last = wish.good_until.astimezone(lender.zone).date()
        assert last == lender.local_date() + timedelta(days=6)


@pytest.mark.parametrize(
    ("code", "facts", "kind"),
    [
        ("disputes", {"component": "fee", "claimed": "10"}, "dispute"),
        ("denies", {"denied": "the loan"}, "fraud"),
        ("complains", {"subject": "tone", "wish": "an apology"}, "complaint"),
        ("says_dead", {}, "deceased"),
        ("represented", {"represented_by": "lawyer", "who": "X", "proof": "letter"}, "legal"),
        (
            "represented",
            {"represented_by": "insolvency", "who": "court", "proof": "letter"},
            "bankruptcy",
        ),
        (
            "claims_paid",
            {"paid_on": "2020-01-01", "amount": "1", "channel": "app"},
            "payment_check",
        ),
    ],
)
def test_a_result_opens_its_hold_once(
    lender: Company, collector: User, code: str, facts: dict[str, str], kind: str
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        note = said(lender, case, collector, code, facts=facts)
        hold = CaseHold.objects.get()
        assert hold.kind == kind
        if code == "disputes":
            assert hold.answer_by is not None
            assert note.next_action_at == datetime.combine(hold.answer_by, time(9), lender.zone)
        said(lender, case, collector, code, facts=facts)
        assert CaseHold.objects.count() == 1


def test_a_death_told_in_a_note_waits_for_its_proof_whoever_writes(
    lender: Company, person: Person
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        said(lender, case, person(lender, "admin"), "says_dead")
        hold = CaseHold.objects.get()
        assert hold.ends_on == hold.starts_on + timedelta(days=7)
        assert hold.answer_by == hold.starts_on + timedelta(days=6)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("hung_up", "conversation"),
        ("will_tell", "conversation"),
        ("no_answer", "unanswered"),
        ("empty_number", "invalid"),
        ("line_failure", "not_connected"),
    ],
)
def test_the_note_settles_its_contact(
    lender: Company, collector: User, code: str, state: str
) -> None:
    with company_scope(lender):
        case, other = add_case(lender), add_case(lender)
        made = reserved(case, collector)
        note = said(lender, case, collector, code, try_uid=made.uid)
        row = ContactTry.objects.get(pk=made.pk)
        assert (row.state, row.note_id) == (state, note.pk)
        for wrong in (uuid4(), reserved(other, collector).uid):
            with pytest.raises(ValidationError) as caught:
                said(lender, case, collector, code, try_uid=wrong)
            assert list(caught.value.message_dict) == ["try_uid"]
        assert Note.objects.count() == 1


def reserved(case: Case, by: User) -> ContactTry:
    """A contact as the gate lets it through."""
    return ContactTry.objects.create(
        owner_id=case.owner_id,
        borrower_id=case.borrower_id,
        case_id=case.pk,
        contact_point=point_of(case),
        relation="self",
        channel="call",
        by_id=by.pk,
        at=timezone.now() - timedelta(minutes=1),
    )


def test_an_agency_changes_numbers_and_wishes_through_the_wall(
    lender: Company, agency: Company, person: Person
) -> None:
    worker = person(agency, "collector")
    with company_scope(lender):
        case = add_case(lender)
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
    with company_scope(agency):
        furnish(agency)
        held = Case.objects.get(pk=case.pk)
        when = datetime(2099, 3, 10, 12, 40, tzinfo=agency.zone)
        said(agency, held, worker, "callback", facts={"time": when})
        said(agency, held, worker, "suspended")
        assert set(CrossingRecord.objects.values_list("kind", flat=True)) >= {"contact_point"}
        assert point_of(held).state == "invalid"
    with company_scope(lender):
        assert ContactWish.objects.get().company_id == agency.pk
        recall_cases(lender=lender, case_ids=[case.pk], reason="Back", by=None)
    with company_scope(agency):
        write_note(company=agency, case=held, by=worker, disposition="busy", remark="")
        assert Note.objects.count() == 3, "what happened before the recall is still written"


def test_a_correction_refers_to_the_companys_own_note(
    lender: Company, agency: Company, person: Person
) -> None:
    lead, worker = person(lender, "admin"), person(agency, "collector")
    with company_scope(lender):
        case, other = add_case(lender), add_case(lender)
        first = said(lender, case, lead, "hung_up")
        second = said(lender, case, lead, "hung_up", remark="It was noon.", corrects=first)
        assert (second.corrects_id, first.corrections.get().pk) == (first.pk, second.pk)
        elsewhere = said(lender, other, lead, "hung_up")
        with pytest.raises(ValidationError) as caught:
            said(lender, case, lead, "hung_up", corrects=elsewhere)
        assert list(caught.value.message_dict) == ["corrects"]
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
    with company_scope(agency):
        furnish(agency)
        theirs = Note(pk=first.pk, company_id=lender.pk, case_id=case.pk)
        with pytest.raises(ValidationError):
            said(agency, case, worker, "hung_up", corrects=theirs)


def test_a_form_that_does_not_know_the_newest_note_is_stale(
    lender: Company, person: Person
) -> None:
    mine, other = person(lender, "collector"), person(lender, "admin")
    with company_scope(lender):
        case = add_case(lender)
        known = said(lender, case, other, "hung_up", remark="First.")
        known.refresh_from_db()
        said(lender, case, mine, "hung_up", remark="My own is no surprise.", knew=known.uid)
        newer = said(lender, case, other, "hung_up", remark="Meanwhile.")
        for knew in (None, known.uid):
            with pytest.raises(NewerNotes) as caught:
                said(lender, case, mine, "hung_up", remark="Mine.", knew=knew)
        assert [note.words.text for note in caught.value.notes] == ["Meanwhile."]
        said(lender, case, mine, "hung_up", remark="Mine.", knew=newer.uid)
        assert Note.objects.count() == 4


def test_nothing_stays_of_a_note_that_could_not_be_finished(
    lender: Company, collector: User
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        with pytest.raises(ValidationError):
            said(lender, case, collector, "empty_number", try_uid=uuid4())
        assert not Note.objects.exists()
        assert point_of(case).state == "unknown"


def test_the_gate_knows_the_states_by_which_notes_settle() -> None:
    assert {"conversation", "unanswered", "invalid", "sent", "not_connected"} == set(gate.SETTLES)
