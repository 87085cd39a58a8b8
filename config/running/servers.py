"""Starts the embedded servers where none are named, once, however many processes ask at a time.

Servers outlive the command that started them; the next command finds them. Whoever uses them
holds a shared lock on the home, so that `stop_servers_if_unused` stops nobody else's.
"""

import fcntl
import os
import shutil
import sys
import time
from collections.abc import Callable

from config.running.home import CannotRun, Home, current_home, is_embedded, write_private
from config.running.postgres_server import Postgres
from config.running.redis_server import Redis
from config.running.roles import LOGIN_ROLES, bootstrap

_in_use: dict[str, int] = {}


def ensure_servers(say: Callable[[str], None] | None = None) -> None:
    """Start what does not run yet; at once when all does, or when the environment names servers.

    `say` gets one line for each step that takes time. Raises CannotRun.
    """
    if not is_embedded():
        return
    home = current_home()
    home.prepare()
    home.secrets()
    hold(home)
    servers: list[Postgres | Redis] = [Postgres(home)]
    if not os.environ.get("REDIS_URL"):
        # First, as for some Pythons there is none: then nothing is left half started.
        servers.insert(0, Redis(home))
    if all(server.answers() for server in servers) and _is_bootstrapped(home):
        return
    tell = say or _to_stderr
    with home.locked():
        for server in servers:
            _start(server, tell)
        if not _is_bootstrapped(home):
            tell("database and roles")
            _bootstrap(home)


def stop_servers(home: Home) -> None:
    """Stop both servers of a home and clear its sockets' folder; nothing where none run."""
    with home.locked():
        Redis(home).stop()
        Postgres(home).stop()
        shutil.rmtree(home.runtime, ignore_errors=True)


def stop_servers_if_unused(home: Home) -> bool:
    """Stop the servers unless another process uses them; whether they were stopped."""
    release(home)
    descriptor = os.open(home.root / "in-use.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        stop_servers(home)
        return True
    finally:
        os.close(descriptor)


def hold(home: Home) -> None:
    """Say that this process uses the servers, until it ends or calls `release`."""
    if str(home.root) not in _in_use:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(home.root / "in-use.lock", flags, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        _in_use[str(home.root)] = descriptor


def release(home: Home) -> None:
    """Say that this process uses the servers no more."""
    descriptor = _in_use.pop(str(home.root), None)
    if descriptor is not None:
        os.close(descriptor)


def _start(server: Postgres | Redis, tell: Callable[[str], None]) -> None:
    """Start one server unless it answers."""
    if server.answers():
        return
    name = type(server).__name__
    first = not server.data.exists()
    tell(f"starting {name}" + (" for the first time" if first else ""))
    began = time.monotonic()
    try:
        server.start()
    except PermissionError as error:
        told = f"{error.strerror} ({error.filename})"
        raise CannotRun(f"{name} could not be started: {told}") from error
    if time.monotonic() - began > 5:
        tell(f"{name} is up after {time.monotonic() - began:.0f} s")


def _is_bootstrapped(home: Home) -> bool:
    """Whether roles and database were made by this very code."""
    mark = home.root / "bootstrapped"
    return mark.exists() and mark.read_text() == _bootstrap_version()


def _bootstrap(home: Home) -> None:
    """Make roles and database, then remember that it was done."""
    known = home.secrets()
    bootstrap(
        superuser_url=Postgres(home).superuser_url,
        database="recoup",
        passwords={role: known[role] for role in LOGIN_ROLES},
        may_create_databases=True,
    )
    write_private(home.root / "bootstrapped", _bootstrap_version())


def _bootstrap_version() -> str:
    """Changes with the roles' definition."""
    return repr(LOGIN_ROLES)


def _to_stderr(line: str) -> None:
    """Show a step to whoever waits."""
    print(f"  servers: {line}", file=sys.stderr, flush=True)
