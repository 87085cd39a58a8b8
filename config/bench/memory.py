"""Peak memory of the operator's commands, each a real process: the import and the night.

`import_memory`: `manage.py import_feed` of one file as large as the whole bench, into one lender.
`night_memory`: `manage.py nightly --all` on an ordinary day of all lenders, in one process.
"""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from config.bench.feed import KIND, NotAsMeant
from config.bench.measure import MemoryLine
from config.running.home import CHECKOUT, current_home, embedded_environment, is_embedded

DATABASE_VARIABLES = ("DATABASE_URL", "OWNER_DATABASE_URL", "PLATFORM_DATABASE_URL")


def import_memory(*, database: str, code: str, path: Path, as_of: date, rows: int) -> MemoryLine:
    """Import a file into the lender of this code."""
    command = ["import_feed", "--company", code, "--kind", KIND, "--as-of", as_of.isoformat()]
    return _measured("import_memory", rows, database, [*command, str(path)])


def night_memory(*, database: str, day: date, cases: int) -> MemoryLine:
    """Run a night of all companies."""
    return _measured("night_memory", cases, database, ["nightly", "--all", "--date", str(day)])


def _measured(name: str, cases: int, database: str, arguments: list[str]) -> MemoryLine:
    command = [sys.executable, "-m", "config.bench.peak", sys.executable, "manage.py", *arguments]
    ran = subprocess.run(
        command,
        cwd=CHECKOUT,
        env=environment_of(database),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    told = json.loads(ran.stdout)
    if told["code"] != 0:
        raise NotAsMeant(f"manage.py {arguments[0]} ended with exit code {told['code']}")
    return MemoryLine(name, cases, int(told["peak"]), float(told["seconds"]))


def environment_of(database: str) -> dict[str, str]:
    """This process's environment, with every role's URL turned to another database."""
    known = embedded_environment(current_home()) if is_embedded() else {}
    found = {**known, **os.environ}
    return found | {name: _other_database(found[name], database) for name in DATABASE_VARIABLES}


def _other_database(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
