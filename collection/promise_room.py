"""The case that a promise is about to be made on: locked, and all that decides about it read.

One way to the server, as somebody waits for it. Loan first, then case, in the order of every verb:
nobody books, closes or recalls meanwhile, and what is read next says how it stands under the locks.
"""
# ruff: noqa: S608 (the statement is put together from constants)

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cases.models import Case
from cases.repayment_rows import LOCK_LOANS
from cases.statements import OWNER, rows_at_once
from collection.models import WorkSettings
from collection.promise_book import BOOK, PromiseBook, book_of, book_values
from tenancy.models import Company


@dataclass(frozen=True, slots=True)
class Figures:
    """What a company asks of the promises that its people take; see WorkSettings."""

    grace_days: int
    tolerance: Decimal
    within_days: int

    @classmethod
    def of(cls, settings: WorkSettings) -> "Figures":
        """Those of the company's figures of the daily work."""
        return cls(
            settings.promise_grace_days, settings.promise_tolerance, settings.promise_within_days
        )


@dataclass(frozen=True, slots=True)
class Room:
    """A locked case. on: the lender's business date. figures: the lender's own."""

    is_closed: bool
    holder_id: int | None
    outstanding: Decimal
    bucket: str
    on: date
    figures: Figures
    book: PromiseBook


def lock_room(owner: Company, case: Case) -> Room:
    """Lock a case of the open scope's lender and read what a promise on it is judged by."""
    values = {**book_values(owner.pk, [case.loan_id]), "case": case.pk}
    found = rows_at_once([(LOCK_LOANS, values), (_LOCK_CASE, values), (_ROOM, values)])
    is_closed, holder_id, outstanding, bucket, opened, has_figures, *figures = found[0][:_OF_ROOM]
    return Room(
        is_closed=is_closed,
        holder_id=holder_id,
        outstanding=outstanding,
        bucket=bucket,
        on=opened or owner.local_date(),
        figures=Figures(*figures) if has_figures else Figures.of(WorkSettings(company=owner)),
        book=book_of(owner.pk, [line[_OF_ROOM:] for line in found]),
    )


_OF_ROOM = 9
"""How many columns of a line are the case's and its lender's; the others are those of BOOK."""
_LOCK_CASE = f"""
    SELECT id FROM cases_case WHERE owner_id = {OWNER} AND id = %(case)s FOR NO KEY UPDATE
"""
_ROOM = f"""
SELECT c.closed_on IS NOT NULL, c.holder_id, c.outstanding, coalesce(bucket.label, ''),
    (SELECT max(night.business_date) FROM tenancy_nightstep night
     WHERE night.company_id = {OWNER} AND night.done_at IS NOT NULL),
    figures.company_id IS NOT NULL, figures.promise_grace_days, figures.promise_tolerance,
    figures.promise_within_days, book.*
FROM cases_case c
LEFT JOIN cases_bucket bucket ON bucket.owner_id = {OWNER} AND bucket.id = c.bucket_id
LEFT JOIN collection_worksettings figures ON figures.company_id = {OWNER}
LEFT JOIN ({BOOK}) book ON true
WHERE c.owner_id = {OWNER} AND c.id = %(case)s
"""
