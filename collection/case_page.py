"""Everything that the page of one case shows, read in a bounded number of queries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from agencies.models import Placement
from cases.clock import DaysPastDue, days_past_due_sql
from cases.models import (
    Borrower,
    Case,
    CaseHold,
    ContactPoint,
    Instalment,
    LedgerEntry,
    Loan,
    Repayment,
)
from cases.pills import Pill, pills
from collection.best_time import BestTime, best_times
from collection.case_list import desk_labels
from collection.holders import Stay, stays
from collection.models import Assignment, ContactTry, Note
from collection.present import present
from collection.promise_lists import CasePromises, promises_of_case
from collection.tagging import TagShown
from collection.timeline import Teller, Timeline, history_of
from collection.visibility import may_work, sight_of, visible_cases
from tenancy.models import Company, User
from tenancy.night import BUSINESS_DATE
from tenancy.ready import ReadyQuery

MOST_LINES = 200
"""Ledger entries and instalments that a page shows at most; the newest and the first."""

COMPONENTS = ("principal", "interest", "fee", "penalty")


@dataclass(frozen=True, slots=True)
class Component:
    """One part of what is owed: now, and the sums of how it came to that.

    opened: what the last statement said. added: charges and corrections after it. settled: what
    repayments took, reversals taken back, as a positive amount.
    """

    name: str
    now: Decimal
    opened: Decimal
    added: Decimal
    settled: Decimal


@dataclass(frozen=True, slots=True)
class OtherCase:
    """Another open or closed case of the borrower. `is_open_to_me`: whether its page opens."""

    case: Case
    dpd: int
    pill: Pill | None
    desk: str
    is_open_to_me: bool


@dataclass(frozen=True, slots=True)
class BucketStep:
    """The case came into a bucket on a date; no pill: out of the buckets."""

    on: date
    pill: Pill | None


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case as its page shows it on a business date; lists come in the order of the screen."""

    on: date
    case: Case
    dpd: int
    pill: Pill | None
    loan: Loan
    borrower: Borrower
    components: list[Component]
    entries: list[LedgerEntry]
    """The newest first."""
    contact_points: list[ContactPoint]
    """The borrower's own first; masked, see cases.showing."""
    others: list[OtherCase]
    steps: list[BucketStep]
    """Oldest first."""
    next_pill: Pill | None
    """The bucket that case.next_bucket_on leads into."""
    instalments: list[Instalment]
    repayments: list[Repayment]
    holds: list[CaseHold]
    """Those in force and those to come first, then those that are over."""
    assignment: Assignment | None
    """The company's desk that the case is on."""
    placement: Placement | None
    """Where the case is placed now, with its package: for the lender and for the agency."""
    stays: list[Stay]
    """Who had the case, the newest first."""
    best_times: dict[int, BestTime]
    """By contact point, on the lender's or the borrower's clock."""
    notes: list[Note]
    """The newest ones, as the timeline shows them."""
    tags: Sequence[TagShown]
    promises: CasePromises
    in_progress: ContactTry | None
    """The contact that the person reserved and nobody has settled."""
    timeline: Timeline


ENTRIES = ReadyQuery(
    LedgerEntry,
    "t.loan_id = %(loan)s",
    tail=f"ORDER BY t.effective_date DESC, t.id DESC LIMIT {MOST_LINES}",
)
POINTS = ReadyQuery(ContactPoint, "t.borrower_id = %(borrower)s")


ON = f"coalesce(%(on)s::date, {BUSINESS_DATE})"


@cache
def _seen_case(sight: str) -> ReadyQuery[Case]:
    """A case by its address within a sight's condition."""
    return ReadyQuery(
        Case,
        f"t.uid = %(uid)s AND {sight}",
        related=("loan", "borrower"),
        extra={
            "business_date": ON,
            "dpd": days_past_due_sql("t", ON),
        },
    )


def case_page(*, user: User, uid: UUID, on: date | None = None) -> CasePage | None:
    """The page of a case that the person sees; None for any other. At most 16 queries.

    on: the business date; the company's own unless the caller knows it.
    """
    company = user.company
    sight = sight_of(user)
    case = _seen_case(sight.condition).first(
        uid=uid, on=on, today=company.local_date(), **sight.values
    )
    if case is None:
        return None
    # Extras of _seen_case.
    on, dpd = case.business_date, case.dpd  # type: ignore[attr-defined]
    assert isinstance(on, date)
    has = present(case)
    history = history_of(case, company, has=has)
    moves = sorted(history.moves, key=lambda move: (move.on_date, move.pk))
    others = _other_cases(case, on) if has.others else []
    points = contact_points_of(case)
    entries = ENTRIES.rows(loan=case.loan_id)
    return CasePage(
        on=on,
        case=case,
        dpd=dpd,
        pill=has.scale.get(case.bucket_id or 0),
        loan=case.loan,
        borrower=case.borrower,
        components=components(case.loan, entries),
        entries=entries,
        contact_points=points,
        others=_others(user, others, has.scale),
        steps=[BucketStep(move.on_date, has.scale.get(move.to_bucket_id or 0)) for move in moves],
        next_pill=_next_pill(case, has.scale),
        instalments=_instalments(case) if has.instalments else [],
        repayments=history.repayments,
        holds=_holds(case, on) if has.holds else [],
        assignment=next((each for each in history.assignments if each.ended_at is None), None),
        placement=_placement(case) if case.holder_id is not None else None,
        tags=has.tags,
        promises=promises_of_case(user=user, case=case, any_made=has.promises),
        in_progress=_in_progress(history.contacts, user),
        stays=stays(history.assignments, history.events, company.zone),
        best_times=best_times(_answers(history.contacts), _zone_of(case.borrower, company)),
        notes=history.notes,
        timeline=Teller(
            company, has.scale, points, corrects=may_work(user) and case.closed_on is None
        ).tell(history),
    )


