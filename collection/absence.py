"""Who is away: the leaves in force on a business date."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Count, QuerySet

from collection.models import Assignment, Leave
from tenancy.models import User
from tenancy.scope import current_scope


def leaves_in_force(on: date) -> QuerySet[Leave]:
    """The leaves of people who are away on `on`: not cancelled, first and last day included."""
    return Leave.objects.filter(cancelled_at=None, first_day__lte=on, last_day__gte=on)


def away_until(on: date, people: Collection[int]) -> dict[int, Leave]:
    """Of these people by id, those who are away on `on`, each with the leave; one query."""
    found = leaves_in_force(on).filter(user_id__in=people).select_related("cover")
    return {leave.user_id: leave for leave in found}


def is_away(person: User, on: date) -> bool:
    """Whether the person is on leave on `on`."""
    return leaves_in_force(on).filter(user=person).exists()


def covered_now(leaves: Sequence[Leave]) -> dict[int, int]:
    """By leave: how many cases lie with its cover; one query."""
    counted = (
        Assignment.objects.filter(
            company_id=current_scope().company_id, leave__in=leaves, ended_at=None
        )
        .order_by()
        .values_list("leave_id")
        .annotate(Count("pk"))
    )
    return {leave_id: cases for leave_id, cases in counted if leave_id is not None}
