"""The questions of the filter bar about how a case stands, and the plain values behind them."""

from collections.abc import Sequence
from datetime import tzinfo
from decimal import Decimal
from math import ceil, floor
from typing import cast

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from collection.standing import PROMISE_STATES, TOUCHES, PromiseState, Standing, Touch, YesNo
from collection.tagging import TagInUse, tags_in_use
from tenancy.filtering import PAGE_KEYS, Filter, FilterBar, Option
from tenancy.screen import Text

HIGHEST_SCORE = 1000
PROMISES: dict[PromiseState, Text] = {
    "open": pgettext_lazy("promise filter", "Open"),
    "today": pgettext_lazy("promise filter", "Due today"),
    "overdue": pgettext_lazy("promise filter", "Open, its day is past"),
    "kept": pgettext_lazy("promise filter", "Kept"),
    "partly": pgettext_lazy("promise filter", "Partly kept"),
    "broken": pgettext_lazy("promise filter", "Broken"),
    "none": pgettext_lazy("promise filter", "None ever"),
}
TOUCH_LABELS: dict[Touch, Text] = {
    "never": _("never"),
    "0": _("today"),
    "1-3": _("1–3 days ago"),
    "4-6": _("4–6 days ago"),
    "7-15": _("7–15 days ago"),
    "16-30": _("16–30 days ago"),
    "31-45": _("31–45 days ago"),
    "46-60": _("46–60 days ago"),
    "61-": _("more than 60 days ago"),
}
YES_NO = (
    Option(value="yes", label=_("yes")),
    Option(value="no", label=_("no")),
)


def counts_address(which: str, params: QueryDict) -> str:
    """Where the bar of the list `which` gets its counts: by the list's own query."""
    carried = params.copy()
    for key in (*PAGE_KEYS, "name"):
        carried.pop(key, None)
    carried["list"] = which
    return f"{reverse('work:counts')}?{carried.urlencode()}"


def standing_questions(params: QueryDict, tags: Sequence[TagInUse] | None = None) -> list[Filter]:
    """The questions; the company's tags are looked up only for a bar that asks or shows them."""
    if tags is None:
        tags = tags_in_use() if "tag" in params else []
    return [
        Filter(
            name="tag",
            label=_("Tags"),
            options=[Option(value=tag.uid, label=tag.label, key=tag.pk) for tag in tags],
            counted=True,
        ),
        Filter(name="score", label=_("Collection score"), kind="range", extra=True),
        Filter(
            name="touch",
            label=_("Last touch"),
            options=[Option(value=each, label=TOUCH_LABELS[each]) for each in TOUCHES],
            extra=True,
            counted=True,
        ),
        Filter(
            name="promise",
            label=_("Promise"),
            options=[Option(value=each, label=PROMISES[each]) for each in PROMISE_STATES],
            extra=True,
            counted=True,
        ),
        Filter(
            name="reach",
            label=_("Own number in use"),
            kind="one",
            options=YES_NO,
            extra=True,
            counted=True,
        ),
        Filter(
            name="hold", label=_("On hold"), kind="one", options=YES_NO, extra=True, counted=True
        ),
    ]


def standing_of(bar: FilterBar, zone: tzinfo) -> Standing:
    """The plain values of `standing_questions`."""
    low, high = bar.bounds("score")
    chosen = set(bar.chosen("tag"))
    return Standing(
        score_from=None if low is None else ceil(_score(low)),
        score_to=None if high is None else floor(_score(high)),
        tag_ids=tuple(each.key for each in bar.filters["tag"].options if each.value in chosen),
        touches=tuple(cast("list[Touch]", bar.chosen("touch"))),
        promises=tuple(cast("list[PromiseState]", bar.chosen("promise"))),
        reachable=_one(bar, "reach"),
        on_hold=_one(bar, "hold"),
        zone=zone,
    )


def _one(bar: FilterBar, name: str) -> YesNo:
    return cast("YesNo", next(iter(bar.chosen(name)), ""))


def _score(bound: Decimal) -> Decimal:
    """No score lies beyond: a number typed beyond it means the end."""
    return max(Decimal(-1), min(bound, Decimal(HIGHEST_SCORE + 1)))
