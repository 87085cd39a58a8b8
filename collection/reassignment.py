"""Moving cases by hand: a lead within the teams led, an admin anywhere, always with a reason.

Whether a case may move is a pure judgement (`judge`) over what was read; the verb reads under
locks, judges, writes. The same without locks and writes is the preview (`dry_run`).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.choosing import Chosen, chosen_ids
from cases.hold_kinds import LEAD_ONLY
from cases.models import Case
from cases.on_hold import holds_in_force
from cases.refusals import Refusal, Refused, first_of
from collection.absence import is_away
from collection.carrying import Carried, Errand, carry, labels, lock_cases, record_carried
from collection.desks import Desk, DeskKey, Load, in_hand, loads, room_of, takes_cases
from collection.models import Assignment, Move
from collection.ranking_sql import rank_cases
from collection.room import Parcel, beyond_room
from collection.visibility import led_team_ids, may_move, visible_cases
from tenancy.access import sees_all
from tenancy.models import Company, Role, User
from tenancy.night import business_date

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Movable:
    """What is judged of a case: whose it is, where it lies, what stands against a move."""

    case_id: int
    borrower_id: int
    amount: Decimal
    desk: DeskKey | None
    assignment_id: int | None
    is_closed: bool
    is_away: bool
    """With an agency, asked of the lender."""
    is_on_hold: bool
    is_lead_only: bool = False
    """A complaint is open: it goes to a team lead or stays."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """What is judged of the receiving desk. room: how many more cases it may get (None: any)."""

    desk: DeskKey
    is_active: bool
    is_led: bool
    room: int | None
    is_on_leave: bool = False
    is_lead: bool = False


@dataclass(frozen=True, slots=True)
class LoadChange:
    """A desk before and after. `is_receiver` is the one that gets; the others give."""

    label: str
    before: Load
    after: Load
    is_receiver: bool
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Reassigned:
    """What a reassignment did, or would do.

    changes: the receiver first, then those who give, the largest first; cases that lay on no desk
    have no giver. split_borrowers: how many borrowers then have cases on this desk and another.
    move: the record of it, by which it can be undone for a while; None where nothing moved.
    """

    moved: tuple[int, ...]
    amount: Decimal
    refusals: tuple[Refused, ...]
    changes: tuple[LoadChange, ...]
    split_borrowers: int
    move: Move | None = None


def reassign_cases(
    *,
    company: Company,
    case_ids: Chosen,
    to: Desk,
    reason: str,
    by: User | None,
    dry_run: bool = False,
) -> Reassigned:
    """Put cases on a desk; each is moved or refused with one reason, the first that holds.

    case_ids: ids, or a queryset of all that match. Cases that `by` does not see (any more) are
    refused as changed meanwhile. Next action and last touch go along. reason: required unless
    dry_run (ValidationError). by: a lead or admin (else PermissionDenied), None for the operator.
    """
    if by is not None and not may_move(by):
        raise PermissionDenied
    _check_reason(reason, dry_run=dry_run)
    ids = chosen_ids(case_ids)
    with transaction.atomic():
        led = None if by is None or sees_all(by) else led_team_ids(by)
        if not dry_run:
            lock_cases(company, ids)
        movable = _movable(company, ids, by, lock=not dry_run)
        verdict = judge(ids, movable, _receiver(to, led, business_date(company)))
        going = [each for each in movable if each.case_id not in verdict]
        changes = _changes(to, going)
        move = None if dry_run else _write(company, going, to, reason.strip(), by, verdict)
    moved = [each for each in going if each.case_id not in verdict]
    return Reassigned(
        moved=tuple(each.case_id for each in moved),
        amount=sum((each.amount for each in moved), Decimal(0)),
        refusals=tuple(sorted(verdict.items(), key=lambda item: item[0])),
        changes=changes,
        split_borrowers=_split_borrowers(company, moved, to),
        move=move,
    )


def _check_reason(reason: str, *, dry_run: bool) -> None:
    if not (reason.strip() or dry_run):
        raise ValidationError({"reason": _("Say why.")})
    if len(reason.strip()) > LONGEST_REASON:
        raise ValidationError(
            {"reason": _("At most %(limit)s characters.") % {"limit": LONGEST_REASON}}
        )


def judge(ids: Sequence[int], cases: Sequence[Movable], receiver: Receiver) -> dict[int, Refusal]:
    """Why each refused case does not move; a case without an entry moves.

    Room is given to borrowers as a whole, those with the largest sum first, ties by case id; who
    does not fit into what is left is passed over.
    """
    verdict: dict[int, Refusal] = {}
    for each in cases:
        why = first_of(_against(each, receiver))
        if why is not None:
            verdict[each.case_id] = why
    fits = [each for each in cases if each.case_id not in verdict]
    parcels = [Parcel(each.case_id, each.borrower_id, each.amount) for each in fits]
    verdict |= dict.fromkeys(beyond_room(parcels, receiver.room), Refusal.OVER_CAPACITY)
    found = {each.case_id for each in cases}
    return verdict | {pk: Refusal.CHANGED_MEANWHILE for pk in ids if pk not in found}


def _against(case: Movable, receiver: Receiver) -> Iterator[Refusal]:
    if case.is_closed:
        yield Refusal.CLOSED
    if case.is_away:
        yield Refusal.PLACED
    if case.is_on_hold:
        yield Refusal.ON_HOLD
    if case.is_lead_only and not receiver.is_lead:
        yield Refusal.LEAD_ONLY
    if case.desk == receiver.desk:
        yield Refusal.SAME_DESK
    if not receiver.is_led:
        yield Refusal.NOT_SAME_GROUP
    if receiver.is_on_leave:
        yield Refusal.ON_LEAVE
    if not receiver.is_active:
        yield Refusal.INACTIVE


def _movable(company: Company, ids: Sequence[int], by: User | None, *, lock: bool) -> list[Movable]:
    """The cases among `ids` that `by` sees now, with where they lie, in order of id."""
    on_desks = Assignment.objects.filter(company=company, case_id__in=ids, ended_at=None)
    if lock:
        on_desks = on_desks.select_for_update(no_key=True)
    desks = {
        case_id: (assignment_id, (team_id, collector_id))
        for assignment_id, case_id, team_id, collector_id in on_desks.order_by("pk").values_list(
            "pk", "case_id", "team_id", "collector_id"
        )
    }
    stopping = Q(stops_assignment=True) | Q(kind__in=LEAD_ONLY)
    holds = holds_in_force(business_date(company)).filter(stopping, case_id__in=ids)
    kinds = list(holds.values_list("case_id", "stops_assignment"))
    held = {case_id for case_id, stops in kinds if stops}
    lead_only = {case_id for case_id, stops in kinds if not stops}
    visible = Case.objects.all() if by is None else visible_cases(by)
    found = visible.filter(pk__in=ids).order_by("pk")
    nowhere: tuple[None, None] = (None, None)
    return [
        Movable(
            case_id=case_id,
            borrower_id=borrower_id,
            amount=amount,
            desk=desks.get(case_id, nowhere)[1],
            assignment_id=desks.get(case_id, nowhere)[0],
            is_closed=closed_on is not None,
            is_away=company.is_lender and holder_id is not None,
            is_on_hold=case_id in held,
            is_lead_only=case_id in lead_only,
        )
        for case_id, borrower_id, amount, closed_on, holder_id in found.values_list(
            "pk", "borrower_id", "outstanding", "closed_on", "holder_id"
        )
    ]


def _receiver(to: Desk, led: Collection[int] | None, on: date) -> Receiver:
    person = to.collector
    held = in_hand({person.pk}).get(person.pk, 0) if person and person.capacity is not None else 0
    return Receiver(
        desk=to.key,
        is_active=takes_cases(to),
        is_led=led is None or to.team.pk in led,
        room=room_of(person, held) if person else None,
        is_on_leave=person is not None and is_away(person, on),
        is_lead=person is not None and person.has_role(Role.TEAM_LEAD),
    )


def _changes(to: Desk, going: Sequence[Movable]) -> tuple[LoadChange, ...]:
    """What the move does to the desks' loads."""
    given: dict[DeskKey, Load] = {}
    for each in going:
        if each.desk is not None:
            so_far = given.get(each.desk, Load())
            given[each.desk] = Load(so_far.cases + 1, so_far.amount + each.amount)
    now = loads([to.key, *given])
    names = labels(given)
    got = Load(len(going), sum((each.amount for each in going), Decimal(0)))
    receiver = LoadChange(
        label=to.label,
        before=now[to.key],
        after=Load(now[to.key].cases + got.cases, now[to.key].amount + got.amount),
        is_receiver=True,
        limit=to.collector.capacity if to.collector else None,
    )
    givers = [
        LoadChange(
            label=names[key],
            before=now[key],
            after=Load(now[key].cases - load.cases, now[key].amount - load.amount),
            is_receiver=False,
        )
        for key, load in given.items()
    ]
    return receiver, *sorted(
        givers, key=lambda one: (one.after.cases - one.before.cases, one.label)
    )


