"""`make check`: everything that can be said about the code without running it, one line a step."""

import os
import subprocess
import sys
import time

from config.running.home import CHECKOUT
from config.running.production import production_environment
from config.running.supervisor import BIN

MANAGE = (str(BIN / "python"), "manage.py")


def steps() -> dict[str, tuple[tuple[str, ...], dict[str, str]]]:
    """Each step's name, command and what its environment has besides ours."""
    tool = {name: str(BIN / name) for name in ("ruff", "mypy", "lint-imports", "djlint")}
    return {
        "lint": ((tool["ruff"], "check", "--quiet", "."), {}),
        "format": ((tool["ruff"], "format", "--check", "--quiet", "."), {}),
        "floors": ((tool["lint-imports"],), {}),
        "templates": ((tool["djlint"], "--lint", "--quiet", "templates"), {}),
        "migrations": ((*MANAGE, "makemigrations", "--check", "--dry-run"), {}),
        "translations": ((*MANAGE, "translations", "--check"), {}),
        "production settings": (
            (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"),
            production_environment(),
        ),
        "types": ((tool["mypy"],), {}),
    }


def main() -> int:
    """Run all steps, whatever the earlier ones say; 0 when all are well."""
    failed = []
    for name, (command, environment) in steps().items():
        began = time.monotonic()
        done = subprocess.run(
            command,
            cwd=CHECKOUT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        verdict = "failed" if done.returncode else "ok"
        print(f"  check: {name}: {verdict} ({time.monotonic() - began:.0f} s)", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout, flush=True)
    if failed:
        print(f"check: failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
