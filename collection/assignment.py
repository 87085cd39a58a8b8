"""Assignment by the night: unassigned cases go evenly to the desks that receive their age.

The rules, in this order:

- Assigned are the lender's open cases that are with no agency and on no desk, that no hold stops,
  and whose days past due lie in the range of some active team with an active collector. All
  others wait: what is above the ranges *to be placed* (collection.case_list shows both).
- A borrower's cases stay together. Where a borrower has a case on a desk already, new ones join
  it, even beyond the desk's limit and outside its range: one person speaks with one borrower.
  What joins a desk that covers for somebody comes back from it together with the others.
- Who is on leave gets nothing.
- The rest is dealt by borrower, evenly by count and then by amount (collection.even_split), among
  the collectors of the teams whose range holds the borrower's oldest case. Where teams take
  different ranges, each set of teams that takes the same borrowers is dealt to by itself, the
  smallest set first; limits of people hold over all of them.

Everything is one SELECT of borrowers, one COPY and one INSERT ... SELECT, however many cases there
are. The INSERT looks at each case again under a lock, so cases that were closed, placed or moved
meanwhile are left out, and running twice at once assigns each case once.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import connection, transaction

from cases.clock import days_past_due_sql
from cases.hold_kinds import NOT_AT_NIGHT
from collection.desks import NightDesk, night_desks
from collection.even_split import Desk as SplitDesk
from collection.even_split import Parcel, split_evenly
from collection.models import Assignment
from tenancy.models import Company, User
from tenancy.planning import whole_tables

MARK = "\x01"
"""Stands between loan number and borrower in a parcel's key; no loan number holds it."""
FETCHED = 20_000

DPD = days_past_due_sql("c")
BY_HAND = ", ".join(f"'{kind}'" for kind in sorted(NOT_AT_NIGHT))
"""No night gives a case to anybody under these: a team lead takes it, or picks the desk."""
FREE = f"""
    c.owner_id = %(company)s AND c.closed_on IS NULL AND c.holder_id IS NULL
    AND {DPD} <@ %(ranges)s::int4multirange
    AND NOT EXISTS (SELECT 1 FROM collection_assignment taken
        WHERE taken.company_id = %(company)s AND taken.case_id = c.id AND taken.ended_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM cases_casehold hold
        WHERE hold.case_id = c.id AND (hold.stops_assignment OR hold.kind IN ({BY_HAND}))
        AND hold.starts_on <= %(on)s AND (hold.ends_on IS NULL OR hold.ends_on > %(on)s))
"""  # noqa: S608 (fixed fragments, no values)
# Dropped by hand at the end of a run, so that one transaction may hold several runs.
START = """
    CREATE TEMP TABLE assigning (
        borrower_id bigint NOT NULL, team_id bigint NOT NULL, collector_id bigint, leave_id bigint
    ) ON COMMIT DROP
"""
COPY = "COPY assigning (borrower_id, team_id, collector_id) FROM STDIN"
JOIN_SIBLINGS = f"""
    WITH free AS MATERIALIZED (
        SELECT c.borrower_id, count(*) AS cases FROM cases_case c WHERE {FREE} GROUP BY 1),
    desk AS (
        SELECT DISTINCT ON (worked.borrower_id) worked.borrower_id, a.team_id, a.collector_id,
            a.leave_id
        FROM collection_assignment a
        JOIN cases_case worked ON worked.id = a.case_id
        JOIN tenancy_team team ON team.id = a.team_id AND team.is_active
        LEFT JOIN tenancy_user person ON person.id = a.collector_id
        WHERE a.company_id = %(company)s AND a.ended_at IS NULL
            AND (a.collector_id IS NULL OR person.is_active AND NOT EXISTS (
                SELECT 1 FROM collection_leave away
                WHERE away.company_id = %(company)s AND away.user_id = a.collector_id
                    AND away.cancelled_at IS NULL
                    AND away.first_day <= %(on)s AND away.last_day >= %(on)s))
            AND worked.borrower_id IN (SELECT borrower_id FROM free)
        ORDER BY worked.borrower_id, a.assigned_at, a.id),
    joined AS (INSERT INTO assigning SELECT * FROM desk RETURNING borrower_id, collector_id)
    SELECT collector_id, sum(cases)::bigint FROM free JOIN joined USING (borrower_id) GROUP BY 1
"""  # noqa: S608 (fixed fragments, no values)
PARCELS = f"""
    SELECT min(c.loan_no) || %(mark)s || c.borrower_id, sum(c.outstanding), count(*), max({DPD})
    FROM cases_case c
    WHERE {FREE} AND NOT EXISTS (SELECT 1 FROM assigning a WHERE a.borrower_id = c.borrower_id)
    GROUP BY c.borrower_id
"""  # noqa: S608 (fixed fragments, no values)
# In order of id, so that two who lock many cases do not wait for each other in a ring.
WRITE = f"""
    INSERT INTO collection_assignment (company_id, owner_id, case_id, team_id, collector_id, why,
        reason, assigned_by_name, assigned_on, end_kind, next_action, next_action_at,
        last_touch_by_name, last_disposition, leave_id)
    SELECT %(company)s, c.owner_id, c.id, desk.team_id, desk.collector_id, %(why)s,
        '', %(by)s, %(on)s, '', '', %(due)s, '', '', desk.leave_id
    FROM assigning desk JOIN cases_case c ON c.borrower_id = desk.borrower_id
    WHERE {FREE}
    ORDER BY c.id
    FOR SHARE OF c
    ON CONFLICT DO NOTHING
"""  # noqa: S608 (fixed fragments, no values)


