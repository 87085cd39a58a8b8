"""What is known of a borrower's contact points: their state, new ones, and who refused.

The numbers and their states belong to the lender's book. An agency that holds a case of the
borrower writes there by a crossing (Crossing.CONTACT_POINT); its proof is that it holds the case.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.history import record_events
from cases.models import Case, ContactPoint
from collection.models import ContactWish
from collection.visibility import may_move
from tenancy.crossing import Crossing, cross
from tenancy.models import Company, User
from tenancy.personal_data import keyed_hash, last_four, mask_number, seal

State = ContactPoint.State
LONGEST_REASON = 200
SUSPENDED_FOR = timedelta(days=15)
"""How long a suspended number counts as invalid; then it is unknown again."""


def reopen_point(
    *, company: Company, case: Case, point: ContactPoint, by: User, reason: str
) -> None:
    """Open a borrower's own point again after a refusal, because the borrower wrote so.

    A lead or an admin does it (else PermissionDenied). What the borrower asked to stop about this
    point ends with it; a wish about all points stays. reason: where it is written; required
    (ValidationError). Another person's refusal is for good, and a point that is not refused needs
    no reopening (ValidationError as well).
    """
    if not may_move(by):
        raise PermissionDenied
    if point.borrower_id != case.borrower_id:
        raise ValidationError({"contact_point": _("Choose a contact point of this borrower.")})
    if point.relation != ContactPoint.Relation.SELF or point.state != State.REFUSED:
        raise ValidationError(_("Only a borrower's own refusal can be taken back."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say where the borrower wrote it.")})
    if len(reason.strip()) > LONGEST_REASON:
        raise ValidationError(
            {"reason": _("At most %(limit)s characters.") % {"limit": LONGEST_REASON}}
        )
    now = timezone.now()
    with transaction.atomic():
        with lenders_book(company=company, case=case, by=by):
            ContactPoint.objects.filter(pk=point.pk, state=State.REFUSED).update(
                state=State.UNKNOWN, state_at=now, state_until=None
            )
            _stops_of(point, now).update(good_until=now)
        data = {"contact_point": str(point.uid), "reason": reason.strip()}
        record_events(cases=[case], kind="contact_reopened", by=by, data=data, shared=True)


def _stops_of(point: ContactPoint, at: datetime) -> QuerySet[ContactWish]:
    """The wishes to stop that name the point and still hold."""
    stops = ContactWish.objects.filter(borrower_id=point.borrower_id, contact_point=point)
    return stops.filter(Q(good_until=None) | Q(good_until__gt=at), kind=ContactWish.Kind.STOP)


@contextmanager
def lenders_book(*, company: Company, case: Case, by: User) -> Iterator[None]:
    """Run the block where contact points and wishes are kept: in the scope of the case's lender.

    An agency enters it while it holds the case; else NoProof (tenancy.crossing).
    """
    if company.pk == case.owner_id:
        yield
        return
    with cross(
        kind=Crossing.CONTACT_POINT,
        # A scope needs no more of the lender than this; an agency does not read its row.
        into=Company(pk=case.owner_id, kind=Company.Kind.LENDER),
        proof=Case.objects.filter(pk=case.pk, holder=company),
        about=f"case {case.uid}",
        actor_name=by.display_name,
    ):
        yield


def change_state(
    *,
    case: Case,
    point: ContactPoint,
    state: str,
    at: datetime,
    until: date | None = None,
    whole_person: bool = False,
) -> int:
    """Write how a point stands in the lender's book, which is open; returns how many points change.

    The latest fact wins, except over a refusal, which stays: a point that is refused keeps its
    state, and one whose state is younger than `at` does too. until: the date from which an invalid
    number counts as unknown again. whole_person: every point of the same person, for a refusal.
    """
    about = Q(pk=point.pk)
    if state == State.INVALID:
        # The same number is as dead under another relation.
        about |= Q(number_hash=_number_of(point))
    if whole_person:
        about |= _same_person(point)
    rows = ContactPoint.objects.filter(about, borrower=case.borrower_id).exclude(
        state=State.REFUSED
    )
    if state != State.REFUSED:
        rows = rows.filter(Q(state_at=None) | Q(state_at__lte=at))
    return rows.update(state=state, state_at=at, state_until=until)


def _number_of(point: ContactPoint) -> Subquery:
    return Subquery(ContactPoint.objects.filter(pk=point.pk).values("number_hash"))


def _same_person(point: ContactPoint) -> Q:
    """Points of the same person: the relation, and the name where both points say one.

    Of two unnamed friends this may be one too many: a refusal is taken the strict way.
    """
    named = Q(person_name__in=("", point.person_name)) if point.person_name else Q()
    return Q(number_hash=_number_of(point)) | (Q(relation=point.relation) & named)


def add_point(*, case: Case, number: str, relation: str, source: str, name: str = "") -> None:
    """Add a number in the lender's book, which is open, in state unknown, unless it is there.

    number: in full, as the feed reads it (cases.feed.values.phone).
    """
    made = ContactPoint(
        owner_id=case.owner_id,
        borrower_id=case.borrower_id,
        relation=relation,
        person_name=name,
        number_hash=keyed_hash(number),
        number_sealed=seal(number),
        number_last4=last_four(number),
        number_mask=mask_number(number),
        source=source,
    )
    ContactPoint.objects.bulk_create([made], ignore_conflicts=True)


def state_on(point: ContactPoint, on: date) -> str:
    """How a point stands on a local date: an invalid one is unknown again once its time is over."""
    over = point.state_until is not None and point.state_until <= on
    return State.UNKNOWN if point.state == State.INVALID and over else point.state
