"""What the tests of the ground floor share."""

from collections.abc import Callable

import pytest
from django.test import Client

from tenancy.models import AuditEntry, Company, Team, User
from tenancy.scope import company_scope
from tests.seed import PEOPLE

SignedIn = Callable[..., Client]
Person = Callable[[Company, str], User]


@pytest.fixture
def team(db: None) -> Callable[[Company, str], Team]:
    """`team(company, name)`: a seeded team."""

    def find(company: Company, name: str) -> Team:
        with company_scope(company):
            return Team.objects.get(name=name)

    return find


@pytest.fixture
def audited(db: None) -> Callable[[Company], list[AuditEntry]]:
    """`audited(company)`: its audit entries, newest first."""

    def find(company: Company) -> list[AuditEntry]:
        with company_scope(company):
            return list(AuditEntry.objects.order_by("-pk"))

    return find


@pytest.fixture
def refused_to_others(signed_in: SignedIn) -> Callable[..., None]:
    """`refused_to_others(company, allowed, call)`: every other role gets 403 from `call`."""

    def check(company: Company, allowed: set[str], call: Callable[[Client], int]) -> None:
        for username in PEOPLE:
            if username not in allowed:
                assert call(signed_in(company, username)) == 403, username

    return check
