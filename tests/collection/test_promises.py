"""Promises through their verbs: P1–P14 end to end, refusals, holds, and what the desk sees."""

from collections.abc import Iterator
from datetime import time
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cases.holds import lift_hold, open_hold
from cases.models import Case, CaseEvent, CaseHold
from collection.models import Assignment, Promise, WorkSettings
from collection.promise_outcomes import judge_promises
from collection.promises import take_promise, withdraw_promise
from collection.ranking_sql import rank_at_night
from collection.reassignment import reassign_cases
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.aging.book import label
from tests.collection.book import desk
from tests.collection.promising import Story, at, march

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_scope(lender: Company) -> Iterator[Company]:
    with company_scope(lender):
        yield lender


@pytest.fixture(params=["5000.00", "1000.00"], ids=["owes more", "owes just that"])
def story(open_scope: Company, request: pytest.FixtureRequest) -> Story:
    told = Story(open_scope, request.param)
    told.promise()
    return told


@pytest.fixture
def big(open_scope: Company) -> Story:
    return Story(open_scope)


def test_p1(story: Story) -> None:
    story.pay("R1", 13, "1000.00")
    assert story.state() == ("kept", "1000.00")
    assert story.events() == ["promise_taken", "promise_kept"]


def test_p2(story: Story) -> None:
    story.pay("R1", 11, "400.00")
    assert story.state() == ("open", "400.00")
    story.pay("R2", 13, "560.00")
    assert story.state() == ("kept", "960.00")


def test_p3(story: Story) -> None:
    story.pay("R1", 14, "950.00")
    assert story.state() == ("kept", "950.00")


def test_p4(story: Story) -> None:
    story.pay("R1", 14, "949.99")
    assert story.state() == ("open", "949.99")
    assert story.night(15) == {"partly": 1}
    assert story.state() == ("partly", "949.99")


def test_p5(story: Story) -> None:
    assert story.night(14) == {}
    assert story.state() == ("open", "0.00")
    assert story.night(15) == {"broken": 1}
    assert story.state() == ("broken", "0.00")
    assert story.night(15, again=True) == {}
    assert story.events() == ["promise_taken", "promise_broken"]


def test_p6(story: Story) -> None:
    story.night(15)
    assert story.state() == ("broken", "0.00")
    story.pay("R1", 15, "1000.00")
    assert story.state() == ("broken", "0.00")


def test_p7(story: Story) -> None:
    story.night(15)
    assert story.state() == ("broken", "0.00")
    story.pay("R1", 14, "1000.00", booked=17)
    assert story.state() == ("kept", "1000.00")


def test_p8(open_scope: Company) -> None:
    told = Story(open_scope)
    told.promise()
    told.pay("R1", 9, "1000.00", booked=10)
    told.night(15)
    assert told.state() == ("broken", "0.00")


def test_p9(story: Story) -> None:
    story.pay("R1", 12, "1000.00")
    assert story.state() == ("kept", "1000.00")
    story.pay("X1", 13, "1000.00", reverses="R1")
    assert story.state() == ("open", "0.00")
    story.night(15)
    assert story.state() == ("broken", "0.00")
    assert story.events() == ["promise_taken", "promise_kept", "promise_open", "promise_broken"]


def test_p10(story: Story) -> None:
    story.pay("R1", 12, "1000.00")
    assert story.state() == ("kept", "1000.00")
    story.pay("X1", 20, "1000.00", reverses="R1")
    assert story.state() == ("broken", "0.00")


def test_p11(open_scope: Company) -> None:
    told = Story(open_scope, "1000.00")
    told.promise()
    # A waiver of 400.00, as the room above writes it.
    told.loan.entries.create(
        owner=open_scope, effective_date=march(11), kind="waiver",
        principal=-400, interest=0, fee=0, penalty=0,
    )  # fmt: skip
    told.pay("R1", 12, "600.00")
    assert told.case.closed_on == march(12)
    assert told.state() == ("kept", "600.00")
    told.pay("X1", 20, "600.00", reverses="R1")
    assert told.state() == ("broken", "0.00")
    told.pay("R2", 12, "600.00", booked=20)
    assert told.state() == ("kept", "600.00")


