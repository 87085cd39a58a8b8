"""What people set for themselves: password, language, theme, keys; and their own sign-ins."""

import pytest
from django.test import Client

from tenancy.middleware import LANGUAGE_COOKIE
from tenancy.models import AuditEntry, Company, User
from tenancy.scope import company_scope
from tests.seed import PASSWORD, PEOPLE
from tests.tenancy.conftest import SignedIn

NEW = "brand new horse"
FORM = {"current": PASSWORD, "password": NEW, "again": NEW}


@pytest.mark.parametrize("username", PEOPLE)
def test_everybody_has_own_settings(lender: Company, signed_in: SignedIn, username: str) -> None:
    client = signed_in(lender, username)
    for page in ("/me/", "/me/password/", "/me/second-factor/"):
        assert client.get(page).status_code == 200, page


def test_strangers_have_none(db: None, client: Client) -> None:
    for page in ("/me/", "/me/password/", "/me/second-factor/"):
        assert client.get(page).headers["Location"].startswith("/sign-in/")


def test_a_new_password_keeps_this_session_and_ends_the_others(
    lender: Company, signed_in: SignedIn
) -> None:
    here, elsewhere = signed_in(lender, "collector"), signed_in(lender, "collector")
    assert here.post("/me/password/", FORM).headers["Location"] == "/me/"
    assert here.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302
    with company_scope(lender):
        entry = AuditEntry.objects.get(verb="change_password")
        assert (entry.actor_name, entry.object_label) == ("Chen Collector", "Chen Collector")
        assert NEW not in str(entry.after)
    again = Client().post("/sign-in/", {"login": "collector@HAIYUE", "password": NEW})
    assert again.status_code == 302


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"current": "wrong"}, "current"),
        ({"again": "other new horse"}, "again"),
        ({"password": "short", "again": "short"}, "password"),
        ({"password": "1234567890", "again": "1234567890"}, "password"),
        ({"password": "password1234", "again": "password1234"}, "password"),
        ({"password": "chen collector", "again": "chen collector"}, "password"),
        ({"password": PASSWORD, "again": PASSWORD}, "password"),
    ],
)
def test_a_bad_new_password_is_refused_beside_its_field(
    lender: Company, signed_in: SignedIn, change: dict[str, str], field: str
) -> None:
    answer = signed_in(lender, "collector").post("/me/password/", FORM | change)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    with company_scope(lender):
        assert User.objects.get(username="collector").check_password(PASSWORD)


def test_language_theme_and_keys_are_kept(lender: Company, signed_in: SignedIn) -> None:
    client = signed_in(lender, "collector")
    answer = client.post("/me/", {"language": "zh-hans", "theme": "dark"})
    assert answer.headers["Location"] == "/me/"
    page = client.get("/me/").content.decode()
    assert 'lang="zh-Hans"' in page
    assert 'data-bs-theme="dark"' in page
    assert 'data-rc-keys="off"' in page


def test_a_strange_theme_is_refused(lender: Company, signed_in: SignedIn) -> None:
    answer = signed_in(lender, "collector").post("/me/", {"language": "en", "theme": "pink"})
    assert answer.status_code == 422


def test_the_language_button_works_before_and_after_sign_in(
    lender: Company, signed_in: SignedIn
) -> None:
    stranger = Client()
    answer = stranger.post("/language/", {"language": "zh-hans", "next": "/sign-in/"})
    assert answer.headers["Location"] == "/sign-in/"
    assert stranger.cookies[LANGUAGE_COOKIE]["httponly"] is True
    assert 'lang="zh-Hans"' in stranger.get("/sign-in/").content.decode()
    client = signed_in(lender, "collector")
    client.post("/language/", {"language": "zh-hans", "next": "https://evil.example/"})
    assert 'lang="zh-Hans"' in client.get("/me/").content.decode()
    with company_scope(lender):
        assert User.objects.get(username="collector").language == "zh-hans"


def test_a_strange_language_changes_nothing(lender: Company, signed_in: SignedIn) -> None:
    client = signed_in(lender, "collector")
    assert client.post("/language/", {"language": "tlh"}).status_code == 302
    with company_scope(lender):
        assert User.objects.get(username="collector").language == "en"


def test_the_own_sign_ins_are_shown_and_no_others(lender: Company, signed_in: SignedIn) -> None:
    signed_in(lender, "lead")
    client = signed_in(lender, "collector")
    Client(REMOTE_ADDR="198.51.100.77").post(
        "/sign-in/", {"login": "collector@HAIYUE", "password": "wrong"}
    )
    shown = client.get("/me/").context["sign_ins"]
    assert [row.entry.outcome for row in shown] == ["wrong_password", "signed_in"]
    assert "198.51.100.77" in client.get("/me/").content.decode()


def test_tasks_in_progress_are_the_persons_own(lender: Company, signed_in: SignedIn) -> None:
    from tenancy.models import Job

    client = signed_in(lender, "collector")
    with company_scope(lender):
        mine = User.objects.get(username="collector")
        Job.objects.create(kind="x", title="My export", requested_by_id=mine.pk)
        Job.objects.create(kind="x", title="Not mine", requested_by_id=mine.pk + 1)
    page = client.get("/jobs/")
    assert [job.title for job in page.context["jobs"]] == ["My export"]
    assert page.context["running"] == 1
    assert client.post("/jobs/").status_code == 405
