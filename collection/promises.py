"""Promises to pay: taking one, and withdrawing it (outcomes: collection.promise_outcomes).

A case has one open promise at most, whoever took it. A new one supersedes it, also across the
wall: an agency that holds the case steps into the lender's scope for that, because it does not see
what others were promised. Grace and tolerance are those of the company that takes the promise, as
they stand when it is taken.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agencies.models import Placement
from cases.models import Case
from cases.repayment_rows import lock_loans
from collection.models import Assignment, Promise, WorkSettings
from collection.promise_events import (
    Change,
    Told,
    rank_again,
    rank_for_readers,
    tell,
    tell_here,
    write_events,
)
from collection.promise_holds import hold_for_promises
from collection.promise_judging import Judgement, PromiseFacts
from collection.promise_outcomes import Coming, promises_of, settle_promises
from collection.tagging import derive_tags
from collection.visibility import may_move, may_work
from collection.work_settings import work_settings
from tenancy.crossing import Crossing, NoProof, cross
from tenancy.formats import day, money
from tenancy.models import Company, User
from tenancy.night import business_date

LONGEST_REASON = 300
REMIND_AT = time(9)
"""When the desk is reminded on the promised day, on the company's clock."""
NEW = 0
"""The key of a promise that has no row yet; rows count from 1."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """What the lender's side says of a promise about to be written."""

    facts: PromiseFacts
    judgement: Judgement
    own_changes: tuple[Change, ...]
    """Changes of promises of the company that takes it, to be told in its own scope."""
    bucket: str


def remaining_after(outstanding: Decimal, amount: Decimal) -> Decimal:
    """What would be left to pay once a promise is kept in full."""
    return max(outstanding - amount, Decimal(0))


def take_promise(
    *,
    company: Company,
    case: Case,
    by: User,
    amount: Decimal,
    due_on: date,
    pay_by: str,
    note_id: int | None = None,
    at: datetime | None = None,
    shared: bool = False,
) -> Promise:
    """Record a promise on a case in sight; an open one on it, whoever took it, is superseded.

    at: when it was made, now if left out; the due date must not lie before that day, nor farther
    from it than the company's figure. amount: more than nothing, at most what is outstanding.
    shared: whether the agency that holds the lender's case reads it. Without a note, the desk is
    reminded at nine on the day. The caller has found `case` among the visible ones. Raises
    PermissionDenied for who only reads; ValidationError by field, and for a closed case, one that
    changed hands meanwhile, or a promise that is older than one on the loan.
    """
    if not may_work(by):
        raise PermissionDenied
    made_at, settings = at or timezone.now(), work_settings(company)
    _check(company, settings, amount, due_on, pay_by, made_at)
    facts = PromiseFacts(
        key=NEW,
        made_at=made_at,
        amount=amount,
        due_on=due_on,
        grace_days=settings.promise_grace_days,
        tolerance_percent=settings.promise_tolerance,
    )
    with transaction.atomic():
        with _lenders_side(company, case, by) as owner:
            taken = _make_room(owner, company, case, facts, by, is_now=at is None)
        promise = _insert(company, case, by, taken, pay_by, note_id, shared)
        tell_here(taken.own_changes, company=company, by=by)
        _remind(promise, company)
        told = Told(
            owner_id=promise.owner_id,
            case_id=promise.case_id,
            kind="promise_taken",
            data={"amount": str(amount), "due": due_on.isoformat(), "pay_by": pay_by},
            shared=promise.shared,
        )
        write_events([told], by=by)
        rank_again(company, [promise.case_id])
        if company.is_lender and (
            promise.shared or any(c.promise.shared for c in taken.own_changes)
        ):
            rank_for_readers([promise.case_id])
        derive_tags(company=company, on=business_date(company), case_ids=[promise.case_id])
    return promise


def _check(
    company: Company,
    settings: WorkSettings,
    amount: Decimal,
    due_on: date,
    pay_by: str,
    made_at: datetime,
) -> None:
    wrong: dict[str, str] = {}
    made_on = company.local_date(made_at)
    latest = made_on + timedelta(days=settings.promise_within_days)
    if amount <= 0:
        wrong["amount"] = _("Write an amount of more than 0.")
    elif amount != amount.quantize(Decimal("0.01")):
        wrong["amount"] = _("Two decimal places at most.")
    if due_on < made_on:
        wrong["due_on"] = _("This day is past.")
    elif due_on > latest:
        wrong["due_on"] = _("At most %(days)s days ahead: until %(day)s.") % {
            "days": settings.promise_within_days,
            "day": day(latest),
        }
    if pay_by not in Promise.PayBy.values:
        wrong["pay_by"] = _("Choose how it will be paid.")
    if made_at > timezone.now():
        wrong["at"] = _("This moment is still to come.")
    if wrong:
        raise ValidationError(wrong)


@contextmanager
def _lenders_side(company: Company, case: Case, by: User) -> Iterator[Company]:
    """The scope of the case's lender: the one that is open, or across the wall from its holder."""
    if company.pk == case.owner_id:
        yield company
        return
    try:
        with cross(
            kind=Crossing.JUDGE_PROMISE,
            # A scope needs no more of the lender than this; an agency does not read its row.
            into=Company(pk=case.owner_id, kind=Company.Kind.LENDER),
            proof=Placement.objects.filter(agency=company, case_id=case.pk, ended_at=None),
            about=f"promise on case {case.uid}",
            actor_name=by.display_name,
        ):
            yield Company.objects.get(pk=case.owner_id)
    except NoProof as error:
        raise ValidationError(_("The case is not with your company any more.")) from error


