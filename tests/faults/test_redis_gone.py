"""Redis gone before, at and after the commit that asks for work: pages serve, no work is lost."""

import base64
import json
import subprocess
import sys
from pathlib import Path

from config.running.home import CHECKOUT
from config.running.processes import is_alive
from config.running.redis_server import Redis
from tests.faults.feeds import AS_OF, company_of, loans, result, starts, upload
from tests.faults.stack import Stack, until
from tests.faults.standing import TURN, held, stands
from tests.faults.visitor import Visitor
from tests.running.test_demo import children

REDIS_GONE = (200, {"database": "ok", "redis": "gone"})
BANNER = "Background work is paused."
# A page takes a tenth of this; a hanging Redis may cost it half a second once.
IN_GOOD_TIME_S = 5.0
JUDGED = {"rows": 41, "new": 40, "rejected": 1, "state": "judged"}


def every_process_says(visitor: Visitor, *, paused: bool) -> bool:
    """Whether page after page has the banner, or has not: both web processes know by now."""
    return all((BANNER in visitor.get("/").text) is paused for _ in range(8))


def is_judged_once(stack: Stack, job: int) -> None:
    """The job is done, was started a single time, and did its whole work."""
    assert starts(stack, job) == 1
    assert result(stack, job).items() >= JUDGED.items()


def test_pages_serve_and_say_that_work_waits(stack: Stack) -> None:
    visitor = stack.admin()
    pages = visitor.pages()
    assert len(pages) > 10
    assert every_process_says(visitor, paused=False)

    stack.kill_redis()

    assert stack.health() == REDIS_GONE
    until("the banner shows", lambda: every_process_says(visitor, paused=True))
    answers = [visitor.get(page) for page in pages]
    assert {answer.status for answer in answers} == {200}
    assert all(BANNER in answer.text for answer in answers)
    assert max(answer.seconds for answer in answers) < IN_GOOD_TIME_S
    # Neither signing in nor asking for work needs the queue.
    job, page = upload(stack, stack.admin(), loans("GONE"))
    assert visitor.get(page).status == 200
    assert stack.job(job) == ("queued", 0)
    stack.start_redis()
    until("the banner goes", lambda: every_process_says(visitor, paused=False))
    # The processes' broken connections do not cost the next job its nudge.
    is_judged_once(stack, upload(stack, visitor, loans("BACK"))[0])
    assert stack.job(job) == ("queued", 0)
    stack.tick()
    is_judged_once(stack, job)


def test_hanging_redis_holds_no_page_up(stack: Stack) -> None:
    visitor = stack.admin()
    with stack.frozen(Redis(stack.home).pid()):
        assert stack.health() == REDIS_GONE
        answers = [visitor.get(page) for page in ("/", "/work/", "/cases/", "/cases/imports/") * 2]
        assert {answer.status for answer in answers} == {200}
        assert max(answer.seconds for answer in answers) < IN_GOOD_TIME_S
        job, page = upload(stack, visitor, loans("HANG"))
        assert visitor.get(page).seconds < IN_GOOD_TIME_S
        assert stack.job(job) == ("queued", 0)
    stack.tick()
    is_judged_once(stack, job)


def test_redis_killed_at_commit_loses_nothing(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "loans.csv").write_text(loans("COMMIT"))
    asking = ("HAIYUE", str(tmp_path / "loans.csv"), AS_OF.isoformat())

    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.at_commit", *asking, str(Redis(stack.home).pid())],
        cwd=CHECKOUT,
        env=stack.web_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    job = int(done.stdout)
    assert f"job {job} waits for the sweeper" in done.stderr
    assert stack.health() == REDIS_GONE
    assert stack.job(job) == ("queued", 0)
    stack.start_redis()
    stack.tick()
    is_judged_once(stack, job)


def test_redis_killed_with_its_messages_loses_no_job(stack: Stack) -> None:
    visitor = stack.admin()
    with stack.worker_away():
        job, _page = upload(stack, visitor, loans("LOST"))
        [message] = stack.waiting_messages()
        assert message["headers"]["task"] == "config.tasks.run_job"
        [ids, named, _workflow] = json.loads(base64.b64decode(message["body"]))
        assert (ids, named) == ([company_of(stack), job], {})
        stack.kill_redis(lose_data=True)
        assert stack.job(job) == ("queued", 0)
        stack.start_redis()
        assert stack.waiting_messages() == []
    stack.tick()
    is_judged_once(stack, job)


def test_worker_goes_on_with_its_work_while_redis_is_gone(stack: Stack) -> None:
    visitor, worker = stack.admin(), children(stack.home)["worker"]
    with held(stack, TURN):
        job, _page = upload(stack, visitor, loans("WORK"))
        stands(stack, job)
        stack.kill_redis()
    is_judged_once(stack, job)
    stack.start_redis()
    # The same worker, and it takes messages again.
    stack.do("run_job", company_of(stack), job)
    is_judged_once(stack, job)
    assert children(stack.home)["worker"] == worker
    assert is_alive(worker)


def test_message_that_comes_again_does_no_work_again(stack: Stack) -> None:
    visitor = stack.admin()
    company = company_of(stack)
    with stack.worker_away():
        job, _page = upload(stack, visitor, loans("TWICE"))
        for _again in range(3):
            stack.send("run_job", company, job)
        assert len(stack.waiting_messages()) == 4
    is_judged_once(stack, job)
    stack.do("run_job", company, job)
    is_judged_once(stack, job)
