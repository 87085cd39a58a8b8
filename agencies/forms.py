"""What is asked before cases are placed with an agency or taken back."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.packages import AgencyChoice
from tenancy.form_fields import DayField

REASON_LENGTH = 300


class PlaceForm(forms.Form):
    """With whom, until when, and why. `seen` is the agency whose effect was shown last."""

    agency = forms.ChoiceField(label=_("Agency"), widget=forms.Select(attrs={"data-rc-look": True}))
    ends_on = DayField(
        label=_("Last day with the agency"),
        required=False,
        help_text=_("The next night takes back what is left. Empty: until it is recalled."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=REASON_LENGTH)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: Sequence[AgencyChoice], **options: Any) -> None:
        super().__init__(*args, **options)
        self.by_code = {choice.agency.code: choice for choice in choices}
        field = self.fields["agency"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("Choose an agency")),
            *((code, choice.agency.label) for code, choice in self.by_code.items()),
        ]

    @property
    def chosen(self) -> AgencyChoice | None:
        """The agency that stands in the field now, whatever the other fields hold."""
        return self.by_code.get(str(self["agency"].value() or ""))


class RecallForm(forms.Form):
    """Why cases are taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        help_text=_("It stands in the history of each case; the agency reads it on the package."),
    )
