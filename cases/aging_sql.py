"""The statements of aging.

Parameters: owner, on, loan_ids, reopened, look_again (the date of the next scheme, or NULL) and
those of the ladder. What is put together here is text of this module alone, never a value.

Each statement first locks its rows in the order of their ids (NO KEY: foreign-key checks of notes
and moves do not wait), works out the new state once, and writes rows and history together.
"""
# ruff: noqa: S608

from cases.clock import days_past_due_sql
from cases.ladder import LADDER
from cases.statements import OWNER

# Which loans may enter.
WAITING = f"l.owner_id = {OWNER} AND NOT l.in_collections AND l.outstanding > 0"
WAITING += " AND l.due_date <= %(on)s"
GIVEN = WAITING + " AND l.id = ANY(%(loan_ids)s)"

# Which open cases to look at.
EVERY = f"c.owner_id = {OWNER} AND c.closed_on IS NULL"
DUE = EVERY + " AND c.next_bucket_on <= %(on)s"
OF_GIVEN = EVERY + " AND c.loan_id = ANY(%(loan_ids)s)"
REOPENED = EVERY + " AND c.id = ANY(%(reopened)s)"

CLOSED_BY_MONEY = "('paid', 'paid_waived', 'cured')"

KNOWN_CASES = f"""
SELECT count(*) > 0, count(*) FILTER (WHERE closed_on IS NULL) > 0
FROM cases_case WHERE owner_id = {OWNER} AND loan_id = ANY(%(loan_ids)s)
"""

# The date on which days past due pass the upper end of the bucket, if no other pause begins.
_CROSSING = """
    CASE WHEN ladder.upper IS NULL THEN NULL
         WHEN k.paused_from IS NULL OR k.aged_from + ladder.upper < k.paused_from
             THEN k.aged_from + ladder.upper + 1
         WHEN k.paused_to IS NULL THEN NULL
         ELSE k.aged_from + ladder.upper + 1 + (k.paused_to - k.paused_from) END"""

# Where a case stands: clock, days, bucket, and when to look at it again.
_PLACED = f"""
placed AS MATERIALIZED (
    SELECT k.*, ladder.bucket_id AS to_bucket, ladder.label AS to_label,
        least({_CROSSING}, %(look_again)s::date,
              CASE WHEN k.then_from IS NOT NULL THEN k.paused_to END) AS next_on
    FROM (SELECT clock.*, {days_past_due_sql("clock")} AS dpd FROM clock) k
    LEFT JOIN {LADDER} ON k.dpd >= ladder.lower AND (ladder.upper IS NULL OR k.dpd <= ladder.upper)
)"""


def _stood(cases: str, due_date: str) -> str:
    """SQL: what the holds do to the clock of each row of `cases`.

    Pauses are merged and begin on the due date at the earliest. shift: days of those that are
    over; paused_from, paused_to: the one that runs or comes next; then_from: another after it.
    """
    not_over = "(upper_inf(pause) OR upper(pause) > %(on)s)"
    return f"""
    LATERAL (
        SELECT coalesce(sum(upper(pause) - lower(pause))
                   FILTER (WHERE upper(pause) <= %(on)s), 0)::int AS shift,
            (array_agg(lower(pause) ORDER BY pause) FILTER (WHERE {not_over}))[1] AS paused_from,
            (array_agg(upper(pause) ORDER BY pause) FILTER (WHERE {not_over}))[1] AS paused_to,
            (array_agg(lower(pause) ORDER BY pause) FILTER (WHERE {not_over}))[2] AS then_from
        FROM unnest((
            SELECT range_agg(daterange(h.starts_on, h.ends_on)) FROM cases_casehold h
            WHERE h.owner_id = {OWNER} AND h.case_id = {cases}.id AND h.pauses_clock
              AND (h.ends_on IS NULL OR h.ends_on > h.starts_on)
        ) * datemultirange(daterange({due_date}, NULL))) AS pause
    ) stood"""


_MOVE = "INSERT INTO cases_bucketmove (owner_id, case_id, on_date, dpd, from_bucket_id,"
_MOVE += " to_bucket_id, why)"
_EVENT = "INSERT INTO cases_caseevent (owner_id, case_id, company_id, kind, actor_name, data,"
_EVENT += " shared)"


