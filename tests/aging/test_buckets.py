"""The buckets of any day from facts: they equal what the cases carried on that day."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Sum

from cases.aging import settle_cases
from cases.bucket_scheme import PRESETS
from cases.buckets import loan_standings, standing
from cases.clock import DaysPastDue
from cases.holds import open_hold
from cases.ledger import RepaymentRow, post_repayments
from cases.models import Case, DueDate, Loan
from cases.schemes import set_scheme
from tenancy.models import Company, NightStep
from tenancy.scope import company_scope
from tests.aging.book import Owed, case_of, day, loan


@pytest.fixture(autouse=True)
def inside(lender: Company, agency: Company) -> Iterator[None]:
    with company_scope(lender):
        yield


Carried = dict[str, tuple[int, str | None, Decimal]]


def carried(on: date) -> Carried:
    """What the open cases carry."""
    cases = Case.objects.filter(closed_on=None).annotate(dpd=DaysPastDue(on))
    return {
        case.loan_no: (case.dpd, case.bucket.label if case.bucket else None, case.outstanding)
        for case in cases.select_related("bucket")
    }


def from_facts(company: Company, on: date) -> Carried:
    return {
        loan.loan_no: (loan.dpd, loan.bucket, loan.owed.total)
        for loan in loan_standings(company=company, on=on)
        if loan.dpd >= 0
    }


class Days:
    """A book that lives through some weeks: new loans, money, moved due dates, holds, schemes."""

    def __init__(self, company: Company, seed: int) -> None:
        self.company, self.random = company, Random(seed)
        self.today = day("2026-01-01")
        self.numbers = 0

    def night(self) -> None:
        self.today += timedelta(days=1)
        NightStep.objects.create(
            company=self.company, business_date=self.today, step="age", done_at=self._noon()
        )
        settle_cases(company=self.company, on=self.today)

    def _noon(self) -> datetime:
        return datetime.combine(self.today, datetime.min.time(), self.company.zone).replace(hour=12)

    def live(self) -> None:
        for act in (self.lend, self.lend, self.repay, self.move, self.hold):
            act()

    def lend(self) -> None:
        due = self.today + timedelta(days=self.random.randint(-40, 20))
        made = loan(self.company, due.isoformat(), as_of=self.today.isoformat(), owed=Owed("70.50"))
        settle_cases(company=self.company, on=self.today, loan_ids=[made.pk])

    def _some(self) -> Loan:
        return self.random.choice(list(Loan.objects.filter(outstanding__gt=0).order_by("pk")))

    def repay(self) -> None:
        self.numbers += 1
        made = self._some()
        amount = self.random.choice([Decimal("10.10"), made.outstanding])
        row = RepaymentRow(f"R{self.numbers}", made.loan_no, self._noon(), amount)
        # What was lent today is stated at the close of the day, so today's money is in it.
        post_repayments(company=self.company, rows=[row], on=self.today)

    def move(self) -> None:
        made = self._some()
        due = self.today + timedelta(days=self.random.randint(-30, 10))
        DueDate.objects.create(owner=self.company, loan=made, as_of=self.today, due_date=due)
        Loan.objects.filter(pk=made.pk).update(due_date=due)
        settle_cases(company=self.company, on=self.today, loan_ids=[made.pk])

    def hold(self) -> None:
        case = Case.objects.filter(closed_on=None).order_by("?").first()
        if case is not None and self.random.random() < 0.5:
            ends = self.today + timedelta(days=self.random.randint(1, 9))
            open_hold(
                company=self.company, case=case, kind="disaster", starts_on=self.today,
                ends_on=self.random.choice([ends, None]), reason="flood", by=None,
            )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_every_day_present_or_past_equals_what_the_cases_carried(
    lender: Company, seed: int
) -> None:
    days = Days(lender, seed)
    history: dict[date, Carried] = {}
    for number in range(45):
        days.night()
        days.live()
        if number in (15, 30):
            set_scheme(
                company=lender, bands=PRESETS["platform" if number == 15 else "three_stage"],
                name="Other", valid_from=days.today + timedelta(days=3 * (number // 30)), by=None,
            )  # fmt: skip
        history[days.today] = carried(days.today)
        assert from_facts(lender, days.today) == history[days.today]
    assert Case.objects.filter(closure="cured").exists()
    assert Case.objects.filter(closure="paid").exists()
    for on, what in history.items():
        assert from_facts(lender, on) == what, on


def printed(*args: str) -> str:
    out = StringIO()
    call_command("buckets", *args, stdout=out)
    return out.getvalue()


def test_the_command_prints_what_the_issue_says(lender: Company) -> None:
    made = loan(
        lender, "2026-03-01", as_of="2026-02-20", owed=Owed("900.00", "50.00", "2.00", "1.00")
    )
    loan(lender, "2026-03-20", as_of="2026-02-20", owed=Owed("100.00"))
    told = json.loads(printed("--company", lender.code, "--date", "2026-03-05", "--json"))
    assert told["as_of"] == "2026-03-05"
    assert [bucket["label"] for bucket in told["buckets"]] == [
        "M0", "S1", "S2", "S3", "M2", "M3", "M3+",
    ]  # fmt: skip
    assert told["buckets"][1] == {
        "label": "S1", "cases": 1,
        "principal": "900.00", "interest": "50.00", "fee": "2.00", "penalty": "1.00",
    }  # fmt: skip
    assert told["buckets"][2]["cases"] == 0
    assert told["not_due"] == {
        "cases": 1, "principal": "100.00", "interest": "0.00", "fee": "0.00", "penalty": "0.00",
    }  # fmt: skip
    lines = printed("--company", lender.code, "--date", "2026-03-05", "--json", "--loans")
    loans: list[dict[str, Any]] = [json.loads(line) for line in lines.splitlines()]
    assert [(line["dpd"], line["bucket"]) for line in loans] == [(4, "S1"), (-15, "ND")]
    assert loans[0]["loan_no"] == made.loan_no
    assert (loans[0]["principal"], loans[0]["penalty"]) == ("900.00", "1.00")


def test_before_the_book_there_is_nothing(lender: Company) -> None:
    loan(lender, "2026-03-01", as_of="2026-02-20")
    told = standing(company=lender, on=day("2026-02-19"))
    assert sum(line.loans for line in told.buckets) + told.not_due.loans == 0


def test_a_scheme_from_day_one_leaves_the_due_date_in_no_bucket(lender: Company) -> None:
    set_scheme(company=lender, bands=PRESETS["three_stage"], name="Three", valid_from=None, by=None)
    made = loan(lender, "2026-03-01", as_of="2026-02-20")
    settle_cases(company=lender, on=day("2026-03-01"))
    case = case_of(made)
    assert (case.bucket, case.next_bucket_on) == (None, day("2026-03-02"))
    told = json.loads(printed("--company", lender.code, "--date", "2026-03-01", "--json"))
    assert told["no_bucket"]["cases"] == 1
    line = json.loads(
        printed("--company", lender.code, "--date", "2026-03-01", "--json", "--loans")
    )
    assert (line["dpd"], line["bucket"]) == (0, None)
    settle_cases(company=lender, on=day("2026-03-02"))
    assert carried(day("2026-03-02")) == {made.loan_no: (1, "M1", Decimal("1000.00"))}


def test_a_table_for_people(lender: Company) -> None:
    loan(lender, "2026-03-01", as_of="2026-02-20")
    assert "S1" in printed("--company", lender.code, "--date", "2026-03-05")
    assert " 4 S1 " in printed("--company", lender.code, "--date", "2026-03-05", "--loans")


@pytest.mark.parametrize("code", ["NOBODY", "ANXIN"])
def test_only_a_lender_has_buckets(lender: Company, code: str) -> None:
    with pytest.raises(CommandError, match="no lender"):
        printed("--company", code)


def test_the_sums_are_the_loans_sums(lender: Company) -> None:
    for number in range(20):
        loan(
            lender, f"2026-02-{number + 1:02}", as_of="2026-02-28", owed=Owed(f"{number}.{number}")
        )
    settle_cases(company=lender, on=day("2026-03-10"))
    told = standing(company=lender, on=day("2026-03-10"))
    stored = (
        Case.objects.filter(closed_on=None)
        .values("bucket__label")
        .annotate(cases=Count("pk"), owed=Sum("outstanding"))
    )
    assert {line.label: (line.loans, line.owed.total) for line in told.buckets if line.loans} == {
        row["bucket__label"]: (row["cases"], row["owed"]) for row in stored
    }


def test_a_date_that_is_not_open_yet_is_told_as_such(lender: Company) -> None:
    loan(lender, "2026-03-01", as_of="2026-02-20")
    day_after = lender.local_date() + timedelta(days=1)
    for on, said in ((lender.local_date(), False), (day_after, True)):
        out, aside = StringIO(), StringIO()
        options = ("--company", lender.code, "--date", str(on), "--json")
        call_command("buckets", *options, stdout=out, stderr=aside)
        assert json.loads(out.getvalue())["as_of"] == str(on)
        assert ("is not open yet" in aside.getvalue()) is said
