"""Money by hand through the verbs: limit, second person, every effect at once, and suggestions."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st

from cases.ledger import RepaymentRow, post_repayments
from cases.models import Case, CaseEvent, Instalment, Loan, MoneyRequest, Repayment
from cases.money_by_hand import ask_match, ask_post, ask_reversal, decide_money, overpaid_loans
from cases.suspense_matching import near_numbers, suggestions
from tenancy.models import AuditEntry, Company, NightStep, User
from tenancy.scope import company_scope
from tests.collection.book import add_case

LIMIT = Decimal("500.00")


@pytest.fixture
def on(lender: Company) -> date:
    return lender.local_date()


@pytest.fixture(autouse=True)
def inside(lender: Company, on: date) -> Iterator[None]:
    with company_scope(lender):
        NightStep.objects.create(business_date=on, step="age", done_at="2026-01-01T00:00Z")
        yield


@pytest.fixture
def case(lender: Company, on: date) -> Case:
    """A case of 1,000.00 whose balance was stated yesterday."""
    return a_case(lender, on, "HAND-1")


def a_case(company: Company, on: date, no: str, amount: str = "1000.00") -> Case:
    return add_case(company, dpd=6, no=no, amount=amount, on=on - timedelta(days=1))


def person(username: str) -> User:
    return User.objects.select_related("company").get(username=username)


def now(company: Company) -> datetime:
    return datetime.combine(company.local_date(), datetime.min.time(), company.zone)


def enter(company: Company, amount: str, by: str = "finance", **more: object) -> MoneyRequest:
    facts: dict[str, object] = {
        "loan_no": "HAND-1", "paid_at": now(company), "reason": "Bank statement 7",
    }  # fmt: skip
    return ask_post(
        company=company, by=person(by), amount=Decimal(amount), second_person_above=LIMIT,
        on=company.local_date(), **(facts | more),  # type: ignore[arg-type]
    )  # fmt: skip


def say(
    company: Company, asked: MoneyRequest, by: str, *, yes: bool, why: str = ""
) -> MoneyRequest:
    return decide_money(
        company=company, request=asked, approve=yes, decision=why, by=person(by),
        on=company.local_date(),
    )  # fmt: skip


def owed(case: Case) -> Decimal:
    amount: Decimal = Loan.objects.get(pk=case.loan_id).outstanding
    return amount


def test_up_to_the_limit_it_is_booked_at_once(lender: Company, case: Case) -> None:
    asked = enter(lender, "500.00")
    assert (asked.state, asked.decided_by_id, owed(case)) == ("done", None, Decimal("500.00"))
    case.refresh_from_db()
    assert case.outstanding == Decimal("500.00")
    event = CaseEvent.objects.get(case=case, kind="repayment_entered")
    assert (event.actor_name, event.data["amount"], event.shared) == (
        "Fang Finance", "500.00", False,
    )  # fmt: skip
    assert AuditEntry.objects.filter(verb="ask_money").count() == 1


def test_above_it_a_second_person_agrees_and_the_case_closes(lender: Company, case: Case) -> None:
    asked = enter(lender, "1000.00")
    assert (asked.state, owed(case)) == ("waiting", Decimal("1000.00"))
    with pytest.raises(PermissionDenied):
        say(lender, asked, "finance", yes=True)
    with pytest.raises(PermissionDenied):
        say(lender, asked, "collector", yes=True)
    for _ in range(2):
        done = say(lender, asked, "admin", yes=True)
    assert (done.state, done.decided_by_name, owed(case)) == ("done", "Ada Admin", Decimal(0))
    case.refresh_from_db()
    assert (case.closure, case.closed_on) == ("paid", lender.local_date())
    assert Repayment.objects.filter(loan=case.loan_id).count() == 1
    event = CaseEvent.objects.get(case=case, kind="repayment_entered")
    assert (event.actor_name, event.data["second"]) == ("Fang Finance", "Ada Admin")


def test_refused_with_a_reason_nothing_is_booked(lender: Company, case: Case) -> None:
    asked = enter(lender, "900.00")
    with pytest.raises(ValidationError):
        say(lender, asked, "admin", yes=False)
    say(lender, asked, "admin", yes=False, why="No such line")
    assert owed(case) == Decimal("1000.00")
    with pytest.raises(ValidationError, match="decided it meanwhile"):
        say(lender, asked, "admin", yes=True)
    own = enter(lender, "900.00")
    assert say(lender, own, "finance", yes=False, why="Mistyped").state == "refused"


def test_the_same_form_twice_is_one_request(lender: Company, case: Case) -> None:
    key = uuid4()
    first, second = (enter(lender, "10.00", form_key=key) for _ in range(2))
    assert first.pk == second.pk
    assert owed(case) == Decimal("990.00")


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"loan_no": "NOWHERE"}, "no loan NOWHERE"),
        ({"reason": " "}, "Say why"),
        ({"paid_at": datetime.fromisoformat("2999-01-01T00:00:00+00:00")}, "still to come"),
        ({"repayment_no": "KNOWN"}, "of this number is booked"),
    ],
)
def test_what_is_not_entered(
    lender: Company, case: Case, wrong: dict[str, object], text: str
) -> None:
    enter(lender, "1.00", repayment_no="KNOWN")
    with pytest.raises(ValidationError, match=text):
        enter(lender, "2.00", **wrong)  # type: ignore[arg-type]
    assert owed(case) == Decimal("999.00")


@pytest.mark.parametrize("username", ["admin", "collector", "lead", "auditor"])
def test_only_finance_enters(lender: Company, case: Case, username: str) -> None:
    with pytest.raises(PermissionDenied):
        enter(lender, "1.00", by=username)


def take_back(company: Company, number: str) -> MoneyRequest:
    return ask_reversal(
        company=company, repayment=Repayment.objects.get(repayment_no=number),
        reason="Bounced", by=person("finance"), second_person_above=LIMIT,
        on=company.local_date(),
    )  # fmt: skip


def test_taking_back_reopens_the_case(lender: Company, case: Case) -> None:
    say(lender, enter(lender, "1000.00", repayment_no="P1"), "admin", yes=True)
    asked = take_back(lender, "P1")
    assert asked.state == "waiting"
    with pytest.raises(ValidationError, match="asked about it already"):
        take_back(lender, "P1")
    say(lender, asked, "admin", yes=True)
    case.refresh_from_db()
    assert (owed(case), case.closed_on) == (Decimal("1000.00"), None)
    assert CaseEvent.objects.filter(case=case, kind="repayment_taken_back").exists()
    with pytest.raises(ValidationError, match="Only money that is booked"):
        take_back(lender, "P1")


def test_a_small_one_is_taken_back_at_once_and_replayed(lender: Company, case: Case) -> None:
    enter(lender, "100.00", repayment_no="P1")
    enter(lender, "50.00", repayment_no="P2")
    assert take_back(lender, "P1").state == "done"
    assert owed(case) == Decimal("950.00")


def test_what_the_feed_took_back_meanwhile_goes_on_waiting(lender: Company, case: Case) -> None:
    say(lender, enter(lender, "600.00", repayment_no="P1"), "admin", yes=True)
    asked = take_back(lender, "P1")
    row = RepaymentRow("V1", "HAND-1", now(lender), Decimal("600.00"), reverses="P1")
    post_repayments(company=lender, rows=[row], on=lender.local_date())
    with pytest.raises(ValidationError, match="taken back meanwhile"):
        say(lender, asked, "admin", yes=True)
    asked.refresh_from_db()
    assert asked.state == "waiting"


def test_what_is_too_much_stands_among_the_overpaid(lender: Company, case: Case) -> None:
    say(lender, enter(lender, "1096.45"), "admin", yes=True)
    assert [(loan.loan_no, loan.overpaid) for loan in overpaid_loans(company=lender)] == [
        ("HAND-1", Decimal("96.45"))
    ]


def waits(company: Company, sent_for: str, amount: str, number: str = "W1") -> Repayment:
    row = RepaymentRow(number, sent_for, now(company), Decimal(amount))
    post_repayments(company=company, rows=[row], on=company.local_date())
    return Repayment.objects.get(repayment_no=number)


def suggested(company: Company, sent_for: str, amount: str = "77.00") -> list[tuple[str, str]]:
    found = suggestions(repayment=waits(company, sent_for, amount), on=company.local_date())
    return [(each.loan.loan_no, "+".join(each.reasons)) for each in found]


@pytest.mark.parametrize(
    "sent_for", ["HAND-2", "HNAD-1", "HAND1", "hand-1", "HAND-11", "ＨＡＮＤ-1"]
)
def test_a_slip_of_the_pen_is_seen_through(lender: Company, case: Case, sent_for: str) -> None:
    reason = "same_number" if sent_for == "ＨＡＮＤ-1" else "near_number"
    found = suggested(lender, sent_for)
    assert found == ([("HAND-1", reason)] if sent_for != "HAND1" else [])


def test_the_amount_that_is_owed_speaks_for_a_loan(lender: Company, case: Case, on: date) -> None:
    a_case(lender, on, "OTHER-1", "777.77")
    assert suggested(lender, "?", "777.77") == [("OTHER-1", "outstanding")]


def test_the_persons_name_brings_the_debts_in_the_order_of_the_civil_code(
    lender: Company, case: Case, on: date
) -> None:
    light = add_case(lender, dpd=40, no="LIGHT", borrower=case.borrower, on=on)
    heavy = add_case(lender, dpd=9, no="HEAVY", borrower=case.borrower, on=on)
    Loan.objects.filter(pk=heavy.loan_id).update(penalty=Decimal("5.00"))
    coming = add_case(lender, dpd=3, no="COMING", borrower=case.borrower, on=on)
    Loan.objects.filter(pk=coming.loan_id).update(due_date=on + timedelta(days=9))
    Instalment.objects.create(
        loan=light.loan, seq=1, due_date=on, principal=60, interest=10, fee=0, penalty=7
    )
    name = case.borrower.name
    assert suggested(lender, name, "12.00") == [
        ("HEAVY", "name"), ("LIGHT", "name"), ("HAND-1", "name"), ("COMING", "name"),
    ]  # fmt: skip
    by_instalment = suggestions(repayment=waits(lender, name, "77.00", "W2"), on=on)
    assert by_instalment[0].loan.loan_no == "LIGHT"
    assert by_instalment[0].reasons == ("name", "instalment")


def test_a_match_always_needs_a_second_person(lender: Company, case: Case) -> None:
    money = waits(lender, "HAND-2", "1.00")
    asked = ask_match(
        company=lender, repayment=money, loan_no="HAND-1", reason="Slip", by=person("admin")
    )
    assert (asked.state, owed(case)) == ("waiting", Decimal("1000.00"))
    with pytest.raises(PermissionDenied):
        say(lender, asked, "admin", yes=True)
    say(lender, asked, "finance", yes=True)
    assert owed(case) == Decimal("999.00")


numbers = st.text(alphabet="ABCab0123456789-", min_size=2, max_size=20)


@given(number=numbers, place=st.integers(0, 18))
def test_what_is_one_slip_away_leads_back(number: str, place: int) -> None:
    place = min(place, len(number) - 2)
    left_out = number[:place] + number[place + 1 :]
    exchanged = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert left_out in near_numbers(number)
    assert number in near_numbers(exchanged)
    if number[place].isdigit():
        assert number in near_numbers(left_out)
