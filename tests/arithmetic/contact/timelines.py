"""Shorthand for timelines of contacts: local times as text, contacts in few words."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from collection.contact_calendar import HolidayCalendar
from collection.contact_clock import SHANGHAI
from collection.contact_policy import (
    ContactFacts,
    ContactRules,
    Decision,
    PastContact,
    weigh,
)
from collection.contact_presets import preset

NEW_YORK = ZoneInfo("America/New_York")
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
LONDON = ZoneInfo("Europe/London")
KOLKATA = ZoneInfo("Asia/Kolkata")

ON = date(2026, 3, 10)
CN = preset("CN", ON)
US = preset("US", ON)
UK = preset("UK", ON)
IN = preset("IN", ON)

CALENDAR = HolidayCalendar()


def moment(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """Read "03-10 08:00" or "03-10 08:00:00" of 2026 on a clock; a Z behind it means UTC."""
    clock: Any = UTC if text.endswith("Z") else zone
    text = text.removesuffix("Z")
    seconds = "" if text.count(":") == 2 else ":00"
    return datetime.fromisoformat(f"2026-{text}{seconds}").replace(tzinfo=clock)


def contact(text: str, state: str = "unanswered", **known: Any) -> PastContact:
    """Return a call in 2026, about debt A on number A of the borrower if nothing else is said."""
    zone = known.pop("zone", SHANGHAI)
    values: dict[str, Any] = {"channel": "call", "number": "A", "debt": "A"} | known
    return PastContact(moment(text, zone), state=state, **values)


def ask(text: str, *rules: ContactRules, **known: Any) -> Decision:
    """Ask for a call in 2026, about debt A on number A of the borrower if nothing else is said."""
    values: dict[str, Any] = {
        "channel": "call",
        "zone": SHANGHAI,
        "number": "A",
        "debt": "A",
        "calendar": CALENDAR,
    } | known
    return weigh(ContactFacts(at=moment(text, values["zone"]), **values), rules or (CN,))
