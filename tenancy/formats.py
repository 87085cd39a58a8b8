"""How figures, dates and moments are written: one way for screens, messages and files.

Nothing here reads a row. Money is a Decimal, never a float. Dates and moments are written on the
clock in force (the company's, which the middleware activates) unless a zone is given.
"""

import re
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils import dateformat, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext

NOT_MONEY = "money is a Decimal or an int, not {}"
MINUS = "\u2212"
COUNT_CAP = 10_000
"""Counts are taken up to one more than this and written "10,000+" beyond it."""


class HasZone(Protocol):
    """Anything with a clock of its own, such as a Company."""

    @property
    def zone(self) -> ZoneInfo: ...


Zone = tzinfo | str | HasZone | None


def money(amount: Decimal | int | None) -> str:
    """An amount with thousands grouped and two places: 9208 -> "9,208.00"; None -> "".

    The minus is U+2212, so that digits keep their column. Half a cent goes to the even cent.
    Raises TypeError for a float: money never passes through one.
    """
    if amount is None:
        return ""
    if not isinstance(amount, (Decimal, int)):
        raise TypeError(NOT_MONEY.format(type(amount).__name__))
    text = f"{amount:,.2f}"
    if text[0] != "-":
        return text
    return text[1:] if text == "-0.00" else MINUS + text[1:]


def signed_money(amount: Decimal | int | None) -> str:
    """Like `money`, with a plus before gains: "+1,500.00"; zero has no sign."""
    text = money(amount)
    if amount is None or not text or text[0] == MINUS or text == "0.00":
        return text
    return "+" + text


def count(number: int | None, cap: int | None = None) -> str:
    """A whole number with thousands grouped: "12,345"; None -> "".

    With `cap`, a number beyond it is written "10,000+": lists count no further than they need.
    """
    if number is None:
        return ""
    if cap is not None and number > cap:
        return f"{cap:,}+"
    text = f"{number:,}"
    return MINUS + text[1:] if text[0] == "-" else text


def percent(ratio: Decimal | int | None, places: int = 1) -> str:
    """A ratio as a percentage: Decimal("0.0357") -> "3.6%", with 2 places "3.57%"; None -> ""."""
    if ratio is None:
        return ""
    if not isinstance(ratio, (Decimal, int)):
        raise TypeError(NOT_MONEY.format(type(ratio).__name__))
    text = f"{Decimal(ratio) * 100:,.{places}f}%"
    return MINUS + text[1:] if text[0] == "-" else text


def in_currency(label: str | Promise, currency: str) -> str:
    """A column's or field's label with its currency: "Outstanding (CNY)"."""
    return gettext("%(label)s (%(currency)s)") % {"label": label, "currency": currency}


def local(moment_at: datetime, zone: Zone = None) -> datetime:
    """The moment on the given clock (a zone, its name, or a company), or on the one in force."""
    if not zone:
        return timezone.localtime(moment_at)
    if isinstance(zone, str):
        zone = ZoneInfo(zone)
    elif not isinstance(zone, tzinfo):
        zone = zone.zone
    return moment_at.astimezone(zone)


def as_date(value: date | datetime, zone: Zone = None) -> date:
    """The calendar date of a date or moment."""
    return local(value, zone).date() if isinstance(value, datetime) else value


def day(value: date | datetime | None, zone: Zone = None) -> str:
    """A date as tables write it: "2026-11-21"; None -> ""."""
    return as_date(value, zone).isoformat() if value else ""


def day_short(value: date | datetime | None, zone: Zone = None) -> str:
    """A date whose year is plain from its place: "11-21"; None -> ""."""
    return as_date(value, zone).isoformat()[5:] if value else ""


def day_long(value: date | datetime | None, zone: Zone = None) -> str:
    """A date in a sentence: "21 November 2026", 2026年11月21日; None -> ""."""
    if not value:
        return ""
    return _dated(as_date(value, zone), pgettext("date format", "j F Y"))


def day_heading(value: date | datetime | None, zone: Zone = None) -> str:
    """A day's heading: "Today, Thursday 19 November", 11月18日 周三; the year if not this one."""
    if not value:
        return ""
    that, today = as_date(value, zone), local(timezone.now(), zone).date()
    if that.year != today.year:
        return _dated(that, pgettext("date format", "l j F Y"))
    heading = _dated(that, pgettext("date format", "l j F"))
    if that == today:
        return gettext("Today, %(day)s") % {"day": heading}
    return heading


def clock(value: datetime | None, zone: Zone = None) -> str:
    """The time of day: "15:32"; None -> ""."""
    return f"{local(value, zone):%H:%M}" if value else ""


def stamp(value: datetime | None, zone: Zone = None) -> str:
    """Date and time in full: "2026-11-17 15:32"; None -> ""."""
    return f"{local(value, zone):%Y-%m-%d %H:%M}" if value else ""


def stamp_long(value: datetime | None, zone: Zone = None) -> str:
    """From when something is allowed: "Fri 20 November, 08:00", 11月20日（周五）08:00."""
    return _dated(local(value, zone), pgettext("date format", "D j F, H:i")) if value else ""


def moment(value: datetime | None, zone: Zone = None, now: datetime | None = None) -> str:
    """When something happened or will: "yesterday 17:20", "11-17 15:32", "2025-11-17 15:32".

    Days next to today have their name, others of this year no year; None -> "".
    """
    if not value:
        return ""
    that = local(value, zone)
    today = local(now or timezone.now(), zone).date()
    time = f"{that:%H:%M}"
    match (that.date() - today).days:
        case 0:
            return gettext("today %(time)s") % {"time": time}
        case -1:
            return gettext("yesterday %(time)s") % {"time": time}
        case 1:
            return gettext("tomorrow %(time)s") % {"time": time}
    return f"{that:%m-%d} {time}" if that.year == today.year else f"{that:%Y-%m-%d} {time}"


def day_near(value: date | None, zone: Zone = None, now: datetime | None = None) -> str:
    """A business date near today: "today", "tomorrow", "11-21"; with its year if another one."""
    if not value:
        return ""
    that, today = as_date(value, zone), local(now or timezone.now(), zone).date()
    if that == today:
        return gettext("today")
    if that == today - timedelta(days=1):
        return gettext("yesterday")
    if that == today + timedelta(days=1):
        return gettext("tomorrow")
    return that.isoformat()[5:] if that.year == today.year else that.isoformat()


def _dated(value: date, pattern: str) -> str:
    """The date in a Django date format, but `D` is what calendars print: Thu, 周四."""
    names = dateformat.DateFormat(value)
    weekday = _weekdays()[value.weekday()]
    return "".join(
        weekday if part == "D" else names.format(part) for part in re.split("(D)", pattern) if part
    )


def _weekdays() -> tuple[str, ...]:
    return (
        pgettext("weekday", "Mon"),
        pgettext("weekday", "Tue"),
        pgettext("weekday", "Wed"),
        pgettext("weekday", "Thu"),
        pgettext("weekday", "Fri"),
        pgettext("weekday", "Sat"),
        pgettext("weekday", "Sun"),
    )
