"""A lender's book big enough that a night takes a while: made by a rule, taken in as a feed."""

from datetime import date, timedelta
from pathlib import Path

from cases.feed.importing import import_file
from cases.models import ImportRun
from tenancy.models import Company

LOANS = 3000
FIRST = date(2026, 3, 1)
# As many dates as kills may miss the shortest step, and the first.
LAST = FIRST + timedelta(days=24)
SOON = FIRST + timedelta(days=6)
"""The last date where nobody is killed."""


def load_book(company: Company, folder: Path) -> None:
    """Take in loans as of the day before FIRST, and money for some that come a day later."""
    before = FIRST - timedelta(days=1)
    rows = [
        f"L{n:05},B{n * 7 // 9:05},{before + timedelta(days=40 - n % 70)},"
        f"{100 + n % 83}.{n % 100:02},{n % 13}.5,0,{n % 7}"
        for n in range(LOANS)
    ]
    _take_in(
        company,
        folder,
        "loans",
        before,
        "loan_no,borrower_no,due_date,principal,interest,fee,penalty",
        rows,
    )
    money = [
        f"R{n:05},{'X' if n % 3 else 'L'}{n:05},{FIRST} 0{n % 10}:15,{20 + n % 50}"
        for n in range(0, LOANS, 11)
    ]
    _take_in(company, folder, "repayments", FIRST, "repayment_no,loan_no,paid_at,amount", money)


def _take_in(
    company: Company, folder: Path, kind: str, as_of: date, header: str, rows: list[str]
) -> None:
    path = folder / f"{kind}.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    run = import_file(company=company, kind=kind, as_of=as_of, path=path)
    assert (run.state, run.rejected) == (ImportRun.State.DONE, 0)