def cross(which: str) -> str:
    """Put the cases of a set into the bucket of their days past due; answers the moves.

    A bucket of the same label in another version of the scheme is no move.
    """
    return f"""
WITH due AS MATERIALIZED (
    SELECT c.id, c.bucket_id, c.due_date, c.aged_from, c.paused_from
    FROM cases_case c WHERE {which} ORDER BY c.id FOR NO KEY UPDATE
), paused AS MATERIALIZED (
    SELECT due.id, stood.* FROM due, {_stood("due", "due.due_date")}
    WHERE due.paused_from IS NOT NULL
), clock AS (
    SELECT due.id, due.bucket_id AS from_bucket, coalesce(due.due_date + paused.shift,
               due.aged_from) AS aged_from,
           paused.paused_from, paused.paused_to, paused.then_from
    FROM due LEFT JOIN paused ON paused.id = due.id
), {_PLACED}, written AS (
    UPDATE cases_case c SET bucket_id = p.to_bucket, next_bucket_on = p.next_on,
        aged_from = p.aged_from, paused_from = p.paused_from, paused_to = p.paused_to
    FROM placed p WHERE c.id = p.id AND c.owner_id = {OWNER}
)
{_MOVE}
SELECT %(owner)s, p.id, %(on)s, p.dpd, p.from_bucket, p.to_bucket,
    CASE WHEN p.from_bucket = ANY(%(bucket_ids)s::bigint[]) OR p.from_bucket IS NULL
         THEN 'aging' ELSE 'scheme' END
FROM placed p LEFT JOIN cases_bucket b ON b.id = p.from_bucket AND b.owner_id = {OWNER}
WHERE b.label IS DISTINCT FROM p.to_label
"""


def enter(which: str) -> str:
    """Open a case for each loan of a set; answers the ids of the cases."""
    return f"""
WITH waiting AS MATERIALIZED (
    SELECT l.id FROM cases_loan l WHERE {which} ORDER BY l.id FOR NO KEY UPDATE
), marked AS (
    UPDATE cases_loan l SET in_collections = true FROM waiting
    WHERE l.id = waiting.id AND l.owner_id = {OWNER}
    RETURNING l.id, l.borrower_id, l.loan_no, l.product, l.channel, l.outstanding, l.due_date
), clock AS (
    SELECT m.*, b.name, b.phone_mask, m.due_date AS aged_from,
        -- "+ 0": found by its loan, never by reading the lender's closed cases from the latest on
        greatest(m.due_date, (SELECT max(f.closed_on + 0) FROM cases_case f
                              WHERE f.owner_id = {OWNER} AND f.loan_id = m.id)) AS opened_on,
        NULL::date AS paused_from, NULL::date AS paused_to, NULL::date AS then_from
    FROM marked m
    JOIN cases_borrower b ON b.id = m.borrower_id AND b.owner_id = {OWNER}
), {_PLACED}, opened AS (
    INSERT INTO cases_case (owner_id, loan_id, borrower_id, loan_no, borrower_name, phone_mask,
        product, channel, outstanding, due_date, aged_from, bucket_id, next_bucket_on, opened_on,
        closure)
    SELECT %(owner)s, p.id, p.borrower_id, p.loan_no, p.name, p.phone_mask,
        p.product, p.channel, p.outstanding, p.due_date, p.aged_from, p.to_bucket, p.next_on,
        p.opened_on, ''
    FROM placed p ORDER BY p.id
    RETURNING id, bucket_id, aged_from, opened_on
), moved AS (
    {_MOVE}
    SELECT %(owner)s, o.id, %(on)s, %(on)s::date - o.aged_from, NULL, o.bucket_id, 'entry'
    FROM opened o WHERE o.bucket_id IS NOT NULL
), told AS (
    {_EVENT}
    SELECT %(owner)s, o.id, %(owner)s, 'opened', '', jsonb_build_object('on', o.opened_on), false
    FROM opened o
)
SELECT id FROM opened ORDER BY id
"""


# Take up again the cases whose closing money was reversed; answers their ids. Only the latest case
# of a loan, only if money had closed it. Their clock and bucket are REFRESH_REOPENED's.
REOPEN = f"""
WITH waiting AS MATERIALIZED (
    SELECT l.id FROM cases_loan l WHERE {GIVEN} ORDER BY l.id FOR NO KEY UPDATE
), latest AS (
    SELECT f.id, f.loan_id FROM waiting CROSS JOIN LATERAL (
        SELECT c.id, c.loan_id, c.closure, c.closed_at FROM cases_case c
        WHERE c.owner_id = {OWNER} AND c.loan_id = waiting.id ORDER BY c.id + 0 DESC LIMIT 1
    ) f
    WHERE f.closure IN {CLOSED_BY_MONEY} AND EXISTS (
        SELECT 1 FROM cases_ledgerentry e WHERE e.owner_id = {OWNER} AND e.loan_id = f.loan_id
          AND e.kind = 'reversal' AND e.booked_at > f.closed_at)
), marked AS (
    UPDATE cases_loan l SET in_collections = true FROM latest
    WHERE l.id = latest.loan_id AND l.owner_id = {OWNER}
), reopened AS (
    UPDATE cases_case c SET closed_on = NULL, closed_at = NULL, closure = '' FROM latest
    WHERE c.id = latest.id AND c.owner_id = {OWNER}
    RETURNING c.id
), told AS (
    {_EVENT}
    SELECT %(owner)s, r.id, %(owner)s, 'reopened', '', '{{}}'::jsonb, true FROM reopened r
)
SELECT id FROM reopened ORDER BY id
"""


