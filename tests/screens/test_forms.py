"""Forms: labels above, errors beside and on top, nothing typed lost, money and dates as typed."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.utils import timezone, translation

from tenancy.form_fields import DayField, MomentField, MoneyField
from tests.screens.samples import LONG, PromiseForm


def test_errors_are_gathered_on_top_and_stand_beside_their_fields() -> None:
    html = str(PromiseForm({"amount": "1,2x", "remark": LONG, "channel": "app", "contact": "self"}))
    assert "Not saved, 2 fields to correct:" in html
    assert '<a href="#id_amount">Amount</a>' in html
    assert html.index('role="alert"') < html.index('id="id_amount"')
    assert 'id="id_amount_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_amount_helptext id_amount_error"' in html


def test_nothing_typed_is_lost() -> None:
    html = str(PromiseForm({"amount": "1,2x", "day": "soon", "remark": LONG, "channel": "app"}))
    assert 'value="1,2x"' in html
    assert 'value="soon"' in html
    assert "Ikorodu" in html
    assert '<option value="app" selected>' in html


def test_a_form_without_faults_has_no_summary() -> None:
    assert 'role="alert"' not in str(PromiseForm())


def test_what_is_typed_is_escaped() -> None:
    html = str(PromiseForm({"amount": '"><script>', "remark": "</textarea><script>"}))
    assert "<script" not in html


def test_money_shows_its_currency_in_both_languages() -> None:
    assert "Amount (CNY)" in str(PromiseForm())
    with translation.override("zh-hans"):
        assert "Amount（CNY）" in str(PromiseForm())


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("12,000.00", "12000"),
        ("１２．５", "12.5"),
        (" 9208 ", "9208"),
        ("1，500", "1500"),
        ("0.01", "0.01"),
    ],
)
def test_money_as_people_type_it(typed: str, amount: str) -> None:
    assert MoneyField().clean(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["abc", "NaN", "Infinity", "1.005", "1" * 30, "=1+1"])
def test_money_that_is_none(typed: str) -> None:
    with pytest.raises(forms.ValidationError):
        MoneyField().clean(typed)


def test_stored_money_is_shown_grouped_and_unchanged() -> None:
    class Sheet(forms.Form):
        amount = MoneyField(currency="CNY")

    assert 'value="12,000.00"' in str(Sheet(initial={"amount": Decimal(12000)}))
    again = Sheet({"amount": "12,000.00"}, initial={"amount": Decimal(12000)})
    assert again.has_changed() is False


@pytest.mark.parametrize(
    "typed", ["2026-11-21", "2026/11/21", "20261121", "2026年11月21日", "２０２６-11-21"]
)
def test_dates_accept_typing(typed: str) -> None:
    assert DayField().clean(typed) == date(2026, 11, 21)


@pytest.mark.parametrize("typed", ["2026-02-29", "21-11", "tomorrow"])
def test_dates_that_are_none(typed: str) -> None:
    with pytest.raises(forms.ValidationError):
        DayField().clean(typed)


def test_a_typed_time_is_the_companys() -> None:
    with timezone.override("Africa/Lagos"):
        at = MomentField().clean("2026-11-21T10:00")
    assert at == datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Africa/Lagos"))
