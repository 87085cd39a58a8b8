"""A small book made by hand: loans with an opening balance, as the feed would leave them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count

from cases.models import Borrower, BucketMove, Case, DueDate, LedgerEntry, Loan
from tenancy.models import Company

_numbers = count(1)


def day(text: str) -> date:
    return date.fromisoformat(text)


@dataclass(frozen=True)
class Owed:
    principal: str = "1000.00"
    interest: str = "0.00"
    fee: str = "0.00"
    penalty: str = "0.00"


def loan(company: Company, due: str, *, as_of: str, owed: Owed | None = None, no: str = "") -> Loan:
    """A loan of a borrower of its own, opened with `owed` at the close of `as_of`."""
    owed = owed or Owed()
    no = no or f"L{next(_numbers):06}"
    borrower = Borrower.objects.create(owner=company, borrower_no=f"B-{no}", name=f"Name {no}")
    amounts = {
        "principal": Decimal(owed.principal),
        "interest": Decimal(owed.interest),
        "fee": Decimal(owed.fee),
        "penalty": Decimal(owed.penalty),
    }
    made = Loan.objects.create(
        owner=company, borrower=borrower, loan_no=no, due_date=day(due), as_of=day(as_of),
        row_digest=b"0" * 16, **amounts,
    )  # fmt: skip
    DueDate.objects.create(owner=company, loan=made, as_of=day(as_of), due_date=day(due))
    LedgerEntry.objects.create(
        owner=company, loan=made, effective_date=day(as_of), kind="opening", **amounts
    )
    return made


def case_of(made: Loan) -> Case:
    """The newest case of a loan."""
    return Case.objects.filter(loan=made).latest("pk")


def label(case: Case) -> str | None:
    return case.bucket.label if case.bucket else None


def moves(case: Case) -> list[tuple[str, int, str | None, str | None, str]]:
    """Every move of a case: date, days past due, from, to, why."""
    rows = BucketMove.objects.filter(case=case).order_by("pk")
    return [
        (
            row.on_date.isoformat(),
            row.dpd,
            row.from_bucket.label if row.from_bucket else None,
            row.to_bucket.label if row.to_bucket else None,
            row.why,
        )
        for row in rows.select_related("from_bucket", "to_bucket")
    ]
