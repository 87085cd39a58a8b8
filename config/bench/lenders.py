"""The bench's lenders with their teams and people, made by the verbs that an operator's use."""

from dataclasses import dataclass

from config.bench.databases import in_scope
from tenancy.companies import create_company
from tenancy.models import Company, Role, Team, User
from tenancy.people import create_user
from tenancy.teams import create_team

CASES_A_COLLECTOR = 500
LONGEST_TAKEN = 400
"""Days past due that the one team takes: all of the book, so that every case gets a desk."""


@dataclass(frozen=True, slots=True)
class Lender:
    """A lender and two of its people: who sees all of it, and one of those who work it."""

    company: Company
    admin: User
    collector: User


def make_lenders(count: int, cases: int) -> list[Lender]:
    """So many lenders in the database in use, with a collector for every 500 of `cases` each."""
    collectors = max(round(cases / CASES_A_COLLECTOR), 1)
    return [_make_lender(number, collectors) for number in range(1, count + 1)]


def make_company(code: str) -> Company:
    """A lender without people."""
    return create_company(
        code=code,
        name=f"基准 {code}",
        name_en=f"Bench {code}",
        kind="lender",
        timezone="Asia/Shanghai",
        currency="CNY",
        language="en",
        jurisdiction="CN",
    )


def _make_lender(number: int, collectors: int) -> Lender:
    company = make_company(f"BENCH{number:02d}")
    with in_scope(company):
        team = create_team(
            company=company,
            name="Team One",
            takes_dpd_from=0,
            takes_dpd_to=LONGEST_TAKEN,
            by=None,
        )
        admin = _person(company, "admin", Role.COMPANY_ADMIN)
        working = [
            _person(company, f"collector{place:03d}", Role.COLLECTOR, team)
            for place in range(1, collectors + 1)
        ]
    return Lender(company, admin, working[0])


def _person(company: Company, username: str, role: Role, *teams: Team) -> User:
    return create_user(
        company=company,
        username=username,
        display_name=username.title(),
        password=None,
        roles=[role],
        teams=teams,
        by=None,
    )
