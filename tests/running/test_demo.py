"""`make demo` comes up, refuses in one sentence, and leaves nothing behind however it ends."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.running.home import CHECKOUT, Home
from config.running.postgres_server import Postgres
from config.running.processes import is_alive
from config.running.redis_server import Redis
from tests.running.conftest import environment, stop

Leftovers = list[subprocess.Popen[str]]
# What a start may take on a loaded machine; a second one must take less than 15 s (design).
PATIENCE_S = 90.0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home that one test after the other runs on."""
    root = tmp_path_factory.mktemp("demo") / "home"
    yield Home(root)
    stop(root)


@pytest.fixture
def port() -> int:
    """A port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(
    home: Home, port: int, leftovers: Leftovers, *, by_make: bool = False
) -> subprocess.Popen[str]:
    """Start without demo data; returns when it has printed its URL."""
    plain = [sys.executable, "-m", "config.running.demo", "--empty", "--port", str(port)]
    process = subprocess.Popen(
        ["make", "run", f"PORT={port}", f"PYTHON={sys.executable}"] if by_make else plain,
        cwd=CHECKOUT,
        env=environment(home.root),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    leftovers.append(process)
    deadline = time.monotonic() + PATIENCE_S
    told = []
    for line in process.stdout or ():
        told.append(line)
        if f"http://localhost:{port}/" in line:
            return process
        if time.monotonic() > deadline:
            break
    raise AssertionError("".join(told))


def children(home: Home) -> dict[str, int]:
    """The serving processes of a home."""
    found: dict[str, int] = json.loads((home.root / "processes.json").read_text())
    return found


def everything(home: Home) -> set[int]:
    """Every process that works for a home: servers, children and what those forked."""
    found = set()
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit():
                told = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
                if any(os.fsencode(p) in told for p in (home.root, home.runtime)):
                    found.add(int(folder.name))
    return {pid for pid in found if is_alive(pid)} - {os.getpid()}


def health(port: int) -> tuple[int, dict[str, str]]:
    """Status and body of /healthz."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with contextlib.closing(connection):
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def wait_until_gone(pids: set[int], patience_s: float = 30) -> set[int]:
    """Those of the processes that still run after the patience."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline and any(is_alive(pid) for pid in pids):
        time.sleep(0.1)
    return {pid for pid in pids if is_alive(pid)}


def refusal(home: Path, *options: str) -> str:
    """What a start that cannot be says; it must be one sentence and exit code 1."""
    done = subprocess.run(
        [sys.executable, "-m", "config.running.demo", "--empty", *options],
        cwd=CHECKOUT,
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_it_serves_as_the_application_role_alone_tells_its_health_and_ends_as_a_whole(
    home: Home, port: int, leftovers: Leftovers
) -> None:
    process = start(home, port, leftovers)
    well = {"database": "ok", "redis": "ok"}

    assert health(port) == (200, well)
    running = children(home)
    assert set(running) == {"web", "worker", "beat"}
    for pid in running.values():
        known = Path(f"/proc/{pid}/environ").read_bytes()
        assert b"DATABASE_URL=postgresql://recoup_app:" in known
        assert not any(
            name in known for name in (b"recoup_owner", b"recoup_platform", b"BOOTSTRAP")
        )
    # A second one on the same home is refused and does the first no harm.
    told = refusal(home.root, "--port", str(port + 1 if port < 65535 else port - 1))
    assert "already runs on" in told
    assert children(home) == running
    # Pages serve without Redis; without a database none can.
    Redis(home).stop()
    assert health(port) == (200, well | {"redis": "gone"})
    Postgres(home).stop()
    assert health(port) == (503, {"database": "gone", "redis": "gone"})
    Postgres(home).start()
    Redis(home).start()
    assert health(port) == (200, well)

    # A child that ends ends all, with its last words.
    os.kill(running["beat"], signal.SIGKILL)

    told = process.communicate(timeout=40)[0]
    assert process.returncode == 1
    assert "beat ended with code -9" in told
    assert everything(home) == set()


def test_signals_stop_every_child_and_a_second_start_is_quick(
    home: Home, port: int, leftovers: Leftovers
) -> None:
    process = start(home, port, leftovers)
    # Web server, its workers, Celery, its pool, beat, PostgreSQL, Redis.
    assert len(everything(home)) >= 8

    process.send_signal(signal.SIGINT)

    assert process.wait(40) == 0
    assert everything(home) == set()
    assert not Postgres(home).answers()
    assert not Redis(home).answers()
    assert not home.runtime.exists()
    secrets = (home.root / "secrets.json").read_text()
    began = time.monotonic()
    process = start(home, port, leftovers)
    assert time.monotonic() - began < 15
    assert (home.root / "secrets.json").read_text() == secrets
    process.send_signal(signal.SIGTERM)
    assert process.wait(40) == 0
    assert everything(home) == set()


def test_killed_supervisor_takes_its_children_along_and_the_next_start_the_rest(
    home: Home, port: int, leftovers: Leftovers
) -> None:
    process = start(home, port, leftovers)
    serving = set(children(home).values())

    process.kill()
    process.wait(10)

    assert wait_until_gone(serving) == set()
    # As where a parent's death is not told: a child goes on, in a session of its own.
    code = "import time; time.sleep(300)"
    orphan = subprocess.Popen([sys.executable, "-c", code, "config.wsgi"], start_new_session=True)
    (home.root / "processes.json").write_text(json.dumps({"web": orphan.pid}))
    again = start(home, port, leftovers, by_make=True)
    assert orphan.wait(10) == -signal.SIGTERM
    assert health(port)[0] == 200
    # An interrupt of make alone stops every child as well.
    again.send_signal(signal.SIGINT)
    again.wait(40)
    assert everything(home) == set()


def test_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        told = refusal(tmp_path, "--port", str(port))

    assert f"port {port} cannot be used (address already in use)" in told
    assert "make demo PORT=" in told
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize("port", ["0", "eighty", "70000"])
def test_impossible_port_is_one_sentence(tmp_path: Path, port: str) -> None:
    assert f"{port} is no port" in refusal(tmp_path, "--port", port)


def test_unwritable_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    told = refusal(tmp_path / "file" / "home")

    assert "cannot be written to" in told
    assert "RECOUP_HOME" in told
