"""Forms of the book's screens."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.models import ImportRun
from tenancy.form_fields import DayField, SegmentField


class UploadForm(forms.Form):
    """A file of the feed: which kind, as of when, and whether a bad row refuses all."""

    kind = SegmentField(label=_("What the file holds"))
    as_of = DayField(
        label=_("Business date"),
        help_text=_("The date at whose close the file was made."),
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV (UTF-8, comma) or XLSX, with the header row of docs/feed.md."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        allow_empty_file=True,
        max_length=200,
    )
    strict = forms.BooleanField(
        label=_("Strict"),
        required=False,
        help_text=_("One rejected row, and nothing of the file is imported."),
    )

    def __init__(self, *args: Any, kinds: list[str], today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        words = dict(ImportRun.Kind.choices)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind, words[kind]) for kind in kinds]

    def clean_as_of(self) -> date:
        """A date that has come."""
        as_of: date = self.cleaned_data["as_of"]
        if as_of > self.today:
            raise ValidationError(_("This date is still to come."))
        return as_of
