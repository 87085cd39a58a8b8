"""The environment variables Recoup reads, typed; a wrong one stops the start with one sentence.

Three sets: what every serving process needs (`WebEnvironment`), what the web server
(`ServerEnvironment`) and the operator's commands (`OperatorEnvironment`) need on top. And how a URL
becomes Django's database settings.
"""

import base64
import binascii
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from config.running.home import CannotRun, derived_environment
from config.running.servers import ensure_servers

CHECKOUT = Path(__file__).resolve().parents[1]

HINTS = {
    "DATABASE_URL": "postgresql://recoup_app:PASSWORD@HOST:5432/recoup",
    "OWNER_DATABASE_URL": "postgresql://recoup_owner:PASSWORD@HOST:5432/recoup",
    "PLATFORM_DATABASE_URL": "postgresql://recoup_platform:PASSWORD@HOST:5432/recoup",
    "BOOTSTRAP_DATABASE_URL": "postgresql://postgres:PASSWORD@HOST:5432/postgres",
    "REDIS_URL": "redis://:PASSWORD@HOST:6379/0 or unix://:PASSWORD@/path/to/redis.sock?db=0",
    "SECRET_KEY": "50 or more random characters",
    "FIELD_KEYS": "a comma list of ID:KEY, each KEY 32 random bytes in URL-safe base64, "
    "the first one encrypts and all decrypt",
    "HASH_KEY": "32 random bytes in URL-safe base64",
    "ALLOWED_HOSTS": "a comma list of the host names people use, such as recoup.example.com",
    "CSRF_TRUSTED_ORIGINS": "a comma list of origins such as https://recoup.example.com",
    "RECOUP_HOME": "the path of a folder that can be written to",
    "STATIC_ROOT": "the path of a folder",
    "RECOUP_INSECURE_HTTP": "1 or 0",
    "TRUSTED_PROXIES": "the number of reverse proxies in front, 0 or more",
    "ATTACHMENT_LIMIT_MB": "the largest file of a note in megabytes, 1 to 100",
    "LOG_LEVEL": "one of DEBUG, INFO, WARNING, ERROR",
    "RECOUP_BIND": "HOST:PORT to listen on, such as 127.0.0.1:8000",
    "WEB_WORKERS": "the number of web processes, 1 to 256",
    "WEB_THREADS": "the number of threads in each web process, 1 to 256",
}


def _postgres_url(value: str) -> str:
    """Accept `postgresql://user:password@host:port/name`, also with `?host=/socket/folder`."""
    parts = urlsplit(value)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("is not a PostgreSQL URL")
    if not parts.username or not parts.path.strip("/"):
        raise ValueError("names no user or no database")
    _ = parts.port  # raises ValueError on a port that is not a number
    return value


def _redis_url(value: str) -> str:
    """Accept `redis://`, `rediss://` and `unix://` URLs."""
    parts = urlsplit(value)
    if parts.scheme not in {"redis", "rediss", "unix"}:
        raise ValueError("is not a Redis URL")
    if parts.scheme == "unix" and not parts.path.strip("/"):
        raise ValueError("names no socket")
    _ = parts.port
    return value


def _key(value: str) -> bytes:
    """Decode 32 bytes of URL-safe base64, with or without the padding."""
    try:
        raw = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except (binascii.Error, ValueError) as error:
        raise ValueError("is not URL-safe base64") from error
    if len(raw) != 32:
        raise ValueError("is not 32 bytes long")
    return raw


def _keyring(value: object) -> object:
    """Turn `id:key,id:key` into a mapping from key id to 32 bytes, in the given order."""
    if not isinstance(value, str):
        return value
    ring: dict[str, bytes] = {}
    for item in filter(None, (part.strip() for part in value.split(","))):
        name, colon, key = item.partition(":")
        if not colon or not re.fullmatch(r"[A-Za-z0-9_-]{1,16}", name):
            raise ValueError("has an entry that is not ID:KEY")
        if name in ring:
            raise ValueError(f"names the key {name} twice")
        ring[name] = _key(key)
    if not ring:
        raise ValueError("holds no key")
    return ring


def _address(value: str) -> str:
    """Accept `host:port`; the host may be empty (every address) or in brackets (IPv6)."""
    host, colon, port = value.rpartition(":")
    if not colon or not re.fullmatch(r"[A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\]", host):
        raise ValueError("is not HOST:PORT")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError("names no port from 1 to 65535")
    return value


def _comma_list(value: object) -> object:
    """Turn `a, b` into `("a", "b")`."""
    if not isinstance(value, str):
        return value
    return tuple(part for part in (item.strip() for item in value.split(",")) if part)


