"""The instalments feed: repayment schedules, line by line.

A line is known by loan and number. When all rows of the file are in, the oldest unpaid line gives
each loan its due date; not sooner, because half a schedule would give a wrong one.
"""

from collections.abc import Mapping, Sequence

from cases.feed import sql
from cases.feed.pipeline import (
    AFTER_ROWS,
    Chunk,
    Figures,
    Pipeline,
    Work,
    joined,
    line_as_place,
    refuse,
)
from cases.feed.rows import INSTALMENTS, ParsedRow
from cases.feed.sql import OWNER, RUN
from cases.ledger import due_dates_from_schedule
from cases.models import StagedInstalment

TABLE = StagedInstalment._meta.db_table
LOANS_AT_ONCE = 20_000

_STAGED = f"s.owner_id = {OWNER} AND s.run_id = {RUN} AND NOT s.refused"

COMPARED = f"""
SELECT s.*, s.principal + s.interest + s.fee + s.penalty AS owed,
    l.id AS loan_id, i.id AS known_id,
    CASE WHEN l.id IS NULL THEN 'unknown'
         WHEN i.id IS NULL THEN 'new'
         WHEN (i.due_date, i.principal, i.interest, i.fee, i.penalty)
            = (s.due_date, s.principal, s.interest, s.fee, s.penalty) THEN 'same'
         ELSE 'changed' END AS verdict
FROM cases_stagedinstalment s
LEFT JOIN cases_loan l ON l.owner_id = {OWNER} AND l.loan_no = s.loan_no
LEFT JOIN cases_instalment i
    ON i.owner_id = {OWNER} AND i.loan_id = l.id AND i.seq = s.seq
WHERE {_STAGED}"""

_UNKNOWN = f"""
SELECT s.id, 'loan_no' AS "column", s.loan_no AS value, 'unknown_loan' AS code,
    '{{}}'::jsonb AS params
FROM cases_stagedinstalment s
WHERE {_STAGED} AND NOT EXISTS (
    SELECT 1 FROM cases_loan l WHERE l.owner_id = {OWNER} AND l.loan_no = s.loan_no)
"""

_FIGURES = f"""
SELECT count(*) FILTER (WHERE verdict = 'new'), count(*) FILTER (WHERE verdict = 'changed'),
    count(*) FILTER (WHERE verdict = 'same'),
    count(DISTINCT loan_id) FILTER (WHERE verdict IN ('new', 'changed'))
FROM ({COMPARED}) compared
"""

_CHUNK = f"""
CREATE TEMP TABLE feed_chunk ON COMMIT DROP AS
SELECT * FROM ({COMPARED} AND s.place > %(after)s AND s.place <= %(upto)s) compared
WHERE verdict IN ('new', 'changed')
"""

_ADD = """
INSERT INTO cases_instalment (owner_id, loan_id, seq, due_date, principal, interest, fee, penalty)
SELECT %(owner)s, loan_id, seq, due_date, principal, interest, fee, penalty
FROM feed_chunk WHERE verdict = 'new' ORDER BY place
"""

_CHANGE = f"""
UPDATE cases_instalment i SET due_date = c.due_date, principal = c.principal,
    interest = c.interest, fee = c.fee, penalty = c.penalty
FROM feed_chunk c
WHERE c.verdict = 'changed' AND i.owner_id = {OWNER} AND i.id = c.known_id
"""

_NEXT_LOANS = f"""
SELECT l.id FROM cases_loan l
WHERE l.owner_id = {OWNER} AND l.id > %(loan)s AND l.loan_no IN (
    SELECT s.loan_no FROM cases_stagedinstalment s WHERE {_STAGED})
ORDER BY l.id LIMIT %(limit)s FOR NO KEY UPDATE
"""


def convert(row: ParsedRow) -> Sequence[str | None]:
    """A parsed row as the staging columns hold it."""
    return row


def judge(work: Work) -> Figures:
    """Refuse lines of unknown loans and count the others."""
    refuse(work=work, table=TABLE, key="loan_no", bad=_UNKNOWN)
    new, changed, unchanged, loans = sql.row(_FIGURES, work.values)
    figures = Figures(new=new, changed=changed, unchanged=unchanged)
    figures.expect("schedules", loans)
    return figures


def apply(chunk: Chunk) -> Mapping[str, int]:
    """Write the lines that are new or changed."""
    sql.execute(_CHUNK, chunk.values)
    sql.execute("ANALYZE feed_chunk (place, known_id, verdict)", {})
    sql.execute(_ADD, chunk.values)
    sql.execute(_CHANGE, chunk.values)
    sql.execute("DROP TABLE feed_chunk", {})
    return {}


def finish(work: Work, position: int) -> int | None:
    """Take the due dates of some loans of the file from their schedules."""
    loan = position - AFTER_ROWS
    loans = sql.ids(_NEXT_LOANS, {**work.values, "loan": loan, "limit": LOANS_AT_ONCE})
    if not loans:
        return None
    due_dates_from_schedule(company=work.company, loan_ids=loans, as_of=work.run.as_of, on=work.on)
    return AFTER_ROWS + loans[-1]


INSTALMENTS_PIPELINE = Pipeline(
    feed=INSTALMENTS,
    staged=StagedInstalment,
    columns=INSTALMENTS.staging,
    convert=convert,
    place=line_as_place,
    key=("loan_no", "seq"),
    identity=joined,
    identity_sql="s.loan_no || chr(31) || s.seq",
    judge=judge,
    apply=apply,
    finish=finish,
)
