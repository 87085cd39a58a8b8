"""Cover: a person's cases go to a colleague when leave begins, and come back after its last day.

What goes: the person's cases in hand, borrower by borrower as far as the cover's limit has room,
the largest sum first; what a hold keeps from being assigned stays, and what it leaves to a team
lead stays unless the cover is one. What comes back: what is still open and still lies with the
cover by that leave; what somebody moved meanwhile stays moved.

Both are done once for a leave, under one lock of the company's leaves: run again, or killed and
run again, they find it done.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cases.hold_kinds import LEAD_ONLY
from cases.models import Case
from cases.on_hold import holds_in_force
from cases.refusals import Refusal, Refused
from collection.absence import is_away, leaves_in_force
from collection.carrying import Carried, Errand, carry, lock_cases, record_carried
from collection.desks import in_hand, room_of
from collection.models import Assignment, Leave
from collection.ranking_sql import rank_cases
from collection.room import Parcel, beyond_room
from tenancy.models import Company, Role, TeamMember, User
from tenancy.night import Counts, business_date


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a hand-over did, or would do: the cases that go, and those that stay, and why."""

    went: tuple[int, ...] = ()
    stays: tuple[Refused, ...] = ()


def lock_leaves(company: Company) -> None:
    """One change of the company's leaves, or one night's step of them, at a time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"leave:{company.pk}"]
        )


def change_over(company: Company, on: date) -> Counts:
    """The night's step: back from the leaves that are over, out for those that have begun."""
    with transaction.atomic():
        lock_leaves(company)
        over = Leave.objects.filter(last_day__lt=on, handed_over_at__isnull=False, returned_at=None)
        back = [take_back(company=company, leave=leave) for leave in _in_order(over)]
        begun = leaves_in_force(on).filter(handed_over_at=None, cover__isnull=False)
        out = [hand_over(company=company, leave=leave, on=on) for leave in _in_order(begun)]
    return {
        "came_back": sum(len(cases) for cases in back),
        "covered": sum(len(done.went) for done in out),
        "left_on_leave": sum(len(done.stays) for done in out),
    }


def _in_order(leaves: QuerySet[Leave]) -> list[Leave]:
    return list(leaves.select_related("user", "cover").order_by("first_day", "pk"))


def preview_cover(*, company: Company, user: User, cover: User, on: date) -> HandOver:
    """What would go from the person to the cover if the leave began now. Nothing is locked."""
    rows = list(_desk_of(company, user).order_by("pk"))
    return _sorted_out(rows, cover, on)


def hand_over(*, company: Company, leave: Leave, on: date, by: User | None = None) -> HandOver:
    """Give the cases of a leave that has begun to its cover, unless that is done.

    Call under lock_leaves. A cover who takes no cases gets none, and the leave is tried again.
    """
    if leave.cover is None or leave.handed_over_at is not None or leave.cancelled_at is not None:
        return HandOver()
    lock_cases(company, sorted(_desk_of(company, leave.user).values_list("case_id", flat=True)))
    rows = list(
        _desk_of(company, leave.user).select_for_update(no_key=True, of=("self",)).order_by("pk")
    )
    told = _sorted_out(rows, leave.cover, on)
    seats = _seats(leave.cover)
    if not seats or is_away(leave.cover, on):
        return told
    going = set(told.went)
    carried = [
        Carried(
            case_id=row.case_id,
            from_id=row.pk,
            from_desk=(row.team_id, row.collector_id),
            to=(row.team_id if row.team_id in seats else seats[0], leave.cover.pk),
            leave_id=leave.pk,
        )
        for row in rows
        if row.case_id in going
    ]
    _write(company, leave, carried, Assignment.Why.COVER, "covered", by)
    leave.handed_over_at = timezone.now()
    leave.save(update_fields=["handed_over_at"])
    return told


