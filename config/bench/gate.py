"""What a decision of the contact gate costs once its facts are loaded, against one indexed SELECT.

`gate`: for each of a collector's cases the facts of a call to the borrower's own number are loaded
through the gate's own reader; then the decision alone is taken, in turns with one SELECT of that
borrower's contact points by their index, rows fetched, by the role that no policy binds. Each case
is asked about at noon less two hours, when most calls are allowed, and at night, when each is
refused and the next permitted moment is sought. The line is that of the kind that does worse.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from datetime import time as clock
from functools import partial
from itertools import cycle
from statistics import median
from typing import Any

from django.db import connections

from cases.models import Case, ContactPoint
from collection.contact_facts import ContactFacts
from collection.contact_policy import weigh
from collection.contact_rules import ContactRules
from collection.gate_facts import Question, facts_of, own_side, read_book, rules_of
from collection.models import Assignment, ContactTry
from config.bench.databases import PLATFORM, undone
from config.bench.feed import NotAsMeant
from config.bench.lenders import Lender
from config.bench.measure import LIMITS, Line, Pair, in_turns, significant

CASES = 200
TRIES = 4
"""Unanswered calls of the day before that each borrower has had, so that there is what to count."""
ROUNDS = 1000
WARM_UP = 50
DAY, NIGHT = clock(10), clock(22)
BARE = """
SELECT id, uid, borrower_id, kind, relation, number_mask, state, state_at
FROM cases_contactpoint WHERE owner_id = %s AND borrower_id = %s
"""

Asked = tuple[ContactFacts, tuple[ContactRules, ...]]


def measure(lender: Lender) -> dict[str, Pair]:
    """The pairs of both moments; what is needed for it is rolled back."""
    with undone(lender.company):
        cases = _cases(lender)
        _try_them(lender, cases)
        asked = {name: _loaded(lender, cases, at) for name, at in _moments(lender).items()}
    keys = [(case.owner_id, case.borrower_id) for case in cases]
    with connections[PLATFORM].cursor() as cursor:
        return {
            name: _measured(found, partial(_select, cursor), keys) for name, found in asked.items()
        }


def _cases(lender: Lender) -> list[Case]:
    desks = Assignment.objects.filter(collector=lender.collector, ended_at=None).order_by("id")
    return [desk.case for desk in desks.select_related("case")[:CASES]]


def _moments(lender: Lender) -> dict[str, datetime]:
    day, zone = lender.company.local_date(), lender.company.zone
    return {
        "by_day": datetime.combine(day, DAY, tzinfo=zone),
        "by_night": datetime.combine(day, NIGHT, tzinfo=zone),
    }


def _try_them(lender: Lender, cases: list[Case]) -> None:
    began = _moments(lender)["by_day"] - timedelta(days=1)
    ContactTry.objects.bulk_create(
        ContactTry(
            company=lender.company,
            owner=lender.company,
            borrower_id=case.borrower_id,
            case_id=case.pk,
            relation="self",
            channel="call",
            at=began + timedelta(minutes=10 * number),
            state="unanswered",
        )
        for case in cases
        for number in range(TRIES)
    )


def _loaded(lender: Lender, cases: list[Case], at: datetime) -> list[Asked]:
    asked = []
    for case in cases:
        point = ContactPoint.objects.filter(borrower=case.borrower_id, relation="self").first()
        question = Question(lender.company, lender.collector.pk, case, "call", point, at)
        own = own_side(question)
        book = read_book(question, own)
        facts, rules = facts_of(question, own, book), rules_of(question, own, book)
        if len(facts.past) < TRIES:
            raise NotAsMeant(f"{len(facts.past)} of {TRIES} contacts are among the facts")
        asked.append((facts, rules))
    return asked


def _measured(
    asked: list[Asked], select: Callable[[Any], float], keys: list[tuple[int, int]]
) -> Pair:
    questions, borrowers = cycle(asked), cycle(keys)

    def decision() -> float:
        facts, rules = next(questions)
        began = time.perf_counter()
        weigh(facts, rules)
        return time.perf_counter() - began

    def bare() -> float:
        return select(next(borrowers))

    in_turns(WARM_UP, decision, bare)
    return in_turns(ROUNDS, decision, bare)


def _select(cursor: Any, key: tuple[int, int]) -> float:
    began = time.perf_counter()
    cursor.execute(BARE, key)
    cursor.fetchall()
    return time.perf_counter() - began


def gate_line(cases: int, pairs: dict[str, Pair]) -> Line:
    """The line of the moment that does worse; the other stands beside it."""
    lines = [
        Line("gate", cases, median(pair.ours), median(pair.baseline), LIMITS["gate"], {"asked": at})
        for at, pair in pairs.items()
    ]
    worst = max(lines, key=lambda line: line.ratio)
    worst.more["rounds"] = ROUNDS
    worst.more["moments"] = {
        line.more["asked"]: [significant(line.ours), significant(line.baseline)] for line in lines
    }
    return worst
