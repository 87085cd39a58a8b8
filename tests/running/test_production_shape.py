"""What ships is what runs: locks without hosts, one set of commands, secure production settings."""

import json
import re
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.running.commands import BOOTSTRAP, MIGRATE, SERVING
from config.running.home import CHECKOUT
from config.running.keys import secret_files
from config.running.production import production_environment
from tests.running.conftest import environment, run

LOCKS = ("requirements.lock", "requirements-image.lock", "requirements-node.lock")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """docker-compose.yml, read."""
    read: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
    return read


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes_and_no_host(name: str) -> None:
    text = (CHECKOUT / name).read_text().replace("\\\n", " ")
    packages = [line for line in text.splitlines() if line[:1].isalnum()]

    assert packages
    assert all("==" in line and "--hash=sha256:" in line for line in packages)
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)


def test_front_end_lock_names_no_host() -> None:
    packages = json.loads((CHECKOUT / "package-lock.json").read_text())["packages"]

    assert all("resolved" not in package for package in packages.values())
    assert all("integrity" in package for place, package in packages.items() if place)


def test_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    locked = (CHECKOUT / "requirements-image.lock").read_text()
    wanted = {re.split(r"[\[<>=; ]", each)[0] for each in project["dependencies"]}

    assert {name for name in wanted if not re.search(rf"^{name}==", locked, re.M)} == set()


def test_containers_run_the_commands_of_the_demo(compose: dict[str, Any]) -> None:
    services = compose["services"]

    assert {name: tuple(services[name]["command"]) for name in SERVING} == SERVING
    assert services["migrate"]["command"] == [
        *("sh", "-c"),
        f"{' '.join(BOOTSTRAP)} && {' '.join(MIGRATE)}",
    ]
    dockerfile = (CHECKOUT / "Dockerfile").read_text()
    assert f"CMD {json.dumps(list(SERVING['web']))}" in dockerfile


def test_serving_containers_cannot_read_the_operator_secrets(compose: dict[str, Any]) -> None:
    for name in SERVING:
        service = compose["services"][name]
        assert service["environment"]["SECRETS_DIR"] == "/secrets/app"
        assert not any("operator" in volume for volume in service["volumes"])
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    assert not any(name.startswith("app/") and "OWNER" in name for name in secret_files())


def test_containers_are_healthy_only_when_they_say_so(compose: dict[str, Any]) -> None:
    services = compose["services"]

    assert {n for n, s in services.items() if "healthcheck" not in s} == {"keys", "migrate"}
    named = {v.split(":")[0] for s in services.values() for v in s.get("volumes", [])}
    assert named == set(compose["volumes"])
    assert re.search(r"^USER recoup$", (CHECKOUT / "Dockerfile").read_text(), re.M)


def test_keys_are_made_once(tmp_path: Path) -> None:
    for name in ("app", "operator", "database", "redis"):
        (tmp_path / name).mkdir()
    assert run("-m", "config.running.keys", str(tmp_path)).returncode == 0
    first = {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()}

    again = run("-m", "config.running.keys", str(tmp_path))

    assert again.returncode == 0
    assert {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()} == first
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "app").iterdir()}
    assert modes == {0o600}
    code = (
        "from config.environment import OperatorEnvironment, load; "
        "print(load(OperatorEnvironment).OWNER_DATABASE_URL)"
    )
    secrets = f"{tmp_path / 'app'}:{tmp_path / 'operator'}"
    read = run("-c", code, more={"SECRETS_DIR": secrets, "ALLOWED_HOSTS": "x"})
    assert read.stdout.startswith("postgresql://recoup_owner:"), read.stderr


def test_production_settings_pass_the_deployment_checks() -> None:
    done = run(
        *("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
        more=production_environment(),
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_set_up_that_is_done_is_not_done_again() -> None:
    began = time.monotonic()

    done = run("-m", "config.running.setup")

    assert done.returncode == 0, done.stderr
    assert "Python packages" not in done.stdout
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("answers", [False, True])
def test_publishing_gives_up_at_once_when_redis_is_gone_or_hangs(answers: bool) -> None:
    code = (
        "import time, django; import config.wsgi; from config.celery import app\n"
        "began = time.monotonic()\n"
        "try:\n    app.send_task('config.tasks.tick')\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, time.monotonic() - began < 1)\n"
    )
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if answers:
            # Takes the connection and never says a word.
            server.listen()
        url = f"redis://127.0.0.1:{server.getsockname()[1]}/0"

        done = run("-c", code, more=production_environment() | {"REDIS_URL": url})

    assert done.stdout == "OperationalError True\n", done.stderr


def test_visitor_behind_proxies_is_who_the_last_trusted_one_saw() -> None:
    code = (
        "import config.wsgi; from django.http import HttpResponse; from django.test import "
        "RequestFactory; from config.proxy import TrustedProxyMiddleware\n"
        "seen = TrustedProxyMiddleware(lambda r: HttpResponse(r.META['REMOTE_ADDR']))\n"
        "for sent in ('9.9.9.9, 203.0.113.7, 10.0.0.2', '203.0.113.7', ''):\n"
        "    request = RequestFactory().get('/', headers={'X-Forwarded-For': sent})\n"
        "    print(seen(request).content.decode())\n"
    )

    done = run("-c", code, more=production_environment() | {"TRUSTED_PROXIES": "2"})

    assert done.stdout.split() == ["203.0.113.7", "127.0.0.1", "127.0.0.1"], done.stderr


def test_bootstrap_says_what_it_lacks() -> None:
    given = production_environment()
    given |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.operator",
        "OWNER_DATABASE_URL": given["DATABASE_URL"],
        "PLATFORM_DATABASE_URL": given["DATABASE_URL"],
    }

    lacking = run("manage.py", "bootstrap_database", more=given)
    misnamed = run(
        *("manage.py", "bootstrap_database"),
        more=given | {"BOOTSTRAP_DATABASE_URL": "postgresql://postgres:x@127.0.0.1:1/postgres"},
    )

    assert "BOOTSTRAP_DATABASE_URL is missing" in lacking.stderr
    assert "none names recoup_owner, recoup_platform" in misnamed.stderr
    assert (lacking.returncode, misnamed.returncode) == (1, 1)


def test_make_without_a_new_enough_python_says_so(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text(
        f"#!/bin/sh\nexec {sys.executable} -c 'import sys; sys.version_info = (3, 8, 0); "
        "from config.running import setup; sys.exit(setup.main())'\n"
    )
    old.chmod(0o755)

    done = subprocess.run(
        ["make", "demo", f"PYTHON={old}"],
        cwd=CHECKOUT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "setup: Recoup runs on CPython 3.11 or newer" in done.stderr
    assert "Traceback" not in done.stderr
