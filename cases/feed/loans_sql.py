"""The statements of the loans feed.

Parameters: owner, run, as_of, on, core (the core is right about balances); of a chunk also after
and upto. A staged row `s` is compared with the loan `l` of its number, if there is one:
new, older (than what the loan is known by), same (as the last row, for the same date), restated
(the same for a later date), other (belongs to another borrower), changed.
"""

from cases.feed.sql import OWNER, RUN

VERDICT = f"""
CASE WHEN l.id IS NULL THEN 'new'
     WHEN l.as_of > %(as_of)s THEN 'older'
     WHEN l.row_digest = s.digest
         THEN CASE WHEN l.as_of = %(as_of)s THEN 'same' ELSE 'restated' END
     WHEN s.borrower_no <> (SELECT b.borrower_no FROM cases_borrower b
                            WHERE b.owner_id = {OWNER} AND b.id = l.borrower_id) THEN 'other'
     ELSE 'changed' END"""

STAGED = f"s.owner_id = {OWNER} AND s.run_id = {RUN} AND NOT s.refused"
JOINED = f"l.owner_id = {OWNER} AND l.loan_no = s.loan_no"
SCHEDULED = f"""EXISTS (SELECT 1 FROM cases_instalment i
                       WHERE i.owner_id = {OWNER} AND i.loan_id = {{loan}})"""

# For people who look at what waits.
COMPARED = f"""
SELECT s.*, s.principal + s.interest + s.fee + s.penalty AS owed,
    l.due_date AS known_due_date, l.outstanding AS known_owed, {VERDICT} AS verdict
FROM cases_stagedloan s LEFT JOIN cases_loan l ON {JOINED}
WHERE {STAGED}
"""

# Judging -------------------------------------------------------------------------------------

KNOWN_BAD = f"""
SELECT id, CASE verdict WHEN 'older' THEN 'loan_no' ELSE 'borrower_no' END AS "column",
    CASE verdict WHEN 'older' THEN loan_no ELSE borrower_no END AS value,
    CASE verdict WHEN 'older' THEN 'older_row' ELSE 'other_borrower' END AS code,
    jsonb_build_object('known', CASE verdict WHEN 'older' THEN known_as_of::text
        ELSE (SELECT b.borrower_no FROM cases_borrower b
              WHERE b.owner_id = {OWNER} AND b.id = judged.borrower_id) END) AS params
FROM (SELECT s.id, s.loan_no, s.borrower_no, l.as_of AS known_as_of, l.borrower_id,
          {VERDICT} AS verdict
      FROM cases_stagedloan s JOIN cases_loan l ON {JOINED}
      WHERE {STAGED}) judged
WHERE verdict IN ('older', 'other')
"""

FIGURES = f"""
SELECT verdict, effect, count(*),
    sum(CASE WHEN effect = 'paid' THEN held ELSE owes END),
    count(*) FILTER (WHERE unlike)
FROM (
    SELECT verdict, owes, held, unlike,
        CASE WHEN verdict NOT IN ('new', 'changed') AND NOT (verdict = 'restated' AND %(core)s)
                 THEN ''
             WHEN NOT is_open AND owes > 0 AND due <= %(on)s
                 THEN CASE WHEN verdict <> 'new' AND EXISTS (
                     SELECT 1 FROM cases_case f WHERE f.owner_id = {OWNER}
                       AND f.loan_id = compared.loan_id) THEN 'reentered' ELSE 'opened' END
             WHEN NOT is_open THEN ''
             WHEN owes = 0 THEN 'paid'
             WHEN due > %(on)s THEN 'cured'
             WHEN due < known_due THEN 'aged_up'
             WHEN due > known_due THEN 'aged_down'
             ELSE '' END AS effect
    FROM (
        SELECT l.id AS loan_id, l.outstanding AS held, l.due_date AS known_due,
            coalesce(l.in_collections, false) AS is_open,
            CASE WHEN l.id IS NULL OR %(core)s THEN s.principal + s.interest + s.fee + s.penalty
                 ELSE l.outstanding END AS owes,
            CASE WHEN s.due_date <> l.due_date AND {SCHEDULED.format(loan="l.id")}
                 THEN l.due_date ELSE s.due_date END AS due,
            NOT %(core)s AND l.id IS NOT NULL AND (s.principal, s.interest, s.fee, s.penalty)
                <> (l.principal, l.interest, l.fee, l.penalty) AS unlike_now,
            {VERDICT} AS verdict
        FROM cases_stagedloan s LEFT JOIN cases_loan l ON %(known)s AND {JOINED}
        WHERE {STAGED}
    ) compared
    CROSS JOIN LATERAL (SELECT unlike_now AND verdict IN ('changed', 'restated') AS unlike) u
) told
GROUP BY verdict, effect
"""

