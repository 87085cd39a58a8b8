"""The buckets of a company at the end of any business date, worked out from facts.

Facts up to the date: the last statement of each loan and the effects after it, the last due date
that was recorded, the holds that pause the clock, and the bucket scheme valid on the date. A loan
that owes nothing at the end of the date is in no bucket; one whose due date lies after it is not
due. On the business date itself this is what the cases carry.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from cases.amounts import COMPONENTS, ZERO, Amounts
from cases.ladder import LADDER, ladder_values, scheme_on
from cases.statements import OWNER
from tenancy.models import Company

NOT_DUE = "ND"
CHUNK = 5000


@dataclass(frozen=True, slots=True)
class LoanStanding:
    """One loan at the end of the date.

    It is not due yet where `dpd` is negative. `bucket` is None then, and on the due date where the
    scheme begins a day later.
    """

    loan_no: str
    dpd: int
    bucket: str | None
    owed: Amounts


@dataclass(frozen=True, slots=True)
class Line:
    """The loans of one bucket and what they owe."""

    label: str | None
    loans: int = 0
    owed: Amounts = ZERO


@dataclass(frozen=True, slots=True)
class Standing:
    """All buckets of the scheme from the lowest up, and what is not due or in no bucket yet."""

    as_of: date
    buckets: tuple[Line, ...]
    not_due: Line
    no_bucket: Line


# Facts of several tables are laid one under the other and gathered by loan, without a join: a join
# would be planned by row counts, which are far off in a book that was just loaded.
_STANDING = f"""
WITH ranked AS (
    SELECT e.loan_id, e.id, e.effective_date, e.principal, e.interest, e.fee, e.penalty,
        e.kind IN ('opening', 'snapshot') AS states,
        first_value(e.id) OVER latest AS stated_id,
        first_value(e.effective_date) OVER latest AS stated_on
    FROM cases_ledgerentry e
    WHERE e.owner_id = {OWNER} AND e.effective_date <= %(on)s
    WINDOW latest AS (PARTITION BY e.loan_id ORDER BY e.kind IN ('opening', 'snapshot') DESC,
                      e.effective_date DESC, e.id DESC)
), facts AS (
    SELECT r.loan_id, r.principal, r.interest, r.fee, r.penalty, NULL::date AS due_date,
        NULL::datemultirange AS stood, NULL::text AS loan_no
    FROM ranked r WHERE r.id = r.stated_id OR (NOT r.states AND r.effective_date > r.stated_on)
    UNION ALL
    (SELECT DISTINCT ON (d.loan_id) d.loan_id, 0, 0, 0, 0, d.due_date, NULL, NULL
     FROM cases_duedate d WHERE d.owner_id = {OWNER} AND d.as_of <= %(on)s
     ORDER BY d.loan_id, d.as_of DESC, d.id DESC)
    UNION ALL
    SELECT c.loan_id, 0, 0, 0, 0, NULL, range_agg(daterange(h.starts_on, h.ends_on)), NULL
    FROM cases_casehold h JOIN cases_case c ON c.id = h.case_id AND c.owner_id = h.owner_id
    WHERE h.owner_id = {OWNER} AND h.pauses_clock AND h.starts_on < %(on)s
      AND (h.ends_on IS NULL OR h.ends_on > h.starts_on)
      AND c.opened_on <= %(on)s AND (c.closed_on IS NULL OR c.closed_on > %(on)s)
    GROUP BY c.loan_id
    UNION ALL
    SELECT l.id, 0, 0, 0, 0, NULL, NULL, l.loan_no FROM cases_loan l WHERE l.owner_id = {OWNER}
), owing AS (
    SELECT sum(principal) AS principal, sum(interest) AS interest, sum(fee) AS fee,
        sum(penalty) AS penalty, max(due_date) AS due_date, range_agg(stood) AS stood,
        max(loan_no) AS loan_no
    FROM facts GROUP BY loan_id HAVING sum(principal + interest + fee + penalty) > 0
), counted AS (
    SELECT o.*, %(on)s::date - o.due_date - coalesce((
        SELECT sum(upper(pause) - lower(pause))::int FROM unnest(o.stood * datemultirange(
            daterange(o.due_date, greatest(o.due_date, %(on)s)))) AS pause), 0) AS dpd
    FROM owing o
), standing AS (
    SELECT c.*, ladder.label FROM counted c
    LEFT JOIN {LADDER} ON c.dpd >= ladder.lower AND (ladder.upper IS NULL OR c.dpd <= ladder.upper)
)
"""  # noqa: S608 (a constant of cases.ladder)

_SUMMARY = (
    _STANDING
    + """
