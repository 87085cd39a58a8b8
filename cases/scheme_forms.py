"""The form of a bucket scheme: its name and date, and one line a bucket."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.bucket_scheme import LABEL_LENGTH, Band
from tenancy.form_fields import DayField, half_width

MOST_BANDS = 20
SPARE_LINES = 3


class DaysField(forms.IntegerField):
    """A number of days, full-width digits understood."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "num", "size": 3})

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": 99_999} | options)

    def to_python(self, value: Any) -> int | None:
        """The number typed."""
        return super().to_python(half_width(value) if isinstance(value, str) else value)


class SchemeForm(forms.Form):
    """What the scheme is called and from which business date on it is valid.

    seen: a mark of what was shown before; confirming needs the same as was seen.
    """

    name = forms.CharField(label=_("Name"), max_length=80)
    valid_from = DayField(
        label=_("Valid from"),
        help_text=_("The business date or a later one; that night moves the cases."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


def _label(label: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"size": 4})
    return forms.CharField(label=label, required=False, max_length=LABEL_LENGTH, widget=widget)


class BandForm(forms.Form):
    """One bucket; a line without a label and days is left out."""

    label = _label(_("Label"))
    lower = DaysField(label=_("First day"), required=False)
    upper = DaysField(label=_("Last day"), required=False)
    parent = _label(_("Group"))

    def clean(self) -> dict[str, Any]:
        """A line that says anything must say where it begins."""
        values = super().clean() or self.cleaned_data
        said = values.get("label") or values.get("upper") is not None or values.get("parent")
        if said and values.get("lower") is None and "lower" not in self.errors:
            raise ValidationError({"lower": _("On which day does it begin?")})
        return values


if TYPE_CHECKING:
    Lines = forms.BaseFormSet[BandForm]
else:
    Lines = forms.BaseFormSet  # Django's class takes no parameter when it runs


class BandLines(Lines):
    """The lines of a scheme."""

    def bands(self) -> list[Band]:
        """What was typed, without the empty lines."""
        return [
            Band(
                line.cleaned_data["label"].strip(),
                line.cleaned_data["lower"],
                line.cleaned_data["upper"],
                line.cleaned_data["parent"].strip(),
            )
            for line in self.forms
            if line.cleaned_data.get("lower") is not None
        ]


BandFormSet: type[BandLines] = cast(
    "type[BandLines]",
    forms.formset_factory(
        BandForm, formset=BandLines, extra=0, max_num=MOST_BANDS, absolute_max=MOST_BANDS
    ),
)


def lines_of(bands: Sequence[Band]) -> list[dict[str, Any]]:
    """The bands as a form's initial values, with spare lines below."""
    lines: list[dict[str, Any]] = [
        {"label": b.label, "lower": b.lower, "upper": b.upper, "parent": b.parent} for b in bands
    ]
    return [*lines, *({} for _ in range(min(SPARE_LINES, MOST_BANDS - len(lines))))]


def mark_of(bands: Sequence[Band], valid_from: date) -> str:
    """A short mark that differs for any other scheme or date."""
    said = repr((valid_from, sorted(bands, key=lambda band: band.lower)))
    return hashlib.sha256(said.encode()).hexdigest()[:16]
