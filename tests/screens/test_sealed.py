"""The page on which an agency's auditor opens remarks on a case that went back."""

from collections.abc import Callable

import pytest
from django.test import Client

from agencies.recall import recall_cases
from collection.models import RemarkOpening
from collection.notes import write_note
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.screens.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[Company, str], Client]
WORDS = "Speaks only to the lender from now on."


@pytest.fixture
def gone(world: World) -> World:
    """The agency's first case, with a note of its collector, has gone back to the lender."""
    with company_scope(world.agency):
        write_note(
            company=world.agency,
            case=world.placed[0],
            by=User.objects.get(username="collector"),
            disposition="hung_up",
            remark=WORDS,
        )
    with company_scope(world.lender):
        recall_cases(lender=world.lender, case_ids=[world.placed[0].pk], reason="direct", by=None)
    return world


def test_the_auditor_finds_the_case_and_opens_its_remarks(gone: World, signed_in: SignIn) -> None:
    client = signed_in(gone.agency, "auditor")
    found = client.get("/work/sealed/", {"loan": "PLACED-70"}).content.decode()
    assert "1 remark of your people." in found
    assert WORDS not in found
    address, typed = f"/work/sealed/{gone.package.uid}/", {"loan": "PLACED-70"}
    refused = client.post(address, typed)
    assert refused.status_code == 422
    assert WORDS not in refused.content.decode()
    opened = client.post(address, typed | {"reason": "A complaint"})
    assert WORDS in opened.content.decode()
    with company_scope(gone.agency):
        assert [kept.reason for kept in RemarkOpening.objects.all()] == ["A complaint"]


def test_a_case_that_the_agency_holds_is_not_sealed(gone: World, signed_in: SignIn) -> None:
    client = signed_in(gone.agency, "auditor")
    page = client.get("/work/sealed/", {"loan": "PLACED-71"}).content.decode()
    assert "No case of this number has gone back" in page
    address = f"/work/sealed/{gone.package.uid}/"
    assert client.post(address, {"loan": "PLACED-71", "reason": "?"}).status_code == 404
