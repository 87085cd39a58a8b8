"""Feed files for tests, written row by row, and importing them in one line."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

from cases.feed.importing import import_file
from cases.models import ImportReject, ImportRun
from tenancy.models import Company
from tenancy.scope import company_scope

LOAN = {
    "loan_no": "L1",
    "borrower_no": "B1",
    "borrower_name": "王小明",
    "id_no": "110101199001011234",
    "phone": "13800138000",
    "product": "cash",
    "due_date": "2026-03-01",
    "principal": "1000.00",
    "interest": "20.00",
    "fee": "0",
    "penalty": "0",
}
REPAYMENT = {
    "repayment_no": "R1",
    "loan_no": "L1",
    "paid_at": "2026-03-06 12:00:00+08:00",
    "amount": "300.00",
}
CONTACT = {
    "borrower_no": "B1",
    "name": "李四",
    "relation": "friend",
    "phone": "13900139000",
    "source": "application",
}
INSTALMENT = {
    "loan_no": "L1",
    "seq": "1",
    "due_date": "2026-03-01",
    "principal": "500",
    "interest": "10",
    "fee": "0",
    "penalty": "0",
}
BASES: dict[str, dict[str, str]] = {
    "loans": LOAN,
    "repayments": REPAYMENT,
    "contacts": CONTACT,
    "instalments": INSTALMENT,
    "statements": {},
}


def table(*rows: dict[str, str], base: dict[str, str] | None = None) -> str:
    """Rows as CSV text; each has the base's values where it does not give its own."""
    full = [{**(base or {}), **row} for row in rows]
    names = list(dict.fromkeys(name for row in full for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(full)
    return out.getvalue()


def loans(*rows: dict[str, str]) -> str:
    """Loans; what a row leaves out is LOAN's."""
    return table(*rows, base=LOAN)


def loan(number: int, **changes: str) -> dict[str, str]:
    """Loan and borrower of that number."""
    return {"loan_no": f"L{number}", "borrower_no": f"B{number}", **changes}


def written(folder: Path, text: str | bytes, name: str = "feed.csv") -> Path:
    """The text as a file."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


class Feeding:
    """A lender, and the feed it sends; files are written below `folder`."""

    def __init__(self, company: Company, folder: Path) -> None:
        self.company, self.folder = company, folder

    def send(self, kind: str, as_of: str, *rows: dict[str, str], **options: Any) -> ImportRun:
        """Import rows of a kind; what they leave out is the kind's base row."""
        return self.send_text(kind, as_of, table(*rows, base=BASES[kind]), **options)

    def send_text(self, kind: str, as_of: str, text: str | bytes, **options: Any) -> ImportRun:
        """Import a file as it is."""
        return import_file(
            company=self.company,
            kind=kind,
            as_of=date.fromisoformat(as_of),
            path=written(self.folder, text),
            **options,
        )

    def rejects(self, run: ImportRun) -> list[tuple[int, str, str]]:
        """Line, column and code of everything that is wrong, in the order of the file."""
        with company_scope(self.company):
            found = ImportReject.objects.filter(run=run).order_by("line", "pk")
            return list(found.values_list("line", "column", "code"))


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    """New, changed, unchanged and rejected rows."""
    return run.new, run.changed, run.unchanged, run.rejected