def test_p12(story: Story) -> None:
    first = Promise.objects.get(case=story.first)
    story.pay("R1", 11, "300.00")
    story.night(12)
    second = story.promise("600.00", made=12, due=20)
    assert story.state(first.pk) == ("superseded", "300.00")
    assert story.state(second) == ("open", "0.00")
    story.pay("R2", 13, "600.00")
    assert story.state(first.pk) == ("superseded", "300.00")
    assert story.state(second) == ("kept", "600.00")
    first.refresh_from_db()
    assert first.ended_by_name == story.person().display_name
    assert story.events() == [
        "promise_taken", "promise_superseded", "promise_taken", "promise_kept",
    ]  # fmt: skip


def test_p13(story: Story) -> None:
    story.night(12)
    promise = Promise.objects.get(case=story.first)
    for who, reason, error in (
        ("collector", "a reason", PermissionDenied),
        ("lead", "  ", ValidationError),
    ):
        with pytest.raises(error):
            withdraw_promise(
                company=story.company, promise=promise, by=story.person(who), reason=reason
            )
    gone = withdraw_promise(
        company=story.company, promise=promise, by=story.person("lead"), reason="typed wrongly"
    )
    assert (gone.state, gone.why_ended) == ("withdrawn", "typed wrongly")
    assert story.night(15) == {}
    event = CaseEvent.objects.get(case=story.first, kind="promise_withdrawn")
    assert event.data["reason"] == "typed wrongly"
    with pytest.raises(ValidationError):
        withdraw_promise(
            company=story.company, promise=promise, by=story.person("lead"), reason="again"
        )


def test_p14(open_scope: Company) -> None:
    for amount, state in (("316.66", "open"), ("316.67", "kept")):
        told = Story(open_scope)
        told.promise("333.33")
        told.pay("R1", 13, amount)
        assert told.state() == (state, amount)


def test_booking_again_after_a_reversal_gives_the_same(story: Story) -> None:
    story.pay("R1", 12, "1000.00")
    story.pay("X1", 13, "1000.00", reverses="R1")
    story.pay("R2", 12, "1000.00", booked=13)
    assert story.state() == ("kept", "1000.00")


def test_only_the_facts_decide(big: Story) -> None:
    """Whatever the order: the same money in two orders on two loans, the same states."""
    other = Story(big.company)
    orders = (
        (big, [("A", 11, "400.00"), ("B", 13, "560.00")]),
        (other, [("B", 13, "560.00"), ("A", 11, "400.00")]),
    )
    for told, _money in orders:
        told.promise()
    for told, money in orders:
        for no, day, amount in money:
            told.pay(no, day, amount, booked=17)
        assert told.state() == ("kept", "960.00")


@pytest.mark.parametrize(
    ("amount", "due", "pay_by", "field", "words"),
    [
        ("5000.01", 13, "app", "amount", "Only 5,000.00 is outstanding."),
        ("0.00", 13, "app", "amount", "more than 0"),
        ("10.005", 13, "app", "amount", "Two decimal places"),
        ("100.00", 9, "app", "due_on", "This day is past."),
        ("100.00", 18, "app", "due_on", "At most 7 days ahead: until 2026-03-17."),
        ("100.00", 13, "shells", "pay_by", "Choose how"),
    ],
)
def test_what_may_not_be_promised(
    big: Story, amount: str, due: int, pay_by: str, field: str, words: str
) -> None:
    WorkSettings.objects.update_or_create(company=big.company, defaults={"promise_within_days": 7})
    with pytest.raises(ValidationError) as refused:
        take_promise(
            company=big.company,
            case=big.case,
            by=big.person(),
            amount=Decimal(amount),
            due_on=march(due),
            pay_by=pay_by,
            at=at(big.company, 10),
        )
    assert words in refused.value.message_dict[field][0]
    assert not Promise.objects.filter(case=big.first).exists()


