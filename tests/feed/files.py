"""Feed files for tests, written row by row."""

import csv
import io
from pathlib import Path

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


def written(folder: Path, text: str, name: str = "feed.csv") -> Path:
    """The text as a file."""
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path
