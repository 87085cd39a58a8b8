"""What counts for the caps: talks that nobody measured, outcomes told twice, the gate passed by."""

from collections.abc import Callable
from functools import partial

import pytest

from cases.models import Case
from collection.contact_facts import Decision
from collection.gate import ask, reserve, settle
from collection.models import ContactRule, ContactTry
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case
from tests.collection.test_gate import at, own_point

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]


@pytest.fixture
def who(lender: Company, person: Person) -> User:
    return person(lender, "collector")


def rules_of(decision: Decision) -> list[str]:
    return [denial.rule for denial in decision.denials]


def one_talk_of_thirty_seconds(lender: Company) -> None:
    """The company allows one conversation a day, and counts those from thirty seconds on."""
    ContactRule.objects.create(
        company=lender,
        jurisdiction="CN",
        rule="conversations_day",
        figures={"conversations_a_day": 1, "effective_seconds": 30},
        valid_from=ON,
    )


def called(case: Case, who: User, hour: int) -> ContactTry:
    return reserve(user=who, case=case, channel="call", point=own_point(case), at=at(hour))


@pytest.mark.parametrize(("seconds", "counts"), [(None, True), (0, False), (29, False), (30, True)])
def test_a_talk_that_nobody_measured_is_long_enough(
    lender: Company, who: User, seconds: int | None, counts: bool
) -> None:
    with company_scope(lender):
        one_talk_of_thirty_seconds(lender)
        case = add_case(lender)
        made = called(case, who, 9)
        settle(company=lender, uid=made.uid, state="conversation", talk_seconds=seconds)
        asked = ask(user=who, case=case, channel="call", point=own_point(case), at=at(10))
        assert rules_of(asked) == (["conversations_day"] if counts else [])


def test_what_the_dialer_measured_before_it_was_a_talk_says_nothing(
    lender: Company, who: User
) -> None:
    with company_scope(lender):
        made = called(add_case(lender), who, 9)
        told = partial(settle, company=lender, uid=made.uid)
        assert told(state="unanswered", talk_seconds=0).talk_seconds == 0
        assert told(state="conversation").talk_seconds is None
        assert told(state="conversation", talk_seconds=40).talk_seconds == 40
        assert told(state="conversation").talk_seconds == 40
        assert told(state="conversation", talk_seconds=5).talk_seconds == 40


@pytest.mark.parametrize(
    ("first", "then", "stands"),
    [
        ("conversation", "not_connected", "conversation"),
        ("conversation", "unanswered", "conversation"),
        ("unanswered", "not_connected", "unanswered"),
        ("invalid", "not_connected", "invalid"),
        ("sent", "not_connected", "sent"),
        ("unanswered", "unanswered", "unanswered"),
        ("unanswered", "conversation", "conversation"),
        ("not_connected", "unanswered", "unanswered"),
        ("not_connected", "not_connected", "not_connected"),
    ],
)
def test_an_outcome_only_moves_to_what_counts_for_more(
    lender: Company, who: User, first: str, then: str, stands: str
) -> None:
    with company_scope(lender):
        made = called(add_case(lender), who, 9)
        settle(company=lender, uid=made.uid, state=first)
        settle(company=lender, uid=made.uid, state=then)
        assert ContactTry.objects.get().state == stands
