"""Two at once: nights beside nights, people beside nights, recalls and closures beside desks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection

from agencies.placement import place_cases
from agencies.recall import recall_cases
from cases.aging import settle_cases
from cases.models import Case, Loan
from collection.assignment import assign_cases
from collection.models import Assignment
from collection.reassignment import Reassigned, reassign_cases
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, desk, furnish

pytestmark = pytest.mark.django_db(transaction=True)
LONG = 20
SOON = 0.6
"""Seconds after which somebody who waits for a lock is taken to wait."""


class Actor:
    """Does something in a company's scope, in a thread and a transaction of its own."""

    def __init__(self, company: Company, act: Callable[[], Any]) -> None:
        self.company, self.act = company, act
        self.done, self.may_commit = Event(), Event()
        self.result: Any = None
        self.failed: BaseException | None = None
        self.thread = Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        try:
            with company_scope(self.company):
                self.result = self.act()
                self.done.set()
                self.may_commit.wait(LONG)
        except BaseException as error:  # noqa: BLE001 (raised again by finish)
            self.failed = error
        finally:
            self.done.set()
            connection.close()

    def finish(self) -> Any:
        """Commit, and give what the act returned."""
        self.may_commit.set()
        self.thread.join(LONG)
        assert not self.thread.is_alive()
        if self.failed is not None:
            raise self.failed
        return self.result


@contextmanager
def first(company: Company, act: Callable[[], Any]) -> Iterator[Actor]:
    """Somebody who has acted and has not committed yet."""
    actor = Actor(company, act)
    assert actor.done.wait(LONG)
    assert actor.failed is None
    try:
        yield actor
    finally:
        actor.finish()


def meanwhile(company: Company, act: Callable[[], Any], before: Actor) -> Any:
    """Act while `before` has not committed; it must wait for that, then come to its end."""
    second = Actor(company, act)
    assert not second.done.wait(SOON), "it did not wait"
    before.finish()
    return second.finish()


def assign(company: Company) -> int:
    return assign_cases(company=company, on=ON).assigned


def open_desks(company: Company) -> list[int]:
    with company_scope(company):
        rows = Assignment.objects.filter(company=company, ended_at=None)
        return sorted(rows.values_list("case_id", flat=True))


def take_in(agency: Company, case: Case) -> Reassigned:
    return reassign_cases(
        company=agency, case_ids=[case.pk], to=desk("collector"), reason="New", by=None
    )


def pay_off(lender: Company, case: Case) -> None:
    Loan.objects.filter(pk=case.loan_id).update(principal=0)
    settle_cases(company=lender, on=ON, loan_ids=[case.loan_id])


@pytest.fixture
def case(lender: Company) -> Case:
    with company_scope(lender):
        return add_case(lender)


@pytest.fixture
def placed(lender: Company, agency: Company, case: Case) -> Case:
    with company_scope(lender):
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
    with company_scope(agency):
        furnish(agency)
    return case


def test_two_nights_assign_each_case_once(lender: Company, case: Case) -> None:
    with first(lender, lambda: assign(lender)) as night:
        assert meanwhile(lender, lambda: assign(lender), night) == 0
    assert open_desks(lender) == [case.pk]


def test_a_night_beside_somebody_who_takes_a_case(lender: Company, case: Case) -> None:
    def by_hand() -> Reassigned:
        return reassign_cases(
            company=lender, case_ids=[case.pk], to=desk("collector3", "Two"), reason="x", by=None
        )

    with first(lender, by_hand) as person:
        assert meanwhile(lender, lambda: assign(lender), person) == 0
    assert open_desks(lender) == [case.pk]


def test_somebody_who_takes_a_case_that_the_night_just_assigned(
    lender: Company, case: Case
) -> None:
    def by_hand() -> Reassigned:
        return reassign_cases(
            company=lender, case_ids=[case.pk], to=desk("", "Two"), reason="x", by=None
        )

    with first(lender, lambda: assign(lender)) as night:
        assert meanwhile(lender, by_hand, night).moved == (case.pk,)
    assert open_desks(lender) == [case.pk]
    with company_scope(lender):
        assert Assignment.objects.count() == 2


def test_a_case_that_closes_is_not_assigned(lender: Company, case: Case) -> None:
    with first(lender, lambda: pay_off(lender, case)) as payer:
        assert meanwhile(lender, lambda: assign(lender), payer) == 0
    assert open_desks(lender) == []


def test_a_case_that_is_assigned_leaves_the_desk_when_it_closes(
    lender: Company, case: Case
) -> None:
    with first(lender, lambda: assign(lender)) as night:
        meanwhile(lender, lambda: pay_off(lender, case), night)
    assert open_desks(lender) == []


def test_a_case_that_is_placed_is_not_assigned(
    lender: Company, agency: Company, case: Case
) -> None:
    def place() -> None:
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )

    with first(lender, place) as placer:
        assert meanwhile(lender, lambda: assign(lender), placer) == 0
    assert open_desks(lender) == []


def test_a_desk_that_the_agency_opens_ends_with_the_recall(
    lender: Company, agency: Company, placed: Case
) -> None:
    def recall() -> object:
        return recall_cases(lender=lender, case_ids=[placed.pk], reason="x", by=None)

    with first(agency, lambda: take_in(agency, placed)) as worker:
        meanwhile(lender, recall, worker)
    assert open_desks(agency) == []


def test_no_desk_opens_on_a_case_that_is_recalled(
    lender: Company, agency: Company, placed: Case
) -> None:
    def recall() -> object:
        return recall_cases(lender=lender, case_ids=[placed.pk], reason="x", by=None)

    with first(lender, recall) as recaller:
        told = meanwhile(agency, lambda: take_in(agency, placed), recaller)
    assert dict(told.refusals) == {placed.pk: "changed_meanwhile"}
    assert open_desks(agency) == []


def test_no_desk_opens_on_a_placed_case_that_closes(
    lender: Company, agency: Company, placed: Case
) -> None:
    with first(lender, lambda: pay_off(lender, placed)) as payer:
        told = meanwhile(agency, lambda: take_in(agency, placed), payer)
    assert dict(told.refusals) == {placed.pk: "closed"}
    assert open_desks(agency) == []


def test_a_desk_that_the_agency_opens_ends_when_the_case_closes(
    lender: Company, agency: Company, placed: Case
) -> None:
    with first(agency, lambda: take_in(agency, placed)) as worker:
        meanwhile(lender, lambda: pay_off(lender, placed), worker)
    assert open_desks(agency) == []


def test_a_case_goes_to_one_agency_only(
    lender: Company, agency: Company, other_agency: Company, case: Case
) -> None:
    def place_with(company: Company) -> Callable[[], Any]:
        return lambda: place_cases(
            lender=lender, agency=company, case_ids=[case.pk], reason="", ends_on=None, by=None
        )

    with first(lender, place_with(agency)) as one:
        told = meanwhile(lender, place_with(other_agency), one)
    assert dict(told.refusals) == {case.pk: "placed"}
    with company_scope(lender):
        assert Case.objects.get().holder_id == agency.pk
