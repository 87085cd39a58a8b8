"""A home in memory, for servers whose data nobody needs afterwards: those of the test suite.

After each test that commits, its database is made anew: about a thousand files, which a disk takes
many times as long for as memory does.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.running.home import CHECKOUT, Home, is_embedded, make_private
from config.running.servers import stop_servers_if_unused

MEMORY = Path("/dev/shm")  # noqa: S108
ROOM_BYTES = 4 * 2**30
"""What the folder must have room for, and the machine twice as much memory to spare."""


@contextmanager
def home_in_memory() -> Iterator[None]:
    """Work on this checkout's home in memory, and remove it once nobody uses it.

    Files for a moment go there too. Changes nothing where the environment names a home or a
    database, and where there is no such room.
    """
    if os.environ.get("RECOUP_HOME") or not is_embedded() or not _has_room():
        yield
        return
    place = hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:8]
    home = Home(MEMORY / f"recoup-{os.geteuid()}-{place}")
    passing = home.root / "tmp"
    make_private(passing)
    os.environ |= {"RECOUP_HOME": str(home.root), "TMPDIR": str(passing)}
    try:
        yield
    finally:
        if stop_servers_if_unused(home):
            shutil.rmtree(home.root)


def _has_room() -> bool:
    try:
        found = os.statvfs(MEMORY)
        told = Path("/proc/meminfo").read_text().split()
    except OSError:
        return False
    spare = int(told[told.index("MemAvailable:") + 1]) * 1024
    return found.f_frsize * found.f_bavail >= ROOM_BYTES and spare >= 2 * ROOM_BYTES
