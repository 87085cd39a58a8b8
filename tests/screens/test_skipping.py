"""Skipping with a reason: behind the others of the rank, for today, kept in the history."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from cases.models import CaseEvent
from collection.models import Assignment
from collection.notes import write_note
from collection.ranking import SKIPPED, Rank
from collection.ranking_sql import rank_cases
from collection.skipping import skip_case, why_skipped
from tenancy.models import Company, User
from tenancy.night import business_date
from tenancy.scope import company_scope
from tests.collection.book import add_case
from tests.collection.test_reassign import put
from tests.screens.world import World

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]
SignIn = Callable[[Company, str], Client]


def test_a_skipped_case_goes_behind_the_others_of_its_rank(lender: Company, person: Person) -> None:
    collector = person(lender, "collector")
    with company_scope(lender):
        today = business_date(lender)
        first, second = add_case(lender, amount="900.00", on=today), add_case(lender, on=today)
        put(lender, "collector", first, second)
        Assignment.objects.update(rank=Rank.NEW)
        rank_cases(company=lender, on=today)
        desk = skip_case(company=lender, case=second, by=collector, why="waits")
        desk.refresh_from_db()
        assert (desk.rank, desk.rank_key > SKIPPED) == (Rank.NEW, True)
        event = CaseEvent.objects.get(kind="skipped")
        assert (event.case_id, why_skipped(event.data)) == (
            second.pk,
            "Waits for somebody else's answer",
        )
        write_note(company=lender, case=second, by=collector, disposition="busy", remark="")
        desk.refresh_from_db()
        assert desk.rank_key < SKIPPED, "working it brings it back"


@pytest.mark.parametrize(
    ("why", "words", "field"),
    [
        ("", "", "why"),
        ("nonsense", "", "why"),
        ("other", " ", "words"),
        ("waits", "x" * 301, "words"),
    ],
)
def test_a_reason_is_needed(
    lender: Company, person: Person, why: str, words: str, field: str
) -> None:
    collector = person(lender, "collector")
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        with pytest.raises(ValidationError) as refused:
            skip_case(company=lender, case=case, by=collector, why=why, words=words)
        assert set(refused.value.message_dict) == {field}


def test_only_who_works_the_case_skips_it(lender: Company, person: Person) -> None:
    auditor, other = person(lender, "auditor"), person(lender, "collector2")
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        with pytest.raises(PermissionDenied):
            skip_case(company=lender, case=case, by=auditor, why="waits")
        with pytest.raises(ValidationError):
            skip_case(company=lender, case=case, by=other, why="waits")


def test_skipping_on_screen_leads_to_the_next_case(
    world: World, signed_in: Callable[[Company, str], Client]
) -> None:
    client = signed_in(world.lender, "collector")
    first, second, _third = world.mine
    address = reverse("work:skip", args=[first.uid])
    assert "Skip for today" in client.get(address).content.decode()
    assert client.post(address, {"why": "other"}).status_code == 422
    answer = client.post(address, {"why": "lead"})
    assert answer["Location"] == reverse("work:case", args=[second.uid])
    back = client.post(f"{address}?from=list", {"why": "lead"})
    assert back["Location"].startswith(reverse("work:queue"))
    rows = client.get(reverse("work:queue")).context["rows"]
    assert [row.uid for row in rows][-1] == str(first.uid)
    assert "skipped" in rows[-1].reason_text
