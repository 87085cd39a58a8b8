"""What a rehearsal came to against answers worked out elsewhere, loan by loan.

An answer file is a CSV: the loan's number first, then `dpd`, `bucket`, and of `principal` (or
`principal_outstanding`), `interest` and `total` what is known; an empty cell is not compared. A
loan that it does not list must owe nothing, and where it says by a `LoanStatus` that a loan is
over, that loan must owe nothing either.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from cases.bucket_scheme import Band, band_for
from cases.buckets import NOT_DUE, LoanStanding, bucket_name
from config.rehearsal.converters import OVER, SMALL_LOANS, rows_of

PAST_DUE = "Past Due ("


@dataclass(frozen=True, slots=True)
class Answer:
    """What is right for one loan. `category`: the book's own name of how late it is, if it has."""

    loan_no: str
    dpd: int
    bucket: str
    principal: Decimal | None
    interest: Decimal | None
    total: Decimal | None
    category: str


def read_answers(path: Path) -> list[Answer]:
    """The answers of a file, without the loans that it says are over."""
    with rows_of(path) as rows:
        key = (rows.fieldnames or [""])[0]
        return [_answer(row[key], row) for row in rows if row.get("LoanStatus") not in OVER]


def _answer(loan_no: str, row: Mapping[str, str]) -> Answer:
    def amount(*names: str) -> Decimal | None:
        return next((Decimal(row[name]) for name in names if row.get(name)), None)

    status = row.get("LoanStatus") or ""
    category = status.removeprefix(PAST_DUE).removesuffix(" days)")
    return Answer(
        loan_no=loan_no,
        dpd=int(row["dpd"]),
        bucket=row["bucket"],
        principal=amount("principal", "principal_outstanding"),
        interest=amount("interest"),
        total=amount("total"),
        category=category if status.startswith(PAST_DUE) else "",
    )


def differences(
    *,
    answers: Sequence[Answer],
    standings: Sequence[LoanStanding],
    bands: Sequence[Band],
) -> Iterator[str]:
    """One sentence for each loan that does not come out as the answers say.

    bands: the scheme of the company. Answers name buckets of *small loans*; where the scheme is
    another one, that ladder is laid over the days past due that came out.
    """
    ours = {loan.loan_no: loan for loan in standings}
    for answer in answers:
        loan = ours.pop(answer.loan_no, None)
        if loan is None:
            yield f"{answer.loan_no}: owes nothing here, expected {answer.dpd} days past due"
            continue
        for name, got, wanted in _compared(loan, answer, bands):
            if wanted not in (None, "", got):
                yield f"{answer.loan_no}: {name} is {got}, expected {wanted}"
    for loan_no, loan in ours.items():
        yield f"{loan_no}: owes {loan.owed.total} here, expected nothing"


def _compared(
    loan: LoanStanding, answer: Answer, bands: Sequence[Band]
) -> Iterator[tuple[str, object, object]]:
    yield "dpd", loan.dpd, answer.dpd
    band = band_for(SMALL_LOANS, loan.dpd)
    small_loans = NOT_DUE if band is None else band.label
    own = bucket_name(loan)
    yield "bucket", own if tuple(bands) == SMALL_LOANS else small_loans, answer.bucket
    yield "category", own, answer.category
    yield "principal", loan.owed.principal, answer.principal
    yield "interest", loan.owed.interest, answer.interest
    yield "total", loan.owed.total, answer.total
