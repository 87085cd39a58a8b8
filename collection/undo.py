"""Undoing a reassignment: for ten minutes the cases can go back to where they lay.

Each case goes back to its former desk, or to no desk, as it was: what somebody has worked, moved
or closed since stays where it is, with the reason. The undoing is a recorded move itself; it
cannot be undone.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Case
from cases.on_hold import holds_in_force
from cases.refusals import Refusal, Refused, first_of
from collection.carrying import Carried, Errand, carry, labels, lock_cases, record_carried
from collection.desks import DeskKey
from collection.models import Assignment, ContactTry, Move
from collection.ranking_sql import rank_cases
from collection.visibility import led_team_ids, may_move
from tenancy.access import sees_all
from tenancy.models import Company, User
from tenancy.night import business_date

UNDO_WITHIN = timedelta(minutes=10)
LONGEST_NAME = 170


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing did, or would do. desks: how many cases go to which desk, "" for none."""

    move: Move
    back: tuple[int, ...]
    refusals: tuple[Refused, ...]
    desks: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Given:
    """What a move gave to a desk, and whether it still lies there."""

    now: Assignment
    former: Assignment | None
    is_on_hold: bool
    is_tried: bool


def moves_in_reach(user: User) -> QuerySet[Move]:
    """The moves that the person may undo while there is time: own ones, of teams led; an admin all.

    A move belongs to the team that got the cases.
    """
    if not may_move(user):
        return Move.objects.none()
    if sees_all(user):
        return Move.objects.all()
    there = Assignment.objects.filter(
        company_id=user.company_id, move=OuterRef("pk"), team__in=led_team_ids(user)
    )
    return Move.objects.filter(Q(by_id=user.pk) | Exists(there))


def undo_until(move: Move) -> datetime:
    """The last moment at which a move can be undone."""
    return move.at + UNDO_WITHIN


def why_not_undone(move: Move, now: datetime) -> str:
    """Why the move cannot be undone (any more), "" when it can be."""
    if move.undone_at is not None:
        return _("It was undone already, by %(name)s.") % {"name": move.undone_by_name or "–"}
    if now > undo_until(move):
        return _("More than ten minutes have passed: reassign the cases instead.")
    return ""


def undo_move(
    *,
    company: Company,
    move: Move,
    by: User | None,
    dry_run: bool = False,
    at: datetime | None = None,
) -> Undone:
    """Put the cases of a move back to where they lay, those that nothing has happened to since.

    by: who moved them, a lead of the team that got them, or an admin (else PermissionDenied); None
    for the operator. Raises ValidationError when it was undone already or the time is over.
    """
    now = at or timezone.now()
    if by is not None and not moves_in_reach(by).filter(pk=move.pk).exists():
        raise PermissionDenied
    with transaction.atomic():
        ids = list(_given_by(company, move).values_list("case_id", flat=True))
        if not dry_run:
            move = Move.objects.select_for_update(no_key=True, of=("self",)).get(pk=move.pk)
            lock_cases(company, sorted(ids))
        if too_late := why_not_undone(move, now):
            raise ValidationError(too_late)
        if not ids:
            raise ValidationError(_("An undoing cannot be undone: reassign the cases instead."))
        given = _given(company, move, ids, lock=not dry_run)
        verdict = {each.now.case_id: why for each in given if (why := _against(each, move))}
        carried = [_back(each) for each in given if each.now.case_id not in verdict]
        if not dry_run:
            _write(company, move, carried, by, now)
    return Undone(
        move=move,
        back=tuple(each.case_id for each in carried),
        refusals=tuple(sorted(verdict.items())),
        desks=_counted(carried),
    )


def _given_by(company: Company, move: Move) -> QuerySet[Assignment]:
    return Assignment.objects.filter(company=company, move=move, why=Assignment.Why.HAND)


