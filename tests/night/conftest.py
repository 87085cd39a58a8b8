"""Books that nights are disturbed in: made once, and every test gets a copy."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tenancy.models import Company
from tests.database import TestDatabases
from tests.night.book import FIRST, LAST, load_book
from tests.night.processes import finished, start

BEGUN, DONE = "begun", "done"


@pytest.fixture(scope="session")
def begun(
    databases: TestDatabases,
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """A database in which both lenders have the same book and had the same first night."""
    folder: Path = tmp_path_factory.mktemp("books")
    with django_db_blocker.unblock():
        with databases.another(BEGUN):
            for company in Company.objects.filter(code__in=("HAIYUE", "NORTH")):
                load_book(company, folder)
                finished(start("nightly", "--company", company.code, "--date", str(FIRST)))
        yield BEGUN
        databases.drop(BEGUN)


@pytest.fixture(scope="session")
def done(databases: TestDatabases, begun: str, django_db_blocker: Any) -> Iterator[str]:
    """The same, and the other lender had all its nights, which nobody disturbed."""
    with django_db_blocker.unblock():
        with databases.another(DONE, of=begun):
            finished(start("nightly", "--company", "NORTH", "--date", str(LAST)))
        yield DONE
        databases.drop(DONE)


@pytest.fixture
def first_night(transactional_db: None, databases: TestDatabases, begun: str) -> None:
    """Both lenders have the same book and had the same first night."""
    databases.fresh(begun)


@pytest.fixture
def nights_of_the_other(transactional_db: None, databases: TestDatabases, done: str) -> None:
    """Both lenders had the same first night, the other one all of them."""
    databases.fresh(done)
