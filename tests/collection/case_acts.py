"""What people and nights do to a lender's few cases, each as one act; see test_case_machine."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet

from agencies.placement import place_cases
from agencies.recall import recall_cases
from cases.hold_answers import answer_hold
from cases.holds import lift_hold
from cases.ledger import RepaymentRow, post_repayments
from cases.models import Case, CaseHold, ContactPoint, Repayment
from collection.gate import Denied, release, reserve, settle
from collection.holding import open_hold_on_case
from collection.leave import Plan, cancel_leave, enter_leave
from collection.models import ContactTry, Leave, Move, Promise
from collection.notes import write_note
from collection.promises import take_promise, withdraw_promise
from collection.reassignment import reassign_cases
from collection.skipping import skip_case
from collection.undo import undo_move
from config.night import STEPS
from tenancy.models import Company, User
from tenancy.night import business_date, run_night
from tenancy.scope import company_scope
from tests.collection.book import desk

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGINS = datetime(2036, 3, 4, 9, tzinfo=SHANGHAI)
"""An ordinary Tuesday, after whatever the database's own clock says."""
APART, DAY = timedelta(minutes=2), timedelta(days=1)
CENT = Decimal("0.01")
M = TypeVar("M", bound=Model)


@dataclass
class Clock:
    """The time that everybody goes by."""

    now: datetime = BEGINS

    @property
    def today(self) -> date:
        return self.now.astimezone(SHANGHAI).date()


@dataclass(frozen=True)
class Stage:
    """What stands before the first act. loans: their ids."""

    lender: Company
    agency: Company
    loans: tuple[int, ...]
    clock: Clock


