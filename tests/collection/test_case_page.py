"""The case page and the list of cases: what stands there, for whom, in how many queries."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from agencies.placement import place_cases
from cases.aging import settle_cases
from cases.holds import open_hold
from cases.models import Borrower, Case, CaseEvent, ContactPoint, LedgerEntry, Loan
from cases.showing import LONGEST_REASON, show_id_number, show_phone
from collection.assignment import assign_cases
from collection.board import board, teams_on_board
from collection.case_list import (
    STATES_OF_AGENCY,
    STATES_OF_LENDER,
    ListFilters,
    case_list,
    listed_cases,
)
from collection.case_page import case_page, components, older_timeline
from collection.finding import CaseFilters
from collection.models import Assignment, Note
from collection.notes import write_note
from collection.timeline import LONGEST
from collection.visibility import sight_of, visible_cases
from collection.worklist import Clock
from tenancy.models import Company, User
from tenancy.personal_data import seal
from tenancy.ready import ReadyQuery
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, desk, furnish
from tests.collection.test_reassign import put

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def admin(lender: Company, person: Person) -> User:
    return person(lender, "admin")


def test_the_page_tells_everything(lender: Company, admin: User, person: Person) -> None:
    collector = person(lender, "collector")
    with company_scope(lender):
        case = add_case(lender, dpd=12, amount="900.00", no="HY-1")
        sibling = add_case(lender, dpd=2, borrower=case.borrower, no="HY-2")
        assign_cases(company=lender, on=ON)
        put(lender, "collector3", sibling, team="Two")
        write_note(company=lender, case=case, by=collector, disposition="hung_up", remark="Friday.")
        open_hold(
            company=lender,
            case=case,
            kind="dispute",
            starts_on=ON,
            ends_on=None,
            reason="Interest",
            by=admin,
        )
        page = case_page(user=collector, uid=case.uid, on=ON)
        assert page is not None
        assert (page.case, page.dpd, page.loan.loan_no) == (case, 12, "HY-1")
        assert page.pill is not None
        assert page.next_pill is not None
        assert (page.pill.label, page.next_pill.label) == ("S2", "S3")
        assert (page.components[0].name, page.components[0].now) == ("principal", Decimal(900))
        assert [point.number_mask[:7] for point in page.contact_points] == ["138****"]
        other = page.others[0]
        assert (other.case, other.dpd, other.desk, other.is_open_to_me) == (
            sibling,
            2,
            "Cai Collector · Team Two",
            False,
        )
        assert page.assignment is not None
        assert page.assignment.collector == collector
        assert [hold.kind for hold in page.holds] == ["dispute"]
        told = [str(item.what) for item in page.timeline.items]
        assert "Hung up after identity was confirmed" in told
        assert "Hold: Dispute" in told
        assert any(what.startswith("Entered collections") for what in told)
        assert any(what.startswith("Assigned to") for what in told)
        moments = [item.at for item in page.timeline.items]
        assert moments == sorted(moments, reverse=True)
        assert page.timeline.count("notes") == 1
        assert page.timeline.older is None


def test_a_stranger_gets_no_page(lender: Company, other_lender: Company, person: Person) -> None:
    collector = person(lender, "collector")
    stranger = person(other_lender, "admin")
    with company_scope(lender):
        case = add_case(lender)
        assert case_page(user=collector, uid=case.uid, on=ON) is None
        assert older_timeline(user=collector, uid=case.uid, before=timezone.now()) is None
        assert case_page(user=collector, uid=uuid4(), on=ON) is None
    with company_scope(other_lender):
        assert case_page(user=stranger, uid=case.uid, on=ON) is None


def test_queries_of_the_page(lender: Company, agency: Company, person: Person, admin: User) -> None:
    boss = person(agency, "admin")
    with company_scope(lender):
        case = add_case(lender)
        for _n in range(3):
            add_case(lender, borrower=case.borrower)
        with CaptureQueriesContext(connection) as queries:
            assert case_page(user=admin, uid=case.uid, on=ON) is not None
        assert len(queries) <= 15, [query["sql"] for query in queries]
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
    with company_scope(agency):
        with CaptureQueriesContext(connection) as queries:
            page = case_page(user=boss, uid=case.uid, on=ON)
        assert page is not None
        assert page.placement is not None
        assert page.placement.package.lender_name == lender.name
        assert page.others == []
        assert len(queries) <= 15


def test_the_amounts_say_how_they_came(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender, amount="1000.00")
        loan = case.loan
        for kind, principal in (
            ("charge", "50.00"),
            ("repayment", "-300.00"),
            ("reversal", "100.00"),
        ):
            LedgerEntry.objects.create(
                loan=loan,
                effective_date=ON,
                kind=kind,
                principal=Decimal(principal),
                interest=0,
                fee=0,
                penalty=0,
            )
        Loan.objects.filter(pk=loan.pk).update(principal=Decimal("850.00"))
        loan.refresh_from_db()
        entries = list(LedgerEntry.objects.order_by("-effective_date", "-pk"))
        first = components(loan, entries)[0]
        assert (first.now, first.opened, first.added, first.settled) == tuple(
            Decimal(each) for each in ("850.00", "1000.00", "50.00", "200.00")
        )


def test_a_long_history_comes_in_parts(lender: Company, admin: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        now = timezone.now()
        Note.objects.bulk_create(
            Note(
                owner=lender,
                company=lender,
                case=case,
                author_id=admin.pk,
                author_name="Ada",
                at=now - timedelta(minutes=n),
                disposition="busy",
                disposition_name_en="Busy",
                disposition_name_zh="占线",
            )
            for n in range(100)
        )
        page = case_page(user=admin, uid=case.uid, on=ON)
        assert page is not None
        seen = page.timeline.items
        assert len(seen) == LONGEST
        before = page.timeline.older
        while before is not None:
            older = older_timeline(user=admin, uid=case.uid, before=before)
            assert older is not None
            assert all(item.at < before for item in older.items)
            seen = seen + older.items
            before = older.older
        assert sum(item.what == "Busy" for item in seen) == 100
        assert sum(str(item.what).startswith("Entered") for item in seen) == 1


def test_closing_and_reopening_are_told_once(lender: Company, admin: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        Loan.objects.filter(pk=case.loan_id).update(principal=0)
        settle_cases(company=lender, on=ON, loan_ids=[case.loan_id])
        page = case_page(user=admin, uid=case.uid, on=ON)
        assert page is not None
        told = [str(item.what) for item in page.timeline.items if "losed" in str(item.what)]
        assert told == ["Case closed: Paid"]


def test_showing_a_number_takes_a_reason_and_is_kept(lender: Company, admin: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        point = ContactPoint.objects.get(borrower=case.borrower_id)
        Borrower.objects.filter(pk=case.borrower_id).update(id_no_sealed=seal("110101"))
        for reason in (" ", "a\0b", "a\x1bb", "x" * (LONGEST_REASON + 1)):
            with pytest.raises(ValidationError):
                show_phone(case=case, contact_point=point.uid, reason=reason, by=admin)
            with pytest.raises(ValidationError):
                show_id_number(case=case, reason=reason, by=admin)
        number = show_phone(case=case, contact_point=point.uid, reason="He asked", by=admin)
        assert number[-4:] == point.number_last4
        assert show_id_number(case=case, reason="Court", by=admin) == "110101"
        events = CaseEvent.objects.filter(kind__endswith="_shown").order_by("pk")
        assert [(event.kind, event.data["reason"], event.actor_name) for event in events] == [
            ("phone_shown", "He asked", "Ada Admin"),
            ("id_number_shown", "Court", "Ada Admin"),
        ]
        assert number not in str([event.data for event in events])
        other = add_case(lender)
        with pytest.raises(ContactPoint.DoesNotExist):
            show_phone(case=other, contact_point=point.uid, reason="x", by=admin)


def test_the_list_knows_where_each_case_stands(
    lender: Company, agency: Company, admin: User
) -> None:
    with company_scope(lender):
        assigned = add_case(lender, dpd=3, amount="10.00")
        assign_cases(company=lender, on=ON)
        unassigned, to_place = add_case(lender, dpd=4), add_case(lender, dpd=31)
        placed, closed = add_case(lender, dpd=50), add_case(lender)
        place_cases(
            lender=lender, agency=agency, case_ids=[placed.pk], reason="", ends_on=None, by=None
        )
        Case.objects.filter(pk=closed.pk).update(closed_on=ON, closure="paid")
        found = {
            state: {
                row.uid
                for row in case_list(user=admin, filters=ListFilters(state=state), on=ON).rows
            }
            for state in STATES_OF_LENDER
        }
        assert found == {
            "": {assigned.uid, unassigned.uid, to_place.uid, placed.uid},
            "assigned": {assigned.uid},
            "unassigned": {unassigned.uid},
            "to_place": {to_place.uid},
            "placed": {placed.uid},
            "closed": {closed.uid},
        }
        rows = {row.uid: row for row in case_list(user=admin, filters=ListFilters(), on=ON).rows}
        assert rows[assigned.uid].desk.endswith("Team One") or rows[assigned.uid].desk.endswith(
            "Team Two"
        )
        assert rows[placed.uid].desk == agency.label
        assert rows[unassigned.uid].desk == ""
        gone = case_list(user=admin, filters=ListFilters(state="closed"), on=ON).rows[0]
        assert (gone.closure, gone.closed_on) == ("Paid", ON)
        of_agency = ListFilters(agency_ids=(agency.pk,))
        assert set(listed_cases(admin, of_agency, ON)) == {placed}
        assert set(listed_cases(admin, ListFilters(case=CaseFilters(dpd_from=31)), ON)) == {
            to_place,
            placed,
        }


def test_the_list_is_paged_by_amount_and_by_age(lender: Company, admin: User) -> None:
    with company_scope(lender):
        for dpd, amount in ((1, "30.00"), (3, "10.00"), (2, "20.00")):
            add_case(lender, dpd=dpd, amount=amount)

        def walk(sort: str) -> list[int]:
            found, after = [], ""
            while True:
                page = case_list(
                    user=admin,
                    filters=ListFilters(),
                    on=ON,
                    sort=sort,  # type: ignore[arg-type]
                    after=after,
                    size=1,
                )
                found += [row.dpd for row in page.rows]
                after = page.after
                if not after:
                    return found

        assert walk("-outstanding") == [1, 2, 3]
        assert walk("outstanding") == [3, 2, 1]
        assert walk("-dpd") == [3, 2, 1]
        assert walk("dpd") == [1, 2, 3]


def test_the_list_shows_a_collector_the_own_cases(lender: Company, person: Person) -> None:
    collector, lead = person(lender, "collector"), person(lender, "lead2")
    with company_scope(lender):
        own, foreign = add_case(lender), add_case(lender)
        put(lender, "collector", own)
        put(lender, "collector3", foreign, team="Two")
        add_case(lender)
        assert set(visible_cases(collector)) == {own}
        assert set(visible_cases(lead)) == {foreign}
        for user, case in ((collector, own), (lead, foreign)):
            rows = case_list(user=user, filters=ListFilters(), on=ON).rows
            assert [row.uid for row in rows] == [case.uid]


@pytest.mark.parametrize(
    "username",
    ["admin", "auditor", "collector", "collector2", "collector3", "lead", "lead2", "finance"],
)
def test_sight_in_plain_sql_is_the_same_sight(
    lender: Company, agency: Company, person: Person, username: str
) -> None:
    with company_scope(lender):
        own, foreign = add_case(lender), add_case(lender)
        put(lender, "collector", own)
        put(lender, "collector3", foreign, team="Two")
        place_cases(
            lender=lender,
            agency=agency,
            case_ids=[add_case(lender).pk],
            reason="x",
            ends_on=None,
            by=person(lender, "admin"),
        )
        ended = add_case(lender)
        put(lender, "collector", ended)
        Assignment.objects.filter(case=ended).update(ended_at=timezone.now())
    for company in (lender, agency):
        with company_scope(company):
            user = User.objects.select_related("company__settings").filter(username=username)
            for each in user:
                sight = sight_of(each)
                found = ReadyQuery(Case, sight.condition).rows(**sight.values)
                assert set(found) == set(visible_cases(each))


def test_a_subquery_keeps_the_scope_of_its_own_table(lender: Company, agency: Company) -> None:
    """Wall 1 binds to the table it stands on, also where that is inside another query."""
    with company_scope(lender):
        on_desks = Assignment.objects.filter(ended_at=None)
        sql = str(Case.objects.filter(pk__in=on_desks.values("case_id")).query)
        assert f'U0."company_id" = {lender.pk}' in sql
        assert f'"cases_case"."owner_id" = {lender.pk}' in sql


def test_the_board_adds_up(lender: Company, person: Person) -> None:
    lead, collector = person(lender, "lead"), person(lender, "collector")
    with company_scope(lender):
        cases = [add_case(lender, dpd=dpd, amount="100.00") for dpd in (0, 5, 15)]
        put(lender, "collector", *cases[:2])
        put(lender, "", cases[2])
        write_note(company=lender, case=cases[0], by=collector, disposition="busy", remark="")
        teams = list(teams_on_board(lead))
        assert [team.name for team in teams] == ["Team One"]
        clock = Clock.of(lender, lender.local_date())
        with CaptureQueriesContext(connection) as queries:
            rows = board(teams=teams, clock=clock)
        # Desks, people, their cases by bucket and rank, contacts, leave: one each.
        assert len(queries) <= 5
        by_person = {row.desk.label: row for row in rows}
        assert list(by_person) == [
            *("Team One", "Chen Collector · Team One"),
            *("Cora Collector · Team One", "Liu Lead · Team One"),
        ]
        chen = by_person["Chen Collector · Team One"]
        assert (chen.figures.cases, chen.figures.amount, chen.figures.touched_today) == (
            2,
            Decimal("200.00"),
            1,
        )
        assert [(part.label, part.value) for part in chen.by_bucket] == [("M0", 1), ("S1", 1)]
        assert by_person["Team One"].figures.cases == 1
        User.objects.filter(username="collector").update(is_active=False)
        assert sum(row.figures.cases for row in board(teams=teams, clock=clock)) == 3


def test_an_agencys_list_names_the_lender(lender: Company, agency: Company, person: Person) -> None:
    boss = person(agency, "admin")
    with company_scope(lender):
        case = add_case(lender)
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
    with company_scope(agency):
        furnish(agency)
        row = case_list(user=boss, filters=ListFilters(), on=ON).rows[0]
        assert (row.lender_name, row.desk) == (lender.name, "")
        counts = {
            state: len(case_list(user=boss, filters=ListFilters(state=state), on=ON).rows)
            for state in STATES_OF_AGENCY
        }
        assert counts == {"": 1, "assigned": 0, "unassigned": 1, "closed": 0}
        put(agency, "collector", case)
        assert (
            desk("collector").label
            in case_list(user=boss, filters=ListFilters(), on=ON).rows[0].desk
        )
