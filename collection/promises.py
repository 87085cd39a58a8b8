"""Promises to pay: taking one, and withdrawing it (outcomes: collection.promise_outcomes).

A case has one open promise at most, whoever took it. A new one supersedes it, also across the
wall: an agency that holds the case steps into the lender's scope for that, because it does not see
what others were promised. Grace and tolerance are those of the company that takes the promise, as
they stand when it is taken.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
from cases.statements import execute_at_once
from collection.models import Assignment, Promise
from collection.promise_book import read_book
from collection.promise_events import Change, Told, events_of, rank_for_readers, tell, tell_here
from collection.promise_holds import holds_for_promises
from collection.promise_judging import Judgement, PromiseFacts
from collection.promise_outcomes import Coming, settle_promises
from collection.promise_room import Figures, lock_room
from collection.promise_rows import insert_promise
from collection.ranking_sql import rank_cases
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
class _Terms:
    """What was promised. is_now: made while it is written, not reported afterwards."""

    amount: Decimal
    due_on: date
    pay_by: str
    made_at: datetime
    is_now: bool


@dataclass(frozen=True, slots=True)
class _Taken:
    """What the lender's side says of a promise about to be written."""

    facts: PromiseFacts
    judgement: Judgement
    own_changes: tuple[Change, ...]
    """Changes of promises of the company that takes it, to be told in its own scope."""
    bucket: str
    on: date
    """The lender's business date."""
    ended: bool
    """Whether the state of an earlier promise became another one."""


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
    terms = _Terms(amount, due_on, pay_by, at or timezone.now(), is_now=at is None)
    figures = None if company.is_lender else Figures.of(work_settings(company))
    with transaction.atomic():
        with _lenders_side(company, case, by) as owner:
            taken = _make_room(owner, company, case, terms, figures, by)
        own_changes = events_of(taken.own_changes, company)
        promise = _promise(company, case, by, taken, terms, note_id, shared)
        told = [*own_changes, _told(promise)]
        tag_ids = insert_promise(promise, told, _facts_moved(taken, has_note=note_id is not None))
        _remind(promise, company)
        today = taken.on if company.is_lender else business_date(company)
        rank_cases(company=company, on=today, case_ids=[case.pk, *(t.case_id for t in own_changes)])
        if company.is_lender and (promise.shared or any(each.shared for each in own_changes)):
            rank_for_readers([promise.case_id])
        if tag_ids:
            derive_tags(company=company, on=today, case_ids=[promise.case_id], tag_ids=tag_ids)
    return promise


def _check(company: Company, figures: Figures, terms: _Terms) -> None:
    wrong: dict[str, str] = {}
    made_on = company.local_date(terms.made_at)
    latest = made_on + timedelta(days=figures.within_days)
    if terms.amount <= 0:
        wrong["amount"] = _("Write an amount of more than 0.")
    elif terms.amount != terms.amount.quantize(Decimal("0.01")):
        wrong["amount"] = _("Two decimal places at most.")
    if terms.due_on < made_on:
        wrong["due_on"] = _("This day is past.")
    elif terms.due_on > latest:
        wrong["due_on"] = _("At most %(days)s days ahead: until %(day)s.") % {
            "days": figures.within_days,
            "day": day(latest),
        }
    if terms.pay_by not in Promise.PayBy.values:
        wrong["pay_by"] = _("Choose how it will be paid.")
    if terms.made_at > timezone.now():
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
    owner: Company,
    company: Company,
    case: Case,
    terms: _Terms,
    figures: Figures | None,
    by: User,
) -> _Taken:
    """In the lender's scope: judge the new promise with those on the loan, supersede the open one.

    figures: those of the company that takes it; None: the lender's own.
    """
    room = lock_room(owner, case)
    figures = figures or room.figures
    _check(company, figures, terms)
    if room.is_closed:
        raise ValidationError(_("The case is closed."))
    if not company.is_lender and room.holder_id != company.pk:
        raise ValidationError(_("The case is not with your company any more."))
    if terms.amount > room.outstanding:
        raise ValidationError(
            {"amount": _("Only %(amount)s is outstanding.") % {"amount": money(room.outstanding)}}
        )
    facts = PromiseFacts(
        key=NEW,
        # Of two who take one at once the second made it after the first.
        made_at=timezone.now() if terms.is_now else terms.made_at,
        amount=terms.amount,
        due_on=terms.due_on,
        grace_days=figures.grace_days,
        tolerance_percent=figures.tolerance,
    )
    if any(each.facts.made_at >= facts.made_at for each in room.book.promises.values()):
        raise ValidationError({"at": _("A promise that was made later is on the case already.")})
    coming = Coming(case.loan_id, case.pk, facts, company.pk, by.display_name)
    settled = settle_promises(company=owner, on=room.on, book=room.book, coming=coming)
    assert settled.coming is not None
    own = tuple(c for c in settled.changes if c.promise.company_id == company.pk)
    tell([c for c in settled.changes if c not in own], company=owner)
    return _Taken(facts, settled.coming, own, room.bucket, room.on, bool(settled.changes))


def _promise(
    company: Company,
    case: Case,
    by: User,
    taken: _Taken,
    terms: _Terms,
    note_id: int | None,
    shared: bool,
) -> Promise:
    facts, judgement = taken.facts, taken.judgement
    return Promise(
        company=company,
        owner_id=case.owner_id,
        case_id=case.pk,
        note_id=note_id,
        taken_by_id=by.pk,
        taken_by_name=by.display_name,
        bucket=taken.bucket,
        made_at=facts.made_at,
        amount=facts.amount,
        due_on=facts.due_on,
        pay_by=terms.pay_by,
        grace_days=facts.grace_days,
        tolerance_percent=facts.tolerance_percent,
        shared=shared and company.is_lender,
        state=judgement.state,
        received=judgement.received,
        kept_at=judgement.kept_at,
        judged_at=None if judgement.state == "open" else timezone.now(),
    )


def _told(promise: Promise) -> Told:
    return Told(
        owner_id=promise.owner_id,
        case_id=promise.case_id,
        kind="promise_taken",
        data={
            "amount": str(promise.amount),
            "due": promise.due_on.isoformat(),
            "pay_by": promise.pay_by,
        },
        shared=promise.shared,
    )


def _facts_moved(taken: _Taken, *, has_note: bool) -> set[str]:
    """The facts of tags that the promise changes at once; a later day's wait for the night.

    Taken without a note it is a touch as well; tags follow a note at night.
    """
    moved = set() if has_note else {"untouched_days", "is_touched"}
    if taken.ended:
        moved |= {"broken_promises", "days_since_broken"}
    if taken.ended or taken.facts.due_on <= taken.on:
        moved.add("promise_due_in")
    return moved


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
    freed: dict[int, date | None] = {promise.case_id: None}
    holds = holds_for_promises(company=owner, on=on, until=freed, by_name=by.display_name)
    execute_at_once([*holds])
    stored = read_book(owner.pk, [promise.case.loan_id]).promises[promise.pk]
    return Change(stored, Judgement(promise.pk, "withdrawn", stored.received), reason=why)
