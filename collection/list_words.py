"""What a list needs besides its rows, asked at once: the tags in use, the weights, saved views."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.utils.translation import get_language

from collection.ranking import Weights
from collection.tagging import TagInUse
from tenancy.models import User

WORDS = """
SELECT
    (SELECT coalesce(json_agg(json_build_array(g.id, g.uid, g.name_en, g.name_zh, g.colour)
        ORDER BY g.step, g.code), '[]')
        FROM collection_tag g WHERE g.company_id = %(company)s AND g.is_active),
    (SELECT json_build_array(s.score_weight::text, s.unknown_score, s.touch_weight::text,
        s.untouched_days)
        FROM collection_worksettings s WHERE s.company_id = %(company)s),
    (SELECT coalesce(json_agg(json_build_array(v.name, v.query)
        ORDER BY v.team_id NULLS LAST, v.name, v.id), '[]')
        FROM collection_savedview v
        WHERE v.company_id = %(company)s AND v.page = %(page)s
            AND (v.user_id = %(user)s OR v.team_id IN (
                SELECT m.team_id FROM tenancy_teammember m
                WHERE m.company_id = %(company)s AND m.user_id = %(user)s)))
"""


@dataclass(frozen=True, slots=True)
class ListWords:
    """What stands around a list's rows.

    tags: the company's active ones in their order. tabs: name and query of the views above the
    list: own ones, and those of teams that the person sits in.
    """

    tags: Sequence[TagInUse]
    weights: Weights
    tabs: Sequence[tuple[str, str]]


def list_words(user: User, page: str) -> ListWords:
    """The words of one list for one person; one query."""
    english = (get_language() or "").startswith("en")
    with connection.cursor() as cursor:
        cursor.execute(WORDS, {"company": user.company_id, "user": user.pk, "page": page})
        tags, figures, tabs = cursor.fetchone()
    weights = Weights()
    if figures:
        score, unknown, touch, days = figures
        weights = Weights(Decimal(score), unknown, Decimal(touch), days)
    return ListWords(
        tags=[
            TagInUse(pk, uid, name_en if english else name_zh, colour)
            for pk, uid, name_en, name_zh, colour in tags
        ],
        weights=weights,
        tabs=[(name, query) for name, query in tabs],
    )
