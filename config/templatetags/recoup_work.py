"""What the pages of the daily work print many times: rows of the worklist, dispositions.

They are put together here because the template engine takes ten times as long. Text from outside
is escaped here; figures, dates and times hold digits and our own words only.
"""

from collections.abc import Sequence
from copy import deepcopy
from functools import lru_cache
from html import escape

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from collection.facts import FACTS, Fact, form_field
from collection.forms import DispositionGroup, NoteForm
from collection.views.lines import WorkLine
from config.templatetags.recoup_ui import dpd, reason_badge, tags

register = template.Library()
DIGITS = 9
TAGS_SHOWN = 1
"""In a row, which has to fit in English too; the case's page shows all."""


@register.simple_tag
def work_rows(
    lines: Sequence[WorkLine], *, ticks: bool = False, lender: bool = False, brief: bool = False
) -> SafeString:
    """The rows of a worklist as `<tr>`s.

    ticks: a box before, whose desk behind. lender: whose case it is. brief: without loan number,
    expected value, last touch and tags.
    """
    untouched = f'<span class="sub">{escape(gettext("not touched yet"))}</span>'
    return mark_safe("".join(_row(line, untouched, ticks, lender, brief) for line in lines))


def _row(line: WorkLine, untouched: str, ticks: bool, lender: bool, brief: bool) -> str:
    href, who, then = escape(line.href), escape(line.borrower), escape(line.next)
    loan_no = escape(line.loan_no)
    box = desk = of_lender = middle = worth = last = marks = ""
    if ticks:
        box = (
            '<td class="c-tick"><input type="checkbox" class="form-check-input" name="id" '
            f'value="{line.uid}" form="bulk" aria-label="{who} {loan_no}"></td>'
        )
        desk = f'<td class="lo">{escape(line.desk)}</td>'
    if lender:
        of_lender = f'<td class="lo">{escape(line.lender)}</td>'
    if not brief:
        how = f'<span class="sub">{escape(line.touched_by)}</span>'
        touched = f'<span class="tnum">{line.touched}</span> {how}' if line.touched else untouched
        middle = f'<td class="sub tnum lo c-loan" title="{loan_no}">{loan_no}</td>{of_lender}'
        # Ticks and desks take its room on narrow screens; the amount explains it as well.
        css = "lo3" if ticks else "lo"
        worth = f'<td class="num {css} sub" title="{line.why_expected}">{line.expected}</td>'
        last = f'<td class="c-last lo2" title="{escape(line.touched_by)}">{touched}</td>'
        marks = f'<td class="c-tags lo2">{tags(line.tags, TAGS_SHOWN)}</td>'
    return (
        f'<tr data-href="{href}">{box}'
        f'<td class="m1">{reason_badge(line.reason, line.reason_text)}</td>'
        f'<td class="m2"><a class="rl nm" href="{href}" title="{who}">{who}</a>'
        f'<span class="sub tnum">{escape(line.phone)}</span></td>{middle}'
        f'<td class="num m1r" title="{line.why_expected}">{line.outstanding}</td>{worth}'
        f'<td class="num m2r">{dpd(line.dpd, line.bucket, line.tone)}</td>{last}'
        f'<td class="c-next m3" title="{then}"><span class="tnum {line.next_tone}">'
        f"{line.next_at}</span>&ensp;{then}</td>{marks}{desk}</tr>"
    )


@register.simple_tag
def fact_fields(form: NoteForm) -> SafeString:
    """The fields of all facts; those where nothing stands are the same on every page."""
    return mark_safe("".join(_fact(form, fact) for fact in form.shown_facts))


def _fact(form: NoteForm, fact: Fact) -> str:
    typed = form[fact.field] if form.is_bound else None
    if typed is None or not (typed.value() or typed.errors):
        inner = _blank_fact(fact.name, form.currency, get_language())
    else:
        inner = typed.as_field_group()
    return f'<div class="fact" data-rc-fact="{fact.field}">{inner}</div>'


@lru_cache(maxsize=1024)
def _blank_fact(name: str, currency: str, _language: str | None) -> SafeString:
    """An empty fact's field; its label holds the currency."""
    form, fact = forms.Form(), FACTS[name]
    form.fields[fact.field] = form_field(fact, currency)
    return form[fact.field].as_field_group()


@register.simple_tag
def note_field(field: BoundField) -> SafeString:
    """A field of a note's form; where nothing was typed it is the same on every page."""
    untouched = not field.form.is_bound and field.value() in (None, "", field.field.initial)
    return _still(field.name, get_language()) if untouched else field.as_field_group()


@lru_cache(maxsize=64)
def _still(name: str, _language: str | None) -> SafeString:
    form = forms.Form()
    form.fields[name] = deepcopy(NoteForm.base_fields[name])
    return form[name].as_field_group()


@register.simple_tag
def disposition_chips(group: DispositionGroup) -> SafeString:
    """The codes of a group as radio buttons, the first nine with their digit.

    What is next stands on each, for the script that suggests it.
    """
    made = [
        f'<label class="seg-o"><input type="radio" name="disposition" value="{escape(each.code)}"'
        f' data-next="{escape(each.next)}"'
        f"{' checked' if each.chosen else ''}><span>"
        f"{_digit(number)}{escape(each.label)}</span></label>"
        for number, each in enumerate(group.choices, 1)
    ]
    return mark_safe("".join(made))


def _digit(number: int) -> str:
    return f'<kbd aria-hidden="true">{number}</kbd>' if number <= DIGITS else ""
