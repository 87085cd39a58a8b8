"""Opening, answering, prolonging and lifting: whom a hold covers, who may, and what follows."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cases.aging import settle_cases
from cases.hold_answers import answer_hold, prolong_answer
from cases.hold_deadlines import holds_at_night
from cases.holds import lift_hold, open_hold
from cases.models import Case, CaseEvent, CaseHold, Loan
from cases.on_hold import holds_in_force
from cases.refusals import Refusal
from collection.assignment import assign_at_night
from collection.reassignment import reassign_cases
from tenancy.models import Company, NightStep, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, desk, whose


@pytest.fixture(autouse=True)
def inside(lender: Company) -> Iterator[None]:
    with company_scope(lender):
        NightStep.objects.create(business_date=ON, step="age", done_at="2026-01-01T00:00Z")
        yield


def person(username: str) -> User:
    return User.objects.select_related("company").get(username=username)


def hold(
    company: Company, case: Case, kind: str, by: str | None = "admin", reason: str = "Says so",
    complained_of: User | None = None, ends_on: date | None = None,
) -> CaseHold:  # fmt: skip
    return open_hold(
        company=company, case=case, kind=kind, starts_on=ON, reason=reason, ends_on=ends_on,
        by=person(by) if by else None, complained_of=complained_of,
    )  # fmt: skip


def events(case: Case) -> list[str]:
    rows = CaseEvent.objects.filter(case=case, kind__startswith="hold").order_by("pk")
    return list(rows.values_list("kind", flat=True))


def on_hold(case: Case, on: date = ON) -> list[str]:
    return sorted(holds_in_force(on).filter(case=case).values_list("kind", flat=True))


def test_a_complaint_covers_every_case_of_the_person_then_and_later(lender: Company) -> None:
    first = add_case(lender)
    second = add_case(lender, borrower=first.borrower)
    stranger = add_case(lender)
    opened = hold(lender, first, "complaint", "collector")
    assert [on_hold(each) for each in (first, second, stranger)] == [
        ["complaint"], ["complaint"], [],
    ]  # fmt: skip
    assert (opened.stops_contact, opened.stops_placement, opened.answer_by) == (
        "all", True, ON + timedelta(days=15),
    )  # fmt: skip
    later = add_case(lender, borrower=first.borrower)
    assert on_hold(later) == ["complaint"]
    assert events(later) == ["hold_opened"]
    settle_cases(company=lender, on=ON, loan_ids=[later.loan_id])
    assert CaseHold.objects.filter(case=later).count() == 1
    lift_hold(company=lender, hold=opened, on=ON, by=person("lead"), reason="Settled")
    assert [on_hold(each) for each in (first, second, later)] == [[], [], []]
    assert events(second) == ["hold_opened", "hold_lifted"]
    assert on_hold(add_case(lender, borrower=first.borrower)) == []


def test_a_hold_on_a_person_that_stops_the_clock_stops_it_on_a_later_case(lender: Company) -> None:
    first = add_case(lender)
    hold(lender, first, "bankruptcy")
    later = add_case(lender, borrower=first.borrower, dpd=5)
    later.refresh_from_db()
    assert (later.paused_from, later.paused_to, later.next_bucket_on) == (ON, None, None)


def test_the_one_complained_of_never_lifts_it(lender: Company) -> None:
    opened = hold(lender, add_case(lender), "complaint", "collector", "Rude", person("lead"))
    for accused in ("lead", "collector", "finance"):
        with pytest.raises(PermissionDenied):
            lift_hold(company=lender, hold=opened, on=ON, by=person(accused))
    with pytest.raises(PermissionDenied):
        answer_hold(company=lender, hold=opened, answer="No", by=person("lead"), on=ON)
    lifted = lift_hold(company=lender, hold=opened, on=ON, by=person("inspector"), reason="Fair")
    assert (lifted.lifted_by_name, lifted.answer) == ("Ines Inspector", "Fair")


@pytest.mark.parametrize(
    ("kind", "by"), [("legal", "lead"), ("bankruptcy", "collector"), ("hardship", "collector"),
                     ("disaster", "lead"), ("promise", "admin"), ("dispute", "finance")],
)  # fmt: skip
def test_who_may_not_open_a_kind(lender: Company, kind: str, by: str) -> None:
    with pytest.raises(PermissionDenied):
        hold(lender, add_case(lender), kind, by)


def test_a_disposition_opens_what_its_writer_may_not(lender: Company) -> None:
    opened = open_hold(
        company=lender, case=add_case(lender), kind="vulnerable", starts_on=ON, reason="Ill",
        by=person("collector"), by_rule=True,
    )  # fmt: skip
    assert opened.opened_by_name == "Chen Collector"


def test_the_same_form_twice_is_one_hold(lender: Company) -> None:
    case = add_case(lender)
    one, two = (hold(lender, case, "dispute", "collector") for _ in range(2))
    assert one.pk == two.pk
    assert events(case) == ["hold_opened"]
    assert hold(lender, case, "dispute", "collector", "Another").pk != one.pk


def test_ends_are_for_kinds_that_end_by_themselves(lender: Company) -> None:
    case = add_case(lender)
    with pytest.raises(ValidationError, match="does not end by itself"):
        hold(lender, case, "fraud", ends_on=ON + timedelta(days=9))
    with pytest.raises(ValidationError, match="90 days at most"):
        hold(lender, case, "disaster", ends_on=ON + timedelta(days=91))
    with pytest.raises(ValidationError, match="when the plan ends"):
        hold(lender, case, "plan")
    assert hold(lender, case, "breathing_space").ends_on == ON + timedelta(days=60)


def night(company: Company, days: int) -> dict[str, int]:
    return holds_at_night(company, ON + timedelta(days=days))


def test_a_death_without_proof_holds_seven_days(lender: Company) -> None:
    case = add_case(lender)
    told = hold(lender, case, "deceased", "collector")
    assert (told.ends_on, told.answer_by) == (ON + timedelta(days=7), ON + timedelta(days=6))
    assert night(lender, 6) == {"hold_alarms": 0, "hold_escalations": 0, "holds_ended": 0}
    assert on_hold(case, ON + timedelta(days=6)) == ["deceased"]
    assert night(lender, 7) == {"hold_alarms": 1, "hold_escalations": 0, "holds_ended": 1}
    assert on_hold(case, ON + timedelta(days=7)) == []
    assert events(case) == ["hold_opened", "hold_missed", "hold_ended"]


def test_a_proved_death_holds_on(lender: Company) -> None:
    case = add_case(lender)
    told = hold(lender, case, "deceased", "collector")
    answer_hold(company=lender, hold=told, answer="Certificate 7", by=person("admin"), on=ON)
    night(lender, 60)
    assert on_hold(case, ON + timedelta(days=60)) == ["deceased"]
    case.refresh_from_db()
    assert (case.paused_from, case.paused_to) == (ON, None)
    assert hold(lender, add_case(lender), "deceased", "admin").ends_on is None


def test_a_missed_deadline_is_told_to_the_lead_then_to_the_admin_each_once(lender: Company) -> None:
    case = add_case(lender)
    hold(lender, case, "dispute", "collector")
    told = [night(lender, days) for days in (20, 21, 21, 22, 22, 30)]
    assert [(each["hold_alarms"], each["hold_escalations"]) for each in told] == [
        (0, 0), (1, 0), (0, 0), (0, 1), (0, 0), (0, 0),
    ]  # fmt: skip
    assert events(case) == ["hold_opened", "hold_missed", "hold_escalated"]
    assert on_hold(case, ON + timedelta(days=30)) == ["dispute"]


def test_an_answer_in_time_is_no_alarm_and_leaves_the_hold(lender: Company) -> None:
    case = add_case(lender)
    opened = hold(lender, case, "dispute", "collector")
    with pytest.raises(PermissionDenied):
        answer_hold(company=lender, hold=opened, answer="So", by=person("collector"), on=ON)
    for _ in range(2):
        answer_hold(company=lender, hold=opened, answer="It is right", by=person("lead"), on=ON)
    assert night(lender, 40)["hold_alarms"] == 0
    assert events(case) == ["hold_opened", "hold_answered"]
    assert on_hold(case) == ["dispute"]
    with pytest.raises(ValidationError, match="waits for no answer"):
        answer_hold(company=lender, hold=opened, answer="Else", by=person("lead"), on=ON)


def test_a_review_comes_round_again(lender: Company) -> None:
    opened = hold(lender, add_case(lender), "hardship", "lead")
    on = ON + timedelta(days=12)
    answer_hold(company=lender, hold=opened, answer="Still ill", by=person("lead"), on=on)
    opened.refresh_from_db()
    assert (opened.answer_by, opened.answered_at) == (on + timedelta(days=30), None)


def test_a_complaint_is_prolonged_twice_the_second_time_by_an_admin(lender: Company) -> None:
    opened = hold(lender, add_case(lender), "complaint", "collector")
    opened = prolong_answer(company=lender, hold=opened, reason="Complex", by=person("lead"))
    assert opened.answer_by == ON + timedelta(days=30)
    with pytest.raises(PermissionDenied):
        prolong_answer(company=lender, hold=opened, reason="More", by=person("lead"))
    opened = prolong_answer(company=lender, hold=opened, reason="More", by=person("admin"))
    assert opened.answer_by == ON + timedelta(days=60)
    with pytest.raises(ValidationError, match="no longer time"):
        prolong_answer(company=lender, hold=opened, reason="More", by=person("admin"))


def test_a_reopened_case_joins_the_persons_hold(lender: Company) -> None:
    first = add_case(lender)
    second = add_case(lender, borrower=first.borrower)
    Case.objects.filter(pk=second.pk).update(closed_on=ON, closure="withdrawn")
    Loan.objects.filter(pk=second.loan_id).update(in_collections=False)
    hold(lender, first, "complaint", "collector")
    assert on_hold(second) == []
    settle_cases(company=lender, on=ON, loan_ids=[second.loan_id])
    assert on_hold(Case.objects.filter(loan=second.loan_id).latest("pk")) == ["complaint"]


def test_a_complaint_leaves_the_case_to_a_team_lead(lender: Company) -> None:
    case = add_case(lender)
    hold(lender, case, "complaint", "collector")
    told = {
        name: reassign_cases(
            company=lender, case_ids=[case.pk], to=desk(name), reason="Complaint", by=None
        )
        for name in ("collector", "lead")
    }
    assert told["collector"].refusals == ((case.pk, Refusal.LEAD_ONLY),)
    assert told["lead"].moved == (case.pk,)
    later = add_case(lender, dpd=3)
    hold(lender, later, "complaint", "collector")
    assign_at_night(lender, ON)
    assert whose(later) is None


def test_the_desk_of_a_vulnerable_person_is_picked_by_hand(lender: Company) -> None:
    case, other = add_case(lender, dpd=3), add_case(lender, dpd=3)
    hold(lender, case, "vulnerable", "lead")
    assign_at_night(lender, ON)
    assert whose(case) is None
    assert whose(other) is not None
    to = desk("collector")
    told = reassign_cases(company=lender, case_ids=[case.pk], to=to, reason="Trained", by=None)
    assert told.moved == (case.pk,)