SELECT CASE WHEN dpd < 0 THEN 'not_due' WHEN label IS NULL THEN 'no_bucket' ELSE 'bucket' END,
    label, count(*), sum(principal), sum(interest), sum(fee), sum(penalty)
FROM standing GROUP BY 1, 2
"""
)

_LOANS = (
    _STANDING
    + """
SELECT loan_no, dpd, label, principal, interest, fee, penalty FROM standing ORDER BY loan_no
"""
)


def _params(company: Company, on: date) -> dict[str, Any]:
    ladder = ladder_values(scheme_on(company=company, on=on))
    return {"owner": company.pk, "on": on, **ladder}


def standing(*, company: Company, on: date) -> Standing:
    """The buckets at the end of business date `on`; call inside the lender's scope."""
    labels = [band.label for band in scheme_on(company=company, on=on).bands]
    found: dict[tuple[str, str | None], Line] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SUMMARY, _params(company, on))
        for kind, label, loans, *amounts in cursor.fetchall():
            found[kind, label] = Line(label, loans, Amounts(*amounts))
    return Standing(
        as_of=on,
        buckets=tuple(found.get(("bucket", label), Line(label)) for label in labels),
        not_due=found.get(("not_due", None), Line(None)),
        no_bucket=found.get(("no_bucket", None), Line(None)),
    )


def loan_standings(*, company: Company, on: date) -> Iterator[LoanStanding]:
    """Each loan that owes at the end of `on`, by loan number; memory stays bounded.

    Call inside the lender's scope and read to the end before leaving it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DECLARE standings NO SCROLL CURSOR FOR {_LOANS}", _params(company, on))
        while True:
            cursor.execute(f"FETCH {CHUNK} FROM standings")
            rows = cursor.fetchall()
            yield from (_as_standing(*row) for row in rows)
            if len(rows) < CHUNK:
                break
        cursor.execute("CLOSE standings")


def _as_standing(loan_no: str, dpd: int, label: str | None, *amounts: Decimal) -> LoanStanding:
    return LoanStanding(loan_no, dpd, label, Amounts(*amounts))


def bucket_name(loan: LoanStanding) -> str | None:
    """The bucket's label, ND where the loan is not due, None on a day below the first bucket."""
    return NOT_DUE if loan.dpd < 0 else loan.bucket


def standing_as_json(told: Standing) -> dict[str, Any]:
    """The buckets as plain values; `no_bucket` only where there are cases below the first one."""
    summary: dict[str, Any] = {
        "as_of": told.as_of.isoformat(),
        "buckets": [{"label": line.label, **_figures(line)} for line in told.buckets],
        "not_due": _figures(told.not_due),
    }
    if told.no_bucket.loans:
        summary["no_bucket"] = _figures(told.no_bucket)
    return summary


def loan_as_json(loan: LoanStanding) -> dict[str, Any]:
    """One loan as plain values."""
    named = {"loan_no": loan.loan_no, "dpd": loan.dpd, "bucket": bucket_name(loan)}
    return named | _amounts(loan.owed)


def _figures(line: Line) -> dict[str, Any]:
    return {"cases": line.loans, **_amounts(line.owed)}


def _amounts(owed: Amounts) -> dict[str, str]:
    return {name: f"{getattr(owed, name):.2f}" for name in COMPONENTS}
