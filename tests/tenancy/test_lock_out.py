"""The lock-out after wrong passwords (django-axes), per name, company and address."""

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.db.models import F
from django.test import Client

from tenancy.models import Company, SignIn
from tenancy.scope import company_scope
from tests.seed import PASSWORD
from tests.tenancy.conftest import Person, SignedIn

LIMIT = 5


def wrong(login: str = "collector@HAIYUE", **meta: Any) -> tuple[int, int | None]:
    answer = Client(**meta).post("/sign-in/", {"login": login, "password": "wrong horse"})
    return answer.status_code, answer.context["tries_left"]


def right(login: str = "collector@HAIYUE", **meta: Any) -> int:
    return Client(**meta).post("/sign-in/", {"login": login, "password": PASSWORD}).status_code


def test_five_wrong_tries_lock_and_say_how_many_are_left(lender: Company) -> None:
    assert [wrong() for _ in range(LIMIT)] == [(422, 4), (422, 3), (422, 2), (422, 1), (429, None)]
    assert right() == 429
    with company_scope(lender):
        outcomes = list(SignIn.objects.order_by("pk").values_list("outcome", flat=True))
    assert outcomes == ["wrong_password"] * LIMIT + ["locked"]


def test_the_page_says_for_how_long(lender: Company) -> None:
    for _ in range(LIMIT):
        wrong()
    answer = Client().post("/sign-in/", {"login": "collector@HAIYUE", "password": PASSWORD})
    assert "locked for 15 minutes" in answer.content.decode()
    assert "collector@HAIYUE" in answer.content.decode()


def test_spelling_a_name_otherwise_gives_no_more_tries(lender: Company) -> None:
    spellings = ["collector@HAIYUE", "Collector@haiyue", " COLLECTOR@HAIYUE", "collector＠haiyue"]
    for spelling in spellings:
        wrong(spelling)
    assert wrong()[0] == 429


def test_unknown_names_and_companies_lock_alike(lender: Company) -> None:
    for login in ("nobody@HAIYUE", "collector@NOWHERE"):
        assert [wrong(login)[0] for _ in range(LIMIT)] == [422] * (LIMIT - 1) + [429]


def test_others_are_not_locked(lender: Company, agency: Company) -> None:
    for _ in range(LIMIT):
        wrong()
    assert right("collector2@HAIYUE") == 302
    assert right("collector@ANXIN") == 302
    assert right(REMOTE_ADDR="198.51.100.7") == 302


def test_a_made_up_forwarded_address_does_not_help(lender: Company) -> None:
    for n in range(LIMIT):
        wrong(HTTP_X_FORWARDED_FOR=f"198.51.100.{n}")
    assert right(HTTP_X_FORWARDED_FOR="198.51.100.99") == 429


def test_signing_in_gives_all_tries_back(lender: Company) -> None:
    for _ in range(LIMIT - 1):
        wrong()
    assert right() == 302
    assert wrong() == (422, LIMIT - 1)


def test_it_opens_again_after_a_quarter_of_an_hour(lender: Company) -> None:
    for _ in range(LIMIT):
        wrong()
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=14))
    assert right() == 429
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=2))
    assert right() == 302


def test_trying_on_while_locked_does_not_prolong_it(lender: Company) -> None:
    for _ in range(LIMIT):
        wrong()
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=14))
    wrong()
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=2))
    assert right() == 302


def test_an_admins_new_password_unlocks(
    lender: Company, signed_in: SignedIn, person: Person
) -> None:
    for _ in range(LIMIT):
        wrong()
    uid = person(lender, "collector").uid
    answer = signed_in(lender, "admin").post(f"/settings/people/{uid}/password/")
    fresh = answer.context["password"]
    told = Client().post("/sign-in/", {"login": "collector@HAIYUE", "password": fresh})
    assert told.status_code == 302


@pytest.mark.parametrize("page", ["password", "second-factor/off"])
def test_guessing_the_password_in_an_open_session_locks_too(
    lender: Company, signed_in: SignedIn, page: str
) -> None:
    client = signed_in(lender, "collector")
    form = {"current": "guess", "password": "brand new horse", "again": "brand new horse"}
    for _ in range(LIMIT):
        assert client.post(f"/me/{page}/", form).status_code == 422
    assert client.post(f"/me/{page}/", form | {"current": PASSWORD}).status_code == 422
    assert right() == 429
