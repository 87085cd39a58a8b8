"""Filters and tags write exactly what docs/screens.md says, in both languages, and escape."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from tenancy import formats
from tenancy.screen import Segment, TimelineItem, bucket_tone, timeline_days

SHANGHAI = ZoneInfo("Asia/Shanghai")
LAGOS = ZoneInfo("Africa/Lagos")
NOW = datetime(2026, 11, 19, 2, 42, tzinfo=UTC)  # 10:42 in Shanghai, a Thursday
EVIL = "<script>alert('x')</script>\""


def shown(source: str, **context: object) -> str:
    """A template's output, with the tags loaded."""
    return Template("{% load recoup_ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Decimal("9208"), "9,208.00"),
        (Decimal("1234567.8"), "1,234,567.80"),
        (Decimal("-1500"), "\u22121,500.00"),
        (Decimal("-0.001"), "0.00"),
        (Decimal("0.005"), "0.00"),
        (Decimal("0.015"), "0.02"),
        (0, "0.00"),
        (Decimal("99999999999999999999.99"), "99,999,999,999,999,999,999.99"),
        (None, ""),
    ],
)
def test_money(amount: Decimal | int | None, written: str) -> None:
    assert shown("{{ amount|money }}", amount=amount) == written


@pytest.mark.parametrize("amount", [1.5, "1.50", ""])
def test_money_never_passes_through_a_float_or_a_text(amount: object) -> None:
    with pytest.raises(TypeError):
        shown("{{ amount|money }}", amount=amount)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=2, min_value=-(10**15), max_value=10**15
    )
)
def test_money_can_be_read_back_to_the_cent(amount: Decimal) -> None:
    read = formats.money(amount).replace(",", "").replace(formats.MINUS, "-")
    assert Decimal(read) == amount


@pytest.mark.parametrize(
    ("amount", "written"),
    [(Decimal("1500"), "+1,500.00"), (Decimal("-300"), "\u2212300.00"), (0, "0.00"), (None, "")],
)
def test_signed_money(amount: Decimal | int | None, written: str) -> None:
    assert shown("{{ amount|signed_money }}", amount=amount) == written


def test_count_and_percent() -> None:
    assert shown("{{ n|count }}", n=12345) == "12,345"
    assert shown("{{ n|count:10000 }}", n=10001) == "10,000+"
    assert shown("{{ n|count:10000 }}", n=10000) == "10,000"
    assert shown("{{ n|count }}", n=-3) == "\u22123"
    assert shown("{{ n|count }}", n=None) == ""
    assert shown("{{ r|percent }}", r=Decimal("0.1184")) == "11.8%"
    assert shown("{{ r|percent:2 }}", r=Decimal("0.0017")) == "0.17%"


def test_dates_on_the_companys_clock_not_the_servers() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    with timezone.override(SHANGHAI):
        assert shown("{{ at|day }}", at=late) == "2026-11-21"
        assert shown("{{ at|stamp }}", at=late) == "2026-11-21 07:30"
        assert shown("{{ at|clock }}", at=late) == "07:30"
        assert shown("{{ at|day_short }}", at=late) == "11-21"
        assert shown("{{ at|stamp:zone }}", at=late, zone=LAGOS) == "2026-11-21 00:30"
        assert shown("{{ at|stamp:'Africa/Lagos' }}", at=late) == "2026-11-21 00:30"
        assert shown("{{ at|day }}{{ at|moment }}{{ at|day_long }}", at=None) == ""


