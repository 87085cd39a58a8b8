"""A seeded book: made-up borrowers, loans, contacts and repayments as feed rows.

Everything comes from one random generator per lender, so the same seed gives the same demo.
Shapes (dues, amounts, cure speed) are illustrative; nobody in it exists.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from faker import Faker

from config.demo.cast import DemoCompany

CENT = Decimal("0.01")
PRODUCTS = {
    "zh_CN": (("现金贷", 5_000), ("消费分期", 9_000), ("车贷", 60_000)),
    "en_GB": (("Personal loan", 1_800), ("Point of sale", 700), ("Car finance", 6_500)),
}
CHANNELS = {
    "zh_CN": ("App", "合作平台A", "合作平台B", "线下门店"),
    "en_GB": ("App", "Broker", "Store"),
}
REGIONS = {
    "zh_CN": ("上海", "广东", "四川", "湖北", "新疆", "浙江"),
    "en_GB": ("London", "Leeds", "Cardiff", "Glasgow"),
}
# What the lender calls a column of its own: its name is shown as it is.
OCCUPATION = {"zh_CN": "attr.职业", "en_GB": "attr.Occupation"}
RELATIONS = ("spouse", "parent", "sibling", "colleague", "friend", "emergency")
LONGEST_OVERDUE = 160


@dataclass(slots=True)
class DemoLoan:
    """One loan of the book: its feed row's values, and what is still owed."""

    loan_no: str
    borrower_no: str
    due_date: date
    row: dict[str, str]
    owed: Decimal


@dataclass(frozen=True, slots=True)
class DemoRepayment:
    """Money on a day: number, loan, moment, amount."""

    repayment_no: str
    loan_no: str
    paid_at: datetime
    amount: Decimal


class Book:
    """A lender's loans as of `first`, and what happens to them until `last`."""

    def __init__(self, company: DemoCompany, first: date, last: date, seed: int) -> None:
        self.company, self.first, self.last = company, first, last
        self.random = random.Random(f"{seed}:{company.code}")  # noqa: S311 made-up data
        self.faker = Faker(company.faker)
        self.faker.seed_instance(f"{seed}:{company.code}")
        self.zone = ZoneInfo(company.timezone)
        self.borrowers: dict[str, dict[str, str]] = {}
        self.loans = [self._loan(number) for number in range(1, company.loans + 1)]

    def loans_rows(self) -> Iterator[dict[str, str]]:
        """The loans file of the first day."""
        return (loan.row for loan in self.loans)

    def contacts_rows(self) -> Iterator[dict[str, str]]:
        """People around the borrowers: none to three each."""
        for borrower_no in self.borrowers:
            for relation in self.random.sample(RELATIONS, self.random.choice((0, 1, 1, 2, 3))):
                yield {
                    "borrower_no": borrower_no,
                    "name": self.faker.name(),
                    "relation": relation,
                    "phone": self._phone(),
                    "source": "application",
                }

    def repayments(self, day: date) -> list[DemoRepayment]:
        """What comes in on `day`: the fresher the debt, the likelier; some pay only a part."""
        found = []
        for loan in self.loans:
            dpd = (day - loan.due_date).days
            if dpd < 0 or not loan.owed or self.random.random() > self._chance(dpd):
                continue
            whole = self.random.random() < 0.62
            amount = loan.owed if whole else self._part(loan.owed)
            loan.owed -= amount
            found.append(
                DemoRepayment(
                    repayment_no=f"R{day:%y%m%d}{loan.loan_no[-7:]}",
                    loan_no=loan.loan_no,
                    paid_at=datetime.combine(day, self._moment(), self.zone),
                    amount=amount,
                )
            )
        return found

    def _chance(self, dpd: int) -> float:
        if dpd == 0:
            return 0.12
        return 0.055 if dpd <= 10 else 0.025 if dpd <= 30 else 0.009 if dpd <= 90 else 0.003

    def _part(self, owed: Decimal) -> Decimal:
        share = Decimal(self.random.randint(10, 60)) / 100
        return max((owed * share).quantize(CENT), CENT)

    def _moment(self) -> time:
        return time(self.random.randint(8, 20), self.random.randint(0, 59))

    def _phone(self) -> str:
        if self.company.faker == "zh_CN":
            return f"1{self.random.choice('3578')}{self.random.randint(0, 10**9 - 1):09d}"
        return f"+447{self.random.randint(0, 10**9 - 1):09d}"

    def _borrower(self) -> str:
        if self.borrowers and self.random.random() < 0.12:
            return self.random.choice(list(self.borrowers)[-400:])
        number = f"B{len(self.borrowers) + 1:07d}"
        chinese = self.company.faker == "zh_CN"
        self.borrowers[number] = {
            "borrower_no": number,
            "borrower_name": self.faker.name(),
            "id_no": self.faker.ssn() if chinese else f"QQ{self.random.randint(0, 999999):06d}A",
            "phone": "" if self.random.random() < 0.02 else self._phone(),
        }
        return number

    def _due_date(self) -> date:
        """Half of the book falls due within the month shown; the rest is older debt."""
        days = (self.last - self.first).days
        if self.random.random() < 0.55:
            return self.first + timedelta(days=self.random.randint(-10, days + 12))
        age = min(int(self.random.expovariate(1 / 38)), LONGEST_OVERDUE)
        return self.first - timedelta(days=age)

    def _loan(self, number: int) -> DemoLoan:
        borrower_no = self._borrower()
        product, typical = self.random.choice(PRODUCTS[self.company.faker])
        due_date = self._due_date()
        overdue = max((self.first - due_date).days, 0)
        principal = Decimal(self.random.lognormvariate(0, 0.6) * typical).quantize(CENT)
        interest = (principal * Decimal(self.random.randint(8, 60)) / 1000).quantize(CENT)
        fee = self.random.choice((Decimal(0), Decimal(20), Decimal("43.00")))
        penalty = (principal * overdue * Decimal("0.0005")).quantize(CENT)
        loan_no = f"{self.company.code[:2]}{due_date:%y%m}-{number:07d}"
        row = self.borrowers[borrower_no] | {
            "loan_no": loan_no,
            "product": product,
            "channel": self.random.choice(CHANNELS[self.company.faker]),
            "region": self.random.choice(REGIONS[self.company.faker]),
            "loan_amount": str((principal * Decimal("1.4")).quantize(CENT)),
            "disbursed_on": (due_date - timedelta(days=self.random.randint(30, 360))).isoformat(),
            "due_date": due_date.isoformat(),
            "principal": str(principal),
            "interest": str(interest),
            "fee": str(fee),
            "penalty": str(penalty),
            "collection_score": str(self.random.randint(250, 850)),
            "lost_contact_score": str(self.random.randint(100, 900)),
            OCCUPATION[self.company.faker]: self.faker.job()[:60],
        }
        owed = principal + interest + fee + penalty
        return DemoLoan(loan_no, borrower_no, due_date, row, owed)
