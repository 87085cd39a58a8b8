"""Choosing cases for an act on many: ticked ones, or all that match a list's filter."""

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.models import Case
from tenancy.formats import COUNT_CAP

MOST_AT_ONCE = 20_000
"""How many cases a person may move or place in one act."""

Chosen = Sequence[int] | QuerySet[Case]


def chosen_ids(chosen: Chosen) -> list[int]:
    """The ids once each, in order; raises ValidationError for more than MOST_AT_ONCE."""
    if isinstance(chosen, QuerySet):
        found: Iterable[int] = chosen.values_list("pk", flat=True)[: MOST_AT_ONCE + 1]
    else:
        found = chosen
    ids = sorted(set(found))
    if len(ids) > MOST_AT_ONCE:
        raise ValidationError(
            _("At most %(most)s cases at a time: narrow the filter.")
            % {"most": f"{MOST_AT_ONCE:,}"}
        )
    return ids


def size_of(chosen: Chosen) -> int:
    """How many cases are chosen, counted up to one more than lists count."""
    if isinstance(chosen, QuerySet):
        return chosen.order_by()[: COUNT_CAP + 1].count()
    return len(set(chosen))


def locked(cases: QuerySet[Case]) -> list[int]:
    """Lock a lender's cases until the transaction ends, in order of id; the ids found."""
    return list(cases.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
