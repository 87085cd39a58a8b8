"""A day's contacts weighed again: under other rules, with a figure that is only proposed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from cases.models import CaseEvent
from collection.contact_rule_changes import set_rule
from collection.gate import reserve, settle
from collection.gate_replay import Proposal, replay
from collection.models import ContactTry
from tenancy.models import Company, User
from tenancy.night import business_date
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case
from tests.collection.test_gate import at, own_point

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]


@pytest.fixture
def busy_day(lender: Company, person: Person) -> Company:
    """Three conversations with one borrower, an SMS to another, a call that was given up."""
    who = person(lender, "collector")
    with company_scope(lender):
        first, second = add_case(lender), add_case(lender)
        for hour in (8, 10, 15):
            made = reserve(
                user=who, case=first, channel="call", point=own_point(first), at=at(hour)
            )
            settle(company=lender, uid=made.uid, state="conversation", talk_seconds=20)
        reserve(user=who, case=second, channel="sms", point=own_point(second), at=at(20))
        gone = reserve(user=who, case=second, channel="call", point=own_point(second), at=at(9))
        ContactTry.objects.filter(pk=gone.pk).update(state="released")
    return lender


def test_nothing_is_refused_under_the_rules_that_held(busy_day: Company) -> None:
    with company_scope(busy_day):
        found = replay(company=busy_day, day=ON, rules_on=ON)
        assert (found.contacts, found.more, found.refused) == (4, 0, ())
        assert replay(company=busy_day, day=ON - timedelta(days=1), rules_on=ON).contacts == 0


def test_a_proposed_figure_is_weighed_without_being_set(busy_day: Company) -> None:
    proposal = Proposal(
        "CN", "conversations_day", {"conversations_a_day": 2, "effective_seconds": 0}
    )
    with company_scope(busy_day):
        found = replay(company=busy_day, day=ON, rules_on=ON, proposal=proposal)
        assert found.by_rule == [("conversations_day", 1)]
        assert [each.made.at for each in found.refused] == [at(15)]
        assert not CaseEvent.objects.filter(kind="contact_denied").exists()
        window = Proposal("CN", "window", {"opens": "09:00", "closes": "19:00"})
        refused = replay(company=busy_day, day=ON, rules_on=ON, proposal=window).refused
        assert [each.made.at for each in refused] == [at(8), at(20)]
        assert replay(company=busy_day, day=ON, rules_on=ON, most=1).more == 3


def test_rules_that_are_planned_are_weighed_on_their_date(busy_day: Company) -> None:
    with company_scope(busy_day):
        tomorrow = business_date(busy_day) + timedelta(days=1)
        set_rule(
            company=busy_day,
            jurisdiction="CN",
            rule="borrower_day",
            given={"borrower_a_day": "1"},
            valid_from=tomorrow,
            by=None,
        )
        assert not replay(company=busy_day, day=ON, rules_on=business_date(busy_day)).refused
        found = replay(company=busy_day, day=ON, rules_on=tomorrow)
        assert found.by_rule == [("borrower_day", 2)]


def test_the_command_tells_the_same(busy_day: Company, capsys: pytest.CaptureFixture[str]) -> None:
    options = {"company": busy_day.code, "day": ON}
    words = ["CN.conversations_day", "conversations_a_day=2"]
    call_command("replay_contacts", propose=words, **options)
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("15:00:00 call ")
    assert told[1:] == [
        f"1 of 4 contacts of {ON} would be refused.",
        "  conversations_day: 1",
    ]
    for wrong in (["CN.nothing"], ["CN.window", "hour=3"], ["CN.window", "opens=late"]):
        with pytest.raises(CommandError):
            call_command("replay_contacts", propose=wrong, **options)
    with pytest.raises(CommandError):
        call_command("replay_contacts", company="ANXIN")
