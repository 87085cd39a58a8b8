"""How many rows of a list each option of a filter has: counted when its menu opens, up to a cap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

from django.db.models import Count, Q, QuerySet

from cases.models import Case
from collection.models import CaseTag
from collection.standing import PROMISE_STATES, TOUCHES, held, promised, reachable, touched
from tenancy.formats import COUNT_CAP
from tenancy.scope import current_scope


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows by option, and whether the list was longer than what was looked at."""

    rows: Mapping[str, int]
    capped: bool


def conditions(name: str, on: date, zone: tzinfo) -> dict[str, Q]:
    """What each option of a filter asks of a case, in the order in which they are offered."""
    match name:
        case "touch":
            return {each: touched(each, on, zone) for each in TOUCHES}
        case "promise":
            return {each: promised(each, on) for each in PROMISE_STATES}
        case "reach":
            return {"yes": reachable(on), "no": ~reachable(on)}
        case "hold":
            return {"yes": held(on), "no": ~held(on)}
    return {}


def option_counts(
    cases: QuerySet[Any], names: Sequence[str], *, on: date, zone: tzinfo
) -> dict[str, Counted]:
    """The counts of the options of these filters among the first COUNT_CAP of the cases.

    cases: a query of case ids. Tags are counted by id. Two queries, one without tags.
    """
    first = cases.order_by()[:COUNT_CAP]
    asked = {name: conditions(name, on, zone) for name in names if name != "tag"}
    counts: dict[str, Any] = {
        f"{name}_{place}": Count("pk", filter=condition)
        for name, options in asked.items()
        for place, condition in enumerate(options.values())
    }
    found = Case.objects.filter(pk__in=first).aggregate(every=Count("pk"), **counts)
    capped = found["every"] >= COUNT_CAP
    told = {
        name: Counted(
            {option: found[f"{name}_{place}"] for place, option in enumerate(options)}, capped
        )
        for name, options in asked.items()
    }
    if "tag" in names:
        mine = CaseTag.objects.filter(company_id=current_scope().company_id, case__in=first)
        by_tag = mine.values_list("tag_id").annotate(n=Count("pk")).order_by()
        told["tag"] = Counted({str(tag_id): n for tag_id, n in by_tag}, capped)
    return told
