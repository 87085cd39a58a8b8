"""Holds from the desk: opening one where one works the case, also at an agency; what is in sight.

An agency may not write on a lender's case: its people open a hold through the wall, proved by the
placement that runs, and the lender's desks answer and lift it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet

from agencies.models import Placement
from cases.hold_deadlines import missed
from cases.hold_kinds import KINDS, after_working_days
from cases.holds import may_handle, open_hold, openable
from cases.models import Case, CaseHold
from collection.contact_calendar import HolidayCalendar
from collection.days_off import days_off
from collection.effective_rules import code_of
from collection.models import Assignment
from collection.visibility import visible_cases
from tenancy.access import sees_all
from tenancy.crossing import Crossing, cross
from tenancy.models import Company, Role, User
from tenancy.night import business_date

DUE_SOON_DAYS = 3
"""A hold whose answer is due within so many days stands among those to answer."""


def open_hold_on_case(
    *,
    user: User,
    case: Case,
    kind: str,
    reason: str,
    ends_on: date | None = None,
    answer_by: date | None = None,
    complained_of: User | None = None,
    by_rule: bool = False,
) -> CaseHold:
    """Open a hold from today on, on a case that the user has found among the visible ones.

    A complaint is about the person on whose desk the case is, unless `complained_of` says who.
    by_rule: it follows from a disposition, so the kind's openers are not asked. An agency's people
    open it through the wall, while their company holds the case. Raises as cases.holds.open_hold
    does; PermissionDenied for an agency that does not hold the case (any more).
    """
    if kind == CaseHold.Kind.COMPLAINT and complained_of is None:
        complained_of = _works_on(user.company, case)
    asked = _Asked(user, case, kind, reason, ends_on, answer_by, complained_of, by_rule)
    if user.company.is_lender:
        return asked.open(user.company)
    proof = Placement.objects.filter(agency_id=user.company_id, case_id=case.pk, ended_at=None)
    if not proof.exists():
        raise PermissionDenied
    with cross(
        kind=Crossing.HOLD,
        # A scope needs no more of the lender than this; an agency does not read its row.
        into=Company(pk=case.owner_id, kind=Company.Kind.LENDER),
        proof=proof,
        about=f"{case.loan_no}: {kind}",
        actor_name=user.display_name,
    ):
        return asked.open(Company.objects.get(pk=case.owner_id))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked for on a desk, to be opened in the lender's scope."""

    user: User
    case: Case
    kind: str
    reason: str
    ends_on: date | None
    answer_by: date | None
    complained_of: User | None
    by_rule: bool

    def open(self, lender: Company) -> CaseHold:
        starts_on = business_date(lender)
        return open_hold(
            company=lender,
            case=self.case,
            kind=self.kind,
            starts_on=starts_on,
            ends_on=self.ends_on,
            reason=self.reason,
            by=self.user,
            answer_by=self.answer_by or _working_deadline(lender, self.kind, starts_on),
            complained_of=self.complained_of,
            by_rule=self.by_rule,
        )


def _working_deadline(lender: Company, kind: str, start: date) -> date | None:
    """The deadline of a kind that counts working days, in the lender's scope; None for others.

    Public holidays are left out, make-up workdays count, and the lender's own days go before both.
    """
    deadline = KINDS[kind].deadline if kind in KINDS else None
    if deadline is None or not deadline.working:
        return None
    place = code_of(lender.jurisdiction)
    own = days_off(lender, place, start)
    calendar = HolidayCalendar(
        {(place, on): place if is_holiday else None for on, is_holiday in own.items()}
    )
    return after_working_days(start, deadline.days, partial(calendar.is_worked, place))


def _works_on(company: Company, case: Case) -> User | None:
    desk = Assignment.objects.filter(company=company, case_id=case.pk, ended_at=None)
    found = desk.select_related("collector").first()
    return found.collector if found else None


def openable_by(user: User) -> list[str]:
    """The kinds of hold that the person opens by hand on a case."""
    return [code for code in openable(user.company, user) if KINDS[code].scope != "region"]


def holds_in_sight(user: User) -> QuerySet[CaseHold]:
    """The holds on the cases that the person sees, over ones included; open promises aside.

    Those are holds for the rooms below; people find them among the promises.
    """
    rows = CaseHold.objects.exclude(kind=CaseHold.Kind.PROMISE)
    if user.company.is_lender and sees_all(user):
        return rows
    return rows.filter(case__in=visible_cases(user).order_by().values("pk"))


@dataclass(frozen=True, slots=True)
class HoldFigures:
    """How many holds are in force, how many answers are due within days, how many are late."""

    in_force: int
    due: int
    late: int


def in_force(on: date) -> Q:
    """Condition on holds that bind on `on`."""
    return Q(Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on)


def waits() -> Q:
    """Condition on holds that wait for an answer or a look."""
    return Q(answer_by__isnull=False, answered_at=None)


def hold_figures(user: User, on: date) -> HoldFigures:
    """The figures above the list of holds; one query over the holds not lifted."""
    soon = date.fromordinal(on.toordinal() + DUE_SOON_DAYS)
    found = (
        holds_in_sight(user)
        .filter(Q(lifted_at=None) | waits())
        .aggregate(
            in_force=Count("pk", filter=in_force(on) & Q(lifted_at=None)),
            due=Count("pk", filter=waits() & Q(answer_by__gte=on, answer_by__lte=soon)),
            late=Count("pk", filter=waits() & Q(answer_by__lt=on)),
        )
    )
    return HoldFigures(found["in_force"], found["due"], found["late"])


def missed_holds(user: User) -> int:
    """How many deadlines were missed that the person was told of and that still wait.

    A lead is told of the cases of the teams led; an admin of all, a date later. 0 for others and
    at an agency: the lender's desks answer. One query.
    """
    if not user.company.is_lender or not user.has_role(Role.TEAM_LEAD, Role.COMPANY_ADMIN):
        return 0
    found = missed(escalated=sees_all(user))
    if not sees_all(user):
        found = found.filter(case__in=visible_cases(user).order_by().values("pk"))
    return found.count()


@dataclass(frozen=True, slots=True)
class HoldLine:
    """A hold as a case's page shows it: what it stops, and what the person may do with it."""

    hold: CaseHold
    is_in_force: bool
    is_late: bool
    may_answer: bool
    may_prolong: bool
    may_lift: bool
    of_person: bool


def hold_lines(user: User, holds: Sequence[CaseHold], on: date) -> list[HoldLine]:
    """The holds of one case as lines, open promises aside; no query."""
    shown = (hold for hold in holds if hold.kind != CaseHold.Kind.PROMISE)
    return [hold_line(user, hold, on) for hold in shown]


def hold_line(user: User, hold: CaseHold, on: date) -> HoldLine:
    """One hold and what may be done with it."""
    handles = may_handle(user.company, hold, user)
    over = hold.lifted_at is not None or (hold.ends_on is not None and hold.ends_on <= on)
    waiting = hold.answer_by is not None and hold.answered_at is None
    return HoldLine(
        hold=hold,
        is_in_force=not over and hold.starts_on <= on,
        is_late=waiting and hold.answer_by is not None and hold.answer_by < on,
        may_answer=handles and waiting,
        may_prolong=handles and waiting and not over and _longer(hold),
        may_lift=handles and not over,
        of_person=hold.person_hold is not None,
    )


def _longer(hold: CaseHold) -> bool:
    deadline = KINDS[hold.kind].deadline
    if deadline is None or hold.answer_by is None:
        return False
    return deadline.next_after(hold.starts_on, hold.answer_by) is not None
