"""Notes of a moment of one's choice, and calls that were made before them."""

from datetime import datetime
from typing import Any

from cases.models import Case
from collection.gate import reserve, settle
from collection.models import Note
from collection.notes import write_note
from tenancy.models import User
from tests.collection.test_gate import own_point

PLAN = {"monthly_amount": "100", "first_date": "2026-12-20"}


def said(who: User, case: Case, code: str, moment: datetime, **more: Any) -> Note:
    """A note of a moment, on the borrower's own number unless it says otherwise."""
    given: dict[str, Any] = {"remark": "Said so.", "at": moment} | more
    if "contact_point" not in given:
        given["contact_point"] = own_point(case)
    return write_note(company=who.company, case=case, by=who, disposition=code, **given)


def talked(who: User, case: Case, *moments: datetime, state: str = "conversation") -> None:
    """Calls to the borrower's own number that the gate let through."""
    for moment in moments:
        made = reserve(user=who, case=case, channel="call", point=own_point(case), at=moment)
        settle(company=who.company, uid=made.uid, state=state)
