"""The order of the worklist kept true during the day: which desks an event touches.

Listeners of config.wiring, last of those that hear an event: what the others write decides the
rank. A lender's event also moves the cases that agencies hold; their desks are ranked in the
agencies' scopes, behind their walls.
"""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import QuerySet

from agencies.models import Placement
from cases.events import HoldsChanged, RepaymentsPosted
from cases.models import Case
from collection.ranking_sql import rank_cases
from tenancy.crossing import Crossing, cross
from tenancy.models import Company
from tenancy.night import business_date
from tenancy.scope import current_scope

AT_ONCE = 20_000
"""Money for more repayments at once is a feed's; the night ranks after it."""


def on_holds(event: HoldsChanged) -> None:
    """Listener: what is stopped goes to the end, what is free again to its place."""
    rank_everywhere(Case.objects.filter(pk__in=event.case_ids))


def on_repayments(event: RepaymentsPosted) -> None:
    """Listener: less is owed, a promise may be kept."""
    if len(event.repayment_ids) <= AT_ONCE:
        rank_everywhere(Case.objects.filter(loan__repayments__in=event.repayment_ids))


def rank_everywhere(cases: QuerySet[Case]) -> None:
    """Rank the open ones among a lender's cases, on its own desks and on those of agencies.

    Call in the lender's scope. Two queries, and a few for each agency. What is paid in full is
    left out: it is closed in a moment.
    """
    held: dict[int | None, set[int]] = defaultdict(set)
    worked = cases.filter(closed_on=None, loan__outstanding__gt=0)
    for case_id, holder_id in worked.values_list("pk", "holder_id"):
        held[holder_id].add(case_id)
    if own := held.pop(None, None):
        _rank(Company.objects.get(pk=current_scope().company_id), own)
    for agency_id, case_ids in sorted((pk, ids) for pk, ids in held.items() if pk is not None):
        agency = Company.objects.get(pk=agency_id)
        with cross(
            kind=Crossing.RANK,
            into=agency,
            proof=Placement.objects.filter(
                agency_id=agency_id, case_id__in=case_ids, ended_at=None
            ),
            about=f"{len(case_ids)} cases ranked anew",
        ):
            _rank(agency, case_ids)


def _rank(company: Company, case_ids: Collection[int]) -> None:
    rank_cases(company=company, on=business_date(company), case_ids=case_ids)
