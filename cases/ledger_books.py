"""The books of loans: their facts read in bulk, what these make of the balance written back."""
# ruff: noqa: S608 (statements are put together from constants of this package)

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from cases.amounts import COMPONENTS, NOTHING, ZERO, Amounts
from cases.repayment_rows import as_split
from cases.statements import OWNER, Values, columns, execute, rows
from cases.timeline import Payment, Statement, Timeline, timeline
from cases.waterfall import RepaymentFact, WaiverFact

Key = tuple[int | None, date]
Four = tuple[Decimal, Decimal, Decimal, Decimal]


@dataclass(slots=True)
class Book:
    """What is stored of one loan's money."""

    balance: Amounts
    overpaid: Decimal
    statements: dict[date, Amounts] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    waivers: list[WaiverFact] = field(default_factory=list)
    entries: dict[Key, Amounts] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    stored: dict[int, tuple[str, Decimal, Amounts]] = field(default_factory=dict)

    def told(self, order: str) -> Timeline:
        """What the facts make of it."""
        return timeline(
            statements=[Statement(on, what) for on, what in sorted(self.statements.items())],
            payments=list(self.payments.values()),
            waivers=self.waivers,
            order=order,
        )

    def missing_entries(self, told: Timeline) -> Iterator[tuple[Key, str, Amounts]]:
        """The entries that make the stored ones say what the facts say: key, kind, amounts."""
        dated = {p.key: p for p in self.payments.values()}
        first = min(self.statements)
        keys = {key for key in (*told.effects, *self.entries) if key[1] > first}
        for key in sorted(keys, key=lambda k: (k[1], k[0] or 0)):
            amounts = told.effects.get(key, ZERO) - self.entries.get(key, ZERO)
            if amounts != ZERO:
                payment = dated.get(key[0]) if key[0] is not None else None
                yield key, self._kind(key, payment), amounts

    def _kind(self, key: Key, payment: Payment | None) -> str:
        if payment is None:
            return "correction"
        if payment.gone_on == key[1]:
            return "reversal"
        first = key not in self.entries and payment.fact.effective_date == key[1]
        return "repayment" if first else "correction"


def load_books(owner: int, loan_ids: Collection[int]) -> dict[int, Book]:
    """The books of these loans, by loan id; a loan without a statement has none."""
    values: Values = {"owner": owner, "ids": list(loan_ids)}
    books: dict[int, Book] = {}
    for loan_id, overpaid, *balance in rows(_LOANS, values):
        books[loan_id] = Book(Amounts(*balance), overpaid)
    for loan_id, *entry in rows(_ENTRIES, values):
        _add_entry(books[loan_id], *entry)
    for loan_id, *payment in rows(_PAYMENTS, values):
        _add_payment(books[loan_id], *payment)
    for loan_id, number, on in rows(_REVERSALS, values):
        payments = books[loan_id].payments
        payments[number] = replace(payments[number], reversed_on=on)
    return {loan_id: book for loan_id, book in books.items() if book.statements}


_OF_LOANS = f"WHERE owner_id = {OWNER} AND loan_id = ANY(%(ids)s)"
_LOANS = f"""
SELECT id, overpaid, principal, interest, fee, penalty FROM cases_loan
WHERE owner_id = {OWNER} AND id = ANY(%(ids)s)
"""
_ENTRIES = f"""
SELECT loan_id, id, effective_date, kind, repayment_id, booked_at, principal, interest, fee,
    penalty
FROM cases_ledgerentry {_OF_LOANS} ORDER BY id
"""
_PAYMENTS = f"""
SELECT loan_id, id, repayment_no, paid_at, effective_date, amount, state, overpaid,
    applied_principal, applied_interest, applied_fee, applied_penalty, split_principal,
    split_interest, split_fee, split_penalty
FROM cases_repayment {_OF_LOANS} AND reverses_no = ''
"""
_REVERSALS = f"""
SELECT loan_id, reverses_no, effective_date FROM cases_repayment {_OF_LOANS} AND reverses_no <> ''
"""


