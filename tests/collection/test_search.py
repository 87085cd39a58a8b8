"""Search from anywhere: what each kind finds, within what the person may see, up to the cap."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.placement import place_cases
from agencies.recall import recall_cases
from cases.models import Borrower, Case, ContactPoint
from collection.search import Found, search
from tenancy.models import Company, User
from tenancy.personal_data import keyed_hash
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case
from tests.collection.test_reassign import put

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]
SignIn = Callable[[Company, str], Client]
ID_NO = "11010119900307571X"


def known(
    case: Case, *, name: str = "周敏", no: str = "B77001", phone: str = "13912345678"
) -> None:
    """Give the case's borrower a name, a number, an id number and one phone."""
    Borrower.objects.filter(pk=case.borrower_id).update(
        name=name, borrower_no=no, id_no_hash=keyed_hash(ID_NO)
    )
    Case.objects.filter(pk=case.pk).update(borrower_name=name)
    ContactPoint.objects.filter(borrower_id=case.borrower_id).update(
        number_hash=keyed_hash(phone), number_last4=phone[-4:]
    )


def found(user: User, text: str) -> set[tuple[str, Found]]:
    return {(row.loan_no, row.by) for row in search(user=user, text=text, on=ON).rows}


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("LN-900", Found.LOAN_NO),
        (" ln-9001 ", Found.LOAN_NO),
        ("B7700", Found.BORROWER_NO),
        ("b77001", Found.BORROWER_NO),
        ("周", Found.NAME),
        ("周敏", Found.NAME),
        ("13912345678", Found.PHONE),
        ("139 1234-5678", Found.PHONE),
        ("5678", Found.LAST_FOUR),
        (ID_NO, Found.ID_NO),
        (ID_NO.lower(), Found.ID_NO),
    ],
)
@pytest.mark.parametrize("username", ["collector", "lead", "admin", "auditor"])
def test_each_kind_of_search(
    lender: Company, person: Person, username: str, text: str, by: Found
) -> None:
    with company_scope(lender):
        case = add_case(lender, no="LN-9001")
        known(case)
        known(add_case(lender), name="Ada", no="C1", phone="13800001111")
        Borrower.objects.filter(name="Ada").update(id_no_hash=b"")
        put(lender, "collector", case)
        assert found(person(lender, username), text) == {("LN-9001", by)}


def test_what_is_not_whole_finds_nothing(lender: Company, person: Person) -> None:
    with company_scope(lender):
        known(add_case(lender, no="LN-9001"))
        boss = person(lender, "admin")
        for text in ("敏", "567", "1391234567", ID_NO[:-1], "N-9001", "%", "_N", ""):
            assert not found(boss, text), text
        assert search(user=boss, text="L", on=ON).too_short
        assert not search(user=boss, text="  ", on=ON).too_short


def test_a_collector_finds_the_own_cases_and_a_lead_the_teams(
    lender: Company, person: Person
) -> None:
    with company_scope(lender):
        mine, others = add_case(lender, no="LN-1"), add_case(lender, no="LN-2")
        nobodys = add_case(lender, no="LN-3")
        for case in (mine, others, nobodys):
            Borrower.objects.filter(pk=case.borrower_id).update(name="周敏")
        put(lender, "collector", mine)
        put(lender, "collector3", others, team="Two")
        for username, numbers in (
            ("collector", {"LN-1"}),
            ("lead", {"LN-1"}),
            ("lead2", {"LN-2"}),
            ("collector2", set()),
            ("finance", {"LN-1", "LN-2", "LN-3"}),
        ):
            assert {no for no, _by in found(person(lender, username), "周敏")} == numbers


def test_closed_cases_stand_behind_open_ones(lender: Company, person: Person) -> None:
    with company_scope(lender):
        closed = add_case(lender, no="LN-1", amount="9000.00")
        add_case(lender, no="LN-2", amount="100.00", borrower=closed.borrower)
        Case.objects.filter(pk=closed.pk).update(closed_on=ON, closure="paid")
        rows = search(user=person(lender, "admin"), text="LN-", on=ON).rows
        assert [(row.loan_no, row.closed_on) for row in rows] == [("LN-2", None), ("LN-1", ON)]


def test_no_more_is_read_than_is_shown(lender: Company, person: Person) -> None:
    with company_scope(lender):
        boss = person(lender, "admin")
        for number in range(4):
            add_case(lender, no=f"LN-{number}")
        result = search(user=boss, text="LN-", on=ON, most=3)
        assert (len(result.rows), result.more) == (3, True)
        assert not search(user=boss, text="LN-", on=ON, most=4).more
        with CaptureQueriesContext(connection) as queries:
            search(user=boss, text="LN-", on=ON)
        assert len(queries) == 2


def test_an_agency_finds_what_it_holds_and_nothing_after_the_recall(
    lender: Company, other_lender: Company, agency: Company, person: Person
) -> None:
    with company_scope(lender):
        case = add_case(lender, no="LN-9001")
        known(case)
        known(add_case(lender, no="LN-9002"), no="B77002")
        boss = person(lender, "admin")
        ids = [case.pk]
        place_cases(lender=lender, agency=agency, case_ids=ids, reason="x", ends_on=None, by=boss)
    with company_scope(other_lender):
        known(add_case(other_lender, no="LN-9003"))
        assert found(person(other_lender, "admin"), "周敏") == {("LN-9003", Found.NAME)}
    texts = ("LN-900", "B7700", "周敏", "13912345678", "5678", ID_NO)
    with company_scope(agency):
        office = person(agency, "admin")
        for text in texts:
            assert {no for no, _by in found(office, text)} == {"LN-9001"}, text
        (row,) = search(user=office, text="LN-9001", on=ON).rows
        assert row.lender_name == lender.name
        assert not found(person(agency, "collector"), "周敏")
    with company_scope(lender):
        recall_cases(lender=lender, case_ids=ids, reason="x", by=boss)
    with company_scope(agency):
        assert not any(found(office, text) for text in texts)


def test_the_page_and_the_list_below_the_box(lender: Company, signed_in: SignIn) -> None:
    with company_scope(lender):
        known(add_case(lender, no="LN-9001"), name="<b>Zhou</b>")
    client = signed_in(lender, "admin")
    for route in ("work:search", "work:search-quick"):
        page = client.get(reverse(route), {"q": "LN-9001"}).content.decode()
        assert "LN-9001" in page
        assert "<b>Zhou</b>" not in page
        nothing = client.get(reverse(route), {"q": "\0nobody"}).content.decode()
        assert "Nothing is found for “nobody”" in nothing
        assert "Type at least two" in client.get(reverse(route), {"q": "L"}).content.decode()
    assert "What are you looking for?" in client.get(reverse("work:search")).content.decode()
    assert client.get(reverse("work:search-quick")).content.decode().strip() == ""
