"""The statement that ranks says what the arithmetic says, and touches only what changes."""

import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case, CaseHold, Loan
from collection.models import Assignment, Disposition, Promise, WorkSettings
from collection.ranking import (
    BROKEN_DAYS,
    Rank,
    Standing,
    Stop,
    Weights,
    expected_cents,
    key_of,
    rank_of,
)
from collection.ranking_sql import rank_cases
from collection.work_settings import weights_of
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, desk
from tests.collection.test_reassign import put

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]
CASES = 60


def test_the_ranks_are_those_that_are_stored() -> None:
    assert {rank.name: rank.value for rank in Rank} == {
        rank.name: rank.value for rank in Assignment.Rank
    }


T = TypeVar("T")


class Chance:
    """Random facts of a case around business date ON, edges of the day among them."""

    def __init__(self, seed: int, company: Company) -> None:
        self.random, self.company = random.Random(seed), company
        self.begins, self.ends = (self.midnight(ON), self.midnight(ON + timedelta(days=1)))

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.company.zone)

    def moment(self, days: int = 12) -> datetime:
        edges = [self.begins, self.ends, self.begins - timedelta(microseconds=1)]
        somewhere = self.begins + timedelta(
            days=self.random.randint(-days, 4), microseconds=self.random.randint(0, 86_400_000_000)
        )
        return self.random.choice([*edges, *[somewhere] * 6])

    def maybe(self, value: T, share: float = 0.5) -> T | None:
        return value if self.random.random() < share else None


def furnish_at_random(case: Case, chance: Chance) -> None:
    pick = chance.random
    here = desk("collector")
    Assignment.objects.create(
        owner_id=case.owner_id,
        case=case,
        team=here.team,
        collector=here.collector,
        why="night",
        assigned_on=ON - timedelta(days=pick.choice([0, 0, 1, 6, 7, 8, 30])),
        next_action_at=chance.moment(),
        last_touch_at=chance.maybe(chance.moment(), 0.7),
        last_disposition=pick.choice(["callback", "busy", ""]),
        skipped_at=chance.maybe(chance.moment(1), 0.2),
    )
    Loan.objects.filter(pk=case.loan_id).update(
        principal=Decimal(pick.choice([0, 1, 3, 99999999, pick.randint(1, 10**7)])) / 100,
        collection_score=chance.maybe(pick.choice([0, 333, 650, 1000]), 0.7),
    )
    for state, share in (("open", 0.3), ("broken", 0.3), ("broken", 0.2), ("kept", 0.3)):
        if chance.maybe(True, share):
            promise(case, chance, state)
    for contact, share in (("all", 0.15), ("remind", 0.2), ("voice", 0.1), ("", 0.2)):
        if chance.maybe(True, share):
            starts = ON + timedelta(days=pick.randint(-5, 1))
            CaseHold.objects.create(
                owner_id=case.owner_id,
                case=case,
                kind="dispute",
                starts_on=starts,
                ends_on=chance.maybe(starts + timedelta(days=pick.randint(1, 6))),
                stops_contact=contact,
            )


def promise(case: Case, chance: Chance, state: str) -> None:
    Promise.objects.create(
        owner_id=case.owner_id,
        case=case,
        taken_by_id=1,
        taken_by_name="Chen",
        made_at=chance.begins - timedelta(days=9),
        amount=Decimal(100),
        due_on=ON + timedelta(days=chance.random.randint(-2, 2)),
        pay_by="app",
        grace_days=1,
        tolerance_percent=Decimal(5),
        state=state,
        judged_at=None if state == "open" else chance.moment(5),
    )