# What the ledger held at the close of the file's date: today's balance without what came after.
DIFFERENCES = f"""
INSERT INTO cases_importdifference (owner_id, run_id, line, loan_id, loan_no,
    stated_principal, stated_interest, stated_fee, stated_penalty,
    ledger_principal, ledger_interest, ledger_fee, ledger_penalty)
SELECT %(owner)s, %(run)s, s.line, l.id, l.loan_no, s.principal, s.interest, s.fee, s.penalty,
    was.principal, was.interest, was.fee, was.penalty
FROM cases_stagedloan s JOIN cases_loan l ON {JOINED}
CROSS JOIN LATERAL (
    SELECT l.principal - coalesce(sum(e.principal), 0) AS principal,
        l.interest - coalesce(sum(e.interest), 0) AS interest,
        l.fee - coalesce(sum(e.fee), 0) AS fee,
        l.penalty - coalesce(sum(e.penalty), 0) AS penalty
    FROM cases_ledgerentry e
    WHERE e.owner_id = {OWNER} AND e.loan_id = l.id AND e.effective_date > %(as_of)s
) was
WHERE {STAGED}
  AND (s.principal, s.interest, s.fee, s.penalty)
      <> (l.principal, l.interest, l.fee, l.penalty)
  AND (s.principal, s.interest, s.fee, s.penalty)
      <> (was.principal, was.interest, was.fee, was.penalty)
  AND {VERDICT} IN ('changed', 'restated')
ORDER BY s.line
"""

# Applying a chunk ------------------------------------------------------------------------------

CHUNK = f"""
CREATE TEMP TABLE feed_chunk ON COMMIT DROP AS
SELECT * FROM (
    SELECT s.*, l.id AS loan_id, l.due_date AS known_due_date, l.as_of AS known_as_of,
        l.borrower_id, {VERDICT} AS verdict
    FROM cases_stagedloan s LEFT JOIN cases_loan l ON {JOINED}
    WHERE {STAGED} AND s.place > %(after)s AND s.place <= %(upto)s
) compared
WHERE verdict <> 'same'
"""

# A temporary table has no statistics of its own; without them the planner takes it for tiny.
ANALYZE_CHUNK = "ANALYZE feed_chunk (place, loan_no, borrower_no, loan_id, verdict)"

VERDICTS_FOUND = "SELECT DISTINCT verdict FROM feed_chunk"

# Somebody else was faster: only where a run was taken for dead and another went on meanwhile.
LATE_BAD = """
SELECT id, 'loan_no' AS "column", loan_no AS value, 'older_row' AS code,
    jsonb_build_object('known', known_as_of::text) AS params
FROM feed_chunk WHERE verdict IN ('older', 'other')
"""

LOCK_KNOWN = f"""
SELECT count(*) FROM (
    SELECT l.id FROM feed_chunk c JOIN cases_loan l ON l.owner_id = {OWNER} AND l.id = c.loan_id
    WHERE c.verdict IN ('changed', 'restated')
    ORDER BY l.id FOR NO KEY UPDATE OF l
) locked
"""

