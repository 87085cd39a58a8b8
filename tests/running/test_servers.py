"""The embedded servers: started once, closed to everybody else, found again after any end."""

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.running.home import CHECKOUT, Home, database_url, embedded_environment
from config.running.postgres_server import Postgres, unprivileged_user
from config.running.processes import is_alive
from config.running.redis_server import Redis
from tests.running.conftest import environment, run, stop

ENSURE = "from config.running.servers import ensure_servers; ensure_servers()"
IS_ROOT = os.geteuid() == 0


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_secrets_and_sockets_are_for_their_owner_only(embedded: Home) -> None:
    postgres_socket = embedded.postgres_sockets / ".s.PGSQL.5432"

    assert mode(embedded.root / "secrets.json") == 0o600
    assert mode(embedded.root / "redis" / "redis.conf") == 0o600
    folders = [embedded.root, Postgres(embedded).data, Redis(embedded).data]
    folders += [embedded.postgres_sockets, embedded.redis_socket.parent, embedded.root / "files"]
    assert {mode(folder) for folder in folders} == {0o700}
    assert mode(postgres_socket) == 0o700
    assert mode(embedded.redis_socket) == 0o700
    assert {mode(log) for log in embedded.log.iterdir()} == {0o600}
    assert len(os.fsencode(postgres_socket)) <= 107


def test_parents_of_the_home_are_left_as_they_are(embedded: Home) -> None:
    # pytest makes them 0700: the server's user could not walk through, and still it runs.
    assert mode(embedded.root.parent) == 0o700


def test_nothing_listens_on_the_network(embedded: Home) -> None:
    owned = {Postgres(embedded).pid(), Redis(embedded).pid()}
    for pid in owned:
        sockets = {
            link.readlink().name
            for link in Path(f"/proc/{pid}/fd").iterdir()
            if "socket:" in str(link.readlink())
        }
        for table in ("tcp", "tcp6", "udp", "udp6"):
            for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
                assert f"socket:[{line.split()[9]}]" not in sockets


@pytest.mark.parametrize("role", ["postgres", "recoup_owner", "recoup_app", "recoup_platform"])
def test_no_role_enters_without_its_password(embedded: Home, role: str) -> None:
    url = f"postgresql://{role}:guess@/recoup?host={embedded.postgres_sockets}"

    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(url)


def test_redis_asks_for_its_password(embedded: Home) -> None:
    once = Retry(NoBackoff(), 0)
    client = redis.Redis(unix_socket_path=str(embedded.redis_socket), retry=once)

    with contextlib.closing(client), pytest.raises(redis.AuthenticationError):
        client.ping()


def test_roles_are_what_the_walls_need(embedded: Home) -> None:
    with contextlib.closing(psycopg2.connect(database_url(embedded, "recoup_app"))) as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT rolname, rolcanlogin, rolinherit, rolbypassrls, rolsuper, rolcreaterole"
            " FROM pg_roles WHERE rolname LIKE 'recoup%' ORDER BY 1"
        )
        shapes = {name: tuple(rest) for name, *rest in cursor.fetchall()}
        cursor.execute(
            "SELECT roleid::regrole::text, inherit_option, set_option, admin_option"
            " FROM pg_auth_members WHERE member = 'recoup_app'::regrole ORDER BY 1"
        )
        granted = cursor.fetchall()

    assert shapes == {
        "recoup_agency": (False, True, False, False, False),
        "recoup_app": (True, False, False, False, False),
        "recoup_lender": (False, True, False, False, False),
        "recoup_owner": (True, True, False, False, False),
        "recoup_platform": (True, True, True, False, False),
    }
    assert granted == [
        ("recoup_agency", False, True, False),
        ("recoup_lender", False, True, False),
    ]


def test_database_runs_as_an_ordinary_user(embedded: Home) -> None:
    expected = unprivileged_user()
    uid = expected.pw_uid if expected else os.geteuid()

    assert uid != 0
    assert Path(f"/proc/{Postgres(embedded).pid()}").stat().st_uid == uid


def test_second_start_finds_the_first(embedded: Home) -> None:
    before = (Postgres(embedded).pid(), Redis(embedded).pid())
    began = time.monotonic()

    done = run("-c", ENSURE, home=embedded.root)

    assert (done.returncode, done.stderr) == (0, "")
    assert time.monotonic() - began < 5
    assert (Postgres(embedded).pid(), Redis(embedded).pid()) == before


