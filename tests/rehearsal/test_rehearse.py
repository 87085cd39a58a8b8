"""The rehearse command on books made for it: one file of loans, and a folder of daily feeds."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from config.rehearsal.converters import loan_payments_lives, prosper_lives, superlender_lives
from tenancy.models import Company

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

LOANS = """\
loan_no,borrower_no,appears_on,due_date,principal,interest,fee,penalty,paid_off_at
BACKLOG,B1,2026-02-01,2026-02-20,100.00,5.00,0,0,
PAIDFIRST,B1,2026-02-01,2026-02-20,100.00,5.00,0,0,2026-03-01 10:00:00
GONE,B2,2026-01-01,2026-01-20,100.00,5.00,0,0,2026-02-10 10:00:00
SAMEDAY,B3,2026-03-02,2026-03-17,100.00,5.00,0,0,2026-03-02 18:00:00
LATER,B4,2026-03-02,2026-03-03,70.00,0,1.00,2.00,2026-03-05 23:59:59
NOTDUE,B5,2026-03-03,2026-04-03,50.00,5.00,0,0,
"""
ANSWERS = """\
loan_no,dpd,bucket,principal,interest,total
BACKLOG,12,S2,100.00,5.00,105.00
LATER,1,S1,70.00,,73.00
NOTDUE,-30,ND,50.00,5.00,55.00
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.csv"
    path.write_text(LOANS)
    return path


