"""The demo's companies, teams and people, through the same verbs that an operator uses."""

from config.demo.cast import DemoCompany, DemoPerson
from tenancy.companies import create_company
from tenancy.models import Company, Role, Team, User
from tenancy.people import create_user
from tenancy.scope import company_scope
from tenancy.teams import create_team

PASSWORD = "recoup-demo-2026"  # noqa: S105 printed on the screen; the demo holds nobody's data


def furnish(cast: DemoCompany) -> Company:
    """The company with its teams and people, made if it is not there yet."""
    company = Company.objects.filter(code=cast.code, is_active=True).first()
    if company is None:
        company = create_company(
            code=cast.code,
            name=cast.name,
            name_en=cast.name_en,
            kind=cast.kind,
            timezone=cast.timezone,
            currency=cast.currency,
            language=cast.language,
            jurisdiction=cast.jurisdiction,
        )
    with company_scope(company):
        teams = {team.name: team for team in Team.objects.all()}
        for team in cast.teams:
            if team.name not in teams:
                low, high = team.takes or (None, None)
                teams[team.name] = create_team(
                    company=company,
                    name=team.name,
                    takes_dpd_from=low,
                    takes_dpd_to=high,
                    by=None,
                )
        present = set(User.objects.values_list("username", flat=True))
        for person in cast.people:
            if person.username not in present:
                _hire(company, person, teams)
    return company


def _hire(company: Company, person: DemoPerson, teams: dict[str, Team]) -> None:
    own = [teams[person.team]] if person.team else []
    create_user(
        company=company,
        username=person.username,
        display_name=person.name,
        password=PASSWORD,
        roles=person.roles,
        teams=own,
        leads=own if Role.TEAM_LEAD in person.roles else [],
        capacity=700 if company.is_lender and Role.COLLECTOR in person.roles else None,
        by=None,
    )
