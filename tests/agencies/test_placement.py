"""Placing: what goes, what is refused and why, and what the package says."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from agencies.models import Package, Placement
from agencies.packages import (
    agencies_to_choose,
    held_of,
    lender_names,
    package_by_uid,
    package_counts,
    packages,
    placements,
)
from agencies.placement import Placed, accept_package, place_cases
from agencies.recall import recall_cases, recall_ended
from cases.aging import settle_cases
from cases.models import Case, CaseHold, Loan
from collection.assignment import assign_cases
from collection.case_list import to_be_placed
from collection.models import Assignment
from collection.reassignment import reassign_cases
from tenancy.models import Company, CrossingRecord, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, desk, furnish

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]


def place(lender: Company, agency: Company, *cases: Case, dry_run: bool = False) -> Placed:
    return place_cases(
        lender=lender,
        agency=agency,
        case_ids=[case.pk for case in cases],
        reason="M2+",
        ends_on=None,
        by=None,
        dry_run=dry_run,
    )


def test_a_package_holds_what_was_placed(lender: Company, agency: Company) -> None:
    with company_scope(lender):
        cases = [add_case(lender, dpd=40, amount=amount) for amount in ("10.00", "20.50")]
        placed = place(lender, agency, *cases)
        package = placed.package
        assert package is not None
        assert (package.cases, package.amount) == (2, Decimal("30.50"))
        assert (placed.amount, placed.refusals) == (Decimal("30.50"), ())
        assert package.number.endswith("-01")
        rows = placements(package=package).rows
        assert [(row.loan_no, row.amount, row.dpd >= 40, row.bucket_label) for row in rows] == [
            (case.loan_no, case.outstanding, True, rows[0].bucket_label) for case in reversed(cases)
        ]
        assert set(held_of(package)) == set(cases)
        assert place(lender, agency, add_case(lender)).package.number.endswith("-02")  # type: ignore[union-attr]


def test_a_dry_run_tells_and_writes_nothing(lender: Company, agency: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        told = place(lender, agency, case, dry_run=True)
        assert (told.package, told.case_ids) == (None, (case.pk,))
        assert not Package.objects.exists()
        assert Case.objects.get().holder_id is None


def test_each_refused_case_has_one_reason(
    lender: Company, agency: Company, other_agency: Company
) -> None:
    with company_scope(lender):
        good, closed, placed, held, sibling = (add_case(lender, dpd=40) for _n in range(5))
        Case.objects.filter(pk=closed.pk).update(closed_on=ON)
        place(lender, other_agency, placed)
        elder = add_case(lender, borrower=sibling.borrower)
        place(lender, other_agency, elder)
        CaseHold.objects.create(case=held, kind="dispute", starts_on=ON, stops_placement=True)
        CaseHold.objects.create(case=closed, kind="dispute", starts_on=ON, stops_placement=True)
        told = place(lender, agency, good, closed, placed, held, sibling)
        assert told.case_ids == (good.pk,)
        assert dict(told.refusals) == {
            closed.pk: "closed",
            placed.pk: "placed",
            held.pk: "on_hold",
            sibling.pk: "sibling_elsewhere",
        }


def test_when_nothing_can_be_placed_there_is_no_package(lender: Company, agency: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        place(lender, agency, case)
        again = place_cases(
            lender=lender,
            agency=agency,
            case_ids=[case.pk, 10**9],
            reason="",
            ends_on=None,
            by=None,
        )
        assert again.package is None
        assert dict(again.refusals) == {case.pk: "placed", 10**9: "changed_meanwhile"}
        assert Package.objects.count() == 1


def test_only_an_admin_places_and_recalls(lender: Company, agency: Company, person: Person) -> None:
    lead = person(lender, "lead")
    with company_scope(lender):
        case = add_case(lender)
        with pytest.raises(PermissionDenied):
            place_cases(
                lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=lead
            )
        with pytest.raises(PermissionDenied):
            recall_cases(lender=lender, case_ids=[case.pk], reason="x", by=lead)


def test_it_takes_an_active_agency_and_an_end_to_come(
    lender: Company, other_lender: Company, agency: Company
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        with pytest.raises(ValidationError, match="active agency"):
            place(lender, other_lender, case)
        with pytest.raises(ValidationError, match="past"):
            place_cases(
                lender=lender,
                agency=agency,
                case_ids=[case.pk],
                reason="",
                ends_on=lender.local_date() - timedelta(days=1),
                by=None,
            )


def test_all_that_match_can_be_placed(lender: Company, agency: Company) -> None:
    with company_scope(lender):
        old, young = add_case(lender, dpd=40), add_case(lender, dpd=4)
        told = place_cases(
            lender=lender,
            agency=agency,
            case_ids=to_be_placed(lender, ON),
            reason="",
            ends_on=None,
            by=None,
        )
        assert told.case_ids == (old.pk,)
        young.refresh_from_db()
        assert young.holder_id is None


def test_a_recall_takes_the_whole_person_back(
    lender: Company, agency: Company, other_agency: Company
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        sibling = add_case(lender, borrower=case.borrower)
        stranger, at_home = add_case(lender), add_case(lender)
        place(lender, agency, case, sibling, stranger)
        told = recall_cases(
            lender=lender, case_ids=[case.pk, at_home.pk], reason="complaint", by=None
        )
        assert told.case_ids == (case.pk, sibling.pk)
        assert told.along == (sibling.pk,)
        assert told.refusals == ((at_home.pk, "not_placed"),)
        ended = Placement.objects.filter(ended_at__isnull=False)
        assert {(row.case_id, row.end_kind, row.end_reason) for row in ended} == {
            (case.pk, "recalled", "complaint"),
            (sibling.pk, "recalled", "complaint"),
        }
        assert Case.objects.get(pk=stranger.pk).holder_id == agency.pk
        record = CrossingRecord.objects.get()
        assert (record.kind, record.into_company_id) == ("recall", agency.pk)


def test_a_recall_says_why(lender: Company, agency: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        place(lender, agency, case)
        with pytest.raises(ValidationError):
            recall_cases(lender=lender, case_ids=[case.pk], reason=" ", by=None)
        told = recall_cases(lender=lender, case_ids=[case.pk], reason="", by=None, dry_run=True)
        assert told.case_ids == (case.pk,)
        assert Case.objects.get().holder_id == agency.pk


def test_one_recall_may_reach_into_several_agencies(
    lender: Company, agency: Company, other_agency: Company
) -> None:
    with company_scope(lender):
        one, two = add_case(lender), add_case(lender)
        place(lender, agency, one)
        place(lender, other_agency, two)
        recall_cases(lender=lender, case_ids=[one.pk, two.pk], reason="court", by=None)
        assert not Case.objects.filter(holder__isnull=False).exists()
        assert CrossingRecord.objects.count() == 2


def test_the_night_takes_back_what_is_over(lender: Company, agency: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        last = lender.local_date()
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=last, by=None
        )
        assert recall_ended(lender, last) == {"recalled": 0}
        assert recall_ended(lender, last + timedelta(days=1)) == {"recalled": 1}
        assert Placement.objects.get().end_kind == "expired"
    with company_scope(agency):
        assert recall_ended(agency, ON) == {"recalled": 0}


def test_placing_clears_the_lenders_desk(lender: Company, agency: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        assign_cases(company=lender, on=ON)
        place(lender, agency, case)
        assert Assignment.objects.get().end_kind == "placed"
        assert assign_cases(company=lender, on=ON).assigned == 0


def test_a_package_is_accepted_once(
    lender: Company, agency: Company, other_agency: Company, person: Person
) -> None:
    boss, lead = person(agency, "admin"), person(agency, "lead")
    with company_scope(lender):
        package = place(lender, agency, add_case(lender)).package
        assert package is not None
    with company_scope(agency):
        with pytest.raises(PermissionDenied):
            accept_package(agency=agency, package=package, by=lead)
        accepted = accept_package(agency=agency, package=package, by=boss)
        again = accept_package(agency=agency, package=package, by=None)
        assert again.accepted_at == accepted.accepted_at
        assert again.accepted_by_name == boss.display_name
    with company_scope(other_agency), pytest.raises(Package.DoesNotExist):
        accept_package(agency=other_agency, package=package, by=None)


def test_an_agency_of_another_currency_gets_no_case(lender: Company, agency: Company) -> None:
    with company_scope(agency):
        Company.objects.filter(pk=agency.pk).update(currency="NGN")
    agency.refresh_from_db()
    with company_scope(lender):
        case = add_case(lender)
        offered = {each.agency.code for each in agencies_to_choose(lender=lender)}
        assert offered == {"BRIDGE", "CLEAR"}
        for dry_run in (True, False):
            with pytest.raises(ValidationError, match="works in NGN, the cases are owed in CNY"):
                place(lender, agency, case, dry_run=dry_run)
        case.refresh_from_db()
        assert case.holder_id is None


def test_both_sides_read_their_packages(
    lender: Company, agency: Company, other_agency: Company, person: Person
) -> None:
    with company_scope(lender):
        cases = [add_case(lender, amount="10.00") for _n in range(3)]
        package = place(lender, agency, *cases[:2]).package
        assert package is not None
        place(lender, other_agency, cases[2])
        recall_cases(lender=lender, case_ids=[cases[0].pk], reason="x", by=None)
        rows = packages(company=lender).rows
        assert [(row.package.agency_id, row.held, row.back) for row in rows] == [
            (other_agency.pk, 1, 0),
            (agency.pk, 1, 1),
        ]
        choices = {
            each.agency.code: (each.cases, each.amount)
            for each in agencies_to_choose(lender=lender)
        }
        assert choices["ANXIN"] == (1, Decimal("10.00"))
        assert choices["CLEAR"] == (0, Decimal(0))
    with company_scope(agency):
        row = package_by_uid(company=agency, uid=package.uid)
        assert row is not None
        assert (row.held, row.held_amount, row.back) == (1, Decimal("10.00"), 1)
        assert package_counts(company=agency) == {"": 1, "waiting": 1, "running": 0, "over": 0}
        assert len(placements(package=package, held=False).rows) == 1
        assert lender_names() == {lender.pk: lender.name}
    with company_scope(other_agency):
        assert package_by_uid(company=other_agency, uid=package.uid) is None


def test_a_closed_case_leaves_the_agencys_desk_and_stays_in_its_sight(
    lender: Company, agency: Company
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        place(lender, agency, case)
    with company_scope(agency):
        furnish(agency)
        reassign_cases(
            company=agency, case_ids=[case.pk], to=desk("collector"), reason="New", by=None
        )
    with company_scope(lender):
        Loan.objects.filter(pk=case.loan_id).update(principal=0)
        settle_cases(company=lender, on=ON, loan_ids=[case.loan_id])
        assert Case.objects.get().closure == "paid"
        assert CrossingRecord.objects.get().kind == "close"
    with company_scope(agency):
        assert Assignment.objects.get().end_kind == "closed"
        assert Case.objects.get().closure == "paid"
