"""The contacts feed: numbers of the borrower and of people around them.

A contact is known by borrower, relation and number. It is never taken away: a number that is not
in a file says nothing.
"""

from collections.abc import Mapping, Sequence

from cases.aging import settle_cases
from cases.feed import sql
from cases.feed.pipeline import (
    SEPARATOR,
    Chunk,
    Figures,
    Pipeline,
    Work,
    line_as_place,
    refuse,
)
from cases.feed.rows import CONTACTS, ParsedRow
from cases.feed.sealing import sealed_number
from cases.feed.sql import OWNER, RUN
from cases.models import StagedContact
from tenancy.personal_data import keyed_hash

TABLE = StagedContact._meta.db_table
COLUMNS = (
    "borrower_no",
    "name",
    "relation",
    "phone_hash",
    "phone_sealed",
    "phone_last4",
    "phone_mask",
    "source",
)

_STAGED = f"s.owner_id = {OWNER} AND s.run_id = {RUN} AND NOT s.refused"

COMPARED = f"""
SELECT s.*, b.id AS borrower_id, c.id AS known_id,
    CASE WHEN b.id IS NULL THEN 'unknown'
         WHEN c.id IS NULL THEN 'new'
         WHEN s.name NOT IN ('', c.person_name) OR s.source NOT IN ('', c.source) THEN 'changed'
         ELSE 'same' END AS verdict
FROM cases_stagedcontact s
LEFT JOIN cases_borrower b ON b.owner_id = {OWNER} AND b.borrower_no = s.borrower_no
LEFT JOIN cases_contactpoint c ON c.owner_id = {OWNER} AND c.borrower_id = b.id
    AND c.relation = s.relation AND c.number_hash = s.phone_hash
WHERE {_STAGED}"""

_UNKNOWN = f"""
SELECT s.id, 'borrower_no' AS "column", s.borrower_no AS value, 'unknown_borrower' AS code,
    '{{}}'::jsonb AS params
FROM cases_stagedcontact s
WHERE {_STAGED} AND NOT EXISTS (
    SELECT 1 FROM cases_borrower b
    WHERE b.owner_id = {OWNER} AND b.borrower_no = s.borrower_no)
"""

_FIGURES = f"""
SELECT count(*) FILTER (WHERE verdict = 'new'), count(*) FILTER (WHERE verdict = 'changed'),
    count(*) FILTER (WHERE verdict = 'same'),
    count(DISTINCT borrower_id) FILTER (WHERE verdict IN ('new', 'changed'))
FROM ({COMPARED}) compared
"""

_CHUNK = f"""
CREATE TEMP TABLE feed_chunk ON COMMIT DROP AS
SELECT * FROM ({COMPARED} AND s.place > %(after)s AND s.place <= %(upto)s) compared
WHERE verdict IN ('new', 'changed')
"""

_ADD = """
INSERT INTO cases_contactpoint (owner_id, borrower_id, kind, relation, person_name, number_hash,
    number_sealed, number_last4, number_mask, source, state)
SELECT %(owner)s, borrower_id, 'mobile', relation, name, phone_hash, phone_sealed, phone_last4,
    phone_mask, source, 'unknown'
FROM feed_chunk WHERE verdict = 'new' ORDER BY place
"""

_CHANGE = f"""
UPDATE cases_contactpoint p SET
    person_name = CASE WHEN c.name <> '' THEN c.name ELSE p.person_name END,
    source = CASE WHEN c.source <> '' THEN c.source ELSE p.source END
FROM feed_chunk c
WHERE c.verdict = 'changed' AND p.owner_id = {OWNER} AND p.id = c.known_id
"""

# A person whom nothing could reach until now; the mask of a number stands on the case as well.
_NOW_REACHED = f"""
WITH first AS (
    SELECT DISTINCT ON (borrower_id) borrower_id, phone_mask FROM feed_chunk
    WHERE verdict = 'new' AND relation = 'self' ORDER BY borrower_id, place
), reached AS (
    UPDATE cases_borrower b SET phone_mask = first.phone_mask FROM first
    WHERE b.owner_id = {OWNER} AND b.id = first.borrower_id AND b.phone_mask = ''
    RETURNING b.id
)
SELECT l.id FROM reached
JOIN cases_loan l ON l.owner_id = {OWNER} AND l.borrower_id = reached.id AND l.in_collections
ORDER BY l.id
"""


def convert(row: ParsedRow) -> Sequence[str | None]:
    """A parsed row as the values of COLUMNS."""
    borrower_no, name, relation, phone, source = row
    return (borrower_no, name or "", relation, *sealed_number(phone), source or "")


def identity(values: Sequence[str]) -> str:
    """Borrower, relation and the hash of the number: a number in the clear is never kept."""
    borrower_no, relation, phone = values
    return SEPARATOR.join((borrower_no, relation, keyed_hash(phone).hex()))


def judge(work: Work) -> Figures:
    """Refuse contacts of unknown borrowers and count the others."""
    refuse(work=work, table=TABLE, key="borrower_no", bad=_UNKNOWN)
    new, changed, unchanged, borrowers = sql.row(_FIGURES, work.values)
    figures = Figures(new=new, changed=changed, unchanged=unchanged)
    figures.expect("borrowers", borrowers)
    return figures


def apply(chunk: Chunk) -> Mapping[str, int]:
    """Write the contacts that are new or say something new."""
    sql.execute(_CHUNK, chunk.values)
    sql.execute("ANALYZE feed_chunk (place, known_id, verdict)", {})
    sql.execute(_ADD, chunk.values)
    sql.execute(_CHANGE, chunk.values)
    reached = sql.ids(_NOW_REACHED, chunk.values)
    sql.execute("DROP TABLE feed_chunk", {})
    if reached:
        settle_cases(company=chunk.work.company, on=chunk.work.on, loan_ids=reached)
    return {}


CONTACTS_PIPELINE = Pipeline(
    feed=CONTACTS,
    staged=StagedContact,
    columns=COLUMNS,
    convert=convert,
    place=line_as_place,
    key=("borrower_no", "relation", "phone"),
    identity=identity,
    identity_sql="s.borrower_no || chr(31) || s.relation || chr(31) || encode(s.phone_hash, 'hex')",
    judge=judge,
    apply=apply,
)
