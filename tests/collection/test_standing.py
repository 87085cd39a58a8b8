"""Filters on how a case stands: each alone, together, and nothing of them where none is set."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case, CaseHold, ContactPoint, Loan
from collection.case_list import ListFilters, case_list
from collection.finding import CaseFilters
from collection.models import Assignment, Tag
from collection.standing import Standing, touched_at
from collection.tagging import add_tag
from collection.worklist import Clock, WorkFilters, worklist
from tenancy.models import Company, NightStep, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case
from tests.collection.test_reassign import put
from tests.collection.test_tagging import promise

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]
SignIn = Callable[[Company, str], Client]


@pytest.fixture
def three(lender: Company) -> tuple[Case, Case, Case]:
    """Cases A, B and C on the collector's desk."""
    with company_scope(lender):
        NightStep.objects.create(business_date=ON, step="age", done_at=datetime.now(UTC))
        made = [add_case(lender, no=name) for name in "ABC"]
        put(lender, "collector", *made)
        return made[0], made[1], made[2]


def both_lists(lender: Company, user: User, **asked: object) -> str:
    """What the worklist and the list of cases find; they must agree."""
    standing = Standing(zone=lender.zone, **asked)  # type: ignore[arg-type]
    filters = CaseFilters(standing=standing)
    clock = Clock.of(lender, ON)
    work = worklist(user=user, filters=WorkFilters(mine=True, case=filters), clock=clock).rows
    listed = case_list(user=user, filters=ListFilters(case=filters), on=ON).rows
    found = "".join(sorted(row.loan_no for row in work))
    assert found == "".join(sorted(row.loan_no for row in listed))
    return found


def test_score_and_hold(lender: Company, person: Person, three: tuple[Case, Case, Case]) -> None:
    a, b, _c = three
    user = person(lender, "collector")
    with company_scope(lender):
        Loan.objects.filter(pk=a.loan_id).update(collection_score=700)
        Loan.objects.filter(pk=b.loan_id).update(collection_score=400)
        CaseHold.objects.create(owner=lender, case=b, kind="dispute", starts_on=ON)
        CaseHold.objects.create(
            owner=lender, case=a, kind="dispute", starts_on=ON - timedelta(days=5), ends_on=ON
        )
        assert both_lists(lender, user, score_from=401) == "A"
        assert both_lists(lender, user, score_to=700) == "AB"
        assert both_lists(lender, user, on_hold="yes") == "B"
        assert both_lists(lender, user, on_hold="no") == "AC"
        assert both_lists(lender, user, on_hold="yes", score_from=401) == ""


def test_promises(lender: Company, person: Person, three: tuple[Case, Case, Case]) -> None:
    a, b, _c = three
    user = person(lender, "collector")
    with company_scope(lender):
        promise(a, "broken", ON - timedelta(days=9))
        promise(a, "open", ON)
        promise(b, "open", ON - timedelta(days=1))
        for state, found in (
            ("open", "AB"),
            ("today", "A"),
            ("overdue", "B"),
            ("broken", "A"),
            ("kept", ""),
            ("none", "C"),
        ):
            assert both_lists(lender, user, promises=(state,)) == found, state
        assert both_lists(lender, user, promises=("none", "today")) == "AC"


def test_reach(lender: Company, person: Person, three: tuple[Case, Case, Case]) -> None:
    a, b, c = three
    user = person(lender, "collector")
    with company_scope(lender):
        numbers = ContactPoint.objects
        numbers.filter(borrower=a.borrower_id).update(state="invalid", state_until=ON)
        numbers.filter(borrower=b.borrower_id).update(state="refused", state_until=ON)
        numbers.filter(borrower=c.borrower_id).update(relation="spouse")
        assert both_lists(lender, user, reachable="yes") == "A"
        assert both_lists(lender, user, reachable="no") == "BC"


def test_last_touch_by_whole_days_of_the_company(
    lender: Company, person: Person, three: tuple[Case, Case, Case]
) -> None:
    a, b, _c = three
    user = person(lender, "collector")
    with company_scope(lender):
        desks = Assignment.objects
        # 16:30 UTC of the 16th is the 17th in Shanghai: three days before the 20th.
        desks.filter(case=a).update(last_touch_at=datetime(2026, 11, 16, 16, 30, tzinfo=UTC))
        desks.filter(case=b).update(last_touch_at=datetime(2026, 11, 16, 15, 30, tzinfo=UTC))
        assert both_lists(lender, user, touches=("1-3",)) == "A"
        assert both_lists(lender, user, touches=("4-6",)) == "B"
        assert both_lists(lender, user, touches=("never",)) == "C"
        assert both_lists(lender, user, touches=("4-6", "never")) == "BC"
        assert both_lists(lender, user, touches=("0", "61-")) == ""
        bounds = desks.filter(touched_at("61-", ON, lender.zone), case=a)
        desks.filter(case=a).update(last_touch_at=datetime(2026, 9, 20, 15, 59, tzinfo=UTC))
        assert bounds.exists()
        desks.filter(case=a).update(last_touch_at=datetime(2026, 9, 20, 16, 0, tzinfo=UTC))
        assert not bounds.exists()


def test_tags(lender: Company, person: Person, three: tuple[Case, Case, Case]) -> None:
    a, b, _c = three
    user = person(lender, "collector")
    with company_scope(lender):
        one, two = (
            Tag.objects.create(company=lender, code=code, name_en=code, name_zh=code)
            for code in ("one", "two")
        )
        for case, tag in ((a, one), (b, two)):
            add_tag(company=lender, case=case, tag=tag, by=user)
        assert both_lists(lender, user, tag_ids=(one.pk,)) == "A"
        assert both_lists(lender, user, tag_ids=(one.pk, two.pk)) == "AB"


def test_a_list_that_is_not_asked_reads_nothing_of_it(
    lender: Company, person: Person, three: tuple[Case, Case, Case]
) -> None:
    with company_scope(lender), CaptureQueriesContext(connection) as queries:
        user = person(lender, "collector")
        worklist(user=user, filters=WorkFilters(mine=True), clock=Clock.of(lender, ON))
    read = " ".join(query["sql"] for query in queries)
    for table in ("promise", "contactpoint", "casehold"):
        assert table not in read
    # Once, for the tags that the rows show; no condition on them.
    assert read.count("casetag") == 1


def test_the_address_holds_all_of_it(
    lender: Company, signed_in: SignIn, three: tuple[Case, Case, Case]
) -> None:
    with company_scope(lender):
        Loan.objects.filter(pk=three[0].loan_id).update(collection_score=700)
        tag = Tag.objects.create(company=lender, code="t", name_en="Odd one", name_zh="t")
    client = signed_in(lender, "collector")
    for route in ("work:queue", "cases:list"):
        asked = {"score_min": "699.5", "promise": "none", "touch": "never", "hold": "no"}
        page = client.get(reverse(route), asked | {"reach": "yes"}).content.decode()
        assert ">A<" in page.replace("\n", "")
        assert ">B<" not in page
        assert "No case" in client.get(reverse(route), {"tag": str(tag.uid)}).content.decode()
        unknown = client.get(reverse(route), {"tag": "gone"}).content.decode()
        assert "not known any more" in unknown
