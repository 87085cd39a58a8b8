"""Skipping a case with a reason: for today it goes behind the others of its rank.

Nothing else changes. Working the case or the end of the day brings it back to its place.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.history import record_events
from cases.models import Case
from collection.models import Assignment
from collection.ranking_sql import rank_cases
from collection.visibility import desks_in_sight, may_work
from tenancy.models import Company, User
from tenancy.night import business_date
from tenancy.screen import Text

OTHER = "other"
WHY: dict[str, Text] = {
    "other_time": gettext_lazy("Better reached at another time of day"),
    "waits": gettext_lazy("Waits for somebody else's answer"),
    "lead": gettext_lazy("The team lead should look first"),
    "together": gettext_lazy("Another case of this person comes first"),
    OTHER: gettext_lazy("Another reason"),
}
"""Why a case is skipped, in the order of the form."""
LONGEST = 300


def skip_case(*, company: Company, case: Case, by: User, why: str, words: str = "") -> Assignment:
    """Put a case on a desk in sight behind the others of its rank, for today.

    why: a key of WHY; OTHER needs `words`. Kept in the case's history. Raises PermissionDenied for
    who only reads, ValidationError by field, and where the case lies on no desk in sight.
    """
    if not may_work(by):
        raise PermissionDenied
    words = words.strip()
    _check(why, words)
    with transaction.atomic():
        desks = Assignment.objects.select_for_update(no_key=True, of=("self",))
        desk = desks.filter(
            desks_in_sight(by), company=company, case_id=case.pk, ended_at=None
        ).first()
        if desk is None:
            raise ValidationError(_("The case lies on no desk."))
        desk.skipped_at = timezone.now()
        desk.save(update_fields=["skipped_at"])
        data = {"why": why, "reason": words}
        record_events(cases=[case], kind="skipped", by=by, data=data)
        rank_cases(company=company, on=business_date(company), case_ids=[case.pk])
    return desk


def _check(why: str, words: str) -> None:
    wrong: dict[str, str] = {}
    if why not in WHY:
        wrong["why"] = _("Choose a reason.")
    if why == OTHER and not words:
        wrong["words"] = _("Say why.")
    if len(words) > LONGEST:
        wrong["words"] = _("At most %(limit)s characters.") % {"limit": LONGEST}
    if wrong:
        raise ValidationError(wrong)


def why_skipped(data: dict[str, object]) -> str:
    """The reason of a `skipped` event, in words."""
    words = str(data.get("reason", ""))
    why = str(data.get("why", ""))
    if why == OTHER or why not in WHY:
        return words
    return " · ".join(filter(None, (str(WHY[why]), words)))
