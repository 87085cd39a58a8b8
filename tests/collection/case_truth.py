"""What must be true of a lender's few cases at any moment, worked out in plain Python from rows."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from agencies.models import Placement
from cases.models import Bucket, Case, CaseHold, ContactPoint, LedgerEntry, Loan, Repayment
from collection.case_page import case_page
from collection.models import Assignment, ContactTry, Disposition, Promise
from collection.promise_judging import PromiseFacts, RepaymentFacts, judge
from collection.ranking import (
    BROKEN_DAYS,
    Standing,
    Stop,
    expected_cents,
    key_of,
    rank_of,
)
from collection.visibility import visible_cases
from collection.work_settings import weights_now
from tenancy.models import Company, User
from tenancy.night import business_date
from tenancy.scope import company_scope

DAY = timedelta(days=1)
CAPS = {"call": 3, "robot": 3, "visit": 1}
"""Of the presets for China: conversations with the borrower a day, by either; visits a day."""
DIALS = 6
STATED = ("opening", "snapshot")
SETTLED = ("cured", "settled")


def in_force(hold: CaseHold, on: date) -> bool:
    return hold.starts_on <= on and (hold.ends_on is None or hold.ends_on > on)


class Book:
    """The rows of a lender's book, as the lender reads them."""

    def __init__(self, lender: Company) -> None:
        self.lender = lender
        with company_scope(lender):
            self.on = business_date(lender)
            self.cases = list(Case.objects.order_by("pk"))
            self.loans = {loan.pk: loan for loan in Loan.objects.all()}
            self.ledger = list(LedgerEntry.objects.order_by("effective_date", "pk"))
            self.repayments = list(Repayment.objects.order_by("pk"))
            self.promises = list(Promise.objects.order_by("pk"))
            self.holds = list(CaseHold.objects.order_by("pk"))
            self.desks = list(Assignment.objects.filter(ended_at=None))
            self.stays = list(Placement.objects.filter(ended_at=None))
            self.tries = list(ContactTry.objects.order_by("pk"))
            self.buckets = list(Bucket.objects.all())

    def check(self) -> None:
        self.desks_are_single()
        self.balances_are_the_ledgers()
        for case in self.cases:
            if case.closed_on is None:
                self.stands_in_its_bucket(case)
            else:
                self.is_closed_for_good(case)
        self.holders_are_those_of_the_placements()
        self.promises_say_what_the_facts_say()
        self.promises_hold_their_cases()
        self.holds_on_people_cover_all()
        self.caps_are_kept()

    def desks_are_single(self) -> None:
        lying = Counter((desk.company_id, desk.case_id) for desk in self.desks)
        assert all(n == 1 for n in lying.values()), lying
        holders = {case.pk: case.holder_id or case.owner_id for case in self.cases}
        assert all(desk.company_id == holders[desk.case_id] for desk in self.desks)
        open_now = Counter(each.loan_id for each in self.cases if each.closed_on is None)
        assert all(n == 1 for n in open_now.values()), open_now

    def balances_are_the_ledgers(self) -> None:
        for loan in self.loans.values():
            for name in ("principal", "interest", "fee", "penalty"):
                entries = (each for each in self.ledger if each.loan_id == loan.pk)
                said = sum((getattr(each, name) for each in entries), Decimal(0))
                assert said == getattr(loan, name), (loan, name)
        for case in self.cases:
            if case.closed_on is None:
                assert case.outstanding == self.loans[case.loan_id].outstanding, case.pk

    def stands_in_its_bucket(self, case: Case) -> None:
        pauses = [h for h in self.holds if h.case_id == case.pk and h.pauses_clock]
        due = self.loans[case.loan_id].due_date
        days = [due + n * DAY for n in range((self.on - due).days)]
        dpd = sum(not any(in_force(hold, day) for hold in pauses) for day in days)
        bucket = next(
            each.pk
            for each in self.buckets
            if each.lower <= dpd and (each.upper is None or dpd <= each.upper)
        )
        assert case.bucket_id == bucket, (case.pk, dpd, case.bucket_id)

    def is_closed_for_good(self, case: Case) -> None:
        assert case.closure
        loan = self.loans[case.loan_id]
        relapsed = any(
            each.loan_id == loan.pk and each.opened_on >= (case.closed_on or self.on)
            for each in self.cases
            if each.pk > case.pk
        )
        if case.closure == "paid":
            assert loan.outstanding == 0 or relapsed, case.pk
        assert not [desk for desk in self.desks if desk.case_id == case.pk]

    def holders_are_those_of_the_placements(self) -> None:
        held = {case.pk: case.holder_id for case in self.cases if case.holder_id}
        assert {each.case_id: each.agency_id for each in self.stays} == held
        people = {(case.borrower_id, case.holder_id) for case in self.cases if case.holder_id}
        assert len(people) == len({borrower for borrower, _holder in people})

    # Promises ---------------------------------------------------------------------------------

    def promises_say_what_the_facts_say(self) -> None:
        loans = {case.pk: case.loan_id for case in self.cases}
        by_loan = defaultdict(list)
        for promise in self.promises:
            by_loan[loans[promise.case_id]].append(promise)
        still = Counter(each.case_id for each in self.promises if each.state == "open")
        assert all(n == 1 for n in still.values()), still
        for loan_id, promises in by_loan.items():
            told = {
                each.key: (each.state, each.received)
                for each in judge(
                    [self.facts_of(each) for each in promises],
                    self.money_of(loan_id),
                    on=self.on,
                    zone=self.lender.zone,
                )
            }
            assert {each.pk: (each.state, each.received) for each in promises} == told

    def facts_of(self, promise: Promise) -> PromiseFacts:
        return PromiseFacts(
            key=promise.pk,
            made_at=promise.made_at,
            amount=promise.amount,
            due_on=promise.due_on,
            grace_days=promise.grace_days,
            tolerance_percent=promise.tolerance_percent,
            withdrawn_at=promise.ended_at if promise.state == "withdrawn" else None,
            is_settled=self.was_settled(promise),
        )

    def was_settled(self, promise: Promise) -> bool:
        """Whether nothing was left to pay at the end of the promise's last day."""
        last = promise.due_on + timedelta(days=promise.grace_days)
        case = next(each for each in self.cases if each.pk == promise.case_id)
        if case.closure in SETTLED and case.closed_on is not None and case.closed_on <= last:
            return True
        of_loan = [each for each in self.ledger if each.loan_id == case.loan_id]
        stated = [e for e in of_loan if e.kind in STATED and e.effective_date <= last]
        if not stated:
            return False
        since = stated[-1].effective_date
        added = [
            e for e in of_loan
            if e.kind not in STATED and e.repayment_id is None and since < e.effective_date <= last
        ]  # fmt: skip
        paid = sum(
            (
                each.amount
                for each in self.repayments
                if each.loan_id == case.loan_id
                and not each.reverses_no
                and each.state in ("posted", "included")
                and since < each.effective_date <= last
            ),
            Decimal(0),
        )
        owed = sum((_whole(entry) for entry in [stated[-1], *added]), Decimal(0))
        return owed - paid <= 0

    def money_of(self, loan_id: int) -> list[RepaymentFacts]:
        return [
            RepaymentFacts(each.pk, each.paid_at, each.amount, each.state == "reversed")
            for each in self.repayments
            if each.loan_id == loan_id and not each.reverses_no and each.state != "suspense"
        ]

    def promises_hold_their_cases(self) -> None:
        """An open promise is a hold up to its last day; without one there is none in force."""
        until = {
            each.case_id: each.due_on + timedelta(days=each.grace_days + 1)
            for each in self.promises
            if each.state == "open"
        }
        standing = [h for h in self.holds if h.kind == "promise" and in_force(h, self.on)]
        assert Counter((h.case_id, h.ends_on) for h in standing) == Counter(until.items())

    # Holds and contacts -----------------------------------------------------------------------

    def holds_on_people_cover_all(self) -> None:
        borrowers = {case.pk: case.borrower_id for case in self.cases}
        on_people = {
            (hold.person_hold, borrowers[hold.case_id])
            for hold in self.holds
            if hold.person_hold and hold.lifted_at is None and in_force(hold, self.on)
        }
        for person_hold, borrower in on_people:
            rows = [hold for hold in self.holds if hold.person_hold == person_hold]
            assert len({(hold.ends_on, hold.stops_contact) for hold in rows}) == 1
            covered = {hold.case_id for hold in rows}
            open_now = {
                case.pk
                for case in self.cases
                if case.borrower_id == borrower and case.closed_on is None
            }
            assert open_now <= covered, (person_hold, open_now - covered)

    def caps_are_kept(self) -> None:
        talks: Counter[tuple[int, date, int]] = Counter()
        dials: Counter[tuple[int | None, date]] = Counter()
        for each in self.tries:
            on = each.at.astimezone(self.lender.zone).date()
            voice = each.channel in CAPS
            if (
                each.relation == ContactPoint.Relation.SELF
                and voice
                and each.state
                in (
                    "reserved",
                    "conversation",
                )
            ):
                talks[each.borrower_id, on, CAPS[each.channel]] += 1
            if each.channel in ("call", "robot") and each.state not in (
                "not_connected",
                "released",
            ):
                dials[each.contact_point_id, on] += 1
        assert all(n <= cap for (_borrower, _on, cap), n in talks.items()), talks
        assert all(n <= DIALS for (point, _on), n in dials.items() if point), dials


