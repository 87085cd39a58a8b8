"""A night killed while it tells missed deadlines and ends holds tells each once all the same."""

import random
from datetime import timedelta

import pytest

from cases.models import Case, CaseEvent, CaseHold
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.night.book import FIRST
from tests.night.processes import finished, killed_at_work, start, step_of
from tests.night.snapshot import snapshot

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("first_night")]
DAY = FIRST + timedelta(days=2)
KILLS = 4


def held(company: Company) -> None:
    """Every other case with a dispute that nobody answered, the rest with a check that is over."""
    with company_scope(company):
        cases = list(Case.objects.filter(closed_on=None).order_by("loan_no"))
        CaseHold.objects.bulk_create(
            CaseHold(
                owner=company,
                case=case,
                kind="dispute" if number % 2 else "payment_check",
                starts_on=FIRST,
                ends_on=None if number % 2 else DAY,
                answer_by=DAY - timedelta(days=1),
                stops_placement=True,
            )
            for number, case in enumerate(cases)
        )


def test_killed_holds_are_told_once(lender: Company, other_lender: Company) -> None:
    for company in (lender, other_lender):
        held(company)
    finished(start("nightly", "--company", other_lender.code, "--date", str(DAY)))
    done = step_of(other_lender, DAY, "holds")
    assert done is not None
    assert done.counts["hold_alarms"] > 1000
    assert done.counts["holds_ended"] > 500
    chance, spent = random.Random(31), float(done.seconds or 0)
    assert any(
        killed_at_work(lender, DAY, "holds", chance.uniform(0, spent / 2)) for _ in range(KILLS)
    )
    for _ in range(2):
        finished(start("nightly", "--company", lender.code, "--date", str(DAY)))
    with company_scope(lender):
        told = CaseEvent.objects.filter(kind="hold_missed").count()
        assert told == CaseHold.objects.filter(alarmed_at__isnull=False).count()
    mine, theirs = snapshot(lender), snapshot(other_lender)
    for table in ("cases.CaseHold", "cases.CaseEvent", "cases.Case"):
        assert mine[table] == theirs[table]