@dataclass(frozen=True, slots=True)
class AssignedCounts:
    """What an assignment did, in cases.

    `joined` of the `assigned` went to a sibling's desk; `no_room` stayed, because every desk that
    takes them has reached its limit.
    """

    assigned: int = 0
    joined: int = 0
    no_room: int = 0


def assign_cases(*, company: Company, on: date, by: User | None = None) -> AssignedCounts:
    """Assign the lender's unassigned cases as of business date `on`; see the module's docstring.

    by: who asked for it, None for the night. The door for strategies: whatever decides where
    cases go, its answer is written here. An agency's cases are assigned by hand.
    """
    desks = night_desks(on) if company.is_lender else []
    if not desks:
        return AssignedCounts()
    with transaction.atomic(), whole_tables(), _Run(company, on, by, desks) as run:
        joined = run.join_siblings()
        left = run.deal_rest()
        assigned = run.write()
    return AssignedCounts(assigned=assigned, joined=joined, no_room=left)


def assign_at_night(company: Company, on: date) -> dict[str, int]:
    """The night's step: `assign_cases` with its counts by name."""
    return asdict(assign_cases(company=company, on=on))


class _Run:
    """One run: a temporary table of borrower → desk is filled, then turned into assignments."""

    def __init__(
        self, company: Company, on: date, by: User | None, desks: Sequence[NightDesk]
    ) -> None:
        self.company, self.on, self.by, self.desks = company, on, by, desks
        self.room = {desk.collector_id: desk.room for desk in desks}
        ranges = ",".join(
            f"[{low},{high}]" for low, high in {(d.dpd_from, d.dpd_to) for d in desks}
        )
        self.params: dict[str, Any] = {
            "company": company.pk,
            "on": on,
            "ranges": f"{{{ranges}}}",
            "mark": MARK,
            "why": Assignment.Why.HAND if by else Assignment.Why.NIGHT,
            "by": by.display_name if by else "",
            "due": day_begins(company, on),
        }

    def __enter__(self) -> "_Run":
        with connection.cursor() as cursor:
            # One run of a company at a time, so that siblings never part.
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"assign:{self.company.pk}"],
            )
            cursor.execute(START)
            # All parcels are fetched: plan for the whole of them, not for the first few.
            cursor.execute("SET LOCAL cursor_tuple_fraction = 1")
        return self

    def __exit__(self, failed: object, *_args: object) -> None:
        if failed is None:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE assigning")

    def join_siblings(self) -> int:
        """Send borrowers who are on an active desk already to it; returns how many cases."""
        with connection.cursor() as cursor:
            cursor.execute(JOIN_SIBLINGS, self.params)
            joined: dict[int | None, int] = dict(cursor.fetchall())
        for collector_id, cases in joined.items():
            self._take_room(collector_id, cases)
        return sum(joined.values())

    def deal_rest(self) -> int:
        """Deal all other borrowers; returns how many cases found no room."""
        left = 0
        shares = self._parcels()
        for teams in sorted(shares, key=lambda teams: (len(teams), sorted(teams))):
            left += self._deal(teams, shares.pop(teams))
        return left

    def _parcels(self) -> dict[frozenset[int], list[Parcel]]:
        """Every borrower without a desk, under the teams that take the oldest of the cases."""
        teams_for: dict[int, frozenset[int]] = {}
        shares: dict[frozenset[int], list[Parcel]] = {}
        with connection.chunked_cursor() as cursor:
            cursor.execute(PARCELS, self.params)
            while rows := cursor.fetchmany(FETCHED):
                for key, amount, size, dpd in rows:
                    teams = teams_for.get(dpd)
                    if teams is None:
                        teams = frozenset(desk.team_id for desk in self.desks if desk.takes(dpd))
                        teams_for[dpd] = teams
                    shares.setdefault(teams, []).append(Parcel(key, amount, size))
        return shares

    def _deal(self, teams: frozenset[int], parcels: list[Parcel]) -> int:
        """Deal these borrowers to the collectors of these teams; returns cases without room."""
        desks: dict[str, NightDesk] = {}
        for desk in self.desks:
            if desk.team_id in teams:
                desks.setdefault(desk.code, desk)
        split = split_evenly(
            parcels, (SplitDesk(code, self.room[d.collector_id]) for code, d in desks.items())
        )
        sizes = {parcel.key: parcel.size for parcel in parcels if parcel.size > 1}
        parcels.clear()
        for code, keys in split.given.items():
            desk = desks[code]
            self._copy(
                f"{key.rpartition(MARK)[2]}\t{desk.team_id}\t{desk.collector_id}\n" for key in keys
            )
            self._take_room(desk.collector_id, sum(sizes.get(key, 1) for key in keys))
        return sum(sizes.get(key, 1) for key in split.left)

    def _take_room(self, collector_id: int | None, cases: int) -> None:
        room = self.room.get(collector_id) if collector_id is not None else None
        if collector_id is not None and room is not None:
            self.room[collector_id] = max(room - cases, 0)

    def _copy(self, lines: Iterable[str]) -> None:
        with connection.cursor() as cursor:
            cursor.copy_expert(COPY, io.StringIO("".join(lines)))

    def write(self) -> int:
        """Turn the table into assignments of the cases that are free now; returns how many."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE assigning")
            cursor.execute(WRITE, self.params)
            return int(cursor.rowcount)


def day_begins(company: Company, on: date) -> datetime:
    """The moment a business date begins on the company's clock: a new case is due from then."""
    return datetime.combine(on, time.min, company.zone)
