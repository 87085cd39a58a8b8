"""A night killed while it judges promises leaves no trace, and the next run ends in the same."""

import random
from collections import Counter
from datetime import datetime, timedelta

import pytest

from cases.ledger import RepaymentRow, post_repayments
from cases.models import Case, CaseHold
from collection.models import Promise
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.night.book import FIRST
from tests.night.processes import finished, killed_at_work, start, step_of
from tests.night.snapshot import Snapshot, snapshot

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("first_night")]
DAY = FIRST + timedelta(days=3)
KILLS = 4
WRITTEN = ("collection.Promise", "cases.CaseEvent", "cases.CaseHold", "cases.Case")


def promised(company: Company) -> None:
    """Every open case has a promise due the day after FIRST; every fifth pays some of it."""
    made_at = datetime(FIRST.year, FIRST.month, FIRST.day, 9, tzinfo=company.zone)
    with company_scope(company):
        cases = list(Case.objects.filter(closed_on=None).order_by("loan_no"))
        Promise.objects.bulk_create(
            Promise(
                company=company,
                owner=company,
                case=case,
                taken_by_id=1,
                taken_by_name="Somebody",
                made_at=made_at,
                amount=case.outstanding,
                due_on=FIRST + timedelta(days=1),
                pay_by="app",
                grace_days=1,
                tolerance_percent=5,
            )
            for case in cases
        )
        CaseHold.objects.bulk_create(
            CaseHold(
                owner=company,
                case=case,
                kind="promise",
                starts_on=FIRST,
                ends_on=DAY,
                stops_placement=True,
            )
            for case in cases
        )
        rows = [
            RepaymentRow(
                f"P{case.loan_no}", case.loan_no, made_at + timedelta(hours=5), case.outstanding / 2
            )
            for case in cases[::5]
        ]
        post_repayments(company=company, rows=rows, on=FIRST)


def of_promises(company: Company) -> Snapshot:
    """What the step writes, without ids and moments."""
    written = snapshot(company)
    return {table: written[table] for table in WRITTEN}


def test_a_killed_judging_is_done_again_to_the_same_end(
    lender: Company, other_lender: Company
) -> None:
    for company in (lender, other_lender):
        promised(company)
    finished(start("nightly", "--company", other_lender.code, "--date", str(DAY)))
    done = step_of(other_lender, DAY, "promises")
    assert done is not None
    assert done.seconds is not None
    assert done.counts["broken"] > 600
    assert done.counts["partly"] > 60
    chance = random.Random(13)
    halves = sum(
        killed_at_work(lender, DAY, "promises", chance.uniform(0, float(done.seconds) / 2))
        for _ in range(KILLS)
    )
    assert halves > 0
    with company_scope(lender):
        if (left := step_of(lender, DAY, "promises")) and left.done_at is None:
            states = Counter(Promise.objects.values_list("state", flat=True))
            assert set(states) <= {"open", "kept"}
    finished(start("nightly", "--company", lender.code, "--date", str(DAY)))
    finished(start("nightly", "--company", lender.code, "--date", str(DAY)))
    # Ranks follow from when a promise was judged, so those two are never the same.
    assert of_promises(lender) == of_promises(other_lender)
    with company_scope(lender):
        assert not CaseHold.objects.filter(kind="promise", lifted_at=None).exists()
        assert not Promise.objects.filter(state="open").exists()
