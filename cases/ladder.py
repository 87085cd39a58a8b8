"""The bucket scheme that is valid on a date, as plain values that aging can lay on its cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Min, Q

from cases.bucket_scheme import Band
from cases.models import Bucket, BucketScheme
from cases.statements import OWNER, rows
from tenancy.models import Company


class NoScheme(LookupError):
    """The lender has no bucket scheme on that date."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One band of a scheme that is in use, with the id of its bucket."""

    bucket_id: int
    band: Band


@dataclass(frozen=True, slots=True)
class Scheme:
    """A version of a lender's scheme; the rungs stand from the lowest up.

    Valid from a date (None: from the beginning) up to, not including, another (None: until
    further notice).
    """

    scheme_id: int
    name: str
    version: int
    valid_from: date | None
    valid_to: date | None
    rungs: tuple[Rung, ...]

    @property
    def bands(self) -> tuple[Band, ...]:
        """The bands, from the lowest up."""
        return tuple(rung.band for rung in self.rungs)


def scheme_on(*, company: Company, on: date) -> Scheme:
    """The lender's scheme valid on the business date `on`; raises NoScheme if there is none.

    Where two versions are valid from the beginning, the later one has replaced the other.
    """
    row = (
        BucketScheme.objects.filter(
            Q(valid_from=None) | Q(valid_from__lte=on),
            Q(valid_to=None) | Q(valid_to__gt=on),
            owner=company,
        )
        .order_by("-version")
        .first()
    )
    if row is None:
        raise NoScheme(f"{company.code} has no bucket scheme on {on}.")
    return as_scheme(row)


def as_scheme(row: BucketScheme) -> Scheme:
    """The plain values of a stored scheme."""
    buckets = Bucket.objects.filter(owner_id=row.owner_id, scheme_id=row.pk).order_by("step")
    rungs = tuple(Rung(b.pk, Band(b.label, b.lower, b.upper, b.parent)) for b in buckets)
    return Scheme(row.pk, row.name, row.version, row.valid_from, row.valid_to, rungs)


def next_scheme_from(*, company: Company, after: date) -> date | None:
    """The first date after `after` on which another scheme becomes valid; None if none is set."""
    planned = BucketScheme.objects.filter(owner=company, valid_from__gt=after)
    ever_valid = planned.filter(Q(valid_to=None) | Q(valid_to__gt=F("valid_from")))
    first: date | None = ever_valid.aggregate(first=Min("valid_from"))["first"]
    return first


_LADDER_ON = f"""
SELECT b.id, b.label, b.lower, b.upper, b.parent, (
    SELECT min(n.valid_from) FROM cases_bucketscheme n WHERE n.owner_id = {OWNER}
      AND n.valid_from > %(on)s AND (n.valid_to IS NULL OR n.valid_to > n.valid_from))
FROM cases_bucket b WHERE b.owner_id = {OWNER} AND b.scheme_id = (
    SELECT s.id FROM cases_bucketscheme s WHERE s.owner_id = {OWNER}
      AND (s.valid_from IS NULL OR s.valid_from <= %(on)s)
      AND (s.valid_to IS NULL OR s.valid_to > %(on)s)
    ORDER BY s.version DESC LIMIT 1)
ORDER BY b.step
"""  # noqa: S608 (a constant of cases.statements)


def ladder_on(*, company: Company, on: date) -> dict[str, Any]:
    """The parameters of LADDER on a date, and `look_again`: next_scheme_from; one query.

    Raises NoScheme as scheme_on does.
    """
    found = rows(_LADDER_ON, {"owner": company.pk, "on": on})
    if not found:
        raise NoScheme(f"{company.code} has no bucket scheme on {on}.")
    ladder = [
        (pk, Band(label, lower, upper, parent)) for pk, label, lower, upper, parent, _ in found
    ]
    return {"look_again": found[0][-1], **_values(ladder)}


def ladder_values(scheme: Scheme) -> dict[str, Any]:
    """The parameters of LADDER for a scheme.

    A scheme that begins at 1 gets a rung below it that is no bucket, for cases on their first day.
    """
    return _values([(rung.bucket_id, rung.band) for rung in scheme.rungs])


def bands_values(bands: Sequence[Band]) -> dict[str, Any]:
    """The parameters of LADDER for bands that are not stored."""
    return _values([(None, band) for band in sorted(bands, key=lambda band: band.lower)])


def _values(ladder: Sequence[tuple[int | None, Band]]) -> dict[str, Any]:
    lowest = ladder[0][1].lower
    rungs: list[tuple[int | None, str | None, int, int | None]] = [
        (bucket_id, band.label, band.lower, band.upper) for bucket_id, band in ladder
    ]
    if lowest > 0:
        rungs.insert(0, (None, None, 0, lowest - 1))
    ids, labels, lowers, uppers = (list(column) for column in zip(*rungs, strict=True))
    return {
        "bucket_ids": ids,
        "labels": labels,
        "lowers": lowers,
        "uppers": uppers,
    }


LADDER = """unnest(%(bucket_ids)s::bigint[], %(labels)s::text[], %(lowers)s::int[],
        %(uppers)s::int[]) AS ladder(bucket_id, label, lower, upper)"""
