"""Writing a promise in one statement: its row, and the events that tell of it.

Part of collection.promises.take_promise, which checks everything before; people wait for this one.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection

from cases.statements import columns
from collection.models import Promise
from collection.promise_events import Told

_COLUMNS = (
    "company_id", "owner_id", "case_id", "note_id", "taken_by_id", "taken_by_name", "bucket",
    "made_at", "amount", "due_on", "pay_by", "grace_days", "tolerance_percent", "shared", "state",
    "received", "kept_at", "judged_at",
)  # fmt: skip
_STATEMENT = """
WITH promised AS (
    INSERT INTO collection_promise (company_id, owner_id, case_id, note_id, taken_by_id,
        taken_by_name, bucket, made_at, amount, due_on, pay_by, grace_days, tolerance_percent,
        shared, state, received, kept_at, judged_at, ended_by_name, why_ended, team_id)
    VALUES (%(company_id)s, %(owner_id)s, %(case_id)s, %(note_id)s, %(taken_by_id)s,
        %(taken_by_name)s, %(bucket)s, %(made_at)s, %(amount)s, %(due_on)s, %(pay_by)s,
        %(grace_days)s, %(tolerance_percent)s, %(shared)s, %(state)s, %(received)s, %(kept_at)s,
        %(judged_at)s, '', '', (
            SELECT desk.team_id FROM collection_assignment desk
            WHERE desk.company_id = %(company_id)s AND desk.case_id = %(case_id)s
                AND desk.ended_at IS NULL))
    RETURNING id, uid, team_id
), told AS (
    INSERT INTO cases_caseevent (owner_id, case_id, company_id, kind, actor_id, actor_name, data,
        shared)
    SELECT %(owner_id)s, event.case_id, %(company_id)s, event.kind, %(taken_by_id)s,
        %(taken_by_name)s, event.data::jsonb, event.shared
    FROM promised, unnest(%(told_case)s::bigint[], %(told_kind)s::text[], %(told_data)s::text[],
        %(told_shared)s::boolean[]) WITH ORDINALITY AS event(case_id, kind, data, shared, place)
    ORDER BY event.place
)
SELECT id, uid, team_id, ARRAY(
    SELECT tag.id FROM collection_tag tag
    WHERE tag.company_id = %(company_id)s AND tag.is_active AND EXISTS (
        SELECT 1 FROM jsonb_array_elements(tag.rule) AS condition
        WHERE condition ->> 'fact' = ANY(%(facts)s)))
FROM promised
"""


def insert_promise(promise: Promise, told: Sequence[Told], facts: Collection[str]) -> list[int]:
    """Write the promise and what is told with it by the person who took it; gives it its ids.

    All of the open scope's company, and on cases of the promise's lender. The team is that of the
    company's desk where the case lies. Returns the company's tags whose rules ask one of these
    facts (collection.tag_rules).
    """
    values: dict[str, Any] = {name: getattr(promise, name) for name in _COLUMNS}
    lines = [(each.case_id, each.kind, json.dumps(each.data), each.shared) for each in told]
    values["facts"] = list(facts)
    values |= columns(("told_case", "told_kind", "told_data", "told_shared"), lines)
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, values)
        promise.pk, promise.uid, promise.team_id, tag_ids = cursor.fetchone()
    promise._state.adding = False
    return list(tag_ids)
