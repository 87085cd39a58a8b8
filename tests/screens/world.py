"""A small world for the screens of the daily work: two teams, an agency, a case in each place."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from agencies.models import Package
from agencies.placement import place_cases
from cases.models import Case
from collection.models import Assignment
from collection.reassignment import reassign_cases
from tenancy.models import Company, NightStep, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, desk, furnish


@dataclass(frozen=True)
class World:
    """The lender's and the agency's cases by where they lie. Each list holds one case or more.

    mine: with `collector` of team One, in the order of the worklist. teammate: with `collector2`
    of the same team. other_team: with `collector3` of team Two. waiting: too old for any team.
    placed: with the agency, the first on the desk of its `collector`, the second on none.
    """

    lender: Company
    agency: Company
    mine: list[Case]
    teammate: Case
    other_team: Case
    waiting: list[Case]
    placed: list[Case]
    package: Package


def build(lender: Company, agency: Company) -> World:
    """Make the world; the lender's business date is ON."""
    with company_scope(lender):
        NightStep.objects.create(business_date=ON, step="age", done_at=timezone.now())
        made = [add_case(lender, dpd=n, no=f"MINE-{n}") for n in (3, 5, 7)]
        teammate, other_team = add_case(lender, no="MATE-1"), add_case(lender, no="OTHER-1")
        waiting = [add_case(lender, dpd=n, no=f"WAIT-{n}") for n in (45, 46)]
        placed = [add_case(lender, dpd=n, no=f"PLACED-{n}") for n in (70, 71)]
        give(lender, made, "collector")
        give(lender, [teammate], "collector2")
        give(lender, [other_team], "collector3", "Two")
        for hours, case in enumerate(made):
            at = timezone.now() + timedelta(hours=hours)
            Assignment.objects.filter(case=case, ended_at=None).update(next_action_at=at)
        package = place_cases(
            lender=lender,
            agency=agency,
            case_ids=[case.pk for case in placed],
            reason="first placement",
            ends_on=None,
            by=User.objects.get(username="admin"),
        ).package
        assert package is not None
    with company_scope(agency):
        furnish(agency)
        NightStep.objects.create(business_date=ON, step="age", done_at=timezone.now())
        give(agency, placed[:1], "collector")
    return World(lender, agency, made, teammate, other_team, waiting, placed, package)


def give(company: Company, cases: list[Case], username: str, team: str = "One") -> None:
    """Put cases on somebody's desk."""
    reassign_cases(
        company=company,
        case_ids=[case.pk for case in cases],
        to=desk(username, team),
        reason="to begin with",
        by=None,
    )
