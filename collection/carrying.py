"""Writing that cases change desks: what lay ends, what is new begins, what was agreed goes along.

The one door to assignments made by hand, by cover, by its end, and by undoing. Who may, and which
cases, is judged by the callers; they hold the locks as well.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from agencies.turns import share_holding
from cases.choosing import locked
from cases.history import record_events
from cases.models import Case
from collection.assignment import day_begins
from collection.desks import Desk, DeskKey
from collection.models import Assignment, Move
from tenancy.models import Company, Team, User
from tenancy.night import business_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A case on its way. from_id, from_desk: the assignment that ends; None: it lies nowhere.

    to: None is no desk. assigned_on: since when the new desk has it; None: the business date.
    leave_id: of the person for whom the new desk covers.
    """

    case_id: int
    from_id: int | None
    from_desk: DeskKey | None
    to: DeskKey | None
    assigned_on: date | None = None
    leave_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Why cases are carried, and when: what each new assignment says of itself."""

    why: Assignment.Why
    reason: str
    by: User | None
    at: datetime
    move: Move | None = None

    @property
    def by_name(self) -> str:
        """Who did it; "" for the night."""
        return self.by.display_name if self.by else ""


END = """
    UPDATE collection_assignment SET ended_at = %(at)s, end_kind = %(kind)s
    WHERE company_id = %(company)s AND id = ANY(%(ids)s) AND ended_at IS NULL
    RETURNING case_id, owner_id
"""
BEGIN = """
    INSERT INTO collection_assignment (company_id, owner_id, case_id, team_id, collector_id, why,
        reason, assigned_by_name, assigned_on, assigned_at, end_kind, next_action,
        next_action_at, last_touch_at, last_touch_by_name, last_disposition, leave_id, move_id)
    SELECT %(company)s, c.owner_id, c.id, going.team_id, going.collector_id, %(why)s,
        %(reason)s, %(by)s, coalesce(going.assigned_on, %(on)s), %(at)s, '',
        coalesce(old.next_action, ''), coalesce(old.next_action_at, %(due)s), old.last_touch_at,
        coalesce(old.last_touch_by_name, ''), coalesce(old.last_disposition, ''),
        going.leave_id, %(move)s
    FROM unnest(%(cases)s::bigint[], %(olds)s::bigint[], %(teams)s::bigint[],
            %(people)s::bigint[], %(days)s::date[], %(leaves)s::bigint[])
        AS going (case_id, old_id, team_id, collector_id, assigned_on, leave_id)
    JOIN cases_case c ON c.id = going.case_id
    LEFT JOIN collection_assignment old
        ON old.id = going.old_id AND old.company_id = %(company)s
    ORDER BY c.id
    ON CONFLICT DO NOTHING
    RETURNING case_id, owner_id
"""


def lock_cases(company: Company, ids: Sequence[int]) -> None:
    """Nobody closes, places or recalls these cases until the transaction ends."""
    if company.is_lender:
        locked(Case.objects.filter(pk__in=ids))
    else:
        share_holding(company.pk)


def carry(*, company: Company, carried: Sequence[Carried], errand: Errand) -> dict[int, int]:
    """End the old assignments and begin the new ones: lender by case, of those that went.

    What is missing in the answer was taken by somebody else at the same moment.
    """
    if not carried:
        return {}
    today = business_date(company)
    going = [each for each in carried if each.to is not None]
    desks = [each.to or (0, None) for each in going]
    values: dict[str, Any] = {
        "company": company.pk,
        "at": errand.at,
        "kind": Assignment.EndKind.REASSIGNED,
        "ids": [each.from_id for each in carried if each.from_id is not None],
        "why": errand.why,
        "reason": errand.reason,
        "by": errand.by_name,
        "on": today,
        "due": day_begins(company, today),
        "move": errand.move.pk if errand.move else None,
        "cases": [each.case_id for each in going],
        "olds": [each.from_id for each in going],
        "teams": [team_id for team_id, _person in desks],
        "people": [person_id for _team, person_id in desks],
        "days": [each.assigned_on for each in going],
        "leaves": [each.leave_id for each in going],
    }
    with connection.cursor() as cursor:
        cursor.execute(END, values)
        owners: dict[int, int] = dict(cursor.fetchall())
        cursor.execute(BEGIN, values)
        begun: dict[int, int] = dict(cursor.fetchall())
    nowhere = {each.case_id for each in carried if each.to is None}
    return begun | {pk: owner for pk, owner in owners.items() if pk in nowhere}


def record_carried(
    *,
    carried: Sequence[Carried],
    owners: Mapping[int, int],
    errand: Errand,
    kind: str = "reassigned",
) -> None:
    """One event a case: from which desk to which, and why. From nowhere it is `assigned`."""
    ways: dict[tuple[DeskKey | None, DeskKey | None], list[Case]] = defaultdict(list)
    for each in carried:
        if each.case_id in owners:
            case = Case(pk=each.case_id, owner_id=owners[each.case_id])
            ways[each.from_desk, each.to].append(case)
    names = labels({key for way in ways for key in way if key is not None})
    for (before, after), cases in ways.items():
        data = {"to": names[after] if after else "", "reason": errand.reason}
        if before is not None:
            data["from"] = names[before]
        told = "assigned" if before is None and kind == "reassigned" else kind
        record_events(cases=cases, kind=told, by=errand.by, data=data)


def labels(keys: Collection[DeskKey]) -> dict[DeskKey, str]:
    """Whose desks these are, in words; two queries."""
    teams = Team.objects.in_bulk({team_id for team_id, _person in keys})
    people = User.objects.in_bulk({person for _team, person in keys if person is not None})
    return {
        (team_id, person): Desk(
            teams[team_id], people[person] if person is not None else None
        ).label
        for team_id, person in keys
    }
