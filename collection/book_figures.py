"""How a lender's book, or what an agency holds, stands now: open cases by bucket, last night."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Sum

from cases.models import Case
from cases.pills import Pill, pills
from tenancy.models import NightStep
from tenancy.night import last_night


@dataclass(frozen=True, slots=True)
class BucketSum:
    """The open cases of one bucket label, over all schemes that have it. No pill: in no bucket."""

    pill: Pill | None
    cases: int
    amount: Decimal


def open_by_bucket() -> list[BucketSum]:
    """The scope's open cases by bucket, from the lowest up; two queries over all open cases."""
    rows = list(
        Case.objects.filter(closed_on=None)
        .order_by()
        .values_list("bucket_id")
        .annotate(Count("pk"), Sum("outstanding"))
    )
    scale = pills(bucket_id for bucket_id, _cases, _amount in rows)
    sums: dict[str, BucketSum] = {}
    for bucket_id, cases, amount in rows:
        pill = scale.get(bucket_id) if bucket_id is not None else None
        label = pill.label if pill else ""
        so_far = sums.get(label, BucketSum(pill, 0, Decimal(0)))
        sums[label] = BucketSum(pill, so_far.cases + cases, so_far.amount + amount)
    return sorted(sums.values(), key=lambda each: each.pill.lower if each.pill else -1)


@dataclass(frozen=True, slots=True)
class LastNight:
    """The newest business date that was opened, with the steps that are done."""

    on: date
    steps: Sequence[NightStep]


def night_before() -> LastNight | None:
    """The last night of the scope's company; None before the first. Two queries."""
    on = last_night()
    if on is None:
        return None
    steps = NightStep.objects.filter(business_date=on, done_at__isnull=False).order_by("done_at")
    return LastNight(on, list(steps))