def _answers(contacts: Sequence[ContactTry]) -> Iterator[tuple[int, datetime, bool]]:
    """The calls that went out, and whether somebody spoke."""
    ended = {
        ContactTry.State.CONVERSATION: True,
        ContactTry.State.UNANSWERED: False,
    }
    for each in contacts:
        if each.contact_point_id is not None and each.state in ended:
            yield each.contact_point_id, each.at, ended[ContactTry.State(each.state)]


def _in_progress(contacts: Sequence[ContactTry], user: User) -> ContactTry | None:
    """The newest that is the person's own."""
    return next(
        (
            each
            for each in contacts
            if each.state == ContactTry.State.RESERVED
            and (each.company_id, each.by_id) == (user.company_id, user.pk)
        ),
        None,
    )


def _zone_of(borrower: Borrower, company: Company) -> ZoneInfo:
    return ZoneInfo(borrower.timezone) if borrower.timezone else company.zone


def older_timeline(*, user: User, uid: UUID, before: datetime) -> Timeline | None:
    """What stands in a visible case's timeline before a moment; None for any other case."""
    case = visible_cases(user).filter(uid=uid).first()
    if case is None:
        return None
    history = history_of(case, user.company, before)
    scale = pills(
        bucket for move in history.moves for bucket in (move.from_bucket_id, move.to_bucket_id)
    )
    return Teller(user.company, scale, contact_points_of(case)).tell(history, before)


def components(loan: Loan, entries: Sequence[LedgerEntry]) -> list[Component]:
    """What is owed by component, and how it came, from the newest statement on.

    entries: the loan's ledger, newest first.
    """
    since: list[LedgerEntry] = []
    statement: LedgerEntry | None = None
    for entry in entries:
        if entry.kind in (LedgerEntry.Kind.OPENING, LedgerEntry.Kind.SNAPSHOT):
            statement = entry
            break
        since.append(entry)
    money_in = (LedgerEntry.Kind.REPAYMENT, LedgerEntry.Kind.REVERSAL)
    return [
        Component(
            name=name,
            now=getattr(loan, name),
            opened=getattr(statement, name) if statement else Decimal(0),
            added=_sum(since, name, *set(LedgerEntry.Kind) - set(money_in)),
            settled=-_sum(since, name, *money_in),
        )
        for name in COMPONENTS
    ]


def _sum(entries: Sequence[LedgerEntry], name: str, *kinds: str) -> Decimal:
    return sum((getattr(entry, name) for entry in entries if entry.kind in kinds), Decimal(0))


def contact_points_of(case: Case) -> list[ContactPoint]:
    """The borrower's own first, then by relation in the order of the list."""
    ranks = {relation: rank for rank, relation in enumerate(ContactPoint.Relation.values)}
    points = POINTS.rows(borrower=case.borrower_id)
    return sorted(points, key=lambda point: (ranks[point.relation], point.pk))


def _other_cases(case: Case, on: date) -> list[Case]:
    rows = Case.objects.filter(borrower=case.borrower_id).exclude(pk=case.pk)
    ordered = rows.annotate(dpd=DaysPastDue(on)).order_by("closed_on", "-outstanding", "pk")
    return list(ordered[:MOST_LINES])


def _instalments(case: Case) -> list[Instalment]:
    return list(Instalment.objects.filter(loan=case.loan_id).order_by("seq")[:MOST_LINES])


def _placement(case: Case) -> Placement | None:
    running = Placement.objects.filter(case=case, ended_at=None)
    return running.select_related("package").first()


def _others(user: User, others: Sequence[Case], scale: dict[int, Pill]) -> list[OtherCase]:
    if not others:
        return []
    ids = [each.pk for each in others]
    mine = set(visible_cases(user).filter(pk__in=ids).values_list("pk", flat=True))
    desks = desk_labels(ids)
    return [
        OtherCase(
            case=each,
            dpd=each.dpd,  # type: ignore[attr-defined]  # annotated by case_page
            pill=scale.get(each.bucket_id or 0),
            desk=desks.get(each.pk, ""),
            is_open_to_me=each.pk in mine,
        )
        for each in others
    ]


def _next_pill(case: Case, scale: dict[int, Pill]) -> Pill | None:
    """The lowest bucket of the scheme above the one that the case is in."""
    here = scale.get(case.bucket_id or 0)
    if here is None or here.upper is None or case.next_bucket_on is None:
        return None
    ladder = (pill for pill in scale.values() if pill.scheme_id == here.scheme_id)
    return next((pill for pill in ladder if pill.lower == here.upper + 1), None)


def _holds(case: Case, on: date) -> list[CaseHold]:
    rows = list(CaseHold.objects.filter(case=case).order_by("-starts_on", "-pk")[:MOST_LINES])
    return sorted(rows, key=lambda hold: hold.ends_on is not None and hold.ends_on <= on)
