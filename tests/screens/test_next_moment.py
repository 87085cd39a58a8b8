"""The moments of next actions that the note's form proposes: those that a saved note gets."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from collection.gate import reserve
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case
from tests.collection.noting import PLAN, said, talked
from tests.collection.test_gate import at, own_point
from tests.collection.test_reassign import put

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]
StopClock = Callable[[datetime], None]
TOMORROW = ON + timedelta(days=1)


@pytest.fixture
def who(lender: Company, person: Person) -> User:
    return person(lender, "collector")


def shown(client: Client, case: Case, about: list[str]) -> dict[str, datetime]:
    """The moments that the page's fragment carries for what stands in the form."""
    names = ("note_channel", "note_whom", "note_try", "note_corrects")
    answer = client.get(
        reverse("work:allowed", args=[case.uid]), dict(zip(names, about, strict=True))
    )
    found = re.search(r'data-rc-moments="([^"]*)"', answer.content.decode())
    assert found is not None
    told = json.loads(unescape(found.group(1)))
    assert told["about"] == about
    return {code: datetime.fromisoformat(moment) for code, moment in told["at"].items()}


@pytest.mark.parametrize("moment", [at(7, 10), at(9, 40), at(11, 45), at(15), at(20, 45)])
@pytest.mark.parametrize(
    ("code", "channel"),
    [
        ("no_answer", "call"),
        ("busy", "call"),
        ("line_failure", "call"),
        ("empty_number", "call"),
        ("hung_up", "call"),
        ("hung_up", "inbound"),
        ("asks_plan", "call"),
        ("asks_plan", "sms"),
    ],
)
def test_form_and_saved_note_agree(
    lender: Company,
    who: User,
    signed_in: Callable[[Company, str], Client],
    stop_clock: StopClock,
    moment: datetime,
    code: str,
    channel: str,
) -> None:
    stop_clock(moment)
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        talked(who, case, at(8, on=ON), at(8, 1, on=ON))
        whom = own_point(case)
    client = signed_in(lender, "collector")
    proposed = shown(client, case, [channel, str(whom.uid), "", ""])
    with company_scope(lender):
        note = said(who, case, code, moment, channel=channel, facts=PLAN)
    assert note.next_action_at == proposed[code]


def test_form_and_saved_note_agree_on_the_call_in_progress(
    lender: Company,
    who: User,
    signed_in: Callable[[Company, str], Client],
    stop_clock: StopClock,
) -> None:
    stop_clock(at(10, 1))
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        talked(who, case, at(9), at(9, 30))
        whom = own_point(case)
        made = reserve(user=who, case=case, channel="call", point=whom, at=at(10))
    client = signed_in(lender, "collector")
    about = ["call", str(whom.uid), str(made.uid), ""]
    assert shown(client, case, about)["no_answer"] == at(14, 1)
    with company_scope(lender):
        note = said(who, case, "no_answer", at(10, 1), try_uid=made.uid)
    assert note.next_action_at == at(14, 1)


def test_form_and_saved_note_agree_on_a_correction(
    lender: Company,
    who: User,
    signed_in: Callable[[Company, str], Client],
    stop_clock: StopClock,
) -> None:
    stop_clock(at(10, 5))
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        talked(who, case, at(9))
        first = said(who, case, "hung_up", at(10))
        whom = own_point(case)
    client = signed_in(lender, "collector")
    anew = shown(client, case, ["call", str(whom.uid), "", ""])
    corrected = shown(client, case, ["call", str(whom.uid), "", str(first.uid)])
    assert anew["asks_plan"] == at(8, on=TOMORROW), "it would be the third conversation"
    assert corrected["asks_plan"] == at(10, 5)


def test_nonsense_in_the_address_is_the_borrower_by_no_number(
    lender: Company,
    signed_in: Callable[[Company, str], Client],
    stop_clock: StopClock,
) -> None:
    stop_clock(at(20, 45))
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
    client = signed_in(lender, "collector")
    found = shown(client, case, ["pigeon", "no uid", "no uid", "no uid"])
    assert found["busy"] == at(8, on=TOMORROW)
