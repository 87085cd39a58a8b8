"""Instalments: the oldest unpaid one gives the loan its due date.

How much of the schedule is paid is read from amounts, summed over the components that the
schedule has (a penalty that it does not plan pays none of it): what the schedule adds up to, less
what the last statement says is owed, plus what was paid or forgiven since. The statement's own due
date is a ceiling: it never counts as paid what the lender says is not (some lenders state only the
interest that is due so far). When every instalment is paid and something is still owed, the last
instalment's date stays.
"""

from collections.abc import Sequence
from datetime import date

from django.db import connection

from cases.aging import CaseChanges, settle_cases
from tenancy.models import Company

_DERIVE = """
WITH plan AS (
    SELECT i.loan_id, i.due_date, i.seq, i.principal, i.interest, i.fee, i.penalty
    FROM cases_instalment i WHERE i.owner_id = %(owner)s AND i.loan_id = ANY(%(ids)s)
), counted AS (
    SELECT loan_id, (sum(principal) > 0)::int AS p, (sum(interest) > 0)::int AS i,
        (sum(fee) > 0)::int AS f, (sum(penalty) > 0)::int AS n,
        sum(principal + interest + fee + penalty) AS total, max(due_date) AS last_due
    FROM plan GROUP BY loan_id
), steps AS (
    SELECT plan.loan_id, plan.due_date,
        sum(principal + interest + fee + penalty)
            OVER (PARTITION BY loan_id ORDER BY due_date, seq) AS through,
        sum(principal + interest + fee + penalty)
            OVER (PARTITION BY loan_id ORDER BY due_date, seq)
            - (principal + interest + fee + penalty) AS ahead
    FROM plan
), stated AS (
    SELECT DISTINCT ON (e.loan_id) e.loan_id, e.effective_date AS as_of,
        e.principal * c.p + e.interest * c.i + e.fee * c.f + e.penalty * c.n AS owed,
        c.total, c.last_due,
        coalesce(
            (SELECT d.due_date FROM cases_duedate d WHERE d.owner_id = %(owner)s
                AND d.loan_id = e.loan_id AND d.as_of = e.effective_date ORDER BY d.id LIMIT 1),
            (SELECT d.due_date FROM cases_duedate d WHERE d.owner_id = %(owner)s
                AND d.loan_id = e.loan_id AND d.as_of < e.effective_date
                ORDER BY d.as_of DESC, d.id DESC LIMIT 1)) AS due_date
    FROM cases_ledgerentry e JOIN counted c ON c.loan_id = e.loan_id
    WHERE e.owner_id = %(owner)s AND e.kind IN ('opening', 'snapshot')
    ORDER BY e.loan_id, e.effective_date DESC, e.id DESC
), started AS (
    SELECT s.*, greatest(0, CASE WHEN s.total - s.owed >= f.through THEN f.ahead
                                 ELSE s.total - s.owed END) AS paid
    FROM stated s LEFT JOIN LATERAL (
        SELECT steps.through, steps.ahead FROM steps
        WHERE steps.loan_id = s.loan_id AND steps.due_date >= s.due_date
        ORDER BY steps.through LIMIT 1
    ) f ON true
), since AS (
    SELECT e.loan_id, e.effective_date AS on_date,
        -sum(e.principal * c.p + e.interest * c.i + e.fee * c.f + e.penalty * c.n) AS paid
    FROM cases_ledgerentry e
    JOIN counted c ON c.loan_id = e.loan_id JOIN stated s ON s.loan_id = e.loan_id
    WHERE e.owner_id = %(owner)s AND e.kind NOT IN ('opening', 'snapshot')
      AND e.effective_date > s.as_of
    GROUP BY e.loan_id, e.effective_date
), points AS (
    SELECT loan_id, greatest(as_of, %(as_of)s::date) AS on_date FROM started
    UNION SELECT loan_id, on_date FROM since WHERE on_date > %(as_of)s::date
    UNION SELECT d.loan_id, d.as_of FROM cases_duedate d JOIN started s ON s.loan_id = d.loan_id
        WHERE d.owner_id = %(owner)s AND d.as_of > greatest(s.as_of, %(as_of)s::date)
), derived AS (
    SELECT p.loan_id, p.on_date, coalesce(
        (SELECT min(steps.due_date) FROM steps WHERE steps.loan_id = p.loan_id
            AND steps.through > s.paid + coalesce((SELECT sum(since.paid) FROM since
                WHERE since.loan_id = p.loan_id AND since.on_date <= p.on_date), 0)),
        s.last_due) AS due_date
    FROM points p JOIN started s ON s.loan_id = p.loan_id
), compared AS (
    SELECT d.*, coalesce(
        (SELECT o.due_date FROM cases_duedate o WHERE o.owner_id = %(owner)s
            AND o.loan_id = d.loan_id AND o.as_of = d.on_date ORDER BY o.id DESC LIMIT 1),
        lag(d.due_date) OVER (PARTITION BY d.loan_id ORDER BY d.on_date),
        (SELECT o.due_date FROM cases_duedate o WHERE o.owner_id = %(owner)s
            AND o.loan_id = d.loan_id AND o.as_of < d.on_date
            ORDER BY o.as_of DESC, o.id DESC LIMIT 1)) AS stored
    FROM derived d
), appended AS (
    INSERT INTO cases_duedate (owner_id, loan_id, as_of, due_date)
    SELECT %(owner)s, c.loan_id, c.on_date, c.due_date FROM compared c
    WHERE c.stored IS DISTINCT FROM c.due_date ORDER BY c.loan_id, c.on_date
)
UPDATE cases_loan l SET due_date = n.due_date
FROM (SELECT DISTINCT ON (loan_id) loan_id, due_date FROM derived
      ORDER BY loan_id, on_date DESC) n
WHERE l.id = n.loan_id AND l.owner_id = %(owner)s AND l.due_date <> n.due_date
RETURNING l.id
"""


def due_dates_from_schedule(
    *, company: Company, loan_ids: Sequence[int], as_of: date, on: date
) -> CaseChanges:
    """Derive the due dates of those of the loans that have instalments, and settle their cases.

    Appends a DueDate row for each day from `as_of` on with which it changed, and brings the loan's
    own due date up to date. on: the business date that cases are settled for. The caller has
    locked the loans; doing it again changes nothing.
    """
    moved = derive_due_dates(company.pk, loan_ids, as_of)
    if not moved:
        return CaseChanges()
    return settle_cases(company=company, on=on, loan_ids=moved)


def derive_due_dates(owner: int, loan_ids: Sequence[int], as_of: date) -> list[int]:
    """The same without the cases; answers the loans whose due date changed."""
    with connection.cursor() as cursor:
        cursor.execute(_DERIVE, {"owner": owner, "ids": list(loan_ids), "as_of": as_of})
        return [loan_id for (loan_id,) in cursor.fetchall()]
