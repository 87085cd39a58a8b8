"""Running management commands as real processes on this test's own database."""

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connections

from config.running.home import derived_environment
from tenancy.models import Company, NightStep
from tenancy.scope import company_scope

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


def step_of(company: Company, on: date, name: str) -> NightStep | None:
    """How far a step of a night has come."""
    with company_scope(company):
        return NightStep.objects.filter(business_date=on, step=name).first()


def killed_at_work(company: Company, on: date, name: str, after: float) -> bool:
    """Kill a night some seconds after its step began; whether that was left undone."""
    process = start("nightly", "--company", company.code, "--date", str(on))
    try:
        while process.poll() is None and step_of(company, on, name) is None:
            time.sleep(0.001)
        time.sleep(after)
    finally:
        process.kill()
        process.communicate()
    left = step_of(company, on, name)
    return left is not None and left.done_at is None