def _whole(entry: LedgerEntry) -> Decimal:
    return Decimal(entry.principal + entry.interest + entry.fee + entry.penalty)


# The order of work ------------------------------------------------------------------------------


def check_ranks(company: Company) -> None:
    """Every open desk of the company stands where the arithmetic puts it."""
    with company_scope(company):
        on = business_date(company)
        weights = weights_now(company)
        callbacks = {each.code for each in Disposition.objects.all() if "callback" in each.flags}
        desks = list(Assignment.objects.filter(company=company, ended_at=None))
        ids = [desk.case_id for desk in desks]
        loans = {
            case.pk: case.loan for case in Case.objects.filter(pk__in=ids).select_related("loan")
        }
        promises = list(Promise.objects.filter(case__in=ids))
        holds = list(CaseHold.objects.filter(case__in=ids))
    for desk in desks:
        standing = _standing(
            desk,
            company=company,
            on=on,
            promises=[each for each in promises if each.case_id == desk.case_id],
            holds=[each for each in holds if each.case_id == desk.case_id],
            callbacks=callbacks,
        )
        loan = loans[desk.case_id]
        rank = rank_of(standing, weights)
        cents = expected_cents(loan.outstanding, loan.collection_score, standing.idle_days, weights)
        said = (rank, key_of(standing, rank, cents), Decimal(cents) / 100)
        stored = (desk.rank, desk.rank_key, desk.expected_value)
        assert stored == said, (company.code, desk.case_id, stored, said, standing)