def _make_room(
    owner: Company, company: Company, case: Case, facts: PromiseFacts, by: User, *, is_now: bool
) -> _Taken:
    """In the lender's scope: judge the new promise with those on the loan, supersede the open one.

    Loan first, then case, in the order of every verb: nobody books, closes or recalls meanwhile.
    """
    lock_loans(owner.pk, [case.loan_id])
    if is_now:
        # Of two who take one at once the second made it after the first.
        facts = replace(facts, made_at=timezone.now())
    locked = Case.objects.select_for_update(no_key=True, of=("self",)).get(pk=case.pk, owner=owner)
    if locked.closed_on is not None:
        raise ValidationError(_("The case is closed."))
    if not company.is_lender and locked.holder_id != company.pk:
        raise ValidationError(_("The case is not with your company any more."))
    if facts.amount > locked.outstanding:
        raise ValidationError(
            {"amount": _("Only %(amount)s is outstanding.") % {"amount": money(locked.outstanding)}}
        )
    later = Promise.objects.filter(
        owner=owner, case__loan_id=locked.loan_id, made_at__gte=facts.made_at
    )
    if later.exists():
        raise ValidationError({"at": _("A promise that was made later is on the case already.")})
    coming = Coming(locked.loan_id, locked.pk, facts, company.pk, by.display_name)
    settled = settle_promises(
        company=owner, on=business_date(owner), loan_ids=[locked.loan_id], coming=coming
    )
    assert settled.coming is not None
    own = tuple(c for c in settled.changes if c.promise.company_id == company.pk)
    tell([c for c in settled.changes if c not in own], company=owner)
    bucket = locked.bucket.label if locked.bucket else ""
    return _Taken(facts, settled.coming, own, bucket)


def _insert(
    company: Company,
    case: Case,
    by: User,
    taken: _Taken,
    pay_by: str,
    note_id: int | None,
    shared: bool,
) -> Promise:
    desk = Assignment.objects.filter(company=company, case_id=case.pk, ended_at=None).first()
    facts, judgement = taken.facts, taken.judgement
    return Promise.objects.create(
        company=company,
        owner_id=case.owner_id,
        case_id=case.pk,
        note_id=note_id,
        taken_by_id=by.pk,
        taken_by_name=by.display_name,
        team_id=desk.team_id if desk else None,
        bucket=taken.bucket,
        made_at=facts.made_at,
        amount=facts.amount,
        due_on=facts.due_on,
        pay_by=pay_by,
        grace_days=facts.grace_days,
        tolerance_percent=facts.tolerance_percent,
        shared=shared and company.is_lender,
        state=judgement.state,
        received=judgement.received,
        kept_at=judgement.kept_at,
        judged_at=None if judgement.state == "open" else timezone.now(),
    )


def _remind(promise: Promise, company: Company) -> None:
    """Without a note that says what is next: the desk is to remind of the promise on its day."""
    if promise.note_id is not None or promise.state != Promise.State.OPEN:
        return
    with translation.override(company.language):
        words = _("Remind of the promise")
    desk = Assignment.objects.filter(company=company, case_id=promise.case_id, ended_at=None)
    desk.update(
        next_action=words,
        next_action_at=datetime.combine(promise.due_on, REMIND_AT, company.zone),
    )
    desk.filter(Q(last_touch_at=None) | Q(last_touch_at__lte=promise.made_at)).update(
        last_touch_at=promise.made_at, last_touch_by_name=promise.taken_by_name
    )


def withdraw_promise(*, company: Company, promise: Promise, by: User, reason: str) -> Promise:
    """Take an open promise out of the books, for a reason; it counts in no kept rate.

    by: a lead or an admin of the company that took it or of the case's lender (else
    PermissionDenied). What came for it until now stays on it. Raises ValidationError without a
    reason, and for a promise that is open no more.
    """
    if not may_move(by):
        raise PermissionDenied
    why = reason.strip()
    if not why:
        raise ValidationError({"reason": _("Say why.")})
    if len(why) > LONGEST_REASON:
        raise ValidationError(
            {"reason": _("At most %(limit)s characters.") % {"limit": LONGEST_REASON}}
        )
    case = Case.objects.get(pk=promise.case_id)
    with transaction.atomic():
        with _lenders_side(company, case, by) as owner:
            change = _withdraw(owner, promise, by, why)
            if company.is_lender or promise.company_id != company.pk:
                tell([change], company=owner, by=by)
        if promise.company_id == company.pk and not company.is_lender:
            tell_here([change], company=company, by=by)
        derive_tags(company=company, on=business_date(company), case_ids=[promise.case_id])
    promise.refresh_from_db()
    return promise


def _withdraw(owner: Company, promise: Promise, by: User, why: str) -> Change:
    """In the lender's scope: end the promise and its hold, and judge what it leaves behind."""
    on = business_date(owner)
    lock_loans(owner.pk, [promise.case.loan_id])
    ended = Promise.objects.filter(pk=promise.pk, owner=owner, state=Promise.State.OPEN).update(
        state=Promise.State.WITHDRAWN,
        ended_at=timezone.now(),
        judged_at=timezone.now(),
        ended_by_name=by.display_name,
        why_ended=why,
    )
    if not ended:
        raise ValidationError(_("The promise is not open any more."))
    hold_for_promises(company=owner, on=on, until={promise.case_id: None}, by_name=by.display_name)
    stored = promises_of(owner.pk, [promise.case.loan_id])[promise.pk]
    return Change(stored, Judgement(promise.pk, "withdrawn", stored.received), reason=why)
