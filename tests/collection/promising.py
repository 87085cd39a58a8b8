"""A loan of the worked examples, the money that comes for it, and the nights that pass."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cases.aging import settle_cases
from cases.ledger import RepaymentRow, post_repayments
from cases.models import Case, CaseEvent
from collection.models import Promise
from collection.promise_outcomes import judge_at_night
from collection.promises import take_promise
from tenancy.models import Company, User
from tenancy.night import Step, run_step
from tests.aging.book import Owed, case_of, loan
from tests.collection.book import furnish

PROMISES = Step("promises", judge_at_night)


def march(day: int) -> date:
    return date(2026, 3, day)


def at(company: Company, day: int, hour: int = 11) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=company.zone)


class Story:
    """A case in March 2026; call in the lender's scope."""

    def __init__(self, company: Company, outstanding: str = "5000.00", no: str = "") -> None:
        self.company = company
        furnish(company)
        self.loan = loan(company, "2026-02-20", as_of="2026-02-28", owed=Owed(outstanding), no=no)
        settle_cases(company=company, on=march(10), loan_ids=[self.loan.pk])
        self.first = case_of(self.loan)
        self.night(10)

    @property
    def case(self) -> Case:
        return Case.objects.get(pk=self.first.pk)

    def person(self, username: str = "collector") -> User:
        return User.objects.get(username=username)

    def night(self, day: int, *, again: bool = False) -> dict[str, int]:
        """Open a business date as far as promises go."""
        done = run_step(company=self.company, step=PROMISES, day=march(day), again=again)
        assert done is not None
        return done.counts

    def promise(self, amount: str = "1000.00", made: int = 10, due: int = 13, **more: Any) -> int:
        promise = take_promise(
            company=self.company,
            case=self.case,
            by=self.person(),
            amount=Decimal(amount),
            due_on=march(due),
            pay_by="app",
            at=at(self.company, made),
            **more,
        )
        return promise.pk

    def pay(self, no: str, day: int, amount: str, *, booked: int = 0, reverses: str = "") -> None:
        """Book money paid at 15:00 of a day, on that day or on `booked`."""
        self.night(booked or day)
        row = RepaymentRow(
            repayment_no=f"{self.loan.loan_no}-{no}",
            loan_no=self.loan.loan_no,
            paid_at=at(self.company, day, 15),
            amount=Decimal(amount),
            reverses=f"{self.loan.loan_no}-{reverses}" if reverses else "",
        )
        told = post_repayments(company=self.company, rows=[row], on=march(booked or day))
        assert told.refused == ()

    def state(self, pk: int | None = None) -> tuple[str, str]:
        found = Promise.objects.filter(case_id=self.first.pk).order_by("made_at", "pk")
        promise = found.get(pk=pk) if pk else found.latest("made_at")
        return promise.state, str(promise.received)

    def events(self) -> list[str]:
        found = CaseEvent.objects.filter(case_id=self.first.pk, kind__startswith="promise_")
        return list(found.order_by("pk").values_list("kind", flat=True))
