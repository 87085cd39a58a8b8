"""Showing what is masked: a phone number or an id number, for a reason, kept in the history."""

import unicodedata
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.history import record_events
from cases.models import Borrower, Case, ContactPoint
from tenancy.models import User
from tenancy.personal_data import open_sealed

LONGEST_REASON = 200


def show_phone(*, case: Case, contact_point: UUID, reason: str, by: User) -> str:
    """The number of one of the borrower's contact points, in full.

    The caller has found `case` among the visible ones. An agency gets it while it holds the case:
    afterwards the wall shows no contact point (ContactPoint.DoesNotExist). The showing is recorded
    on the case with its reason, which is required (ValidationError), and without the number. The
    number of another person who refused all contact is shown to nobody (ValidationError as well).
    """
    _check(reason)
    with transaction.atomic():
        point = ContactPoint.objects.get(uid=contact_point, borrower_id=case.borrower_id)
        _check_refusal(point)
        data = {"contact_point": str(point.uid), "relation": point.relation}
        _record(case, "phone_shown", data, reason, by)
        return open_sealed(point.number_sealed)


def show_id_number(*, case: Case, reason: str, by: User) -> str:
    """The borrower's id number in full, "" when there is none; as for show_phone."""
    _check(reason)
    with transaction.atomic():
        borrower = Borrower.objects.get(pk=case.borrower_id)
        _record(case, "id_number_shown", {}, reason, by)
        return open_sealed(borrower.id_no_sealed)


def _check(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why you need it.")})
    if len(reason.strip()) > LONGEST_REASON:
        raise ValidationError(
            {"reason": _("At most %(limit)s characters.") % {"limit": LONGEST_REASON}}
        )
    if any(unicodedata.category(each) == "Cc" and each not in "\t\r\n" for each in reason):
        raise ValidationError({"reason": _("There are characters in it that cannot be shown.")})


def _check_refusal(point: ContactPoint) -> None:
    """A number that nobody may use any more need not be seen: whoever has it may dial by hand."""
    if point.relation == ContactPoint.Relation.SELF:
        return
    same = Q(pk=point.pk)
    if point.person_name:
        same |= Q(relation=point.relation, person_name=point.person_name)
    points = ContactPoint.objects.filter(same, borrower_id=point.borrower_id)
    if points.filter(state=ContactPoint.State.REFUSED).exists():
        raise ValidationError(
            _("This person refused all contact: the number is no longer shown to anybody.")
        )


def _record(case: Case, kind: str, data: dict[str, str], reason: str, by: User) -> None:
    record_events(cases=[case], kind=kind, by=by, data=data | {"reason": reason.strip()})
