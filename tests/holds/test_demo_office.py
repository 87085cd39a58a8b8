"""The demo's office leaves something to look at on the pages of holds and money, once."""

from datetime import timedelta

from cases.models import CaseHold, MoneyRequest
from config.demo.office import HOLDS, PAID, play_office
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.collection.book import add_case


def test_the_office_is_played_once(lender: Company) -> None:
    today = lender.local_date()
    with company_scope(lender):
        for n in range(len(HOLDS) + len(PAID)):
            add_case(lender, dpd=6, no=f"D{n:02}", on=today - timedelta(days=3))
    for _ in range(2):
        play_office(lender, today - timedelta(days=1), chinese=True)
    with company_scope(lender):
        kinds = sorted(CaseHold.objects.values_list("kind", flat=True))
        assert kinds == sorted(kind for kind, _zh, _en in HOLDS)
        states = sorted(MoneyRequest.objects.values_list("state", flat=True))
        assert states == ["done", "done", "waiting"]
