"""The order stays true during the day: money, holds, notes and moves rank the cases they touch."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest

from agencies.placement import place_cases
from cases.holds import lift_hold, open_hold
from cases.ledger import RepaymentRow, post_repayments
from cases.models import Case
from collection.models import Assignment, Disposition
from collection.notes import write_note
from collection.ranking import Rank
from collection.ranking_sql import rank_cases
from collection.reassignment import reassign_cases
from collection.work_settings import change_work_settings
from tenancy.models import AuditEntry, Company, CrossingRecord, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, desk, furnish
from tests.collection.test_reassign import put

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]


def here(case: Case) -> Assignment:
    return Assignment.objects.get(case=case, ended_at=None)


def pay(lender: Company, case: Case, amount: str) -> None:
    at = datetime.combine(ON + timedelta(days=1), time(9), lender.zone)
    row = RepaymentRow(f"R{case.pk}", case.loan_no, at, Decimal(amount))
    assert not post_repayments(company=lender, rows=[row], on=ON + timedelta(days=1)).refused


def test_money_lowers_what_a_case_is_expected_to_bring(lender: Company) -> None:
    with company_scope(lender):
        case, other = add_case(lender), add_case(lender)
        put(lender, "collector", case, other)
        assert here(case).expected_value == Decimal(500)
        pay(lender, case, "400.00")
        assert (here(case).expected_value, here(case).rank_key) == (Decimal(300), -30_000)
        assert here(other).expected_value == Decimal(500)


def test_money_and_holds_reach_the_desks_of_an_agency(lender: Company, agency: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
    with company_scope(agency):
        furnish(agency)
        put(agency, "collector", case)
        assert here(case).expected_value == Decimal(500)
    with company_scope(lender):
        pay(lender, case, "400.00")
        hold = open_hold(
            company=lender,
            case=case,
            kind="dispute",
            starts_on=lender.local_date(),
            ends_on=None,
            reason="Contests the fee",
            by=None,
        )
        assert set(CrossingRecord.objects.values_list("kind", flat=True)) == {"rank"}
    with company_scope(agency):
        assert (here(case).expected_value, here(case).rank) == (Decimal(300), Rank.STOPPED)
    with company_scope(lender):
        lift_hold(company=lender, hold=hold, on=lender.local_date(), by=None)
    with company_scope(agency):
        assert here(case).rank != Rank.STOPPED


def test_a_note_moves_its_own_case_and_no_other(lender: Company, person: Person) -> None:
    collector = person(lender, "collector")
    today = lender.local_date()
    with company_scope(lender):
        cases = [add_case(lender, amount=f"{n}000.00", on=today) for n in range(1, 5)]
        put(lender, "collector", *cases)
        rank_cases(company=lender, on=today)
        Disposition.objects.filter(code="callback").update(flags=["callback"])
        before = {row.case_id: (row.rank, row.rank_key) for row in Assignment.objects.all()}
        write_note(company=lender, case=cases[1], by=collector, disposition="busy", remark="")
        worked = here(cases[1])
        assert worked.rank in (Rank.DUE, Rank.LATER), "no longer new"
        after = {row.case_id: (row.rank, row.rank_key) for row in Assignment.objects.all()}
        moved = {pk for pk, place in after.items() if place != before[pk]}
        assert moved == {cases[1].pk}


def test_a_moved_case_has_its_rank_at_once(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        assert (here(case).rank, here(case).rank_key) == (Rank.NEW, -50_000)
        reassign_cases(
            company=lender, case_ids=[case.pk], to=desk("collector2"), reason="Leave", by=None
        )
        assert here(case).rank_key == -50_000


def test_changed_weights_are_kept_and_show_at_once(lender: Company, person: Person) -> None:
    admin = person(lender, "admin")
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        change_work_settings(company=lender, by=admin, facts={"unknown_score": 800})
        assert here(case).expected_value == Decimal(800)
        entry = AuditEntry.objects.get(verb="change_work_settings")
        assert (entry.before, entry.after) == ({"unknown_score": 500}, {"unknown_score": 800})
        row = change_work_settings(company=lender, by=admin, facts={"unknown_score": 800})
        assert (row.version, AuditEntry.objects.filter(verb="change_work_settings").count()) == (
            2,
            1,
        )
