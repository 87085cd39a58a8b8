"""The repayments feed: money that came in, and money that was taken back.

A repayment is a fact, known by its number; it never changes. A number that comes again with other
contents is refused: what was wrong is reversed and sent under a new number. Reversals take their
turns after all other rows, so that one file may hold both. Money for a loan that is not known
waits in suspense, as does a reversal of a repayment that is not.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from cases.amounts import Amounts
from cases.feed import sql
from cases.feed.pipeline import Chunk, Figures, Pipeline, Work, joined, refuse
from cases.feed.rows import REPAYMENTS, ParsedRow
from cases.feed.sql import OWNER, RUN
from cases.ledger import RepaymentRow, post_repayments
from cases.models import StagedRepayment

TABLE = StagedRepayment._meta.db_table
COLUMNS = (
    "repayment_no",
    "loan_no",
    "paid_at",
    "amount",
    "split_principal",
    "split_interest",
    "split_fee",
    "split_penalty",
    "reverses",
)
REVERSALS_FROM = 10**12
"""Places of reversals: their line beyond this, which no line reaches."""

_STAGED = f"s.owner_id = {OWNER} AND s.run_id = {RUN} AND NOT s.refused"

_VERDICT = """
CASE WHEN r.id IS NULL THEN 'new'
     WHEN (r.loan_no, r.paid_at, r.amount, r.reverses_no)
            = (s.loan_no, s.paid_at, s.amount, s.reverses)
        AND (r.split_principal, r.split_interest, r.split_fee, r.split_penalty)
            IS NOT DISTINCT FROM
            (s.split_principal, s.split_interest, s.split_fee, s.split_penalty) THEN 'same'
     ELSE 'changed' END"""

COMPARED = f"""
SELECT s.*, {_VERDICT} AS verdict
FROM cases_stagedrepayment s
LEFT JOIN cases_repayment r ON r.owner_id = {OWNER} AND r.repayment_no = s.repayment_no
WHERE {_STAGED}"""

_CHANGED = f"""
SELECT id, 'repayment_no' AS "column", repayment_no AS value, 'repayment_changed' AS code,
    '{{}}'::jsonb AS params
FROM ({COMPARED}) compared WHERE verdict = 'changed'
"""

# Reversals that are new, with what they take back as far as that is known: booked, or in the file.
# booked_to: the loan that has the money; another than was sent where a person matched it by hand.
_REVERSALS = f"""
CREATE TEMP TABLE feed_reversals ON COMMIT DROP AS
SELECT c.id, c.line, c.loan_no, c.amount, c.reverses, t.loan_no AS target_loan,
    l.loan_no AS booked_to, t.amount AS target_amount, t.reverses_no <> '' AS of_reversal,
    t.state = 'reversed' AS reversed
FROM ({COMPARED}) c
LEFT JOIN cases_repayment t ON t.owner_id = {OWNER} AND t.repayment_no = c.reverses
LEFT JOIN cases_loan l ON l.owner_id = {OWNER} AND l.id = t.loan_id
WHERE c.reverses <> '' AND c.verdict = 'new'
"""
_REVERSALS_IN_FILE = f"""
UPDATE feed_reversals v SET target_loan = s.loan_no, target_amount = s.amount,
    of_reversal = s.reverses <> '', reversed = false
FROM cases_stagedrepayment s
WHERE {_STAGED} AND v.target_amount IS NULL AND s.repayment_no = v.reverses
"""
_BAD_REVERSALS = """
SELECT id, CASE code WHEN 'other_amount' THEN 'amount' WHEN 'other_loan' THEN 'loan_no'
        ELSE 'reverses' END AS "column",
    CASE code WHEN 'other_amount' THEN amount::text WHEN 'other_loan' THEN loan_no
        ELSE reverses END AS value,
    code, jsonb_build_object('reverses', reverses, 'amount', target_amount::text,
                             'loan_no', target_loan) AS params
FROM (
    SELECT f.*, coalesce(fault, CASE WHEN line <> min(line)
        OVER (PARTITION BY reverses, fault IS NULL) THEN 'already_reversed' END) AS code
    FROM (
        SELECT v.*, CASE WHEN of_reversal THEN 'reverses_a_reversal'
            WHEN loan_no <> target_loan AND loan_no IS DISTINCT FROM booked_to THEN 'other_loan'
            WHEN amount <> target_amount THEN 'other_amount'
            WHEN reversed THEN 'already_reversed' END AS fault
        FROM feed_reversals v
    ) f
) judged WHERE code IS NOT NULL
"""

# in_balance: paid on a date whose close the loan's last statement already covers.
_FIGURES = f"""
SELECT count(*) FILTER (WHERE verdict = 'new'), count(*) FILTER (WHERE verdict = 'same'),
    count(*) FILTER (WHERE waits), coalesce(sum(amount) FILTER (WHERE waits), 0),
    count(*) FILTER (WHERE in_balance), coalesce(sum(amount) FILTER (WHERE in_balance), 0),
    count(*) FILTER (WHERE posts), coalesce(sum(amount) FILTER (WHERE posts), 0),
    count(*) FILTER (WHERE takes_back), coalesce(sum(amount) FILTER (WHERE takes_back), 0)