def _standing(
    desk: Assignment,
    *,
    company: Company,
    on: date,
    promises: Sequence[Promise],
    holds: Iterable[CaseHold],
    callbacks: set[str],
) -> Standing:
    def midnight(day: date) -> datetime:
        return datetime.combine(day, time.min, company.zone)

    open_one = next((each for each in promises if each.state == "open"), None)
    broken = [
        each.judged_at
        for each in promises
        if each.state == "broken"
        and each.judged_at is not None
        and each.judged_at >= midnight(on - timedelta(days=BROKEN_DAYS))
    ]
    since = desk.assigned_on
    if desk.last_touch_at is not None:
        since = max(since, company.local_date(desk.last_touch_at))
    stops = {hold.stops_contact for hold in holds if in_force(hold, on)} - {""}
    partly = Stop.PARTLY if stops else Stop.NOT
    return Standing(
        begins=midnight(on),
        ends=midnight(on + DAY),
        next_action_at=desk.next_action_at,
        last_touch_at=desk.last_touch_at,
        is_new=desk.assigned_on >= on,
        is_callback=desk.last_disposition in callbacks,
        idle_days=max((on - since).days, 0),
        promise_due=midnight(open_one.due_on) if open_one else None,
        broken_at=max(broken, default=None),
        stop=Stop.WHOLLY if stops - {"remind", "voice"} else partly,
        skipped_at=desk.skipped_at,
    )


# Who sees what ----------------------------------------------------------------------------------


def check_sight(agency: Company, admin: User, book: Book) -> None:
    """The agency sees the cases that it holds, and its collectors those on their desks."""
    held = {case.pk for case in book.cases if case.holder_id == agency.pk}
    with company_scope(agency):
        assert set(Case.objects.values_list("pk", flat=True)) == held
        assert set(visible_cases(admin).values_list("pk", flat=True)) == held
        ours = {desk.case_id for desk in book.desks if desk.company_id == agency.pk}
        assert ours <= held


def check_pages(book: Book, readers: Iterable[User]) -> None:
    """The page of every case is told to whoever sees it, whatever has happened to the case."""
    for reader in readers:
        company = reader.company
        with company_scope(company):
            for case in book.cases:
                sees = company.is_lender or case.holder_id == company.pk
                page = case_page(user=reader, uid=case.uid, on=book.on)
                assert (page is not None) is sees
                if page is not None:
                    assert [str(item.what) for item in page.timeline.items]
                    moments = [item.at for item in page.timeline.items]
                    assert moments == sorted(moments, reverse=True)
