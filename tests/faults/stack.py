"""A whole Recoup of its own, as `make run` starts it, and the hands that break its parts."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
import redis
from celery import Celery
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.environment import broker_url
from config.running.home import Home, database_url, embedded_environment
from config.running.postgres_server import Postgres
from config.running.processes import is_alive
from config.running.redis_server import Redis
from tests.faults.visitor import Visitor
from tests.running.conftest import environment, run
from tests.running.test_demo import children, health

PASSWORD = "correct horse battery"
LENDERS = ("HAIYUE", "NORTH")
# What anything may take on a machine that is busy with other things.
PATIENCE_S = 90.0
FURNISH = f"""
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.operator"
import django
django.setup()
from tenancy.companies import create_company
from tenancy.people import create_user
from tenancy.scope import company_scope
for code in {LENDERS!r}:
    facts = dict(name=code, name_en=code, kind="lender", timezone="Asia/Shanghai", currency="CNY")
    lender = create_company(code=code, language="en", jurisdiction="CN", **facts)
    with company_scope(lender):
        create_user(company=lender, username="admin", display_name="Ada Admin", by=None,
                    password={PASSWORD!r}, roles=["company_admin"])
"""


def until(what: str, holds: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
    """Wait until something holds; returns its value. AssertionError with `what` when never."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if found := holds():
            return found
        time.sleep(0.03)
    raise AssertionError(f"never: {what}")


@dataclass(frozen=True)
class Stack:
    """A running Recoup with two lenders and their admins."""

    home: Home
    port: int

    def furnish(self) -> None:
        """Make the lenders and their people."""
        done = run("-c", FURNISH, home=self.home.root)
        assert done.returncode == 0, done.stderr

    def admin(self, code: str = "HAIYUE") -> Visitor:
        """A lender's admin, signed in."""
        return Visitor(self.port).sign_in(f"admin@{code}", PASSWORD)

    def web_environment(self) -> dict[str, str]:
        """What its serving processes know."""
        known = embedded_environment(self.home)
        names = ("OWNER_DATABASE_URL", "PLATFORM_DATABASE_URL", "BOOTSTRAP_DATABASE_URL")
        served = {name: value for name, value in known.items() if name not in names}
        return environment() | served | {"DJANGO_SETTINGS_MODULE": "config.settings.web"}

    def health(self) -> tuple[int, dict[str, str]]:
        """What /healthz says."""
        return health(self.port)

    @contextmanager
    def cursor(self, code: str) -> Iterator[Any]:
        """A transaction of the application role in a lender's scope; commits at the end."""
        connection = psycopg2.connect(database_url(self.home, "recoup_app"))
        with closing(connection), connection, connection.cursor() as cursor:
            cursor.execute("SELECT id FROM tenancy_company WHERE code = %s", [code])
            company = cursor.fetchone()[0]
            cursor.execute(
                "SELECT set_config('role', 'recoup_lender', true),"
                " set_config('app.company_id', %s, true)",
                [str(company)],
            )
            yield cursor

    def rows(self, code: str, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What a statement answers in a lender's scope."""
        with self.cursor(code) as cursor:
            cursor.execute(sql, values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def job(self, number: int, code: str = "HAIYUE") -> tuple[str, int]:
        """A job's state, and how often it was started."""
        [(state, attempts)] = self.rows(
            code, "SELECT state, attempts FROM tenancy_job WHERE id = %s", number
        )
        return state, attempts

    def end_lease(self, number: int) -> None:
        """Let a lease be over, as the clock would after its two minutes, which are no setting."""
        told = self.rows(
            "HAIYUE",
            "UPDATE tenancy_job SET lease_until = now() - interval '1 second'"
            " WHERE id = %s AND state = 'running' AND lease_until > now() RETURNING id",
            number,
        )
        assert told == [(number,)]

    def redis(self) -> redis.Redis:
        """A client of its Redis."""
        url = embedded_environment(self.home)["REDIS_URL"]
        return redis.Redis.from_url(url, socket_timeout=5, retry=Retry(NoBackoff(), 0))

    def send(self, task: str, *ids: int) -> str:
        """Send the workers a message, as the web server and beat do; returns its id."""
        url = broker_url(embedded_environment(self.home)["REDIS_URL"])
        with Celery(broker=url, set_as_current=False) as app:
            sent = app.send_task(f"config.tasks.{task}", args=ids, ignore_result=True)
            return str(sent.id)

    def do(self, task: str, *ids: int) -> None:
        """Send a message and wait until a worker has done what it asks."""
        words = f"config.tasks.{task}[{self.send(task, *ids)}] succeeded"
        log = self.home.log / "worker.log"
        until(words, lambda: words in log.read_text(errors="replace"))

    def tick(self) -> None:
        """Do now what beat does every five minutes; what it sends may still be under way."""
        self.do("tick")

    def waiting_messages(self) -> list[Any]:
        """The messages that lie in Redis, and that no worker has been given."""
        with closing(self.redis()) as client:
            return [json.loads(raw) for raw in client.lrange("celery", 0, -1)]

    def kill_redis(self, *, lose_data: bool = False) -> None:
        """Kill Redis outright, and forget what it had written down if asked."""
        server = Redis(self.home)
        kill(server.pid())
        if lose_data:
            shutil.rmtree(server.data)

    def start_redis(self) -> None:
        """Bring Redis back."""
        Redis(self.home).start()

    @contextmanager
    def frozen(self, pid: int | None) -> Iterator[None]:
        """Hold a process still: it keeps its sockets, and answers nobody."""
        assert pid
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            if is_alive(pid):
                os.kill(pid, signal.SIGCONT)

    @contextmanager
    def worker_away(self) -> Iterator[None]:
        """No worker takes a message, not even one that Redis would hand it at once."""
        with self.frozen(children(self.home)["worker"]):
            until("nobody waits at Redis for messages", self._nobody_waits)
            yield

    def _nobody_waits(self) -> bool:
        with closing(self.redis()) as client:
            return bool(client.info("clients")["blocked_clients"] == 0)

    def web_processes(self) -> set[int]:
        """The web server's workers."""
        return descendants(children(self.home)["web"])

    def job_processes(self) -> set[int]:
        """The processes in which the Celery worker does its work."""
        return descendants(children(self.home)["worker"])

    def mend(self) -> None:
        """Start again what a test has left broken."""
        for server in (Redis(self.home), Postgres(self.home)):
            if not server.answers():
                server.start()

    def crash_postgres(self) -> None:
        """End PostgreSQL as a crash would (its immediate mode); returns when it is gone."""
        pid = Postgres(self.home).pid()
        assert pid
        os.kill(pid, signal.SIGQUIT)
        until("PostgreSQL is gone", lambda: not is_alive(pid))

    def cut(self, backends: list[int]) -> None:
        """End PostgreSQL's side of some connections, as an operator may."""
        connection = psycopg2.connect(database_url(self.home, "recoup_app"))
        with closing(connection), connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s) pid", [backends])
            assert {ended for (ended,) in cursor.fetchall()} == {True}


def descendants(pid: int) -> set[int]:
    """The processes that a process has forked."""
    told = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return {int(line) for line in told.stdout.split()}


def kill(pid: int | None) -> None:
    """End a process without a chance to tidy up; returns when it is gone."""
    assert pid
    os.kill(pid, signal.SIGKILL)
    until(f"process {pid} is gone", lambda: not is_alive(pid))
