"""The ledger: money comes in, is allocated, reversed, replayed; every balance has its entries.

The facts are the statements of a loan (opening, snapshots) and its repayments. What they make of
its balance, now and on every day before, is worked out by cases.timeline; the entries that are
missing are appended, none is ever changed. A repayment dated up to the loan's last statement is
already in that balance (state `included`): it changes nothing that is owed now.

Money for a loan that is not known, and a reversal of a repayment that is not, wait in suspense
until it is, or until a person says which loan it is for (cases.suspense).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.db import transaction

from cases import repayment_rows
from cases.aging import CaseChanges, settle_cases
from cases.events import RepaymentsPosted
from cases.ledger_books import load_books, write_books
from cases.models import LenderSettings, Repayment
from cases.repayment_rows import Booked, Booking, RepaymentRow
from cases.schedule import derive_due_dates, due_dates_from_schedule
from tenancy.events import publish
from tenancy.models import Company

__all__ = [
    "Posted",
    "RepaymentRow",
    "due_dates_from_schedule",
    "match_suspense",
    "match_to_loan",
    "post_repayments",
    "replay_loans",
]

State = Repayment.State


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of the rows, in numbers.

    already: the number was booked before. included: already in a stated balance. refused:
    (repayment_no, code), nothing is written of them; codes: reverses_a_reversal, other_loan,
    other_amount, already_reversed. repayment_ids: whose state or allocation is new.
    """

    posted: int = 0
    included: int = 0
    reversals: int = 0
    suspended: int = 0
    already: int = 0
    refused: tuple[tuple[str, str], ...] = ()
    repayment_ids: tuple[int, ...] = ()
    cases: CaseChanges = field(default_factory=CaseChanges)


def post_repayments(*, company: Company, rows: Sequence[RepaymentRow], on: date) -> Posted:
    """Book repayments and reversals, re-derive what they change, and settle the cases.

    on: the business date that cases are settled for. A number that is booked already is passed
    over, so the same rows twice change nothing. Runs in the lender's scope; a few statements
    however many rows.
    """
    with transaction.atomic():
        reversed_ = {row.reverses for row in rows if row.reverses}
        others = repayment_rows.other_loans_of(company.pk, reversed_)
        batch = _Batch(company, [*(row.loan_no for row in rows), *others])
        numbers = [number for row in rows for number in (row.repayment_no, row.reverses)]
        known = repayment_rows.booked(company.pk, numbers)
        fresh = {row.repayment_no: row for row in rows if row.repayment_no not in known}
        batch.decide(known, list(fresh.values()))
        return replace(batch.book(on), already=len(rows) - len(fresh))


def match_suspense(*, company: Company, on: date, loan_ids: Sequence[int] | None = None) -> Posted:
    """Book what waits in suspense for the given loans (None: for any that is known by now)."""
    with transaction.atomic():
        awaited = repayment_rows.awaited_loan_numbers(company.pk, loan_ids)
        if not awaited:
            return Posted()
        batch = _Batch(company, awaited)
        targets = [booking.row.reverses for booking in batch.waiting]
        batch.decide(repayment_rows.booked(company.pk, targets), [])
        return batch.book(on)


def match_to_loan(*, company: Company, repayment_id: int, loan_no: str, on: date) -> Posted:
    """Book a repayment that waits on the loan that a person names instead of the one it came for.

    Its row keeps the number as sent. Reversals that waited for it are booked with it. Nothing
    happens if it waits no more or the loan is not known.
    """
    with transaction.atomic():
        batch = _Batch(company, [loan_no])
        found = repayment_rows.waiting_row(company.pk, repayment_id)
        batch.waiting = [replace(b, row=replace(b.row, loan_no=loan_no)) for b in found]
        batch.decide({}, [])
        posted = batch.book(on)
        loan_ids = [loan.loan_id for loan in batch.loans.values()]
        match_suspense(company=company, on=on, loan_ids=loan_ids)
        return posted


def replay_loans(*, company: Company, loan_ids: Sequence[int], on: date) -> CaseChanges:
    """Re-derive balances, allocations and due dates from the facts, and settle the cases.

    For loans that got a new statement. Appends the entries that are missing; locks the loans in
    the order of their ids. Doing it again changes nothing.
    """
    with transaction.atomic():
        repayment_rows.lock_loans(company.pk, loan_ids)
        changed = _replay(company, loan_ids)
        derive_due_dates(company.pk, loan_ids, date.min)
        if changed:
            publish(RepaymentsPosted(tuple(sorted(changed))))
        return settle_cases(company=company, on=on, loan_ids=loan_ids)


def _replay(company: Company, loan_ids: Iterable[int]) -> list[int]:
    order = LenderSettings.objects.values_list("waterfall", flat=True).get(company=company)
    return write_books(company.pk, load_books(company.pk, sorted(loan_ids)), order)


