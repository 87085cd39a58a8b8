"""Contact rules that hold by law or by requirement, as dated rows per jurisdiction.

They are what a new company starts with, and what nobody may loosen. `mark` says how well a figure
is known: "text" the rule's own text was read, "press" several summaries agree, "requirement" asked
for by whoever runs this system, "ours" a sensible start without authority.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from collection.contact_figures import from_figures
from collection.contact_rules import MAX_EFFECTIVE_SECONDS, RULES, ContactRules

JURISDICTIONS = ("CN", "US", "UK", "IN")
ALWAYS = date(2000, 1, 1)
STANDARD_FROM = date(2025, 2, 28)
GUIDELINE_FROM = date(2026, 1, 30)
REGULATION_F_FROM = date(2021, 11, 30)
CONC_FROM = date(2014, 4, 1)
RBI_FROM = date(2022, 8, 12)

STANDARD = "GB/T 45251-2025"
GUIDELINE = "金融机构个人消费类贷款催收工作指引（试行）"
REQUIRED = "Recoup requirement"


@dataclass(frozen=True, slots=True)
class PresetRow:
    """A rule of a jurisdiction with its figures, valid from a date up to another (exclusive)."""

    jurisdiction: str
    rule: str
    figures: Mapping[str, Any]
    legal_basis: str
    mark: str
    valid_from: date
    source: str
    valid_to: date | None = None

    def holds_on(self, on: date) -> bool:
        """Say whether the row is valid on a date."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


def _window(opens: str, closes: str) -> dict[str, Any]:
    return {"opens": opens, "closes": closes, "every_clock": True}


def _everywhere(rule: str, source: str, **figures: Any) -> tuple[PresetRow, ...]:
    """Return a rule that holds in every jurisdiction, whatever its law says."""
    return tuple(
        PresetRow(place, rule, figures, REQUIRED, "requirement", ALWAYS, source)
        for place in JURISDICTIONS
    )


EVERYWHERE = (
    *_everywhere("hold", "a hold names the contacts that it stops"),
    *_everywhere("not_holder", "only the company that holds the case contacts the borrower"),
    *_everywhere("third_refused", "a third person's refusal is for good"),
    *_everywhere("own_refused", "a number or channel that the borrower refused is left alone"),
    *_everywhere(
        "third_locked",
        "the first dial never goes to an emergency contact",
        third_failures=3,
        third_days=3,
    ),
    *_everywhere(
        "cool_down", "seven dates after a complaint; their number is ours", cool_down_days=7
    ),
)
NOON = {"breaks": [{"opens": "12:00", "closes": "14:00", "excused": True}]}
CHINA = (
    PresetRow(
        "CN",
        "window",
        _window("08:00", "21:00"),
        f"{REQUIRED}; {STANDARD}",
        "requirement",
        ALWAYS,
        "stricter than the standard, which bars 22:00–08:00",
    ),
    PresetRow(
        "CN",
        "window",
        _window("08:00", "22:00"),
        GUIDELINE,
        "press",
        GUIDELINE_FROM,
        "bars 22:00–08:00 without consent",
    ),
    PresetRow(
        "CN",
        "noon",
        NOON,
        REQUIRED,
        "requirement",
        ALWAYS,
        "noon needs special handling; the hours are ours",
    ),
    PresetRow(
        "CN",
        "holiday",
        {"holidays": ["CN"], "holidays_excused": True},
        REQUIRED,
        "requirement",
        ALWAYS,
        "public holidays need special handling",
    ),
    PresetRow(
        "CN",
        "conversations_day",
        {"conversations_a_day": 3, "effective_seconds": 0},
        STANDARD,
        "press",
        STANDARD_FROM,
        "conversations that the collector starts, by voice, robot calls included",
    ),
    PresetRow(
        "CN",
        "attempts_number_day",
        {"attempts_a_number": 6},
        GUIDELINE,
        "press",
        GUIDELINE_FROM,
        "by the China Banking Association, an industry body",
    ),
    PresetRow(
        "CN",
        "third_locked",
        {"third_failures": 3, "third_days": 3},
        f"{STANDARD}; {GUIDELINE}",
        "press",
        GUIDELINE_FROM,
        "third persons only once the borrower is unreachable",
    ),
    PresetRow(
        "CN",
        "visits_day",
        {"visits_a_day": 1},
        STANDARD,
        "press",
        STANDARD_FROM,
        "weakly known; at least two people go",
    ),
)
UNITED_STATES = (
    PresetRow(
        "US",
        "window",
        _window("08:00", "21:00"),
        "12 CFR 1006.6(b)(1)(i)",
        "text",
        REGULATION_F_FROM,
        "after 8:00 and before 21:00 at the consumer's place",
    ),
    PresetRow(
        "US",
        "seven_in_seven",
        {"calls_in_seven": 7, "calls_in_seven_person": None, "seven_rolling": False},
        "12 CFR 1006.14(b)(2)(i)(A)",
        "text",
        REGULATION_F_FROM,
        "presumed harassing above seven calls in seven consecutive days, per person and debt",
    ),
    PresetRow(
        "US",
        "after_conversation",
        {"after_conversation_days": 7},
        "12 CFR 1006.14(b)(2)(i)(B)",
        "text",
        REGULATION_F_FROM,
        "the date of the conversation is the first of the seven",
    ),
)
UNITED_KINGDOM = (
    PresetRow(
        "UK",
        "window",
        _window("08:00", "21:00"),
        "FCA CONC 7.9",
        "ours",
        CONC_FROM,
        "no unreasonable times; the hours are ours",
    ),
)
INDIA = (
    PresetRow(
        "IN",
        "window",
        _window("08:00", "19:00"),
        "RBI/2022-23/108",
        "text",
        RBI_FROM,
        "no calls before 8:00 and after 19:00",
    ),
)
PRESET_ROWS: tuple[PresetRow, ...] = (
    *EVERYWHERE,
    *CHINA,
    *UNITED_STATES,
    *UNITED_KINGDOM,
    *INDIA,
)
"""Every preset row. Several rows of one rule hold together: the strictest figure counts."""


def preset_rows(jurisdiction: str, on: date) -> list[PresetRow]:
    """Return the rows of a jurisdiction that are valid on a date, in the order of the rules."""
    rows = [row for row in PRESET_ROWS if row.jurisdiction == jurisdiction and row.holds_on(on)]
    return sorted(rows, key=lambda row: (RULES.index(row.rule), row.valid_from))


@lru_cache(maxsize=256)
def preset(jurisdiction: str, on: date) -> ContactRules:
    """Return what a company of a jurisdiction starts with on a date; no limits if it is unknown."""
    return _together(preset_rows(jurisdiction, on))


@lru_cache(maxsize=256)
def floor(jurisdiction: str, on: date) -> ContactRules:
    """Return what holds in a jurisdiction whatever a company says.

    It is the preset but for the seconds that make a talk count, which are the company's own.
    """
    return replace(preset(jurisdiction, on), effective_seconds=MAX_EFFECTIVE_SECONDS)


def _together(rows: Iterable[PresetRow]) -> ContactRules:
    return from_figures((row.rule, row.figures, row.legal_basis) for row in rows)


PRESETS: Mapping[str, ContactRules] = MappingProxyType(
    {
        place: _together(
            row for row in PRESET_ROWS if row.jurisdiction == place and not row.valid_to
        )
        for place in JURISDICTIONS
    }
)
"""The newest rules of every jurisdiction: those without an end."""
