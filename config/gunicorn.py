"""How the web server runs, in the demo and in a container alike.

`RECOUP_BIND` is the address it listens on; `WEB_WORKERS` and `WEB_THREADS` its size.
"""

import os
from pathlib import Path

from config.environment import WebEnvironment, load

# A wrong environment ends the start here with one sentence, before any worker is forked.
load(WebEnvironment)

bind = os.environ.get("RECOUP_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 15
keepalive = 5
# Heartbeats are files: in memory they never wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
preload_app = True
accesslog = "-"
# Without the query: a search for a phone number does not belong in a log.
access_log_format = "%(h)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"
