"""The open promise as a hold: what the rooms below respect without knowing of promises.

While a promise is open its case carries a hold of kind `promise` up to the last day on which money
for it is in time. It stops placing the case with an agency and nothing else. It is opened and
ended with the promise, never by hand, and only in the lender's scope.
"""

from collections.abc import Mapping
from datetime import date

from django.utils import timezone

from cases.models import CaseHold
from tenancy.models import Company

KIND = CaseHold.Kind.PROMISE


def hold_for_promises(
    *, company: Company, on: date, until: Mapping[int, date | None], by_name: str = ""
) -> None:
    """Make the holds of cases say what their promises say, as of the business date `on`.

    until: by case id, the first date on which the open promise no longer binds; None: none is
    open. Holds that say so already stay. Three statements at most.
    """
    standing = CaseHold.objects.filter(
        owner=company, case_id__in=list(until), kind=KIND, lifted_at=None
    )
    kept: set[int] = set()
    over: list[CaseHold] = []
    for hold in standing:
        if until[hold.case_id] is not None and hold.ends_on == until[hold.case_id]:
            kept.add(hold.case_id)
            continue
        hold.ends_on = max(hold.starts_on, on)
        hold.lifted_at = timezone.now()
        hold.lifted_by_name = by_name
        over.append(hold)
    CaseHold.objects.bulk_update(over, ["ends_on", "lifted_at", "lifted_by_name"], batch_size=1000)
    CaseHold.objects.bulk_create(
        (
            CaseHold(
                owner=company,
                case_id=case_id,
                kind=KIND,
                starts_on=on,
                ends_on=ends_on,
                stops_placement=True,
                opened_by_name=by_name,
            )
            for case_id, ends_on in sorted(until.items())
            if ends_on is not None and case_id not in kept and ends_on > on
        ),
        batch_size=1000,
    )
