"""Why a case cannot be moved or placed: one reason a case, the first that holds in this order."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _


class Refusal(models.TextChoices):
    """The reasons, in the order in which they are looked at."""

    CLOSED = "closed", _("The case is closed")
    PLACED = "placed", _("The case is with an agency")
    NOT_PLACED = "not_placed", _("The case is not with an agency")
    ON_HOLD = "on_hold", _("A hold stops it")
    LEAD_ONLY = "lead_only", _("A complaint is open: only a team lead may be given it")
    OPEN_PROMISE = "open_promise", _("A promise is still open")
    SAME_DESK = "same_desk", _("The case is on that desk already")
    NOT_SAME_GROUP = "not_same_group", _("The desk is in a team that you do not lead")
    OVER_CAPACITY = "over_capacity", _("The desk has reached its limit")
    ON_LEAVE = "on_leave", _("The person is on leave")
    INACTIVE = "inactive", _("The desk takes no cases")
    SIBLING_ELSEWHERE = "sibling_elsewhere", _("Another agency has a case of the same borrower")
    TOUCHED_SINCE = "touched_since", _("It has been worked since")
    MOVED_SINCE = "moved_since", _("It has been moved since")
    CHANGED_MEANWHILE = "changed_meanwhile", _("The case has changed meanwhile")


def first_of(reasons: Iterable[Refusal]) -> Refusal | None:
    """The reason that is shown when several hold; None when there is none."""
    held = set(reasons)
    return next((reason for reason in Refusal if reason in held), None)


Refused = tuple[int, Refusal]
"""A case's id and why it was refused."""


def counted(refusals: Iterable[Refused]) -> list[tuple[Refusal, int]]:
    """How many cases each reason refused, in the order of the reasons."""
    codes = [reason for _case_id, reason in refusals]
    return [(reason, codes.count(reason)) for reason in Refusal if reason in codes]
