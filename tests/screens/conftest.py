"""Fixtures of the screens' tests."""

import pytest

from tenancy.models import Company
from tests.screens.world import World, build


@pytest.fixture
def world(lender: Company, agency: Company) -> World:
    """A lender and an agency at work."""
    return build(lender, agency)
