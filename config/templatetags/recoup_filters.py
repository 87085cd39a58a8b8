"""The inputs behind a filter of the bar: many small pieces on every list, so put together here.

Whatever comes from the URL or from a table is escaped here.
"""

from collections.abc import Callable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from config.templatetags.recoup_ui import icon
from tenancy.filtering import Chip, count_id

register = template.Library()


@register.simple_tag
def filter_fields(chip: Chip) -> SafeString:
    """A filter's inputs in a fieldset, with what is wrong with them; see parts/filter_bar.html."""
    unit = f' <span class="meta">{escape(chip.filter.unit)}</span>' if chip.filter.unit else ""
    fault = f'<div class="er">{icon("alert-circle")}{escape(chip.error)}</div>'
    return mark_safe(
        f'<fieldset class="ff"><legend class="fl">{escape(chip.filter.label)}{unit}</legend>'
        f"{INPUTS[chip.filter.kind](chip)}{fault if chip.error else ''}</fieldset>"
    )


def _options(chip: Chip) -> str:
    kind = "radio" if chip.filter.kind == "one" else "checkbox"
    start = f'<label class="opt"><input type="{kind}" class="form-check-input" '
    return "".join(
        f'{start}name="{chip.filter.name}" value="{escape(option.value)}"'
        f"{' checked' if chosen else ''}>{escape(option.label)}"
        f"{_count(option.count, count_id(chip.filter, place))}</label>"
        for place, (option, chosen) in enumerate(chip.choices)
    )


def _count(count: object, name: str) -> str:
    if name:
        return f'<span class="n" id="{name}">{escape(count)}</span>'
    return f'<span class="n">{escape(count)}</span>' if count else ""


def _range(chip: Chip) -> str:
    ends = (("_min", "≥", gettext("At least")), ("_max", "≤", gettext("At most")))
    fields = (
        f'<input class="form-control num" inputmode="decimal" name="{chip.filter.name}{end}" '
        f'value="{escape(value)}" placeholder="{sign}" aria-label="{escape(words)}">'
        for (end, sign, words), value in zip(ends, chip.values, strict=True)
    )
    return f'<div class="g2">{"".join(fields)}</div>'


def _days(chip: Chip) -> str:
    pattern = escape(gettext("YYYY-MM-DD"))
    ends = (("_from", gettext("From")), ("_to", gettext("To")))
    fields = (
        f'<input class="form-control" name="{chip.filter.name}{end}" value="{escape(value)}" '
        f'placeholder="{pattern}" data-rc-day="date" autocomplete="off" '
        f'aria-label="{escape(words)}">'
        for (end, words), value in zip(ends, chip.values, strict=True)
    )
    return f'<div class="g2">{"".join(fields)}</div>'


def _text(chip: Chip) -> str:
    return (
        f'<input class="form-control" name="{chip.filter.name}" value="{escape(chip.values[0])}" '
        f'aria-label="{escape(chip.filter.label)}">'
    )


INPUTS: dict[str, Callable[[Chip], str]] = {
    "choice": _options,
    "one": _options,
    "range": _range,
    "days": _days,
    "text": _text,
}