def _split_borrowers(company: Company, moved: Sequence[Movable], to: Desk) -> int:
    others = Assignment.objects.filter(
        company=company,
        ended_at=None,
        case__borrower_id__in={each.borrower_id for each in moved},
    ).exclude(case_id__in=[each.case_id for each in moved])
    if to.collector:
        others = others.exclude(collector=to.collector)
    else:
        others = others.exclude(team=to.team, collector=None)
    return others.values("case__borrower_id").distinct().count() if moved else 0


def _write(
    company: Company,
    going: Sequence[Movable],
    to: Desk,
    reason: str,
    by: User | None,
    verdict: dict[int, Refusal],
) -> Move | None:
    """Carry the cases and keep what was done; says of those that somebody else just took so."""
    if not going:
        return None
    at = timezone.now()
    move = Move(at=at, reason=reason, to_name=to.label, cases=len(going))
    if by is not None:
        move.by_id, move.by_name = by.pk, by.display_name
    move.save()
    errand = Errand(why=Assignment.Why.HAND, reason=reason, by=by, at=at, move=move)
    carried = [
        Carried(case_id=each.case_id, from_id=each.assignment_id, from_desk=each.desk, to=to.key)
        for each in going
    ]
    owners = carry(company=company, carried=carried, errand=errand)
    record_carried(carried=carried, owners=owners, errand=errand)
    rank_cases(company=company, on=business_date(company), case_ids=list(owners))
    lost = [each.case_id for each in going if each.case_id not in owners]
    if lost:
        verdict |= dict.fromkeys(lost, Refusal.CHANGED_MEANWHILE)
        move.cases = len(owners)
        move.save(update_fields=["cases"])
    return move if owners else None
