"""What the promises on loans are judged by, as it stands in the lender's book: promises and money.

Read in one statement, for one loan or for a night's; in the lender's scope, whose people and whose
agencies' people took the promises.
"""
# ruff: noqa: S608 (statements are put together from constants of this package)

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cases.models import Case
from cases.statements import OWNER, Values, rows
from collection.models import Promise
from collection.promise_judging import PromiseFacts, RepaymentFacts

SETTLED = (Case.Closure.CURED, Case.Closure.SETTLED)
"""Closures after which nothing of the case is left to pay although the loan still owes."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A promise as stored, with the facts that it is judged by.

    holder_id: the agency that holds the case now.
    """

    owner_id: int
    loan_id: int
    case_id: int
    company_id: int
    shared: bool
    state: str
    received: Decimal
    holder_id: int | None
    facts: PromiseFacts

    @property
    def pk(self) -> int:
        """The id of its row."""
        return self.facts.key


@dataclass(frozen=True, slots=True)
class PromiseBook:
    """The promises on some loans by their ids, and the money that came in by the loan's."""

    promises: dict[int, Stored] = field(default_factory=dict)
    money: dict[int, list[RepaymentFacts]] = field(default_factory=dict)


def read_book(owner: int, loan_ids: Collection[int]) -> PromiseBook:
    """Every promise and repayment on these loans as they are stored."""
    return book_of(owner, rows(BOOK, book_values(owner, loan_ids)))


def book_values(owner: int, loan_ids: Collection[int]) -> Values:
    """The values of BOOK."""
    return {"owner": owner, "ids": list(loan_ids), "settled": list(SETTLED)}


def book_of(owner: int, lines: Iterable[Sequence[Any]]) -> PromiseBook:
    """The book that lines of BOOK tell: each has a promise, a repayment of its loan, or both."""
    book = PromiseBook()
    paid: dict[int, dict[int, RepaymentFacts]] = {}
    for line in lines:
        if (pk := line[0]) is not None and pk not in book.promises:
            book.promises[pk] = _stored(owner, line[:_OF_PROMISE])
        loan_id, *money = line[_OF_PROMISE:]
        if loan_id is not None:
            paid.setdefault(loan_id, {})[money[0]] = RepaymentFacts(*money)
    book.money.update({loan_id: list(each.values()) for loan_id, each in paid.items()})
    return book


def _stored(owner: int, line: Sequence[Any]) -> Stored:
    (
        pk, loan_id, case_id, company_id, shared, state, received, made_at, amount, due_on,
        grace_days, tolerance, ended_at, is_settled, holder_id,
    ) = line  # fmt: skip
    facts = PromiseFacts(
        key=pk,
        made_at=made_at,
        amount=amount,
        due_on=due_on,
        grace_days=grace_days,
        tolerance_percent=tolerance,
        withdrawn_at=ended_at if state == Promise.State.WITHDRAWN else None,
        is_settled=is_settled,
    )
    return Stored(owner, loan_id, case_id, company_id, shared, state, received, holder_id, facts)


_OF_PROMISE = 15
"""How many columns of a line are the promise's; the others are the repayment's."""
# What was owed at the end of the last day, from the last statement up to then; money that was taken
# back later is left out, whenever that was.
_PROMISES = f"""
SELECT p.id, c.loan_id, p.case_id, p.company_id, p.shared, p.state, p.received, p.made_at,
    p.amount, p.due_on, p.grace_days, p.tolerance_percent, p.ended_at,
    (c.closure = ANY(%(settled)s) AND c.closed_on <= p.due_on + p.grace_days)
        OR coalesce(stated.owed + added.owed - paid.amount <= 0, false) AS is_settled,
    c.holder_id
FROM cases_case c
JOIN collection_promise p ON p.owner_id = {OWNER} AND p.case_id = c.id
LEFT JOIN LATERAL (
    SELECT e.effective_date, e.principal + e.interest + e.fee + e.penalty AS owed
    FROM cases_ledgerentry e
    WHERE e.owner_id = {OWNER} AND e.loan_id = c.loan_id AND e.kind IN ('opening', 'snapshot')
      AND e.effective_date <= p.due_on + p.grace_days
    ORDER BY e.effective_date DESC, e.id DESC LIMIT 1
) stated ON true
LEFT JOIN LATERAL (
    SELECT coalesce(sum(e.principal + e.interest + e.fee + e.penalty), 0) AS owed
    FROM cases_ledgerentry e
    WHERE e.owner_id = {OWNER} AND e.loan_id = c.loan_id AND e.repayment_id IS NULL
      AND e.kind NOT IN ('opening', 'snapshot')
      AND e.effective_date > stated.effective_date
      AND e.effective_date <= p.due_on + p.grace_days
) added ON true
LEFT JOIN LATERAL (
    SELECT coalesce(sum(r.amount), 0) AS amount FROM cases_repayment r
    WHERE r.owner_id = {OWNER} AND r.loan_id = c.loan_id AND r.reverses_no = ''
      AND r.state IN ('posted', 'included')
      AND r.effective_date > stated.effective_date
      AND r.effective_date <= p.due_on + p.grace_days
) paid ON true
WHERE c.owner_id = {OWNER} AND c.loan_id = ANY(%(ids)s)
"""
_MONEY = f"""
SELECT loan_id, id, paid_at, amount, state = 'reversed' AS is_reversed FROM cases_repayment
WHERE owner_id = {OWNER} AND loan_id = ANY(%(ids)s) AND reverses_no = ''
  AND state IN ('posted', 'included', 'reversed')
"""
BOOK = f"SELECT p.*, m.* FROM ({_PROMISES}) p FULL JOIN ({_MONEY}) m ON m.loan_id = p.loan_id"
