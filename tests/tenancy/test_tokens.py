"""API tokens on screen: issued once, shown once, revoked for good."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tenancy.models import ApiToken, AuditEntry, Company
from tenancy.scope import company_scope
from tenancy.tokens import hash_of, issue_token
from tests.tenancy.conftest import SignedIn

LIST = "/settings/tokens/"
FORM = {"name": "Core system", "scopes": ["feed"]}


@pytest.fixture
def token(lender: Company) -> ApiToken:
    """A valid token of the lender."""
    with company_scope(lender):
        return issue_token(company=lender, name="Nightly", scopes=["feed"], by=None)[0]


def works(text: str) -> int:
    return Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {text}"}).status_code


def test_an_admin_issues_a_token_that_is_shown_once(
    lender: Company, signed_in: SignedIn, audited: Callable[[Company], list[AuditEntry]]
) -> None:
    client = signed_in(lender, "admin")
    page = client.post(f"{LIST}new/", FORM)
    text = page.context["text"]
    assert text in page.content.decode()
    assert text.startswith("rcp_HAIYUE_")
    assert works(text) == 200
    assert text not in client.get(LIST).content.decode()
    with company_scope(lender):
        row = ApiToken.objects.get()
    assert bytes(row.secret_hash) == hash_of(text)
    entry = audited(lender)[0]
    assert (entry.verb, entry.after) == (
        "issue_token",
        {"name": "Core system", "scopes": ["feed"]},
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [({"name": " "}, "name"), ({"scopes": []}, "scopes"), ({"scopes": ["all"]}, "scopes")],
)
def test_what_is_wrong_stands_beside_its_field(
    lender: Company, signed_in: SignedIn, change: dict[str, Any], field: str
) -> None:
    page = signed_in(lender, "admin").post(f"{LIST}new/", FORM | change)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]


def test_a_revoked_token_is_refused_at_once(
    lender: Company, signed_in: SignedIn, audited: Callable[[Company], list[AuditEntry]]
) -> None:
    client = signed_in(lender, "admin")
    text = client.post(f"{LIST}new/", FORM).context["text"]
    uid = client.get(LIST).context["rows"][0].token.uid
    for _twice in range(2):
        assert client.post(f"{LIST}{uid}/revoke/").headers["Location"] == LIST
    assert works(text) == 401
    assert "Revoked" in client.get(LIST).content.decode()
    assert [entry.verb for entry in audited(lender)] == ["revoke_token", "issue_token"]


def test_an_auditor_reads_and_others_do_not(
    lender: Company, signed_in: SignedIn, token: ApiToken, refused_to_others: Any
) -> None:
    text = signed_in(lender, "auditor").get(LIST).content.decode()
    assert "Nightly" in text
    assert "Revoke…" not in text
    revoke = f"{LIST}{token.uid}/revoke/"
    refused_to_others(lender, {"admin", "auditor"}, lambda c: c.get(LIST).status_code)
    refused_to_others(lender, {"admin"}, lambda c: c.get(f"{LIST}new/").status_code)
    refused_to_others(lender, {"admin"}, lambda c: c.post(f"{LIST}new/", FORM).status_code)
    refused_to_others(lender, {"admin"}, lambda c: c.post(revoke).status_code)


def test_a_strangers_token_is_404(
    lender: Company, agency: Company, signed_in: SignedIn, token: ApiToken
) -> None:
    stranger = signed_in(agency, "admin")
    for uid in (token.uid, uuid.uuid4()):
        assert stranger.post(f"{LIST}{uid}/revoke/").status_code == 404
    with company_scope(lender):
        assert ApiToken.objects.get().revoked_at is None


def test_wrong_verbs_are_405(lender: Company, signed_in: SignedIn, token: ApiToken) -> None:
    client = signed_in(lender, "admin")
    assert client.post(LIST).status_code == 405
    assert client.get(f"{LIST}{token.uid}/revoke/").status_code == 405


def test_without_tokens_the_page_says_what_they_are_for(
    lender: Company, signed_in: SignedIn
) -> None:
    assert "no API token yet" in signed_in(lender, "admin").get(LIST).content.decode()
