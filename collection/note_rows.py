"""Writing a note in one statement: its row, its words, and what comes next on the desk.

In the lender's own book also the contact that it tells of, where nobody had asked the gate for it.

Part of collection.notes.write_note, which checks everything before; people wait for this one.
"""

import json
from typing import Any

from django.db import connection

from collection.models import Note

_STATEMENT = """
WITH written AS (
    INSERT INTO collection_note (company_id, owner_id, case_id, author_id, author_name, at,
        disposition, disposition_name_en, disposition_name_zh, next_action, next_action_at,
        has_remark, flags, channel, contact_point_id, relation, overdue_reason, corrects_id,
        shared, form_key)
    VALUES (%(company_id)s, %(owner_id)s, %(case_id)s, %(author_id)s, %(author_name)s, %(at)s,
        %(disposition)s, %(disposition_name_en)s, %(disposition_name_zh)s, %(next_action)s,
        %(next_action_at)s, %(has_remark)s, %(flags)s::varchar[], %(channel)s,
        %(contact_point_id)s, %(relation)s, %(overdue_reason)s, %(corrects_id)s, %(shared)s,
        %(form_key)s)
    RETURNING id, uid
), words AS (
    INSERT INTO collection_remark (note_id, company_id, owner_id, case_id, shared, text, facts)
    SELECT id, %(company_id)s, %(owner_id)s, %(case_id)s, %(shared)s, %(text)s, %(facts)s::jsonb
    FROM written WHERE %(has_words)s
), desk AS (
    -- A note of an earlier follow-up that comes late changes nothing of it.
    UPDATE collection_assignment
    SET last_touch_at = %(at)s, last_touch_by_name = %(author_name)s,
        last_disposition = %(disposition)s, next_action = %(next_action)s,
        next_action_at = %(next_action_at)s
    WHERE company_id = %(company_id)s AND case_id = %(case_id)s AND ended_at IS NULL
        AND (last_touch_at IS NULL OR last_touch_at <= %(at)s)
)"""
# No agency may write there: its statement has no such part.
_CONTACT = """, contact AS (
    INSERT INTO collection_contacttry (company_id, owner_id, borrower_id, case_id,
        contact_point_id, relation, channel, purpose, by_id, by_name, at, state, ended_at,
        note_id, was_asked_for, outside_gate)
    SELECT %(company_id)s, %(owner_id)s, %(borrower_id)s, %(case_id)s, %(contact_point_id)s,
        %(relation)s, %(channel)s, 'collect', %(author_id)s, %(author_name)s, %(at)s,
        %(outcome)s, %(at)s, id, false, true
    FROM written
)"""
_TELLS = " SELECT id, uid FROM written"
_COLUMNS = (
    "company_id", "owner_id", "case_id", "author_id", "author_name", "at", "disposition",
    "disposition_name_en", "disposition_name_zh", "next_action", "next_action_at", "has_remark",
    "flags", "channel", "contact_point_id", "relation", "overdue_reason", "corrects_id", "shared",
    "form_key",
)  # fmt: skip


def insert_note(note: Note, *, text: str, facts: dict[str, str], outcome: str = "") -> None:
    """Write the note and what it says, and move the company's desk on; gives it its ids.

    outcome: of the contact made outside the gate that it tells of, in the lender's scope only
    (collection.outside); "" for none.
    """
    values: dict[str, Any] = {name: getattr(note, name) for name in _COLUMNS}
    values |= {"text": text, "facts": json.dumps(facts), "has_words": bool(text or facts)}
    values |= {"outcome": outcome, "borrower_id": note.case.borrower_id}
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT + (_CONTACT if outcome else "") + _TELLS, values)
        note.pk, note.uid = cursor.fetchone()
    note._state.adding = False
