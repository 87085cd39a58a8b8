"""A look across the wall reads the other side and can write nothing there."""

import pytest
from django.db import DatabaseError, transaction

from agencies.placement import place_cases
from cases.models import Borrower, Case
from tenancy.crossing import Crossing, NoProof, look_across
from tenancy.models import Company, CrossingRecord, Team
from tenancy.scope import company_scope, current_scope
from tests.collection.book import add_case

pytestmark = pytest.mark.django_db
READ_ONLY = "25006"


def test_the_database_refuses_every_write(lender: Company, agency: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        other = add_case(lender)
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
    with company_scope(agency):
        held = Case.objects.filter(pk=case.pk)
        with look_across(kind=Crossing.CONTACT, into=lender, proof=held):
            assert Case.objects.filter(pk=other.pk).exists()
            with pytest.raises(DatabaseError) as refused, transaction.atomic():
                Borrower.objects.filter(pk=case.borrower_id).update(name="Somebody")
            assert getattr(refused.value.__cause__, "pgcode", None) == READ_ONLY
        assert current_scope().company_id == agency.pk
        assert not CrossingRecord.objects.exists()
        assert Team.objects.filter(name="Team One").update(name="Team 1") == 1
        nothing = Case.objects.filter(pk=other.pk)
        with pytest.raises(NoProof), look_across(kind=Crossing.CONTACT, into=lender, proof=nothing):
            pytest.fail("nothing proves it")
