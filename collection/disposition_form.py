"""The form for one result code."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from collection.disposition_editing import LONGEST_NAME, Change
from collection.facts import FACTS
from collection.models import Disposition
from tenancy.form_fields import Checks, half_width

SECONDS_AN_HOUR = 3600


class HoursField(forms.DecimalField):
    """A delay in hours, such as 0.5 or 48, without needless zeros."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        """The hours typed, full-width digits understood."""
        found = super().to_python(half_width(value) if isinstance(value, str) else value)
        return None if found is None else plain_hours(found)


def plain_hours(hours: Decimal) -> Decimal:
    """The figure without needless zeros: 48.00 -> 48, 0.50 -> 0.5."""
    return hours.quantize(Decimal(1)) if hours == hours.to_integral_value() else hours.normalize()


class DispositionForm(forms.Form):
    """What a company may change of a code. Empty hours: who writes the note says when."""

    name_en = forms.CharField(label=_("Name in English"), max_length=LONGEST_NAME)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=LONGEST_NAME)
    is_active = forms.BooleanField(label=_("In use"), required=False)
    remark_required = forms.BooleanField(label=_("A remark is required"), required=False)
    required = forms.MultipleChoiceField(label=_("Required facts"), required=False, widget=Checks)
    next_action_en = forms.CharField(
        label=_("Next action in English"), required=False, max_length=LONGEST_NAME
    )
    next_action_zh = forms.CharField(
        label=_("Next action in Chinese"), required=False, max_length=LONGEST_NAME
    )
    next_action_after = HoursField(
        label=_("Hours until then"),
        required=False,
        max_digits=7,
        decimal_places=2,
        min_value=Decimal(0),
        help_text=_("Empty: a fact or a deadline names the moment, or the note says when."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = self.fields["required"]
        assert isinstance(known, forms.MultipleChoiceField)
        known.choices = [(fact.name, fact.label) for fact in FACTS.values()]

    @staticmethod
    def initial_of(code: Disposition) -> dict[str, Any]:
        """How a stored code stands in the form."""
        after = code.next_action_after
        hours = None if after is None else Decimal(int(after.total_seconds())) / SECONDS_AN_HOUR
        return {
            "name_en": code.name_en,
            "name_zh": code.name_zh,
            "is_active": code.is_active,
            "remark_required": code.remark_required,
            "required": [name for name in FACTS if name in code.required],
            "next_action_en": code.next_action_en,
            "next_action_zh": code.next_action_zh,
            "next_action_after": None if hours is None else plain_hours(hours),
        }

    @property
    def change(self) -> Change:
        """What was typed, for the verb."""
        typed = self.cleaned_data
        hours = typed["next_action_after"]
        after = None if hours is None else timedelta(seconds=int(hours * SECONDS_AN_HOUR))
        return Change(**typed | {"next_action_after": after})
