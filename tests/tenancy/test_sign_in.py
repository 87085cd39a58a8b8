"""Signing in with a password: who gets in, what is said to who does not, what is kept."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher
from django.db import connection
from django.test import Client
from django.utils import timezone

from tenancy.backends import canonical_login
from tenancy.models import Company, SignIn, User
from tenancy.scope import company_scope
from tests.seed import PASSWORD
from tests.tenancy.conftest import Person, SignedIn

WRONG = "wrong horse battery"


def post(client: Client, login: str, password: str = PASSWORD, **extra: str) -> int:
    return client.post("/sign-in/", {"login": login, "password": password, **extra}).status_code


def log_of(company: Company) -> list[tuple[str, str]]:
    with company_scope(company):
        return list(SignIn.objects.order_by("pk").values_list("username", "outcome"))


def signed_in_as(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def test_the_right_password_opens_a_session(lender: Company, client: Client) -> None:
    assert post(client, "collector@HAIYUE") == 302
    assert signed_in_as(client)
    assert log_of(lender) == [("collector", "signed_in")]
    with company_scope(lender):
        assert User.objects.get(username="collector").last_login is not None


@pytest.mark.parametrize(
    "typed",
    ["COLLECTOR@haiyue", " collector@HAIYUE ", "collector＠ｈａｉｙｕｅ", "Collector@Haiyue"],
)
def test_case_space_and_full_width_do_not_matter(
    lender: Company, client: Client, typed: str
) -> None:
    assert post(client, typed) == 302
    assert canonical_login(typed) == "collector@HAIYUE"


def test_the_session_ends_after_the_companys_hours(lender: Company, client: Client) -> None:
    with company_scope(lender):
        conditions = User.objects.get(username="collector").company.settings
        conditions.session_hours = 3
        conditions.save()
    post(client, "collector@HAIYUE")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert 3 * 3600 - 60 <= int(cookie["max-age"]) <= 3 * 3600
    left = client.session.get_expiry_date() - timezone.now()
    assert timedelta(hours=2, minutes=59) < left <= timedelta(hours=3)


def test_passwords_are_argon2(lender: Company, person: Person) -> None:
    assert identify_hasher(person(lender, "collector").password).algorithm == "argon2"


@pytest.mark.parametrize(
    "login", ["collector@HAIYUE", "nobody@HAIYUE", "collector@NOWHERE", "collector", "@HAIYUE"]
)
def test_every_refusal_looks_the_same(lender: Company, login: str) -> None:
    answer = Client().post("/sign-in/", {"login": login, "password": WRONG})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == ["The user name or the password is wrong."]
    assert answer.context["tries_left"] == 4
    assert login in answer.content.decode()
    assert WRONG not in answer.content.decode()


def test_an_empty_form_names_its_fields(db: None, client: Client) -> None:
    answer = client.post("/sign-in/", {"login": "", "password": ""})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"login", "password"}
    assert post(client, "a\x00b@HAIYUE") == 422


def test_a_right_password_of_another_company_is_wrong(
    lender: Company, agency: Company, client: Client
) -> None:
    with company_scope(agency):
        own = User.objects.get(username="collector")
        own.set_password("another horse battery")
        own.save()
    assert post(client, "collector@HAIYUE", "another horse battery") == 422
    assert log_of(lender) == [("collector", "wrong_password")]
    assert log_of(agency) == []


def test_who_is_deactivated_or_has_no_password_is_refused(lender: Company) -> None:
    with company_scope(lender):
        User.objects.filter(username="collector").update(is_active=False)
        nobody = User.objects.get(username="collector2")
        nobody.set_unusable_password()
        nobody.save()
    assert post(Client(), "collector@HAIYUE") == 422
    assert post(Client(), "collector2@HAIYUE") == 422


def test_a_company_that_is_not_active_lets_nobody_in(
    lender: Company, signed_in: SignedIn, client: Client
) -> None:
    inside = signed_in(lender, "collector")
    with company_scope(lender):
        Company.objects.filter(pk=lender.pk).update(is_active=False)
    assert post(client, "collector@HAIYUE") == 422
    assert inside.get("/me/").status_code == 302


def test_a_session_key_planted_before_sign_in_is_worth_nothing(
    lender: Company, client: Client
) -> None:
    planted = str(client.session.session_key)  # stored, and in the browser's cookie from now on
    assert client.cookies[settings.SESSION_COOKIE_NAME].value == planted
    post(client, "collector@HAIYUE")
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert not signed_in_as(thief)


def test_signing_in_again_leaves_the_first_company(
    lender: Company, agency: Company, signed_in: SignedIn
) -> None:
    client = signed_in(lender, "collector")
    assert post(client, "admin@ANXIN") == 302
    assert client.get("/me/").context["person"].login == "admin@ANXIN"
    assert client.session["company"]["id"] == agency.pk


def test_it_goes_on_where_one_wanted_to_go(lender: Company) -> None:
    asked = Client().get("/settings/people/")
    assert asked.headers["Location"] == "/sign-in/?next=/settings/people/"
    answer = Client().post(
        "/sign-in/",
        {"login": "admin@HAIYUE", "password": PASSWORD, "next": "/settings/people/?q=a"},
    )
    assert answer.headers["Location"] == "/settings/people/?q=a"


@pytest.mark.parametrize("foreign", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_it_never_leads_to_a_strange_address(lender: Company, foreign: str) -> None:
    answer = Client().post(
        "/sign-in/", {"login": "admin@HAIYUE", "password": PASSWORD, "next": foreign}
    )
    assert answer.headers["Location"] == "/"


def test_who_is_in_is_sent_on(lender: Company, signed_in: SignedIn) -> None:
    answer = signed_in(lender, "collector").get("/sign-in/?next=/me/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/me/")


def test_signing_out_ends_the_session_and_is_kept(lender: Company, signed_in: SignedIn) -> None:
    client = signed_in(lender, "collector")
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert log_of(lender)[-1] == ("collector", "signed_out")
    old = Client()
    old.cookies[settings.SESSION_COOKIE_NAME] = key
    assert not signed_in_as(old)


def test_a_stranger_cannot_sign_out(db: None, client: Client) -> None:
    assert client.post("/sign-out/").headers["Location"].startswith("/sign-in/")


def test_wrong_verbs_are_405(db: None, client: Client) -> None:
    assert client.put("/sign-in/").status_code == 405
    assert client.get("/language/").status_code == 405


def test_the_password_is_kept_nowhere(lender: Company, client: Client) -> None:
    post(client, "collector@HAIYUE", WRONG)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(a)::text FROM axes_accessattempt a")
        kept = " ".join(row[0] for row in cursor.fetchall())
    assert "collector@HAIYUE" in kept
    assert WRONG not in kept


def test_the_hash_is_renewed_when_the_hasher_changes(
    lender: Company, client: Client, settings: Any
) -> None:
    """Django saves the password again during the check, which needs the company's scope."""
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "tests.hashers.OneRoundArgon2",
    ]
    assert post(client, "collector@HAIYUE") == 302
    with company_scope(lender):
        assert User.objects.get(username="collector").password.startswith("pbkdf2_")
