"""Fixtures: data folders of their own, away from the one the suite's database lives in."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.running.home import CHECKOUT, Home
from config.running.servers import stop_servers

NAMED = (
    *("DATABASE_URL", "OWNER_DATABASE_URL", "PLATFORM_DATABASE_URL", "BOOTSTRAP_DATABASE_URL"),
    *("REDIS_URL", "SECRET_KEY", "FIELD_KEYS", "HASH_KEY", "ALLOWED_HOSTS", "SECRETS_DIR"),
    *("DJANGO_SETTINGS_MODULE", "RECOUP_HOME", "STATIC_ROOT"),
)


def environment(home: Path | None = None) -> dict[str, str]:
    """This environment without what names servers, and with the home if one is given."""
    kept = {name: value for name, value in os.environ.items() if name not in NAMED}
    return kept | ({"RECOUP_HOME": str(home)} if home else {})


def run(
    *command: str, home: Path | None = None, more: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a Python command line in the checkout to its end."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=CHECKOUT,
        env=environment(home) | (more or {}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def stop(home: Path) -> None:
    """Stop what runs on a home."""
    if (home / "servers.lock").exists():
        stop_servers(Home(home))


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home whose servers a management command has started."""
    root = tmp_path_factory.mktemp("embedded") / "home"
    done = run("manage.py", "bootstrap_database", home=root)
    assert done.returncode == 0, done.stderr
    yield Home(root)
    stop(root)


@pytest.fixture
def new_home(tmp_path: Path) -> Iterator[Path]:
    """A home that does not exist yet."""
    yield tmp_path / "home"
    stop(tmp_path / "home")


@pytest.fixture
def leftovers() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that a failing test must not leave behind."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(40)
        if process.stdout is not None:
            process.stdout.close()
