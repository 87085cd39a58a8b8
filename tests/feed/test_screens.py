"""Imports on screen: upload, dry run, confirmation, progress and result; who may do what."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from cases.feed.stored_files import folder_of
from cases.models import ImportRun, Loan, Repayment, StagedLoan
from tenancy.jobs import run_job
from tenancy.models import Company, Job
from tenancy.scope import company_scope
from tests.feed.files import Feeding, loan, loans, table

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "FILES_ROOT", tmp_path / "files")


@pytest.fixture
def admin(lender: Company, signed_in: SignIn) -> Client:
    return signed_in(lender, "admin")


def upload(client: Client, text: str, kind: str = "loans", **more: str) -> HttpResponse:
    file = SimpleUploadedFile("loans_20260305.csv", text.encode())
    answer = client.post(
        "/cases/imports/new/", {"kind": kind, "as_of": "2026-03-05", "file": file, **more}
    )
    assert isinstance(answer, HttpResponse)
    return answer


def work(company: Company) -> list[str]:
    """Do what waits, as a worker would; answers the states of the jobs."""
    with company_scope(company):
        waiting = list(Job.objects.filter(state=Job.State.QUEUED).values_list("pk", flat=True))
    for job_id in waiting:
        run_job(company=company, job_id=job_id)
    with company_scope(company):
        return list(Job.objects.filter(pk__in=waiting).values_list("state", flat=True))


def only_run(company: Company) -> ImportRun:
    with company_scope(company):
        return ImportRun.objects.get()


def page(client: Client, run: ImportRun, query: str = "") -> str:
    answer = client.get(f"/cases/imports/{run.uid}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_from_upload_to_result(admin: Client, lender: Company) -> None:
    uploaded = upload(admin, loans(loan(1, shop="x"), loan(2, fee="12,5"), loan(3)))
    run = only_run(lender)
    assert (uploaded.status_code, uploaded["Location"]) == (302, f"/cases/imports/{run.uid}/")
    assert "every 1s" in page(admin, run)
    kept = list(folder_of(lender.pk).iterdir())
    assert len(kept) == 1
    assert kept[0].stat().st_mode & 0o777 == 0o600
    assert "loans_20260305" not in kept[0].name

    assert work(lender) == ["done"]
    shown = page(admin, run)
    assert "Import 2 rows" in shown
    assert "nothing written yet" in shown
    assert "12,5" in shown
    assert "Not a plain decimal number" in shown
    assert "shop" in shown
    assert not list(folder_of(lender.pk).iterdir())
    with company_scope(lender):
        assert not Loan.objects.exists()

    answer = admin.post(f"/cases/imports/{run.uid}/confirm/")
    assert answer.status_code == 302
    assert work(lender) == ["done"]
    with company_scope(lender):
        assert set(Loan.objects.values_list("loan_no", flat=True)) == {"L1", "L3"}
        assert not StagedLoan.objects.exists()
    shown = page(admin, run)
    assert "Imported: 2 rows." in shown
    assert "Ada Admin" in shown
    assert "2026-03-05" in admin.get("/cases/imports/").content.decode()


def test_what_waits_can_be_looked_at_row_by_row(admin: Client, feeding: Feeding) -> None:
    feeding.send("loans", "2026-03-04", loan(1), loan(2))
    upload(
        admin, loans(loan(1), loan(2, due_date="2026-03-09", penalty="7"), *map(loan, range(3, 80)))
    )
    work(feeding.company)
    with company_scope(feeding.company):
        run = ImportRun.objects.get(state=ImportRun.State.JUDGED)
    assert (run.new, run.changed, run.unchanged, run.differs) == (77, 1, 1, 1)
    new = page(admin, run, "?show=new")
    # Whole words: what keeps forms from being forged holds any letters.
    assert re.search(r"\bL52\b", new)
    assert not re.search(r"\bL53\b", new)
    assert re.search(r"\bL53\b", page(admin, run, "?show=new&after=53"))
    changed = page(admin, run, "?show=changed")
    assert "2026-03-09" in changed
    assert "2026-03-01" in changed
    assert "L1" in page(admin, run, "?show=unchanged")
    differs = page(admin, run, "?show=differs")
    assert "1,027.00" in differs
    assert "1,020.00" in differs
    assert page(admin, run, "?show=new&after=x")
    answer = admin.get(f"/cases/imports/{run.uid}/differences.csv")
    assert b"".join(answer).decode("utf-8-sig").splitlines()[1].startswith("3,L2,1000.00,20.00")


def test_rejects_by_reason_page_by_page_and_as_a_file(admin: Client, lender: Company) -> None:
    bad = [loan(n, fee="x") for n in range(60)]
    upload(admin, loans(*bad, loan(61, due_date="2026-02-29"), loan(62, loan_no="=A1")))
    work(lender)
    run = only_run(lender)
    first = page(admin, run)
    assert "Amount format" in first
    assert "2026-02-29" not in first
    by_reason = page(admin, run, "?code=date_missing")
    assert "2026-02-29" in by_reason
    assert "There is no such day in the calendar." in by_reason
    answer = admin.get(f"/cases/imports/{run.uid}/rejects.csv")
    assert "attachment" in answer["Content-Disposition"]
    rows = b"".join(answer).decode("utf-8-sig").splitlines()
    assert len(rows) == 63
    assert "'=A1" in rows[-1]
    assert "Import" in first
    assert "0 rows" not in first


def steps_of(shown: str) -> list[str]:
    """What the steps of an import's page say of themselves, in order."""
    listed = shown.partition('<ol class="rc-steps')[2].partition("</ol>")[0]
    return re.findall(r'<li class="(\w+)"', listed)


