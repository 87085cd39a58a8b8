"""The lender that sends its feed."""

from pathlib import Path

import pytest

from cases.models import LenderSettings
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.feed.files import Feeding


@pytest.fixture
def feeding(lender: Company, tmp_path: Path) -> Feeding:
    """HAIYUE's feed; its ledger is right about balances."""
    return Feeding(lender, tmp_path)


@pytest.fixture
def core_feeding(lender: Company, tmp_path: Path) -> Feeding:
    """HAIYUE's feed, its core system being right about balances."""
    with company_scope(lender):
        LenderSettings.objects.update(balance_authority=LenderSettings.Authority.CORE)
    return Feeding(lender, tmp_path)
