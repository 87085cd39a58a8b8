"""Runs a command with the embedded servers up, and stops those it started when nobody needs them.

`python -m config.running.with_servers [--in-memory] COMMAND …` (`make test` and `make bench` do).
`--in-memory` is for a command that leaves nothing worth keeping; see in_memory.py.
"""

import subprocess
import sys

from config.running.home import CHECKOUT, CannotRun, current_home, is_embedded
from config.running.in_memory import home_in_memory
from config.running.postgres_server import Postgres
from config.running.servers import ensure_servers, stop_servers_if_unused
from config.running.supervisor import Stopped, stoppable

IN_MEMORY = "--in-memory"


def main(words: list[str]) -> int:
    """The command's exit code, or 1 after one sentence when the servers cannot run."""
    if words[0] == IN_MEMORY:
        with home_in_memory():
            return _with_servers(words[1:])
    return _with_servers(words)


def _with_servers(command: list[str]) -> int:
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
