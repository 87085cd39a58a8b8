"""Forms of the gate's screens: a rule's figures, a day off, a question for the simulator."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.models import Case, ContactPoint
from collection.contact_figures import FLAGS, figured, typed
from collection.contact_presets import JURISDICTIONS
from collection.contact_words import FIGURES, place_label
from collection.models import ContactTry
from tenancy.form_fields import DayField, MomentField, SegmentField

YES_NO = (("yes", _("yes")), ("no", _("no")))


class RuleForm(forms.Form):
    """The figures of one rule, and from when they hold."""

    def __init__(
        self, *args: Any, rule: str, figures: Mapping[str, Any], today: date, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        for name in figured(rule):
            label: Any = FIGURES[name]
            initial = typed(name, figures.get(name))
            if name in FLAGS:
                self.fields[name] = SegmentField(label=label, choices=YES_NO, initial=initial)
            else:
                self.fields[name] = forms.CharField(
                    label=label,
                    initial=initial,
                    required=False,
                    max_length=200,
                    widget=forms.TextInput(attrs={"autocomplete": "off"}),
                )
        self.fields["valid_from"] = DayField(label=_("Valid from"), initial=today)

    @property
    def given(self) -> dict[str, str]:
        """The figures as they were typed."""
        return {
            name: str(value) for name, value in self.cleaned_data.items() if name != "valid_from"
        }


class DayOffForm(forms.Form):
    """A date that is a holiday, or is none."""

    jurisdiction = forms.ChoiceField(label=_("Jurisdiction"))
    on = DayField(label=_("Date"))
    is_holiday = SegmentField(
        label=_("It is"), choices=(("yes", _("a holiday")), ("no", _("no holiday")))
    )
    name = forms.CharField(
        label=_("What the day is"), help_text=_("Such as: moved working day, local holiday.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        place = self.fields["jurisdiction"]
        assert isinstance(place, forms.ChoiceField)
        place.choices = [(code, place_label(code)) for code in JURISDICTIONS]


class SimulatorForm(forms.Form):
    """A contact that might be made: which case, by which point and channel, when."""

    number = forms.CharField(
        label=_("Loan no"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    point = forms.ChoiceField(label=_("Whom"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), choices=ContactTry.Channel.choices)
    purpose = forms.ChoiceField(
        label=_("Purpose"), required=False, choices=ContactTry.Purpose.choices
    )
    at = MomentField(
        label=_("Moment"), required=False, help_text=_("On the company's clock; empty: now.")
    )

    def __init__(
        self, *args: Any, case: Case | None, points: list[ContactPoint], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.case = case
        self.points = {str(point.uid): point for point in points}
        whom = self.fields["point"]
        assert isinstance(whom, forms.ChoiceField)
        whom.choices = [
            ("", _("The borrower, by letter or visit")),
            *((uid, _point_label(point)) for uid, point in self.points.items()),
        ]

    def clean_number(self) -> str:
        """A case that the person sees."""
        if self.case is None:
            raise ValidationError(_("No case that you see has this loan number."))
        number: str = self.cleaned_data["number"]
        return number

    def clean_purpose(self) -> str:
        """To collect, where nothing else is said."""
        return self.cleaned_data["purpose"] or ContactTry.Purpose.COLLECT

    @property
    def chosen(self) -> ContactPoint | None:
        """The contact point asked about."""
        return self.points.get(self.cleaned_data.get("point") or "")


class ReplayForm(forms.Form):
    """A day whose contacts are weighed again, and the date whose rules they are weighed under."""

    day = DayField(label=_("Contacts of"))
    rules_on = DayField(label=_("Under the rules of"))


def _point_label(point: ContactPoint) -> str:
    return f"{point.get_relation_display()} · {point.number_mask}"


def as_uid(text: str) -> UUID | None:
    """The id that a text is, None for any other text."""
    try:
        return UUID(text)
    except ValueError:
        return None
