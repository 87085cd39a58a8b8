"""Judging a run against its own rows and against the book: what is refused, what would happen.

Nothing of the book is written. A run may be judged again: what the last time found is undone
first, what the rows themselves showed while they were read stays.
"""

from cases.feed import sql
from cases.feed.pipeline import Figures, Pipeline, Work, refuse
from cases.feed.sql import OWNER, RUN

# From here on a scan of the book is cheaper than the wrong plan: a table that has just been filled
# has no statistics yet, and 17,000 contacts once took 70 s by nested loops.
MANY_ROWS = 2_000

_UNDO_REJECTS = f"""
DELETE FROM cases_importreject
WHERE owner_id = {OWNER} AND run_id = {RUN} AND judged
"""
_UNDO_DIFFERENCES = f"""
DELETE FROM cases_importdifference WHERE owner_id = {OWNER} AND run_id = {RUN}
"""
_REJECTED = f"""
SELECT count(DISTINCT line) FROM cases_importreject
WHERE owner_id = {OWNER} AND run_id = {RUN}
"""


def judge(work: Work, pipeline: Pipeline) -> None:
    """Judge the run's rows and write the figures on the run (unsaved)."""
    _undo(work, pipeline)
    _refuse_duplicates(work, pipeline)
    if work.run.rows >= MANY_ROWS:
        with sql.by_hash():
            figures = pipeline.judge(work)
    else:
        figures = pipeline.judge(work)
    _write_down(work, figures)


def _undo(work: Work, pipeline: Pipeline) -> None:
    if sql.execute(_UNDO_REJECTS, work.values):
        sql.execute(
            f"UPDATE {pipeline.table} SET refused = false "
            f"WHERE owner_id = {OWNER} AND run_id = {RUN} AND refused",
            work.values,
        )
    sql.execute(_UNDO_DIFFERENCES, work.values)


def _refuse_duplicates(work: Work, pipeline: Pipeline) -> None:
    """A key that occurs twice rejects all its rows, also where one of them is bad anyway."""
    key = pipeline.key[0]
    sql.execute(
        f"""
CREATE TEMP TABLE feed_twice ON COMMIT DROP AS
SELECT identity, min(line) AS first_line, max(line) AS last_line
FROM (
    SELECT s.line, {pipeline.identity_sql} AS identity FROM {pipeline.table} s
    WHERE s.owner_id = {OWNER} AND s.run_id = {RUN}
    UNION ALL
    SELECT DISTINCT line, identity FROM cases_importreject
    WHERE owner_id = {OWNER} AND run_id = {RUN} AND identity <> ''
) keyed
GROUP BY identity HAVING count(*) > 1
""",
        work.values,
    )
    if sql.row("SELECT EXISTS (SELECT 1 FROM feed_twice)", {})[0]:
        with sql.by_hash():
            refuse(
                work=work,
                table=pipeline.table,
                key=key,
                bad=f"""
SELECT s.id, '{key}' AS "column", s.{key} AS value, 'duplicate_key' AS code,
    jsonb_build_object('line', CASE WHEN s.line = first_line THEN last_line ELSE first_line END)
        AS params
FROM {pipeline.table} s JOIN feed_twice ON feed_twice.identity = {pipeline.identity_sql}
WHERE s.owner_id = {OWNER} AND s.run_id = {RUN}
""",
            )
    sql.execute("DROP TABLE feed_twice", {})


def _write_down(work: Work, figures: Figures) -> None:
    run = work.run
    run.new, run.changed, run.unchanged = figures.new, figures.changed, figures.unchanged
    run.already_in_balance = figures.already_in_balance
    run.suspense, run.differs = figures.suspense, figures.differs
    run.outlook = figures.outlook
    run.rejected = sql.row(_REJECTED, work.values)[0]
