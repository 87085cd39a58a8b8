"""`make demo` and `make run`: from nothing to a running Recoup, until Ctrl-C.

Servers, migrations, static files, demo data (not for `make run`), then web server, worker and
beat as children. Every step may be repeated: a second start finds what is there and goes on.
"""

import argparse
import contextlib
import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping

from config.running.commands import MIGRATE, SERVING
from config.running.home import (
    CHECKOUT,
    CannotRun,
    Home,
    current_home,
    derived_environment,
    write_private,
)
from config.running.servers import ensure_servers, stop_servers_if_unused
from config.running.supervisor import (
    BIN,
    ChildEnded,
    Stopped,
    Supervisor,
    die_with_parent,
    parent_is_interrupted,
    stoppable,
)

HOST = "127.0.0.1"
SLOWEST_WEB_START_S = 60.0
# A serving process must not even know how to become one of these.
OPERATOR_ONLY = ("OWNER_DATABASE_URL", "PLATFORM_DATABASE_URL", "BOOTSTRAP_DATABASE_URL")


def main() -> int:
    """Run the demo until it is asked to stop; 0 then, 1 after one sentence about what hinders."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--port", default="8000", help="the port of the web server")
    parser.add_argument("--empty", action="store_true", help="without demo data")
    parser.add_argument("--made", action="store_true", help="end when the parent (make) ends")
    chosen = parser.parse_args()
    if chosen.made:
        die_with_parent()
    home = current_home()
    supervisor = Supervisor(home)
    try:
        with stoppable():
            port = checked_port(chosen.port)
            run(supervisor, port=port, filled=not chosen.empty, watch_parent=chosen.made)
    except Stopped:
        print("\nStopping ...", flush=True)
    except CannotRun as problem:
        verb = "has stopped" if isinstance(problem, ChildEnded) else "cannot start"
        print(f"Recoup {verb}: {problem}.", file=sys.stderr, flush=True)
        return 1
    finally:
        supervisor.stop()
        if (home.root / "in-use.lock").exists():
            stop_servers_if_unused(home)
    print("Stopped; the data stays in", home.root, flush=True)
    return 0


def run(supervisor: Supervisor, *, port: int, filled: bool, watch_parent: bool) -> None:
    """Bring everything up, say where it is, and stay until a child ends or Stopped is raised."""
    began = time.monotonic()
    home = supervisor.home
    home.prepare()
    supervisor.claim()
    refuse_taken_port(port)
    step("PostgreSQL and Redis")
    ensure_servers(step)
    operator = {**os.environ, **_missing(derived_environment()), "RECOUP_HOME": str(home.root)}
    step("migrations")
    manage(operator, *MIGRATE[2:])
    collect_static_files(home, operator)
    if filled:
        step("demo data")
        manage(operator, "fill_demo")
    step("web server, worker and beat")
    environment = serving_environment(operator, port)
    for name, command in SERVING.items():
        supervisor.start(name, command, environment)
    wait_for_web(supervisor, port)
    print(
        f"\nRecoup runs at http://localhost:{port}/ (up after {time.monotonic() - began:.0f} s)\n"
    )
    if filled:
        print_table(demo_logins(operator))
    print("\nCtrl-C stops it; the data stays.", flush=True)
    while True:
        supervisor.check()
        if watch_parent and parent_is_interrupted():
            raise Stopped("make was interrupted")
        time.sleep(0.3)


def checked_port(text: str) -> int:
    """The port as a number."""
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise CannotRun(f"{text} is no port: put a number from 1 to 65535 into PORT")
    return int(text)


def refuse_taken_port(port: int) -> None:
    """Raise CannotRun when somebody else listens on the port, or we may not."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            told = os.strerror(error.errno or 0).lower()
            raise CannotRun(
                f"port {port} cannot be used ({told}): choose another one with "
                f"`make demo PORT={port + 1 if port < 65535 else 8000}`"
            ) from error


def serving_environment(operator: Mapping[str, str], port: int) -> dict[str, str]:
    """What the serving processes may know: no role but the application's."""
    known = {name: value for name, value in operator.items() if name not in OPERATOR_ONLY}
    known |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.web",
        "RECOUP_BIND": f"{HOST}:{port}",
        "PYTHONUNBUFFERED": "1",
    }
    known.setdefault("RECOUP_INSECURE_HTTP", "1")
    return known


def manage(environment: Mapping[str, str], *command: str) -> None:
    """Run a management command with its output on the screen; CannotRun when it fails."""
    line = [str(BIN / "python"), "manage.py", *command]
    child = subprocess.Popen(line, cwd=CHECKOUT, env=dict(environment), start_new_session=True)
    try:
        code = child.wait()
    except Stopped:
        child.terminate()
        child.wait()
        raise
    if code:
        raise CannotRun(f"`manage.py {' '.join(command)}` failed with code {code} (see above)")


def collect_static_files(home: Home, environment: Mapping[str, str]) -> None:
    """Publish the static files, unless none has changed since the last time."""
    mark = hashlib.sha256((CHECKOUT / "package-lock.json").read_bytes())
    for path in sorted((CHECKOUT / "config" / "static").rglob("*")):
        found = path.stat()
        mark.update(f"{path}|{found.st_size}|{found.st_mtime_ns}".encode())
    stamp = home.root / "static-files"
    published = home.root / "static" / "staticfiles.json"
    if published.exists() and stamp.exists() and stamp.read_text() == mark.hexdigest():
        return
    step("static files")
    manage(environment, "collectstatic", "--noinput", "--clear", "--verbosity", "0")
    write_private(stamp, mark.hexdigest())


def wait_for_web(supervisor: Supervisor, port: int) -> None:
    """Return when the web server says that it is well; CannotRun when it never does."""
    deadline = time.monotonic() + SLOWEST_WEB_START_S
    while time.monotonic() < deadline:
        supervisor.check()
        connection = http.client.HTTPConnection(HOST, port, timeout=2)
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/healthz", headers={"Host": "localhost"})
            if connection.getresponse().status == 200:
                return
        connection.close()
        time.sleep(0.1)
    raise CannotRun(f"the web server does not answer: see {supervisor.log('web')}")


def demo_logins(environment: Mapping[str, str]) -> list[dict[str, object]]:
    """One login a role, as `fill_demo --logins-json` tells them."""
    line = [str(BIN / "python"), "manage.py", "fill_demo", "--logins-json"]
    told = subprocess.run(
        line, cwd=CHECKOUT, env=dict(environment), capture_output=True, text=True, check=False
    )
    if told.returncode:
        raise CannotRun(f"the demo's logins cannot be told: {told.stderr.strip().rstrip('.')}")
    rows: list[dict[str, object]] = json.loads(told.stdout)
    return rows


def print_table(rows: list[dict[str, object]]) -> None:
    """Print rows that share their keys as columns."""
    if not rows:
        return
    heads = list(rows[0])
    cells = [[head.replace("_", " ") for head in heads]]
    cells += [[str(row.get(head, "")) for head in heads] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(heads))]
    for row in cells:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))


def step(what: str) -> None:
    """Say what is being done now."""
    print(f"  demo: {what}", flush=True)


def _missing(values: Mapping[str, str]) -> dict[str, str]:
    """Those of the values that the environment does not set itself."""
    return {name: value for name, value in values.items() if not os.environ.get(name)}


if __name__ == "__main__":
    sys.exit(main())
