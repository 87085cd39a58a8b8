"""Repayments as rows: what is known of them, what waits in suspense, and writing many at once."""
# ruff: noqa: S608 (statements are put together from constants of this package)

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cases.amounts import COMPONENTS, Amounts
from cases.statements import OWNER, ids, rows


@dataclass(frozen=True, slots=True)
class RepaymentRow:
    """Money as the lender reports it. `paid_at` is aware; a `split` adds up to the amount.

    reverses: the number of the repayment that this row takes back, "" for an ordinary one.
    """

    repayment_no: str
    loan_no: str
    paid_at: datetime
    amount: Decimal
    split: Amounts | None = None
    reverses: str = ""


@dataclass(frozen=True, slots=True)
class KnownLoan:
    """A loan of the book, and the date of its last statement of the balance."""

    loan_id: int
    stated_on: date


@dataclass(frozen=True, slots=True)
class Booked:
    """What is stored of a repayment. `row_id` None: about to be.

    loan_no: as the lender sent it. booked_to: the loan that has the money, which is another one
    where a person matched it by hand; as sent while it waits.
    """

    row_id: int | None
    loan_no: str
    booked_to: str
    amount: Decimal
    effective_date: date
    reverses: str
    waits: bool


@dataclass(frozen=True, slots=True)
class Booking:
    """A row to write: a new one, or (with a row_id) one that leaves suspense."""

    row_id: int | None
    row: RepaymentRow
    effective_date: date
    loan_id: int | None
    state: str


def lock_known_loans(owner: int, loan_numbers: Iterable[str]) -> dict[str, KnownLoan]:
    """The loans of these numbers that have a balance, locked in the order of their ids."""
    found = rows(
        f"""
        WITH locked AS MATERIALIZED (
            SELECT l.id, l.loan_no FROM cases_loan l
            WHERE l.owner_id = {OWNER} AND l.loan_no = ANY(%(numbers)s)
            ORDER BY l.id FOR NO KEY UPDATE
        )
        SELECT locked.loan_no, locked.id, max(e.effective_date)
        FROM locked JOIN cases_ledgerentry e ON e.loan_id = locked.id AND e.owner_id = {OWNER}
        WHERE e.kind IN ('opening', 'snapshot')
        GROUP BY locked.loan_no, locked.id
        """,
        {"owner": owner, "numbers": sorted(set(loan_numbers))},
    )
    return {number: KnownLoan(loan_id, stated_on) for number, loan_id, stated_on in found}


def lock_loans(owner: int, loan_ids: Collection[int]) -> None:
    """Lock loans in the order of their ids."""
    rows(LOCK_LOANS, {"owner": owner, "ids": list(loan_ids)})


LOCK_LOANS = f"""
    SELECT id FROM cases_loan WHERE owner_id = {OWNER} AND id = ANY(%(ids)s)
    ORDER BY id FOR NO KEY UPDATE
"""


def booked(owner: int, numbers: Iterable[str]) -> dict[str, Booked]:
    """Which of these repayment numbers are stored already, and as what."""
    found = rows(
        f"""
        SELECT r.repayment_no, r.id, r.loan_no, coalesce(l.loan_no, r.loan_no), r.amount,
            r.effective_date, r.reverses_no, r.state = 'suspense'
        FROM cases_repayment r
        LEFT JOIN cases_loan l ON l.owner_id = {OWNER} AND l.id = r.loan_id
        WHERE r.owner_id = {OWNER} AND r.repayment_no = ANY(%(numbers)s)
        """,
        {"owner": owner, "numbers": sorted(set(numbers))},
    )
    return {number: Booked(*rest) for number, *rest in found}


def other_loans_of(owner: int, numbers: Collection[str]) -> list[str]:
    """The loans of those of these repayments that a person matched to another than was sent."""
    if not numbers:
        return []
    found = rows(
        f"""
        SELECT DISTINCT l.loan_no FROM cases_repayment r
        JOIN cases_loan l ON l.owner_id = {OWNER} AND l.id = r.loan_id
        WHERE r.owner_id = {OWNER} AND r.repayment_no = ANY(%(numbers)s)
          AND l.loan_no <> r.loan_no
        """,
        {"owner": owner, "numbers": sorted(numbers)},
    )
    return [number for (number,) in found]


def reversed_numbers(owner: int, loan_ids: Collection[int]) -> set[str]:
    """The numbers of the repayments of these loans that a booked row has taken back."""
    found = rows(
        f"""
        SELECT reverses_no FROM cases_repayment
        WHERE owner_id = {OWNER} AND loan_id = ANY(%(ids)s) AND reverses_no <> ''
        """,
        {"owner": owner, "ids": list(loan_ids)},
    )
    return {number for (number,) in found}


_WAITING = f"""
SELECT id, effective_date, repayment_no, loan_no, paid_at, amount, reverses_no,
    {", ".join(f"split_{name}" for name in COMPONENTS)}
FROM cases_repayment
WHERE owner_id = {OWNER} AND state = 'suspense' AND {{which}}
ORDER BY id FOR NO KEY UPDATE
"""
# What names the loan, and reversals of what a person matched to it, whichever loan they name.
_OF_THESE_LOANS = f"""id IN (
    SELECT id FROM cases_repayment
    WHERE owner_id = {OWNER} AND state = 'suspense' AND loan_no = ANY(%(numbers)s)
    UNION ALL
    SELECT r.id FROM cases_repayment r
    JOIN cases_repayment t ON t.owner_id = {OWNER} AND t.repayment_no = r.reverses_no
    JOIN cases_loan l ON l.owner_id = {OWNER} AND l.id = t.loan_id
    WHERE r.owner_id = {OWNER} AND r.state = 'suspense' AND r.reverses_no <> ''
      AND l.loan_no = ANY(%(numbers)s)
)"""


