"""Running management commands as real processes on this test's own database."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connections

from config.running.home import derived_environment

ROOT = Path(__file__).resolve().parents[2]
DATABASE_URLS = ("DATABASE_URL", "OWNER_DATABASE_URL", "PLATFORM_DATABASE_URL")


def environment() -> dict[str, str]:
    """This environment, with every role pointed at the database of the running test."""
    known = {**derived_environment(), **os.environ}
    database = str(connections["default"].settings_dict["NAME"])
    for name in DATABASE_URLS:
        known[name] = urlunsplit(urlsplit(known[name])._replace(path=f"/{database}"))
    known["DJANGO_SETTINGS_MODULE"] = "config.settings.operator"
    return known


def start(*command: str) -> "subprocess.Popen[str]":
    """Start `manage.py COMMAND` on the test's database."""
    return subprocess.Popen(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: "subprocess.Popen[str]") -> str:
    """Wait for a process to end well; what it printed."""
    out, err = process.communicate(timeout=180)
    assert process.returncode == 0, err
    return out
