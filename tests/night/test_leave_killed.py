"""A night killed while cases go to a cover, or come back, leaves no trace and ends in the same."""

import random
from datetime import date, timedelta

import pytest

from collection.leave import Plan, enter_leave
from collection.models import Assignment, Leave
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.night.book import FIRST
from tests.night.processes import finished, killed_at_work, start, step_of
from tests.night.snapshot import Snapshot, differing, snapshot

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("first_night")]
OUT, BACK = FIRST + timedelta(days=1), FIRST + timedelta(days=3)
KILLS = 3


def furnished(company: Company) -> None:
    """Assigned cases, and a collector who is away from OUT to the day before BACK."""
    with company_scope(company):
        plan = Plan(
            user=User.objects.get(username="collector"),
            first_day=OUT,
            last_day=BACK - timedelta(days=1),
            cover=User.objects.get(username="collector2"),
            reason="annual leave",
        )
        enter_leave(company=company, plan=plan, by=None)


def night(company: Company, on: date) -> None:
    finished(start("nightly", "--company", company.code, "--date", str(on)))


def on_desk(company: Company, username: str) -> int:
    with company_scope(company):
        rows = Assignment.objects.filter(collector__username=username, ended_at=None)
        return rows.count()


def book(company: Company) -> Snapshot:
    """Every table but the record of the steps: what is done again counts anew."""
    return {table: rows for table, rows in snapshot(company).items() if "NightStep" not in table}


def test_a_killed_hand_over_and_return_end_in_the_same(
    lender: Company, other_lender: Company
) -> None:
    for company in (lender, other_lender):
        furnished(company)
    chance = random.Random(29)
    before = on_desk(lender, "collector")
    assert before > 100
    for on, counted in ((OUT, "covered"), (BACK, "came_back")):
        night(other_lender, on)
        done = step_of(other_lender, on, "leave")
        assert done is not None
        assert done.counts[counted] > 100, done.counts
        spent = float(done.seconds or 0)
        assert any(
            killed_at_work(lender, on, "leave", chance.uniform(0, spent / 2)) for _ in range(KILLS)
        )
        night(lender, on)
        night(lender, on)
        assert differing(book(lender), book(other_lender)) == []
        if on == OUT:
            assert on_desk(lender, "collector") == 0, "who is away gets nothing at night either"
    with company_scope(lender):
        leave = Leave.objects.get()
        assert leave.handed_over_at is not None
        assert leave.returned_at is not None
        assert not Assignment.objects.filter(leave=leave, ended_at=None).exists()
    assert on_desk(lender, "collector") > 100
