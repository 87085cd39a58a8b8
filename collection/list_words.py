"""What a list needs besides its rows, asked at once: date, buckets, teams, tags, weights, views."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import starmap
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import get_language

from cases.models import Bucket
from cases.pills import COLUMNS, BucketRow, Pill, in_scale, in_use
from collection.ranking import Weights
from collection.tagging import TagInUse
from tenancy.access import sees_all
from tenancy.models import User
from tenancy.night import BUSINESS_DATE
from tenancy.ready import wall_1
from tenancy.scope import current_scope

WORDS = """
WITH business AS MATERIALIZED (SELECT {date} AS on)
SELECT business.on,
    (SELECT coalesce(json_agg(json_build_array({columns})), '[]') {buckets} AND {bucket_wall}),
    (SELECT coalesce(json_agg(json_build_array(t.id, t.uid, t.name) ORDER BY t.name, t.id), '[]')
        FROM tenancy_team t
        WHERE %(sees_all)s AND t.company_id = %(scope)s AND t.is_active),
    (SELECT coalesce(json_agg(json_build_array(g.id, g.uid, g.name_en, g.name_zh, g.colour)
        ORDER BY g.step, g.code), '[]')
        FROM collection_tag g WHERE g.company_id = %(scope)s AND g.is_active),
    (SELECT json_build_array(s.score_weight::text, s.unknown_score, s.touch_weight::text,
        s.untouched_days)
        FROM collection_worksettings s WHERE s.company_id = %(scope)s),
    (SELECT coalesce(json_agg(json_build_array(v.name, v.query)
        ORDER BY v.team_id NULLS LAST, v.name, v.id), '[]')
        FROM collection_savedview v
        WHERE v.company_id = %(scope)s AND v.page = %(page)s
            AND (v.user_id = %(user)s OR v.team_id IN (
                SELECT m.team_id FROM tenancy_teammember m
                WHERE m.company_id = %(scope)s AND m.user_id = %(user)s)))
FROM business
"""
Team = tuple[int, UUID, str]
"""A team's id, the id in addresses, and its name."""


@dataclass(frozen=True, slots=True)
class ListWords:
    """What stands around a list's rows on business date `on`.

    scale: the buckets in use. teams: the active ones, None for who does not see all of them. tags:
    the company's active ones in their order. tabs: name and query of the views above the list: own
    ones, and those of teams that the person sits in.
    """

    on: date
    scale: dict[int, Pill]
    teams: Sequence[Team] | None
    tags: Sequence[TagInUse]
    weights: Weights
    tabs: Sequence[tuple[str, str]]


def list_words(user: User, page: str) -> ListWords:
    """The words of one list for one person; one query."""
    english = (get_language() or "").startswith("en")
    scope, every_team = current_scope(), sees_all(user)
    values: dict[str, Any] = {
        "scope": scope.company_id,
        "today": user.company.local_date(),
        "sees_all": every_team,
        "user": user.pk,
        "page": page,
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(scope.kind), values)
        on, buckets, teams, tags, figures, tabs = cursor.fetchone()
    weights = Weights()
    if figures:
        score, unknown, touch, days = figures
        weights = Weights(Decimal(score), unknown, Decimal(touch), days)
    return ListWords(
        on=on,
        scale=in_scale(starmap(BucketRow, buckets)),
        teams=[(pk, UUID(uid), name) for pk, uid, name in teams] if every_team else None,
        tags=[
            TagInUse(pk, uid, name_en if english else name_zh, colour)
            for pk, uid, name_en, name_zh, colour in tags
        ],
        weights=weights,
        tabs=[(name, query) for name, query in tabs],
    )


@cache
def _statement(kind: str) -> str:
    return WORDS.format(
        date=BUSINESS_DATE,
        columns=COLUMNS,
        buckets=in_use("business.on"),
        bucket_wall=wall_1(Bucket, kind, "b"),
    )