class Collecting:
    """One lender's cases and one agency; every public method is something that somebody does.

    Acts that the rules forbid are refused and count as nothing. done: how often each came about.
    which: the loan whose newest case it is about. by_holder: done by who works the case, else by
    the lender. by_agency: by the agency's people.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage, self.clock = stage, stage.clock
        self.clock.now = BEGINS
        self.done: Counter[str] = Counter()
        self._numbers = 0
        self.night(hour=9, agency_first=False)

    @contextmanager
    def _tried(self, company: Company, what: str) -> Iterator[None]:
        """In the company's scope, a little later; what the rules forbid is left undone."""
        self.clock.now += APART
        try:
            with company_scope(company):
                yield
        except (ValidationError, PermissionDenied):
            return
        self.done[what] += 1

    def _side(self, by_agency: bool) -> Company:
        return self.stage.agency if by_agency else self.stage.lender

    def _worker(self, which: int, by_holder: bool) -> Company:
        with company_scope(self.stage.lender):
            case = self._all([which]).first()
            return self._side(by_holder and case is not None and case.holder_id is not None)

    def _all(self, some: list[int]) -> QuerySet[Case]:
        return Case.objects.filter(loan_id__in=[self.stage.loans[n] for n in some]).order_by("-pk")

    def _case(self, which: int) -> Case:
        return _nth(self._all([which]), 0)

    @staticmethod
    def _person(username: str = "admin") -> User:
        return User.objects.select_related("company").get(username=username)

    def _in_days(self, days: int) -> date:
        return self.clock.today + days * DAY

    # Money ----------------------------------------------------------------------------------

    def pay(self, which: int, share: int, days: int) -> None:
        lender = self.stage.lender
        with self._tried(lender, "paid"):
            owing = self._case(which).loan
            amount = max(owing.outstanding / share, Decimal(1)).quantize(CENT)
            self._book(owing.loan_no, self.clock.now - days * DAY, amount)

    def reverse(self, which: int) -> None:
        lender = self.stage.lender
        with self._tried(lender, "reversed"):
            counting = Repayment.objects.filter(
                loan_id=self.stage.loans[which],
                reverses_no="",
                state__in=("posted", "included"),
            )
            last = _nth(counting.order_by("-pk"), 0)
            self._book(last.loan_no, self.clock.now, last.amount, last.repayment_no)

    def _book(self, loan_no: str, at: datetime, amount: Decimal, reverses: str = "") -> None:
        self._numbers += 1
        row = RepaymentRow(f"R{self._numbers}", loan_no, at, amount, reverses=reverses)
        lender = self.stage.lender
        told = post_repayments(company=lender, rows=[row], on=business_date(lender))
        assert not told.refused

    # Notes and promises ---------------------------------------------------------------------

    def note(
        self, which: int, by_holder: bool, code: str, days: int, nth: int, flags: frozenset[str]
    ) -> None:
        company = self._worker(which, by_holder)
        with self._tried(company, f"noted {code}"):
            case = self._case(which)
            points = ContactPoint.objects.filter(borrower_id=case.borrower_id).order_by("pk")
            tries = ContactTry.objects.filter(company=company, case_id=case.pk, state="reserved")
            contact = tries.first() if "of_try" in flags else None
            write_note(
                company=company,
                case=case,
                by=self._person(),
                disposition=code,
                remark="Said so.",
                contact_point=_nth(points, nth) if "of_point" in flags else None,
                facts=self._facts(case, days, "all" in flags),
                shared="shared" in flags,
                try_uid=contact.uid if contact else None,
                next_action_at=self.clock.now + days * DAY if "when" in flags else None,
            )

    def _facts(self, case: Case, days: int, everything: bool) -> dict[str, object]:
        """Whatever a disposition may ask."""
        words = ("obstacle", "reason", "denied", "subject", "wish", "who", "proof")
        return {
            **dict.fromkeys(words, "Told."),
            **dict.fromkeys(("monthly_amount", "offered", "claimed"), "10.00"),
            **dict.fromkeys(("stop_number", "stop_channel", "stop_time"), "all"),
            "stop_channel": "all" if everything else "call",
            "amount": str((case.loan.outstanding / 2).quantize(CENT)),
            "date": self._in_days(days),
            "first_date": self._in_days(30),
            "paid_on": self._in_days(-days),
            "until": self._in_days(60),
            "agreed_until": self._in_days(3) if everything else "",
            "time": self.clock.now + timedelta(hours=20 * days + 1),
            "number": f"139{self.clock.now:%m%d%H%M}",
            "channel": "app",
            "cause": "illness",
            "component": "fee",
            "whose": "self" if everything else "friend",
            "unable": "gravely_ill",
            "represented_by": "insolvency" if everything else "lawyer",
        }

    def promise(
        self, which: int, by_holder: bool, share: int, days: int, flags: frozenset[str]
    ) -> None:
        company = self._worker(which, by_holder)
        with self._tried(company, "promised"):
            case = self._case(which)
            take_promise(
                company=company,
                case=case,
                by=self._person(),
                amount=(case.loan.outstanding / share).quantize(CENT),
                due_on=self._in_days(days),
                pay_by="app",
                shared="shared" in flags,
            )

    def withdraw(self, which: int, by_holder: bool) -> None:
        company = self._worker(which, by_holder)
        with self._tried(company, "withdrawn"):
            standing = Promise.objects.filter(case=self._case(which), state="open")
            own = standing if company.is_lender else standing.filter(company=company)
            open_one = _nth(own, 0)
            withdraw_promise(company=company, promise=open_one, by=self._person(), reason="Typed")

    # Holds ----------------------------------------------------------------------------------

    def hold(self, which: int, by_holder: bool, kind: str) -> None:
        company = self._worker(which, by_holder)
        with self._tried(company, "held"):
            open_hold_on_case(
                user=self._person(),
                case=self._case(which),
                kind=kind,
                reason="Told so",
                ends_on=self._in_days(2) if kind == "plan" else None,
            )

    def lift(self, nth: int) -> None:
        lender = self.stage.lender
        with self._tried(lender, "lifted"):
            on = business_date(lender)
            lift_hold(company=lender, hold=self._hold(nth), by=self._person(), on=on)

    def answer(self, nth: int) -> None:
        lender = self.stage.lender
        with self._tried(lender, "answered"):
            answer_hold(
                company=lender,
                hold=self._hold(nth),
                answer="Thus.",
                by=self._person(),
                on=business_date(lender),
            )

    @staticmethod
    def _hold(nth: int) -> CaseHold:
        standing = CaseHold.objects.filter(lifted_at=None).exclude(kind="promise")
        return _nth(standing.order_by("pk"), nth)

    # Contacts -------------------------------------------------------------------------------

    def contact(self, which: int, by_holder: bool, channel: str, nth: int, times: int) -> None:
        """So many contacts through one point, one after the other."""
        company = self._worker(which, by_holder)
        with self._tried(company, "asked"):
            case = self._case(which)
            points = ContactPoint.objects.filter(borrower_id=case.borrower_id).order_by("pk")
            point = None if channel == "visit" else _nth(points, nth)
            for _each in range(times):
                try:
                    reserve(user=self._person(), case=case, channel=channel, point=point)
                except Denied as denied:
                    self.done["denied"] += bool(denied.decision.denials)
                else:
                    self.done["reserved"] += 1

    def settle(self, by_agency: bool, nth: int, state: str) -> None:
        """Also when the case has been taken back meanwhile."""
        company = self._side(by_agency)
        with self._tried(company, "settled"):
            settle(company=company, uid=self._begun(company, nth).uid, state=state)

    def release(self, by_agency: bool, nth: int) -> None:
        company = self._side(by_agency)
        with self._tried(company, "released"):
            begun = self._begun(company, nth)
            release(company=company, uid=begun.uid, reason="Line was dead", by=self._person())

    @staticmethod
    def _begun(company: Company, nth: int) -> ContactTry:
        rows = ContactTry.objects.filter(company=company, state="reserved")
        return _nth(rows.order_by("pk"), nth)

    # Placements and desks -------------------------------------------------------------------

    def place(self, some: list[int], days: int, to: str) -> None:
        """The agency puts what it gets on a desk at once."""
        lender, agency = self.stage.lender, self.stage.agency
        with self._tried(lender, "asked to place"):
            placed = place_cases(
                lender=lender,
                agency=agency,
                case_ids=self._all(some),
                reason="Far away",
                ends_on=self._in_days(days) if days else None,
                by=self._person(),
            )
        with self._tried(agency, "taken in"):
            reassign_cases(
                company=agency, case_ids=placed.case_ids, to=desk(to), reason="New", by=None
            )
            self.done["placed"] += bool(placed.case_ids)

    def recall(self, which: int) -> None:
        lender = self.stage.lender
        with self._tried(lender, "asked to recall"):
            ids = [self._case(which).pk]
            back = recall_cases(lender=lender, case_ids=ids, reason="Costly", by=self._person())
            self.done["recalled"] += bool(back.case_ids)

    def reassign(self, some: list[int], by_agency: bool, to: str) -> None:
        company = self._side(by_agency)
        with self._tried(company, "asked to move"):
            cases, by = self._all(some), self._person()
            told = reassign_cases(
                company=company, case_ids=cases, to=desk(to), reason="Load", by=by
            )
            self.done["moved"] += bool(told.moved)

    def undo(self, some: list[int], by_agency: bool, to: str, nth: int) -> None:
        """The newest move: one that is made now, or, less often, whichever it was."""
        if nth:
            self.reassign(some, by_agency, to)
        company = self._side(by_agency)
        with self._tried(company, "undone"):
            undo_move(
                company=company, move=_nth(Move.objects.order_by("-pk"), 0), by=self._person()
            )

    def leave(self, by_agency: bool, to: str, cover: str, days: int, nth: int) -> None:
        company = self._side(by_agency)
        with self._tried(company, "left"):
            first = self._in_days(nth % 2)
            plan = Plan(
                user=self._person(to or "collector"),
                first_day=first,
                last_day=first + days * DAY,
                cover=self._person(cover) if cover else None,
                reason="Annual leave",
            )
            enter_leave(company=company, plan=plan, by=self._person())

    def come_back(self, by_agency: bool) -> None:
        company = self._side(by_agency)
        with self._tried(company, "came back"):
            away = _nth(Leave.objects.filter(cancelled_at=None).order_by("-pk"), 0)
            cancel_leave(company=company, leave=away, by=self._person())

    def skip(self, which: int, by_holder: bool) -> None:
        company = self._worker(which, by_holder)
        with self._tried(company, "skipped"):
            case = self._case(which)
            skip_case(company=company, case=case, by=self._person(), why="waits")

    # Time -----------------------------------------------------------------------------------

    def night(self, hour: int, agency_first: bool) -> None:
        """The nights that open the next day, and the hour at which it goes on."""
        self.clock.now = datetime.combine(self._in_days(1), time(hour), SHANGHAI)
        both = (self.stage.lender, self.stage.agency)
        for company in both[::-1] if agency_first else both:
            done = list(run_night(company=company, steps=STEPS, until=self.clock.today))
            assert sum(each.ran for each in done) == len(STEPS)
        self.done["nights"] += 1


ACTS: dict[str, Callable[..., None]] = {
    name: verb for name, verb in vars(Collecting).items() if callable(verb) and name[0] != "_"
}


def _nth(rows: QuerySet[M], nth: int) -> M:
    """The nth of the rows, round and round; a refusal where there are none."""
    found = list(rows)
    if not found:
        raise PermissionDenied
    return found[nth % len(found)]
