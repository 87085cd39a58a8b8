"""Undoing a reassignment: what goes back where, what stays and why, who may, and until when."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.placement import place_cases
from cases.models import Case, CaseEvent, CaseHold
from collection.models import Assignment, ContactTry, Move
from collection.notes import write_note
from collection.reassignment import reassign_cases
from collection.undo import UNDO_WITHIN, moves_in_reach, undo_move
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, desk, whose

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]


def put(
    company: Company, username: str, *cases: Case, team: str = "One", by: User | None = None
) -> Move:
    done = reassign_cases(
        company=company,
        case_ids=[case.pk for case in cases],
        to=desk(username, team),
        reason="ill",
        by=by,
    )
    assert len(done.moved) == len(cases), done.refusals
    assert done.move is not None
    return Move.objects.get(pk=done.move.pk)


def test_it_goes_back_to_each_former_desk_and_to_nobody(lender: Company, person: Person) -> None:
    lead = person(lender, "lead")
    with company_scope(lender):
        one, two, waits, free = (add_case(lender) for _n in range(4))
        put(lender, "collector", one)
        put(lender, "collector3", two, team="Two")
        put(lender, "", waits)
        move = put(lender, "collector2", one, two, waits, free)
        told = undo_move(company=lender, move=move, by=None, dry_run=True)
        assert whose(one) == "collector2"
        assert dict(told.desks) == {
            "": 1,
            "Cai Collector · Team Two": 1,
            "Chen Collector · Team One": 1,
            "Team One": 1,
        }
        done = undo_move(company=lender, move=move, by=lead)
        assert (set(done.back), done.refusals) == ({one.pk, two.pk, waits.pk, free.pk}, ())
        assert [whose(case) for case in (one, two, waits, free)] == [
            "collector",
            "collector3",
            "",
            None,
        ]
        back = Assignment.objects.get(case=one, ended_at=None)
        assert (back.why, back.assigned_by_name) == ("undo", "Liu Lead")
        event = CaseEvent.objects.get(case=one, kind="move_undone")
        assert event.data == {
            "from": "Cora Collector · Team One",
            "to": "Chen Collector · Team One",
            "reason": "ill",
        }


def test_the_undoing_is_a_move_that_is_kept(lender: Company, person: Person) -> None:
    admin = person(lender, "admin")
    with company_scope(lender):
        case = add_case(lender)
        move = put(lender, "collector", case)
        undo_move(company=lender, move=move, by=admin)
        move.refresh_from_db()
        assert (move.undone_at is not None, move.undone_by_name) == (True, "Ada Admin")
        undoing = Move.objects.exclude(pk=move.pk).get()
        assert (undoing.cases, undoing.to_name, undoing.by_name) == (1, "–", "Ada Admin")
        with pytest.raises(ValidationError, match="undone already, by Ada Admin"):
            undo_move(company=lender, move=move, by=admin)
        with pytest.raises(ValidationError, match="cannot be undone"):
            undo_move(company=lender, move=undoing, by=admin)


def test_what_happened_since_stays_with_its_reason(
    lender: Company, agency: Company, person: Person
) -> None:
    collector = person(lender, "collector2")
    with company_scope(lender):
        noted, called, moved, held, closed, placed, still = (add_case(lender) for _n in range(7))
        every = (noted, called, moved, held, closed, placed, still)
        put(lender, "collector", *every)
        move = put(lender, "collector2", *every)
        write_note(
            company=lender, case=noted, by=collector, disposition="hung_up", remark="Friday."
        )
        ContactTry.objects.create(
            owner=lender,
            borrower=called.borrower,
            case_id=called.pk,
            relation="self",
            channel="call",
            at=timezone.now(),
        )
        put(lender, "lead", moved)
        CaseHold.objects.create(
            case=held, kind="fraud", starts_on=ON - timedelta(days=1), stops_assignment=True
        )
        Assignment.objects.filter(case=closed, ended_at=None).update(
            ended_at=timezone.now(), end_kind="closed"
        )
        place_cases(
            lender=lender, agency=agency, case_ids=[placed.pk], reason="", ends_on=None, by=None
        )
        done = undo_move(company=lender, move=move, by=None)
        assert done.back == (still.pk,)
        assert dict(done.refusals) == {
            noted.pk: "touched_since",
            called.pk: "touched_since",
            moved.pk: "moved_since",
            held.pk: "on_hold",
            closed.pk: "closed",
            placed.pk: "placed",
        }
        assert whose(still) == "collector"
        assert whose(noted) == "collector2"
        assert whose(moved) == "lead"


def test_ten_minutes_are_the_limit(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        move = put(lender, "collector", case)
        late = move.at + UNDO_WITHIN + timedelta(seconds=1)
        with pytest.raises(ValidationError, match="More than ten minutes"):
            undo_move(company=lender, move=move, by=None, at=late)
        assert whose(case) == "collector"
        undo_move(company=lender, move=move, by=None, at=move.at + UNDO_WITHIN)
        assert whose(case) is None


@pytest.mark.parametrize(
    ("username", "may"),
    [
        ("admin", True),
        ("lead", True),
        ("lead2", False),
        ("collector", False),
        ("collector2", False),
        ("auditor", False),
        ("finance", False),
        ("inspector", False),
    ],
)
def test_the_mover_a_lead_of_the_team_and_an_admin_may(
    lender: Company, person: Person, username: str, may: bool
) -> None:
    admin, user = person(lender, "admin"), person(lender, username)
    with company_scope(lender):
        case = add_case(lender)
        move = put(lender, "collector", case, by=admin)
        assert moves_in_reach(user).filter(pk=move.pk).exists() is may
        if may:
            undo_move(company=lender, move=move, by=user)
        else:
            with pytest.raises(PermissionDenied):
                undo_move(company=lender, move=move, by=user)
        assert (whose(case) is None) is may


def test_next_action_and_age_on_the_desk_come_back(lender: Company, person: Person) -> None:
    collector = person(lender, "collector")
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        write_note(
            company=lender,
            case=case,
            by=collector,
            disposition="hung_up",
            remark="Friday.",
            next_action="Call on Friday",
        )
        before = Assignment.objects.get(case=case, ended_at=None)
        move = put(lender, "collector2", case)
        undo_move(company=lender, move=move, by=None)
        after = Assignment.objects.get(case=case, ended_at=None)
        for name in ("next_action", "next_action_at", "last_touch_at", "assigned_on"):
            assert getattr(after, name) == getattr(before, name), name


def test_an_agency_undoes_its_own_moves(lender: Company, agency: Company, person: Person) -> None:
    with company_scope(lender):
        case = add_case(lender)
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
    lead = person(agency, "lead")
    with company_scope(agency):
        put(agency, "collector", case)
        move = put(agency, "collector2", case)
        undo_move(company=agency, move=move, by=lead)
        assert whose(case) == "collector"


PLACES = (None, ("", "One"), ("collector", "One"), ("collector2", "One"), ("collector3", "Two"))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    lie=st.lists(st.sampled_from(PLACES), min_size=1, max_size=6),
    to=st.sampled_from(PLACES[1:]),
)
def test_moving_and_undoing_changes_no_desk(
    lender: Company, lie: list[tuple[str, str] | None], to: tuple[str, str]
) -> None:
    with company_scope(lender):
        cases = [add_case(lender) for _place in lie]
        for case, place in zip(cases, lie, strict=True):
            if place is not None:
                put(lender, place[0], case, team=place[1])
        before = desks_of(cases)
        done = reassign_cases(
            company=lender,
            case_ids=[case.pk for case in cases],
            to=desk(*to),
            reason="over",
            by=None,
        )
        if done.move is not None:
            undo_move(company=lender, move=Move.objects.get(pk=done.move.pk), by=None)
        assert desks_of(cases) == before


def desks_of(cases: list[Case]) -> dict[int, tuple[int, int | None]]:
    rows = Assignment.objects.filter(case__in=cases, ended_at=None)
    return {row.case_id: (row.team_id, row.collector_id) for row in rows}
