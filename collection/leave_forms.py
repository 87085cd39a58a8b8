"""What is asked about a leave: who is away, from when to when, who covers."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from collection.leave import LONGEST_REASON, Plan
from tenancy.form_fields import DayField
from tenancy.models import User


class LeaveForm(forms.Form):
    """A leave to enter. `seen` is the pair of people whose effect was shown last."""

    user = forms.ChoiceField(
        label=_("Who is away"), widget=forms.Select(attrs={"data-rc-look": True})
    )
    first_day = DayField(label=pgettext_lazy("leave", "First day"))
    last_day = DayField(
        label=pgettext_lazy("leave", "Last day"),
        help_text=_("The cases come back in the night after it."),
    )
    cover = forms.ChoiceField(
        label=pgettext_lazy("person", "Cover"),
        required=False,
        widget=forms.Select(attrs={"data-rc-look": True}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=LONGEST_REASON,
        help_text=_("It stands in the history of each case."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Sequence[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.by_uid = {str(person.uid): person for person in people}
        named = [(uid, person.display_name) for uid, person in self.by_uid.items()]
        for name, nobody in (("user", _("Choose a person")), ("cover", _("Nobody: they stay"))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", nobody), *named]

    def chosen(self, name: str) -> User | None:
        """The person who stands in a field now, whatever the other fields hold."""
        return self.by_uid.get(str(self[name].value() or ""))

    @property
    def pair(self) -> str:
        """Both people as the form sends them."""
        return f"{self['user'].value() or ''}.{self['cover'].value() or ''}"

    @property
    def plan(self) -> Plan:
        """What the verb takes; of a form that is valid."""
        cleaned = self.cleaned_data
        return Plan(
            user=self.by_uid[cleaned["user"]],
            first_day=cleaned["first_day"],
            last_day=cleaned["last_day"],
            cover=self.by_uid.get(cleaned["cover"]),
            reason=cleaned["reason"],
        )
