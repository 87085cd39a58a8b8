"""Tags and filters of the screens: figures, dates, badges, pills and bars (docs/screens.md).

Small things that a table prints fifty times are made here and not by an include: Python strings
are an order of magnitude cheaper. Every piece of text from outside is escaped here; what has few
values (pills, icons, badges) is made once and kept.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, wraps
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from tenancy import formats
from tenancy.screen import BUCKET_TONES, Segment

register = template.Library()


def _made(html: str) -> SafeString:
    """The one door to markup made here; what came from outside was escaped by the caller."""
    return mark_safe(html)


def _plain(function: Callable[..., str]) -> Callable[..., SafeString]:
    """A filter whose result holds digits and our own words only: nothing left to escape."""

    @wraps(function)
    def filter_of(*args: Any) -> SafeString:
        return _made(function(*args))

    return filter_of


for _name in (
    *("money", "signed_money", "count", "percent"),
    *("day", "day_short", "day_long", "day_heading", "day_near"),
    *("clock", "moment", "stamp", "stamp_long"),
):
    register.filter(_name, _plain(getattr(formats, _name)))

register.filter("in_currency", formats.in_currency)

REASONS = {
    "promise_due": ("due", "calendar-due"),
    "promise_broken": ("broken", "calendar-x"),
    "callback": ("call", "phone-calling"),
    "new": ("", "inbox"),
    "untouched": ("", "clock-pause"),
    "complaint": ("broken", "message-report"),
    "value": ("", "trending-up"),
    "today": ("", "calendar-event"),
    "later": ("", "calendar"),
    "stopped": ("", "hand-stop"),
}
"""Why a case stands where it does in the queue: tint and icon. Others are neutral, with a dot."""


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, label: str = "") -> SafeString:
    """A Tabler icon: decoration, unless `label` says what it means."""
    if label:
        words = escape(label)
        return _made(f'<i class="ti ti-{escape(name)}" role="img" aria-label="{words}"></i>')
    return _made(f'<i class="ti ti-{escape(name)}" aria-hidden="true"></i>')


@register.simple_tag
def bucket_pill(label: str, tone: int, title: str = "") -> SafeString:
    """The pill of an aging bucket: its label on its step of the one colour scale (0–6)."""
    return _pill(str(label), int(tone), str(title))


@lru_cache(maxsize=1024)
def _pill(label: str, tone: int, title: str) -> SafeString:
    step = min(max(tone, 0), BUCKET_TONES - 1)
    hint = f' title="{escape(title)}"' if title else ""
    return _made(f'<span class="bk bk-{step}"{hint}>{escape(label)}</span>')


@register.simple_tag
def dpd(days: int, label: str, tone: int) -> SafeString:
    """Days past due and the bucket's pill behind it, so that pills form a column."""
    return _dpd(days, str(label), int(tone), get_language() or "")


@lru_cache(maxsize=4096)
def _dpd(days: int, label: str, tone: int, _language: str) -> SafeString:
    unit = escape(gettext("d"))
    pill = _pill(label, tone, "") if label else ""
    number = formats.count(days)
    return _made(f'<span class="dpd">{number}<span class="sub"> {unit}</span>{pill}</span>')


@register.simple_tag
def reason_badge(kind: str, text: object) -> SafeString:
    """Why a case is in the queue: icon, words, tint; `kind` is a key of REASONS."""
    return _badge(str(kind), str(text))


@lru_cache(maxsize=1024)
def _badge(kind: str, text: str) -> SafeString:
    tint, picture = REASONS.get(kind, ("", "point"))
    css = f"rs {tint}" if tint else "rs"
    return _made(f'<span class="{css}">{icon(picture)}{escape(text)}</span>')


@register.simple_tag
def state_badge(text: object, tone: str = "") -> SafeString:
    """A state as a word on its tint: tone is "", "ok", "warn", "bad" or "acc"."""
    return _state("lb", str(text), str(tone), "")


@register.simple_tag
def status(text: object, tone: str = "", picture: str = "") -> SafeString:
    """A state as icon and word without a tint, for the end of a line."""
    return _state("st", str(text), str(tone), str(picture))


@lru_cache(maxsize=1024)
def _state(css: str, text: str, tone: str, picture: str) -> SafeString:
    classes = escape(f"{css} {tone}".rstrip())
    mark = icon(picture) if picture else ""
    return _made(f'<span class="{classes}">{mark}{escape(text)}</span>')


