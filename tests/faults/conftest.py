"""One running Recoup for all tests here; each test leaves it well."""

import socket
import subprocess
from collections.abc import Iterator

import pytest

from config.running.home import Home
from config.running.supervisor import PATIENCE_S
from tests.faults.stack import Stack, until
from tests.running.conftest import stop
from tests.running.test_demo import start

WELL = (200, {"database": "ok", "redis": "ok"})


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Recoup as `make run` starts it, with two lenders."""
    home = Home(tmp_path_factory.mktemp("faults") / "home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    started: list[subprocess.Popen[str]] = []
    try:
        start(home, port, started)
        stack = Stack(home, port)
        stack.furnish()
        yield stack
    finally:
        for process in started:
            process.terminate()
            process.communicate(timeout=3 * PATIENCE_S)
        stop(home.root)


@pytest.fixture
def stack(running: Stack) -> Iterator[Stack]:
    """The running Recoup, well before and after."""
    assert running.health() == WELL
    yield running
    running.mend()
    until("all is well again", lambda: running.health() == WELL)
