"""What came of an import, for machines and for people who have to correct their file."""

import csv
from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext

from cases.amounts import COMPONENTS
from cases.feed.faults import Fault, fault_sentence
from cases.feed.runs import sentence_of
from cases.models import ImportReject, ImportRun
from tenancy.spreadsheets import neutralise

SHOWN_REJECTS = 100
REJECT_HEADER = ("line", "key", "column", "value", "reason", "code")
DIFFERENCE_HEADER = (
    "line",
    "loan_no",
    *(f"{side}_{part}" for side in ("stated", "ledger") for part in COMPONENTS),
)

COUNTS = (
    "rows",
    "new",
    "changed",
    "unchanged",
    "rejected",
    "already_in_balance",
    "suspense",
    "differs",
)


def result_of(run: ImportRun, *, most_rejects: int = SHOWN_REJECTS) -> dict[str, Any]:
    """The result of a run as plain values; at most so many rejects, in the order of the file."""
    rejects = run.rejects.order_by("line", "pk")[:most_rejects]
    return {
        "run": str(run.uid),
        "kind": run.kind,
        "as_of": run.as_of.isoformat(),
        "state": run.state,
        **{name: getattr(run, name) for name in COUNTS},
        "unknown_columns": list(run.unknown_columns),
        "outlook": {
            name: {"count": told[0], "amount": told[1]} for name, told in run.outlook.items()
        },
        "refusal": sentence_of(run),
        "rejects": [
            {
                "line": reject.line,
                "column": reject.column,
                "value": reject.value,
                "reason": reason_of(reject),
                "code": reject.code,
            }
            for reject in rejects
        ],
    }


def reason_of(reject: ImportReject) -> str:
    """Why the row is refused, in the language in force."""
    return fault_sentence(
        Fault(reject.column, reject.value, reject.code, reject.params), translate=gettext
    )


def write_rejects(run: ImportRun, file: IO[str]) -> int:
    """Write every fault of the run as CSV; returns how many. Cells are no formulas."""
    writer = csv.writer(file)
    writer.writerow(REJECT_HEADER)
    written = 0
    for row in _reject_rows(run):
        writer.writerow(row)
        written += 1
    return written


def _reject_rows(run: ImportRun) -> Iterator[tuple[object, ...]]:
    for reject in run.rejects.order_by("line", "pk").iterator(chunk_size=5000):
        texts = (reject.key, reject.column, reject.value, reason_of(reject), reject.code)
        yield (reject.line, *map(neutralise, texts))


def write_differences(run: ImportRun, file: IO[str]) -> int:
    """Write each loan whose row states another balance than the ledger as CSV; returns how many."""
    writer = csv.writer(file)
    writer.writerow(DIFFERENCE_HEADER)
    written = 0
    columns = DIFFERENCE_HEADER[2:]
    for found in run.differences.order_by("line", "pk").iterator(chunk_size=5000):
        amounts = (str(getattr(found, column)) for column in columns)
        writer.writerow((found.line, neutralise(found.loan_no), *amounts))
        written += 1
    return written