def test_a_closed_case_and_who_only_reads_are_refused(open_scope: Company) -> None:
    told = Story(open_scope, "300.00")
    with pytest.raises(PermissionDenied):
        take_promise(
            company=open_scope,
            case=told.case,
            by=told.person("auditor"),
            amount=Decimal(10),
            due_on=march(13),
            pay_by="app",
            at=at(open_scope, 10),
        )
    told.pay("R1", 10, "300.00")
    assert told.case.closed_on is not None
    with pytest.raises(ValidationError, match="closed"):
        told.promise("10.00", made=11)


def test_a_promise_older_than_one_on_the_loan_is_refused(big: Story) -> None:
    big.night(12)
    big.promise(made=12, due=13)
    with pytest.raises(ValidationError) as refused:
        big.promise(made=11, due=13)
    assert "at" in refused.value.message_dict


def test_the_figures_of_the_day_it_was_taken_hold(big: Story) -> None:
    settings, _made = WorkSettings.objects.update_or_create(
        company=big.company,
        defaults={"promise_grace_days": 3, "promise_tolerance": Decimal("50.00")},
    )
    pk = big.promise()
    settings.promise_grace_days, settings.promise_tolerance = 0, Decimal(0)
    settings.save()
    big.night(16)
    assert big.state(pk)[0] == "open"
    big.pay("R1", 16, "500.00")
    assert big.state(pk) == ("kept", "500.00")


def test_an_open_promise_is_a_hold_that_stops_placing_only(big: Story) -> None:
    big.promise()
    hold = CaseHold.objects.get(case=big.first)
    assert (hold.kind, hold.stops_placement, hold.stops_assignment, hold.stops_contact) == (
        "promise", True, False, "",
    )  # fmt: skip
    assert (hold.pauses_clock, hold.ends_on) == (False, march(15))
    big.pay("R1", 13, "1000.00")
    hold.refresh_from_db()
    assert hold.lifted_at is not None
    big.pay("X1", 13, "1000.00", reverses="R1")
    again = CaseHold.objects.get(case=big.first, lifted_at=None)
    assert (again.starts_on, again.ends_on) == (march(13), march(15))
    big.promise("2000.00", made=14, due=20)
    again.refresh_from_db()
    assert again.lifted_at is not None
    assert CaseHold.objects.get(case=big.first, lifted_at=None).ends_on == march(22)


def test_nobody_opens_or_lifts_it_by_hand(big: Story) -> None:
    big.promise()
    boss = big.person("admin")
    with pytest.raises((ValidationError, PermissionDenied)):
        open_hold(
            company=big.company, case=big.case, kind="promise", starts_on=march(10),
            ends_on=None, reason="because", by=boss,
        )  # fmt: skip
    with pytest.raises((ValidationError, PermissionDenied)):
        lift_hold(
            company=big.company, hold=CaseHold.objects.get(case=big.first), on=march(11), by=boss
        )


def test_the_desk_is_reminded_on_the_day_and_ranked(big: Story) -> None:
    reassign_cases(
        company=big.company,
        case_ids=[big.first.pk],
        to=desk("collector"),
        reason="start",
        by=big.person("admin"),
    )
    big.promise()
    row = Assignment.objects.get(case=big.first, ended_at=None)
    assert row.next_action_at.astimezone(big.company.zone).date() == march(13)
    assert row.next_action_at.astimezone(big.company.zone).time() == time(9)
    promise = Promise.objects.get(case=big.first)
    assert (promise.team_id, promise.bucket) == (row.team_id, label(big.case))
    big.night(13)
    judge_promises(company=big.company, on=march(13), loan_ids=[big.loan.pk])
    big.night(15)
    rank_at_night(big.company, march(15))
    row.refresh_from_db()
    assert row.rank == Assignment.Rank.PROMISE_BROKEN


def test_a_promise_of_a_case_that_is_cured_is_kept(big: Story) -> None:
    big.promise()
    Case.objects.filter(pk=big.first.pk).update(closed_on=march(12), closure="cured")
    judge_promises(company=big.company, on=march(12), loan_ids=[big.loan.pk])
    assert big.state() == ("kept", "0.00")
    Case.objects.filter(pk=big.first.pk).update(closure="withdrawn")
    judge_promises(company=big.company, on=march(12), loan_ids=[big.loan.pk])
    assert big.state() == ("open", "0.00")
