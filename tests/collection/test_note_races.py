"""A note's form sent twice at once: one note, one promise, and both are answered alike."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from cases.models import Case
from collection.models import Note, Promise
from collection.notes import write_note
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.collection.book import add_case
from tests.collection.test_races import first, meanwhile

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(lender: Company) -> Case:
    with company_scope(lender):
        return add_case(lender, amount="1000.00")


@pytest.mark.parametrize("code", ["busy", "ptp_part"])
def test_a_form_sent_twice_at_once_is_one_note(
    lender: Company, case: Case, person: Callable[[Company, str], User], code: str
) -> None:
    collector, key = person(lender, "collector"), uuid4()
    due = lender.local_date() + timedelta(days=1)

    def send() -> int:
        note = write_note(
            company=lender,
            case=case,
            by=collector,
            disposition=code,
            remark="Once.",
            form_key=key,
            facts={"amount": "100", "date": due, "channel": "app"},
        )
        return note.pk

    with first(lender, send) as before:
        again = meanwhile(lender, send, before)
    assert again == before.result
    with company_scope(lender):
        assert Note.objects.count() == 1
        assert Promise.objects.count() == (code == "ptp_part")