class _Batch:
    """Rows on their way into the book: the loans they name are locked from the start."""

    def __init__(self, company: Company, loan_numbers: Iterable[str]) -> None:
        self.company = company
        numbers = sorted(set(loan_numbers))
        self.loans = repayment_rows.lock_known_loans(company.pk, numbers)
        self.waiting = repayment_rows.waiting(company.pk, numbers)
        self.bookings: list[Booking] = []
        self.refused: list[tuple[str, str]] = []

    def decide(self, known: dict[str, Booked], fresh: Sequence[RepaymentRow]) -> None:
        """Say of every row, new or waiting, what becomes of it: first money, then reversals."""
        new = [Booking(None, row, self._date(row), None, State.SUSPENSE) for row in fresh]
        rows = [*self.waiting, *new]
        ordinary = [self._ordinary(booking) for booking in rows if not booking.row.reverses]
        known = known | {b.row.repayment_no: _as_booked(b) for b in (*rows, *ordinary)}
        self.bookings = ordinary
        ids = [loan.loan_id for loan in self.loans.values()]
        gone = repayment_rows.reversed_numbers(self.company.pk, ids)
        for booking in rows:
            if booking.row.reverses:
                self._reversal(booking, known.get(booking.row.reverses), gone)

    def _date(self, row: RepaymentRow) -> date:
        return self.company.local_date(row.paid_at)

    def _ordinary(self, booking: Booking) -> Booking:
        loan = self.loans.get(booking.row.loan_no)
        if loan is None:
            return booking
        included = booking.effective_date <= loan.stated_on
        state = State.INCLUDED if included else State.POSTED
        return replace(booking, loan_id=loan.loan_id, state=state)

    def _reversal(self, booking: Booking, target: Booked | None, gone: set[str]) -> None:
        """Book a reversal; one that does not fit is refused, or goes on waiting if it did."""
        code = _misfit(booking.row, target, gone)
        # A reversal follows the money, to another loan if a person matched it there.
        loan = self.loans.get(target.booked_to if target else booking.row.loan_no)
        if code:
            if booking.row_id is None:
                self.refused.append((booking.row.repayment_no, code))
            return
        if loan and target and not target.waits:
            gone.add(booking.row.reverses)
            date_ = max(booking.effective_date, target.effective_date)
            state = State.INCLUDED if date_ <= loan.stated_on else State.REVERSAL
            booking = replace(booking, loan_id=loan.loan_id, state=state)
        self.bookings.append(booking)

    def book(self, on: date) -> Posted:
        """Write the rows, replay their loans, tell, and settle the cases."""
        owner = self.company.pk
        new = [b for b in self.bookings if b.row_id is None]
        matched = [b for b in self.bookings if b.row_id and b.state != State.SUSPENSE]
        settled = [b for b in new if b.state != State.SUSPENSE]
        repayment_rows.insert(owner, [b for b in new if b.state == State.SUSPENSE])
        ids = {
            *repayment_rows.insert(owner, settled),
            *repayment_rows.leave_suspense(owner, matched),
        }
        told = self._counts([*settled, *matched], len(new) - len(settled))
        loan_ids = sorted({b.loan_id for b in (*settled, *matched) if b.loan_id})
        if not loan_ids:
            return told
        ids.update(_replay(self.company, loan_ids))
        first = min(b.effective_date for b in (*settled, *matched))
        derive_due_dates(owner, loan_ids, first)
        publish(RepaymentsPosted(tuple(sorted(ids))))
        cases = settle_cases(company=self.company, on=on, loan_ids=loan_ids)
        return replace(told, repayment_ids=tuple(sorted(ids)), cases=cases)

    def _counts(self, done: Sequence[Booking], suspended: int) -> Posted:
        return Posted(
            posted=sum(b.state == State.POSTED for b in done),
            included=sum(b.state == State.INCLUDED for b in done),
            reversals=sum(b.state == State.REVERSAL for b in done),
            suspended=suspended,
            refused=tuple(self.refused),
        )


def _as_booked(booking: Booking) -> Booked:
    row = booking.row
    waits = booking.state == State.SUSPENSE
    return Booked(
        row_id=booking.row_id,
        loan_no=row.loan_no,
        booked_to=row.loan_no,
        amount=row.amount,
        effective_date=booking.effective_date,
        reverses=row.reverses,
        waits=waits,
    )


def _misfit(row: RepaymentRow, target: Booked | None, gone: set[str]) -> str:
    """Why a reversal cannot be booked; "" if it can, or must wait for its repayment."""
    if target is None:
        return ""
    if target.reverses:
        return "reverses_a_reversal"
    if row.loan_no not in (target.loan_no, target.booked_to):
        return "other_loan"
    if target.amount != row.amount:
        return "other_amount"
    return "already_reversed" if row.reverses in gone else ""
