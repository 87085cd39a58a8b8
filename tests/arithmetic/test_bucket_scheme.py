"""Bucket schemes: the presets day by day, and every fault of a scheme."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.bucket_scheme import PRESETS, Band, BandFault, band_for, check_bands


def label(scheme: str, dpd: int) -> str | None:
    band = band_for(PRESETS[scheme], dpd)
    return band.label if band else None


@pytest.mark.parametrize(
    ("scheme", "days"),
    [
        ("small_loans", {-1: None, 0: "M0", 1: "S1", 10: "S1", 11: "S2", 20: "S2", 21: "S3",
                         30: "S3", 31: "M2", 60: "M2", 61: "M3", 90: "M3", 91: "M3+",
                         5000: "M3+"}),
        ("three_stage", {0: None, 1: "M1", 30: "M1", 31: "M2", 60: "M2", 61: "M3", 90: "M3",
                         91: "M3+"}),
        ("platform", {0: None, 1: "M0", 30: "M0", 31: "M1", 60: "M1", 61: "M2", 90: "M2",
                      91: "M3+"}),
    ],
)  # fmt: skip
def test_presets(scheme: str, days: dict[int, str | None]) -> None:
    assert {dpd: label(scheme, dpd) for dpd in days} == days
    assert check_bands(PRESETS[scheme]) == []


def test_the_fine_buckets_of_small_loans_group_as_m1() -> None:
    grouped = [band.label for band in PRESETS["small_loans"] if band.parent == "M1"]
    assert grouped == ["S1", "S2", "S3"]


def faults(*bands: Band) -> list[str]:
    return [fault.code for fault in check_bands(bands)]


def test_each_fault_has_its_code() -> None:
    last = Band("C", 31, None)
    assert check_bands([]) == [BandFault("no_bands")]
    assert faults(Band("A", 2, 30), last) == ["first_lower"]
    assert faults(Band(" ", 0, 30), last) == ["empty_label"]
    assert faults(Band("A", 0, 10), Band("A", 11, 30), last) == ["duplicate_label"]
    assert faults(Band("A" * 13, 0, 30), last) == ["long_label"]
    assert faults(Band("A", 0, 30, parent="P" * 13), last) == ["long_label"]
    assert faults(Band("A", 0, 30, parent="C"), last) == ["parent_is_label"]
    assert faults(Band("A", 0, 30), Band("B", 31, 60)) == ["last_not_open_ended"]
    assert faults(Band("A", 0, None), last) == ["open_ended_inside"]
    assert "upper_below_lower" in faults(Band("A", 1, 0), last)


def test_gaps_and_overlaps_name_the_days() -> None:
    last = Band("C", 31, None)
    assert check_bands([last, Band("A", 0, 27)]) == [
        BandFault(
            "gap", {"label": "A", "next_label": "C", "first_day": 28, "last_day": 30}
        )
    ]  # fmt: skip
    assert check_bands([Band("A", 0, 31), last]) == [
        BandFault("overlap", {"label": "A", "next_label": "C", "day": 31})
    ]
    within = check_bands([Band("A", 0, 30), Band("B", 5, 9), last])
    assert within == [BandFault("overlap", {"label": "A", "next_label": "B", "day": 5})]


@given(first=st.integers(0, 1), widths=st.lists(st.integers(1, 40), max_size=8))
def test_a_sound_scheme_gives_every_day_exactly_one_band(first: int, widths: list[int]) -> None:
    bands, lower = [], first
    for number, width in enumerate(widths):
        bands.append(Band(f"B{number}", lower, lower + width - 1))
        lower += width
    bands.append(Band("last", lower, None))
    assert check_bands(bands) == []
    assert band_for(bands, first - 1) is None
    for dpd in range(first, lower + 3):
        holding = [b for b in bands if b.lower <= dpd and (b.upper is None or dpd <= b.upper)]
        assert [band_for(bands, dpd)] == holding


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.one_of(st.none(), st.integers(0, 30))),
        min_size=1,
        max_size=5,
    )
)
def test_a_scheme_without_faults_has_one_band_for_every_day(
    spans: list[tuple[int, int | None]],
) -> None:
    bands = [Band(f"B{n}", lower, upper) for n, (lower, upper) in enumerate(spans)]
    one_each = all(
        sum(b.lower <= d and (b.upper is None or d <= b.upper) for b in bands) == 1
        for d in range(min(b.lower for b in bands), 40)
    )
    starts_early = min(b.lower for b in bands) <= 1
    tidy = all(b.upper is None or b.lower <= b.upper for b in bands)
    assert (check_bands(bands) == []) == (one_each and starts_early and tidy)
