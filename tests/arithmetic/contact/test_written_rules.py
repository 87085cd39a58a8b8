"""Contact rules as rows and as typed, the presets, and the calendars of public holidays."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from collection.contact_calendar import (
    BY_LAW,
    PUBLISHED,
    UNKNOWN,
    HolidayCalendar,
    holiday_year,
)
from collection.contact_figures import (
    BadFigure,
    figured,
    figures_of,
    from_figures,
    looser,
    read,
    read_rule,
    typed,
)
from collection.contact_presets import (
    JURISDICTIONS,
    PRESET_ROWS,
    PRESETS,
    floor,
    preset,
    preset_rows,
)
from collection.contact_rules import (
    FIELDS,
    MAX_EFFECTIVE_SECONDS,
    NO_LIMITS,
    RULES,
    ContactRules,
    only_tightened,
)
from tests.arithmetic.contact.making import rules

CN = PRESETS["CN"]


@settings(max_examples=100)
@given(rules())
def test_figures_come_back_as_they_were_written_and_typed(held: ContactRules) -> None:
    if held.opens >= held.closes:
        return
    written = [(rule, figures_of(held, rule), "") for rule in RULES]

    found = from_figures(written)

    assert figures_of(found, "window") == figures_of(held, "window")
    for rule, figures, _ in written:
        assert figures_of(read_rule(rule, figures), rule) == figures
        for name, value in figures.items():
            assert read(name, typed(name, value)) == value


def test_every_rule_has_its_figures_and_every_figure_its_rule() -> None:
    names = [name for rule in RULES for name in figured(rule)]

    assert set(FIELDS) == set(RULES)
    assert sorted([*names, "bases"]) == sorted(ContactRules.__dataclass_fields__)
    assert [rule for rule in RULES if not figured(rule)] == [
        *("hold", "not_holder", "third_refused", "own_refused"),
    ]


@pytest.mark.parametrize(
    ("rule", "figures"),
    [
        ("windows", {}),
        ("window", {"opens": "8 am"}),
        ("window", {"opens": "08:61"}),
        ("window", {"closes": "24:01"}),
        ("window", {"opens": 480}),
        ("window", {"opens": "21:00", "closes": "08:00"}),
        ("window", {"limit": 3}),
        ("window", '{"opens": '),
        ("window", "[]"),
        ("noon", {"breaks": [{"opens": "14:00", "closes": "12:00"}]}),
        ("noon", {"breaks": "12:00-14:00"}),
        ("noon", {"breaks": [{"opens": "12:00", "closes": "14:00", "why": ""}]}),
        ("holiday", {"holidays": [1]}),
        ("holiday", {"holidays_excused": 1}),
        ("third_locked", {"third_failures": 3, "third_days": 0}),
        ("conversations_day", {"conversations_a_day": -1}),
        ("conversations_day", {"conversations_a_day": True}),
        ("conversations_day", {"conversations_a_day": "3"}),
        ("conversations_day", {"effective_seconds": MAX_EFFECTIVE_SECONDS + 1}),
        ("cool_down", {"cool_down_days": None}),
    ],
)
def test_what_is_no_figure_is_refused(rule: str, figures: Any) -> None:
    with pytest.raises(BadFigure):
        read_rule(rule, figures)


@pytest.mark.parametrize(
    ("name", "text"),
    [("opens", "eight"), ("visits_a_day", "one"), ("seven_rolling", "maybe"), ("breaks", "noon")],
)
def test_what_is_typed_and_no_figure_is_refused(name: str, text: str) -> None:
    with pytest.raises(BadFigure):
        read(name, text)


@pytest.mark.parametrize(
    ("figures", "faults"),
    [
        ({"opens": "09:00", "closes": "20:00", "every_clock": True}, []),
        ({"opens": "07:59", "closes": "21:01"}, ["opens", "closes"]),
        ({"every_clock": False}, ["every_clock"]),
        ({"breaks": []}, ["breaks"]),
        ({"breaks": [{"opens": "11:30", "closes": "14:00"}]}, []),
        ({"breaks": [{"opens": "12:00", "closes": "14:00", "excused": False}]}, []),
        ({"breaks": [{"opens": "12:00", "closes": "13:30"}]}, ["breaks"]),
        ({"holidays": ["CN", "UK"]}, []),
        ({"holidays": []}, ["holidays"]),
        ({"third_failures": 2, "third_days": 4}, ["third_failures"]),
        ({"conversations_a_day": None}, ["conversations_a_day"]),
        ({"conversations_a_day": 2, "effective_seconds": 30}, []),
        ({"borrower_a_day": 5, "collector_a_day": 300}, []),
        ({"cool_down_days": 6}, ["cool_down_days"]),
    ],
)
def test_a_company_may_tighten_and_not_loosen(figures: dict[str, Any], faults: list[str]) -> None:
    assert looser(CN, figures) == faults


def test_presets_have_the_figures_of_the_law() -> None:
    found = {place: PRESETS[place] for place in JURISDICTIONS}

    assert [(one.opens, one.closes) for one in found.values()] == [
        *((480, 1260), (480, 1260), (480, 1260), (480, 1140)),
    ]
    assert (CN.conversations_a_day, CN.attempts_a_number, CN.visits_a_day) == (3, 6, 1)
    assert (found["US"].calls_in_seven, found["US"].after_conversation_days) == (7, 7)
    assert {one.cool_down_days for one in found.values()} == {7}
    assert {(one.third_failures, one.third_days) for one in found.values()} == {(3, 3)}


def test_preset_rows_name_their_law_their_source_and_their_dates() -> None:
    for row in PRESET_ROWS:
        assert row.legal_basis
        assert row.source
        assert row.mark in {"text", "press", "requirement", "ours"}
        read_rule(row.rule, row.figures, row.legal_basis)
    rules_ = [row.rule for row in preset_rows("CN", date(2026, 3, 10))]
    assert rules_ == sorted(rules_, key=RULES.index)


def test_a_preset_changes_with_the_law() -> None:
    assert preset("CN", date(2025, 2, 27)).conversations_a_day is None
    assert preset("CN", date(2025, 2, 28)).conversations_a_day == 3
    assert preset("CN", date(2026, 1, 29)).attempts_a_number is None
    assert preset("CN", date(2026, 1, 30)) == CN
    assert preset("NG", date(2026, 3, 10)) == NO_LIMITS


def test_a_preset_and_the_companys_seconds_keep_to_the_floor() -> None:
    on = date(2026, 3, 10)

    assert floor("CN", on).effective_seconds == MAX_EFFECTIVE_SECONDS
    assert not only_tightened(floor("CN", on), preset("CN", on))


def test_china_knows_moved_days_of_published_years() -> None:
    calendar = HolidayCalendar()

    assert [day for day in range(1, 13) if calendar("CN", date(2026, 10, day))] == [
        *range(1, 8),
    ]
    assert calendar("CN", date(2026, 10, 10)) is None
    assert calendar("CN", date(2026, 10, 1)) == "National Day"
    assert holiday_year("CN", 2026).known == PUBLISHED


def test_a_chinese_year_without_data_has_the_days_of_the_law_and_says_so() -> None:
    year = holiday_year("CN", 2031)

    assert year.known == BY_LAW
    assert {date(2031, 1, 1), date(2031, 5, 1), date(2031, 10, 1)} <= set(year.names)
    assert holiday_year("CN", 2190).known == UNKNOWN


@pytest.mark.parametrize(
    ("jurisdiction", "on"),
    [
        ("US", date(2026, 12, 25)),
        ("UK", date(2026, 12, 28)),
        ("IN", date(2026, 1, 26)),
    ],
)
def test_holidays_elsewhere(jurisdiction: str, on: date) -> None:
    assert HolidayCalendar()(jurisdiction, on)
    assert holiday_year("NG", 2026).known == UNKNOWN


def test_what_a_company_says_of_a_date_wins() -> None:
    calendar = HolidayCalendar(
        {("CN", date(2026, 10, 1)): None, ("CN", date(2026, 10, 12)): "Founding day"}
    )

    assert calendar("CN", date(2026, 10, 1)) is None
    assert calendar("CN", date(2026, 10, 12)) == "Founding day"
    assert calendar("US", date(2026, 10, 12)) == "Columbus Day"
