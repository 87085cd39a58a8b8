"""Public holidays for the contact gate, working days for deadlines: as published, by law, as told.

China publishes each year's holidays late in the year before; the days that are moved to make long
holidays are known only then. `chinesecalendar` has the published years. For a Chinese year that it
lacks, the days that the law names come from `holidays`, and the year says that it is `BY_LAW`:
days moved next to them are missing until somebody enters them. Elsewhere `holidays` is published
law enough. A jurisdiction or year that nobody knows has no holidays and says `UNKNOWN`.

The days of the weekend that China works in exchange for a holiday are published with it. For the
gate they are ordinary days like any weekend; where working days are counted they count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from types import MappingProxyType

PUBLISHED = "published"
BY_LAW = "by_law"
UNKNOWN = "unknown"

# Our jurisdictions, as the `holidays` package names country and part.
COUNTRIES: Mapping[str, tuple[str, str | None]] = MappingProxyType(
    {"CN": ("CN", None), "US": ("US", None), "UK": ("GB", "ENG"), "IN": ("IN", None)}
)


@dataclass(frozen=True, slots=True)
class HolidayYear:
    """The public holidays of a jurisdiction in a year, and how well they are known.

    worked: the days of the weekend that are worked in exchange for a holiday.
    """

    names: Mapping[date, str]
    known: str
    worked: frozenset[date] = frozenset()


@lru_cache(maxsize=256)
def holiday_year(jurisdiction: str, year: int) -> HolidayYear:
    """Return the public holidays of a year; names are in English."""
    if jurisdiction == "CN":
        names = _published_in_china(year)
        if names:
            return HolidayYear(names, PUBLISHED, _worked_in_china(year))
    if jurisdiction not in COUNTRIES:
        return HolidayYear({}, UNKNOWN)
    names = _by_law(jurisdiction, year)
    if not names:
        return HolidayYear(names, UNKNOWN)
    return HolidayYear(names, BY_LAW if jurisdiction == "CN" else PUBLISHED)


def _published_in_china(year: int) -> Mapping[date, str]:
    """Return the days off that the State Council announced for a year; none if not known yet.

    Weekends within a long holiday are among them; make-up workdays and other weekends are not.
    """
    from chinese_calendar import constants

    return {day: str(name) for day, name in constants.holidays.items() if day.year == year}


def _worked_in_china(year: int) -> frozenset[date]:
    """Return the make-up workdays that the State Council announced for a year."""
    from chinese_calendar import constants

    return frozenset(day for day in constants.workdays if day.year == year)


def _by_law(jurisdiction: str, year: int) -> Mapping[date, str]:
    """Return the holidays that the law of a jurisdiction names, as `holidays` has it."""
    from holidays import country_holidays  # takes a fifth of a second to load

    country, part = COUNTRIES[jurisdiction]
    language = "en_GB" if country == "GB" else "en_IN" if country == "IN" else "en_US"
    found = country_holidays(country, subdiv=part, years=year, language=language)
    return {day: name for day, name in found.items() if day.year == year}


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """The calendar that gate and deadlines ask: what a company says wins over what is published.

    days_off: by jurisdiction and date the name of a holiday, None where the company says that
    the date is none.
    """

    days_off: Mapping[tuple[str, date], str | None] = field(default_factory=dict)

    def __call__(self, jurisdiction: str, on: date) -> str | None:
        """Return the name of the public holiday on a date, None on any other date."""
        said = (jurisdiction, on)
        if said in self.days_off:
            return self.days_off[said]
        return holiday_year(jurisdiction, on.year).names.get(on)

    def is_worked(self, jurisdiction: str, on: date) -> bool:
        """Say whether a date counts where working days are counted.

        A date of which a company says that it is no holiday is a working day, at a weekend too: so
        are make-up workdays entered that are not published yet.
        """
        said = (jurisdiction, on)
        if said in self.days_off:
            return self.days_off[said] is None
        year = holiday_year(jurisdiction, on.year)
        return on in year.worked or (on.weekday() < 5 and on not in year.names)