def test_starts_at_once_start_one_set(new_home: Path) -> None:
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", ENSURE],
            cwd=CHECKOUT,
            env=environment(new_home),
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    told = [process.communicate(timeout=120)[1] for process in starts]

    assert [process.returncode for process in starts] == [0, 0, 0, 0], told
    assert "".join(told).count("starting Postgres") == 1
    assert "".join(told).count("starting Redis") == 1
    assert Postgres(Home(new_home)).answers()


def test_killed_servers_are_started_again_with_their_data(new_home: Path) -> None:
    home = Home(new_home)
    run("-c", ENSURE, home=new_home)
    url = database_url(home, "recoup_owner")
    with contextlib.closing(psycopg2.connect(url)) as connection, connection:
        connection.cursor().execute("CREATE TABLE kept AS SELECT 1 AS x")
    client = redis.Redis.from_url(embedded_environment(home)["REDIS_URL"])
    client.set("kept", "1")
    for pid in (Postgres(home).pid(), Redis(home).pid()):
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    _wait_for_end(home)

    done = run("-c", ENSURE, home=new_home)

    assert done.returncode == 0, done.stderr
    with contextlib.closing(psycopg2.connect(url)) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT x FROM kept")
        assert cursor.fetchall() == [(1,)]
    assert client.get("kept") == b"1"


def test_lock_file_of_a_stranger_does_not_hinder(new_home: Path) -> None:
    home = Home(new_home)
    run("-c", ENSURE, home=new_home)
    stop(new_home)
    # As after a crash and a reboot: the id in the file is now somebody else's.
    stale = Postgres(home).data / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{Postgres(home).data}\n")
    (Redis(home).data / "redis.pid").write_text(str(os.getpid()))

    done = run("-c", ENSURE, home=new_home)

    assert done.returncode == 0, done.stderr
    assert Postgres(home).answers()
    assert Redis(home).answers()


def test_servers_in_use_are_not_stopped(embedded: Home) -> None:
    user = subprocess.Popen(
        [sys.executable, "-c", f"{ENSURE}; print('in use', flush=True); input()"],
        cwd=CHECKOUT,
        env=environment(embedded.root),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert user.stdout is not None
    assert user.stdout.readline() == "in use\n"

    done = run("manage.py", "servers", "--stop", home=embedded.root)

    user.communicate("\n")
    assert done.stdout == "Somebody uses them: not stopped.\n"
    assert Postgres(embedded).answers()


@pytest.mark.parametrize("place", ["file/home", "/proc/recoup"])
def test_unwritable_home_is_refused_in_one_sentence(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()

    done = run("manage.py", "check", home=tmp_path / place)

    assert done.returncode == 1
    assert done.stderr.startswith(f"Recoup cannot start: the data folder {tmp_path / place} cannot")
    assert done.stderr.count("\n") == 1


def test_damaged_secrets_are_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{")

    done = run("manage.py", "check", home=tmp_path)

    assert done.returncode == 1
    assert "secrets.json cannot be read" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not IS_ROOT, reason="we are an ordinary user already")
def test_ordinary_user_needs_nothing_more(tmp_path_factory: pytest.TempPathFactory) -> None:
    user = unprivileged_user()
    assert user is not None
    if not _may_run_python(user.pw_uid, user.pw_gid):
        pytest.skip("the checkout or its Python lies where no other user may go")
    root = Path(f"/tmp/recoup-test-{os.getpid()}")
    root.mkdir(mode=0o700)
    os.chown(root, user.pw_uid, user.pw_gid)
    try:
        done = subprocess.run(
            [sys.executable, "-c", ENSURE],
            **_as(user.pw_uid, user.pw_gid),
            cwd=CHECKOUT,
            env=environment(root / "home"),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert (root / "home" / "secrets.json").stat().st_uid == user.pw_uid
    finally:
        subprocess.run(
            [sys.executable, "manage.py", "servers", "--stop"],
            **_as(user.pw_uid, user.pw_gid),
            cwd=CHECKOUT,
            env=environment(root / "home"),
            check=True,
            stdout=subprocess.DEVNULL,
        )
        shutil.rmtree(root)


def _may_run_python(uid: int, gid: int) -> bool:
    try:
        tried = subprocess.run(
            [sys.executable, "-c", "import config.running.servers"],
            **_as(uid, gid),
            cwd=CHECKOUT,
            check=False,
            capture_output=True,
        )
    except PermissionError:
        return False
    return tried.returncode == 0


def _as(uid: int, gid: int) -> dict[str, Any]:
    return {"user": uid, "group": gid, "extra_groups": []}


def _wait_for_end(home: Home) -> None:
    deadline = time.monotonic() + 10
    pid = int((Postgres(home).data / "postmaster.pid").read_text().split()[0])
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
