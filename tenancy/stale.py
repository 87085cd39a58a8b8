"""Somebody else's change while a form was open: both values are shown, the person chooses."""

import json
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext as _

from tenancy.models import AuditEntry
from tenancy.screen import Difference, Text

SEEN = "seen"
"""The hidden field that says how everything stood when the form was opened."""


def in_words(field: forms.Field, value: Any) -> str:
    """A form field's value as people read it, by which two of them are compared."""
    if isinstance(field, forms.BooleanField):
        return _("yes") if value else _("no")
    if value is None:
        return ""
    if isinstance(field, forms.ModelMultipleChoiceField):
        return _(", ").join(sorted(str(each) for each in value))
    if isinstance(field, forms.MultipleChoiceField):
        labels = dict(cast("list[tuple[str, Text]]", field.choices))
        return _(", ").join(str(label) for key, label in labels.items() if key in value)
    return str(value)


class Stale:
    """Bound forms, whose `initial` is how things stand now, against how they stood when opened."""

    def __init__(self, *bound: forms.Form) -> None:
        self.forms = bound
        self.untouched: dict[str, str] = {}

    @property
    def seen(self) -> str:
        """What the hidden field of the form shown says: how things stand now.

        Of fields that were left alone it says what it said, for they show what stood then.
        """
        now = {
            name: in_words(field, form.initial.get(name))
            for form in self.forms
            for name, field in form.fields.items()
        }
        return json.dumps(now | self.untouched, ensure_ascii=False)

    def weigh(self, sent: QueryDict) -> list[Difference]:
        """What both changed and is not decided yet; the forms must be valid.

        Fields that the person left alone, or gave up (`keep_<name>` = theirs), get the value that
        stands now. A form without the hidden field is taken as it is.
        """
        try:
            seen = json.loads(sent.get(SEEN, ""))
        except ValueError:
            seen = {}
        if not isinstance(seen, dict):
            return []
        return [each for form in self.forms for each in self._differences(form, sent, seen)]

    def _differences(
        self, form: forms.Form, sent: QueryDict, seen: dict[str, Any]
    ) -> Iterable[Difference]:
        for name, field in form.fields.items():
            now = in_words(field, form.initial.get(name))
            yours = in_words(field, form.cleaned_data.get(name))
            if name in seen and seen[name] == yours:
                self.untouched[name] = yours
            if name in self.untouched or sent.get(f"keep_{name}") == "theirs":
                form.cleaned_data[name] = form.initial.get(name)
            elif name in seen and now not in (seen[name], yours):
                yield Difference(name=name, label=field.label or name, theirs=now, yours=yours)


def last_change(obj: Model) -> AuditEntry | None:
    """Who changed an object last, for the sentence above the choice."""
    about = AuditEntry.objects.filter(object_type=obj._meta.model_name or "", object_id=str(obj.pk))
    return about.order_by("-at", "-pk").first()