CLOSE = f"""
WITH over AS MATERIALIZED (
    SELECT c.id, c.loan_id, c.bucket_id, c.opened_on, c.aged_from, c.paused_from, c.paused_to,
        l.outstanding, CASE WHEN l.outstanding > 0 THEN 'cured' ELSE 'paid' END AS closure
    FROM cases_case c JOIN cases_loan l ON l.id = c.loan_id AND l.owner_id = c.owner_id
    WHERE {OF_GIVEN} AND (l.outstanding = 0 OR l.due_date > %(on)s)
    ORDER BY c.id FOR NO KEY UPDATE OF c
), dated AS (
    SELECT over.*, greatest(over.opened_on, least(%(on)s, CASE over.closure
        WHEN 'paid' THEN (SELECT max(e.effective_date) FROM cases_ledgerentry e
                          WHERE e.owner_id = {OWNER} AND e.loan_id = over.loan_id)
        ELSE (SELECT max(d.as_of) FROM cases_duedate d
              WHERE d.owner_id = {OWNER} AND d.loan_id = over.loan_id) END)) AS ended_on,
        EXISTS (SELECT 1 FROM cases_ledgerentry e WHERE e.owner_id = {OWNER}
                AND e.loan_id = over.loan_id AND e.kind = 'waiver') AS waived
    FROM over
), closed AS (
    UPDATE cases_case c SET closed_on = d.ended_on, closed_at = statement_timestamp(),
        closure = CASE WHEN d.closure = 'paid' AND d.waived THEN 'paid_waived' ELSE d.closure END,
        outstanding = d.outstanding, bucket_id = NULL, next_bucket_on = NULL
    FROM dated d WHERE c.id = d.id AND c.owner_id = {OWNER}
    RETURNING c.id, c.closure
), marked AS (
    UPDATE cases_loan l SET in_collections = false FROM over
    WHERE l.id = over.loan_id AND l.owner_id = {OWNER}
), moved AS (
    {_MOVE}
    SELECT %(owner)s, d.id, %(on)s, {days_past_due_sql("d", "d.ended_on")}, d.bucket_id, NULL,
        'closure'
    FROM dated d WHERE d.bucket_id IS NOT NULL
), told AS (
    {_EVENT}
    SELECT %(owner)s, c.id, %(owner)s, 'closed', '', jsonb_build_object('closure', c.closure), true
    FROM closed c
)
SELECT id FROM closed ORDER BY id
"""


def _refresh(which: str) -> str:
    """Take over what changed on the loans of a set of open cases; answers the moves."""
    return f"""
WITH held AS MATERIALIZED (
    SELECT c.* FROM cases_case c WHERE {which} ORDER BY c.id FOR NO KEY UPDATE
), clock AS (
    SELECT c.id, c.bucket_id AS from_bucket, c.next_bucket_on AS from_next, l.due_date,
        l.outstanding, l.product, l.channel, b.name, b.phone_mask,
        l.due_date + stood.shift AS aged_from, stood.paused_from, stood.paused_to, stood.then_from,
        c.due_date <> l.due_date AS other_due_date,
        (c.aged_from, c.paused_from, c.paused_to) IS DISTINCT FROM
            (l.due_date + stood.shift, stood.paused_from, stood.paused_to) AS other_clock,
        (c.outstanding, c.product, c.channel, c.borrower_name, c.phone_mask)
            <> (l.outstanding, l.product, l.channel, b.name, b.phone_mask) AS other_facts
    FROM held c
    JOIN cases_loan l ON l.id = c.loan_id AND l.owner_id = c.owner_id
    JOIN cases_borrower b ON b.id = c.borrower_id AND b.owner_id = c.owner_id,
    {_stood("c", "l.due_date")}
), {_PLACED}, written AS (
    UPDATE cases_case c SET outstanding = p.outstanding, product = p.product,
        channel = p.channel, borrower_name = p.name, phone_mask = p.phone_mask,
        due_date = p.due_date, aged_from = p.aged_from, paused_from = p.paused_from,
        paused_to = p.paused_to, bucket_id = p.to_bucket, next_bucket_on = p.next_on
    FROM placed p
    WHERE c.id = p.id AND c.owner_id = {OWNER}
      AND (p.other_facts OR p.other_due_date OR p.other_clock
           OR p.from_bucket IS DISTINCT FROM p.to_bucket OR p.from_next IS DISTINCT FROM p.next_on)
)
{_MOVE}
SELECT %(owner)s, p.id, %(on)s, p.dpd, p.from_bucket, p.to_bucket,
    CASE WHEN p.id = ANY(%(reopened)s::bigint[]) THEN 'reopened'
         WHEN p.other_due_date THEN 'due_date'
         WHEN p.from_bucket <> ALL(%(bucket_ids)s::bigint[]) THEN 'scheme'
         WHEN p.other_clock THEN 'hold'
         ELSE 'aging' END
FROM placed p LEFT JOIN cases_bucket b ON b.id = p.from_bucket AND b.owner_id = {OWNER}
WHERE b.label IS DISTINCT FROM p.to_label
"""


REFRESH = _refresh(OF_GIVEN)
REFRESH_REOPENED = _refresh(REOPENED)
