"""How a bucket is shown: its label, and its step on the one colour scale of the screens."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from cases.models import Bucket
from tenancy.screen import bucket_tone


@dataclass(frozen=True, slots=True)
class Pill:
    """A bucket's label, its parent's ("" without one), its colour step, its first and last day."""

    scheme_id: int
    label: str
    parent: str
    tone: int
    lower: int
    upper: int | None


def pills(bucket_ids: Iterable[int | None]) -> dict[int, Pill]:
    """The pills of these buckets and of all others of their schemes, by bucket id; one query."""
    named = {bucket_id for bucket_id in bucket_ids if bucket_id is not None}
    if not named:
        return {}
    schemes = Bucket.objects.filter(pk__in=named).values("scheme")
    return in_scale(Bucket.objects.filter(scheme__in=schemes))


def pills_in_use(on: date) -> dict[int, Pill]:
    """The pills of the schemes that are valid on a business date or later; one query."""
    in_use = Q(scheme__valid_to=None) | Q(scheme__valid_to__gt=on)
    return in_scale(Bucket.objects.filter(in_use))


def pills_of(bucket_ids: Iterable[int | None], known: dict[int, Pill]) -> dict[int, Pill]:
    """The pills of these buckets: those already read, where they suffice; else as `pills`."""
    named = set(bucket_ids) - {None}
    return known if named <= known.keys() else pills(named)


def in_scale(buckets: Iterable[Bucket]) -> dict[int, Pill]:
    """The pills of whole schemes, scheme by scheme from the lowest bucket up."""
    ladders: dict[int, list[Bucket]] = {}
    for bucket in sorted(buckets, key=lambda each: (each.scheme_id, each.step)):
        ladders.setdefault(bucket.scheme_id, []).append(bucket)
    return {
        bucket.pk: Pill(
            bucket.scheme_id,
            bucket.label,
            bucket.parent,
            bucket_tone(position, len(ladder)),
            bucket.lower,
            bucket.upper,
        )
        for ladder in ladders.values()
        for position, bucket in enumerate(ladder)
    }
