"""Many contacts at the same instant, through real connections; reservations of the dead count."""

import os
import signal
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, connections

from agencies.placement import place_cases
from cases.models import Case, CaseEvent, ContactPoint
from collection.contact_rule_changes import set_rule
from collection.gate import Asker, Denied, ask, reserve
from collection.models import ContactTry
from tenancy.models import Company, User
from tenancy.night import business_date
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, furnish

pytestmark = pytest.mark.django_db(transaction=True)
TEN = datetime(ON.year, ON.month, ON.day, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
AT_ONCE = 16
LONG = 60
Outcome = str | tuple[str, ...]


def person_of(company: Company, username: str) -> User:
    with company_scope(company):
        return User.objects.select_related("company").get(username=username)


def dial(
    company: Company,
    user: User | Asker,
    case_id: int,
    start: Barrier,
    at: datetime = TEN,
    channel: str = "call",
) -> Outcome:
    """Reserve a contact in a transaction of its own; what came of it."""
    start.wait(LONG)
    try:
        with company_scope(company):
            case = Case.objects.get(pk=case_id)
            point = ContactPoint.objects.get(borrower_id=case.borrower_id)
            try:
                reserve(user=user, case=case, channel=channel, point=point, at=at)
            except Denied as denied:
                return tuple(each.rule for each in denied.decision.denials)
            return "allowed"
    finally:
        connection.close()


def all_at_once(acts: Sequence[Callable[[Barrier], Outcome]]) -> list[Outcome]:
    """Run the acts in threads that start together, each with a connection of its own."""
    start, told = Barrier(len(acts)), list[Outcome]()

    def run(act: Callable[[Barrier], Outcome]) -> None:
        told.append(act(start))

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    return told


def test_sixteen_dials_at_once_give_exactly_three(lender: Company) -> None:
    with company_scope(lender):
        first = add_case(lender)
        second = add_case(lender, borrower=first.borrower)
    people = [person_of(lender, name) for name in ("collector", "collector2", "lead", "admin")]
    told = all_at_once(
        [
            partial(dial, lender, people[n % 4], (first if n % 2 else second).pk)
            for n in range(AT_ONCE)
        ]
    )
    assert told.count("allowed") == 3
    assert told.count(("conversations_day",)) == AT_ONCE - 3
    with company_scope(lender):
        assert ContactTry.objects.count() == 3
        assert CaseEvent.objects.filter(kind="contact_denied").count() == AT_ONCE - 3


def test_lender_and_agency_dial_one_person_at_once(lender: Company, agency: Company) -> None:
    with company_scope(lender):
        ours = add_case(lender)
        theirs = add_case(lender, borrower=ours.borrower)
        place_cases(
            lender=lender, agency=agency, case_ids=[theirs.pk], reason="", ends_on=None, by=None
        )
        Case.objects.filter(pk=ours.pk).update(holder=None)
    with company_scope(agency):
        furnish(agency)
    sides: tuple[tuple[Company, User | Asker, int], ...] = (
        (lender, person_of(lender, "collector"), ours.pk),
        (agency, person_of(agency, "collector"), theirs.pk),
        (agency, Asker(agency, None, "dialer"), theirs.pk),
    )
    told = all_at_once([partial(dial, *sides[n % 3]) for n in range(AT_ONCE)])
    assert told.count("allowed") == 3
    assert told.count(("conversations_day",)) == AT_ONCE - 3
    with company_scope(lender):
        assert ContactTry.objects.filter(owner=lender).count() == 3


def test_one_person_keeps_the_days_limit_over_borrowers(lender: Company) -> None:
    with company_scope(lender):
        set_rule(
            company=lender,
            jurisdiction="CN",
            rule="collector_day",
            given={"collector_a_day": "5"},
            valid_from=business_date(lender),
            by=None,
        )
        cases = [add_case(lender).pk for _ in range(AT_ONCE)]
        today = business_date(lender)
    # Whether that is a holiday or not, an SMS may go out, and the limit counts it.
    at = datetime(today.year, today.month, today.day, 10, tzinfo=TEN.tzinfo)
    who = person_of(lender, "collector")
    told = all_at_once([partial(dial, lender, who, pk, at=at, channel="sms") for pk in cases])
    allowed = told.count("allowed")
    with company_scope(lender):
        assert ContactTry.objects.filter(by_id=who.pk).count() == allowed
    assert (allowed, told.count(("collector_day",))) == (5, AT_ONCE - 5)


def test_what_a_killed_process_reserved_counts(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
    who = person_of(lender, "collector")
    connections.close_all()
    child = os.fork()
    if child == 0:
        _reserve_and_hang(lender, who, case.pk)
    _wait_for_tries(lender, 2)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with company_scope(lender):
        point = ContactPoint.objects.get(borrower_id=case.borrower_id)
        assert ContactTry.objects.filter(state="reserved").count() == 2
        reserve(user=who, case=case, channel="call", point=point, at=TEN)
        assert not ask(user=who, case=case, channel="call", point=point, at=TEN).allowed


def _reserve_and_hang(company: Company, who: User, case_id: int) -> None:
    """The child's life: two reservations that are committed, one that is not, then nothing."""
    start = Barrier(1)
    for _ in range(2):
        dial(company, who, case_id, start)
    with company_scope(company):
        case = Case.objects.get(pk=case_id)
        point = ContactPoint.objects.get(borrower_id=case.borrower_id)
        reserve(user=who, case=case, channel="call", point=point, at=TEN)
        time.sleep(LONG)
    os._exit(0)


def _wait_for_tries(company: Company, expected: int) -> None:
    until = time.monotonic() + LONG
    while time.monotonic() < until:
        with company_scope(company):
            if ContactTry.objects.count() >= expected:
                break
        time.sleep(0.1)
    time.sleep(0.5)
