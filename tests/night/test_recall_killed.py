"""A night killed while it takes back packages that ended recalls each case once all the same."""

import random
from datetime import timedelta

import pytest

from agencies.models import Placement
from agencies.placement import place_cases
from cases.models import Case, CaseEvent
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.night.book import FIRST
from tests.night.processes import finished, killed_at_work, start, step_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("first_night")]
DAY = FIRST + timedelta(days=1)
KILLS = 4


def placed(company: Company, agency: Company) -> int:
    """All open cases are with an agency, FIRST being the last day; returns how many."""
    with company_scope(company):
        ids = list(Case.objects.filter(closed_on=None).values_list("pk", flat=True))
        answer = place_cases(
            lender=company, agency=agency, case_ids=ids, reason="", ends_on=FIRST, by=None
        )
        return len(ids) - len(answer.refusals)


def test_killed_recalls_happen_once(
    lender: Company, other_lender: Company, agency: Company, other_agency: Company
) -> None:
    cases = placed(lender, agency)
    assert placed(other_lender, other_agency) == cases > 500
    finished(start("nightly", "--company", other_lender.code, "--date", str(DAY)))
    done = step_of(other_lender, DAY, "recall_ended")
    assert done is not None
    assert done.counts["recalled"] == cases
    chance, spent = random.Random(37), float(done.seconds or 0)
    assert any(
        killed_at_work(lender, DAY, "recall_ended", chance.uniform(0, spent / 2))
        for _ in range(KILLS)
    )
    for _ in range(2):
        finished(start("nightly", "--company", lender.code, "--date", str(DAY)))
    with company_scope(lender):
        assert not Case.objects.filter(holder__isnull=False).exists()
        assert Placement.objects.filter(ended_at__isnull=False).count() == cases
        assert CaseEvent.objects.filter(kind="expired").count() == cases
