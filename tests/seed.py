"""What every test database starts with: two lenders, three agencies, a person for each role.

Six named companies' people instead of factories: `HAIYUE` (a lender in China), `NORTH` (a lender
on Lagos's clock; of the same currency, as both place with `CLEAR`), agencies `ANXIN`, `BRIDGE` and
`CLEAR`. Logins are ROLE@COMPANY, see `PASSWORD`.
"""

from guardian.shortcuts import assign_perm

from cases.lenders import start_lender
from tenancy.events import CompanyCreated
from tenancy.models import Company, CompanySettings, Role, Team, TeamMember, User
from tenancy.scope import company_scope

PASSWORD = "correct horse battery"

COMPANIES = (
    ("HAIYUE", "lender", "海岳消费金融", "Haiyue Finance", "Asia/Shanghai", "CNY", "CN"),
    ("NORTH", "lender", "北方信贷", "North Credit", "Africa/Lagos", "CNY", "NG"),
    ("ANXIN", "agency", "安信催收", "Anxin Collections", "Asia/Shanghai", "CNY", "CN"),
    ("BRIDGE", "agency", "桥联催收", "Bridge Recovery", "Asia/Shanghai", "CNY", "CN"),
    ("CLEAR", "agency", "清源催收", "Clear Recovery", "Asia/Shanghai", "CNY", "CN"),
)
# username → (display name, roles, team)
PEOPLE = {
    "admin": ("Ada Admin", [Role.COMPANY_ADMIN], None),
    "lead": ("Liu Lead", [Role.TEAM_LEAD], "One"),
    "lead2": ("Lena Lead", [Role.TEAM_LEAD], "Two"),
    "collector": ("Chen Collector", [Role.COLLECTOR], "One"),
    "collector2": ("Cora Collector", [Role.COLLECTOR], "One"),
    "collector3": ("Cai Collector", [Role.COLLECTOR], "Two"),
    "inspector": ("Ines Inspector", [Role.QC_INSPECTOR], None),
    "finance": ("Fang Finance", [Role.FINANCE], None),
    "auditor": ("Otto Auditor", [Role.AUDITOR], None),
}


def seed() -> None:
    """Fill an empty, migrated database."""
    for code, kind, name, name_en, zone, currency, jurisdiction in COMPANIES:
        company = Company.objects.using("owner").create(
            code=code,
            kind=kind,
            name=name,
            name_en=name_en,
            timezone=zone,
            currency=currency,
            language="en",
            jurisdiction=jurisdiction,
        )
        with company_scope(company):
            _furnish(company)


def _furnish(company: Company) -> None:
    CompanySettings.objects.create(company_id=company.pk)
    start_lender(CompanyCreated(company_id=company.pk, balance_authority="ledger"))
    low = {"takes_dpd_from": 0, "takes_dpd_to": 30} if company.is_lender else {}
    teams = {
        name: Team.objects.create(company_id=company.pk, name=f"Team {name}", **low)
        for name in ("One", "Two")
    }
    for username, (display_name, roles, team) in PEOPLE.items():
        user = User(
            company_id=company.pk,
            username=username,
            display_name=display_name,
            roles=[str(role) for role in roles],
            language="en",
        )
        user.set_password(PASSWORD)
        user.save()
        if team is None:
            continue
        TeamMember.objects.create(company_id=company.pk, team=teams[team], user=user)
        if Role.TEAM_LEAD in roles:
            assign_perm("lead_team", user, teams[team])
