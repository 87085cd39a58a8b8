"""The base of the HTTP API: tokens, problems, repeatable writes, limits, description."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tenancy.api.idempotency import KEPT
from tenancy.models import ApiToken, Company, CompanySettings, IdempotencyKey, Team
from tenancy.scope import company_scope
from tenancy.tokens import issue_token, revoke_token
from tests.tenancy.conftest import SignedIn

ME, TEAMS = "/api/v1/me/", "/api/v1/teams/"
pytestmark = pytest.mark.urls("tests.tenancy.api_urls")


@pytest.fixture(autouse=True)
def no_counts() -> None:
    """Limits count in Redis, which outlives a test."""
    cache.clear()


@pytest.fixture
def issue(db: None) -> Callable[..., str]:
    """`issue(company)`: the text of a new token."""

    def made(company: Company) -> str:
        with company_scope(company):
            return issue_token(company=company, name="Core", scopes=["feed"], by=None)[1]

    return made


def call(method: str, path: str, token: str = "", **options: Any) -> Any:
    headers = options.pop("headers", {}) | ({"Authorization": f"Bearer {token}"} if token else {})
    meta = options.pop("meta", {})
    if "json" in options:
        options = {"data": options["json"], "content_type": "application/json"}
    return getattr(Client(**meta), method)(path, headers=headers, **options)


def teams_of(company: Company) -> set[str]:
    with company_scope(company):
        return set(Team.objects.values_list("name", flat=True)) - {"Team One", "Team Two"}


# Tokens -----------------------------------------------------------------------------------------


def test_a_token_says_whose_it_is(lender: Company, issue: Callable[..., str]) -> None:
    answer = call("get", ME, issue(lender))
    assert answer.json() == {
        "company": {
            "code": "HAIYUE",
            "name": "海岳消费金融",
            "kind": "lender",
            "timezone": "Asia/Shanghai",
            "currency": "CNY",
        },
        "token": {"name": "Core", "scopes": ["feed"]},
    }
    with company_scope(lender):
        assert ApiToken.objects.get().last_used_at is not None


def test_use_is_noted_at_most_once_a_minute(lender: Company, issue: Callable[..., str]) -> None:
    token = issue(lender)
    call("get", ME, token)
    with company_scope(lender):
        ApiToken.objects.update(last_used_at=timezone.now() - timedelta(seconds=30))
        before = ApiToken.objects.get().last_used_at
    call("get", ME, token)
    with company_scope(lender):
        assert ApiToken.objects.get().last_used_at == before


def test_wrong_tokens_get_one_and_the_same_401(
    lender: Company, agency: Company, issue: Callable[..., str]
) -> None:
    right = issue(lender)
    secret = right.rpartition("_")[2]
    answers = [
        call("get", ME, token)
        for token in (
            f"rcp_HAIYUE_{'0' * 40}",
            f"rcp_ANXIN_{secret}",
            f"rcp_NOWHERE_{secret}",
            "rcp_",
            "something else",
            secret,
        )
    ]
    answers.append(call("get", ME, headers={"Authorization": "Basic YWRtaW46eA=="}))
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].headers["WWW-Authenticate"] == 'Bearer realm="recoup"'
    assert answers[0].headers["Content-Type"] == "application/problem+json"


def test_a_revoked_token_is_over(lender: Company, issue: Callable[..., str]) -> None:
    token = issue(lender)
    with company_scope(lender):
        revoke_token(company=lender, token=ApiToken.objects.get(), by=None)
    assert call("get", ME, token).status_code == 401


def test_a_company_that_is_off_has_no_tokens(lender: Company, issue: Callable[..., str]) -> None:
    token = issue(lender)
    with company_scope(lender):
        Company.objects.filter(pk=lender.pk).update(is_active=False)
    assert call("get", ME, token).status_code == 401


def test_the_allow_list_holds_for_tokens(lender: Company, issue: Callable[..., str]) -> None:
    token = issue(lender)
    with company_scope(lender):
        CompanySettings.objects.update(allowed_networks=["203.0.113.0/24"])
    assert call("get", ME, token).status_code == 401
    assert call("get", ME, token, meta={"REMOTE_ADDR": "203.0.113.5"}).status_code == 200


def test_a_browsers_session_is_no_credential(lender: Company, signed_in: SignedIn) -> None:
    assert signed_in(lender, "admin").get(ME).status_code == 401


def test_a_token_wins_over_a_session_of_another_company(
    lender: Company, agency: Company, signed_in: SignedIn, issue: Callable[..., str]
) -> None:
    client = signed_in(agency, "admin")
    answer = client.get(ME, headers={"Authorization": f"Bearer {issue(lender)}"})
    assert answer.json()["company"]["code"] == "HAIYUE"


def test_a_token_does_what_it_was_issued_for(lender: Company, issue: Callable[..., str]) -> None:
    without = issue(lender)
    with company_scope(lender):
        ApiToken.objects.update(scopes=[])
    answer = call("post", TEAMS, without, json={"name": "X"})
    assert answer.status_code == 403
    assert "lacks “feed”" in answer.json()["detail"]
    assert teams_of(lender) == set()
    assert call("post", TEAMS, issue(lender), json={"name": "X"}).status_code == 201
    assert teams_of(lender) == {"X"}


def test_a_token_sees_its_own_company_only(
    lender: Company, agency: Company, issue: Callable[..., str]
) -> None:
    call("post", TEAMS, issue(lender), json={"name": "Of the lender"})
    assert call("get", TEAMS, issue(agency)).json() == ["Team One", "Team Two"]


# Problems ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "status", "more"),
    [
        ("refused", 422, {"errors": {"name": ["Not that name."]}}),
        ("plain", 422, {"errors": {"__all__": ["Not at all."]}}),
        ("serializer", 400, {"errors": {"name": ["Too long."]}}),
        ("denied", 403, {"detail": "Not yours to do."}),
        ("missing", 404, {}),
        ("broken", 500, {}),
    ],
)
def test_a_failure_is_a_problem_and_leaves_nothing(
    lender: Company, issue: Callable[..., str], then: str, status: int, more: dict[str, Any]
) -> None:
    answer = call("post", TEAMS, issue(lender), json={"name": "Half", "then": then})
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body.pop("type") == "about:blank"
    assert body.pop("status") == status
    assert body.pop("title")
    assert body == more
    assert "secret details" not in answer.content.decode()
    assert teams_of(lender) == set()


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_other_addresses_are_404_as_json(
    lender: Company, issue: Callable[..., str], method: str
) -> None:
    for path in ("/api/", "/api/v1/nothing/", "/api/v2/me/"):
        for token in ("", issue(lender)):
            answer = call(method, path, token)
            assert (answer.status_code, answer.json()["title"]) == (404, "Not Found")


def test_a_wrong_verb_is_405(lender: Company, issue: Callable[..., str]) -> None:
    answer = call("delete", ME, issue(lender))
    assert (answer.status_code, answer.json()["title"]) == (405, "Method Not Allowed")


def test_unreadable_json_is_400(lender: Company, issue: Callable[..., str]) -> None:
    answer = call("post", TEAMS, issue(lender), data="{", content_type="application/json")
    assert answer.status_code == 400
    assert "JSON" in answer.json()["detail"]


def test_json_nested_beyond_sense_is_400(lender: Company, issue: Callable[..., str]) -> None:
    for body in ("[" * 100_000, "[" * 100_000 + "]" * 100_000):
        answer = call("post", TEAMS, issue(lender), data=body, content_type="application/json")
        assert (answer.status_code, answer.json()["title"]) == (400, "Bad Request")
        assert "nested" in answer.json()["detail"]


# Repeatable writes ------------------------------------------------------------------------------


def test_the_same_key_gives_the_same_answer_once_done(
    lender: Company, issue: Callable[..., str]
) -> None:
    token, key = issue(lender), {"Idempotency-Key": "a-1"}
    first = call("post", TEAMS, token, json={"name": "Once"}, headers=key)
    again = call("post", TEAMS, token, json={"name": "Once"}, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json() == {"name": "Once"}
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    without = call("post", TEAMS, token, json={"name": "Once"})
    assert without.status_code == 422


def test_a_key_for_another_content_is_refused(lender: Company, issue: Callable[..., str]) -> None:
    token, key = issue(lender), {"Idempotency-Key": "a-1"}
    call("post", TEAMS, token, json={"name": "Once"}, headers=key)
    answer = call("post", TEAMS, token, json={"name": "Twice"}, headers=key)
    assert answer.status_code == 422
    assert "take a new one" in answer.json()["detail"]
    assert teams_of(lender) == {"Once"}


def test_keys_are_a_tokens_own(lender: Company, agency: Company, issue: Callable[..., str]) -> None:
    key = {"Idempotency-Key": "a-1"}
    for company, name in ((lender, "A"), (lender, "B"), (agency, "C")):
        answer = call("post", TEAMS, issue(company), json={"name": name}, headers=key)
        assert answer.status_code == 201
    assert (teams_of(lender), teams_of(agency)) == ({"A", "B"}, {"C"})


def test_what_failed_may_be_tried_again(lender: Company, issue: Callable[..., str]) -> None:
    token, key = issue(lender), {"Idempotency-Key": "a-1"}
    failed = call("post", TEAMS, token, json={"name": "X", "then": "broken"}, headers=key)
    assert failed.status_code == 500
    with company_scope(lender):
        assert not IdempotencyKey.objects.exists()
    assert call("post", TEAMS, token, json={"name": "X"}, headers=key).status_code == 201


def test_files_are_part_of_the_content(lender: Company, issue: Callable[..., str]) -> None:
    token, key = issue(lender), {"Idempotency-Key": "a-1"}

    def send(content: bytes) -> Any:
        file = SimpleUploadedFile("feed.csv", content)
        return call("post", TEAMS, token, data={"name": "F", "file": file}, headers=key)

    assert send(b"12345").json() == {"name": "F 5"}
    assert send(b"12345").headers["Idempotent-Replayed"] == "true"
    assert send(b"54321").status_code == 422


@pytest.mark.parametrize("key", ["x" * 101, "ключ", "a\tb"])
def test_a_key_that_cannot_be_kept_is_refused(
    lender: Company, issue: Callable[..., str], key: str
) -> None:
    answer = call(
        "post", TEAMS, issue(lender), json={"name": "X"}, headers={"Idempotency-Key": key}
    )
    assert answer.status_code == 400
    assert teams_of(lender) == set()


def test_keys_are_forgotten_after_a_week(lender: Company, issue: Callable[..., str]) -> None:
    token = issue(lender)
    call("post", TEAMS, token, json={"name": "Old"}, headers={"Idempotency-Key": "old"})
    with company_scope(lender):
        IdempotencyKey.objects.update(at=timezone.now() - KEPT - timedelta(minutes=1))
    call("post", TEAMS, token, json={"name": "New"}, headers={"Idempotency-Key": "new"})
    with company_scope(lender):
        assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["new"]


# Limits and description -------------------------------------------------------------------------


@pytest.fixture
def two_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits small enough to reach."""
    from tenancy.api import CallerRate, StrangerRate
    from tenancy.api.wrong_tokens import WrongTokenRate

    for limit in (CallerRate, StrangerRate, WrongTokenRate):
        monkeypatch.setattr(limit, "THROTTLE_RATES", {"caller": "2/min", "stranger": "2/min"})


