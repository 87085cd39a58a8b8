"""Promises across the wall: taken by the lender and by agencies, of one and the same case."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from agencies.placement import place_cases
from agencies.recall import recall_cases
from cases.ledger import RepaymentRow, post_repayments
from cases.models import Case, CaseEvent, CaseHold
from cases.refusals import Refusal
from collection.models import Assignment, Promise
from collection.promise_outcomes import judge_at_night
from collection.promises import take_promise, withdraw_promise
from collection.reassignment import reassign_cases
from tenancy.models import Company, CrossingRecord, User
from tenancy.scope import company_scope
from tests.collection.book import add_case, desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(lender: Company) -> Case:
    with company_scope(lender):
        return add_case(lender, amount="5000.00", on=lender.local_date())


def place(lender: Company, agency: Company, case: Case) -> tuple[int, ...]:
    with company_scope(lender):
        placed = place_cases(
            lender=lender,
            agency=agency,
            case_ids=[case.pk],
            reason="out",
            ends_on=None,
            by=User.objects.get(username="admin"),
        )
    if placed.case_ids:
        with company_scope(agency):
            reassign_cases(
                company=agency, case_ids=[case.pk], to=desk("collector"), reason="in", by=None
            )
    return placed.case_ids


def recall(lender: Company, case: Case) -> None:
    with company_scope(lender):
        recall_cases(
            lender=lender,
            case_ids=[case.pk],
            reason="back",
            by=User.objects.get(username="admin"),
        )


def promise(company: Company, case: Case, amount: str = "1000.00", days: int = 3) -> Promise:
    with company_scope(company):
        return take_promise(
            company=company,
            case=Case.objects.get(pk=case.pk),
            by=User.objects.get(username="collector"),
            amount=Decimal(amount),
            due_on=company.local_date() + timedelta(days=days),
            pay_by="app",
        )


def pay(lender: Company, case: Case, amount: str) -> None:
    with company_scope(lender):
        from django.utils import timezone

        row = RepaymentRow(f"R{amount}", case.loan_no, timezone.now(), Decimal(amount))
        post_repayments(company=lender, rows=[row], on=lender.local_date())


def kinds(company: Company, case: Case) -> list[str]:
    with company_scope(company):
        found = CaseEvent.objects.filter(case_id=case.pk, kind__startswith="promise_")
        return list(found.order_by("pk").values_list("kind", flat=True))


def states(company: Company, case: Case) -> list[str]:
    with company_scope(company):
        rows = Promise.objects.filter(case_id=case.pk).order_by("made_at")
        return list(rows.values_list("state", flat=True))


def test_an_open_promise_keeps_the_case_from_agencies(
    lender: Company, agency: Company, case: Case
) -> None:
    made = promise(lender, case)
    with company_scope(lender):
        boss = User.objects.get(username="admin")
        told = place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="out", ends_on=None, by=boss
        )
        assert told.refusals == ((case.pk, Refusal.OPEN_PROMISE),)
        withdraw_promise(company=lender, promise=made, by=boss, reason="a slip")
    assert place(lender, agency, case) == (case.pk,)


def test_an_agencys_promise_is_kept_by_money_that_the_lender_books(
    lender: Company, agency: Company, case: Case
) -> None:
    place(lender, agency, case)
    made = promise(agency, case)
    with company_scope(lender):
        assert CaseHold.objects.get(case=case, kind="promise").opened_by_name
        assert CrossingRecord.objects.filter(kind="judge_promise").count() == 0
    with company_scope(agency):
        assert CrossingRecord.objects.filter(kind="judge_promise").count() == 1
        assert Assignment.objects.get(case=case, ended_at=None).next_action
    pay(lender, case, "1000.00")
    assert states(agency, case) == states(lender, case) == ["kept"]
    assert kinds(agency, case) == kinds(lender, case) == ["promise_taken", "promise_kept"]
    with company_scope(lender):
        assert CrossingRecord.objects.filter(kind="judge_promise").count() == 1
        event = CaseEvent.objects.get(case=case, kind="promise_kept")
        assert event.company_id == agency.pk
    with company_scope(agency):
        made.refresh_from_db()
        assert made.received == Decimal("1000.00")


def test_a_new_promise_supersedes_across_the_wall(
    lender: Company, agency: Company, case: Case
) -> None:
    place(lender, agency, case)
    promise(lender, case, "700.00")
    assert states(agency, case) == []
    promise(agency, case, "800.00")
    assert states(lender, case) == ["superseded", "open"]
    assert states(agency, case) == ["open"]
    assert kinds(agency, case) == ["promise_taken"]
    promise(lender, case, "900.00")
    assert states(agency, case) == ["superseded"]
    assert states(lender, case) == ["superseded", "superseded", "open"]
    assert kinds(agency, case) == ["promise_taken", "promise_superseded"]
    promise(agency, case, "100.00")
    promise(agency, case, "200.00")
    assert states(lender, case)[-2:] == ["superseded", "open"]
    assert kinds(agency, case)[-3:] == ["promise_taken", "promise_superseded", "promise_taken"]


def test_after_a_recall_only_the_lender_is_told_and_nobody_takes_a_promise(
    lender: Company, agency: Company, case: Case
) -> None:
    place(lender, agency, case)
    made = promise(agency, case)
    with company_scope(agency):
        seen = Case.objects.get(pk=case.pk)
    recall(lender, case)
    pay(lender, case, "1000.00")
    assert kinds(agency, case) == ["promise_taken"]
    assert kinds(lender, case) == ["promise_taken", "promise_kept"]
    assert states(agency, case) == ["kept"]
    with company_scope(agency), pytest.raises(ValidationError):
        take_promise(
            company=agency,
            case=seen,
            by=User.objects.get(username="collector"),
            amount=Decimal(10),
            due_on=agency.local_date(),
            pay_by="app",
        )
    assert made.company_id == agency.pk


def test_another_agency_reads_no_names(
    lender: Company, agency: Company, other_agency: Company, case: Case
) -> None:
    place(lender, agency, case)
    promise(agency, case)
    with company_scope(agency):
        boss = User.objects.get(username="lead")
        withdraw_promise(
            company=agency, promise=Promise.objects.get(case=case), by=boss, reason="a slip"
        )
    promise(agency, case, days=20)
    recall(lender, case)
    with company_scope(lender):
        CaseHold.objects.filter(case=case, kind="promise").update(ends_on=lender.local_date())
    assert place(lender, other_agency, case) == (case.pk,)
    promise(other_agency, case)
    assert states(other_agency, case) == ["open"]
    with company_scope(agency):
        first, second = Promise.objects.filter(case=case).order_by("made_at")
        assert (first.state, second.state) == ("withdrawn", "superseded")
        assert second.ended_by_name == ""
    assert states(lender, case) == ["withdrawn", "superseded", "open"]


def test_the_lender_withdraws_an_agencys_promise_and_the_night_breaks_one(
    lender: Company, agency: Company, case: Case
) -> None:
    place(lender, agency, case)
    made = promise(agency, case)
    with company_scope(lender):
        withdraw_promise(
            company=lender,
            promise=Promise.objects.get(pk=made.pk),
            by=User.objects.get(username="lead"),
            reason="the lender knows better",
        )
    assert kinds(agency, case) == ["promise_taken", "promise_withdrawn"]
    promise(agency, case, days=0)
    with company_scope(lender):
        on = lender.local_date() + timedelta(days=2)
        assert judge_at_night(lender, on) == {"broken": 1}
        assert judge_at_night(lender, on) == {}
    assert states(agency, case) == ["withdrawn", "broken"]
    with company_scope(agency):
        row = Assignment.objects.get(case=case, ended_at=None)
        assert row.rank == Assignment.Rank.PROMISE_BROKEN


def test_what_the_lender_shares_the_holder_reads_and_cannot_change(
    lender: Company, agency: Company, case: Case
) -> None:
    place(lender, agency, case)
    with company_scope(lender):
        take_promise(
            company=lender,
            case=Case.objects.get(pk=case.pk),
            by=User.objects.get(username="collector"),
            amount=Decimal(50),
            due_on=lender.local_date(),
            pay_by="app",
            shared=True,
        )
    assert states(agency, case) == ["open"]
    assert kinds(agency, case) == ["promise_taken"]
    with company_scope(agency):
        assert Promise.objects.filter(case=case).update(state="withdrawn") == 0
    recall(lender, case)
    assert states(agency, case) == []
