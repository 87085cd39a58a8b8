"""The night by command and by the clock: which dates it opens, what it says, what it skips."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from celery import current_app
from django.core.management import CommandError, call_command

from cases.models import Case, Repayment
from config import tasks
from config.night import STEPS, is_due
from tenancy.models import Company, NightStep
from tenancy.night import NightToCome, business_date, last_night, run_night
from tenancy.scope import company_scope
from tests.aging.book import case_of, day, label, loan
from tests.collection.book import add_case, whose

pytestmark = pytest.mark.django_db(transaction=True)


def told(*args: str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("nightly", *args, "--json", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def dates(lines: list[dict[str, Any]]) -> list[str]:
    return [line["business_date"] for line in lines if line["step"] == "age"]


def test_a_night_opens_its_date_and_ages_the_book(lender: Company) -> None:
    with company_scope(lender):
        made = loan(lender, "2026-03-01", as_of="2026-02-20")
    lines = told("--company", "haiyue", "--date", "2026-03-12")
    assert [line["step"] for line in lines] == [step.name for step in STEPS]
    aged = next(line for line in lines if line["step"] == "age")
    assert aged["counts"] == {"matched": 0, "opened": 1, "closed": 0, "reopened": 0, "moved": 0}
    assert not aged["again"]
    with company_scope(lender):
        assert label(case_of(made)) == "S2"
        assert business_date(lender) == day("2026-03-12")
    again = told("--company", "HAIYUE", "--date", "2026-03-12")
    assert all(line["again"] and line["ran"] for line in again)
    assert next(line for line in again if line["step"] == "age")["counts"]["opened"] == 0
    with company_scope(lender):
        assert case_of(made).moves.count() == 1


def test_the_newest_night_takes_up_what_came_after_it(lender: Company) -> None:
    told("--company", "HAIYUE", "--date", "2026-03-11")
    told("--company", "HAIYUE", "--date", "2026-03-12")
    with company_scope(lender):
        moments = dict(NightStep.objects.values_list("pk", "done_at"))
        case = add_case(lender, on=day("2026-03-12"))
    out = StringIO()
    call_command("nightly", "--company", "HAIYUE", "--date", "2026-03-12", stdout=out)
    assert out.getvalue().count("(done again)") == len(STEPS)
    assert "2026-03-12 assign: assigned 1" in out.getvalue()
    with company_scope(lender):
        assert whose(case)
        for row in NightStep.objects.all():
            assert (row.done_at == moments[row.pk]) is (row.business_date == day("2026-03-11"))
    out = StringIO()
    call_command("nightly", "--company", "HAIYUE", "--date", "2026-03-11", stdout=out)
    assert out.getvalue().count("(done before)") == len(STEPS)


def test_a_date_to_come_is_refused_and_opens_nothing(
    lender: Company, other_lender: Company
) -> None:
    today = lender.local_date()
    tomorrow = str(max(today, other_lender.local_date()) + timedelta(days=1))
    for companies in (("--company", "HAIYUE"), ("--all",)):
        with pytest.raises(CommandError, match=f"{tomorrow} is still to come; today is "):
            told(*companies, "--date", tomorrow)
    with pytest.raises(NightToCome):
        next(run_night(company=lender, steps=STEPS, until=today + timedelta(days=1)))
    for company in (lender, other_lender):
        with company_scope(company):
            assert not NightStep.objects.exists()


def test_missed_nights_are_caught_up_day_by_day(lender: Company) -> None:
    with company_scope(lender):
        made = loan(lender, "2026-03-01", as_of="2026-02-20")
    told("--company", "HAIYUE", "--date", "2026-02-28")
    lines = told("--company", "HAIYUE", "--date", "2026-03-03")
    assert dates(lines) == ["2026-02-28", "2026-03-01", "2026-03-02", "2026-03-03"]
    with company_scope(lender):
        assert case_of(made).moves.count() == 2
        entry = case_of(made).moves.get(why="entry")
        assert entry.on_date == day("2026-03-01")


def test_a_night_of_the_past_leaves_the_book_where_it_is(lender: Company) -> None:
    with company_scope(lender):
        made = loan(lender, "2026-03-01", as_of="2026-02-20")
    told("--company", "HAIYUE", "--date", "2026-03-12")
    assert dates(told("--company", "HAIYUE", "--date", "2026-03-05")) == ["2026-03-05"]
    with company_scope(lender):
        assert label(case_of(made)) == "S2"
        assert last_night() == day("2026-03-12")


def test_all_runs_every_active_company_on_its_own_clock(
    lender: Company, other_lender: Company, agency: Company
) -> None:
    with company_scope(other_lender):
        Company.objects.filter(pk=other_lender.pk).update(is_active=False)
    lines = told("--all")
    ran = {line["company"]: line["business_date"] for line in lines}
    assert ran["HAIYUE"] == lender.local_date().isoformat()
    assert "ANXIN" in ran
    assert "NORTH" not in ran


def test_money_for_a_loan_that_came_meanwhile_is_matched(lender: Company) -> None:
    with company_scope(lender):
        made = loan(lender, "2026-03-01", as_of="2026-02-20", no="X")
        Repayment.objects.create(
            owner=lender, repayment_no="R1", loan_no="X", state="suspense", amount=1000,
            paid_at=datetime(2026, 3, 5, tzinfo=UTC), effective_date=day("2026-03-05"),
        )  # fmt: skip
    lines = told("--company", "HAIYUE", "--date", "2026-03-12")
    assert next(line for line in lines if line["step"] == "age")["counts"]["matched"] == 1
    with company_scope(lender):
        made.refresh_from_db()
        assert made.outstanding == 0
        assert not Case.objects.filter(closed_on=None).exists()


def test_words_for_people_and_for_mistakes(lender: Company) -> None:
    out = StringIO()
    call_command("nightly", "--company", "HAIYUE", "--date", "2026-03-12", stdout=out)
    assert "HAIYUE 2026-03-12 age: " in out.getvalue()
    with pytest.raises(CommandError, match="no company NOBODY"):
        call_command("nightly", "--company", "NOBODY")
    with pytest.raises(CommandError, match="required"):
        call_command("nightly")


@pytest.fixture
def eager() -> Iterator[None]:
    """Tasks run where they are sent, with their messages made and read as for Redis."""
    current_app.conf.task_always_eager = True
    current_app.conf.task_eager_propagates = True
    yield
    current_app.conf.task_always_eager = False
    current_app.conf.task_eager_propagates = False


def test_the_tick_runs_the_nights_that_are_due_and_no_others(
    lender: Company, agency: Company, eager: None
) -> None:
    today = lender.local_date()
    with company_scope(agency):
        for step in STEPS:
            NightStep.objects.create(
                company=agency, business_date=agency.local_date(), step=step.name,
                done_at="2026-01-01T00:00Z",
            )  # fmt: skip
        assert is_due(agency) is None
    with company_scope(lender):
        assert is_due(lender) == today
    tasks.tick()
    with company_scope(lender):
        assert is_due(lender) is None
        moments = set(NightStep.objects.values_list("done_at", flat=True))
        assert len(moments) == len(STEPS)
    tasks.tick()
    with company_scope(lender):
        assert set(NightStep.objects.values_list("done_at", flat=True)) == moments
    with company_scope(agency):
        assert NightStep.objects.count() == len(STEPS)


def test_an_inactive_company_has_no_nights(lender: Company, eager: None) -> None:
    with company_scope(lender):
        Company.objects.filter(pk=lender.pk).update(is_active=False)
    tasks.tick()
    tasks.night(lender.pk)
    with company_scope(lender):
        assert not NightStep.objects.exists()


def test_a_night_on_which_another_worker_is_at_it_ends_at_once(lender: Company) -> None:
    with company_scope(lender):
        NightStep.objects.create(
            company=lender, business_date=lender.local_date(), step=STEPS[0].name
        )
    blocker = _other_connection()
    with blocker.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(
            "SELECT set_config('role', 'recoup_lender', true),"
            " set_config('app.company_id', %s, true)",
            [str(lender.pk)],
        )
        cursor.execute("SELECT 1 FROM tenancy_nightstep FOR UPDATE")
        tasks.night(lender.pk)
        cursor.execute("ROLLBACK")
    blocker.close()
    with company_scope(lender):
        assert not NightStep.objects.filter(done_at__isnull=False).exists()
    tasks.night(lender.pk)
    with company_scope(lender):
        assert NightStep.objects.filter(done_at__isnull=False).count() == len(STEPS)


def _other_connection() -> Any:
    import psycopg2
    from django.db import connection

    params = connection.get_connection_params()
    params.pop("cursor_factory", None)
    other = psycopg2.connect(**params)
    other.autocommit = True
    return other


def test_business_dates_are_the_companys_own(lender: Company, other_lender: Company) -> None:
    at = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)
    assert lender.local_date(at) == date(2026, 3, 2)
    assert other_lender.local_date(at) == date(2026, 3, 1)
    assert lender.local_date(at - timedelta(hours=2)) == date(2026, 3, 1)
