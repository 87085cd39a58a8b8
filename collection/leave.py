"""Leave: who is away when, entered and cancelled by leads and admins; cover takes it from there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from collection.cover import HandOver, hand_over, lock_leaves, take_back, takes_cover
from collection.models import Leave
from collection.visibility import may_move
from tenancy.access import people_seen_by
from tenancy.audit import record_change
from tenancy.formats import day
from tenancy.models import Company, User
from tenancy.night import business_date

LONGEST_LEAVE = timedelta(days=366)
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Entered:
    """A leave that was entered; `handed` is what went to the cover at once, None before its day."""

    leave: Leave
    handed: HandOver | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A leave as it is wished for."""

    user: User
    first_day: date
    last_day: date
    cover: User | None
    reason: str


def enter_leave(*, company: Company, plan: Plan, by: User | None) -> Entered:
    """Keep a leave; one that begins today hands over at once, others at the night of their day.

    by: a lead of a team of the person, or an admin (else PermissionDenied); None for the operator.
    Raises ValidationError by field where the days, the person or the cover cannot be.
    """
    if by is not None and not may_enter(by, plan.user):
        raise PermissionDenied
    today = business_date(company)
    _check_plan(plan, today, by)
    with transaction.atomic():
        lock_leaves(company)
        _check_others(plan)
        leave = Leave.objects.create(
            user=plan.user,
            cover=plan.cover,
            first_day=plan.first_day,
            last_day=plan.last_day,
            reason=plan.reason.strip(),
            entered_by_name=by.display_name if by else "",
        )
        record_change(actor=by, verb="enter_leave", obj=plan.user, after=_facts(leave))
        begins = plan.first_day <= today and plan.cover is not None
        handed = hand_over(company=company, leave=leave, on=today, by=by) if begins else None
    return Entered(leave, handed)


def cancel_leave(*, company: Company, leave: Leave, by: User | None) -> tuple[int, ...]:
    """Call a leave off, or end it early: what the cover still has goes back at once; the cases.

    by: as for entering. Raises ValidationError when it is over or was cancelled already.
    """
    if by is not None and not may_enter(by, leave.user):
        raise PermissionDenied
    with transaction.atomic():
        lock_leaves(company)
        row = Leave.objects.select_related("user", "cover").get(pk=leave.pk)
        if row.cancelled_at is not None:
            raise ValidationError(_("This leave was cancelled already."))
        if row.last_day < business_date(company):
            raise ValidationError(_("This leave is over."))
        row.cancelled_at = timezone.now()
        row.save(update_fields=["cancelled_at"])
        back = take_back(company=company, leave=row, by=by)
        record_change(actor=by, verb="cancel_leave", obj=row.user, before=_facts(row))
    return back


def may_enter(by: User, user: User) -> bool:
    """Whether `by` keeps the leaves of this person: a lead of the team, or an admin."""
    return may_move(by) and people_seen_by(by).filter(pk=user.pk).exists()


def leaves_in_reach(by: User) -> QuerySet[Leave]:
    """The leaves that a lead or an admin looks after."""
    if not may_move(by):
        return Leave.objects.none()
    return Leave.objects.filter(user__in=people_seen_by(by))


def leaves_between(people: Collection[int], first: date, last: date) -> list[Leave]:
    """The leaves of these people that touch the span, in order of their days; one query."""
    rows = Leave.objects.filter(
        user_id__in=people, cancelled_at=None, first_day__lte=last, last_day__gte=first
    )
    return list(rows.select_related("user", "cover").order_by("first_day", "pk"))


def _check_plan(plan: Plan, today: date, by: User | None) -> None:
    """What can be said of the plan alone."""
    wrong: dict[str, str] = {}
    if plan.first_day < today:
        wrong["first_day"] = _("Leave begins today at the earliest.")
    if plan.last_day < plan.first_day:
        wrong["last_day"] = _("The last day comes before the first.")
    elif plan.last_day - plan.first_day > LONGEST_LEAVE:
        wrong["last_day"] = _("At most a year at a time.")
    if len(plan.reason.strip()) > LONGEST_REASON:
        wrong["reason"] = _("At most %(limit)s characters.") % {"limit": LONGEST_REASON}
    if plan.cover is not None:
        if plan.cover.pk == plan.user.pk:
            wrong["cover"] = _("Nobody covers for oneself.")
        elif by is not None and not people_seen_by(by).filter(pk=plan.cover.pk).exists():
            raise PermissionDenied
        elif not takes_cover(plan.cover):
            wrong["cover"] = _("%(name)s takes no cases.") % {"name": plan.cover.display_name}
    if wrong:
        raise ValidationError(wrong)


def _check_others(plan: Plan) -> None:
    """What other leaves stand against it: nobody is away twice, and who covers is there."""
    same_days = Leave.objects.filter(
        cancelled_at=None, first_day__lte=plan.last_day, last_day__gte=plan.first_day
    )
    if other := same_days.filter(user=plan.user).first():
        raise ValidationError(
            {"first_day": _("There is a leave on these days already: %(span)s.") % _span(other)}
        )
    covers = same_days.filter(Q(cover=plan.user)).select_related("user").first()
    if covers is not None:
        told = _("%(name)s covers for %(other)s then, %(span)s: choose another cover there first.")
        names = {"name": plan.user.display_name, "other": covers.user.display_name}
        raise ValidationError({"first_day": told % (names | _span(covers))})
    if plan.cover is not None and (away := same_days.filter(user=plan.cover).first()):
        told = _("%(name)s is on leave then, %(span)s.")
        raise ValidationError({"cover": told % ({"name": plan.cover.display_name} | _span(away))})


def _span(leave: Leave) -> dict[str, str]:
    return {"span": f"{day(leave.first_day)} – {day(leave.last_day)}"}


def _facts(leave: Leave) -> dict[str, object]:
    return {
        "first_day": leave.first_day,
        "last_day": leave.last_day,
        "cover": leave.cover.username if leave.cover else "",
    }