def test_a_refused_file_got_no_further_than_its_upload(admin: Client, lender: Company) -> None:
    upload(admin, "loan_no,what\nL1,x\n")
    work(lender)
    run = only_run(lender)
    assert run.state == ImportRun.State.REFUSED
    assert steps_of(page(admin, run)) == ["done", "todo", "todo", "now"]


def test_a_discarded_file_was_never_imported(admin: Client, lender: Company) -> None:
    upload(admin, loans(loan(1)))
    work(lender)
    run = only_run(lender)
    admin.post(f"/cases/imports/{run.uid}/discard/")
    assert steps_of(page(admin, run)) == ["done", "done", "todo", "now"]


def test_strict_is_refused_where_rows_are_rejected(admin: Client, lender: Company) -> None:
    upload(admin, loans(loan(1), loan(2, fee="x")), strict="on")
    work(lender)
    run = only_run(lender)
    answer = admin.post(f"/cases/imports/{run.uid}/confirm/", {"strict": "on"}, follow=True)
    assert "strict takes all rows or none" in answer.content.decode()
    assert (only_run(lender).state, work(lender)) == (ImportRun.State.JUDGED, [])
    admin.post(f"/cases/imports/{run.uid}/confirm/")
    work(lender)
    assert only_run(lender).state == ImportRun.State.DONE


def test_a_file_that_cannot_be_read_says_why(admin: Client, lender: Company) -> None:
    upload(admin, "a,b\n1,2\n")
    work(lender)
    shown = page(admin, only_run(lender))
    assert "is not the header" in shown
    assert "New import" in shown


def test_another_import_in_between_asks_to_look_again(admin: Client, feeding: Feeding) -> None:
    upload(admin, loans(loan(1), loan(2)))
    work(feeding.company)
    run = only_run(feeding.company)
    feeding.send("loans", "2026-03-06", loan(2))
    admin.post(f"/cases/imports/{run.uid}/confirm/")
    work(feeding.company)
    shown = page(admin, run)
    assert "look again" in shown
    assert "Import 1 row" in shown
    admin.post(f"/cases/imports/{run.uid}/confirm/")
    work(feeding.company)
    with company_scope(feeding.company):
        run = ImportRun.objects.get(pk=run.pk)
        assert (run.state, run.new, run.rejected) == (ImportRun.State.DONE, 1, 1)


def test_an_import_in_between_that_changes_nothing_here_asks_nothing(
    admin: Client, feeding: Feeding
) -> None:
    upload(admin, loans(loan(1)))
    work(feeding.company)
    run = only_run(feeding.company)
    feeding.send("loans", "2026-03-05", loan(2))
    admin.post(f"/cases/imports/{run.uid}/confirm/")
    work(feeding.company)
    with company_scope(feeding.company):
        assert ImportRun.objects.get(pk=run.pk).state == ImportRun.State.DONE


def test_discarding_leaves_nothing(admin: Client, lender: Company) -> None:
    upload(admin, loans(loan(1)))
    run = only_run(lender)
    answer = admin.post(f"/cases/imports/{run.uid}/discard/", {"then": "new"})
    assert answer["Location"] == "/cases/imports/new/"
    assert not list(folder_of(lender.pk).iterdir())
    assert work(lender) == ["done"]
    assert only_run(lender).state == ImportRun.State.DISCARDED
    assert "Discarded" in page(admin, run)