@register.simple_tag
def tags(labels: Sequence[object], most: int = 2) -> SafeString:
    """Outlined tags: at most `most`, then +n that names the rest."""
    if not labels:
        return SafeString("")
    return _tags(tuple(map(str, labels)), most, get_language())


@lru_cache(maxsize=4096)
def _tags(labels: tuple[str, ...], most: int, _language: str | None) -> SafeString:
    made = "".join(f'<span class="tag">{escape(each)}</span>' for each in labels[:most])
    rest = labels[most:]
    if rest:
        names = escape(gettext(", ").join(rest))
        more = escape(gettext("and also: %(tags)s") % {"tags": names})
        made += (
            f'<span class="meta more" title="{names}"><span aria-hidden="true">+{len(rest)}</span>'
            f'<span class="visually-hidden">{more}</span></span>'
        )
    return _made(made)


@register.simple_tag
def avatar(name: str, css: str = "") -> SafeString:
    """The round mark of a person: first character of the name. Decoration: print the name too."""
    return _avatar(str(name).strip()[:1].upper(), str(css))


@lru_cache(maxsize=4096)
def _avatar(letter: str, css: str) -> SafeString:
    classes = escape(f"rc-av {css}".rstrip())
    return _made(f'<span class="{classes}" aria-hidden="true">{escape(letter)}</span>')


@register.filter
def mark_of(company: Any) -> str:
    """The two letters or one character that stand for a company in its tile."""
    name = str(company.label).strip()
    return str(company.code)[:2].upper() if name[:1].isascii() else name[:1]


@register.filter
def faulty(form: BaseForm) -> list[BoundField]:
    """The fields of a form that have an error, in the form's order."""
    return [field for field in form.visible_fields() if field.errors]


@register.simple_tag
def load_bar(segments: Iterable[Segment], limit: int = 0) -> SafeString:
    """Cases in hand by bucket on one bar; `limit` is its full length (0: the sum)."""
    pieces = list(segments)
    whole = max(limit, sum(piece.value for piece in pieces), 1)
    words = " ".join(f"{piece.label} {piece.value}" for piece in pieces)
    drawn, at = ['<rect class="t" width="100%" height="6"/>' if limit else ""], 0
    for piece in pieces:
        if piece.value:
            drawn.append(
                f'<rect class="bf-{piece.tone}" x="{_share(at, whole)}" '
                f'width="{_share(piece.value, whole)}" height="6" stroke-width=".5"/>'
            )
        at += piece.value
    return _bar(drawn, words)


@register.simple_tag
def change_bar(before: int, after: int, limit: int = 0) -> SafeString:
    """Today faint, what comes full, the limit as track. Print the figures beside it."""
    whole = max(limit, before, after, 1)
    low, high = sorted((before, after))
    css, start, width = "v" if after >= before else "g", _share(low, whole), high - low
    drawn = [
        '<rect class="t" width="100%" height="6" rx="2"/>',
        f'<rect class="d" width="{start}" height="6" rx="2"/>',
        f'<rect class="{css}" x="{start}" width="{_share(width, whole)}" height="6"/>',
    ]
    return _bar(drawn, "")


@register.simple_tag
def share_bar(part: int, whole: int) -> SafeString:
    """A plain bar from zero: so much of the whole. Print the figure beside it."""
    drawn = [
        '<rect class="t" width="100%" height="6" rx="2"/>',
        f'<rect class="v" width="{_share(min(part, whole), max(whole, 1))}" height="6" rx="2"/>',
    ]
    return _bar(drawn, "")


def _share(part: int, whole: int) -> str:
    return f"{part * 100 / whole:.2f}%"


def _bar(drawn: Iterable[str], words: str) -> SafeString:
    said = f'role="img" aria-label="{escape(words)}"' if words else 'aria-hidden="true"'
    return _made(f'<svg class="bar" width="100%" height="6" {said}>{"".join(drawn)}</svg>')


@register.simple_tag
def ring(percent: int | None) -> SafeString:
    """The small circle of a task in progress; None turns without an end."""
    if percent is None:
        return icon("loader-2")
    filled = 2 * 3.14159 * 6 * min(max(percent, 0), 100) / 100
    return _made(
        '<svg class="ring" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">'
        '<circle class="t" cx="8" cy="8" r="6"/>'
        f'<circle class="v" cx="8" cy="8" r="6" stroke-dasharray="{filled:.1f} 38" '
        'transform="rotate(-90 8 8)"/></svg>'
    )


@register.simple_block_tag
def capture(content: str) -> SafeString:
    """Keep a block's text to print it in more than one place: {% capture as name %}."""
    return _made(content.strip())
