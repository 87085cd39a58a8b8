"""Which holds are in force on a day: what guards ask before they move, place or call."""

from datetime import date

from django.db.models import Q, QuerySet

from cases.models import CaseHold


def holds_in_force(on: date) -> QuerySet[CaseHold]:
    """The holds that bind on the business date `on`: begun and not over; lifting one ends it."""
    return CaseHold.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on)