def _given(company: Company, move: Move, ids: Collection[int], *, lock: bool) -> list[_Given]:
    """What the move gave, with the assignments that it ended: they bear the move's moment."""
    rows = _given_by(company, move).order_by("pk")
    if lock:
        rows = rows.select_for_update(no_key=True, of=("self",))
    former = Assignment.objects.filter(
        company=company,
        case_id__in=ids,
        ended_at=move.at,
        end_kind=Assignment.EndKind.REASSIGNED,
    )
    by_case = {each.case_id: each for each in former.select_related("leave")}
    held = set(
        holds_in_force(business_date(company))
        .filter(case_id__in=ids, stops_assignment=True)
        .values_list("case_id", flat=True)
    )
    tried = _tried(move, ids)
    return [
        _Given(row, by_case.get(row.case_id), row.case_id in held, row.case_id in tried)
        for row in rows
    ]


def _tried(move: Move, ids: Collection[int]) -> set[int]:
    """The cases on which somebody began a contact since."""
    owners = set(Case.objects.filter(pk__in=ids).values_list("owner_id", flat=True))
    tries = ContactTry.objects.filter(owner__in=owners, case_id__in=ids, at__gt=move.at)
    return set(tries.values_list("case_id", flat=True))


def _against(given: _Given, move: Move) -> Refusal | None:
    return first_of(_reasons(given, move))


def _reasons(given: _Given, move: Move) -> Iterator[Refusal]:
    row, end = given.now, Assignment.EndKind
    if row.ended_at is not None:
        yield {
            end.CLOSED.value: Refusal.CLOSED,
            end.PLACED.value: Refusal.PLACED,
            end.REASSIGNED.value: Refusal.MOVED_SINCE,
        }.get(row.end_kind, Refusal.CHANGED_MEANWHILE)
    if given.is_on_hold:
        yield Refusal.ON_HOLD
    if given.is_tried or (row.last_touch_at is not None and row.last_touch_at > move.at):
        yield Refusal.TOUCHED_SINCE


def _back(given: _Given) -> Carried:
    """The way back. A cover that is over meanwhile is not taken up again."""
    row, former = given.now, given.former
    leave = former.leave if former else None
    covers = leave is not None and leave.returned_at is None and leave.cancelled_at is None
    return Carried(
        case_id=row.case_id,
        from_id=row.pk,
        from_desk=(row.team_id, row.collector_id),
        to=(former.team_id, former.collector_id) if former else None,
        assigned_on=former.assigned_on if former else None,
        leave_id=leave.pk if leave is not None and covers else None,
    )


def _write(
    company: Company, move: Move, carried: Sequence[Carried], by: User | None, now: datetime
) -> None:
    """Carry them back, keep the undoing as a move, and mark the first one."""
    name = by.display_name if by else ""
    move.undone_at, move.undone_by_name = now, name
    move.save(update_fields=["undone_at", "undone_by_name"])
    if not carried:
        return
    undoing = Move(
        at=now,
        by_id=by.pk if by else None,
        by_name=name,
        reason=move.reason,
        to_name=_named(_counted(carried)),
        cases=len(carried),
    )
    undoing.save()
    errand = Errand(why=Assignment.Why.UNDO, reason=undoing.reason, by=by, at=now, move=undoing)
    owners = carry(company=company, carried=carried, errand=errand)
    record_carried(carried=carried, owners=owners, errand=errand, kind="move_undone")
    rank_cases(company=company, on=business_date(company), case_ids=list(owners))


def _counted(carried: Sequence[Carried]) -> tuple[tuple[str, int], ...]:
    """How many cases go to which desk, the most first."""
    counts: dict[DeskKey | None, int] = {}
    for each in carried:
        counts[each.to] = counts.get(each.to, 0) + 1
    names: Mapping[DeskKey, str] = labels([key for key in counts if key is not None])
    told = [(names[key] if key else "", cases) for key, cases in counts.items()]
    return tuple(sorted(told, key=lambda desk: (-desk[1], desk[0])))


def _named(desks: Sequence[tuple[str, int]]) -> str:
    """The desks in one line: the first, and how many more."""
    first = desks[0][0] or "–"
    more = f" +{len(desks) - 1}" if len(desks) > 1 else ""
    return first[: LONGEST_NAME - len(more)] + more
