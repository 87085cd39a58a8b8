"""The feed over HTTP: rows at once, files in the background, problems that say why."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from cases.api import feeds
from cases.models import ImportRun, Loan, Repayment
from tenancy.jobs import run_job
from tenancy.models import ApiToken, Company, Job, User
from tenancy.scope import company_scope
from tenancy.tokens import issue_token
from tests.feed.files import BASES, Feeding, loan, loans

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "FILES_ROOT", tmp_path / "files")


class Core:
    """A lender's core system with its token."""

    def __init__(self, company: Company, by: User) -> None:
        with company_scope(company):
            _token, text = issue_token(company=company, name="core", scopes=["feed"], by=by)
        self.headers = {"Authorization": f"Bearer {text}"}
        self.client = Client()

    def send(self, kind: str, *rows: dict[str, Any], key: str = "", **more: Any) -> Any:
        """Rows as JSON; what they leave out is the kind's base row."""
        full = [{**BASES.get(kind, {}), **row} for row in rows]
        return self.post(kind, json.dumps({"as_of": "2026-03-05", "rows": full, **more}), key)

    def post(self, kind: str, body: str, key: str = "") -> Any:
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        return self.client.post(
            f"/api/v1/feeds/{kind}/", body, content_type="application/json", headers=headers
        )

    def get(self, path: str) -> Any:
        return self.client.get(path, headers=self.headers)


@pytest.fixture
def core(lender: Company, person: Person) -> Core:
    return Core(lender, person(lender, "admin"))


def work(company: Company) -> None:
    with company_scope(company):
        waiting = list(Job.objects.filter(state=Job.State.QUEUED).values_list("pk", flat=True))
    for job_id in waiting:
        run_job(company=company, job_id=job_id)


def test_rows_are_in_when_the_answer_comes(core: Core, lender: Company) -> None:
    rows: list[dict[str, Any]] = [
        {**loan(1, remark="x"), "principal": 1000.10},
        loan(2, fee="much"),
    ]
    answer = core.send("loans", *rows)
    told = answer.json()
    assert (answer.status_code, told["state"]) == (200, "done")
    assert (told["rows"], told["new"], told["rejected"]) == (2, 1, 1)
    assert told["unknown_columns"] == ["remark"]
    assert [(r["line"], r["column"], r["code"]) for r in told["rejects"]] == [
        (2, "fee", "not_plain_decimal")
    ]
    with company_scope(lender):
        assert str(Loan.objects.get().principal) == "1000.10"
        run = ImportRun.objects.get()
    assert (run.source, run.requested_by_name, run.file_format) == ("api", "core", "JSON")
    again = core.get(f"/api/v1/feeds/runs/{told['run']}/")
    assert (again.status_code, again.json()) == (200, told)


def test_no_amount_passes_through_a_float(core: Core, lender: Company) -> None:
    body = json.dumps({"as_of": "2026-03-05", "rows": [{**BASES["loans"], "principal": "@"}]})
    answer = core.post("loans", body.replace('"@"', "1234567890123456.78"))
    assert answer.json()["rejected"] == 0
    answer = core.post("loans", body.replace('"@"', "0.1e1").replace('"L1"', '"L2"'))
    assert answer.json()["rejects"][0]["value"] == "0.1e1"
    answer = core.post("loans", body.replace('"@"', "NaN").replace('"L1"', '"L3"'))
    assert answer.json()["rejects"][0]["code"] == "not_plain_decimal"
    answer = core.post("loans", body.replace('"@"', "[1]").replace('"L1"', '"L4"'))
    assert answer.json()["rejects"][0]["value"] == '["1"]'
    with company_scope(lender):
        assert str(Loan.objects.get().principal) == "1234567890123456.78"


def test_a_key_makes_a_call_repeatable(core: Core, lender: Company) -> None:
    first = core.send("loans", loan(1), key="monday-1")
    again = core.send("loans", loan(1), key="monday-1")
    assert (again.status_code, again.json()) == (200, first.json())
    assert again["Idempotent-Replayed"] == "true"
    assert core.send("loans", loan(2), key="monday-1").status_code == 422
    with company_scope(lender):
        assert ImportRun.objects.count() == 1


def test_strict_refuses_everything_and_says_why(core: Core, lender: Company) -> None:
    answer = core.send("loans", loan(1), loan(2, fee="x"), strict=True)
    told = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert told["detail"] == "Refused rows: 1 of 2; strict takes all rows or none."
    assert (told["rejected"], told["rejects"][0]["line"]) == (1, 2)
    with company_scope(lender):
        assert not Loan.objects.exists()
        assert ImportRun.objects.get().state == ImportRun.State.REFUSED


