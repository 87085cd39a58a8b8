"""The worklist: order, pages, filters, search, figures; two queries a page, by an index."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.placement import place_cases
from cases.models import Borrower, Case, ContactPoint
from collection.assignment import assign_cases
from collection.finding import CaseFilters
from collection.models import Assignment
from collection.ranking import Rank
from collection.ranking_sql import rank_cases
from collection.reassignment import reassign_cases
from collection.worklist import (
    Clock,
    PlaceInList,
    WorkFilters,
    WorkRow,
    capped,
    idle_days,
    neighbours,
    place_in_worklist,
    work_figures,
    worklist,
)
from tenancy.models import Company, User
from tenancy.personal_data import keyed_hash
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, desk, furnish
from tests.collection.test_reassign import put

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]
NOON = 12


@pytest.fixture
def clock(lender: Company) -> Clock:
    return Clock.of(lender, ON, datetime(2026, 11, 20, NOON, tzinfo=lender.zone))


@pytest.fixture
def collector(lender: Company, person: Person) -> User:
    return person(lender, "collector")


def due_in(case: Case, clock: Clock, **delta: int) -> None:
    Assignment.objects.filter(case=case, ended_at=None).update(
        next_action_at=clock.now + timedelta(**delta)
    )


def worked(case: Case, clock: Clock, **delta: int) -> None:
    """The case was touched, as the difference to now says, and the desk has its rank."""
    Assignment.objects.filter(case=case, ended_at=None).update(
        last_touch_at=clock.now + timedelta(**delta), last_touch_by_name="Chen"
    )
    rank_cases(company=Company.objects.get(pk=case.owner_id), on=clock.on, case_ids=[case.pk])


def rows(user: User, clock: Clock, **asked: object) -> list[WorkRow]:
    filters = WorkFilters(**asked)  # type: ignore[arg-type]
    return worklist(user=user, filters=filters, clock=clock).rows


def numbers(user: User, clock: Clock, **asked: object) -> set[str]:
    """Loan numbers found by questions about the case."""
    found = rows(user, clock, case=CaseFilters(**asked))  # type: ignore[arg-type]
    return {row.loan_no for row in found}


def test_rank_comes_first_and_value_within_it(
    lender: Company, collector: User, clock: Clock
) -> None:
    with company_scope(lender):
        less, more = add_case(lender, dpd=5, amount="800.00"), add_case(lender, dpd=12)
        later = add_case(lender, amount="9000.00")
        put(lender, "collector", less, more, later)
        due_in(later, clock, days=2)
        worked(later, clock, hours=-1)
        first, second, third = rows(collector, clock)
        assert [row.loan_no for row in (first, second)] == [more.loan_no, less.loan_no]
        assert third.loan_no == later.loan_no
        assert [row.rank for row in (first, second, third)] == [Rank.NEW, Rank.NEW, Rank.LATER]
        assert (first.expected_value, first.score, first.was_skipped) == (
            Decimal(500), None, False,
        )  # fmt: skip
        assert (second.dpd, second.outstanding) == (5, Decimal("800.00"))
        assert second.pill is not None
        assert (second.pill.label, second.pill.tone, second.pill.parent) == ("S1", 1, "M1")
        assert second.phone_mask.startswith("138****")
        assert (second.collector_name, second.team_name) == ("Chen Collector", "Team One")
        assert second.lender_name == ""


def test_pages_meet_without_gap_or_overlap(lender: Company, collector: User, clock: Clock) -> None:
    with company_scope(lender):
        cases = [add_case(lender) for _n in range(7)]
        put(lender, "collector", *cases)  # all due at the same moment
        ask = {"user": collector, "filters": WorkFilters(), "clock": clock, "size": 3}
        one = worklist(**ask)  # type: ignore[arg-type]
        two = worklist(**ask, after=one.after)  # type: ignore[arg-type]
        three = worklist(**ask, after=two.after)  # type: ignore[arg-type]
        seen = [row.uid for page in (one, two, three) for row in page.rows]
        assert seen == [
            row.uid for row in worklist(user=collector, filters=WorkFilters(), clock=clock).rows
        ]
        assert (one.before, three.after) == ("", "")
        back = worklist(**ask, before=three.before)  # type: ignore[arg-type]
        assert [row.uid for row in back.rows] == [row.uid for row in two.rows]
        assert worklist(**ask, after="nonsense").rows == one.rows  # type: ignore[arg-type]


def test_each_role_sees_its_own(lender: Company, person: Person, clock: Clock) -> None:
    people = {
        name: person(lender, name)
        for name in ("collector", "collector2", "lead", "lead2", "admin", "auditor")
    }
    with company_scope(lender):
        one, two, three, waiting = (add_case(lender) for _n in range(4))
        put(lender, "collector", one)
        put(lender, "collector2", two)
        put(lender, "collector3", three, team="Two")
        put(lender, "", waiting, team="Two")
        seen = {name: {row.uid for row in rows(user, clock)} for name, user in people.items()}
        assert seen["collector"] == {one.uid}
        assert seen["collector2"] == {two.uid}
        assert seen["lead"] == {one.uid, two.uid}
        assert seen["lead2"] == {three.uid, waiting.uid}
        assert seen["admin"] == seen["auditor"] == {one.uid, two.uid, three.uid, waiting.uid}
        assert rows(people["lead"], clock, mine=True) == []
        admin = people["admin"]
        assert {row.uid for row in rows(admin, clock, waiting=True)} == {waiting.uid}
        team_two = desk("", "Two").team.pk
        assert len(rows(admin, clock, team_ids=(team_two,))) == 2
        assert {row.uid for row in rows(admin, clock, collector_ids=(people["collector"].pk,))} == {
            one.uid
        }


def test_figures_are_those_of_the_list(lender: Company, person: Person, clock: Clock) -> None:
    admin = person(lender, "admin")
    with company_scope(lender):
        _new, again, tomorrow, old = (add_case(lender) for _n in range(4))
        assign_cases(company=lender, on=ON)
        rank_cases(company=lender, on=ON)
        due_in(again, clock, hours=3)
        worked(again, clock, hours=-1)
        due_in(tomorrow, clock, hours=20)
        worked(tomorrow, clock, hours=-2)
        Assignment.objects.filter(case=old).update(rank=Rank.UNTOUCHED)
        figures = work_figures(user=admin, filters=WorkFilters(), clock=clock)
        assert (figures.total, figures.must_do, figures.touched_today) == (4, 2, 2)
        assert [figures.of(rank) for rank in Rank] == [0, 0, 0, 1, 1, 1, 1, 0]
        for rank in Rank:
            assert len(rows(admin, clock, ranks=(rank, rank))) == figures.of(rank)
        for asked, number in (
            ({"due_today": True}, 3),
            ({"new_today": True}, 4),
            ({"touched": "never"}, 2),
            ({"touched": "not_for_7_days"}, 0),
            ({"touched": "today"}, 2),
        ):
            assert len(rows(admin, clock, **asked)) == number, asked
        assert capped(user=admin, filters=WorkFilters(), clock=clock) == 4


def test_figures_beyond_the_cap_are_told_only_where_they_are_whole(
    lender: Company, person: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = person(lender, "admin")
    monkeypatch.setattr("collection.worklist.FIGURES_CAP", 2)
    with company_scope(lender):
        due, *others = (add_case(lender) for _n in range(4))
        put(lender, "collector", due, *others)
        Assignment.objects.filter(case=due).update(rank=Rank.CALLBACK)
        figures = work_figures(user=admin, filters=WorkFilters(), clock=clock)
        assert (figures.total, figures.of(Rank.CALLBACK), figures.of(Rank.NEW)) == (3, 1, None)
        assert (figures.must_do, figures.touched_today) == (None, None)


def test_questions_about_the_case(lender: Company, collector: User, clock: Clock) -> None:
    with company_scope(lender):
        low = add_case(lender, dpd=3, amount="100.00", no="HY-1")
        high = add_case(lender, dpd=25, amount="900.00", no="HY-2")
        put(lender, "collector", low, high)
        Case.objects.filter(pk=low.pk).update(product="cash", channel="app")
        assert numbers(collector, clock, buckets=("S1",)) == {"HY-1"}
        assert numbers(collector, clock, buckets=("M1",)) == {"HY-1", "HY-2"}
        assert numbers(collector, clock, dpd_from=3, dpd_to=3) == {"HY-1"}
        assert numbers(collector, clock, dpd_from=4) == {"HY-2"}
        assert numbers(collector, clock, amount_from=Decimal(900)) == {"HY-2"}
        assert numbers(collector, clock, amount_to=Decimal(100)) == {"HY-1"}
        assert numbers(collector, clock, products=("cash", "car")) == {"HY-1"}
        assert numbers(collector, clock, channels=("web",)) == set()


def test_days_past_due_are_asked_for_without_the_days_of_a_pause(
    lender: Company, collector: User, clock: Clock
) -> None:
    with company_scope(lender):
        paused, plain = add_case(lender, dpd=20, no="HY-1"), add_case(lender, dpd=20, no="HY-2")
        put(lender, "collector", paused, plain)
        Case.objects.filter(pk=paused.pk).update(paused_from=ON - timedelta(days=8))
        assert {row.loan_no: row.dpd for row in rows(collector, clock)} == {
            "HY-1": 12,
            "HY-2": 20,
        }
        assert numbers(collector, clock, dpd_from=12, dpd_to=12) == {"HY-1"}
        assert numbers(collector, clock, dpd_from=13) == {"HY-2"}
        assert numbers(collector, clock, dpd_to=99_999_999) == {"HY-1", "HY-2"}
        assert numbers(collector, clock, dpd_from=99_999_999) == set()


def searchable(lender: Company) -> tuple[Case, Case]:
    found, other = add_case(lender, no="HY2609-77"), add_case(lender, no="HY2610-88")
    Borrower.objects.filter(pk=found.borrower_id).update(
        name="陈思宇", id_no_hash=keyed_hash("11010119900307451X")
    )
    Case.objects.filter(pk=found.pk).update(borrower_name="陈思宇")
    ContactPoint.objects.filter(borrower=found.borrower_id).update(
        number_hash=keyed_hash("13912345678"), number_last4="5678"
    )
    return found, other


SEARCHES = [
    *("HY2609-77", "hy2609", "HY2609", "陈思", "陈思宇", "5678"),
    *("13912345678", "139 1234-5678", "11010119900307451X", "11010119900307451x"),
]


@pytest.mark.parametrize("text", SEARCHES)
def test_search(lender: Company, collector: User, clock: Clock, text: str) -> None:
    with company_scope(lender):
        found, other = searchable(lender)
        put(lender, "collector", found, other)
        assert numbers(collector, clock, text=text) == {"HY2609-77"}


@pytest.mark.parametrize("text", SEARCHES)
def test_an_agency_searches_what_it_holds(
    lender: Company, agency: Company, person: Person, clock: Clock, text: str
) -> None:
    admin = person(agency, "admin")
    with company_scope(lender):
        found, other = searchable(lender)
        add_case(lender, no="HY2609-79")
        place_cases(
            lender=lender,
            agency=agency,
            case_ids=[found.pk, other.pk],
            reason="",
            ends_on=None,
            by=None,
        )
    with company_scope(agency):
        reassign_cases(
            company=agency,
            case_ids=[found.pk, other.pk],
            to=desk("collector"),
            reason="New",
            by=None,
        )
        assert numbers(admin, clock, text=text) == {"HY2609-77"}
        assert rows(admin, clock)[0].lender_name == lender.name


@pytest.mark.parametrize("text", ["9999", "HY3", "13900000000", "%", "\\", "思"])
def test_search_finds_nothing_else(
    lender: Company, collector: User, clock: Clock, text: str
) -> None:
    with company_scope(lender):
        put(lender, "collector", *searchable(lender))
        assert numbers(collector, clock, text=text) == set()


def test_neighbours_follow_the_list(lender: Company, collector: User, clock: Clock) -> None:
    with company_scope(lender):
        put(lender, "collector", *(add_case(lender) for _n in range(3)))
        one, two, three = rows(collector, clock)

        def beside(row: WorkRow) -> tuple[object, object]:
            return neighbours(
                user=collector,
                filters=WorkFilters(),
                clock=clock,
                here=Assignment.objects.get(pk=row.assignment_id),
            )

        assert beside(one) == (None, two.uid)
        assert beside(two) == (one.uid, three.uid)
        assert beside(three) == (two.uid, None)


def test_a_place_in_the_list_comes_with_its_neighbours(
    lender: Company, collector: User, clock: Clock
) -> None:
    with company_scope(lender):
        put(lender, "collector", *(add_case(lender) for _n in range(4)))
        one, two, three, four = rows(collector, clock)

        def place(row: WorkRow, most: int, **asked: Any) -> PlaceInList | None:
            here = Assignment.objects.get(pk=row.assignment_id)
            filters = WorkFilters(**asked)
            with CaptureQueriesContext(connection) as queries:
                found = place_in_worklist(
                    user=collector, filters=filters, clock=clock, here=here, most=most
                )
            assert len(queries) <= 1
            return found

        assert place(one, 9) == PlaceInList(1, 4, None, two.uid)
        assert place(three, 9) == PlaceInList(3, 4, two.uid, four.uid)
        assert place(four, 9) == PlaceInList(4, 4, three.uid, None)
        # Beyond what is counted there is no place, and the last one within still has its next.
        assert place(two, 2) == PlaceInList(2, 3, one.uid, three.uid)
        assert place(three, 2) is None
        assert place(one, 9, touched="today") is None
        assert place(one, 9, case=CaseFilters(nothing=True)) is None


def test_idle_days_count_local_dates(lender: Company, clock: Clock) -> None:
    night = datetime(2026, 11, 18, 23, 30, tzinfo=lender.zone)
    assert idle_days(night, ON - timedelta(days=9), clock) == 2
    assert idle_days(night + timedelta(hours=1), ON - timedelta(days=9), clock) == 1
    assert idle_days(None, ON - timedelta(days=9), clock) == 9
    assert idle_days(night, ON, clock) == 0


def test_queries(lender: Company, agency: Company, person: Person, clock: Clock) -> None:
    lender_people = {name: person(lender, name) for name in ("collector", "lead", "admin")}
    agency_admin = person(agency, "admin")
    most = {"collector": 2, "lead": 4, "admin": 2}
    with company_scope(lender):
        cases = [add_case(lender) for _n in range(6)]
        put(lender, "collector", *cases[:4])
        for name, user in lender_people.items():
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert len(rows(user, clock)) == 4
            assert len(queries) <= most[name], (name, [q["sql"] for q in queries])
        with CaptureQueriesContext(connection) as queries:
            work_figures(user=lender_people["admin"], filters=WorkFilters(), clock=clock)
        assert len(queries) == 1
        place_cases(
            lender=lender,
            agency=agency,
            case_ids=[case.pk for case in cases[4:]],
            reason="",
            ends_on=None,
            by=None,
        )
    with company_scope(agency):
        furnish(agency)
        put(agency, "collector", *cases[4:])
        with CaptureQueriesContext(connection) as queries:
            assert len(rows(agency_admin, clock)) == 2
        assert len(queries) == 3
