"""The contact rules of a company on a date: its rows, never looser than the presets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

from babel.core import get_global

from cases.statements import rows
from collection.contact_calendar import HolidayCalendar
from collection.contact_figures import from_figures
from collection.contact_presets import floor, preset
from collection.contact_rules import ContactRules, strictest
from tenancy.models import Company

CODES = {"GB": "UK"}
"""What rules call a place that companies and time zones call otherwise."""

_TOLD = """
SELECT 'rule' AS what, jurisdiction AS place, rule AS name, figures::text AS figures,
    legal_basis AS basis, NULL::text AS day, NULL::boolean AS is_holiday
FROM collection_contactrule
WHERE company_id = %(company)s AND valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s)
UNION ALL
SELECT 'day', jurisdiction, name, '', '', "on"::text, is_holiday
FROM collection_dayoff
WHERE company_id = %(company)s AND "on" >= %(on)s - 1
"""
_LINE = "what, place, name, figures, basis, day, is_holiday"
SIDE = (
    f"(SELECT coalesce(jsonb_agg(jsonb_build_array({_LINE}) ORDER BY what, place, name), '[]') "  # noqa: S608 constants
    f"FROM ({_TOLD}) told)"
)
"""A company's rules and days off as one value; with side_values, for side_of."""

Row = tuple[str, str, str]
"""A rule's name, its figures as JSON text, and its legal basis."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one company brings to a decision on a date: rules by jurisdiction, its own holidays."""

    on: date
    rows: Mapping[str, tuple[Row, ...]]
    calendar: HolidayCalendar

    def rules(self, jurisdiction: str) -> ContactRules:
        """The rules for a jurisdiction; its preset where the company has no rows."""
        place = code_of(jurisdiction)
        return effective(place, self.rows.get(place, ()), self.on)

    def holiday(self, jurisdiction: str, on: date) -> str | None:
        """The name of the holiday, None on any other date."""
        return self.calendar(jurisdiction, on)


def code_of(jurisdiction: str) -> str:
    """What rules call a jurisdiction."""
    return CODES.get(jurisdiction, jurisdiction)


@lru_cache(maxsize=256)
def jurisdiction_of_zone(zone: str) -> str:
    """In which jurisdiction a time zone lies; "" where that is not known."""
    name = get_global("zone_aliases").get(zone, zone)
    return code_of(get_global("zone_territories").get(name, "") or "")


def read_side(company: Company, at: datetime) -> Side:
    """Read a company's rules and days off in its own scope, as they hold at a moment."""
    ((told,),) = rows(f"SELECT {SIDE}", side_values(company, at))
    return side_of(told, company, at)


def side_values(company: Company, at: datetime) -> dict[str, object]:
    """What SIDE asks for."""
    return {"company": company.pk, "on": company.local_date(at)}


def side_of(told: str, company: Company, at: datetime) -> Side:
    """What SIDE said of a company at a moment."""
    rules: dict[str, tuple[Row, ...]] = {}
    days: dict[tuple[str, date], str | None] = {}
    for what, place, name, figures, basis, day, is_holiday in json.loads(told):
        if what == "rule":
            rules[place] = (*rules.get(place, ()), (name, figures, basis))
        else:
            days[place, date.fromisoformat(day)] = (name or place) if is_holiday else None
    return Side(company.local_date(at), rules, HolidayCalendar(days))


@lru_cache(maxsize=1024)
def effective(jurisdiction: str, given: tuple[Row, ...], on: date) -> ContactRules:
    """A preset with a company's rows over it, each figure the stricter of the two.

    Only the seconds that make a talk count are the company's own, up to a limit.
    """
    if not given:
        return preset(jurisdiction, on)
    own = from_figures(given)
    least = (floor if own.conversations_a_day is not None else preset)(jurisdiction, on)
    # A rule rests on the law that it tightens; only one that no law has rests on the company.
    known = {name for name, _basis in least.bases}
    bases = {*least.bases, *(pair for pair in own.bases if pair[0] not in known)}
    return replace(strictest(least, own), bases=tuple(sorted(bases)))