def test_a_dry_run_counts_and_writes_nothing(core: Core, lender: Company) -> None:
    told = core.send("loans", loan(1), dry_run=True).json()
    assert (told["state"], told["new"]) == ("judged", 1)
    assert told["outlook"] == {"opened": {"count": 1, "amount": "1020.00"}}
    with company_scope(lender):
        assert not Loan.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ("{", 400, "not JSON"),
        ("[]", 400, "object"),
        ('{"rows": []}', 400, "as_of"),
        ('{"as_of": "2026-02-30", "rows": []}', 400, "as_of"),
        ('{"as_of": "2026-03-05"}', 400, "rows"),
        (
            '{"as_of": "2026-03-05", "rows": [1]}',
            400,
            "Row 1 is no object; send its columns by name.",
        ),
        ('{"as_of": "2026-03-05", "rows": [{"loan_no": 1}, null]}', 400, "Row 2 is no object"),
        ('{"as_of": "2026-03-05", "rows": {}}', 400, "A list of objects is expected."),
        ('{"as_of": "2026-03-05", "rows": []}', 422, "no row"),
        ('{"as_of": "2026-03-05", "rows": [{"a": 1}]}', 422, "loan_no"),
        ('{"as_of": "2026-03-05", "rows": [{"loan_no": 1}]}', 422, "missing: borrower_no"),
        ('{"as_of": "2199-03-05", "rows": [{"loan_no": 1}]}', 422, "still to come"),
    ],
)
def test_a_message_that_cannot_be_used_is_a_problem(
    core: Core, lender: Company, body: str, status: int, says: str
) -> None:
    answer = core.post("loans", body)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert says in answer.content.decode()
    with company_scope(lender):
        assert not Loan.objects.exists()


def test_too_large_a_message_is_sent_as_a_file(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "BYTES_OF_JSON", 1000)
    assert core.send("loans", loan(1, region="x" * 1000)).status_code == 413


def test_many_rows_are_written_in_the_background(
    core: Core, lender: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "ROWS_AT_ONCE", 2)
    answer = core.send("loans", loan(1), loan(2), loan(3))
    assert (answer.status_code, answer.json()["state"]) == (202, "judged")
    work(lender)
    assert core.get(answer["Location"]).json()["state"] == "done"
    with company_scope(lender):
        assert Loan.objects.count() == 3


def test_rows_wait_while_another_import_is_being_written(core: Core, feeding: Feeding) -> None:
    other = feeding.send("loans", "2026-03-05", loan(9), dry_run=True)
    with company_scope(feeding.company):
        ImportRun.objects.filter(pk=other.pk).update(
            state=ImportRun.State.APPLYING, moved_at=timezone.now()
        )
    answer = core.send("loans", loan(1))
    assert answer.status_code == 202
    with company_scope(feeding.company):
        assert not Loan.objects.exists()
        ImportRun.objects.filter(pk=other.pk).update(state=ImportRun.State.DISCARDED)
    work(feeding.company)
    assert core.get(answer["Location"]).json()["state"] == "done"


def test_a_file_is_read_and_written_in_the_background(core: Core, lender: Company) -> None:
    file = SimpleUploadedFile("book.csv", loans(loan(1), loan(2, fee="x")).encode())
    answer = core.client.post(
        "/api/v1/feeds/loans/", {"as_of": "2026-03-05", "file": file}, headers=core.headers
    )
    assert (answer.status_code, answer.json()["state"]) == (202, "reading")
    work(lender)
    told = core.get(answer["Location"]).json()
    assert (told["state"], told["new"], told["rejected"]) == ("done", 1, 1)
    file = SimpleUploadedFile("book.csv", b"a,b\n1,2\n")
    answer = core.client.post(
        "/api/v1/feeds/loans/", {"as_of": "2026-03-05", "file": file}, headers=core.headers
    )
    work(lender)
    told = core.get(answer["Location"]).json()
    assert (told["state"], "is not the header" in told["refusal"]) == ("refused", True)


def test_a_repayment_and_its_reversal(core: Core, lender: Company) -> None:
    core.send("loans", {})
    told = core.send("repayments", {}, {"repayment_no": "X1", "reverses": "R1"}).json()
    assert (told["new"], told["outlook"]["reversed"]["count"]) == (2, 1)
    with company_scope(lender):
        assert set(Repayment.objects.values_list("state", flat=True)) == {"reversed", "reversal"}


def test_only_a_lenders_feed_token_opens_the_door(
    core: Core, feeding: Feeding, other_lender: Company, agency: Company, person: Person
) -> None:
    assert Client().post("/api/v1/feeds/loans/").status_code == 401
    without = Core(feeding.company, person(feeding.company, "admin"))
    with company_scope(feeding.company):
        newest = ApiToken.objects.latest("pk")
        ApiToken.objects.filter(pk=newest.pk).update(scopes=[])
    assert without.send("loans", {}).status_code == 403
    hired = Core(agency, person(agency, "admin"))
    assert hired.send("loans", {}).status_code == 403
    assert core.send("nothing", {}).status_code == 404
    run = feeding.send("loans", "2026-03-05", {})
    stranger = Core(other_lender, person(other_lender, "admin"))
    assert stranger.get(f"/api/v1/feeds/runs/{run.uid}/").status_code == 404
    assert core.get(f"/api/v1/feeds/runs/{run.uid}/").status_code == 200
