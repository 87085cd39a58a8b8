"""Promises judged where they are kept: when money is booked, when a case closes, and at night.

What decides is collection.promise_judging; here the facts are read in bulk, in the lender's scope,
whose people and whose agencies' people took the promises. What changed is written in a few
statements, told on each case's timeline, and moves the case on the desk where it lies.
"""
# ruff: noqa: S608 (statements are put together from constants of this package)

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.events import CasesClosed, CasesReopened, RepaymentsPosted
from cases.repayment_rows import lock_loans
from cases.statements import OWNER, Statement, columns, execute_at_once, ids
from collection.promise_book import PromiseBook, Stored, read_book
from collection.promise_events import Change, Ranking, tell
from collection.promise_holds import holds_for_promises
from collection.promise_judging import Judgement, PromiseFacts, judge
from tenancy.models import Company
from tenancy.night import Counts, business_date, last_night
from tenancy.scope import current_scope


@dataclass(frozen=True, slots=True)
class Settled:
    """What a judging did: states that changed, and what became of a promise about to be made."""

    changes: tuple[Change, ...] = ()
    coming: Judgement | None = None

    @property
    def counts(self) -> Counts:
        """How many came into each state."""
        return dict(Counter(change.judgement.state for change in self.changes))


@dataclass(frozen=True, slots=True)
class Coming:
    """A promise about to be made on a case by a company, judged with those that there are."""

    loan_id: int
    case_id: int
    facts: PromiseFacts
    company_id: int
    by_name: str


def judge_promises(
    *, company: Company, on: date, loan_ids: Collection[int], ranking: Ranking = Ranking.ALL
) -> Counts:
    """Judge the promises on these loans as of business date `on`; how many came into each state.

    ranking: whose desks are ranked anew here. Runs in the lender's scope, whichever company took
    the promises. Doing it again changes nothing.
    """
    if not loan_ids:
        return {}
    with transaction.atomic():
        lock_loans(company.pk, loan_ids)
        book = read_book(company.pk, loan_ids)
        settled = settle_promises(company=company, on=on, book=book)
        tell(settled.changes, company=company, ranking=ranking)
    return settled.counts


def judge_at_night(company: Company, day: date) -> Counts:
    """The night's step: decide the promises whose last day is over.

    A night of the past that is made up for later judges as of the newest one.
    """
    if not company.is_lender:
        return {}
    on = max(day, last_night() or day)
    # The lender's own desks are ranked by a later step of this night.
    overdue = _overdue(company, on)
    return judge_promises(company=company, on=on, loan_ids=overdue, ranking=Ranking.HELD)


def _overdue(company: Company, on: date) -> list[int]:
    """Loans with an open promise whose last day lies before `on`."""
    return ids(_OVERDUE, {"owner": company.pk, "on": on})


def on_repayments_posted(event: RepaymentsPosted) -> None:
    """Listener: money was booked, matched or taken back."""
    # Who hears of the money after this ranks the cases (collection.reranking).
    _judge_loans(_LOANS_OF_MONEY, event.repayment_ids, Ranking.NONE)


def on_cases_closed(event: CasesClosed) -> None:
    """Listener: perhaps nothing is left to pay."""
    _judge_loans(_LOANS_OF_CASES, event.case_ids, Ranking.ALL)


def on_cases_reopened(event: CasesReopened) -> None:
    """Listener: something is left to pay again."""
    _judge_loans(_LOANS_OF_CASES, event.case_ids, Ranking.ALL)


def _judge_loans(which: str, keys: Sequence[int], ranking: Ranking) -> None:
    company = Company.objects.get(pk=current_scope().company_id)
    loan_ids = ids(which, {"owner": company.pk, "ids": list(keys)})
    if loan_ids:
        on = business_date(company)
        judge_promises(company=company, on=on, loan_ids=loan_ids, ranking=ranking)


def settle_promises(
    *, company: Company, on: date, book: PromiseBook, coming: Coming | None = None
) -> Settled:
    """Judge and write, without telling anybody: `tell` is the caller's next step.

    book: what was read after its loans were locked. coming: takes part in the judgement and is not
    written; what it supersedes is. Runs in the lender's scope.
    """
    stored = book.promises
    by_loan: dict[int, list[PromiseFacts]] = defaultdict(list)
    for each in stored.values():
        by_loan[each.loan_id].append(each.facts)
    if coming:
        by_loan[coming.loan_id].append(coming.facts)
    told: dict[int, Judgement] = {}
    for loan_id, promises in by_loan.items():
        judged = judge(promises, book.money.get(loan_id, ()), on=on, zone=company.zone)
        told |= {each.key: each for each in judged}
    new = told.pop(coming.facts.key) if coming else None
    changed = _changed(stored, told)
    changes = tuple(Change(*each) for each in changed if each[0].state != each[1].state)
    until = _binding(stored, told, changes)
    if coming and new:
        is_open = new.state == "open"
        until[coming.case_id] = _first_free_day(coming.facts) if is_open else None
    by_name = coming.by_name if coming else ""
    holds = holds_for_promises(company=company, on=on, until=until, by_name=by_name)
    execute_at_once([*_outcomes(company.pk, changed, coming), *holds])
    return Settled(changes, new)


