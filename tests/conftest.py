"""Fixtures: the database as the application role sees it, and the companies by name."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client, TransactionTestCase

from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.database import TestDatabases
from tests.seed import PASSWORD


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_db_blocker: Any, worker_id: str
) -> Iterator[None]:
    """A copy of the seeded template for this worker; a new one after each test that commits."""
    databases = TestDatabases(worker_id)
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
