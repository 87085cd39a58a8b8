"""The screens of promises: taking one, withdrawing one, the list and the kept rate."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from cases.models import Case
from collection.models import Promise
from collection.promise_outcomes import judge_promises
from collection.promises import take_promise
from collection.reassignment import reassign_cases
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.collection.book import add_case, desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(lender: Company) -> Case:
    with company_scope(lender):
        made = add_case(lender, amount="5000.00", on=lender.local_date())
        reassign_cases(
            company=lender, case_ids=[made.pk], to=desk("collector"), reason="start", by=None
        )
    return made


def promise(lender: Company, case: Case, amount: str = "1500.00", days: int = 3) -> Promise:
    with company_scope(lender):
        return take_promise(
            company=lender,
            case=Case.objects.get(pk=case.pk),
            by=User.objects.get(username="collector"),
            amount=Decimal(amount),
            due_on=lender.local_date() + timedelta(days=days),
            pay_by="app",
        )


SignIn = Callable[..., Client]


def test_taking_one(signed_in: SignIn, lender: Company, case: Case) -> None:
    client = signed_in(lender, "collector")
    page = client.get(f"/work/cases/{case.uid}/promise/")
    text = page.content.decode()
    assert 'data-rc-owed="5000.00"' in text
    assert re.search(r"data-rc-left>0\.00<", text)
    due = lender.local_date() + timedelta(days=2)
    sent = {"amount": "1,200.00", "due_on": due.isoformat(), "pay_by": "transfer"}
    refused = client.post(f"/work/cases/{case.uid}/promise/", sent | {"amount": "6000"})
    assert refused.status_code == 422
    assert "5,000.00" in refused.content.decode()
    assert 'value="6000"' in refused.content.decode()
    saved = client.post(f"/work/cases/{case.uid}/promise/", sent)
    assert (saved.status_code, saved["Location"]) == (302, f"/work/cases/{case.uid}/")
    with company_scope(lender):
        row = Promise.objects.get(case_id=case.pk)
        assert (row.amount, row.due_on, row.pay_by, row.state) == (
            Decimal("1200.00"), due, "transfer", "open",
        )  # fmt: skip
    again = client.get(f"/work/cases/{case.uid}/promise/").content.decode()
    assert "1,200.00" in again


def test_withdrawing_one(signed_in: SignIn, lender: Company, case: Case) -> None:
    made = promise(lender, case)
    address = f"/work/promises/{made.uid}/withdraw/"
    assert signed_in(lender, "collector").get(address).status_code == 403
    lead = signed_in(lender, "lead")
    assert lead.get(address).status_code == 200
    assert lead.post(address, {"reason": ""}).status_code == 422
    assert lead.post(address, {"reason": "a slip"}).status_code == 302
    with company_scope(lender):
        made.refresh_from_db()
        assert (made.state, made.why_ended) == ("withdrawn", "a slip")
    assert lead.post(address, {"reason": "twice"}).status_code == 422


def test_the_list_by_tab_and_filter(signed_in: SignIn, lender: Company, case: Case) -> None:
    promise(lender, case, days=0)
    client = signed_in(lender, "collector")
    assert case.loan_no in client.get("/work/promises/").content.decode()
    assert case.loan_no in client.get("/work/promises/?show=open").content.decode()
    assert case.loan_no not in client.get("/work/promises/?show=kept").content.decode()
    far = "/work/promises/?show=open&due_from=2999-01-01"
    assert case.loan_no not in client.get(far).content.decode()
    assert case.loan_no not in client.get("/work/promises/?amount_min=1500.01").content.decode()
    assert (
        case.loan_no not in signed_in(lender, "collector2").get("/work/promises/").content.decode()
    )
    assert case.loan_no in signed_in(lender, "lead").get("/work/promises/").content.decode()
    assert case.loan_no not in signed_in(lender, "lead2").get("/work/promises/").content.decode()
    assert case.loan_no in signed_in(lender, "admin").get("/work/promises/").content.decode()


def test_the_kept_rate(signed_in: SignIn, lender: Company, case: Case) -> None:
    made = promise(lender, case, days=0)
    with company_scope(lender):
        other = add_case(lender, amount="300.00", on=lender.local_date())
        reassign_cases(
            company=lender, case_ids=[other.pk], to=desk("collector"), reason="start", by=None
        )
        kept = promise(lender, other, "300.00", days=0)
        Promise.objects.filter(pk=kept.pk).update(state="kept")
        judge_promises(
            company=lender,
            on=lender.local_date() + timedelta(days=5),
            loan_ids=[case.loan_id],
        )
        made.refresh_from_db()
        assert made.state == "broken"
    for by in ("collector", "team", "bucket"):
        text = signed_in(lender, "lead").get(f"/work/promises/kept/?by={by}").content.decode()
        assert "50.0%" in text, by
    text = signed_in(lender, "admin").get("/work/promises/kept/").content.decode()
    assert "50.0%" in text  # one of two
    assert "16.7%" in text  # 300.00 of 1,800.00
    assert 'data-rc-chart="bars"' in text
    none = signed_in(lender, "admin").get("/work/promises/kept/?due_to=2001-01-01").content.decode()
    assert "data-rc-chart" not in none
    assert signed_in(lender, "collector").get("/work/promises/kept/").status_code == 403
