"""Looking at and ending processes by their id, without any package."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

from config.running.home import CannotRun

# Servers outlive whoever started them, so nobody waits for these children.
_outliving: list[subprocess.Popen[bytes]] = []


def let_outlive(process: subprocess.Popen[bytes]) -> None:
    """Keep Python from warning that a child still runs: it is meant to."""
    _outliving.append(process)


def is_alive(pid: int) -> bool:
    """Whether a process of this id runs; one that has ended but was not waited for does not."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with contextlib.suppress(OSError):
        # The state is the first letter after the name, which ends with the last parenthesis.
        stat = Path(f"/proc/{pid}/stat").read_text()
        return stat.rpartition(")")[2].split()[0] not in {"Z", "X"}
    return True


def mentions(pid: int, text: str) -> bool:
    """Whether the process's command line holds the text; True where it cannot be read.

    Ids are used again: this tells our server from a stranger that got its id.
    """
    try:
        return os.fsencode(text) in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return True


def stop_process(pid: int, *, first: int, then: int, patience_s: float) -> None:
    """Send the first signal, and the second if the process still runs after the patience."""
    for number, patience in ((first, patience_s), (then, 10.0), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not is_alive(pid):
                return
            time.sleep(0.05)
    raise CannotRun(f"process {pid} does not end: end it by hand")


def shared_memory_bytes() -> int:
    """Room in /dev/shm, which containers keep small; a lot where there is no such folder."""
    try:
        found = os.statvfs("/dev/shm")  # noqa: S108
    except OSError:
        return 2**40
    return found.f_frsize * found.f_blocks
