"""The suite's servers in memory: where there is room, for a time, and never for what is named."""

import fcntl
import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from config.running import in_memory
from config.running.home import current_home
from config.running.in_memory import home_in_memory
from config.running.servers import hold

NAMED = ("RECOUP_HOME", "DATABASE_URL", "SECRETS_DIR", "TMPDIR")


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that passes for memory, with room enough."""
    monkeypatch.setattr(os, "environ", {k: v for k, v in os.environ.items() if k not in NAMED})
    monkeypatch.setattr(in_memory, "MEMORY", tmp_path)
    monkeypatch.setattr(in_memory, "ROOM_BYTES", 0)
    return tmp_path


def test_a_home_lasts_as_long_as_its_command(memory: Path) -> None:
    with home_in_memory():
        home = current_home().root
        assert home.parent == memory
        assert Path(os.environ["TMPDIR"]).parent == home
        (home / "postgres").mkdir()
    assert list(memory.iterdir()) == []


def test_a_home_that_another_command_uses_stays(memory: Path) -> None:
    with ExitStack() as work:
        work.enter_context(home_in_memory())
        home = current_home()
        home.prepare()
        # As another process would: such a lock belongs to the open file.
        with (home.root / "in-use.lock").open("w") as others:
            fcntl.flock(others, fcntl.LOCK_SH)
            hold(home)
            work.close()
            assert home.root.exists()


@pytest.mark.parametrize("named", ["RECOUP_HOME", "DATABASE_URL", "SECRETS_DIR"])
def test_what_is_named_is_used(memory: Path, named: str) -> None:
    os.environ[named] = "something"
    before = dict(os.environ)
    with home_in_memory():
        assert os.environ == before
    assert list(memory.iterdir()) == []


def test_without_room_the_disk_is_used(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_memory, "ROOM_BYTES", 2**60)
    with home_in_memory():
        assert "RECOUP_HOME" not in os.environ
    monkeypatch.setattr(in_memory, "MEMORY", memory / "missing")
    with home_in_memory():
        assert "RECOUP_HOME" not in os.environ
