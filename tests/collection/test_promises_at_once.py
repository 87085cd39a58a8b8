"""Several at once on one case: takers and money leave one open promise and true states."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from cases.ledger import RepaymentRow, post_repayments
from cases.models import Case, CaseHold
from collection.models import Promise
from collection.promise_outcomes import judge_promises
from collection.promises import take_promise
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.collection.book import add_case

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def take(company: Company, case: Case, amount: int) -> None:
    take_promise(
        company=company,
        case=Case.objects.get(pk=case.pk),
        by=User.objects.get(username="collector"),
        amount=Decimal(amount),
        due_on=company.local_date() + timedelta(days=2),
        pay_by="app",
    )


def pay(company: Company, case: Case, number: int) -> None:
    row = RepaymentRow(f"R{number}", case.loan_no, timezone.now(), Decimal(10))
    post_repayments(company=company, rows=[row], on=company.local_date())


def test_one_open_promise_and_every_repayment_counted_once(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender, amount="5000.00", on=lender.local_date())
        take(lender, case, 4000)
    failed: list[BaseException] = []
    start = threading.Barrier(2 * AT_ONCE)

    def act(number: int) -> None:
        try:
            start.wait()
            with company_scope(lender):
                if number % 2:
                    take(lender, case, 1000 + number)
                else:
                    pay(lender, case, number)
        except BaseException as error:  # noqa: BLE001 (told by the test)
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(number,)) for number in range(2 * AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with company_scope(lender):
        rows = Promise.objects.filter(case=case).order_by("made_at")
        assert [row.state for row in rows] == ["superseded"] * AT_ONCE + ["open"]
        before = [(row.state, row.received) for row in rows]
        judge_promises(company=lender, on=lender.local_date(), loan_ids=[case.loan_id])
        assert [(row.state, row.received) for row in rows.all()] == before
        # What was paid while a promise waited for its turn counts for the one before it.
        assert sum(received for _state, received in before) == 10 * AT_ONCE
        assert CaseHold.objects.filter(case=case, kind="promise", lifted_at=None).count() == 1
