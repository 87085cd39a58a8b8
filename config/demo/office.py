"""What a demo lender's office does once in the month: holds are opened, money is booked by hand."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from cases.holds import open_hold
from cases.models import Case, CaseHold, MoneyRequest
from cases.money_by_hand import ask_post
from tenancy.models import Company, Role, User
from tenancy.scope import company_scope

LIMIT = Decimal(5000)
HOLDS: tuple[tuple[str, str, str], ...] = (
    (
        "dispute",
        "对罚息金额有异议，要求提供账单",
        "Says the penalty is wrong",
    ),
    ("complaint", "投诉下班后来电", "Complains of a call after work"),
    ("hardship", "失业，提供了社保停缴证明", "Lost the job, sent the proof"),
    ("dispute", "称已还一期，未入账", "Says an instalment was paid and not booked"),
    ("vulnerable", "本人住院，家属接听", "In hospital, a relative answered"),
    ("fraud", "称身份证遗失后被冒用", "Says the identity card was stolen and used"),
)
"""Kind and reason in both languages, one case each."""
LATE = 3
"""Which of them nobody answers in time."""
PAID = (Decimal("300.00"), Decimal("120.50"), Decimal("8000.00"))
"""Entered by finance; the last one is above the limit and waits."""


def play_office(company: Company, day: date, *, chinese: bool) -> None:
    """Open the holds and enter the money of a day, once; afterwards it changes nothing."""
    with company_scope(company):
        if CaseHold.objects.filter(kind__in=[kind for kind, _zh, _en in HOLDS]).exists():
            return
        mine = Case.objects.filter(closed_on=None, holder=None).order_by("loan_no")
        cases = list(mine[: len(HOLDS) + len(PAID)])
        _open_holds(company, cases[: len(HOLDS)], day, chinese=chinese)
        if not MoneyRequest.objects.exists():
            _enter_money(company, cases[len(HOLDS) :], day, chinese=chinese)


def _someone(role: str) -> User:
    people = User.objects.select_related("company").filter(roles__contains=[role], is_active=True)
    return people.order_by("pk")[0]


def _open_holds(company: Company, cases: list[Case], day: date, *, chinese: bool) -> None:
    admin = _someone(Role.COMPANY_ADMIN)
    for number, (case, (kind, zh, en)) in enumerate(zip(cases, HOLDS, strict=False)):
        open_hold(
            company=company,
            case=case,
            kind=kind,
            starts_on=day,
            reason=zh if chinese else en,
            by=admin,
            answer_by=day + timedelta(days=1) if number == LATE else None,
        )


def _enter_money(company: Company, cases: list[Case], day: date, *, chinese: bool) -> None:
    finance = _someone(Role.FINANCE)
    for case, amount in zip(cases, PAID, strict=False):
        ask_post(
            company=company,
            loan_no=case.loan_no,
            amount=amount,
            paid_at=datetime.combine(day, time(11, 20), company.zone),
            reason="对公账户到账，附言为借款人姓名" if chinese else "On the bank account",
            by=finance,
            second_person_above=LIMIT,
            on=day,
        )
