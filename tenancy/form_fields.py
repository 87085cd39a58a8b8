"""Form fields as the field types them: money, days, moments, and choices one picks by digit."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenancy.formats import in_currency
from tenancy.screen import Text

DAY_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
MOMENT_FORMATS = tuple(f"{day} {time}" for day in DAY_FORMATS for time in ("%H:%M", "%H:%M:%S"))


def half_width(text: str) -> str:
    """Digits and punctuation of an East Asian keyboard as ASCII ("１２．５" -> "12.5")."""
    return unicodedata.normalize("NFKC", text)


class MoneyField(forms.DecimalField):
    """An amount of a currency, which its label shows; thousands may be grouped by commas.

    `currency` may also be set in the form's `__init__`, once the company is known.
    """

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "num"})
    default_error_messages = {"invalid": _("Type an amount such as 1,500.00.")}

    def __init__(self, *, currency: str = "", **options: Any) -> None:
        super().__init__(**{"max_digits": 18, "decimal_places": 2} | options)
        self.currency = currency

    def to_python(self, value: Any) -> Any:
        """The amount typed, commas and full-width digits understood."""
        return super().to_python(
            half_width(value).replace(",", "") if isinstance(value, str) else value
        )

    def prepare_value(self, value: object) -> object:
        """Stored amounts with thousands grouped; what was typed stays as typed."""
        return f"{value:,.2f}" if isinstance(value, Decimal) else value

    def shown_label(self, label: Text) -> Text:
        """The label with the currency behind it."""
        return in_currency(label, self.currency) if self.currency else label


class DayField(forms.DateField):
    """A calendar day, typed in any of the usual ways: 2026-11-21, 20261121, 2026年11月21日."""

    widget = forms.DateInput(
        format="%Y-%m-%d",
        attrs={"data-rc-day": "date", "placeholder": _("YYYY-MM-DD"), "autocomplete": "off"},
    )
    default_error_messages = {"invalid": _("Type a date such as 2026-11-21.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"input_formats": DAY_FORMATS} | options)

    def to_python(self, value: Any) -> Any:
        """The day typed, full-width digits understood."""
        return super().to_python(half_width(value) if isinstance(value, str) else value)


class MomentField(forms.DateTimeField):
    """A day and a time on the company's clock, typed: 2026-11-21 10:00."""

    widget = forms.DateTimeInput(
        format="%Y-%m-%d %H:%M",
        attrs={
            "data-rc-day": "datetime-local",
            "placeholder": _("YYYY-MM-DD HH:MM"),
            "autocomplete": "off",
        },
    )
    default_error_messages = {"invalid": _("Type a time such as 2026-11-21 10:00.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"input_formats": MOMENT_FORMATS} | options)

    def to_python(self, value: Any) -> datetime | None:
        """The moment typed; the clock in force gives it its zone."""
        if isinstance(value, str):
            value = half_width(value).replace("T", " ")
        return super().to_python(value)


class Checks(forms.CheckboxSelectMultiple):
    """Any of several choices, each with a tick box; as many side by side as fit."""

    template_name = "parts/checks.html"


class Segments(forms.RadioSelect):
    """A choice of a few, side by side; the digits 1–9 pick one."""

    template_name = "parts/segments.html"


class SegmentField(forms.ChoiceField):
    """One of a few choices, shown side by side."""

    widget = Segments

    def __init__(self, *, choices: Sequence[tuple[str, Text]] = (), **options: Any) -> None:
        super().__init__(choices=choices, **options)
