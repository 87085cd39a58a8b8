"""Days off by the company's own word: a date that is a holiday, or is none, whatever the calendar.

The calendars (collection.contact_calendar) come from packages whose data end; what stands here
goes before them. A company may add holidays for any jurisdiction; it may say that a holiday of the
calendar is none only from this day on, with its name, and the audit trail keeps it.
"""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from collection.models import DayOff
from tenancy.audit import record_change
from tenancy.lengths import too_long
from tenancy.models import Company, User
from tenancy.night import business_date


def days_off(company: Company, jurisdiction: str, since: date) -> Mapping[date, bool]:
    """What the company says of dates from `since` on: whether each is a holiday."""
    rows = DayOff.objects.filter(company=company, jurisdiction=jurisdiction, on__gte=since)
    return dict(rows.values_list("on", "is_holiday"))


def set_day_off(
    *,
    company: Company,
    jurisdiction: str,
    on: date,
    is_holiday: bool,
    name: str,
    by: User | None,
) -> DayOff:
    """Say that a date is a holiday, or is none. Raises ValidationError by field.

    A date that is over stays as it was: contacts were weighed with it.
    """
    wrong = too_long(DayOff(name=name.strip()), "name")
    if on < business_date(company):
        wrong["on"] = _("This date is past.")
    if not name.strip():
        wrong["name"] = _("Say what the day is.")
    if wrong:
        raise ValidationError(wrong)
    with transaction.atomic():
        row, _made = DayOff.objects.update_or_create(
            company=company,
            jurisdiction=jurisdiction,
            on=on,
            defaults={
                "is_holiday": is_holiday,
                "name": name.strip(),
                "entered_by_name": by.display_name if by else "",
                "entered_at": timezone.now(),
            },
        )
        after = {
            "jurisdiction": jurisdiction,
            "on": on.isoformat(),
            "is_holiday": is_holiday,
            "name": row.name,
        }
        record_change(actor=by, verb="set_day_off", obj=row, after=after)
    return row