def test_a_token_has_its_own_limit(
    lender: Company, issue: Callable[..., str], two_a_minute: None
) -> None:
    token, other = issue(lender), issue(lender)
    assert [call("get", ME, token).status_code for _ in range(3)] == [200, 200, 429]
    answer = call("get", ME, token)
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert answer.json()["title"] == "Too Many Requests"
    assert call("get", ME, other).status_code == 200


def test_strangers_are_limited_by_the_address_we_saw(db: None, two_a_minute: None) -> None:
    schema = "/api/schema/"
    made_up = [{"X-Forwarded-For": f"198.51.100.{n}"} for n in range(3)]
    seen = [call("get", schema, headers=headers).status_code for headers in made_up]
    assert seen == [200, 200, 429]
    assert call("get", schema, meta={"REMOTE_ADDR": "203.0.113.5"}).status_code == 200


def test_wrong_tokens_are_limited_by_address_too(
    lender: Company, issue: Callable[..., str], two_a_minute: None
) -> None:
    token = issue(lender)
    wrong = [call("get", ME, token[:-4] + "0000").status_code for _ in range(3)]
    assert wrong == [401, 401, 429]
    assert call("get", ME, token).status_code == 200, "others behind the address go on"


def test_without_redis_nobody_is_held_up(
    lender: Company, issue: Callable[..., str], two_a_minute: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.cache.backends.redis import RedisCacheClient
    from redis.exceptions import ConnectionError as Gone

    def gone(*_: Any, **__: Any) -> None:
        raise Gone("Redis is away")

    monkeypatch.setattr(RedisCacheClient, "get_client", gone)
    token = issue(lender)
    assert [call("get", ME, token).status_code for _ in range(4)] == [200] * 4


def test_the_description_is_open_and_names_the_token(db: None) -> None:
    answer = call("get", "/api/schema/?format=json", headers={"Accept": "application/json"})
    described = json.loads(answer.content)
    assert described["openapi"].startswith("3.")
    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert described["paths"]["/api/v1/me/"]["get"]["security"] == [{"token": []}]
    assert not [path for path in described["paths"] if path.startswith("/settings")]
