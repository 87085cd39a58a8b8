"""The statements feed: what loans owe at the close of a day, where statements are right.

A lender that is fed by statements (balance_authority `statement`) sends one line a loan and day;
each states the balance anew by component, and money dated after it is applied on top again. A line
is known by loan and date; a loan may have several dates in a file, in their order. Labels, due
dates and people come by the loans feed, as do loans that are not known yet.
"""

from collections.abc import Mapping, Sequence

from cases.feed import sql
from cases.feed.pipeline import Chunk, Figures, Pipeline, Work, joined, line_as_place, refuse
from cases.feed.rows import STATEMENTS, ParsedRow
from cases.feed.sql import OWNER, RUN
from cases.ledger import replay_loans
from cases.models import StagedStatement

TABLE = StagedStatement._meta.db_table

_STAGED = f"s.owner_id = {OWNER} AND s.run_id = {RUN} AND NOT s.refused"

# same: the loan's last statement says so already. older: there is a later one.
_VERDICT = """
CASE WHEN l.id IS NULL THEN 'unknown'
     WHEN s.as_of > %(as_of)s THEN 'to_come'
     WHEN s.as_of < e.effective_date THEN 'older'
     WHEN s.as_of > e.effective_date THEN 'new'
     WHEN (s.principal, s.interest, s.fee, s.penalty)
        = (e.principal, e.interest, e.fee, e.penalty) THEN 'same'
     ELSE 'changed' END"""

COMPARED = f"""
SELECT s.*, s.principal + s.interest + s.fee + s.penalty AS owed, l.id AS loan_id,
    l.outstanding AS known_owed, l.in_collections, e.effective_date AS known_as_of,
    {_VERDICT} AS verdict
FROM cases_stagedstatement s
LEFT JOIN cases_loan l ON l.owner_id = {OWNER} AND l.loan_no = s.loan_no
LEFT JOIN LATERAL (
    SELECT x.effective_date, x.principal, x.interest, x.fee, x.penalty
    FROM cases_ledgerentry x
    WHERE x.owner_id = {OWNER} AND x.loan_id = l.id AND x.kind IN ('opening', 'snapshot')
    ORDER BY x.effective_date DESC, x.id DESC LIMIT 1
) e ON true
WHERE {_STAGED}"""

_BAD = f"""
SELECT id, CASE verdict WHEN 'unknown' THEN 'loan_no' ELSE 'as_of' END AS "column",
    CASE verdict WHEN 'unknown' THEN loan_no ELSE as_of::text END AS value,
    CASE verdict WHEN 'unknown' THEN 'unknown_loan' WHEN 'older' THEN 'older_row'
        ELSE 'after_file' END AS code,
    jsonb_build_object('known', known_as_of::text, 'as_of', %(as_of)s::date::text) AS params
FROM ({COMPARED}) compared WHERE verdict IN ('unknown', 'older', 'to_come')
"""

_FIGURES = f"""
SELECT count(*) FILTER (WHERE verdict = 'new'), count(*) FILTER (WHERE verdict = 'changed'),
    count(*) FILTER (WHERE verdict = 'same'),
    coalesce(sum(owed) FILTER (WHERE verdict IN ('new', 'changed') AND is_last), 0),
    count(*) FILTER (WHERE verdict IN ('new', 'changed') AND is_last AND owed = 0
        AND in_collections),
    coalesce(sum(known_owed) FILTER (WHERE verdict IN ('new', 'changed') AND is_last AND owed = 0
        AND in_collections), 0)
FROM (
    SELECT c.*, row_number() OVER (PARTITION BY loan_id ORDER BY as_of DESC) = 1 AS is_last
    FROM ({COMPARED}) c
) compared
"""

_CHUNK = f"""
CREATE TEMP TABLE feed_chunk ON COMMIT DROP AS
SELECT * FROM ({COMPARED} AND s.place > %(after)s AND s.place <= %(upto)s) compared
WHERE verdict <> 'same'
"""
_LATE = """
SELECT id, 'as_of' AS "column", as_of::text AS value, 'older_row' AS code,
    jsonb_build_object('known', known_as_of::text) AS params
FROM feed_chunk WHERE verdict NOT IN ('new', 'changed')
"""
_LOCKED = f"""
SELECT l.id FROM cases_loan l WHERE l.owner_id = {OWNER} AND l.id IN (
    SELECT loan_id FROM feed_chunk WHERE verdict IN ('new', 'changed'))
ORDER BY l.id FOR NO KEY UPDATE
"""
_STATE = """
INSERT INTO cases_ledgerentry (owner_id, loan_id, effective_date, kind, principal, interest, fee,
    penalty)
SELECT %(owner)s, loan_id, as_of, 'snapshot', principal, interest, fee, penalty
FROM feed_chunk WHERE verdict IN ('new', 'changed') ORDER BY place
"""


def convert(row: ParsedRow) -> Sequence[str | None]:
    """A parsed row as the staging columns hold it."""
    return row


def judge(work: Work) -> Figures:
    """Refuse lines of unknown loans and of days that are covered, and count the others."""
    refuse(work=work, table=TABLE, key="loan_no", bad=_BAD)
    new, changed, same, owed, paid, paid_amount = sql.row(_FIGURES, work.values)
    figures = Figures(new=new, changed=changed, unchanged=same)
    figures.expect("stated", new + changed, owed)
    figures.expect("paid", paid, paid_amount)
    return figures


def apply(chunk: Chunk) -> Mapping[str, int]:
    """Write the balances of a chunk, and what they mean for money and cases."""
    work = chunk.work
    sql.execute(_CHUNK, chunk.values)
    late = refuse(work=work, table=TABLE, key="loan_no", bad=_LATE)
    loans = sql.ids(_LOCKED, chunk.values)
    sql.execute(_STATE, chunk.values)
    sql.execute("DROP TABLE feed_chunk", {})
    if loans:
        replay_loans(company=work.company, loan_ids=loans, on=work.on)
    return {"late": late}


STATEMENTS_PIPELINE = Pipeline(
    feed=STATEMENTS,
    staged=StagedStatement,
    columns=STATEMENTS.staging,
    convert=convert,
    place=line_as_place,
    key=("loan_no", "as_of"),
    identity=joined,
    identity_sql="s.loan_no || chr(31) || s.as_of",
    judge=judge,
    apply=apply,
)
