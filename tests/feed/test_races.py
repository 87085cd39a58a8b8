"""Imports beside other work: who loses a deadlock tries again, and imports queue up."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from cases.models import Case, ImportRun, Loan
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.feed.files import Feeding, counts, loan
from tests.isolation.catalogue import as_owner, rows

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20


class InThread(threading.Thread):
    """Does one thing on a connection of its own and keeps what went wrong."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self.act = act
        self.failed: list[BaseException] = []

    def run(self) -> None:
        try:
            self.act()
        except BaseException as error:  # noqa: BLE001 (told by the test)
            self.failed.append(error)
        finally:
            connection.close()

    def ended(self) -> None:
        self.join(PATIENCE)
        assert not self.is_alive()
        assert self.failed == []


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


WAITING = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE NOT granted AND datname = current_database()
"""


def waiting() -> int:
    """How many sessions of this test's database wait for a lock."""
    with as_owner() as cursor:
        return int(rows(cursor, WAITING)[0][0])


def test_an_import_that_loses_a_deadlock_tries_again(feeding: Feeding) -> None:
    feeding.send("loans", "2026-03-05", loan(1), loan(2))
    with company_scope(feeding.company):
        first, second = Loan.objects.order_by("pk")
    has_locked = threading.Event()

    def somebody() -> None:
        with company_scope(feeding.company):
            Loan.objects.select_for_update().get(pk=second.pk)
            has_locked.set()
            # The import holds the first loan now and waits for this one.
            until(lambda: waiting() > 0)
            Loan.objects.select_for_update().get(pk=first.pk)

    person = InThread(somebody)
    person.start()
    assert has_locked.wait(PATIENCE)
    run = feeding.send("loans", "2026-03-06", loan(1, product="car"), loan(2, product="car"))
    person.ended()
    assert (run.state, counts(run)) == (ImportRun.State.DONE, (0, 2, 0, 0))
    with company_scope(feeding.company):
        assert set(Loan.objects.values_list("product", flat=True)) == {"car"}


def test_imports_of_one_lender_write_one_after_the_other(feeding: Feeding, tmp_path: Path) -> None:
    feeding.send("loans", "2026-03-05", *map(loan, range(300)))
    parts = [tmp_path / name for name in ("one", "two")]
    for part in parts:
        part.mkdir()

    def send(part: Path, as_of: str, product: str) -> None:
        changed = [loan(n, product=product) for n in range(300)]
        Feeding(feeding.company, part).send("loans", as_of, *changed, rows_at_once=20)

    both = [
        InThread(lambda: send(parts[0], "2026-03-06", "car")),
        InThread(lambda: send(parts[1], "2026-03-07", "house")),
    ]
    for thread in both:
        thread.start()
    for thread in both:
        thread.ended()
    with company_scope(feeding.company):
        # Whoever came first: the later date stands, on loans and on their cases.
        assert set(Loan.objects.values_list("product", flat=True)) == {"house"}
        assert set(Case.objects.values_list("product", flat=True)) == {"house"}
        assert set(ImportRun.objects.values_list("state", flat=True)) == {ImportRun.State.DONE}


def test_imports_of_two_lenders_do_not_wait_for_each_other(
    feeding: Feeding, other_lender: Company, tmp_path: Path
) -> None:
    with company_scope(feeding.company):
        run = ImportRun.objects.create(
            owner_id=feeding.company.pk,
            kind="loans",
            as_of="2026-03-05",
            source=ImportRun.Source.COMMAND,
            state=ImportRun.State.APPLYING,
            moved_at="2199-01-01T00:00:00Z",
        )
    done = Feeding(other_lender, tmp_path).send("loans", "2026-03-05", loan(1))
    assert (done.state, run.state) == (ImportRun.State.DONE, ImportRun.State.APPLYING)
