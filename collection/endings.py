"""When cases leave a desk by themselves: closed, placed with an agency, or recalled from one.

Listeners of config.wiring. What ends at an agency ends in that agency's scope, behind its wall.
"""

from collections import defaultdict
from collections.abc import Collection

from django.utils import timezone

from agencies.events import CasesPlaced, CasesRecalled
from agencies.models import Placement
from agencies.turns import lock_holding
from cases.events import CasesClosed
from cases.models import Case
from collection.models import Assignment
from collection.tagging import end_tags
from tenancy.crossing import Crossing, cross
from tenancy.models import Company
from tenancy.scope import current_scope

End = Assignment.EndKind


def on_cases_closed(event: CasesClosed) -> None:
    """Nobody works a closed case: end the lender's assignments and those of a holding agency."""
    _end(event.case_ids, End.CLOSED)
    held: dict[int, list[int]] = defaultdict(list)
    for case_id, agency_id in Case.objects.filter(
        pk__in=event.case_ids, holder__isnull=False
    ).values_list("pk", "holder_id"):
        if agency_id is not None:
            held[agency_id].append(case_id)
    for agency_id, case_ids in sorted(held.items()):
        lock_holding(agency_id)
        _end_at_agency(Crossing.CLOSE, agency_id, case_ids, End.CLOSED)


def on_cases_placed(event: CasesPlaced) -> None:
    """The agency works them now: end the lender's assignments."""
    _end(event.case_ids, End.PLACED)


def on_cases_recalled(event: CasesRecalled) -> None:
    """The lender works them again: end the agency's assignments while it still holds the cases."""
    _end_at_agency(Crossing.RECALL, event.agency_id, event.case_ids, End.RECALLED)


def _end(case_ids: Collection[int], kind: End) -> None:
    """End the open assignments of the scope's company on these cases."""
    Assignment.objects.filter(
        company_id=current_scope().company_id, case_id__in=case_ids, ended_at=None
    ).update(ended_at=timezone.now(), end_kind=kind)


def _end_at_agency(
    crossing: Crossing, agency_id: int, case_ids: Collection[int], kind: End
) -> None:
    with cross(
        kind=crossing,
        into=Company.objects.get(pk=agency_id),
        proof=Placement.objects.filter(agency_id=agency_id, case_id__in=case_ids, ended_at=None),
        about=f"{len(case_ids)} assignments: {kind}",
    ):
        _end(case_ids, kind)
        if kind is End.RECALLED:
            end_tags(company_id=agency_id, case_ids=case_ids)
