"""The order of the worklist written to the desks: one statement for a company or for some cases.

It says what collection.ranking says, and writes only where rank, key or value really change. A desk
that somebody else changed meanwhile is left to them: who changes a desk ranks it.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from collection.models import Promise
from collection.ranking import AGAIN, BROKEN_DAYS, SKIPPED, TOP_SCORE, Rank, Stop, Weights
from tenancy.models import Company
from tenancy.night import Counts
from tenancy.planning import rows_by_key, whole_tables

CHOSEN = "AND {table}.case_id = ANY(%(cases)s)"

FIGURES = """
    SELECT coalesce(max(score_weight), %(score_weight)s) AS score_weight,
        coalesce(max(unknown_score), %(unknown_score)s)::numeric AS unknown_score,
        coalesce(max(touch_weight), %(touch_weight)s) AS touch_weight,
        coalesce(max(untouched_days), %(untouched_days)s) AS untouched_days
    FROM collection_worksettings WHERE company_id = %(company)s
"""
GIVEN = """
    SELECT %(score_weight)s::numeric AS score_weight, %(unknown_score)s::numeric AS unknown_score,
        %(touch_weight)s::numeric AS touch_weight, %(untouched_days)s::int AS untouched_days
"""
CALLBACKS = """
    SELECT coalesce(array_agg(code), '{}') AS codes FROM collection_disposition
    WHERE company_id = %(company)s AND flags @> ARRAY['callback']::varchar[]
"""
# Holds are few: their cases come first, each with the strictest stop.
STOPPED = """
    SELECT hold.case_id, max(CASE WHEN hold.stops_contact IN ('remind', 'voice')
        THEN %(partly)s ELSE %(wholly)s END) AS stop
    FROM cases_casehold hold
    WHERE hold.stops_contact > '' AND hold.starts_on <= %(on)s
        AND (hold.ends_on IS NULL OR hold.ends_on > %(on)s) {chosen_hold}
    GROUP BY hold.case_id
"""
BROKEN = """
    SELECT broken.case_id, max(broken.judged_at) AS at
    FROM collection_promise broken
    WHERE broken.state = %(broken)s AND broken.judged_at >= %(broken_since)s {chosen_broken}
    GROUP BY broken.case_id
"""
# The loan's balance: its case follows a moment later.
KNOWN = """
    SELECT a.id, a.xmin AS seen, a.rank AS old_rank, a.rank_key AS old_key,
        a.expected_value AS old_value, a.next_action_at AS next_at, a.last_touch_at AS touched,
        a.assigned_on, a.skipped_at,
        a.last_disposition = ANY(callbacks.codes) AS is_callback,
        coalesce(l.outstanding, c.outstanding) AS outstanding,
        coalesce(l.collection_score, figures.unknown_score) AS score,
        coalesce(stopped.stop, %(not)s) AS stop,
        timezone(%(zone)s, promised.due_on::timestamp) AS due_at, broken.at AS broken_at,
        greatest(%(on)s - greatest(a.assigned_on,
            timezone(%(zone)s, a.last_touch_at)::date), 0) AS idle,
        greatest(figures.untouched_days, 1) AS days, figures.untouched_days,
        figures.score_weight, figures.touch_weight
    FROM collection_assignment a
    JOIN cases_case c ON c.id = a.case_id
    LEFT JOIN cases_loan l ON l.id = c.loan_id
    LEFT JOIN collection_promise promised ON promised.owner_id = a.owner_id
        AND promised.case_id = a.case_id AND promised.state = %(open)s
    LEFT JOIN broken ON broken.case_id = a.case_id
    LEFT JOIN stopped ON stopped.case_id = a.case_id
    CROSS JOIN figures CROSS JOIN callbacks
    WHERE a.company_id = %(company)s AND a.ended_at IS NULL {chosen_a}
"""
# Whole numbers of cents, half of one rounded up, as exact as in collection.ranking.
CENTS = """
    div(2 * above + below, 2 * below) AS cents
    FROM (SELECT known.*,
        outstanding * (100 * %(top)s - score_weight * (%(top)s - score))
            * (100 * days + touch_weight * least(idle, days)) AS above,
        (100 * %(top)s)::numeric * days AS below
        FROM known) AS fraction
"""
RANK = f"""
    CASE WHEN stop = %(wholly)s THEN {Rank.STOPPED:d}
        WHEN due_at < %(ends)s AND NOT coalesce(next_at >= %(ends)s AND touched >= due_at, false)
            THEN {Rank.PROMISE_DUE:d}
        WHEN stop = %(partly)s THEN {Rank.STOPPED:d}
        WHEN broken_at IS NOT NULL AND due_at IS NULL
            AND NOT coalesce(next_at >= %(ends)s AND touched >= broken_at, false)
            THEN {Rank.PROMISE_BROKEN:d}
        WHEN touched IS NULL AND assigned_on >= %(on)s THEN {Rank.NEW:d}
        WHEN next_at >= %(ends)s THEN {Rank.LATER:d}
        WHEN is_callback THEN {Rank.CALLBACK:d}
        WHEN idle > untouched_days THEN {Rank.UNTOUCHED:d}
        ELSE {Rank.DUE:d} END
