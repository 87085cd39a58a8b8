"""Any order of what happens to a lender's few cases: after every act all that must be true is.

Money, notes of every disposition, promises, holds, contacts, placements, desks, leave, and nights,
by the lender and by the agency that holds a case, as chance has it, from fixed seeds. What must be
true is worked out from the rows in tests.collection.case_truth.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from inspect import signature
from random import Random

import pytest
from django.db import transaction
from django.utils import translation

from cases.hold_kinds import KINDS
from cases.models import Loan
from collection.dispositions import MEANS
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.aging.book import loan
from tests.collection.book import add_case, furnish
from tests.collection.case_acts import ACTS, BEGINS, DAY, Clock, Collecting, Stage
from tests.collection.case_truth import Book, check_pages, check_ranks, check_sight

SEEDS = range(4)
STEPS = 45
MOSTLY = (
    "note",
    "promise",
    "hold",
    "pay",
    "contact",
    "place",
    "recall",
    "reverse",
    "settle",
    "release",
    "come_back",
    "reassign",
    "night",
)
"""Acts that come twice as often as others: what the others need."""
CAME_ABOUT = {
    *("paid", "promised", "held", "lifted", "answered", "reserved", "denied", "placed", "moved"),
    *("undone", "left", "skipped", "nights"),
}
"""What must have come about for the walks to say anything."""
Act = tuple[str, dict[str, object]]


def draw(chance: Random) -> Act:
    """An act and its circumstances."""
    name = chance.choice([*ACTS, *MOSTLY])
    among: dict[str, Callable[[], object]] = {
        "which": lambda: chance.randrange(4),
        "some": lambda: sorted({chance.randrange(4) for _ in range(3)}),
        "by_holder": lambda: chance.random() < 0.7,
        "by_agency": lambda: chance.random() < 0.5,
        "agency_first": lambda: chance.random() < 0.5,
        "share": lambda: chance.choice((4, 3, 2, 1)),
        "days": lambda: chance.choice((0, 0, 1, 2)),
        "nth": lambda: chance.randrange(6),
        "flags": lambda: frozenset(
            flag
            for flag in ("shared", "of_try", "of_point", "all", "when")
            if chance.random() < 0.6
        ),
        "code": lambda: chance.choice(sorted(MEANS)),
        "kind": lambda: chance.choice(sorted({*KINDS} - {"disaster", "promise"})),
        "times": lambda: chance.choice((1, 1, 2, 5)),
        "channel": lambda: chance.choice(("call", "call", "call", "robot", "sms", "visit")),
        "state": lambda: chance.choice(("conversation", "conversation", "unanswered", "sent")),
        "to": partial(chance.choice, ("collector", "collector2", "lead", "")),
        "cover": partial(chance.choice, ("collector", "collector2", "lead", "")),
        "hour": lambda: chance.choice((7, 9, 11, 15)),
    }
    asked = list(signature(ACTS[name]).parameters)[1:]
    return name, {key: among[key]() for key in asked}


@pytest.fixture
def stage(lender: Company, agency: Company, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Three cases of two people, and a loan of the second that falls due in three days."""
    clock = Clock()
    for where in ("django.utils.timezone.now", "tenancy.models.company.now"):
        monkeypatch.setattr(where, lambda: clock.now)
    today = BEGINS.date()
    with company_scope(agency):
        furnish(agency)
    with company_scope(lender):
        first = add_case(lender, dpd=4, amount="3000.00", on=today)
        second = add_case(lender, dpd=27, amount="900.00", borrower=first.borrower, on=today)
        third = add_case(lender, dpd=1, amount="1200.50", on=today)
        later = loan(lender, str(today + 3 * DAY), as_of=str(today - 2 * DAY))
        Loan.objects.filter(pk=later.pk).update(borrower=third.borrower)
        Loan.objects.filter(pk=third.loan_id).update(collection_score=730)
    loans = (first.loan_id, second.loan_id, third.loan_id, later.pk)
    with translation.override("en"):
        yield Stage(lender, agency, loans, clock)


def readers(stage: Stage) -> list[User]:
    """The admins of both."""
    found = []
    for company in (stage.lender, stage.agency):
        with company_scope(company):
            found.append(User.objects.select_related("company").get(username="admin"))
    return found


def check(stage: Stage, people: list[User], act: str) -> None:
    book = Book(stage.lender)
    book.check()
    for company in (stage.lender, stage.agency):
        check_ranks(company)
    check_sight(stage.agency, people[1], book)
    if act == "night":
        check_pages(book, people)


def walk(stage: Stage, acts: list[Act]) -> Counter[str]:
    """Do the acts one after the other, in a world that is then undone; what came about."""
    with transaction.atomic():
        collecting = Collecting(stage)
        people = readers(stage)
        check(stage, people, "night")
        for name, given in acts:
            ACTS[name](collecting, **given)
            check(stage, people, name)
        check(stage, people, "night")
        transaction.set_rollback(True)
    return collecting.done


@pytest.mark.django_db
def test_any_order_of_what_happens_to_cases(stage: Stage) -> None:
    done: Counter[str] = Counter()
    for seed in SEEDS:
        chance = Random(seed)
        done += walk(stage, [draw(chance) for _ in range(STEPS)])
    assert set(done) >= CAME_ABOUT, CAME_ABOUT - set(done)
    assert sum(what.startswith("noted") for what in done) >= 8


PLACED: list[Act] = [
    ("place", {"some": [0, 1, 2], "days": 0, "to": "collector"}),
    ("night", {"hour": 9, "agency_first": False}),
]
READ = frozenset({"shared"})
NIGHT: Act = ("night", {"hour": 9, "agency_first": False})
WITHDRAW: Act = ("withdraw", {"which": 2, "by_holder": False})


def promise(days: int, flags: frozenset[str] = READ, *, by_holder: bool = False) -> Act:
    given = {"which": 2, "by_holder": by_holder, "share": 2, "days": days, "flags": flags}
    return "promise", given


@pytest.mark.django_db
@pytest.mark.parametrize(
    "acts",
    [
        [promise(0)],
        [promise(0), promise(0, frozenset())],
        [promise(0, by_holder=True), promise(1)],
        [promise(1), NIGHT, WITHDRAW],
        [promise(0), NIGHT, NIGHT],
    ],
    ids=["taken", "replaced", "replaces the agency's", "withdrawn", "broken"],
)
def test_what_the_lender_is_promised_moves_the_case_at_the_agency_that_reads_it(
    stage: Stage, acts: list[Act]
) -> None:
    done = walk(stage, [*PLACED, *acts])
    assert (done["placed"], done["promised"]) == (1, sum(name == "promise" for name, _ in acts))
    assert done["withdrawn"] == (WITHDRAW in acts)
