"""Bucket schemes: bands of days past due with a label each, their checks and the presets.

Labels belong to a scheme: compare days past due or the order of bands, never a label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LABEL_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Band:
    """Days past due from `lower` to `upper`, both included; without `upper`, open-ended.

    A `parent` label groups fine bands in lists and reports.
    """

    label: str
    lower: int
    upper: int | None
    parent: str = ""


@dataclass(frozen=True, slots=True)
class BandFault:
    """What is wrong with a scheme: a code, and the values that a sentence about it needs."""

    code: str
    params: dict[str, str | int] = field(default_factory=dict)


def check_bands(bands: Sequence[Band]) -> list[BandFault]:
    """Everything wrong with a scheme, in any order of its bands; empty if it can be used.

    Codes: no_bands, empty_label, long_label, duplicate_label, parent_is_label, first_lower (it
    must be 0 or 1), upper_below_lower, open_ended_inside, gap, overlap, last_not_open_ended.
    """
    if not bands:
        return [BandFault("no_bands")]
    ordered = sorted(bands, key=lambda band: band.lower)
    return [*_label_faults(bands), *_day_faults(ordered)]


def _label_faults(bands: Sequence[Band]) -> Iterator[BandFault]:
    seen = Counter(band.label for band in bands)
    for label, times in seen.items():
        if not label.strip():
            yield BandFault("empty_label")
        elif times > 1:
            yield BandFault("duplicate_label", {"label": label})
    for name in sorted({*seen, *(band.parent for band in bands)}):
        if len(name) > LABEL_LENGTH:
            yield BandFault("long_label", {"label": name, "limit": LABEL_LENGTH})
    for parent in sorted({band.parent for band in bands if band.parent} & set(seen)):
        yield BandFault("parent_is_label", {"label": parent})


def _day_faults(ordered: Sequence[Band]) -> Iterator[BandFault]:
    if ordered[0].lower not in (0, 1):
        yield BandFault("first_lower", {"label": ordered[0].label, "lower": ordered[0].lower})
    for band in ordered:
        if band.upper is not None and band.upper < band.lower:
            yield BandFault(
                "upper_below_lower",
                {"label": band.label, "lower": band.lower, "upper": band.upper},
            )
    yield from _seam_faults(ordered)
    if ordered[-1].upper is not None:
        yield BandFault("last_not_open_ended", {"label": ordered[-1].label})


def _seam_faults(ordered: Sequence[Band]) -> Iterator[BandFault]:
    """Compare each band with the one that reaches furthest so far."""
    furthest = ordered[0]
    for band in ordered[1:]:
        names: dict[str, str | int] = {"label": furthest.label, "next_label": band.label}
        if furthest.upper is None:
            yield BandFault("open_ended_inside", names)
            return
        if band.lower <= furthest.upper:
            yield BandFault("overlap", {**names, "day": band.lower})
        elif band.lower > furthest.upper + 1:
            days = {"first_day": furthest.upper + 1, "last_day": band.lower - 1}
            yield BandFault("gap", {**names, **days})
        if band.upper is None or band.upper > furthest.upper:
            furthest = band


def band_for(bands: Sequence[Band], dpd: int) -> Band | None:
    """The band of a case with so many days past due; None below the first band.

    A loan enters collections on its due date, so with a scheme that begins at 1 a case has no
    bucket yet on its first day.
    """
    for band in bands:
        if band.lower <= dpd and (band.upper is None or dpd <= band.upper):
            return band
    return None


PRESETS: dict[str, tuple[Band, ...]] = {
    "small_loans": (
        Band("M0", 0, 0),
        Band("S1", 1, 10, parent="M1"),
        Band("S2", 11, 20, parent="M1"),
        Band("S3", 21, 30, parent="M1"),
        Band("M2", 31, 60),
        Band("M3", 61, 90),
        Band("M3+", 91, None),
    ),
    "three_stage": (
        Band("M1", 1, 30),
        Band("M2", 31, 60),
        Band("M3", 61, 90),
        Band("M3+", 91, None),
    ),
    "platform": (
        Band("M0", 1, 30),
        Band("M1", 31, 60),
        Band("M2", 61, 90),
        Band("M3+", 91, None),
    ),
}
