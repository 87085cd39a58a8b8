"""How many promises are kept: by collector, team or bucket, for a period that stands in the URL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from collection.kept_rate import COLUMNS, By, KeptRate, RateFilters, in_all, kept_rates
from collection.views.filters import DeskQuestions
from collection.visibility import MOVES_CASES
from tenancy.access import for_roles
from tenancy.filtering import Filter, FilterBar, changed_url
from tenancy.formats import count, money, percent
from tenancy.http import Request
from tenancy.night import business_date
from tenancy.screen import Chart, Empty, Stat, ViewTab

PERIOD = 30
"""Days up to the business date that are shown unless the URL names others."""
MOST_BARS = 12


@dataclass(frozen=True, slots=True)
class RateLine:
    """A printed line: a person, a team or a bucket."""

    label: str
    rate: KeptRate
    by_number: str
    by_amount: str


@for_roles(*MOVES_CASES)
@require_safe
def kept_rate(request: Request) -> HttpResponse:
    """The page: figures of all, a bar for each, and the table with what stands apart."""
    user, params = request.user, request.GET
    on = business_date(user.company)
    desks = DeskQuestions.of(user, params)
    bar = FilterBar(
        [*desks.filters, Filter(name="due", label=pgettext("promise", "Due"), kind="days")],
        params,
        _note(on),
    )
    by: By = next((each for each in COLUMNS if each == params.get("by")), "collector")
    due_from, due_to = bar.days("due")
    filters = RateFilters(
        due_from=due_from or (due_to or on) - timedelta(days=PERIOD - 1),
        due_to=due_to or on,
        team_ids=desks.team_ids(bar),
        collector_ids=desks.collector_ids(bar),
        matches_nothing=bar.matches_nothing,
    )
    rates = kept_rates(user=user, by=by, filters=filters)
    lines = [_line(rate) for rate in rates]
    context = {
        "views": _views(by, params),
        "bar": bar,
        "stats": _stats(in_all(rates)),
        "rows": lines,
        "by": _heads()[by],
        "filters": filters,
        "currency": user.company.currency,
        "chart": _chart(lines, _heads()[by]) if any(r.decided.number for r in rates) else None,
        "empty": None if rates else _empty(),
    }
    return render(request, "collection/kept_rate.html", context)


def _note(on: date) -> str:
    first = on - timedelta(days=PERIOD - 1)
    return _("Unless days are chosen: due from %(first)s to %(last)s") % {
        "first": first.isoformat(),
        "last": on.isoformat(),
    }


def _heads() -> dict[By, str]:
    return {"collector": _("Collector"), "team": _("Team"), "bucket": _("Bucket")}


def _views(by: By, params: QueryDict) -> list[ViewTab]:
    labels: dict[By, str] = {
        "collector": pgettext("kept rate", "By collector"),
        "team": pgettext("kept rate", "By team"),
        "bucket": pgettext("kept rate", "By bucket"),
    }
    return [
        ViewTab(
            label=label,
            href=changed_url(params, by=None if name == "collector" else name),
            active=name == by,
        )
        for name, label in labels.items()
    ]


def _stats(every: KeptRate) -> list[Stat]:
    decided = every.decided
    return [
        Stat(
            label=_("Kept rate by number"),
            value=_rate(every.by_number),
            note=_("%(kept)s of %(all)s")
            % {"kept": count(every.tally("kept").number), "all": count(decided.number)},
        ),
        Stat(
            label=_("Kept rate by amount"),
            value=_rate(every.by_amount),
            note=_("%(kept)s of %(all)s")
            % {"kept": money(every.tally("kept").amount), "all": money(decided.amount)},
        ),
        Stat(label=pgettext("promise", "Partly kept"), value=count(every.tally("partly").number)),
        Stat(label=pgettext("promises", "Broken"), value=count(every.tally("broken").number)),
        Stat(label=pgettext("promises", "Open"), value=count(every.tally("open").number)),
        Stat(label=pgettext("promises", "Replaced or withdrawn"), value=count(every.apart.number)),
    ]


def _rate(share: Decimal | None) -> str:
    return "–" if share is None else percent(share)


def _line(rate: KeptRate) -> RateLine:
    return RateLine(rate.label or "–", rate, _rate(rate.by_number), _rate(rate.by_amount))


def _chart(lines: Sequence[RateLine], head: str) -> Chart:
    shown = [line for line in lines if line.rate.decided.number][:MOST_BARS]
    return Chart(
        id="kept",
        kind="bars",
        title=_("Kept rate by number"),
        unit="%",
        data={
            "labels": [line.label for line in shown],
            "values": [
                float(round((line.rate.by_number or Decimal(0)) * 100, 1)) for line in shown
            ],
            "notes": [
                f"{line.rate.tally('kept').number} / {line.rate.decided.number}" for line in shown
            ],
        },
        table=[
            [head, _("Kept rate by number"), _("Kept rate by amount")],
            *([line.label, line.by_number, line.by_amount] for line in shown),
        ],
    )


def _empty() -> Empty:
    return Empty(
        title=_("No promise was due in this period"),
        text=_("Choose other days above, or wait for the first promises to fall due."),
    )