def test_progress_asks_for_the_whole_page_once_it_is_over(admin: Client, lender: Company) -> None:
    upload(admin, loans(loan(1)))
    run = only_run(lender)
    poll = f"/cases/imports/{run.uid}/progress/"
    answer = admin.get(poll, headers={"HX-Request": "true", "X-Recoup-Poll": "1"})
    assert "HX-Refresh" not in answer
    work(lender)
    assert admin.get(poll)["HX-Refresh"] == "true"


def test_a_failed_check_can_be_tried_again(
    admin: Client, lender: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(admin, loans(loan(1)))
    run = only_run(lender)
    with company_scope(lender):
        Job.objects.update(state=Job.State.FAILED, error="the disk was full")
    shown = page(admin, run)
    assert "the disk was full" in shown
    assert "Try again" in shown
    admin.post(f"/cases/imports/{run.uid}/confirm/")
    assert work(lender) == ["done"]
    assert only_run(lender).state == ImportRun.State.JUDGED


def test_the_form_says_what_is_missing(admin: Client) -> None:
    tomorrow = (date.today() + timedelta(days=2)).isoformat()  # noqa: DTZ011
    answer = admin.post("/cases/imports/new/", {"kind": "loans", "as_of": tomorrow})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "This date is still to come." in shown
    assert tomorrow in shown


@pytest.mark.parametrize(
    ("who", "reads", "uploads", "kinds"),
    [
        ("admin", 200, 200, ["loans", "instalments", "contacts", "repayments"]),
        ("finance", 200, 200, ["repayments"]),
        ("auditor", 200, 403, []),
        ("lead", 403, 403, []),
        ("collector", 403, 403, []),
        ("inspector", 403, 403, []),
    ],
)
def test_who_may_import(
    lender: Company, signed_in: SignIn, who: str, reads: int, uploads: int, kinds: list[str]
) -> None:
    client = signed_in(lender, who)
    assert client.get("/cases/imports/").status_code == reads
    answer = client.get("/cases/imports/new/")
    assert answer.status_code == uploads
    shown = answer.content.decode()
    assert [kind for kind in ("loans", "instalments", "contacts", "repayments")
            if f'value="{kind}"' in shown] == kinds  # fmt: skip


def test_finance_imports_money_and_nothing_else(
    feeding: Feeding, signed_in: SignIn, admin: Client
) -> None:
    feeding.send("loans", "2026-03-05", loan(1))
    finance = signed_in(feeding.company, "finance")
    money: dict[str, Any] = {
        "repayment_no": "R1",
        "loan_no": "L1",
        "paid_at": "2026-03-06 10:00:00",
        "amount": "20",
    }
    assert upload(finance, loans(loan(2))).status_code == 422
    assert upload(finance, table(money), kind="repayments").status_code == 302
    work(feeding.company)
    with company_scope(feeding.company):
        run = ImportRun.objects.get(kind="repayments")
    assert finance.post(f"/cases/imports/{run.uid}/confirm/").status_code == 302
    work(feeding.company)
    with company_scope(feeding.company):
        assert Repayment.objects.count() == 1
    upload(admin, loans(loan(3)))
    work(feeding.company)
    with company_scope(feeding.company):
        loans_run = ImportRun.objects.get(state=ImportRun.State.JUDGED)
    assert finance.get(f"/cases/imports/{loans_run.uid}/").status_code == 200
    assert finance.post(f"/cases/imports/{loans_run.uid}/confirm/").status_code == 403
    assert finance.post(f"/cases/imports/{loans_run.uid}/discard/").status_code == 403


def test_a_strangers_import_is_not_found(
    feeding: Feeding, other_lender: Company, agency: Company, signed_in: SignIn
) -> None:
    run = feeding.send("loans", "2026-03-05", loan(1), dry_run=True)
    stranger = signed_in(other_lender, "admin")
    for path in ("", "progress/", "rejects.csv", "differences.csv"):
        assert stranger.get(f"/cases/imports/{run.uid}/{path}").status_code == 404
    for path in ("confirm/", "discard/"):
        assert stranger.post(f"/cases/imports/{run.uid}/{path}").status_code == 404
    assert signed_in(agency, "admin").get("/cases/imports/").status_code == 403


def test_an_empty_list_says_what_to_do(admin: Client) -> None:
    shown = admin.get("/cases/imports/").content.decode()
    assert "Nothing has been imported yet" in shown
    assert (
        "No import matches this filter" in admin.get("/cases/imports/?kind=loans").content.decode()
    )