@pytest.mark.parametrize(
    ("language", "long", "heading", "other_year", "stamp"),
    [
        (
            "en",
            "21 November 2026",
            "Saturday 21 November",
            "Wednesday 31 December 2025",
            "Sat 21 November, 08:00",
        ),
        (
            "zh-hans",
            "2026年11月21日",
            "11月21日 周六",
            "2025年12月31日 周三",
            "11月21日（周六）08:00",
        ),
    ],
)
def test_dates_in_sentences(
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    long: str,
    heading: str,
    other_year: str,
    stamp: str,
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    day = date(2026, 11, 21)
    with translation.override(language), timezone.override(SHANGHAI):
        assert shown("{{ day|day_long }}", day=day) == long
        assert shown("{{ day|day_heading }}", day=day) == heading
        assert shown("{{ day|day_heading }}", day=date(2025, 12, 31)) == other_year
        assert shown("{{ at|stamp_long }}", at=datetime(2026, 11, 21, tzinfo=UTC)) == stamp


@pytest.mark.parametrize(
    ("language", "today", "yesterday", "tomorrow", "heading"),
    [
        ("en", "today 10:36", "yesterday 17:20", "tomorrow 10:00", "Today, Thursday 19 November"),
        ("zh-hans", "今天 10:36", "昨天 17:20", "明天 10:00", "今天 11月19日 周四"),
    ],
)
def test_moments_near_today(
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    today: str,
    yesterday: str,
    tomorrow: str,
    heading: str,
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)

    def at(*parts: int) -> datetime:
        return datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[arg-type,misc]

    with translation.override(language), timezone.override(SHANGHAI):
        assert shown("{{ at|moment }}", at=at(2026, 11, 19, 10, 36)) == today
        assert shown("{{ at|moment }}", at=at(2026, 11, 18, 17, 20)) == yesterday
        assert shown("{{ at|moment }}", at=at(2026, 11, 20, 10, 0)) == tomorrow
        assert shown("{{ at|moment }}", at=at(2026, 11, 17, 15, 32)) == "11-17 15:32"
        assert shown("{{ at|moment }}", at=at(2025, 11, 18, 15, 32)) == "2025-11-18 15:32"
        assert shown("{{ day|day_heading }}", day=date(2026, 11, 19)) == heading
        assert shown("{{ day|day_near }}", day=date(2026, 11, 20)) == tomorrow.split(maxsplit=1)[0]


def test_a_day_is_the_companys_day() -> None:
    """17:30 UTC on the 18th is already the 19th in Shanghai, and still the 18th in Lagos."""
    at = datetime(2026, 11, 18, 17, 30, tzinfo=UTC)
    assert formats.moment(at, SHANGHAI, NOW) == "today 01:30"
    assert formats.moment(at, LAGOS, NOW) == "yesterday 18:30"


@pytest.mark.parametrize(
    ("language", "written"), [("en", "Outstanding (CNY)"), ("zh-hans", "Outstanding（CNY）")]
)
def test_currency_stands_in_the_label(language: str, written: str) -> None:
    with translation.override(language):
        assert shown("{{ 'Outstanding'|in_currency:'CNY' }}") == written


def test_bucket_colours_go_by_order_not_by_label() -> None:
    assert [bucket_tone(n, 7) for n in range(7)] == [0, 1, 2, 3, 4, 5, 6]
    assert [bucket_tone(n, 4) for n in range(4)] == [0, 2, 4, 6]
    assert bucket_tone(0, 1) == 0
    for size in range(2, 12):
        tones = [bucket_tone(n, size) for n in range(size)]
        assert tones == sorted(tones)
        assert (tones[0], tones[-1]) == (0, 6)


def test_pill_and_days_past_due() -> None:
    assert shown("{% bucket_pill 'S2' 2 %}") == '<span class="bk bk-2">S2</span>'
    assert shown("{% bucket_pill 'M3+' 99 %}") == '<span class="bk bk-6">M3+</span>'
    pill = '<span class="bk bk-2">S2</span>'
    assert (
        shown("{% dpd 17 'S2' 2 %}")
        == f'<span class="dpd">17<span class="sub"> d</span>{pill}</span>'
    )
    with translation.override("zh-hans"):
        assert (
            shown("{% dpd 17 'S2' 2 %}")
            == f'<span class="dpd">17<span class="sub"> 天</span>{pill}</span>'
        )


@pytest.mark.parametrize(
    "source",
    [
        "{% bucket_pill evil 1 evil %}",
        "{% dpd 3 evil 1 %}",
        "{% reason_badge 'callback' evil %}",
        "{% reason_badge evil evil %}",
        "{% state_badge evil evil %}",
        "{% status evil evil evil %}",
        "{% tags many %}",
        "{% avatar evil evil %}",
        "{% icon evil evil %}",
        "{% load_bar segments 9 %}",
        "{{ evil|in_currency:evil }}",
    ],
)
def test_tags_escape_what_comes_from_outside(source: str) -> None:
    html = shown(
        source, evil=EVIL, many=[EVIL] * 4, segments=[Segment(label=EVIL, value=3, tone=1)]
    )
    assert "<script" not in html
    assert EVIL not in html


def test_tags_show_two_and_name_the_rest() -> None:
    html = shown("{% tags labels %}", labels=["a", "b", "c", "d"])
    assert html.count('class="tag"') == 2
    assert "+2" in html
    assert 'title="c, d"' in html
    assert shown("{% tags labels %}", labels=[]) == ""


def test_bars_carry_their_figures_and_no_style() -> None:
    segments = [Segment(label="M0", value=22, tone=0), Segment(label="S1", value=58, tone=1)]
    html = shown("{% load_bar segments 160 %}", segments=segments)
    assert 'aria-label="M0 22 S1 58"' in html
    assert 'x="13.75%" width="36.25%"' in html
    assert 'width="22.22%"' in shown("{% change_bar 138 178 180 %}")
    assert "style" not in html
    assert shown("{% change_bar 0 0 0 %}").count("<rect") == 3


def test_companys_mark() -> None:
    class Named:
        code = "HAIYUE"

        def __init__(self, label: str) -> None:
            self.label = label

    assert shown("{{ c|mark_of }}", c=Named("海岳消费金融")) == "海"
    assert shown("{{ c|mark_of }}", c=Named("Haiyue")) == "HA"


def test_timeline_days_are_the_companys_and_keep_the_order() -> None:
    items = [
        TimelineItem(at=NOW - timedelta(hours=hours), what=str(hours), icon="phone")
        for hours in (0, 10, 11, 40)
    ]
    with timezone.override(SHANGHAI):
        days = timeline_days(items)
    assert [(d.day.day, [i.what for i in d.items]) for d in days] == [
        (19, ["0", "10"]),
        (18, ["11"]),
        (17, ["40"]),
    ]
