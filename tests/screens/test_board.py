"""The team board: every figure opens what it counts; who is there; what comes anew by itself."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.placement import place_cases
from collection.absence import leaves_in_force
from collection.board import board, teams_on_board
from collection.leave import Plan, enter_leave
from collection.models import Assignment, ContactTry
from collection.notes import write_note
from collection.ranking import Rank
from collection.views.board_lines import Figure, span
from collection.worklist import Clock
from tenancy.models import Company, Team, TeamMember, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case
from tests.screens.world import World, give

pytestmark = pytest.mark.django_db
SignIn = Callable[[Company, str], Client]


def busy(company: Company) -> None:
    """A day on which every figure of the board counts something on some desk."""
    with company_scope(company):
        cases = [add_case(company, dpd=n, no=f"BUSY-{n}") for n in range(1, 9)]
        give(company, cases[:7], "collector")
        give(company, cases[7:], "")
        changed: tuple[dict[str, Any], ...] = (
            {"rank": Rank.PROMISE_DUE},
            {"rank": Rank.PROMISE_BROKEN},
            {"last_touch_at": timezone.now() - timedelta(days=11)},
            {},
            {},
            {},
            {},
            {"rank": Rank.PROMISE_BROKEN},
        )
        for case, changes in zip(cases, changed, strict=True):
            Assignment.objects.filter(case=case, ended_at=None).update(**changes)
        lead = User.objects.select_related("company__settings").get(username="lead")
        write_note(
            company=company, case=cases[4], by=lead, disposition="hung_up", remark="Hung up."
        )
        talk(company, cases[5].borrower_id, cases[5].pk, lead)


def talk(company: Company, borrower_id: int, case_id: int, by: User, state: str = "") -> None:
    ContactTry.objects.create(
        owner=company,
        borrower_id=borrower_id,
        case_id=case_id,
        relation="self",
        channel="call",
        at=timezone.now(),
        by_id=by.pk,
        by_name=by.display_name,
        state=state or "conversation",
    )


def figures_of(context: Any) -> Iterator[tuple[str, Figure]]:
    """Every figure on a page, and what to call it."""
    for stat in context["stats"]:
        yield f"sum {stat.label}", Figure(stat.value, stat.href)
    for figure in context["legend"]:
        yield f"legend {figure.label}", figure
    for row in context["rows"]:
        for figure in (row.cases, *row.figures, *row.buckets):
            yield f"{row.name} {figure.label}", figure


@pytest.mark.parametrize("username", ["lead", "admin"])
def test_every_figure_is_the_number_of_rows_behind_its_link(
    world: World, signed_in: SignIn, username: str
) -> None:
    busy(world.lender)
    client = signed_in(world.lender, username)
    context = client.get(reverse("work:board")).context
    told = dict(figures_of(context))
    for name, figure in told.items():
        assert len(client.get(figure.href).context["rows"]) == int(figure.value), name
    collector = {name: figure.value for name, figure in told.items() if name.startswith("Chen")}
    assert collector["Chen Collector Promises due"] == "1"
    assert collector["Chen Collector Promises broken"] == "1"
    assert collector["Chen Collector Conversations"] == "2"
    assert collector["Chen Collector Touched today"] == "1"
    assert collector["Chen Collector 7 days untouched"] == "1"
    assert told["With the team, nobody yet Promises broken"].value == "1"


def test_an_agencys_figures_too(world: World, signed_in: SignIn) -> None:
    with company_scope(world.lender):
        more = [add_case(world.lender, dpd=n) for n in (80, 81)]
        place_cases(
            lender=world.lender,
            agency=world.agency,
            case_ids=[case.pk for case in more],
            reason="",
            ends_on=None,
            by=None,
        )
    with company_scope(world.agency):
        give(world.agency, more, "collector2")
        person = User.objects.select_related("company__settings").get(username="collector2")
        write_note(
            company=world.agency,
            case=more[0],
            by=person,
            disposition="hung_up",
            remark="Hung up.",
        )
    client = signed_in(world.agency, "lead")
    told = dict(figures_of(client.get(reverse("work:board")).context))
    for name, figure in told.items():
        assert len(client.get(figure.href).context["rows"]) == int(figure.value), name
    assert told["Cora Collector Conversations"].value == "1"


def test_several_teams_have_their_sums(world: World, signed_in: SignIn) -> None:
    rows = signed_in(world.lender, "admin").get(reverse("work:board")).context["rows"]
    assert [(row.name, row.cases.value) for row in rows if row.is_total] == [
        ("Team One", "4"),
        ("Team Two", "1"),
    ]
    rows = signed_in(world.lender, "lead").get(reverse("work:board")).context["rows"]
    assert not any(row.is_total for row in rows)


def test_the_number_of_queries_does_not_depend_on_the_desks(world: World) -> None:
    busy(world.lender)

    def queries() -> int:
        user = User.objects.select_related("company").get(username="admin")
        teams = list(teams_on_board(user))
        with CaptureQueriesContext(connection) as asked:
            board(teams=teams, clock=Clock.of(world.lender, ON))
        return len(asked)

    with company_scope(world.lender):
        first = queries()
        team = Team.objects.get(name="Team One")
        for number in range(8):
            person = User.objects.create(
                company=world.lender,
                username=f"more{number}",
                display_name=f"More {number}",
                roles=["collector"],
            )
            TeamMember.objects.create(company=world.lender, team=team, user=person)
            case = add_case(world.lender)
            give(world.lender, [case], person.username)
        assert queries() == first <= 8


def test_it_says_who_is_on_the_phone_idle_or_away(world: World, signed_in: SignIn) -> None:
    with company_scope(world.lender):
        people = {name: User.objects.get(username=name) for name in ("collector", "collector2")}
        case = world.mine[0]
        talk(world.lender, case.borrower_id, case.pk, people["collector"], "reserved")
        plan = Plan(people["collector2"], ON, ON + timedelta(days=1), people["collector"], "")
        enter_leave(company=world.lender, plan=plan, by=None)
        assert leaves_in_force(ON).count() == 1
    rows = signed_in(world.lender, "lead").get(reverse("work:board")).context["rows"]
    told = {row.name: row.presence.text for row in rows}
    assert told["Chen Collector"] == "on the phone 0 min"
    assert told["Cora Collector"] == "on leave until 2026-11-21, 1 case with Chen Collector"
    assert told["Liu Lead"] == "not started today"
    with company_scope(world.lender):
        ContactTry.objects.update(state="unanswered")
    rows = signed_in(world.lender, "lead").get(reverse("work:board")).context["rows"]
    assert rows[0].presence.text.startswith("active")


def test_lengths_of_time() -> None:
    lengths = (timedelta(minutes=38, seconds=59), timedelta(hours=2, minutes=5))
    assert [span(each) for each in lengths] == ["38 min", "2 h 05 min"]


def test_only_the_figures_come_anew(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "admin")
    team = team_uid(world, "Two")
    page = client.get(reverse("work:board") + f"?team={team}&panel=%2Fwork%2F")
    poll = page.context["poll"]
    assert f'hx-get="{poll}" hx-trigger="every 20s, rc-seen from:document"' in (
        page.content.decode()
    )
    live = client.get(poll, headers={"HX-Request": "true", "X-Recoup-Poll": "1"})
    text = live.content.decode()
    assert "<html" not in text
    assert 'id="board-live"' in text
    assert 'id="board-at" hx-swap-oob="true"' in text
    assert "Cai Collector" in text
    assert "Chen Collector" not in text
    assert "panel" not in poll


def team_uid(world: World, name: str) -> str:
    with company_scope(world.lender):
        return str(Team.objects.get(name=f"Team {name}").uid)
