"""A company's contact rules: the presets it starts with, tightened from a date, never looser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from collection.contact_rule_changes import set_rule, start_rules
from collection.days_off import set_day_off
from collection.effective_rules import jurisdiction_of_zone, read_side
from collection.models import ContactRule
from tenancy.models import AuditEntry, Company, User
from tenancy.night import business_date
from tenancy.scope import company_scope

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]
WINDOW = {"opens": "09:00", "closes": "20:00", "every_clock": "yes"}


def test_a_company_starts_with_the_presets(lender: Company) -> None:
    with company_scope(lender):
        bare = {place: read_side(lender, timezone.now()).rules(place) for place in ("CN", "US")}
        start_rules(company=lender)
        side = read_side(lender, timezone.now())
        for place, rules in bare.items():
            assert side.rules(place) == rules
        row = ContactRule.objects.get(jurisdiction="CN", rule="conversations_day")
        assert row.figures == {"conversations_a_day": 3, "effective_seconds": 0}
        assert "45251" in row.legal_basis
        assert ContactRule.objects.values("jurisdiction").distinct().count() == 4


def test_a_rule_is_tightened_from_a_date_on(lender: Company, person: Person) -> None:
    admin = person(lender, "admin")
    with company_scope(lender):
        start_rules(company=lender)
        today = business_date(lender)
        tomorrow = today + timedelta(days=1)
        row = set_rule(
            company=lender,
            jurisdiction="CN",
            rule="window",
            given=WINDOW,
            valid_from=tomorrow,
            by=admin,
        )
        assert (row.version, row.changed_by_name) == (2, admin.display_name)
        now = timezone.now()
        assert read_side(lender, now).rules("CN").opens == 8 * 60
        assert read_side(lender, now + timedelta(days=1)).rules("CN").opens == 9 * 60
        again = set_rule(
            company=lender,
            jurisdiction="CN",
            rule="window",
            given=WINDOW | {"opens": "10:00"},
            valid_from=today,
            by=admin,
        )
        row.refresh_from_db()
        assert row.valid_to == row.valid_from, "what was planned is given up"
        assert again.version == 3
        assert read_side(lender, now).rules("CN").opens == 10 * 60
        entry = AuditEntry.objects.filter(verb="set_contact_rule").latest("pk")
        assert entry.before["opens"] == "09:00"
        assert entry.after["opens"] == "10:00"


@pytest.mark.parametrize(
    ("rule", "given", "field"),
    [
        ("window", WINDOW | {"opens": "07:59"}, "opens"),
        ("window", WINDOW | {"closes": "21:01"}, "closes"),
        ("window", WINDOW | {"opens": "nine"}, "opens"),
        ("window", WINDOW | {"opens": "20:00", "closes": "09:00"}, "opens"),
        ("conversations_day", {"conversations_a_day": "4", "effective_seconds": "0"}, None),
        ("conversations_day", {"conversations_a_day": "", "effective_seconds": "0"}, None),
        ("conversations_day", {"conversations_a_day": "3", "effective_seconds": "61"}, None),
        ("noon", {"breaks": "12:30-14:00"}, "breaks"),
        ("noon", {"breaks": ""}, "breaks"),
        ("attempts_number_day", {"attempts_a_number": "7"}, "attempts_a_number"),
        ("cool_down", {"cool_down_days": "6"}, "cool_down_days"),
        ("third_locked", {"third_failures": "2", "third_days": "3"}, "third_failures"),
        ("holiday", {"holidays": "US", "holidays_excused": "yes"}, "holidays"),
    ],
)
def test_no_rule_is_loosened(
    lender: Company, rule: str, given: dict[str, str], field: str | None
) -> None:
    with company_scope(lender):
        with pytest.raises(ValidationError) as refused:
            set_rule(
                company=lender,
                jurisdiction="CN",
                rule=rule,
                given=given,
                valid_from=business_date(lender),
                by=None,
            )
        expected = field or next(iter(set(refused.value.message_dict)))
        assert expected in refused.value.message_dict
        assert not ContactRule.objects.exists()


def test_tighter_figures_are_taken(lender: Company) -> None:
    with company_scope(lender):
        for rule, given in (
            ("noon", {"breaks": "11:30-14:30!, 18:00-18:30"}),
            ("collector_day", {"collector_a_day": "120"}),
            ("borrower_day", {"borrower_a_day": "5"}),
            ("conversations_day", {"conversations_a_day": "2", "effective_seconds": "10"}),
        ):
            set_rule(
                company=lender,
                jurisdiction="CN",
                rule=rule,
                given=given,
                valid_from=business_date(lender),
                by=None,
            )
        rules = read_side(lender, timezone.now()).rules("CN")
        assert (rules.collector_a_day, rules.borrower_a_day) == (120, 5)
        assert (rules.conversations_a_day, rules.effective_seconds) == (2, 10)
        assert (11 * 60 + 30, 14 * 60 + 30, False) in rules.breaks


def test_a_past_date_and_a_strange_rule(lender: Company) -> None:
    with company_scope(lender):
        yesterday = business_date(lender) - timedelta(days=1)
        with pytest.raises(ValidationError) as refused:
            set_rule(
                company=lender,
                jurisdiction="CN",
                rule="window",
                given=WINDOW,
                valid_from=yesterday,
                by=None,
            )
        assert set(refused.value.message_dict) == {"valid_from"}
        with pytest.raises(ValidationError):
            set_rule(
                company=lender,
                jurisdiction="CN",
                rule="hold",
                given={},
                valid_from=yesterday,
                by=None,
            )


def test_a_day_off_goes_before_the_calendar(lender: Company, person: Person) -> None:
    admin = person(lender, "admin")
    with company_scope(lender):
        on = business_date(lender) + timedelta(days=3)
        for is_holiday, expected in ((True, "Festival"), (False, None)):
            set_day_off(
                company=lender,
                jurisdiction="CN",
                on=on,
                is_holiday=is_holiday,
                name="Festival",
                by=admin,
            )
            assert read_side(lender, timezone.now()).holiday("CN", on) == expected
        with pytest.raises(ValidationError):
            set_day_off(
                company=lender,
                jurisdiction="CN",
                on=business_date(lender) - timedelta(days=1),
                is_holiday=True,
                name="Past",
                by=admin,
            )


def test_jurisdictions_of_time_zones() -> None:
    found = {zone: jurisdiction_of_zone(zone) for zone in ("Asia/Kolkata", "Europe/London")}
    assert found == {"Asia/Kolkata": "IN", "Europe/London": "UK"}
    assert jurisdiction_of_zone("America/Los_Angeles") == "US"
    assert jurisdiction_of_zone("Asia/Urumqi") == "CN"
    assert jurisdiction_of_zone("Nowhere/Else") == ""
