"""Fixtures: the database as the application role sees it, and the companies by name."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import Client, TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.database import TestDatabases
from tests.matrix.sides import World
from tests.seed import PASSWORD

WORLD = "world"

# The same examples every time, however long one takes: whether a change is sound is not for luck or
# a busy machine to say. Searching on with others is `pytest --hypothesis-profile=wander`.
hypothesis_settings.register_profile(
    "same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.register_profile("wander", deadline=None)
hypothesis_settings.load_profile("same")


@pytest.fixture(scope="session")
def databases(worker_id: str) -> TestDatabases:
    """The databases of this worker."""
    return TestDatabases(worker_id)


@pytest.fixture(scope="session")
def django_db_setup(databases: TestDatabases, django_db_blocker: Any) -> Iterator[None]:
    """A copy of the seeded template for this worker; a new one after each test that commits."""
    with django_db_blocker.unblock():
        databases.build_template()
        databases.fresh()
    patched = pytest.MonkeyPatch()
    # The stock teardown truncates, which no role of Recoup may; a fresh copy is cleaner anyway.
    patched.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: databases.fresh())
    yield
    patched.undo()
    with django_db_blocker.unblock():
        databases.drop()


def _company(code: str) -> Company:
    return Company.objects.get(code=code)


@pytest.fixture(scope="session")
def furnished_world(
    databases: TestDatabases, django_db_setup: None, django_db_blocker: Any
) -> Iterator[World]:
    """The world of tests.matrix, furnished once in a database of its own; see `world`."""
    from tests.matrix.world import build

    with django_db_blocker.unblock():
        with databases.another(WORLD):
            made = build()
        yield made
        databases.drop(WORLD)


@pytest.fixture(scope="module")
def world(
    furnished_world: World, databases: TestDatabases, django_db_blocker: Any
) -> Iterator[World]:
    """Two lenders, each with its agency, at work; the tests of a module that asks live there."""
    there = databases.another(WORLD)
    with django_db_blocker.unblock():
        there.__enter__()
    yield furnished_world
    with django_db_blocker.unblock():
        there.__exit__(None, None, None)


@pytest.fixture
def lender(db: None) -> Company:
    """HAIYUE, a lender on Shanghai's clock."""
    return _company("HAIYUE")


@pytest.fixture
def other_lender(db: None) -> Company:
    """NORTH, a lender on Lagos's clock."""
    return _company("NORTH")


@pytest.fixture
def agency(db: None) -> Company:
    """ANXIN, an agency."""
    return _company("ANXIN")


@pytest.fixture
def other_agency(db: None) -> Company:
    """BRIDGE, another agency."""
    return _company("BRIDGE")


@pytest.fixture
def person(db: None) -> Callable[[Company, str], User]:
    """`person(company, username)`: a seeded user, with the company at hand."""

    def find(company: Company, username: str) -> User:
        with company_scope(company):
            return User.objects.select_related("company__settings").get(username=username)

    return find


@pytest.fixture
def signed_in(db: None) -> Callable[..., Client]:
    """`signed_in(company, username)`: a browser's client that has signed in for real."""

    def sign_in(company: Company, username: str) -> Client:
        client = Client()
        answer = client.post(
            "/sign-in/", {"login": f"{username}@{company.code}", "password": PASSWORD}
        )
        assert answer.status_code == 302, answer.content.decode()[:2000]
        return client

    return sign_in


@pytest.fixture
def stop_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """`stop_clock(moment)`: what our clock says from then on; the database's goes on."""
    return lambda at: monkeypatch.setattr("django.utils.timezone.now", lambda: at)