def _add_entry(
    book: Book, entry_id: int, on: date, kind: str, key: int | None, at: Any, *values: Decimal
) -> None:
    amounts = Amounts(*values)
    if kind in ("opening", "snapshot"):
        book.statements[on] = amounts
        return
    if kind == "waiver":
        book.waivers.append(WaiverFact(str(entry_id), at, on, -amounts))
    book.entries[key, on] += amounts


def _add_payment(
    book: Book, key: int, number: str, paid_at: Any, on: date, amount: Decimal, state: str,
    *values: Decimal,
) -> None:  # fmt: skip
    fact = RepaymentFact(number, paid_at, on, amount, as_split(values[5:]))
    book.payments[number] = Payment(key, fact)
    book.stored[key] = (state, values[0], Amounts(*values[1:5]))


def write_books(owner: int, books: dict[int, Book], order: str) -> list[int]:
    """Append the entries that are missing, and bring balances and allocations up to date.

    Answers the ids of the repayments whose state or allocation changed.
    """
    entries: list[tuple[Any, ...]] = []
    loans: list[tuple[Any, ...]] = []
    payments: list[tuple[Any, ...]] = []
    for loan_id, book in books.items():
        told = book.told(order)
        for (key, on), kind, amounts in book.missing_entries(told):
            entries.append((loan_id, key, on, kind, *_values(amounts)))
        if (told.left, told.overpaid) != (book.balance, book.overpaid):
            loans.append((loan_id, told.overpaid, *_values(told.left)))
        payments.extend(_changed_payments(book, told))
    _write(_APPEND, owner, ("loan", "payment", "on", "kind", *COMPONENTS), entries)
    _write(_BALANCES, owner, ("id", "overpaid", *COMPONENTS), loans)
    _write(_ALLOCATIONS, owner, ("id", "state", "overpaid", *COMPONENTS), payments)
    return [row[0] for row in payments]


def _changed_payments(book: Book, told: Timeline) -> Iterator[tuple[Any, ...]]:
    for payment in book.payments.values():
        state, *_ = stored = book.stored[payment.key]
        applied = told.applied.get(payment.key, ZERO)
        # What the first statement contains has no allocation, so nothing of it is overpaid.
        overpaid = payment.fact.amount - applied.total if payment.key in told.applied else NOTHING
        if payment.reversed_on is not None:
            state = "reversed"
        if (state, overpaid, applied) != stored:
            yield (payment.key, state, overpaid, *_values(applied))


def _values(amounts: Amounts) -> Four:
    return amounts.principal, amounts.interest, amounts.fee, amounts.penalty


_AMOUNTS = ", ".join(f"%({name})s::numeric[]" for name in COMPONENTS)
_APPEND = f"""
INSERT INTO cases_ledgerentry (owner_id, loan_id, repayment_id, effective_date, kind, principal,
    interest, fee, penalty)
SELECT %(owner)s, * FROM unnest(%(loan)s::bigint[], %(payment)s::bigint[], %(on)s::date[],
    %(kind)s::text[], {_AMOUNTS})
"""
_BALANCES = f"""
UPDATE cases_loan l SET overpaid = n.overpaid, principal = n.principal, interest = n.interest,
    fee = n.fee, penalty = n.penalty
FROM unnest(%(id)s::bigint[], %(overpaid)s::numeric[], {_AMOUNTS})
    AS n(id, overpaid, principal, interest, fee, penalty)
WHERE l.id = n.id AND l.owner_id = {OWNER}
"""
_ALLOCATIONS = f"""
UPDATE cases_repayment r SET state = n.state, overpaid = n.overpaid,
    applied_principal = n.principal, applied_interest = n.interest, applied_fee = n.fee,
    applied_penalty = n.penalty
FROM unnest(%(id)s::bigint[], %(state)s::text[], %(overpaid)s::numeric[], {_AMOUNTS})
    AS n(id, state, overpaid, principal, interest, fee, penalty)
WHERE r.id = n.id AND r.owner_id = {OWNER}
"""


def _write(
    statement: str, owner: int, names: Sequence[str], lines: Sequence[tuple[Any, ...]]
) -> None:
    """Run a statement over lines as columns; nothing to do without lines."""
    if lines:
        execute(statement, {"owner": owner, **columns(names, lines)})