def rehearsed(*args: object) -> tuple[list[dict[str, Any]], str]:
    out, err = StringIO(), StringIO()
    words = [str(arg) for arg in args]
    call_command("rehearse", *words, "--company", "TRY", stdout=out, stderr=err)
    return [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def test_a_file_of_loans_is_played_day_by_day(book: Path, tmp_path: Path, db: None) -> None:
    answers = tmp_path / "answers.csv"
    answers.write_text(ANSWERS)
    lines, told = rehearsed(
        book, "--from", "2026-03-01", "--to", "2026-03-06", "--timezone", "Asia/Shanghai",
        "--at", "2026-03-04", "--at", "2026-03-05", "--expect", f"2026-03-04={answers}", "--loans",
    )  # fmt: skip
    standing = {(line["as_of"], line["loan_no"]): (line["dpd"], line["bucket"]) for line in lines}
    assert standing == {
        ("2026-03-04", "BACKLOG"): (12, "S2"),
        ("2026-03-04", "LATER"): (1, "S1"),
        ("2026-03-04", "NOTDUE"): (-30, "ND"),
        ("2026-03-05", "BACKLOG"): (13, "S2"),
        ("2026-03-05", "NOTDUE"): (-29, "ND"),
    }
    assert "3 loans expected, 0 differences" in told
    assert not Company.objects.get(code="TRY").is_active
    # Every day that was played can be asked for afterwards.
    out = StringIO()
    call_command("buckets", "--company", "TRY", "--date", "2026-02-28", "--json", stdout=out)
    buckets = json.loads(out.getvalue())["buckets"]
    assert [bucket["cases"] for bucket in buckets] == [0, 2, 0, 0, 0, 0, 0]


def test_a_difference_is_named_and_fails(book: Path, tmp_path: Path, db: None) -> None:
    answers = tmp_path / "answers.csv"
    answers.write_text(
        "loan_no,dpd,bucket,principal\nBACKLOG,12,S1,100.00\nLATER,1,S1,71.00\nMISSING,1,S1,1\n"
    )
    with pytest.raises(CommandError, match="4 differences"):
        rehearsed(
            book, "--from", "2026-03-01", "--to", "2026-03-04",
            "--expect", f"2026-03-04={answers}",
        )  # fmt: skip


def test_a_folder_of_daily_feeds_with_another_scheme(tmp_path: Path, db: None) -> None:
    header = "loan_no,borrower_no,due_date,principal,interest,fee,penalty\n"
    (tmp_path / "loans-2026-03-01.csv").write_text(header + "A,B,2026-02-27,10,0,0,0\n")
    (tmp_path / "loans-2026-03-03.csv").write_text(header + "C,B,2026-03-01,20,0,0,0\n")
    (tmp_path / "repayments-2026-03-04.csv").write_text(
        "repayment_no,loan_no,paid_at,amount\nR,A,2026-03-04 09:00,10\n"
    )
    (tmp_path / "notes.txt").write_text("not a feed")
    lines, _told = rehearsed(
        tmp_path, "--from", "2026-03-02", "--scheme", "platform", "--keep-open",
        "--at", "2026-03-03", "--at", "2026-03-04",
    )  # fmt: skip
    assert [(line["as_of"], [bucket["cases"] for bucket in line["buckets"]]) for line in lines] == [
        ("2026-03-03", [2, 0, 0, 0]),
        ("2026-03-04", [1, 0, 0, 0]),
    ]
    assert Company.objects.get(code="TRY").is_active


@pytest.mark.parametrize(
    ("text", "more", "words"),
    [
        ("a,b\n1,2\n", (), "none of a book that is known"),
        (LOANS.splitlines()[0] + "\n", (), "holds no loan"),
        (LOANS, ("--from", "2026-03-02", "--to", "2026-03-01"), "lies before"),
        (LOANS, ("--reader", "prosper_loans"), "none of a book that is known"),
        (LOANS, ("--expect", "tomorrow"), "not DATE=FILE"),
    ],
)
def test_what_stands_in_the_way_is_said(
    tmp_path: Path, text: str, more: tuple[str, ...], words: str, db: None
) -> None:
    path = tmp_path / "book.csv"
    path.write_text(text)
    with pytest.raises(CommandError, match=words):
        rehearsed(path, *more)
    assert not Company.objects.filter(code="TRY").exists()


def test_a_code_in_use_and_a_missing_file_are_refused(book: Path, lender: Company) -> None:
    with pytest.raises(CommandError, match="in use"):
        call_command("rehearse", str(book), "--company", lender.code)
    with pytest.raises(CommandError, match="neither a folder nor a file"):
        rehearsed(book.parent / "nothing.csv")
    empty = book.parent / "empty"
    empty.mkdir()
    with pytest.raises(CommandError, match="no file called"):
        rehearsed(empty)


def test_dirt_of_the_public_books() -> None:
    """Made-up rows in the raw columns: what each reader does with what is odd in them."""
    one, other, *none = superlender_lives(
        [
            {"systemloanid": "1", "customerid": "c", "termdays": "30", "loanamount": "",
             "totaldue": "130.0", "creationdate": "2017-01-01 00:30:00.000000",
             "closeddate": "2017-02-01 23:59:59.000000",
             "firstduedate": "2017-01-31 00:00:00.000000"},
            {"systemloanid": "2", "customerid": "c", "termdays": "15", "loanamount": "100.0",
             "totaldue": "115.5", "creationdate": "2017-01-01 00:30:00.000000",
             "closeddate": "", "firstduedate": "2017-01-16 00:00:00.000000"},
            {"systemloanid": "3", "termdays": "60"},
        ]
    )  # fmt: skip
    assert none == []
    assert (str(one.principal), str(one.interest)) == ("130.00", "0.00")
    assert (str(other.principal), str(other.interest), other.paid_off_at) == (
        "100.00", "15.50", None,
    )  # fmt: skip
    assert (str(one.appears_on), str(one.paid_off_on)) == ("2017-01-01", "2017-02-01")
    (short,) = loan_payments_lives(
        [{"Loan_ID": "x", "effective_date": "9/8/2016", "due_date": "10/7/2016",
          "paid_off_time": "10/7/2016 9:00", "Principal": "1000", "terms": "30"}]
    )  # fmt: skip
    assert (str(short.appears_on), str(short.paid_off_at)) == ("2016-09-08", "2016-10-07 09:00:00")
    raw = {"LoanNumber": "7", "MemberKey": "m", "LoanOriginalAmount": "100", "Term": "36",
           "LP_CustomerPrincipalPayments": ".165160", "LoanCurrentDaysDelinquent": "16",
           "LoanStatus": "Past Due (16-30 days)"}  # fmt: skip
    over = raw | {"LoanNumber": "8", "LP_CustomerPrincipalPayments": "130", "LoanStatus": "Current"}
    done = raw | {"LoanNumber": "9", "LoanStatus": "Completed"}
    lives = list(prosper_lives([raw, raw, over, done]))
    assert [(x.loan_no, str(x.principal)) for x in lives] == [
        ("7", "99.83"),
        ("8", "0"),
        ("9", "0"),
    ]
    assert str(lives[0].due_date) == "2014-02-23"
