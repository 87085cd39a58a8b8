"""What a case is expected to bring, explained in words."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collection.ranking import Weights, score_share, touch_share
from tenancy.formats import money


class Worth:
    """Explains expected values under some figures; the words are looked up once for many cases."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.product = _("Outstanding %(product)s")
        self.known = self._weighed(_("collection score %(score)s"))
        unknown = _("no collection score, taken as %(score)s")
        self.unknown = self._weighed(unknown) % {"score": weights.unknown_score}
        self.shares: dict[int | None, str] = {}

    def _weighed(self, told: str) -> str:
        if self.weights.score_weight == 100:
            return told
        weight = _percent(self.weights.score_weight).replace("%", "%%")
        return _("%(score)s, counts %(weight)s") % {"score": told, "weight": weight}

    def why(self, outstanding: Decimal, score: int | None, idle_days: int) -> str:
        """How the value comes about, in one line: "10,000.00 × 65 % (collection score 650)"."""
        parts = [money(outstanding)]
        if self.weights.score_weight:
            parts.append(self._share(score))
        if more := touch_share(idle_days, self.weights):
            days = ngettext("%(n)s day untouched", "%(n)s days untouched", idle_days)
            parts.append(f"{_percent(100 + more)} ({days % {'n': idle_days}})")
        return self.product % {"product": " × ".join(parts)}

    def _share(self, score: int | None) -> str:
        if score not in self.shares:
            told = self.unknown if score is None else self.known % {"score": score}
            self.shares[score] = f"{_percent(score_share(score, self.weights))} ({told})"
        return self.shares[score]


def _percent(share: Decimal) -> str:
    """A percentage to two digits behind the point, without those that say nothing."""
    return f"{share:.0f} %" if share == share.to_integral_value() else f"{share:.2f} %"
