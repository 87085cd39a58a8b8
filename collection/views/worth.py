"""What a case is expected to bring, explained in words."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collection.ranking import Weights, score_share, touch_share
from tenancy.formats import money


def why_expected(outstanding: Decimal, score: int | None, idle_days: int, weights: Weights) -> str:
    """How the expected value comes about, in one line: "10,000.00 × 65 % (score 650)"."""
    parts = [money(outstanding)]
    if weights.score_weight:
        share = score_share(score, weights)
        parts.append(f"{_percent(share)} ({_score(score, weights)})")
    more = touch_share(idle_days, weights)
    if more:
        days = ngettext("%(n)s day untouched", "%(n)s days untouched", idle_days)
        parts.append(f"{_percent(100 + more)} ({days % {'n': idle_days}})")
    return _("Outstanding %(product)s") % {"product": " × ".join(parts)}


def _score(score: int | None, weights: Weights) -> str:
    if score is None:
        told = _("no collection score, taken as %(score)s") % {"score": weights.unknown_score}
    else:
        told = _("collection score %(score)s") % {"score": score}
    if weights.score_weight == 100:
        return told
    return _("%(score)s, counts %(weight)s") % {
        "score": told,
        "weight": _percent(weights.score_weight),
    }


def _percent(share: Decimal) -> str:
    """A percentage to two digits behind the point, without those that say nothing."""
    return f"{round(share, 2):f}".rstrip("0").rstrip(".") + " %" if share % 1 else f"{share:.0f} %"
