"""The paused clock through the verbs and the nights: the worked example, and its variations."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.aging import settle_cases
from cases.bucket_scheme import band_for
from cases.clock import DaysPastDue
from cases.dpd import Pause, days_past_due
from cases.holds import lift_hold, open_hold
from cases.ladder import scheme_on
from cases.models import Case, CaseEvent, CaseHold, Loan
from tenancy.models import Company, NightStep
from tenancy.scope import company_scope
from tests.aging.book import case_of, day, label, loan, moves


@pytest.fixture(autouse=True)
def inside(lender: Company) -> Iterator[None]:
    with company_scope(lender):
        yield


def open_date(company: Company, on: date) -> None:
    """Open a business date and age the book to it, as the night does."""
    NightStep.objects.create(
        company=company, business_date=on, step="age", done_at="2026-01-01T00:00Z"
    )
    settle_cases(company=company, on=on)


def nights(company: Company, first: str, last: str) -> Iterator[date]:
    on = day(first)
    while on <= day(last):
        open_date(company, on)
        yield on
        on += timedelta(days=1)


def dpd_of(made: Loan, on: date) -> int:
    dpd: int = Case.objects.annotate(dpd=DaysPastDue(on)).get(pk=case_of(made).pk).dpd
    return dpd


ORACLE = {
    "2026-03-31": 30, "2026-04-01": 31, "2026-04-02": 31,
    "2026-05-30": 31, "2026-05-31": 31, "2026-06-01": 32,
}  # fmt: skip


def pause(company: Company, made: Loan, start: str, end: str | None) -> CaseHold:
    return open_hold(
        company=company, case=case_of(made), kind="disaster" if end else "fraud",
        starts_on=day(start),
        ends_on=day(end) if end else None, reason="flood", by=None,
    )  # fmt: skip


@pytest.mark.parametrize("opened_on", ["2026-03-01", "2026-03-31", "2026-04-01", "2026-04-20"])
def test_the_worked_example(lender: Company, opened_on: str) -> None:
    made = loan(lender, "2026-03-01", as_of="2026-02-20")
    seen = {}
    for on in nights(lender, "2026-03-01", "2026-06-01"):
        if on == day(opened_on):
            pause(lender, made, "2026-04-01", "2026-05-31")
        if on.isoformat() in ORACLE and on >= day(opened_on):
            seen[on.isoformat()] = dpd_of(made, on)
    assert seen == {on: dpd for on, dpd in ORACLE.items() if on >= opened_on}
    case = case_of(made)
    assert (label(case), case.next_bucket_on) == ("M2", day("2026-06-30"))


def test_without_the_pause_the_count_would_be_92(lender: Company) -> None:
    made = loan(lender, "2026-03-01", as_of="2026-02-20")
    open_date(lender, day("2026-06-01"))
    assert dpd_of(made, day("2026-06-01")) == 92


def test_lifting_early_ends_the_pause_that_day(lender: Company) -> None:
    made = loan(lender, "2026-03-01", as_of="2026-02-20")
    for on in nights(lender, "2026-03-20", "2026-04-11"):
        if on == day("2026-04-01"):
            hold = pause(lender, made, "2026-04-01", None)
            assert case_of(made).next_bucket_on is None
        if on == day("2026-04-11"):
            lift_hold(company=lender, hold=hold, on=on, by=None)
    assert dpd_of(made, day("2026-04-11")) == 31
    assert case_of(made).aged_from == day("2026-03-11")
    kinds = CaseEvent.objects.filter(case=case_of(made)).order_by("pk")
    assert [event.kind for event in kinds] == ["opened", "hold_opened", "hold_lifted"]
    assert lift_hold(company=lender, hold=hold, on=day("2026-04-12"), by=None).ends_on == day(
        "2026-04-11"
    )


def test_a_hold_lifted_on_its_first_day_was_none(lender: Company) -> None:
    made = loan(lender, "2026-03-01", as_of="2026-02-20")
    open_date(lender, day("2026-03-10"))
    hold = pause(lender, made, "2026-03-10", "2026-05-01")
    lift_hold(company=lender, hold=hold, on=day("2026-03-10"), by=None)
    case = case_of(made)
    assert (case.aged_from, case.paused_from, case.next_bucket_on) == (
        day("2026-03-01"), None, day("2026-03-12"),
    )  # fmt: skip


def test_a_backdated_pause_takes_the_case_back_a_bucket(lender: Company) -> None:
    made = loan(lender, "2026-03-01", as_of="2026-02-20")
    for _on in nights(lender, "2026-03-01", "2026-04-05"):
        pass
    pause(lender, made, "2026-03-20", "2026-06-01")
    case = case_of(made)
    assert label(case) == "S2"
    assert moves(case)[-1] == ("2026-04-05", 19, "M2", "S2", "hold")


def test_another_due_date_keeps_the_pauses_after_it(lender: Company) -> None:
    made = loan(lender, "2026-03-01", as_of="2026-02-20")
    open_date(lender, day("2026-04-20"))
    pause(lender, made, "2026-03-10", "2026-03-20")
    Loan.objects.filter(pk=made.pk).update(due_date=day("2026-03-15"))
    settle_cases(company=lender, on=day("2026-04-20"), loan_ids=[made.pk])
    assert case_of(made).aged_from == day("2026-03-20")
    assert dpd_of(made, day("2026-04-20")) == 31


def test_what_makes_no_hold_is_refused(lender: Company) -> None:
    made = loan(lender, "2026-03-01", as_of="2026-02-20")
    open_date(lender, day("2026-04-20"))
    with pytest.raises(ValidationError, match="end after"):
        pause(lender, made, "2026-03-10", "2026-03-10")
    case = case_of(made)
    for kind, reason in (("nonsense", "x"), ("fraud", " ")):
        with pytest.raises(ValidationError):
            open_hold(
                company=lender, case=case, kind=kind, starts_on=day("2026-04-20"), reason=reason,
                by=None,
            )  # fmt: skip
    Case.objects.filter(pk=case.pk).update(closed_on=day("2026-04-20"))
    with pytest.raises(ValidationError, match="closed"):
        pause(lender, made, "2026-03-10", None)


spans = st.tuples(st.integers(-10, 70), st.integers(1, 25) | st.none())


@settings(
    max_examples=8, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(pauses=st.lists(spans, max_size=4), told_on=st.lists(st.integers(0, 60), min_size=4))
def test_stored_clock_and_bucket_follow_the_rule_every_night(
    lender: Company, pauses: list[tuple[int, int | None]], told_on: list[int]
) -> None:
    """However holds overlap and whenever they are told, every night ends in the rule's bucket."""
    due = day("2026-03-01")
    made = loan(lender, due.isoformat(), as_of="2026-02-20")
    known: list[Pause] = []
    bands = scheme_on(company=lender, on=due).bands
    for number in range(66):
        on = due + timedelta(days=number)
        settle_cases(company=lender, on=on)
        for (start, length), told in zip(pauses, told_on, strict=False):
            if told == number:
                begins = due + timedelta(days=start)
                ends = None if length is None else begins + timedelta(days=length)
                known.append(Pause(begins, ends))
                CaseHold.objects.create(
                    owner=lender, case=case_of(made), kind="disaster", starts_on=begins,
                    ends_on=ends, pauses_clock=True,
                )  # fmt: skip
                settle_cases(company=lender, on=on, loan_ids=[made.pk])
        expected = days_past_due(due=due, on=on, pauses=known)
        band = band_for(bands, expected)
        assert (dpd_of(made, on), label(case_of(made))) == (expected, band.label if band else None)