def standing_of(row: Assignment, chance: Chance) -> Standing:
    """What the arithmetic needs, read the slow way."""
    zone = chance.company.zone
    touched = row.last_touch_at
    idle_from = max([row.assigned_on, *([touched.astimezone(zone).date()] if touched else [])])
    holds = [
        hold.stops_contact
        for hold in CaseHold.objects.filter(case=row.case_id).exclude(stops_contact="")
        if hold.starts_on <= ON and (hold.ends_on is None or hold.ends_on > ON)
    ]
    stop = max(
        (Stop.PARTLY if each in ("remind", "voice") else Stop.WHOLLY for each in holds),
        default=Stop.NOT,
    )
    promises = list(Promise.objects.filter(case=row.case_id))
    open_days = [each.due_on for each in promises if each.state == "open"]
    since = chance.midnight(ON - timedelta(days=BROKEN_DAYS))
    broken = [
        each.judged_at
        for each in promises
        if each.state == "broken" and each.judged_at and each.judged_at >= since
    ]
    return Standing(
        begins=chance.begins,
        ends=chance.ends,
        next_action_at=row.next_action_at,
        last_touch_at=touched,
        is_new=row.assigned_on >= ON,
        is_callback=row.last_disposition == "callback",
        idle_days=max((ON - idle_from).days, 0),
        promise_due=chance.midnight(open_days[0]) if open_days else None,
        broken_at=max(broken, default=None),
        stop=stop,
        skipped_at=row.skipped_at,
    )


FIGURES: tuple[dict[str, object], ...] = (
    {},
    {"score_weight": Decimal("37.50"), "unknown_score": 123, "touch_weight": Decimal(0)},
    {"score_weight": Decimal("99.99"), "touch_weight": Decimal("33.33"), "untouched_days": 3},
    {"score_weight": Decimal(0), "touch_weight": Decimal(100), "untouched_days": 11},
)


@pytest.mark.parametrize("seed", range(4))
def test_the_statement_says_what_the_arithmetic_says(lender: Company, seed: int) -> None:
    seen: set[int] = set()
    with company_scope(lender):
        chance = Chance(seed, lender)
        cases = [add_case(lender) for _n in range(CASES)]
        Disposition.objects.filter(code="callback").update(flags=["callback"])
        weights = Weights()
        if FIGURES[seed]:
            settings, _made = WorkSettings.objects.update_or_create(
                company=lender, defaults=FIGURES[seed]
            )
            weights = weights_of(settings)
        for case in cases:
            furnish_at_random(case, chance)
        rank_cases(company=lender, on=ON)
        for row in Assignment.objects.select_related("case__loan"):
            standing = standing_of(row, chance)
            score = row.case.loan.collection_score
            cents = expected_cents(row.case.loan.outstanding, score, standing.idle_days, weights)
            rank = rank_of(standing, weights)
            assert row.expected_value == Decimal(cents) / 100, standing
            assert (row.rank, row.rank_key) == (rank, key_of(standing, rank, cents)), standing
            seen.add(row.rank)
        assert rank_cases(company=lender, on=ON) == 0, "nothing changed meanwhile"
    assert len(seen) >= 6, "the facts are too tame"


def test_a_few_cases_are_ranked_alone_and_in_one_query(lender: Company) -> None:
    with company_scope(lender):
        one, two = add_case(lender), add_case(lender, amount="2000.00")
        put(lender, "collector", one, two)
        rank_cases(company=lender, on=ON)
        Loan.objects.filter(pk__in=[one.loan_id, two.loan_id]).update(principal=Decimal(50))
        with CaptureQueriesContext(connection) as queries:
            assert rank_cases(company=lender, on=ON, case_ids=[one.pk]) == 1
        assert len(queries) == 1
        assert rank_cases(company=lender, on=ON, case_ids=[]) == 0
        values = dict(Assignment.objects.values_list("case_id", "expected_value"))
        assert values == {one.pk: Decimal(25), two.pk: Decimal(1000)}


def test_desks_of_another_company_and_ended_ones_stay(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        put(lender, "collector2", case)
        Assignment.objects.filter(case=case).update(rank=5, rank_key=7, expected_value=1)
        assert rank_cases(company=lender, on=ON) == 1
        ended = Assignment.objects.get(case=case, ended_at__isnull=False)
        assert (ended.rank, ended.rank_key) == (5, 7)
