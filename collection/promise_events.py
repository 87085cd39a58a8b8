"""Telling what became of promises: an event on the case's timeline, and its place on the desk.

The agency that took a promise and holds its case is told behind its own wall; what became of a
promise whose case went elsewhere meanwhile only the lender reads.
"""

import enum
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from agencies.models import Placement
from cases.models import Case, CaseEvent
from collection.promise_book import Stored
from collection.promise_judging import Judgement
from collection.ranking_sql import rank_cases
from collection.reranking import rank_everywhere
from tenancy.crossing import Crossing, cross
from tenancy.models import Company, User
from tenancy.night import business_date
from tenancy.scope import current_scope


@dataclass(frozen=True, slots=True)
class Change:
    """A promise whose state is new; reason: the one that a person gave."""

    promise: Stored
    judgement: Judgement
    reason: str = ""

    def told(self) -> dict[str, Any]:
        """What the event says: plain values, nothing personal."""
        facts = self.promise.facts
        told = {
            "amount": str(facts.amount),
            "due": facts.due_on.isoformat(),
            "received": str(self.judgement.received),
        }
        return told | ({"reason": self.reason} if self.reason else {})


class Ranking(enum.Enum):
    """Whose desks are ranked at once; somebody else ranks the others soon."""

    ALL = "all"
    HELD = "those of agencies"
    NONE = "nobody's"


def tell(
    changes: Iterable[Change],
    *,
    company: Company,
    by: User | None = None,
    ranking: Ranking = Ranking.ALL,
) -> None:
    """Put what changed on the timelines and the desks of those who work the cases.

    Runs in the lender's scope. by: whose act it follows from, None for money and time.
    """
    own: list[Change] = []
    agencies: dict[int, list[Change]] = defaultdict(list)
    for change in changes:
        taken_by = change.promise.company_id
        if taken_by != company.pk and taken_by == change.promise.holder_id:
            agencies[taken_by].append(change)
        else:
            own.append(change)
    if own:
        tell_here(own, company=company, by=by, rank=ranking is Ranking.ALL)
    if ranking is not Ranking.NONE:
        rank_for_readers({change.promise.case_id for change in own if change.promise.shared})
    for agency_id, theirs in sorted(agencies.items()):
        agency = Company.objects.get(pk=agency_id)
        cases = [change.promise.case_id for change in theirs]
        with cross(
            kind=Crossing.JUDGE_PROMISE,
            into=agency,
            proof=Placement.objects.filter(agency=agency, case_id__in=cases, ended_at=None),
            about=f"{len(theirs)} promises judged",
        ):
            tell_here(theirs, company=agency, rank=ranking is not Ranking.NONE)


@dataclass(frozen=True, slots=True)
class Told:
    """An event about a promise."""

    owner_id: int
    case_id: int
    kind: str
    data: dict[str, Any] = field(default_factory=dict)
    shared: bool = False


def tell_here(
    changes: Sequence[Change], *, company: Company, by: User | None = None, rank: bool = True
) -> None:
    """Write the events and rank the desks of the open scope's company."""
    if not changes:
        return
    _write(events_of(changes, company), by=by)
    if rank:
        on = business_date(company)
        rank_cases(company=company, on=on, case_ids={each.promise.case_id for each in changes})


def events_of(changes: Sequence[Change], company: Company) -> list[Told]:
    """What the company tells of changed promises."""
    return [
        Told(
            owner_id=change.promise.owner_id,
            case_id=change.promise.case_id,
            kind=f"promise_{change.judgement.state}",
            data=change.told(),
            shared=change.promise.shared and change.promise.company_id == company.pk,
        )
        for change in changes
    ]


def _write(told: Sequence[Told], *, by: User | None) -> None:
    """One event for each, by the company of the open scope."""
    company_id = current_scope().company_id
    CaseEvent.objects.bulk_create(
        (
            CaseEvent(
                owner_id=each.owner_id,
                case_id=each.case_id,
                company_id=company_id,
                kind=each.kind,
                actor_id=by.pk if by else None,
                actor_name=by.display_name if by else "",
                data=each.data,
                shared=each.shared,
            )
            for each in told
        ),
        batch_size=1000,
    )


def rank_for_readers(case_ids: Collection[int]) -> None:
    """Move the cases on the desks of the agencies that hold them and read the lender's promises.

    Runs in the lender's scope; cases that nobody holds are left out.
    """
    if case_ids:
        rank_everywhere(Case.objects.filter(pk__in=case_ids, holder__isnull=False))
