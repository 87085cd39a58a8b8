"""The open promise as a hold: what the rooms below respect without knowing of promises.

While a promise is open its case carries a hold of kind `promise` up to the last day on which money
for it is in time. It stops placing the case with an agency and nothing else. It is opened and
ended with the promise, never by hand, and only in the lender's scope.
"""

from collections.abc import Mapping
from datetime import date

from django.db.models import Value
from django.db.models.functions import Greatest
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
    over: list[int] = []
    for pk, case_id, ends_on in standing.values_list("pk", "case_id", "ends_on"):
        if until[case_id] is not None and ends_on == until[case_id]:
            kept.add(case_id)
        else:
            over.append(pk)
    if over:
        CaseHold.objects.filter(pk__in=over).update(
            ends_on=Greatest("starts_on", Value(on)),
            lifted_at=timezone.now(),
            lifted_by_name=by_name,
        )
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
