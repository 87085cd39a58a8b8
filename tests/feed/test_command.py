"""`manage.py import_feed`: what it prints, its exit codes, and what refuses a whole file."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from cases.models import ImportReject, ImportRun, Loan, StagedLoan
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.feed.files import LOAN, Feeding, loan, loans, written

pytestmark = pytest.mark.django_db


def imported(path: Path, *options: str, kind: str = "loans") -> tuple[str, int]:
    """What the command printed, and its exit code."""
    out = io.StringIO()
    given = ["--company", "HAIYUE", "--kind", kind, "--as-of", "2026-03-05", str(path), *options]
    try:
        call_command("import_feed", *given, stdout=out)
    except SystemExit as ended:
        return out.getvalue(), int(ended.code or 0)
    except CommandError as error:
        return str(error), error.returncode
    return out.getvalue(), 0


def as_json(path: Path, *options: str, kind: str = "loans") -> dict[str, Any]:
    text, code = imported(path, "--json", *options, kind=kind)
    told: dict[str, Any] = json.loads(text)
    return {**told, "code": code}


def test_json_holds_figures_and_rejects(lender: Company, tmp_path: Path) -> None:
    text = loans(loan(1, shop_id="7"), loan(2, principal="12,5.00"), loan(3))
    told = as_json(written(tmp_path, text))
    assert (told["code"], told["state"], told["kind"]) == (0, "done", "loans")
    figures = {name: told[name] for name in ("rows", "new", "changed", "unchanged", "rejected")}
    assert figures == {"rows": 3, "new": 2, "changed": 0, "unchanged": 0, "rejected": 1}
    assert (told["already_in_balance"], told["suspense"], told["differs"]) == (0, 0, 0)
    assert told["unknown_columns"] == ["shop_id"]
    assert told["as_of"] == "2026-03-05"
    assert told["rejects"] == [
        {
            "line": 3,
            "column": "principal",
            "value": "12,5.00",
            "reason": "Not a plain decimal number such as 1234.50: only digits and one point.",
            "code": "not_plain_decimal",
        }
    ]
    with company_scope(lender):
        assert str(ImportRun.objects.get().uid) == told["run"]


def test_people_get_a_table_and_the_first_rejects(lender: Company, tmp_path: Path) -> None:
    bad = [loan(n, fee="x") for n in range(30)]
    text, code = imported(written(tmp_path, loans(loan(99), *bad)))
    assert code == 0
    assert "loans as of 2026-03-05 for HAIYUE: imported" in text
    assert "line 3, fee: 'x': Not a plain decimal" in text
    assert "line 22, fee" in text
    assert "line 23, fee" not in text
    assert "30 rows are refused" in text


def test_rejects_go_to_a_file_whose_cells_are_no_formulas(lender: Company, tmp_path: Path) -> None:
    text = loans(loan(1, loan_no="=cmd|' /C calc'!A0"), loan(2, fee="-3"), loan(3, fee="@SUM(A1)"))
    out = tmp_path / "rejects.csv"
    _text, code = imported(written(tmp_path, text), "--rejects", str(out))
    rows = list(csv.DictReader(io.StringIO(out.read_bytes().decode("utf-8-sig"))))
    assert [(row["line"], row["key"], row["value"]) for row in rows] == [
        ("2", "'=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("3", "L2", "-3"),
        ("4", "L3", "'@SUM(A1)"),
    ]
    assert code == 0


def test_a_dry_run_writes_nothing_and_waits(lender: Company, tmp_path: Path) -> None:
    told = as_json(written(tmp_path, loans(loan(1), loan(2))), "--dry-run")
    assert (told["code"], told["state"], told["new"]) == (0, "judged", 2)
    assert told["outlook"] == {"opened": {"count": 2, "amount": "2040.00"}}
    with company_scope(lender):
        assert not Loan.objects.exists()
        assert StagedLoan.objects.count() == 2


def test_the_same_file_after_a_dry_run_takes_its_place(lender: Company, tmp_path: Path) -> None:
    path = written(tmp_path, loans(loan(1)))
    as_json(path, "--dry-run")
    told = as_json(path)
    assert (told["state"], told["new"]) == ("done", 1)
    with company_scope(lender):
        states = list(ImportRun.objects.order_by("pk").values_list("state", flat=True))
        assert (states, StagedLoan.objects.count()) == (["discarded", "done"], 0)


def test_a_dry_run_leaves_an_import_that_writes_alone(lender: Company, tmp_path: Path) -> None:
    path = written(tmp_path, loans(loan(1)))
    as_json(path, "--dry-run")
    with company_scope(lender):
        ImportRun.objects.update(state=ImportRun.State.APPLYING)
    assert as_json(path, "--dry-run")["state"] == "judged"
    with company_scope(lender):
        states = list(ImportRun.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["applying", "judged"]


def test_strict_takes_all_rows_or_none(lender: Company, tmp_path: Path) -> None:
    path = written(tmp_path, loans(loan(1), loan(2, fee="x")))
    told = as_json(path, "--strict")
    assert (told["code"], told["state"], told["rejected"]) == (3, "refused", 1)
    assert told["refusal"] == "Refused rows: 1 of 2; strict takes all rows or none."
    with company_scope(lender):
        assert not Loan.objects.exists()
        assert ImportReject.objects.count() == 1
    assert imported(path, "--strict") == (told["refusal"], 3)
    assert as_json(path, "--strict", "--dry-run")["code"] == 3
    assert as_json(written(tmp_path, loans(loan(1))), "--strict")["code"] == 0


WHOLE_FILES = [
    pytest.param(b"", "The file is empty.", id="empty"),
    pytest.param(loans({}).split("\n")[0].encode(), "no row below it", id="header alone"),
    pytest.param(loans({}).encode("gbk"), "is not UTF-8: line 2", id="wrong encoding"),
    pytest.param(loans({}).encode("utf-16"), "is not UTF-8", id="utf-16"),
    pytest.param(
        loans({}).replace("principal", "capital").encode(), "missing: principal", id="column"
    ),
    pytest.param(b"a;b\n1;2\n", "is not the header", id="other columns"),
    pytest.param(loans({}).replace(",", ";").encode(), "separated by commas", id="semicolons"),
    pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "old Excel file", id="xls"),
    pytest.param(b"PK\x03\x04" + bytes(99), "save it again as XLSX or CSV", id="broken xlsx"),
]


@pytest.mark.parametrize(("content", "sentence"), WHOLE_FILES)
def test_a_file_that_cannot_be_used_is_refused_with_one_sentence(
    lender: Company, tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = written(tmp_path, content)
    told = as_json(path)
    assert (told["code"], told["state"]) == (1, "refused")
    assert sentence in told["refusal"]
    text, code = imported(path)
    assert (text, code) == (told["refusal"], 1)
    with company_scope(lender):
        assert not Loan.objects.exists()
        assert not StagedLoan.objects.exists()


def test_a_byte_order_mark_and_a_workbook_are_read(lender: Company, tmp_path: Path) -> None:
    assert as_json(written(tmp_path, loans(loan(1)).encode("utf-8-sig")))["new"] == 1
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(LOAN))
    sheet.append([*loan(2).values(), *list(LOAN.values())[2:-4], 1000.5, 20, 0, 0])
    book.save(tmp_path / "feed.xlsx")
    told = as_json(tmp_path / "feed.xlsx")
    assert (told["new"], told["rejects"]) == (1, [])
    with company_scope(lender):
        assert str(Loan.objects.get(loan_no="L2").outstanding) == "1020.50"
        formats = ImportRun.objects.order_by("pk").values_list("file_format", flat=True)
        assert list(formats) == ["UTF-8 BOM", "XLSX"]


def test_wrong_use_has_an_exit_code_of_its_own(lender: Company, tmp_path: Path) -> None:
    path = written(tmp_path, loans({}))
    assert imported(tmp_path / "none.csv")[1] == 2
    out = io.StringIO()
    with pytest.raises(CommandError) as refused:
        call_command(
            "import_feed", "--company", "NOBODY", "--kind", "loans", "--as-of", "2026-03-05",
            str(path), stdout=out,
        )  # fmt: skip
    assert refused.value.returncode == 2


def test_neither_an_agency_nor_a_day_to_come(feeding: Feeding, agency: Company) -> None:
    path = written(feeding.folder, loans({}))
    for company, as_of, sentence in (
        ("ANXIN", "2026-03-05", "ANXIN is not a lender"),
        ("HAIYUE", "2199-01-01", "still to come"),
    ):
        with pytest.raises(CommandError, match=sentence) as refused:
            call_command(
                "import_feed", "--company", company, "--kind", "loans", "--as-of", as_of, str(path)
            )
        assert refused.value.returncode == 1


def test_a_place_for_rejects_that_cannot_be_written_is_said_first(
    lender: Company, tmp_path: Path
) -> None:
    nowhere = tmp_path / "missing" / "rejects.csv"
    for place in (nowhere, tmp_path):
        said, code = imported(written(tmp_path, loans(loan(1))), "--rejects", str(place))
        assert (code, str(place) in said, "\n" in said) == (2, True, False)
    with company_scope(lender):
        assert not ImportRun.objects.exists()
        assert not Loan.objects.exists()


def test_a_date_that_is_none_is_said_in_a_sentence(lender: Company, tmp_path: Path) -> None:
    said, code = imported(written(tmp_path, loans(loan(1))), "--as-of", "21.11.2026")
    assert (code, "“21.11.2026” is no date; write one as 2026-11-21" in said) == (1, True)