# Of several loans of one person the last row that says something counts, field by field.
SAVE_BORROWERS = """
INSERT INTO cases_borrower AS b (owner_id, borrower_no, name, id_no_hash, id_no_sealed,
    id_no_last4, phone_mask, timezone)
SELECT %(owner)s, borrower_no, coalesce(name, ''), coalesce(id_no_hash, ''),
    coalesce(id_no_sealed, ''), coalesce(id_no_last4, ''), coalesce(phone_mask, ''),
    coalesce(timezone, '')
FROM (
    SELECT borrower_no,
        (array_agg(borrower_name ORDER BY place DESC) FILTER (WHERE borrower_name <> ''))[1]
            AS name,
        (array_agg(id_no_hash ORDER BY place DESC) FILTER (WHERE id_no_hash <> ''))[1]
            AS id_no_hash,
        (array_agg(id_no_sealed ORDER BY place DESC) FILTER (WHERE id_no_hash <> ''))[1]
            AS id_no_sealed,
        (array_agg(id_no_last4 ORDER BY place DESC) FILTER (WHERE id_no_hash <> ''))[1]
            AS id_no_last4,
        (array_agg(phone_mask ORDER BY place DESC) FILTER (WHERE phone_mask <> ''))[1]
            AS phone_mask,
        (array_agg(timezone ORDER BY place DESC) FILTER (WHERE timezone <> ''))[1] AS timezone
    FROM feed_chunk WHERE verdict IN ('new', 'changed') GROUP BY borrower_no
) latest
ORDER BY borrower_no
ON CONFLICT (owner_id, borrower_no) DO UPDATE SET
    name = CASE WHEN EXCLUDED.name <> '' THEN EXCLUDED.name ELSE b.name END,
    id_no_sealed = CASE WHEN EXCLUDED.id_no_hash NOT IN ('', b.id_no_hash)
        THEN EXCLUDED.id_no_sealed ELSE b.id_no_sealed END,
    id_no_last4 = CASE WHEN EXCLUDED.id_no_hash NOT IN ('', b.id_no_hash)
        THEN EXCLUDED.id_no_last4 ELSE b.id_no_last4 END,
    id_no_hash = CASE WHEN EXCLUDED.id_no_hash <> '' THEN EXCLUDED.id_no_hash
        ELSE b.id_no_hash END,
    phone_mask = CASE WHEN EXCLUDED.phone_mask <> '' THEN EXCLUDED.phone_mask
        ELSE b.phone_mask END,
    timezone = CASE WHEN EXCLUDED.timezone <> '' THEN EXCLUDED.timezone ELSE b.timezone END
WHERE EXCLUDED.name NOT IN ('', b.name) OR EXCLUDED.id_no_hash NOT IN ('', b.id_no_hash)
   OR EXCLUDED.phone_mask NOT IN ('', b.phone_mask) OR EXCLUDED.timezone NOT IN ('', b.timezone)
RETURNING id, xmax <> 0
"""

ADD_CONTACTS = f"""
INSERT INTO cases_contactpoint (owner_id, borrower_id, kind, relation, person_name, number_hash,
    number_sealed, number_last4, number_mask, source, state)
SELECT %(owner)s, id, 'mobile', 'self', '', phone_hash, phone_sealed, phone_last4, phone_mask,
    'loans', 'unknown'
FROM (
    SELECT DISTINCT ON (b.id, c.phone_hash) b.id, c.*
    FROM (SELECT borrower_no, place, phone_hash, phone_sealed, phone_last4, phone_mask
          FROM feed_chunk WHERE verdict IN ('new', 'changed') AND phone_hash <> '') c
    JOIN cases_borrower b ON b.owner_id = {OWNER} AND b.borrower_no = c.borrower_no
    ORDER BY b.id, c.phone_hash, c.place
) numbers
ORDER BY id, place
ON CONFLICT (owner_id, borrower_id, relation, number_hash) DO NOTHING
"""

ADD_LOANS = f"""
WITH made AS (
    INSERT INTO cases_loan (owner_id, borrower_id, loan_no, product, channel, region, loan_amount,
        disbursed_on, due_date, principal, interest, fee, penalty, overpaid, collection_score,
        lost_contact_score, attrs, as_of, row_digest, in_collections)
    SELECT %(owner)s, b.id, c.loan_no, c.product, c.channel, c.region, c.loan_amount,
        c.disbursed_on, c.due_date, c.principal, c.interest, c.fee, c.penalty, 0,
        c.collection_score, c.lost_contact_score, c.attrs, %(as_of)s, c.digest, false
    FROM feed_chunk c
    JOIN cases_borrower b ON b.owner_id = {OWNER} AND b.borrower_no = c.borrower_no
    WHERE c.verdict = 'new'
    ORDER BY c.place
    RETURNING id, due_date, principal, interest, fee, penalty, outstanding
), dated AS (
    INSERT INTO cases_duedate (owner_id, loan_id, as_of, due_date)
    SELECT %(owner)s, id, %(as_of)s, due_date FROM made
), opened AS (
    INSERT INTO cases_ledgerentry (owner_id, loan_id, effective_date, kind, principal, interest,
        fee, penalty)
    SELECT %(owner)s, id, %(as_of)s, 'opening', principal, interest, fee, penalty FROM made
)
SELECT id, outstanding > 0 AND due_date <= %(on)s FROM made
"""

