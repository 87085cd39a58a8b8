"""How the web server runs, in the demo and in a container alike.

`RECOUP_BIND` is the address it listens on; `WEB_WORKERS` and `WEB_THREADS` its size.
"""

from pathlib import Path

from config.environment import ServerEnvironment, load

# A wrong environment ends the start here with one sentence, before any worker is forked.
environment = load(ServerEnvironment)

bind = environment.RECOUP_BIND
workers = environment.WEB_WORKERS
worker_class = "gthread"
threads = environment.WEB_THREADS
timeout = 60
graceful_timeout = 15
keepalive = 5
# Heartbeats are files: in memory they never wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
preload_app = True
accesslog = "-"
# Without the query: a search for a phone number does not belong in a log.
access_log_format = "%(h)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"
