"""The figures of the daily work on screen: shown, previewed, changed, never over another's."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from collection.models import WorkSettings
from collection.work_settings import change_work_settings, work_settings
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.screens.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[Company, str], Client]
ORDER = {"score_weight": "0", "unknown_score": "500", "touch_weight": "0", "untouched_days": "7"}
ALL = {
    **ORDER,
    "promise_grace_days": "1",
    "promise_tolerance": "5",
    "promise_within_days": "30",
    "high_amount": "10000",
    "second_person_above": "5000",
}


def test_the_preview_follows_what_is_typed(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "admin")
    page = client.get(reverse("work:figures"))
    assert [line.value for line in page.context["lines"]] == ["500.00"] * 5
    typed = client.get(reverse("work:figures-preview"), ORDER)
    assert [line.value for line in typed.context["lines"]] == ["1,000.00"] * 5
    assert typed.context["lines"][0].why == "Outstanding 1,000.00"
    with company_scope(world.lender):
        assert work_settings(world.lender).score_weight == 100, "nothing is saved"
    wrong = client.get(reverse("work:figures-preview"), ORDER | {"score_weight": "101"})
    assert "cannot be read" in wrong.content.decode()


def test_an_admin_changes_the_figures(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "admin")
    refused = client.post(reverse("work:figures"), ALL | {"untouched_days": "0"})
    assert refused.status_code == 422
    assert client.post(reverse("work:figures"), ALL).status_code == 302
    with company_scope(world.lender):
        assert WorkSettings.objects.get().score_weight == 0
    rows = signed_in(world.lender, "collector").get(reverse("work:queue")).context["rows"]
    assert {row.expected for row in rows} == {"1,000.00"}


def test_a_stale_form_never_overwrites(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "admin")
    seen = client.get(reverse("work:figures")).context["seen"]
    with company_scope(world.lender):
        change_work_settings(company=world.lender, by=None, facts={"untouched_days": 4})
    answer = client.post(reverse("work:figures"), ALL | {"untouched_days": "9", "seen": seen})
    assert answer.status_code == 409
    (difference,) = answer.context["differences"]
    assert (difference.theirs, difference.yours) == ("4", "9")
    other = client.post(reverse("work:figures"), ALL | {"seen": seen})
    assert other.status_code == 302
    with company_scope(world.lender):
        assert work_settings(world.lender).untouched_days == 4, "left alone, it stays"


def test_an_auditor_reads_and_a_collector_does_not(world: World, signed_in: SignIn) -> None:
    auditor, collector = (signed_in(world.lender, name) for name in ("auditor", "collector"))
    page = auditor.get(reverse("work:figures"))
    assert page.status_code == 200
    assert "btn-primary" not in page.content.decode().partition('<form id="figures"')[2]
    assert collector.get(reverse("work:figures")).status_code == 403
