"""Local clocks for the contact gate: first instants, whole minutes, and changes of the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
DAY_MINUTES = 24 * 60
LONGEST_SEARCH = 3 * DAY_MINUTES

SHANGHAI = ZoneInfo("Asia/Shanghai")
URUMQI = ZoneInfo("Asia/Urumqi")
CHINESE_ZONES = frozenset(
    {
        *("Asia/Shanghai", "Asia/Chongqing", "Asia/Chungking", "Asia/Harbin", "PRC"),
        *("Asia/Urumqi", "Asia/Kashgar"),
    }
)
WESTERN_ZONES = frozenset({"Asia/Urumqi", "Asia/Kashgar"})
WESTERN_REGIONS = ("新疆", "xinjiang", "urumqi", "乌鲁木齐")


class Clocks(NamedTuple):
    """The clocks of a person: the legal one, further ones they may live by, and noon's."""

    zone: ZoneInfo
    others: tuple[ZoneInfo, ...] = ()
    noon: ZoneInfo | None = None


def clocks_of(zone: ZoneInfo, *, region: str = "", number_zone: ZoneInfo | None = None) -> Clocks:
    """Return the clocks of a person in `zone` and `region`, whose number belongs to a zone.

    China has one legal time; in Xinjiang people live by Asia/Urumqi as well.
    """
    others = () if number_zone is None or number_zone == zone else (number_zone,)
    if zone.key not in CHINESE_ZONES:
        return Clocks(zone, others)
    place = region.casefold()
    if zone.key in WESTERN_ZONES or any(name in place for name in WESTERN_REGIONS):
        return Clocks(SHANGHAI, (URUMQI,), URUMQI)
    return Clocks(SHANGHAI, others)


def minute_of_day(local: datetime) -> int:
    """Return the minute that the wall clock shows, counted from its midnight."""
    return local.hour * 60 + local.minute


def clock(minute: int) -> str:
    """Return a minute of the day as it is written: 480 is 08:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def whole_minute(moment: datetime) -> datetime:
    """Return the first whole minute that is not before the moment."""
    floor = moment.replace(second=0, microsecond=0)
    return floor if floor == moment else floor + MINUTE


def midnight(zone: ZoneInfo, day: date) -> datetime:
    """Return the first instant of a local date, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def next_time(
    zone: ZoneInfo, moment: datetime, minute: int, shows: Callable[[int], bool]
) -> datetime:
    """Return the first whole minute after `moment` for which `shows(minute of the day)` holds.

    It must hold at `minute` of the day (up to 24:00) and, where the clock does not change, at no
    minute between. Where it changes, minutes are tried one by one: the clock may show the time
    never, twice, or turn back into it.
    """
    local = moment.astimezone(zone)
    day = local.date() if minute_of_day(local) < minute else local.date() + DAY
    if minute == DAY_MINUTES:
        day, minute = day + DAY, 0
    wall = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone)
    found = wall.astimezone(UTC)
    if found.astimezone(zone).utcoffset() == local.utcoffset():
        return found
    tried = whole_minute(moment)
    for _ in range(LONGEST_SEARCH):
        if tried > moment and shows(minute_of_day(tried.astimezone(zone))):
            return tried
        tried += MINUTE
    return tried