def _changed(
    stored: Mapping[int, Stored], told: Mapping[int, Judgement]
) -> list[tuple[Stored, Judgement]]:
    """The promises of which something is new, by id."""
    return [
        (kept, told[pk])
        for pk, kept in sorted(stored.items())
        if (kept.state, kept.received) != (told[pk].state, told[pk].received)
    ]


def _outcomes(
    owner: int, changed: Sequence[tuple[Stored, Judgement]], coming: Coming | None
) -> Iterator[Statement]:
    """What writes it. First those open no more: a case has one open promise at every moment."""
    for is_open in (False, True):
        lines = [
            _line(kept, judgement, coming)
            for kept, judgement in changed
            if (judgement.state == "open") is is_open
        ]
        if lines:
            yield _OUTCOMES, {"owner": owner, "now": timezone.now(), **columns(_COLUMNS, lines)}


def _line(stored: Stored, judgement: Judgement, coming: Coming | None) -> tuple[Any, ...]:
    ended_at: datetime | None = judgement.superseded_at or stored.facts.withdrawn_at
    by_name = ""
    if coming and judgement.superseded_at == coming.facts.made_at:
        # An agency is not told the name of another one's people.
        knows = stored.company_id in (coming.company_id, stored.owner_id)
        by_name = coming.by_name if knows or coming.company_id == stored.owner_id else ""
    return (
        stored.pk, judgement.state, judgement.received, judgement.kept_at, ended_at, by_name,
        stored.state != judgement.state,
    )  # fmt: skip


def _binding(
    stored: Mapping[int, Stored], told: Mapping[int, Judgement], changes: Iterable[Change]
) -> dict[int, date | None]:
    """For the cases whose promises changed: the first day on which what is open binds no more."""
    until: dict[int, date | None] = {change.promise.case_id: None for change in changes}
    for pk, each in stored.items():
        if each.case_id in until and told[pk].state == "open":
            until[each.case_id] = _first_free_day(each.facts)
    return until


def _first_free_day(facts: PromiseFacts) -> date:
    return facts.last_day + timedelta(days=1)


_OVERDUE = f"""
SELECT DISTINCT c.loan_id FROM collection_promise p
JOIN cases_case c ON c.owner_id = {OWNER} AND c.id = p.case_id
WHERE p.owner_id = {OWNER} AND p.state = 'open' AND p.due_on < %(on)s
  AND p.due_on + p.grace_days < %(on)s
"""
_LOANS_OF_MONEY = f"""
SELECT DISTINCT c.loan_id FROM cases_repayment r
JOIN cases_case c ON c.owner_id = {OWNER} AND c.loan_id = r.loan_id
JOIN collection_promise p ON p.owner_id = {OWNER} AND p.case_id = c.id
WHERE r.owner_id = {OWNER} AND r.id = ANY(%(ids)s)
"""
_LOANS_OF_CASES = f"""
SELECT DISTINCT c.loan_id FROM cases_case c
JOIN collection_promise p ON p.owner_id = {OWNER} AND p.case_id = c.id
WHERE c.owner_id = {OWNER} AND c.id = ANY(%(ids)s)
"""
_COLUMNS = ("id", "state", "received", "kept_at", "ended_at", "ended_by", "is_new")
_OUTCOMES = f"""
UPDATE collection_promise p SET state = n.state, received = n.received, kept_at = n.kept_at,
    ended_at = n.ended_at,
    ended_by_name = CASE WHEN n.ended_at IS NULL THEN ''
        WHEN n.ended_by <> '' THEN n.ended_by ELSE p.ended_by_name END,
    judged_at = CASE WHEN n.is_new THEN %(now)s ELSE p.judged_at END
FROM unnest(%(id)s::bigint[], %(state)s::text[], %(received)s::numeric[],
    %(kept_at)s::timestamptz[], %(ended_at)s::timestamptz[], %(ended_by)s::text[],
    %(is_new)s::boolean[]) AS n(id, state, received, kept_at, ended_at, ended_by, is_new)
WHERE p.id = n.id AND p.owner_id = {OWNER}
"""
