"""PostgreSQL restarted under load: what fails says so kindly, and the next request works."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest

from config.running.postgres_server import Postgres
from tests.faults.feeds import book, confirm, loans, result, starts, upload
from tests.faults.stack import Stack, until
from tests.faults.standing import LOANS, TURN, held, stands, taken_up
from tests.faults.visitor import Answer, Visitor

PAGES = ("/", "/work/", "/cases/", "/cases/imports/", "/settings/people/")
READERS = 4
KIND_WORDS = "Nothing was half-written."


class Load:
    """People who ask for one page after the other, and what they got and when they asked."""

    def __init__(self, stack: Stack) -> None:
        self.seen: list[tuple[float, Answer]] = []
        self._over = threading.Event()
        self._lost: list[BaseException] = []
        visitors = [stack.admin() for _ in range(READERS)]
        self._people = [threading.Thread(target=self._read, args=(v,)) for v in visitors]

    def _read(self, visitor: Visitor) -> None:
        try:
            while not self._over.is_set():
                for page in PAGES:
                    began = time.monotonic()
                    self.seen.append((began, visitor.get(page)))
        except BaseException as error:  # noqa: BLE001 (shown by the test, not by the thread)
            self._lost.append(error)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """The load, for the length of the block."""
        for person in self._people:
            person.start()
        try:
            yield
        finally:
            self._over.set()
            for person in self._people:
                person.join()
        assert not self._lost

    def asked(self, since: float = 0.0) -> list[Answer]:
        """What was asked for since a moment."""
        return [answer for began, answer in list(self.seen) if began >= since]


def test_restart_under_load_leaves_no_process_broken(stack: Stack) -> None:
    visitor = stack.admin()
    serving, working = stack.web_processes(), stack.job_processes()
    load = Load(stack)
    with load.going_on():
        until("pages are read", lambda: len(load.asked()) > 20)
        # Whoever holds the job up loses the connection too.
        with pytest.raises(psycopg2.DatabaseError), held(stack, TURN):  # noqa: PT012
            job, _page = upload(stack, visitor, loans("CUT"))
            stands(stack, job)
            stack.crash_postgres()
            assert stack.health() == (503, {"database": "gone", "redis": "ok"})
        Postgres(stack.home).start()
        up = time.monotonic()
        until("more pages are read", lambda: len(load.asked(up)) > 40)

    assert {answer.status for answer in load.asked(up)} == {200}
    failed = [answer for answer in load.asked() if answer.status != 200]
    assert {answer.status for answer in failed} == {500}
    assert all(KIND_WORDS in answer.text for answer in failed)
    # The same processes serve, and the same ones do the work.
    assert stack.web_processes() == serving
    taken_up(stack, job)
    assert result(stack, job).items() >= {"new": 40, "rejected": 1, "state": "judged"}.items()
    assert stack.job_processes() == working


def test_job_whose_connection_is_cut_is_taken_up_again(stack: Stack) -> None:
    visitor = stack.admin()
    with held(stack, LOANS):
        judging, page = upload(stack, visitor, loans("SNIP"))
        assert starts(stack, judging) == 1
        writing = confirm(stack, visitor, page)
        stack.cut(stands(stack, writing))
    taken_up(stack, writing)
    assert result(stack, writing).items() >= {"new": 40, "state": "done"}.items()
    assert len(book(stack, "SNIP")) == 40