"""
KEY = f"""
    CASE WHEN skipped_at >= %(begins)s AND coalesce(touched < skipped_at, true)
            THEN {SKIPPED} + floor(extract(epoch FROM skipped_at) * 1000000)
        WHEN rank IN ({Rank.PROMISE_DUE:d}, {Rank.PROMISE_BROKEN:d})
            THEN floor(extract(epoch FROM CASE
                WHEN next_at >= %(begins)s AND next_at < %(ends)s THEN next_at
                WHEN rank = {Rank.PROMISE_DUE:d} THEN due_at ELSE broken_at END))
        WHEN rank IN ({Rank.CALLBACK:d}, {Rank.LATER:d}) THEN floor(extract(epoch FROM next_at))
        WHEN rank = {Rank.DUE:d} AND touched >= %(begins)s
            THEN {AGAIN} + floor(extract(epoch FROM next_at))
        ELSE -cents END::bigint
"""
PLACED = f"""
    WITH figures AS MATERIALIZED ({{figures}}), callbacks AS MATERIALIZED ({CALLBACKS}),
    stopped AS ({STOPPED}), broken AS ({BROKEN}),
    known AS ({KNOWN}),
    ranked AS (SELECT fraction.*, {RANK} AS rank, {CENTS}),
    placed AS (SELECT id, seen, old_rank, old_key, old_value, rank, {KEY} AS rank_key,
        (cents / 100)::numeric(18, 2) AS value, outstanding, idle FROM ranked)
"""  # noqa: S608 (fixed fragments, no values)
# Nobody is waited for: who holds a desk ranks it, and two that waited for each other would fail.
WRITE = """,
    changed AS MATERIALIZED (
        SELECT a.id, placed.rank, placed.rank_key, placed.value
        FROM placed JOIN collection_assignment a ON a.id = placed.id AND a.xmin = placed.seen
        WHERE a.company_id = %(company)s AND a.ended_at IS NULL
            AND (placed.rank <> old_rank OR placed.rank_key <> old_key OR placed.value <> old_value)
        FOR NO KEY UPDATE OF a SKIP LOCKED)
    UPDATE collection_assignment a
    SET rank = changed.rank, rank_key = changed.rank_key, expected_value = changed.value
    FROM changed WHERE a.id = changed.id AND a.company_id = %(company)s
"""
READ = """
    SELECT id, rank, value, outstanding, idle FROM placed
    WHERE rank >= %(from_rank)s AND rank <= %(to_rank)s
    ORDER BY rank, rank_key, id LIMIT %(size)s
"""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a desk's case would stand, and what it is told from."""

    assignment_id: int
    rank: Rank
    value: Decimal
    outstanding: Decimal
    idle_days: int


def rank_cases(*, company: Company, on: date, case_ids: Collection[int] | None = None) -> int:
    """Rank the company's open assignments as of business date `on`; call in the company's scope.

    case_ids: only those of these cases; None: all of them. Returns how many rows changed.
    """
    if case_ids is not None and not case_ids:
        return 0
    with rows_by_key(None if case_ids is None else len(case_ids)), connection.cursor() as cursor:
        cursor.execute(
            _placed(some=case_ids is not None, figures=FIGURES) + WRITE,
            _params(company, on, case_ids),
        )
        return int(cursor.rowcount)


def first_under(
    *, company: Company, on: date, weights: Weights, ranks: tuple[Rank, Rank], size: int
) -> list[Placed]:
    """The first cases of these ranks (the first and the last) under other figures; only read."""
    params = _params(company, on, None) | asdict(weights)
    params |= {"from_rank": int(ranks[0]), "to_rank": int(ranks[1]), "size": size}
    with whole_tables(), connection.cursor() as cursor:
        cursor.execute(_placed(some=False, figures=GIVEN) + READ, params)
        return [
            Placed(pk, Rank(rank), value, outstanding, idle)
            for pk, rank, value, outstanding, idle in cursor.fetchall()
        ]


def rank_at_night(company: Company, on: date) -> Counts:
    """The night's last step: the order for the day that begins."""
    return {"ranked": rank_cases(company=company, on=on)}


def _placed(*, some: bool, figures: str) -> str:
    """The beginning of the statement, for some cases or for all, by these figures."""
    parts = {
        f"chosen_{table}": CHOSEN.format(table=table) if some else ""
        for table in ("a", "hold", "broken")
    }
    text = PLACED
    for name, words in (parts | {"figures": figures}).items():
        text = text.replace(f"{{{name}}}", words)
    return text


def _params(company: Company, on: date, case_ids: Collection[int] | None) -> dict[str, Any]:
    def midnight(day: date) -> datetime:
        return datetime.combine(day, time.min, company.zone)

    weights = Weights()
    return {
        "company": company.pk,
        "on": on,
        "begins": midnight(on),
        "ends": midnight(on + timedelta(days=1)),
        "zone": company.timezone,
        "cases": list(case_ids or ()),
        "open": Promise.State.OPEN,
        "broken": Promise.State.BROKEN,
        "broken_since": midnight(on - timedelta(days=BROKEN_DAYS)),
        "top": TOP_SCORE,
        "not": int(Stop.NOT),
        "partly": int(Stop.PARTLY),
        "wholly": int(Stop.WHOLLY),
        "score_weight": weights.score_weight,
        "unknown_score": weights.unknown_score,
        "touch_weight": weights.touch_weight,
        "untouched_days": weights.untouched_days,
    }
