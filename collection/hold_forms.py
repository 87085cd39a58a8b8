"""What is asked to open a hold, to answer one, to prolong or to lift it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.hold_answers import LONGEST_ANSWER
from cases.holds import LONGEST_REASON
from collection.hold_words import kind_name, stops_words
from tenancy.form_fields import DayField
from tenancy.models import User

SHARED_HISTORY = _(
    "It stands in the history of each case it covers, and an agency that holds the case reads it."
)


def _reason(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST_REASON,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OpenHoldForm(forms.Form):
    """Which kind of hold, why, and until when where the kind ends by itself."""

    kind = forms.ChoiceField(label=_("Kind of hold"))
    reason = _reason(_("Reason"), SHARED_HISTORY)
    complained_of = forms.ModelChoiceField(
        label=_("Whom a complaint is about"),
        queryset=User.objects.none(),
        to_field_name="uid",
        required=False,
        empty_label=_("Who works the case"),
        help_text=_("That person never lifts it."),
    )
    ends_on = DayField(
        label=_("Until, the first day without it"),
        required=False,
        help_text=_("Only for kinds that end by themselves. Empty: the usual time of the kind."),
    )
    answer_by = DayField(
        label=_("To be answered by"),
        required=False,
        help_text=_("Empty: the usual time of the kind. For a bankruptcy, the day in court."),
    )

    def __init__(
        self, *args: Any, kinds: Sequence[str], at_desk: bool, today: date, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose a kind")), *((code, kind_name(code)) for code in kinds)]
        self.stops = [(kind_name(code), stops_words(code)) for code in kinds]
        if not at_desk:
            for name in ("complained_of", "ends_on", "answer_by"):
                del self.fields[name]
            return
        people = User.objects.filter(is_active=True).order_by("display_name", "pk")
        self.fields["complained_of"].queryset = people  # type: ignore[attr-defined]
        self.today = today

    def clean_answer_by(self) -> date | None:
        """A day that is still to come."""
        day: date | None = self.cleaned_data["answer_by"]
        if day is not None and day < self.today:
            raise forms.ValidationError(_("This day is past."))
        return day


class AnswerHoldForm(forms.Form):
    """The answer, or what was found when one looked again."""

    answer = forms.CharField(
        label=_("Answer"),
        max_length=LONGEST_ANSWER,
        help_text=_(
            "What was found and what was told to the person. It stands in the history, and an "
            "agency that holds the case reads it."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class HoldReasonForm(forms.Form):
    """Why a hold is lifted, or its time prolonged."""

    reason = _reason(_("Reason"), SHARED_HISTORY)


class DisasterForm(forms.Form):
    """A natural disaster: the region, until when, why."""

    region = forms.CharField(
        label=_("Region"),
        max_length=64,
        help_text=_("As the loans file writes it; every open case of its loans."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    ends_on = DayField(
        label=_("Until, the first day without it"),
        required=False,
        help_text=_("The announced end; empty: 90 days, which is the longest."),
    )
    reason = _reason(_("Reason"), SHARED_HISTORY)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
