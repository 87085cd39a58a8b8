"""What lies in Redis: cache keys carry the company, messages are JSON with ids and nothing else."""

import base64
import inspect
import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import redis
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from pytest_django import DjangoCaptureOnCommitCallbacks

from config.tasks import tick
from config.wiring import JOBS
from tenancy.jobs import ask_for
from tenancy.models import Company, Job
from tenancy.scope import company_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def server() -> Iterator[Any]:
    """The Redis that cache and queue live in."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    yield client
    client.close()


@pytest.fixture
def key(server: Any) -> Iterator[str]:
    """A cache key that nobody else uses."""
    name = f"proof-{uuid4().hex}"
    yield name
    for found in server.keys(f"*{name}*"):
        server.delete(found)


@pytest.fixture
def messages(server: Any) -> Iterator[Callable[[], list[Any]]]:
    """`messages()`: what has been sent, from a queue of this test's own that no worker reads."""
    queue, usual = f"proof-{uuid4().hex}", current_app.conf.task_default_queue
    current_app.conf.task_default_queue = queue
    yield lambda: [json.loads(raw) for raw in server.lrange(queue, 0, -1)]
    current_app.conf.task_default_queue = usual
    for found in server.keys(f"*{queue}*"):
        server.delete(found)


def body_of(message: Any) -> Any:
    assert message["content-type"] == "application/json"
    return json.loads(base64.b64decode(message["body"]))


# The cache -----------------------------------------------------------------------------------


def test_the_same_key_is_another_for_each_company(
    lender: Company, other_lender: Company, agency: Company, key: str
) -> None:
    for company in (lender, other_lender, agency):
        with company_scope(company):
            assert cache.get(key) is None
            cache.set(key, company.code)
    assert cache.get(key) is None
    cache.set(key, "nobody's")
    for company in (lender, other_lender, agency):
        with company_scope(company):
            assert cache.get(key) == company.code
            assert cache.get_many([key]) == {key: company.code}
    assert cache.get(key) == "nobody's"


def test_the_company_stands_in_the_key(lender: Company, key: str, server: Any) -> None:
    with company_scope(lender):
        cache.set(key, 1)
    assert server.keys(f"*{key}") == [f"recoup:{lender.pk}:1:{key}".encode()]


def test_no_operation_reaches_over(lender: Company, other_lender: Company, key: str) -> None:
    with company_scope(other_lender):
        cache.set(key, 7)
    with company_scope(lender):
        assert key not in cache
        assert cache.add(key, 1)
        assert cache.incr(key) == 2
        assert cache.get_or_set(key, 99) == 2
        assert cache.touch(key)
        cache.set_many({key: 3})
        cache.delete_many([key])
        assert not cache.delete(key)
    with company_scope(other_lender):
        assert cache.get(key) == 7


def test_a_crossing_changes_the_key_and_back(lender: Company, agency: Company, key: str) -> None:
    with company_scope(lender):
        cache.set(key, "ours")
        with company_scope(agency):
            assert cache.get(key) is None
        assert cache.get(key) == "ours"


# Messages ------------------------------------------------------------------------------------


def test_a_jobs_message_holds_two_ids(
    lender: Company,
    messages: Callable[[], list[Any]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """What the work is about stays in the row: neither its title nor its arguments are sent."""
    kind = next(iter(JOBS))
    with company_scope(lender), django_capture_on_commit_callbacks(execute=True):
        job = ask_for(kind=kind, args={"word": "Quartz"}, title="Import of Quartz", by=None)
    (sent,) = messages()
    args, kwargs, _embedded = body_of(sent)
    assert (args, kwargs) == ([lender.pk, job.pk], {})
    assert sent["headers"]["task"] == "config.tasks.run_job"
    assert "quartz" not in (json.dumps(sent) + json.dumps(body_of(sent))).lower()


def test_what_is_rolled_back_sends_nothing(
    lender: Company, messages: Callable[[], list[Any]]
) -> None:
    with company_scope(lender):
        ask_for(kind=next(iter(JOBS)), args={}, title="x", by=None)
    assert messages() == []


def test_the_tick_sends_ids(lender: Company, messages: Callable[[], list[Any]]) -> None:
    """Each company's night by its id, each waiting job by company and number."""
    with company_scope(lender):
        job = Job.objects.create(kind="x", title="Quartz", args={"word": "Quartz"})
    tick()
    sent = [(m["headers"]["task"], *body_of(m)[:2]) for m in messages()]
    nights = [args for task, args, _kwargs in sent if task == "config.tasks.night"]
    assert sorted(nights) == [[pk] for pk in sorted(Company.objects.values_list("pk", flat=True))]
    assert ("config.tasks.run_job", [lender.pk, job.pk], {}) in sent
    assert all(kwargs == {} for _task, _args, kwargs in sent)
    assert "quartz" not in json.dumps([[m, body_of(m)] for m in messages()]).lower()


def test_every_task_takes_ids_alone() -> None:
    ours = {name: task for name, task in current_app.tasks.items() if name.startswith("config.")}
    assert set(ours) == {"config.tasks.tick", "config.tasks.night", "config.tasks.run_job"}
    for task in ours.values():
        parameters = inspect.signature(task.run).parameters.values()
        assert all(parameter.annotation in (int, "int") for parameter in parameters)
        assert all(parameter.name.endswith("_id") for parameter in parameters)


def test_only_json_is_sent_and_taken() -> None:
    conf = current_app.conf
    assert (conf.task_serializer, conf.result_serializer) == ("json", "json")
    assert list(conf.accept_content) == ["json"]
    assert conf.task_ignore_result
