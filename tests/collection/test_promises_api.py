"""Promises over HTTP: taken in a person's name, listed by due date, refused with reasons."""

from datetime import timedelta

import pytest
from django.test import Client

from cases.models import Case
from collection.models import Promise
from collection.reassignment import reassign_cases
from tenancy.models import Company
from tenancy.scope import company_scope
from tenancy.tokens import issue_token
from tests.collection.book import add_case, desk

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/promises/"


@pytest.fixture
def case(lender: Company) -> Case:
    with company_scope(lender):
        made = add_case(lender, amount="500.00", on=lender.local_date())
        reassign_cases(
            company=lender, case_ids=[made.pk], to=desk("collector"), reason="start", by=None
        )
    return made


@pytest.fixture
def caller(lender: Company) -> Client:
    with company_scope(lender):
        _token, text = issue_token(company=lender, name="robot", scopes=["contact"], by=None)
    return Client(headers={"authorization": f"Bearer {text}"})


def body(case: Case, **more: str) -> dict[str, str]:
    due = case.due_date + timedelta(days=6)
    told = {"case": str(case.uid), "amount": "120.50", "due_on": due.isoformat()}
    return told | {"pay_by": "app", "collector": "collector"} | more


def test_a_promise_is_taken_once_and_listed(lender: Company, caller: Client, case: Case) -> None:
    for _time in range(2):
        answer = caller.post(
            ADDRESS,
            body(case),
            content_type="application/json",
            headers={"Idempotency-Key": "one"},
        )
        assert answer.status_code == 201, answer.content
        assert (answer.json()["state"], answer.json()["amount"]) == ("open", "120.50")
    with company_scope(lender):
        assert Promise.objects.get().taken_by_name
    (row,) = caller.get(f"{ADDRESS}?state=open").json()["results"]
    assert (row["case"], row["received"]) == (str(case.uid), "0.00")
    assert caller.get(f"{ADDRESS}?due_to=2001-01-01").json() == {"results": [], "next": None}
    assert caller.get(f"{ADDRESS}?state=lost").status_code == 400


@pytest.mark.parametrize(
    ("more", "status", "word"),
    [
        ({"amount": "500.01"}, 400, "500.00"),
        ({"collector": "nobody"}, 400, "collector"),
        ({"collector": "auditor"}, 400, "collector"),
        ({"collector": "collector2"}, 404, ""),
        ({"due_on": "2001-01-01"}, 400, "due_on"),
    ],
)
def test_what_is_refused(
    caller: Client, case: Case, more: dict[str, str], status: int, word: str
) -> None:
    answer = caller.post(ADDRESS, body(case, **more), content_type="application/json")
    assert (answer.status_code, word in answer.content.decode()) == (status, True)