def take_back(*, company: Company, leave: Leave, by: User | None = None) -> tuple[int, ...]:
    """Give the person's cases back that still lie with the cover; the cases.

    Call under lock_leaves. Where the person takes no cases any more they stay with the cover.
    """
    if leave.handed_over_at is None or leave.returned_at is not None:
        return ()
    covered = Assignment.objects.filter(company=company, leave=leave, ended_at=None)
    lock_cases(company, sorted(covered.values_list("case_id", flat=True)))
    rows = list(covered.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    seats = _seats(leave.user)
    former = _former(company, leave.user, [row.case_id for row in rows]) if seats else {}
    carried = []
    for row in rows if seats else ():
        team_id, since = former.get(row.case_id, (row.team_id, row.assigned_on))
        carried.append(
            Carried(
                case_id=row.case_id,
                from_id=row.pk,
                from_desk=(row.team_id, row.collector_id),
                to=(team_id if team_id in seats else seats[0], leave.user.pk),
                assigned_on=since,
            )
        )
    _write(company, leave, carried, Assignment.Why.BACK, "cover_ended", by)
    leave.returned_at = timezone.now()
    leave.save(update_fields=["returned_at"])
    return tuple(each.case_id for each in carried)


def _write(
    company: Company,
    leave: Leave,
    carried: Sequence[Carried],
    why: Assignment.Why,
    kind: str,
    by: User | None,
) -> None:
    errand = Errand(why=why, reason=leave.reason, by=by, at=timezone.now())
    owners = carry(company=company, carried=carried, errand=errand)
    record_carried(carried=carried, owners=owners, errand=errand, kind=kind)
    if owners:
        rank_cases(company=company, on=business_date(company), case_ids=list(owners))


def takes_cover(user: User) -> bool:
    """Whether the person takes cases: active, in an active team, a collector or a lead."""
    return bool(_seats(user))


def _desk_of(company: Company, user: User) -> QuerySet[Assignment]:
    return Assignment.objects.filter(company=company, collector=user, ended_at=None)


def _sorted_out(rows: Sequence[Assignment], cover: User, on: date) -> HandOver:
    """Which of these go to the cover, and why the others stay."""
    ids = [row.case_id for row in rows]
    held, for_leads = _bound(ids, on)
    stays: dict[int, Refusal] = {}
    if not _seats(cover):
        stays = dict.fromkeys(ids, Refusal.INACTIVE)
    elif is_away(cover, on):
        stays = dict.fromkeys(ids, Refusal.ON_LEAVE)
    else:
        if not cover.has_role(Role.TEAM_LEAD):
            stays = dict.fromkeys(for_leads, Refusal.LEAD_ONLY)
        stays |= dict.fromkeys(held, Refusal.ON_HOLD)
        parcels = _parcels([pk for pk in ids if pk not in stays])
        room = room_of(cover, in_hand({cover.pk}).get(cover.pk, 0))
        stays |= dict.fromkeys(beyond_room(parcels, room), Refusal.OVER_CAPACITY)
    went = tuple(sorted(pk for pk in ids if pk not in stays))
    return HandOver(went, tuple(sorted(stays.items())))


def _bound(ids: Sequence[int], on: date) -> tuple[set[int], set[int]]:
    """The cases that a hold keeps from being assigned, and those that it leaves to a lead only."""
    stopping = Q(stops_assignment=True) | Q(kind__in=LEAD_ONLY)
    rows = holds_in_force(on).filter(stopping, case_id__in=ids)
    kinds = list(rows.values_list("case_id", "stops_assignment"))
    return {pk for pk, stops in kinds if stops}, {pk for pk, stops in kinds if not stops}


def _parcels(ids: Sequence[int]) -> list[Parcel]:
    found = Case.objects.filter(pk__in=ids).order_by("pk")
    return [Parcel(*row) for row in found.values_list("pk", "borrower_id", "outstanding")]


def _seats(user: User) -> list[int]:
    """The active teams in which the person works cases; none for who takes no cases."""
    if not user.is_active or not user.has_role(Role.COLLECTOR, Role.TEAM_LEAD):
        return []
    sits = TeamMember.objects.filter(user=user, team__is_active=True)
    return list(sits.order_by("team__name", "team_id").values_list("team_id", flat=True))


def _former(company: Company, user: User, ids: Iterable[int]) -> Mapping[int, tuple[int, date]]:
    """By case: the team in which it lay with the person last, and since when."""
    rows = (
        Assignment.objects.filter(
            company=company, case_id__in=list(ids), collector=user, ended_at__isnull=False
        )
        .order_by("case_id", "-ended_at")
        .distinct("case_id")
    )
    return {
        case_id: (team_id, since)
        for case_id, team_id, since in rows.values_list("case_id", "team_id", "assigned_on")
    }
