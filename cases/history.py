"""A case's history: one event for each thing that happened to it. Events are never changed."""

from collections.abc import Iterable
from typing import Any

from cases.models import Case, CaseEvent
from tenancy.models import User
from tenancy.scope import current_scope


def record_events(
    *,
    cases: Iterable[Case],
    kind: str,
    by: User | None,
    by_id: int | None = None,
    by_name: str = "",
    data: dict[str, Any] | None = None,
    shared: bool = False,
) -> None:
    """Write the same event for each case, by the company of the open scope.

    kind: a short word in snake_case that screens translate. by None: the system, or who
    is named by `by_name` (a machine, somebody of another company). data: plain values, no personal
    data. shared: the agency that holds the case sees it too.
    """
    company_id = current_scope().company_id
    if by is not None:
        by_id, by_name = by.pk, by.display_name
    CaseEvent.objects.bulk_create(
        [
            CaseEvent(
                owner_id=case.owner_id,
                case_id=case.pk,
                company_id=company_id,
                kind=kind,
                actor_id=by_id,
                actor_name=by_name,
                data=data or {},
                shared=shared,
            )
            for case in cases
        ],
        batch_size=1000,
    )
