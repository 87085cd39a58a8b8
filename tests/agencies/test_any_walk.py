"""Whatever is done in whatever order: who holds a case works it, and nobody else sees it."""

from collections.abc import Callable, Sequence

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from agencies.models import Placement
from agencies.placement import place_cases
from agencies.recall import recall_cases
from cases.aging import settle_cases
from cases.models import Case, Loan
from collection.assignment import assign_cases
from collection.models import Assignment
from collection.reassignment import reassign_cases
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, desk, furnish

Step = tuple[str, int, int]
VERBS = ("place", "recall", "assign", "move", "take_in", "pay", "owe")


class World:
    """A lender, two agencies and four cases of two borrowers."""

    def __init__(self, lender: Company, agencies: Sequence[Company]) -> None:
        self.lender, self.agencies = lender, agencies
        for agency in agencies:
            with company_scope(agency):
                furnish(agency)
        with company_scope(lender):
            one, two = add_case(lender), add_case(lender)
            self.cases = [
                *(one, two),
                *(add_case(lender, borrower=case.borrower) for case in (one, two)),
            ]

    def do(self, verb: str, case: Case, agency: Company) -> None:
        """Do one thing; a refusal is as good as a deed."""
        ids = [case.pk]
        if verb == "take_in":
            with company_scope(agency):
                reassign_cases(
                    company=agency, case_ids=ids, to=desk("collector"), reason="x", by=None
                )
            return
        deeds: dict[str, Callable[[], object]] = {
            "place": lambda: place_cases(
                lender=self.lender, agency=agency, case_ids=ids, reason="", ends_on=None, by=None
            ),
            "recall": lambda: recall_cases(lender=self.lender, case_ids=ids, reason="x", by=None),
            "assign": lambda: assign_cases(company=self.lender, on=ON),
            "move": lambda: reassign_cases(
                company=self.lender, case_ids=ids, to=desk("", "Two"), reason="x", by=None
            ),
            "pay": lambda: self._owe(case, 0),
            "owe": lambda: self._owe(case, 500),
        }
        with company_scope(self.lender):
            deeds[verb]()

    def _owe(self, case: Case, amount: int) -> None:
        Loan.objects.filter(pk=case.loan_id).update(principal=amount)
        settle_cases(company=self.lender, on=ON, loan_ids=[case.loan_id])

    def check(self) -> None:
        """What must hold at any time."""
        with company_scope(self.lender):
            cases = {case.pk: case for case in Case.objects.all()}
            stays = dict(
                Placement.objects.filter(ended_at=None).values_list("case_id", "agency_id")
            )
            own = self._desks(self.lender)
        assert stays == {pk: case.holder_id for pk, case in cases.items() if case.holder_id}
        assert len(own) == len(set(own))
        for case_id in own:
            assert cases[case_id].closed_on is None
            assert cases[case_id].holder_id is None
        for agency in self.agencies:
            held = {pk for pk, case in cases.items() if case.holder_id == agency.pk}
            with company_scope(agency):
                assert set(Case.objects.values_list("pk", flat=True)) == held
                loans = {cases[pk].loan_id for pk in held}
                assert set(Loan.objects.values_list("pk", flat=True)) == loans
                theirs = self._desks(agency)
            assert len(theirs) == len(set(theirs))
            assert set(theirs) <= {pk for pk in held if cases[pk].closed_on is None}
        holders: dict[int, set[int]] = {}
        for case in cases.values():
            if case.holder_id and case.closed_on is None:
                holders.setdefault(case.borrower_id, set()).add(case.holder_id)
        assert all(len(agencies) == 1 for agencies in holders.values())

    def _desks(self, company: Company) -> list[int]:
        rows = Assignment.objects.filter(company=company, ended_at=None)
        return list(rows.values_list("case_id", flat=True))


@pytest.mark.django_db
def test_any_walk(lender: Company, agency: Company, other_agency: Company) -> None:
    world = World(lender, (agency, other_agency))

    @settings(max_examples=30, deadline=None, database=None)
    @given(
        st.lists(
            st.tuples(st.sampled_from(VERBS), st.integers(0, 3), st.integers(0, 1)), max_size=14
        )
    )
    def walk(steps: list[Step]) -> None:
        with transaction.atomic():
            for verb, case, which in steps:
                world.do(verb, world.cases[case], world.agencies[which])
                world.check()
            transaction.set_rollback(True)

    walk()
