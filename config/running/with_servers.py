"""Runs a command with the embedded servers up, and stops those it started when nobody needs them.

`python -m config.running.with_servers COMMAND …` (`make test` and `make bench` do).
"""

import subprocess
import sys

from config.running.home import CHECKOUT, CannotRun, current_home, is_embedded
from config.running.postgres_server import Postgres
from config.running.servers import ensure_servers, stop_servers_if_unused
from config.running.supervisor import Stopped, stoppable


def main(command: list[str]) -> int:
    """The command's exit code, or 1 after one sentence when the servers cannot run."""
    home = current_home()
    found_running = not is_embedded() or Postgres(home).answers()
    try:
        ensure_servers()
        with stoppable():
            return _run(command)
    except CannotRun as problem:
        print(f"Recoup cannot start: {problem}.", file=sys.stderr)
        return 1
    finally:
        if not found_running:
            stop_servers_if_unused(home)


def _run(command: list[str]) -> int:
    """Run the command to its end; pass a request to stop on to it."""
    child = subprocess.Popen(command, cwd=CHECKOUT)
    try:
        return child.wait()
    except Stopped:
        child.terminate()
        child.wait()
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
