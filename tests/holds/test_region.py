"""A disaster's hold on a region: what it covers, who may, its end, and doing it again."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cases.aging import settle_cases
from cases.clock import DaysPastDue
from cases.holds import lift_hold
from cases.models import Case, CaseEvent, CaseHold, Loan
from cases.region_holds import open_region_hold, region_size
from tenancy.models import AuditEntry, Company, NightStep, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case

LAST = ON + timedelta(days=30)


@pytest.fixture(autouse=True)
def inside(lender: Company) -> Iterator[None]:
    with company_scope(lender):
        NightStep.objects.create(business_date=ON, step="age", done_at="2026-01-01T00:00Z")
        yield


def person(username: str) -> User:
    return User.objects.select_related("company").get(username=username)


def case_in(company: Company, region: str, amount: str = "1000.00") -> Case:
    case = add_case(company, amount=amount)
    Loan.objects.filter(pk=case.loan_id).update(region=region)
    return case


def flood(
    company: Company, region: str = "Riverside", ends_on: date | None = LAST, by: str = "admin",
    reason: str = "Flood",
) -> int:  # fmt: skip
    return open_region_hold(
        company=company, region=region, starts_on=ON, ends_on=ends_on, reason=reason,
        by=person(by),
    )  # fmt: skip


def dpd(case: Case, on: date) -> int:
    found: int = Case.objects.annotate(dpd=DaysPastDue(on)).get(pk=case.pk).dpd
    return found


def test_it_covers_the_open_cases_of_the_region_and_no_others(lender: Company) -> None:
    one, two = case_in(lender, "Riverside", "300.00"), case_in(lender, "Riverside", "200.00")
    elsewhere, closed = case_in(lender, "Hillside"), case_in(lender, "Riverside")
    Case.objects.filter(pk=closed.pk).update(closed_on=ON, closure="withdrawn")
    size = region_size(company=lender, region="Riverside", starts_on=ON, ends_on=LAST)
    assert (size.cases, size.amount) == (2, Decimal("500.00"))
    assert flood(lender) == 2
    holds = CaseHold.objects.order_by("case_id")
    assert [hold.case_id for hold in holds] == [one.pk, two.pk]
    hold = holds[0]
    assert (hold.kind, hold.starts_on, hold.ends_on, hold.reason) == (
        "disaster", ON, LAST, "Flood",
    )  # fmt: skip
    assert (hold.stops_contact, hold.stops_placement, hold.stops_assignment) == (
        "voice", True, False,
    )  # fmt: skip
    event = CaseEvent.objects.get(case=one, kind="hold_opened")
    assert (event.shared, event.data["to"], event.actor_name) == (
        True, LAST.isoformat(), person("admin").display_name,
    )  # fmt: skip
    later = ON + timedelta(days=10)
    assert (dpd(one, later), dpd(elsewhere, later)) == (5, 15)
    entry = AuditEntry.objects.get(verb="hold_region")
    assert (entry.after["cases"], entry.reason) == (2, "Flood")


def test_again_it_covers_those_that_are_new_only(lender: Company) -> None:
    case_in(lender, "Riverside")
    assert flood(lender) == 1
    assert flood(lender) == 0
    new = case_in(lender, "Riverside")
    settle_cases(company=lender, on=ON, loan_ids=[new.loan_id])
    assert not CaseHold.objects.filter(case=new).exists()
    assert region_size(company=lender, region="Riverside", starts_on=ON, ends_on=LAST).cases == 1
    assert flood(lender) == 1
    assert CaseHold.objects.filter(case=new, ends_on=LAST).count() == 1
    assert CaseHold.objects.count() == 2
    assert AuditEntry.objects.filter(verb="hold_region").count() == 2


def test_one_case_is_let_out_without_the_others(lender: Company) -> None:
    one, two = case_in(lender, "Riverside"), case_in(lender, "Riverside")
    flood(lender)
    hold = CaseHold.objects.get(case=one)
    lift_hold(company=lender, hold=hold, on=ON, by=person("admin"), reason="Lives elsewhere")
    later = ON + timedelta(days=10)
    assert (dpd(one, later), dpd(two, later)) == (15, 5)


@pytest.mark.parametrize("by", ["lead", "collector", "finance", "inspector"])
def test_only_an_admin_holds_a_region(lender: Company, by: str) -> None:
    case_in(lender, "Riverside")
    with pytest.raises(PermissionDenied):
        flood(lender, by=by)


def test_an_admin_of_another_company_does_not(lender: Company, agency: Company) -> None:
    with company_scope(agency):
        stranger = person("admin")
    with pytest.raises(PermissionDenied):
        open_region_hold(
            company=lender, region="Riverside", starts_on=ON, ends_on=LAST, reason="Flood",
            by=stranger,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"region": " "}, "region"),
        ({"region": "R" * 65}, "region"),
        ({"reason": ""}, "reason"),
        ({"ends_on": ON}, "ends_on"),
        ({"ends_on": ON + timedelta(days=91)}, "ends_on"),
    ],
)
def test_what_is_asked_wrongly_holds_nothing(
    lender: Company, asked: dict[str, object], field: str
) -> None:
    case_in(lender, "Riverside")
    with pytest.raises(ValidationError) as caught:
        flood(lender, **asked)  # type: ignore[arg-type]
    assert set(caught.value.message_dict) == {field}
    assert not CaseHold.objects.exists()


def test_without_an_end_it_lasts_ninety_days(lender: Company) -> None:
    case_in(lender, "Riverside")
    flood(lender, ends_on=None)
    assert CaseHold.objects.get().ends_on == ON + timedelta(days=90)
