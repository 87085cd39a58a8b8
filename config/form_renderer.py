"""How every form looks: labels above, help below, errors beside the field and gathered on top."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import Widget

from tenancy.form_fields import MoneyField
from tenancy.screen import Text

CHECKS = (forms.CheckboxInput, forms.CheckboxSelectMultiple, forms.RadioSelect)


def css_of(widget: Widget) -> str:
    """The Tabler class of a widget."""
    if isinstance(widget, CHECKS):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


class ScreenField(BoundField):
    """A field of a form on screen: knows its classes and how its label reads."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: Widget | None = None
    ) -> dict[str, Any]:
        """Django's attributes (required, aria-…) and the widget's class."""
        shown = widget or self.field.widget
        made = super().build_widget_attrs(attrs, widget)
        if not shown.is_hidden:
            own = made.get("class") or shown.attrs.get("class", "")
            made["class"] = f"{css_of(shown)} {own}".strip()
        return made

    @property
    def shown_label(self) -> Text:
        """The label, with the currency where the field is money."""
        label: Text = self.label or ""
        return self.field.shown_label(label) if isinstance(self.field, MoneyField) else label

    @property
    def is_check(self) -> bool:
        """Whether this is a single tick box, whose label stands behind it."""
        return isinstance(self.field.widget, forms.CheckboxInput)


class ScreenRenderer(TemplatesSetting):
    """Renders forms with our templates (settings.FORM_RENDERER)."""

    form_template_name = "parts/form.html"
    field_template_name = "parts/field.html"
    bound_field_class = ScreenField
