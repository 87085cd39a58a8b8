"""A small book with open cases: what the feed and the night would leave behind."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from cases.aging import settle_cases
from cases.lenders import start_lender
from cases.models import Borrower, BucketScheme, Case, ContactPoint, Loan
from collection.desks import Desk
from collection.dispositions import start_dispositions
from collection.models import Assignment, Disposition
from tenancy.events import CompanyCreated
from tenancy.models import Company, Team, User
from tenancy.personal_data import keyed_hash, last_four, mask_number, seal
from tests.aging.book import Owed, case_of, loan

ON = date(2026, 11, 20)
_numbers = count(13800000000)


def furnish(company: Company) -> None:
    """Give a seeded company what a new one starts with, once."""
    if not Disposition.objects.exists():
        start_dispositions(company_id=company.pk)
    if company.is_lender and not BucketScheme.objects.exists():
        start_lender(CompanyCreated(company_id=company.pk, balance_authority="ledger"))


def add_case(
    company: Company,
    *,
    dpd: int = 5,
    amount: str = "1000.00",
    no: str = "",
    borrower: Borrower | None = None,
    on: date = ON,
) -> Case:
    """An open case of `dpd` days on `on`, of a borrower of its own or of a given one."""
    furnish(company)
    due = (on - timedelta(days=dpd)).isoformat()
    made = loan(company, due, as_of=on.isoformat(), owed=Owed(principal=amount), no=no)
    if borrower is None:
        number = str(next(_numbers))
        ContactPoint.objects.create(
            owner=company,
            borrower=made.borrower,
            relation="self",
            number_hash=keyed_hash(number),
            number_sealed=seal(number),
            number_last4=last_four(number),
            number_mask=mask_number(number),
        )
        Borrower.objects.filter(pk=made.borrower_id).update(phone_mask=mask_number(number))
    else:
        Loan.objects.filter(pk=made.pk).update(borrower=borrower)
    settle_cases(company=company, on=on, loan_ids=[made.pk])
    return case_of(made)


def desk(username: str, team: str = "One") -> Desk:
    """A seeded person's desk in the open scope's company."""
    person = User.objects.get(username=username) if username else None
    return Desk(Team.objects.get(name=f"Team {team}"), person)


def whose(case: Case) -> str | None:
    """Whose desk the case is on in the open scope's company: a username, "" for the team's."""
    row = Assignment.objects.filter(case_id=case.pk, ended_at=None).first()
    if row is None:
        return None
    return User.objects.get(pk=row.collector_id).username if row.collector_id else ""


def total(cases: list[Case]) -> Decimal:
    return sum((case.outstanding for case in cases), Decimal(0))
