"""Runs the serving processes as children, and leaves none behind however it ends.

Each child has a session of its own, so that Ctrl-C reaches only the supervisor, which then stops
them in order. If the supervisor is killed, Linux tells the children (parent-death signal); where
it cannot, the next start ends those that `processes.json` names.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.running.home import CHECKOUT, CannotRun, Home, open_private, write_private
from config.running.processes import is_alive, mentions, stop_process

PR_SET_PDEATHSIG = 1
# A worker may end the piece of work it is at; what it does not end runs again (acks_late).
PATIENCE_S = 20.0
BIN = Path(sys.executable).parent


class Stopped(Exception):
    """Somebody asked the supervisor to stop."""


class ChildEnded(CannotRun):
    """A serving process ended by itself."""


@dataclass
class Supervisor:
    """The children of one home."""

    home: Home
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _lock: int = -1

    def claim(self) -> None:
        """Be the only supervisor of this home, and end what a killed one left; or CannotRun."""
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._lock = os.open(self.home.root / "demo.lock", flags, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRun(
                f"Recoup already runs on {self.home.root}: stop it, or name another RECOUP_HOME"
            ) from None
        for name, pid in self._left_behind().items():
            print(f"  ending the {name} process that an earlier run left", flush=True)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                stop_process(pid, first=signal.SIGTERM, then=signal.SIGQUIT, patience_s=PATIENCE_S)

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a child whose output goes to `log/NAME.log` of the home."""
        appending = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with open_private(self.log(name), appending) as output:
            self.children[name] = subprocess.Popen(
                [str(BIN / command[0]), *command[1:]],
                cwd=CHECKOUT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 (this process has no threads)
            )
        self._record()

    def log(self, name: str) -> Path:
        """Where a child's output goes."""
        return self.home.log / f"{name}.log"

    def check(self) -> None:
        """Raise ChildEnded when a child has ended by itself."""
        for name, child in self.children.items():
            if child.poll() is not None:
                said = self.log(name).read_text(errors="replace").strip().splitlines()
                last = said[-1].strip().rstrip(".") if said else "nothing"
                raise ChildEnded(f"{name} ended with code {child.returncode}, saying: {last}")

    def stop(self) -> None:
        """Stop every child: all are asked at once, who does not listen is killed."""
        if not self.children:
            return
        for child in self.children.values():
            _signal(child, signal.SIGTERM)
        for later in (signal.SIGQUIT, signal.SIGKILL):
            if self._all_ended(PATIENCE_S if later == signal.SIGQUIT else 5.0):
                break
            for child in self.children.values():
                _signal(child, later, group=later == signal.SIGKILL)
        for child in self.children.values():
            child.wait()
        self.children.clear()
        self._record()

    def _all_ended(self, patience_s: float) -> bool:
        """Whether all children have ended within the patience."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            if all(child.poll() is not None for child in self.children.values()):
                return True
            time.sleep(0.05)
        return False

    def _record(self) -> None:
        """Write down the children's ids, for a start after this process was killed."""
        ids = {name: child.pid for name, child in self.children.items()}
        write_private(self.home.root / "processes.json", json.dumps(ids))

    def _left_behind(self) -> dict[str, int]:
        """Children of an earlier supervisor that still run."""
        try:
            written: dict[str, int] = json.loads((self.home.root / "processes.json").read_text())
        except (OSError, ValueError):
            return {}
        return {n: p for n, p in written.items() if is_alive(p) and mentions(p, "config.")}


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGINT, SIGTERM and SIGHUP raise Stopped inside; a second one has no effect."""

    def stop(number: int, _frame: object) -> None:
        for each in asked:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(signal.Signals(number).name)

    asked = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for each in asked:
        signal.signal(each, stop)
    try:
        yield
    finally:
        # From here on the children are being stopped, and nothing may come between.
        for each in asked:
            signal.signal(each, signal.SIG_IGN)


def die_with_parent() -> None:
    """Have this process asked to stop when the one that started it ends, as `make` may."""
    _die_with_parent()


def parent_is_interrupted() -> bool:
    """Whether the parent is handling an interrupt: `make` then waits for its children, untold.

    A Ctrl-C reaches both, but `kill -INT` on make alone reaches only make, which blocks the
    signal while it waits for us to end.
    """
    try:
        lines = Path(f"/proc/{os.getppid()}/status").read_text().splitlines()
    except OSError:
        return False
    blocked = next((line.split()[1] for line in lines if line.startswith("SigBlk")), "0")
    return bool(int(blocked, 16) & (1 << (signal.SIGINT - 1)))


def _die_with_parent() -> None:
    """Ask Linux for SIGTERM at the parent's death; elsewhere nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal(child: subprocess.Popen[bytes], number: int, *, group: bool = False) -> None:
    """Signal a child, or everything in its session's group."""
    if child.poll() is None or group:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            (os.killpg if group else os.kill)(child.pid, number)
