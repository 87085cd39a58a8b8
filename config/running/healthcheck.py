"""What a container's health check runs: `python -m config.running.healthcheck web|beat`."""

import http.client
import os
import sys
import time
from pathlib import Path

# Beat goes round at least every half minute (CELERY_BEAT_MAX_LOOP_INTERVAL).
BEAT_SILENCE_S = 120


def web_is_well() -> bool:
    """Whether the web server beside us says so."""
    port = int(os.environ.get("RECOUP_BIND", "127.0.0.1:8000").rpartition(":")[2])
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False


def beat_is_well() -> bool:
    """Whether beat has gone round lately."""
    try:
        seen = (Path(os.environ["RECOUP_HOME"]) / "beat-alive").stat().st_mtime
    except OSError:
        return False
    return time.time() - seen < BEAT_SILENCE_S


if __name__ == "__main__":
    sys.exit(0 if {"web": web_is_well, "beat": beat_is_well}[sys.argv[1]]() else 1)
