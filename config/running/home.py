"""The data folder of the embedded servers: where it is, what it holds, the secrets made for it.

`RECOUP_HOME` (default `.local/` in the checkout) keeps everything worth keeping: PostgreSQL's and
Redis's data, logs, uploaded and exported files, and `secrets.json` (mode 0600). Sockets live in a
short path below /tmp instead, because a socket's path may be 107 bytes long at most.
"""

import base64
import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

CHECKOUT = Path(__file__).resolve().parents[2]
DATABASE = "recoup"
# What the kernel allows for the path of a Unix socket, without the closing zero byte.
LONGEST_SOCKET_PATH = 107


class CannotRun(Exception):
    """Something outside Recoup stands in the way; the message is the one sentence to show."""


@dataclass(frozen=True)
class Home:
    """The folders of one set of embedded servers."""

    root: Path

    @property
    def log(self) -> Path:
        """Where servers and processes write what happens."""
        return self.root / "log"

    @property
    def runtime(self) -> Path:
        """The short folder of the sockets, one for each user and home."""
        place = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:8]
        # Not TMPDIR, which differs between a person's shell, sudo and cron; and not as long.
        short = Path("/tmp")  # noqa: S108
        base = short if os.access(short, os.W_OK) else Path(tempfile.gettempdir())
        return base / f"recoup-{os.geteuid()}-{place}"

    @property
    def postgres_sockets(self) -> Path:
        """The folder that PostgreSQL listens in."""
        return self.runtime / "pg"

    @property
    def redis_socket(self) -> Path:
        """The socket that Redis listens on."""
        return self.runtime / "redis" / "redis.sock"

    def prepare(self) -> None:
        """Make the folders; raise CannotRun when the home cannot be written to."""
        try:
            make_private(self.root)
            for folder in (self.log, self.root / "files"):
                make_private(folder)
            probe = self.root / f".probe-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise CannotRun(
                f"the data folder {self.root} cannot be written to ({error.strerror}): "
                "point RECOUP_HOME at a folder that can"
            ) from error
        self._prepare_runtime()

    def _prepare_runtime(self) -> None:
        """Make the sockets' folder; refuse one that another user has put in its place."""
        runtime = self.runtime
        make_private(runtime)
        found = runtime.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise CannotRun(f"{runtime} belongs to somebody else: remove it or change RECOUP_HOME")
        longest = self.postgres_sockets / ".s.PGSQL.5432"
        if len(os.fsencode(longest)) > LONGEST_SOCKET_PATH:
            raise CannotRun(f"the path {longest} is too long for a socket: set a shorter TMPDIR")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the home alone, so that two starts at once start one set of servers."""
        self.prepare()
        with open_private(self.root / "servers.lock") as descriptor:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            # Whoever held it before may have cleared the sockets' folder.
            self.prepare()
            yield

    def secrets(self) -> dict[str, str]:
        """Passwords and keys of this home; made once, at the first call."""
        path = self.root / "secrets.json"
        if not path.exists():
            self.prepare()
            with open_private(self.root / "secrets.lock") as descriptor:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                if not path.exists():
                    write_private(path, json.dumps(new_secrets(), indent=1))
        try:
            found: dict[str, str] = json.loads(path.read_text())
        except (OSError, ValueError) as error:
            raise CannotRun(f"{path} cannot be read ({error}): restore it from a backup") from error
        return found


def current_home() -> Home:
    """The home that `RECOUP_HOME` names, or `.local/` in the checkout."""
    named = os.environ.get("RECOUP_HOME") or CHECKOUT / ".local"
    return Home(Path(named).expanduser().absolute())


def is_embedded() -> bool:
    """Whether the servers are ours to run: nobody named a database in the environment."""
    return not (os.environ.get("DATABASE_URL") or os.environ.get("SECRETS_DIR"))


def derived_environment() -> dict[str, str]:
    """What the environment leaves out, taken from the home; empty where a database is named."""
    if not is_embedded():
        return {}
    home = current_home()
    return embedded_environment(home)


def embedded_environment(home: Home) -> dict[str, str]:
    """The variables of `config.environment` that fit the embedded servers of this home."""
    known = home.secrets()
    redis_password = quote(known["redis"], safe="")
    return {
        "DATABASE_URL": database_url(home, "recoup_app"),
        "OWNER_DATABASE_URL": database_url(home, "recoup_owner"),
        "PLATFORM_DATABASE_URL": database_url(home, "recoup_platform"),
        "BOOTSTRAP_DATABASE_URL": database_url(home, "postgres", database="postgres"),
        "REDIS_URL": f"unix://:{redis_password}@{home.redis_socket}?db=0",
        "SECRET_KEY": known["SECRET_KEY"],
        "FIELD_KEYS": known["FIELD_KEYS"],
        "HASH_KEY": known["HASH_KEY"],
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "RECOUP_HOME": str(home.root),
    }


def database_url(home: Home, role: str, *, database: str = DATABASE) -> str:
    """The URL by which a role reaches the embedded PostgreSQL."""
    password = quote(home.secrets()[role], safe="")
    return f"postgresql://{role}:{password}@/{database}?host={home.postgres_sockets}"


def new_secrets() -> dict[str, str]:
    """One password for each role, and the three keys of the application."""
    roles = ("postgres", "recoup_owner", "recoup_app", "recoup_platform", "redis")
    made = {role: secrets.token_urlsafe(24) for role in roles}
    made["SECRET_KEY"] = secrets.token_urlsafe(48)
    made["FIELD_KEYS"] = f"k1:{_random_key()}"
    made["HASH_KEY"] = _random_key()
    return made


def _random_key() -> str:
    """32 random bytes in URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def make_private(folder: Path) -> None:
    """Make a folder that only its owner may enter; leave one that exists as it is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextlib.contextmanager
def open_private(path: Path, flags: int = os.O_RDWR | os.O_CREAT) -> Iterator[int]:
    """Open a file that only its owner may read, as a descriptor."""
    descriptor = os.open(path, flags | os.O_CLOEXEC, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600 in one step: nobody ever sees half of it."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with open_private(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as descriptor:
        os.write(descriptor, text.encode())
        os.fsync(descriptor)
    part.replace(path)