PostgresUrl = Annotated[str, AfterValidator(_postgres_url)]
RedisUrl = Annotated[str, AfterValidator(_redis_url)]
Address = Annotated[str, AfterValidator(_address)]
Key = Annotated[bytes, BeforeValidator(lambda v: _key(v) if isinstance(v, str) else v)]
KeyRing = Annotated[dict[str, bytes], NoDecode, BeforeValidator(_keyring)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_list)]


class WebEnvironment(BaseSettings):
    """What the web server, the workers and beat read."""

    model_config = SettingsConfigDict(
        case_sensitive=True,
        extra="ignore",
        frozen=True,
        # One file a variable, as container platforms mount secrets; the environment wins.
        secrets_dir=list(filter(None, os.environ.get("SECRETS_DIR", "").split(os.pathsep))),
    )

    DATABASE_URL: PostgresUrl
    REDIS_URL: RedisUrl
    SECRET_KEY: Annotated[str, Field(min_length=50)]
    FIELD_KEYS: KeyRing
    HASH_KEY: Key
    ALLOWED_HOSTS: Annotated[Names, Field(min_length=1)]
    CSRF_TRUSTED_ORIGINS: Names = ()
    RECOUP_HOME: Path = CHECKOUT / ".local"
    # Where `collectstatic` publishes; below RECOUP_HOME unless an image brings it along.
    STATIC_ROOT: Path | None = None
    # Plain http for a look on one's own machine; never set it where others sign in.
    RECOUP_INSECURE_HTTP: bool = False
    TRUSTED_PROXIES: Annotated[int, Field(ge=0, le=5)] = 0
    # Of each file, not of the note; a reverse proxy has a limit of its own.
    ATTACHMENT_LIMIT_MB: Annotated[int, Field(ge=1, le=100)] = 10
    LOG_LEVEL: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class ServerEnvironment(WebEnvironment):
    """What the web server reads on top: where it listens, and its size."""

    RECOUP_BIND: Address = "127.0.0.1:8000"
    WEB_WORKERS: Annotated[int, Field(ge=1, le=256)] = 2
    WEB_THREADS: Annotated[int, Field(ge=1, le=256)] = 8


class OperatorEnvironment(WebEnvironment):
    """What manage.py reads on top: the roles that never reach a serving process."""

    OWNER_DATABASE_URL: PostgresUrl
    PLATFORM_DATABASE_URL: PostgresUrl
    BOOTSTRAP_DATABASE_URL: PostgresUrl | None = None


E = TypeVar("E", bound=WebEnvironment)
# What an embedded home fills in where the environment says nothing; empty in serving processes.
_defaults: dict[str, Any] = {}


def adopt_embedded() -> None:
    """Fill in what the environment leaves out from the embedded servers' home, if they are used."""
    try:
        _defaults.update(derived_environment())
    except CannotRun as error:
        raise SystemExit(f"Recoup cannot start: {error}.") from error


def start_embedded() -> None:
    """Start the embedded servers unless they run or others are named."""
    try:
        ensure_servers()
    except CannotRun as error:
        raise SystemExit(f"Recoup cannot start: {error}.") from error


def load(kind: type[E]) -> E:
    """Read the environment, or end the process with one sentence naming what to put where."""
    try:
        return kind(**{n: v for n, v in _defaults.items() if n not in os.environ})
    except ValidationError as error:
        refuse(error)


def refuse(error: ValidationError) -> NoReturn:
    """End the process with one sentence that names every wrong variable and what to put."""
    wrong: dict[str, str] = {}
    for item in error.errors(include_url=False, include_input=False):
        name = str(item["loc"][0])
        wrong.setdefault(name, _reason(item["type"], item["msg"]))
    told = "; ".join(f"{name} {why} (put {HINTS[name]})" for name, why in wrong.items())
    raise SystemExit(f"Recoup cannot start: {told}.")


def _reason(kind: str, message: str) -> str:
    """Say what is wrong in words that fit after the variable's name; never quotes the value."""
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    if kind == "string_too_short":
        return "is too short"
    return "has a value that does not fit"


def database_settings(url: str, *, options: str = "") -> dict[str, Any]:
    """Django's settings for a database URL; `options` is passed to the server (`-c name=value`).

    Query parameters other than `host` become libpq options (`sslmode=require`).
    """
    parts = urlsplit(url)
    extra = dict(parse_qsl(parts.query))
    host = extra.pop("host", None) or unquote(parts.hostname or "")
    settings: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or extra.pop("port", "")),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **extra},
    }
    if options:
        settings["OPTIONS"]["options"] = options
    return settings


def broker_url(redis_url: str) -> str:
    """The same Redis as Celery's broker URL (Celery writes a Unix socket as `redis+socket://`)."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    query = dict(parse_qsl(parts.query))
    password = f":{parts.password}@" if parts.password else ""
    return f"redis+socket://{password}{parts.path}?virtual_host={query.get('db', '0')}"
