"""The worklist: whose cases, in which order, what its figures and filters leave, and its pages."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from collection.models import Assignment
from collection.views.queue import AskedWork
from collection.worklist import ORDER, open_assignments
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.collection.book import add_case, desk
from tests.screens.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[Company, str], Client]


def shown(client: Client, query: str = "") -> list[str]:
    """The loan numbers of the rows, in order."""
    answer = client.get(reverse("work:queue") + query)
    assert answer.status_code == 200
    return [row.loan_no for row in answer.context["rows"]]


def test_a_collector_sees_the_own_desk_in_the_order_due(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "collector")
    assert shown(client) == ["MINE-3", "MINE-5", "MINE-7"]
    page = client.get(reverse("work:queue")).content.decode()
    assert "MATE-1" not in page
    assert "138****" in page
    assert "data-rc-bulk" not in page


def test_a_lead_sees_the_teams_led_and_an_admin_all(world: World, signed_in: SignIn) -> None:
    lead, admin = signed_in(world.lender, "lead"), signed_in(world.lender, "admin")
    assert set(shown(lead)) == {"MINE-3", "MINE-5", "MINE-7", "MATE-1"}
    assert set(shown(admin)) == {"MINE-3", "MINE-5", "MINE-7", "MATE-1", "OTHER-1"}
    assert shown(lead, "?desk=mine") == []


def test_an_agency_sees_what_it_holds_with_the_lenders_name(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.agency, "collector")
    assert shown(client) == ["PLACED-70"]
    assert "海岳消费金融" in client.get(reverse("work:queue")).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?bucket=S1", ["MINE-3", "MINE-5", "MINE-7"]),
        ("?bucket=M1", ["MINE-3", "MINE-5", "MINE-7"]),
        ("?bucket=M3", []),
        ("?dpd_min=4&dpd_max=6", ["MINE-5"]),
        ("?amount_min=1,000.01", []),
        ("?q=mine-7", ["MINE-7"]),
        ("?q=%00", ["MINE-3", "MINE-5", "MINE-7"]),
        ("?dpd_min=1e12", []),
        ("?amount_max=-1e30", []),
        ("?dpd_max=1e12&amount_min=-1e30", ["MINE-3", "MINE-5", "MINE-7"]),
        ("?show=new", ["MINE-3", "MINE-5", "MINE-7"]),
        ("?show=week", []),
        ("?show=never", ["MINE-3", "MINE-5", "MINE-7"]),
        ("?show=touched", []),
        ("?show=nonsense", ["MINE-3", "MINE-5", "MINE-7"]),
        ("?bucket=nonsense", []),
        ("?bucket=S1&bucket=nonsense", ["MINE-3", "MINE-5", "MINE-7"]),
        ("?after=nonsense", ["MINE-3", "MINE-5", "MINE-7"]),
        ("?product=nothing", []),
    ],
)
def test_filters_stand_in_the_url(
    world: World, signed_in: SignIn, query: str, found: list[str]
) -> None:
    assert shown(signed_in(world.lender, "collector"), query) == found


def test_a_lead_filters_by_person_and_team(world: World, signed_in: SignIn) -> None:
    with company_scope(world.lender):
        mate, stranger = (User.objects.get(username=n).uid for n in ("collector2", "collector3"))
    client = signed_in(world.lender, "lead")
    assert shown(client, f"?collector={mate}") == ["MATE-1"]
    assert shown(client, f"?collector={stranger}") == [], "not one of the lead's people"


def test_the_figures_count_what_they_open(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "collector")
    stats = client.get(reverse("work:queue")).context["stats"]
    for stat in stats:
        assert len(shown(client, stat.href)) == int(stat.value), stat.label


def test_pages_by_key(world: World, signed_in: SignIn) -> None:
    with company_scope(world.lender):
        for number in range(60):
            _on_desk(add_case(world.lender, no=f"MANY-{number:02}"))
    client = signed_in(world.lender, "collector")
    first = client.get(reverse("work:queue"))
    pager = first.context["pager"]
    assert (len(first.context["rows"]), pager.previous) == (50, "")
    second = client.get(reverse("work:queue") + pager.next)
    rest = [row.loan_no for row in second.context["rows"]]
    assert len(rest) == 13
    assert not {row.loan_no for row in first.context["rows"]} & set(rest)
    back = client.get(reverse("work:queue") + second.context["pager"].previous)
    assert [row.uid for row in back.context["rows"]] == [row.uid for row in first.context["rows"]]


def _on_desk(case: Case) -> None:
    here = desk("collector")
    Assignment.objects.create(
        owner_id=case.owner_id,
        case=case,
        team=here.team,
        collector=here.collector,
        why="night",
        assigned_on=timezone.now().date(),
        next_action_at=timezone.now() + timedelta(days=1),
    )


def test_nothing_in_hand_says_what_to_do(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "lead2")
    with company_scope(world.lender):
        Assignment.objects.filter(case=world.other_team).update(
            ended_at=timezone.now(), end_kind="closed"
        )
    page = client.get(reverse("work:queue")).content.decode()
    assert "No case on these desks" in page
    assert "Start working" not in page
    filtered = client.get(reverse("work:queue") + "?bucket=S1").content.decode()
    assert "No case in hand matches this filter" in filtered


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize(
    ("username", "index"),
    [("collector", "worklist_of_collector"), ("admin", "worklist_of_company")],
)
def test_the_worklist_reads_its_index_only(world: World, username: str, index: str) -> None:
    """At volume the page is an index scan of fifty rows: no sort of all, no sequential scan."""
    with company_scope(world.lender):
        _fill(world, 4000)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE collection_assignment")
    with company_scope(world.lender):
        user = User.objects.select_related("company").get(username=username)
        asked = AskedWork.by(user, QueryDict())
        rows = open_assignments(user, asked.filters, asked.clock).order_by(*ORDER)[:51]
        plan = rows.explain()
    assert index in plan
    assert "Seq Scan on collection_assignment" not in plan
    assert "Sort" not in plan


def _fill(world: World, number: int) -> None:
    """Many open assignments of one case each, spread over the people."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH made AS (
                INSERT INTO cases_case (owner_id, loan_id, borrower_id, loan_no, outstanding,
                    due_date, aged_from, opened_on, closed_on, borrower_name, phone_mask, product,
                    channel, closure)
                SELECT owner_id, loan_id, borrower_id, 'FILL-' || n, outstanding, due_date,
                    aged_from, opened_on, opened_on, '', '', '', '', 'paid'
                FROM cases_case, generate_series(1, %s) n WHERE id = %s
                RETURNING id, owner_id)
            INSERT INTO collection_assignment (company_id, owner_id, case_id, team_id, collector_id,
                why, reason, assigned_by_name, assigned_on, end_kind, next_action, next_action_at,
                last_touch_by_name, last_disposition)
            SELECT made.owner_id, made.owner_id, made.id, a.team_id,
                people.ids[1 + made.id %% cardinality(people.ids)], 'night', '', '', a.assigned_on,
                '', '', a.next_action_at + made.id * interval '1 minute', '', ''
            FROM made, collection_assignment a,
                (SELECT array_agg(user_id) AS ids FROM tenancy_teammember) people
            WHERE a.case_id = %s AND a.ended_at IS NULL
            """,
            [number, world.mine[0].pk, world.mine[0].pk],
        )
