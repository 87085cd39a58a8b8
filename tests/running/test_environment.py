"""A wrong environment stops the start with one sentence that says what to put."""

import base64
import sys
from pathlib import Path

import pytest

from config.environment import (
    HINTS,
    OperatorEnvironment,
    ServerEnvironment,
    WebEnvironment,
    broker_url,
    database_settings,
    load,
)
from tests.running.conftest import NAMED, run

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
RIGHT = {
    "DATABASE_URL": "postgresql://recoup_app:a%2Fb@db.example:5433/recoup?sslmode=require",
    "REDIS_URL": "redis://:pw@redis.example:6379/0",
    "SECRET_KEY": "x1y2z3" * 10,
    "FIELD_KEYS": f"new:{KEY},old:{KEY}",
    "HASH_KEY": KEY,
    "ALLOWED_HOSTS": "recoup.example.com, localhost",
}
WRONG = {
    "DATABASE_URL": ["", "mysql://a:b@c/d", "postgresql://host/", "postgresql://u:p@h:port/d"],
    "REDIS_URL": ["", "http://redis", "unix://", "redis://h:port"],
    "SECRET_KEY": ["", "short"],
    "FIELD_KEYS": ["", KEY, "k1:abc", f"k1:{KEY},k1:{KEY}", f"k 1:{KEY}", "k1:!!!"],
    "HASH_KEY": ["", "abc", base64.urlsafe_b64encode(bytes(31)).decode()],
    "ALLOWED_HOSTS": ["", " , "],
    "RECOUP_INSECURE_HTTP": ["perhaps"],
    "TRUSTED_PROXIES": ["-1", "many"],
    "ATTACHMENT_LIMIT_MB": ["0", "101", "ten"],
    "LOG_LEVEL": ["LOUD"],
    "RECOUP_BIND": ["", "8000", "localhost", "host:http", "0.0.0.0:0", "a b:80", "h:70000"],
    "WEB_WORKERS": ["", "many", "0", "-2"],
    "WEB_THREADS": ["x", "0", "1000"],
}


@pytest.fixture
def right(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment of a production that is set up well."""
    for name in NAMED:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("config.environment._defaults", {})
    for name, value in RIGHT.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_right_environment_is_read_typed(right: pytest.MonkeyPatch) -> None:
    read = load(WebEnvironment)

    assert list(read.FIELD_KEYS) == ["new", "old"]
    assert bytes(range(32)) == read.HASH_KEY
    assert read.ALLOWED_HOSTS == ("recoup.example.com", "localhost")
    assert read.RECOUP_INSECURE_HTTP is False


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, vs in WRONG.items() for v in vs])
def test_wrong_value_is_refused_in_one_sentence(
    right: pytest.MonkeyPatch, name: str, value: str
) -> None:
    right.setenv(name, value)

    with pytest.raises(SystemExit) as refusal:
        load(ServerEnvironment)

    told = str(refusal.value)
    assert told.startswith(f"Recoup cannot start: {name} ")
    assert f"(put {HINTS[name]})." in told
    assert "\n" not in told
    # A secret that is nearly right must not end up in a log.
    assert len(value) < 10 or value not in told


@pytest.mark.parametrize("name", RIGHT)
def test_missing_variable_is_named(right: pytest.MonkeyPatch, name: str) -> None:
    right.delenv(name)

    with pytest.raises(SystemExit, match=f"{name} is missing"):
        load(WebEnvironment)


def test_operator_needs_the_other_roles_too(right: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match=r"OWNER_DATABASE_URL is missing.*PLATFORM_DATABASE_URL"):
        load(OperatorEnvironment)


def test_every_variable_has_a_hint() -> None:
    known = {*OperatorEnvironment.model_fields, *ServerEnvironment.model_fields}
    assert known == set(HINTS)


def test_variables_may_come_as_files(tmp_path: Path) -> None:
    for name, value in RIGHT.items():
        (tmp_path / name).write_text(value + "\n")
    shown = "from config.settings import web; print(web.DATABASES['default']['HOST'])"

    done = run("-c", shown, more={"SECRETS_DIR": str(tmp_path)})

    assert (done.returncode, done.stdout) == (0, "db.example\n")


def test_database_url_becomes_settings() -> None:
    settings = database_settings(RIGHT["DATABASE_URL"], options="-c app.migrating=on")

    assert settings["USER"] == "recoup_app"
    assert settings["PASSWORD"] == "a/b"
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == (
        *("db.example", "5433", "recoup"),
    )
    assert settings["OPTIONS"] == {
        "connect_timeout": 5,
        "sslmode": "require",
        "options": "-c app.migrating=on",
    }


@pytest.mark.parametrize(
    ("redis", "broker"),
    [
        ("redis://:pw@h:6379/2", "redis://:pw@h:6379/2"),
        ("unix://:pw@/run/r.sock?db=3", "redis+socket://:pw@/run/r.sock?virtual_host=3"),
        ("unix:///run/r.sock", "redis+socket:///run/r.sock?virtual_host=0"),
    ],
)
def test_redis_url_becomes_a_broker(redis: str, broker: str) -> None:
    assert broker_url(redis) == broker


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"],
        ["-m", "celery", "--app", "config.celery", "worker"],
        ["manage.py", "check"],
    ],
)
def test_processes_end_with_the_sentence_and_no_traceback(command: list[str]) -> None:
    wrong = RIGHT | {"HASH_KEY": "abc", "DJANGO_SETTINGS_MODULE": "config.settings.web"}

    done = run(*command, more=wrong)

    assert done.returncode == 1
    assert "HASH_KEY is not 32 bytes long (put 32 random bytes" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_serving_settings_know_no_other_role(right: pytest.MonkeyPatch) -> None:
    code = "from config.settings import web; print(sorted(web.DATABASES), web.SECURE_SSL_REDIRECT)"

    done = run("-c", code, more=RIGHT)

    assert done.stdout == "['default'] True\n"


def test_serving_settings_do_not_take_the_embedded_servers(tmp_path: Path) -> None:
    done = run("-c", "from config.settings import web", home=tmp_path)

    assert done.returncode == 1
    assert "DATABASE_URL is missing" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_python_that_is_too_old_gets_a_sentence() -> None:
    code = (
        "import sys; sys.version_info = (3, 9, 1, 'final', 0); "
        "from config.running import setup; sys.exit(setup.main())"
    )

    done = run("-c", code)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("setup: Recoup runs on CPython 3.11 or newer")
    assert done.stderr.count("\n") == 1
    assert sys.executable not in done.stderr
