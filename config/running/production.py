"""Runs a management command as production would, with keys made up for the occasion.

`python -m config.running.production COMMAND …`: for what needs production settings but neither
database nor Redis, such as `check --deploy`, and `collectstatic` while an image is built.
"""

import base64
import os
import secrets
import subprocess
import sys

from config.running.home import CHECKOUT


def production_environment() -> dict[str, str]:
    """An environment as production has it; nothing in it opens anything."""
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.web",
        "DATABASE_URL": "postgresql://recoup_app:secret@database:5432/recoup",
        "REDIS_URL": "redis://:secret@redis:6379/0",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": f"k1:{key}",
        "HASH_KEY": key,
        "ALLOWED_HOSTS": "recoup.example.com",
        "RECOUP_INSECURE_HTTP": "0",
    }


def main(command: list[str]) -> int:
    """The command's exit code."""
    environment = {**os.environ, **production_environment()}
    line = [sys.executable, "manage.py", *command]
    return subprocess.run(line, cwd=CHECKOUT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
