"""Runs a command and prints its peak resident memory: `python -m config.bench.peak COMMAND …`.

A process of its own, and a small one, because the kernel counts for a child what its parent held
at the moment of the fork. Prints a JSON object with `peak` (bytes), `seconds` and `code`.
"""

import json
import os
import subprocess
import sys
import time


def main(command: list[str]) -> int:
    """Run the command with its standard output thrown away; 0 unless it could not be started."""
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    # Linux counts in kibibytes, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    told = {
        "peak": used.ru_maxrss * unit,
        "seconds": time.perf_counter() - began,
        "code": child.returncode,
    }
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