FROM (
    SELECT c.*, verdict = 'new' AND reverses <> '' AS takes_back,
        verdict = 'new' AND reverses = '' AND l.id IS NULL AS waits,
        verdict = 'new' AND reverses = '' AND day <= stated AS in_balance,
        verdict = 'new' AND reverses = '' AND day > stated AS posts
    FROM ({COMPARED}) c
    LEFT JOIN cases_loan l ON l.owner_id = {OWNER} AND l.loan_no = c.loan_no
    CROSS JOIN LATERAL (
        SELECT (c.paid_at AT TIME ZONE %(zone)s)::date AS day,
            (SELECT max(e.effective_date) FROM cases_ledgerentry e
             WHERE e.owner_id = {OWNER} AND e.loan_id = l.id
               AND e.kind IN ('opening', 'snapshot')) AS stated
    ) dates
) told
"""
_PAID_OFF = f"""
SELECT count(*), coalesce(sum(outstanding), 0)
FROM (
    SELECT l.outstanding,
        sum(CASE WHEN c.reverses = '' THEN c.amount ELSE -c.amount END) AS paid
    FROM ({COMPARED}) c
    JOIN cases_loan l ON l.owner_id = {OWNER} AND l.loan_no = c.loan_no
    WHERE c.verdict = 'new' AND l.in_collections
      AND (c.paid_at AT TIME ZONE %(zone)s)::date > (
          SELECT max(e.effective_date) FROM cases_ledgerentry e
          WHERE e.owner_id = {OWNER} AND e.loan_id = l.id AND e.kind IN ('opening', 'snapshot'))
    GROUP BY l.id, l.outstanding
) loans WHERE paid >= outstanding
"""

_CHUNK = f"""
SELECT repayment_no, loan_no, paid_at, amount, split_principal, split_interest, split_fee,
    split_penalty, reverses
FROM ({COMPARED} AND s.place > %(after)s AND s.place <= %(upto)s) compared
WHERE verdict = 'new' ORDER BY place
"""
_LATE = f"""
SELECT s.id, 'repayment_no' AS "column", s.repayment_no AS value, 'book_changed' AS code,
    '{{}}'::jsonb AS params
FROM cases_stagedrepayment s
WHERE s.owner_id = {OWNER} AND s.run_id = {RUN} AND s.repayment_no = ANY(%(late)s)
"""


def convert(row: ParsedRow) -> Sequence[str | None]:
    """A parsed row as the values of COLUMNS."""
    return (*row[:-1], row[-1] or "")


def place(line: int, row: ParsedRow) -> int:
    """Reversals come after everything else."""
    return line if row[-1] is None else REVERSALS_FROM + line


def judge(work: Work) -> Figures:
    """Refuse what contradicts a booked repayment, and count what the others would do."""
    refuse(work=work, table=TABLE, key="repayment_no", bad=_CHANGED)
    _refuse_reversals(work)
    new, same, *told = sql.row(_FIGURES, work.values)
    figures = Figures(new=new, unchanged=same, suspense=told[0], already_in_balance=told[2])
    for n, effect in enumerate(("suspense", "in_balance", "posted", "reversed")):
        figures.expect(effect, told[2 * n], told[2 * n + 1])
    figures.expect("paid", *sql.row(_PAID_OFF, work.values))
    return figures


def _refuse_reversals(work: Work) -> None:
    if sql.execute(_REVERSALS, work.values):
        with sql.by_hash():
            sql.execute(_REVERSALS_IN_FILE, work.values)
        refuse(work=work, table=TABLE, key="repayment_no", bad=_BAD_REVERSALS)
    sql.execute("DROP TABLE feed_reversals", {})


def apply(chunk: Chunk) -> Mapping[str, int]:
    """Book the rows of a chunk; answers how many wait in suspense and how many are in a balance."""
    booked = [_row(values) for values in sql.rows(_CHUNK, chunk.values)]
    if not booked:
        return {}
    work = chunk.work
    posted = post_repayments(company=work.company, rows=booked, on=work.on)
    return {
        "suspense": posted.suspended,
        "already_in_balance": posted.included,
        "late": _refuse_late(work, posted.refused),
    }


def _row(values: tuple[Any, ...]) -> RepaymentRow:
    repayment_no, loan_no, paid_at, amount, *split, reverses = values
    return RepaymentRow(
        repayment_no=repayment_no,
        loan_no=loan_no,
        paid_at=paid_at,
        amount=amount,
        split=None if split[0] is None else Amounts(*split),
        reverses=reverses,
    )


def _refuse_late(work: Work, refused: Sequence[tuple[str, str]]) -> int:
    """Refuse what was booked otherwise since the run was judged."""
    if not refused:
        return 0
    late = {"late": [number for number, _code in refused]}
    return refuse(work=work, table=TABLE, key="repayment_no", bad=_LATE, more=late)


REPAYMENTS_PIPELINE = Pipeline(
    feed=REPAYMENTS,
    staged=StagedRepayment,
    columns=COLUMNS,
    convert=convert,
    place=place,
    key=("repayment_no",),
    identity=joined,
    identity_sql="s.repayment_no",
    judge=judge,
    apply=apply,
)
