"""Promises judged where they are kept: when money is booked, when a case closes, and at night.

What decides is collection.promise_judging; here the facts are read in bulk, in the lender's scope,
whose people and whose agencies' people took the promises. What changed is written in a few
statements, told on each case's timeline, and moves the case on the desk where it lies.
"""
# ruff: noqa: S608 (statements are put together from constants of this package)

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.events import CasesClosed, CasesReopened, RepaymentsPosted
from cases.models import Case
from cases.repayment_rows import lock_loans
from cases.statements import OWNER, Values, columns, execute, ids, rows
from collection.models import Promise
from collection.promise_events import Change, Ranking, Stored, tell
from collection.promise_holds import hold_for_promises
from collection.promise_judging import Judgement, PromiseFacts, RepaymentFacts, judge
from tenancy.models import Company
from tenancy.night import Counts, business_date, last_night
from tenancy.scope import current_scope

State = Promise.State
SETTLED = (Case.Closure.CURED, Case.Closure.SETTLED)
"""Closures after which nothing of the case is left to pay although the loan still owes."""


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
        settled = settle_promises(company=company, on=on, loan_ids=loan_ids)
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
    *, company: Company, on: date, loan_ids: Collection[int], coming: Coming | None = None
) -> Settled:
    """Judge and write, without telling anybody: `tell` is the caller's next step.

    The loans are locked in the order of their ids. coming: takes part in the judgement and is not
    written; what it supersedes is. Runs in the lender's scope.
    """
    lock_loans(company.pk, loan_ids)
    stored = promises_of(company.pk, loan_ids)
    money = _money(company.pk, loan_ids)
    by_loan: dict[int, list[PromiseFacts]] = defaultdict(list)
    for each in stored.values():
        by_loan[each.loan_id].append(each.facts)
    if coming:
        by_loan[coming.loan_id].append(coming.facts)
    told: dict[int, Judgement] = {}
    for loan_id, promises in by_loan.items():
        judged = judge(promises, money.get(loan_id, ()), on=on, zone=company.zone)
        told |= {each.key: each for each in judged}
    new = told.pop(coming.facts.key) if coming else None
    changes = _write(company.pk, stored, told, coming)
    until = _binding(stored, told, changes)
    if coming and new:
        is_open = new.state == "open"
        until[coming.case_id] = _first_free_day(coming.facts) if is_open else None
    if until:
        by_name = coming.by_name if coming else ""
        hold_for_promises(company=company, on=on, until=until, by_name=by_name)
    return Settled(changes, new)


def promises_of(owner: int, loan_ids: Collection[int]) -> dict[int, Stored]:
    """Every promise on these loans as it is stored, by id; the lender's scope."""
    found = {}
    values: Values = {"owner": owner, "ids": list(loan_ids), "settled": list(SETTLED)}
    for (
        pk, loan_id, case_id, company_id, shared, state, received, made_at, amount, due_on,
        grace_days, tolerance, ended_at, is_settled, holder_id,
    ) in rows(_PROMISES, values):  # fmt: skip
        facts = PromiseFacts(
            key=pk,
            made_at=made_at,
            amount=amount,
            due_on=due_on,
            grace_days=grace_days,
            tolerance_percent=tolerance,
            withdrawn_at=ended_at if state == State.WITHDRAWN else None,
            is_settled=is_settled,
        )
        found[pk] = Stored(
            owner, loan_id, case_id, company_id, shared, state, received, holder_id, facts
        )
    return found


def _money(owner: int, loan_ids: Collection[int]) -> Mapping[int, list[RepaymentFacts]]:
    found: dict[int, list[RepaymentFacts]] = defaultdict(list)
    for loan_id, *facts in rows(_MONEY, {"owner": owner, "ids": list(loan_ids)}):
        found[loan_id].append(RepaymentFacts(*facts))
    return found


def _write(
    owner: int, stored: Mapping[int, Stored], told: Mapping[int, Judgement], coming: Coming | None
) -> tuple[Change, ...]:
    """Write what is new; the promises whose state is."""
    changed = [
        (kept, told[pk])
        for pk, kept in sorted(stored.items())
        if (kept.state, kept.received) != (told[pk].state, told[pk].received)
    ]
    # First those that are open no more: a case has one open promise at every moment.
    for is_open in (False, True):
        lines = [
            _line(kept, judgement, coming)
            for kept, judgement in changed
            if (judgement.state == "open") is is_open
        ]
        if lines:
            values: Values = {"owner": owner, "now": timezone.now(), **columns(_COLUMNS, lines)}
            execute(_OUTCOMES, values)
    return tuple(
        Change(kept, judgement) for kept, judgement in changed if kept.state != judgement.state
    )


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
# What was owed at the end of the last day, from the last statement up to then; money that was taken
# back later is left out, whenever that was.
_PROMISES = f"""
SELECT p.id, c.loan_id, p.case_id, p.company_id, p.shared, p.state, p.received, p.made_at,
    p.amount, p.due_on, p.grace_days, p.tolerance_percent, p.ended_at,
    (c.closure = ANY(%(settled)s) AND c.closed_on <= p.due_on + p.grace_days)
        OR coalesce(stated.owed + added.owed - paid.amount <= 0, false),
    c.holder_id
FROM cases_case c
JOIN collection_promise p ON p.owner_id = {OWNER} AND p.case_id = c.id
LEFT JOIN LATERAL (
    SELECT e.effective_date, e.principal + e.interest + e.fee + e.penalty AS owed
    FROM cases_ledgerentry e
    WHERE e.owner_id = {OWNER} AND e.loan_id = c.loan_id AND e.kind IN ('opening', 'snapshot')
      AND e.effective_date <= p.due_on + p.grace_days
    ORDER BY e.effective_date DESC, e.id DESC LIMIT 1
) stated ON true
LEFT JOIN LATERAL (
    SELECT coalesce(sum(e.principal + e.interest + e.fee + e.penalty), 0) AS owed
    FROM cases_ledgerentry e
    WHERE e.owner_id = {OWNER} AND e.loan_id = c.loan_id AND e.repayment_id IS NULL
      AND e.kind NOT IN ('opening', 'snapshot')
      AND e.effective_date > stated.effective_date
      AND e.effective_date <= p.due_on + p.grace_days
) added ON true
LEFT JOIN LATERAL (
    SELECT coalesce(sum(r.amount), 0) AS amount FROM cases_repayment r
    WHERE r.owner_id = {OWNER} AND r.loan_id = c.loan_id AND r.reverses_no = ''
      AND r.state IN ('posted', 'included')
      AND r.effective_date > stated.effective_date
      AND r.effective_date <= p.due_on + p.grace_days
) paid ON true
WHERE c.owner_id = {OWNER} AND c.loan_id = ANY(%(ids)s)
"""
_MONEY = f"""
SELECT loan_id, id, paid_at, amount, state = 'reversed' FROM cases_repayment
WHERE owner_id = {OWNER} AND loan_id = ANY(%(ids)s) AND reverses_no = ''
  AND state IN ('posted', 'included', 'reversed')
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