# The due date of a loan with a schedule is the schedule's. Where the core is right, the date it
# states stands beside its balance, and the schedule is read again from there (cases.schedule).
NEW_DUE_DATES = f"""
INSERT INTO cases_duedate (owner_id, loan_id, as_of, due_date)
SELECT %(owner)s, c.loan_id, %(as_of)s, c.due_date FROM feed_chunk c
WHERE c.verdict IN ('changed', 'restated') AND c.due_date <> c.known_due_date
  AND (%(core)s OR NOT {SCHEDULED.format(loan="c.loan_id")})
ORDER BY c.place
"""

NEW_SNAPSHOTS = """
INSERT INTO cases_ledgerentry (owner_id, loan_id, effective_date, kind, principal, interest, fee,
    penalty)
SELECT %(owner)s, loan_id, %(as_of)s, 'snapshot', principal, interest, fee, penalty
FROM feed_chunk WHERE verdict IN ('changed', 'restated')
ORDER BY place
"""

# plain: no money has moved on the loan, so what is stated is its balance; else it is replayed.
UPDATE_LOANS = f"""
WITH known AS (
    SELECT c.*, %(core)s AND NOT EXISTS (
            SELECT 1 FROM cases_repayment r
            WHERE r.owner_id = {OWNER} AND r.loan_id = c.loan_id
        ) AND NOT EXISTS (
            SELECT 1 FROM cases_ledgerentry e
            WHERE e.owner_id = {OWNER} AND e.loan_id = c.loan_id
              AND e.kind NOT IN ('opening', 'snapshot')
        ) AS plain,
        (%(core)s OR c.due_date <> c.known_due_date)
            AND {SCHEDULED.format(loan="c.loan_id")} AS scheduled
    FROM feed_chunk c WHERE c.verdict IN ('changed', 'restated')
), written AS (
    UPDATE cases_loan l SET
        product = CASE WHEN k.product <> '' THEN k.product ELSE l.product END,
        channel = CASE WHEN k.channel <> '' THEN k.channel ELSE l.channel END,
        region = CASE WHEN k.region <> '' THEN k.region ELSE l.region END,
        loan_amount = coalesce(k.loan_amount, l.loan_amount),
        disbursed_on = coalesce(k.disbursed_on, l.disbursed_on),
        due_date = CASE WHEN k.scheduled AND NOT %(core)s THEN l.due_date ELSE k.due_date END,
        principal = CASE WHEN k.plain THEN k.principal ELSE l.principal END,
        interest = CASE WHEN k.plain THEN k.interest ELSE l.interest END,
        fee = CASE WHEN k.plain THEN k.fee ELSE l.fee END,
        penalty = CASE WHEN k.plain THEN k.penalty ELSE l.penalty END,
        collection_score = coalesce(k.collection_score, l.collection_score),
        lost_contact_score = coalesce(k.lost_contact_score, l.lost_contact_score),
        attrs = l.attrs || k.attrs,
        as_of = %(as_of)s,
        row_digest = k.digest
    FROM known k WHERE l.owner_id = {OWNER} AND l.id = k.loan_id
    RETURNING l.id, k.verdict = 'changed', k.plain, k.scheduled
)
SELECT * FROM written
"""

BORROWERS_LOANS = f"""
SELECT id FROM cases_loan
WHERE owner_id = {OWNER} AND in_collections AND borrower_id = ANY(%(borrowers)s)
"""

DROP_CHUNK = "DROP TABLE feed_chunk"
