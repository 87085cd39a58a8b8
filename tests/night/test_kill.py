"""What a killed night leaves, two nights at once, and a night while people reassign.

Real processes on a real database. Two lenders get the same book: one night is disturbed, the
other is not, and in the end every table is the same.
"""

import json
import random
import subprocess
import threading
import time
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from cases.buckets import loan_standings
from cases.clock import DaysPastDue
from cases.models import Case
from collection.desks import Desk
from collection.models import Assignment
from collection.reassignment import reassign_cases
from config.night import STEPS
from tenancy.models import Company, NightStep, Team, User
from tenancy.scope import company_scope
from tests.night.book import FIRST, LAST, LOANS, SOON
from tests.night.processes import finished, start, step_of
from tests.night.snapshot import differing, snapshot

pytestmark = pytest.mark.django_db(transaction=True)
Process = subprocess.Popen[str]


@pytest.fixture
def disturbed(nights_of_the_other: None, lender: Company) -> Company:
    """The lender whose nights will be disturbed; the other one's are done already."""
    return lender


def night(company: Company, until: date = LAST) -> Process:
    return start("nightly", "--company", company.code, "--date", str(until), "--json")


AT_WORK_HERE = ("age", "tags", "assign", "rank")
# The others find nothing in this book and are over before a kill can meet them; recalls, promises,
# holds and leave are killed at work in files of their own.
ELSEWHERE = ("recall_ended", "promises", "holds", "leave", "files")


def test_every_step_is_accounted_for() -> None:
    assert {step.name for step in STEPS} == {*AT_WORK_HERE, *ELSEWHERE}


def steps_of(company: Company) -> dict[tuple[str, str], bool]:
    """Which steps have been begun: (date, step) → whether it is done."""
    with company_scope(company):
        rows = NightStep.objects.order_by("business_date", "pk")
        return {(str(row.business_date), row.step): row.done_at is not None for row in rows}


def test_an_undisturbed_night_catches_up_day_by_day(
    disturbed: Company, other_lender: Company
) -> None:
    days = [str(FIRST + timedelta(days=n)) for n in range((LAST - FIRST).days + 1)]
    assert steps_of(other_lender) == {(day, step.name): True for day in days for step in STEPS}
    with company_scope(other_lender):
        assert Case.objects.filter(closed_on=None).count() > LOANS / 2
        assert Assignment.objects.filter(ended_at=None).count() > 100
        for on in (FIRST, LAST):
            assert NightStep.objects.get(business_date=on, step="age").counts["opened"] > 10
    # Both had the same first night, so the comparison below tells one night from another.
    assert differing(snapshot(disturbed), snapshot(other_lender)) != []


def next_day(company: Company, step: str) -> str:
    """The first date on which a step is not done yet."""
    done = steps_of(company)
    days = (str(FIRST + timedelta(days=n)) for n in range((LAST - FIRST).days + 1))
    return next(day for day in days if not done.get((day, step)))


def killed_in(company: Company, step: str, after: float) -> bool:
    """Kill a night some seconds after it has begun a step; whether the step was left undone."""
    day = next_day(company, step)
    process = night(company)
    try:
        while process.poll() is None and step_of(company, date.fromisoformat(day), step) is None:
            pass  # one small query after the other: the shortest step takes some milliseconds
        time.sleep(after)
    finally:
        process.kill()
        process.communicate()
    return not steps_of(company).get((day, step), False)


def test_kills_at_random_moments_of_every_step_leave_no_trace(
    disturbed: Company, other_lender: Company
) -> None:
    chance = random.Random(20260301)
    with company_scope(other_lender):
        spent = dict(NightStep.objects.filter(business_date=LAST).values_list("step", "seconds"))
    for step in AT_WORK_HERE:
        halves = tries = 0
        while halves < 1 and tries < 8:
            longest = float(spent[step] or 0)
            halves += killed_in(disturbed, step, chance.uniform(0, longest / 2))
            tries += 1
        assert halves, f"no kill met {step} at work"
    finished(night(disturbed))
    assert differing(snapshot(disturbed), snapshot(other_lender)) == []


def test_two_nights_at_once_do_each_step_once(
    first_night: None, lender: Company, other_lender: Company
) -> None:
    alone = night(other_lender, SOON)
    both = [night(lender, SOON), night(lender, SOON)]
    finished(alone)
    told = [[json.loads(line) for line in finished(one).splitlines()] for one in both]
    done = [
        (line["business_date"], line["step"]) for lines in told for line in lines
        if not line["again"]
    ]  # fmt: skip
    assert len(done) == len(set(done))
    assert differing(snapshot(lender), snapshot(other_lender)) == []


class Reassigning(threading.Thread):
    """Somebody who moves random cases between two desks until told to stop."""

    def __init__(self, company: Company) -> None:
        super().__init__()
        self.company, self.stopped = company, threading.Event()
        self.moved = 0
        self.failed: list[BaseException] = []

    def run(self) -> None:
        chance = random.Random(7)
        try:
            while not self.stopped.is_set():
                with company_scope(self.company):
                    self.moved += self._move(chance)
        except BaseException as error:  # noqa: BLE001 (told by the test)
            self.failed.append(error)
        finally:
            connection.close()

    def _move(self, chance: random.Random) -> int:
        person = User.objects.get(username=chance.choice(["collector", "collector2"]))
        ids: list[Any] = list(Case.objects.filter(closed_on=None).values_list("pk", flat=True))
        result = reassign_cases(
            company=self.company,
            case_ids=chance.sample(ids, 60),
            to=Desk(Team.objects.get(name="Team One"), person),
            reason="balance",
            by=User.objects.get(username="admin"),
        )
        return len(result.moved)


def test_a_night_while_people_reassign(first_night: None, lender: Company) -> None:
    people = Reassigning(lender)
    people.start()
    try:
        finished(night(lender, SOON))
    finally:
        people.stopped.set()
        people.join()
    assert people.failed == []
    assert people.moved > 0
    with company_scope(lender):
        active = Assignment.objects.filter(ended_at=None)
        assert active.count() == active.values("case_id").distinct().count()
        carried = {
            case.loan_no: (case.dpd, case.bucket and case.bucket.label, case.outstanding)
            for case in Case.objects.filter(closed_on=None)
            .annotate(dpd=DaysPastDue(SOON)).select_related("bucket")
        }  # fmt: skip
        facts = {
            loan.loan_no: (loan.dpd, loan.bucket, loan.owed.total)
            for loan in loan_standings(company=lender, on=SOON)
            if loan.dpd >= 0
        }
    assert carried == facts
