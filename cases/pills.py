"""How a bucket is shown: its label, and its step on the one colour scale of the screens."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import starmap
from typing import NamedTuple

from cases.models import Bucket
from cases.statements import rows
from tenancy.ready import wall_1
from tenancy.scope import current_scope
from tenancy.screen import bucket_tone

COLUMNS = "b.id, b.scheme_id, b.label, b.parent, b.step, b.lower, b.upper"
"""What BucketRow holds, of a bucket that a statement calls `b`."""


@dataclass(frozen=True, slots=True)
class Pill:
    """A bucket's label, its parent's ("" without one), its colour step, its first and last day."""

    scheme_id: int
    label: str
    parent: str
    tone: int
    lower: int
    upper: int | None


class BucketRow(NamedTuple):
    """A bucket as its pill needs it."""

    pk: int
    scheme_id: int
    label: str
    parent: str
    step: int
    lower: int
    upper: int | None


def pills(bucket_ids: Iterable[int | None]) -> dict[int, Pill]:
    """The pills of these buckets and of all others of their schemes, by bucket id; one query."""
    named = {bucket_id for bucket_id in bucket_ids if bucket_id is not None}
    if not named:
        return {}
    of_schemes = (
        "b.scheme_id IN (SELECT n.scheme_id FROM cases_bucket n WHERE n.id = ANY(%(named)s))"
    )
    return _read(f"FROM cases_bucket b WHERE {of_schemes}", named=sorted(named))


def pills_in_use(on: date) -> dict[int, Pill]:
    """The pills of the schemes that are valid on a business date or later; one query."""
    return _read(in_use("%(on)s::date"), on=on)


def in_use(on: str) -> str:
    """FROM and WHERE of the buckets `b` whose schemes are valid on a date or later; on: its SQL."""
    return (
        "FROM cases_bucket b JOIN cases_bucketscheme s ON s.id = b.scheme_id "
        f"WHERE (s.valid_to IS NULL OR s.valid_to > {on})"
    )


def _read(chosen: str, **values: object) -> dict[int, Pill]:
    scope = current_scope()
    statement = f"SELECT {COLUMNS} {chosen} AND {wall_1(Bucket, scope.kind, 'b')}"
    return in_scale(starmap(BucketRow, rows(statement, values | {"scope": scope.company_id})))


def pills_of(bucket_ids: Iterable[int | None], known: dict[int, Pill]) -> dict[int, Pill]:
    """The pills of these buckets: those already read, where they suffice; else as `pills`."""
    named = set(bucket_ids) - {None}
    return known if named <= known.keys() else pills(named)


def in_scale(buckets: Iterable[Bucket | BucketRow]) -> dict[int, Pill]:
    """The pills of whole schemes, scheme by scheme from the lowest bucket up."""
    ladders: dict[int, list[Bucket | BucketRow]] = {}
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
