"""Working days where deadlines count them: holidays, make-up workdays, a company's own word."""

from datetime import date

import pytest

from cases.hold_kinds import after_working_days
from collection.contact_calendar import HolidayCalendar, holiday_year


@pytest.mark.parametrize(
    ("on", "worked"),
    [
        (date(2024, 2, 4), True),  # Sunday, for the Spring Festival
        (date(2024, 2, 9), True),  # Friday, the eve: off in most places, no holiday by notice
        (date(2024, 2, 12), False),  # Monday of the Spring Festival
        (date(2024, 2, 18), True),  # Sunday, for the Spring Festival
        (date(2024, 2, 25), False),  # Sunday like any other
        (date(2024, 10, 12), True),  # Saturday, for the National Day
        (date(2025, 1, 26), True),  # Sunday, for the Spring Festival
        (date(2025, 1, 28), False),  # Tuesday, the eve
        (date(2025, 2, 8), True),  # Saturday, for the Spring Festival
        (date(2025, 9, 27), False),  # Saturday like any other
        (date(2025, 9, 28), True),  # Sunday, for the National Day
        (date(2025, 10, 8), False),  # Wednesday of the National Day
        (date(2025, 10, 9), True),  # Thursday after it
        (date(2025, 10, 11), True),  # Saturday, for the National Day
        (date(2025, 10, 12), False),  # Sunday after it
        (date(2026, 2, 14), True),  # Saturday, for the Spring Festival
        (date(2026, 9, 20), True),  # Sunday, for the National Day
        (date(2026, 10, 10), True),  # Saturday, for the National Day
    ],
)
def test_days_of_china(on: date, worked: bool) -> None:
    assert HolidayCalendar().is_worked("CN", on) is worked


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        (date(2024, 2, 8), 2, date(2024, 2, 18)),
        (date(2025, 1, 24), 1, date(2025, 1, 26)),
        (date(2025, 1, 24), 2, date(2025, 1, 27)),
        (date(2025, 1, 27), 2, date(2025, 2, 6)),
        (date(2025, 9, 26), 2, date(2025, 9, 29)),
        (date(2025, 9, 30), 2, date(2025, 10, 10)),
        (date(2025, 9, 30), 3, date(2025, 10, 11)),
        (date(2025, 9, 30), 4, date(2025, 10, 13)),
        (date(2026, 9, 18), 1, date(2026, 9, 20)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 11, 20), 2, date(2026, 11, 24)),
    ],
)
def test_deadlines_in_china(start: date, days: int, last: date) -> None:
    def works(on: date) -> bool:
        return HolidayCalendar().is_worked("CN", on)

    assert after_working_days(start, days, works) == last


@pytest.mark.parametrize(
    ("jurisdiction", "on", "worked"),
    [
        ("US", date(2026, 12, 25), False),
        ("US", date(2026, 12, 26), False),
        ("US", date(2026, 12, 28), True),
        ("UK", date(2026, 12, 28), False),
        ("NG", date(2025, 9, 28), False),
        ("NG", date(2025, 9, 29), True),
    ],
)
def test_weekends_are_worked_nowhere_else(jurisdiction: str, on: date, worked: bool) -> None:
    assert HolidayCalendar().is_worked(jurisdiction, on) is worked
    assert holiday_year(jurisdiction, on.year).worked == frozenset()


def test_what_a_company_says_goes_before_the_calendar() -> None:
    calendar = HolidayCalendar(
        {
            ("CN", date(2025, 9, 28)): "Founding day",
            ("CN", date(2025, 9, 29)): "Founding day, moved",
            ("CN", date(2025, 10, 1)): None,
            ("CN", date(2025, 10, 12)): None,
            ("US", date(2025, 10, 9)): "Elsewhere",
        }
    )
    days = [date(2025, 9, 28), date(2025, 9, 29), date(2025, 10, 1), date(2025, 10, 12)]

    assert [calendar.is_worked("CN", on) for on in days] == [False, False, True, True]
    assert calendar.is_worked("CN", date(2025, 10, 9))


def test_a_make_up_workday_is_no_holiday_for_the_gate() -> None:
    assert HolidayCalendar()("CN", date(2025, 9, 28)) is None