def waiting(owner: int, loan_numbers: Iterable[str]) -> list[Booking]:
    """What waits in suspense for loans of these numbers, in the order in which it came."""
    values = {"owner": owner, "numbers": sorted(set(loan_numbers))}
    return [_as_waiting(found) for found in rows(_WAITING.format(which=_OF_THESE_LOANS), values)]


def waiting_row(owner: int, row_id: int) -> list[Booking]:
    """One row that waits, locked; empty if it waits no more."""
    found = rows(_WAITING.format(which="id = %(row_id)s"), {"owner": owner, "row_id": row_id})
    return [_as_waiting(values) for values in found]


def _as_waiting(values: Sequence[Any]) -> Booking:
    row_id, effective_date, number, loan_no, paid_at, amount, reverses, *split = values
    row = RepaymentRow(number, loan_no, paid_at, amount, as_split(split), reverses)
    return Booking(row_id, row, effective_date, loan_id=None, state="suspense")


def as_split(values: Sequence[Decimal | None]) -> Amounts | None:
    """The stored split; None where the lender gave none."""
    if values[0] is None:
        return None
    return Amounts(*(value or Decimal(0) for value in values))


def awaited_loan_numbers(owner: int, loan_ids: Collection[int] | None) -> list[str]:
    """The numbers of known loans for which money waits; of the given loans, or of all."""
    found = rows(
        f"""
        SELECT l.loan_no FROM cases_repayment r
        JOIN cases_loan l ON l.owner_id = r.owner_id AND l.loan_no = r.loan_no
        WHERE r.owner_id = {OWNER} AND r.state = 'suspense'
          AND (%(ids)s::bigint[] IS NULL OR l.id = ANY(%(ids)s))
        UNION
        SELECT l.loan_no FROM cases_repayment r
        JOIN cases_repayment t ON t.owner_id = {OWNER} AND t.repayment_no = r.reverses_no
        JOIN cases_loan l ON l.owner_id = {OWNER} AND l.id = t.loan_id
        WHERE r.owner_id = {OWNER} AND r.state = 'suspense' AND r.reverses_no <> ''
          AND (%(ids)s::bigint[] IS NULL OR l.id = ANY(%(ids)s))
        """,
        {"owner": owner, "ids": None if loan_ids is None else list(loan_ids)},
    )
    return [number for (number,) in found]


def insert(owner: int, bookings: Sequence[Booking]) -> list[int]:
    """Write new rows; answers their ids."""
    if not bookings:
        return []
    return ids(
        """
        INSERT INTO cases_repayment (owner_id, repayment_no, loan_no, loan_id, paid_at,
            effective_date, amount, split_principal, split_interest, split_fee, split_penalty,
            applied_principal, applied_interest, applied_fee, applied_penalty, overpaid,
            reverses_no, state)
        SELECT %(owner)s, n.no, n.loan_no, n.loan_id, n.paid_at, n.effective_date, n.amount,
            n.principal, n.interest, n.fee, n.penalty, 0, 0, 0, 0, 0, n.reverses, n.state
        FROM unnest(%(no)s::text[], %(loan_no)s::text[], %(loan_id)s::bigint[],
            %(paid_at)s::timestamptz[], %(effective_date)s::date[], %(amount)s::numeric[],
            %(principal)s::numeric[], %(interest)s::numeric[], %(fee)s::numeric[],
            %(penalty)s::numeric[], %(reverses)s::text[], %(state)s::text[])
            AS n(no, loan_no, loan_id, paid_at, effective_date, amount, principal, interest, fee,
                 penalty, reverses, state)
        RETURNING id
        """,
        {"owner": owner} | _columns(bookings),
    )


def _columns(bookings: Sequence[Booking]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {
        "no": [b.row.repayment_no for b in bookings],
        "loan_no": [b.row.loan_no for b in bookings],
        "loan_id": [b.loan_id for b in bookings],
        "paid_at": [b.row.paid_at for b in bookings],
        "effective_date": [b.effective_date for b in bookings],
        "amount": [b.row.amount for b in bookings],
        "reverses": [b.row.reverses for b in bookings],
        "state": [b.state for b in bookings],
    }
    for name in COMPONENTS:
        columns[name] = [getattr(b.row.split, name) if b.row.split else None for b in bookings]
    return columns


def leave_suspense(owner: int, bookings: Sequence[Booking]) -> list[int]:
    """Give rows that waited their loan and state; answers their ids."""
    if not bookings:
        return []
    return ids(
        f"""
        UPDATE cases_repayment r SET loan_id = n.loan_id, state = n.state
        FROM unnest(%(ids)s::bigint[], %(loan_id)s::bigint[], %(state)s::text[])
            AS n(id, loan_id, state)
        WHERE r.id = n.id AND r.owner_id = {OWNER}
        RETURNING r.id
        """,
        {"owner": owner, "ids": [b.row_id for b in bookings]} | _columns(bookings),
    )
