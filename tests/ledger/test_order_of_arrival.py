"""Whatever the order in which money and reversals arrive, the book ends the same.

Balances now and on every past day, allocations, states, open cases, and the sum of every cent.
"""

import itertools
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.aging import settle_cases
from cases.amounts import Amounts
from cases.ledger import RepaymentRow, match_suspense, post_repayments
from cases.models import Case, LedgerEntry, Loan, Repayment
from cases.timeline import Payment, Statement, timeline
from cases.waterfall import RepaymentFact, replay
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.aging.book import Owed, day, loan

TODAY = day("2026-03-31")


@pytest.fixture(autouse=True)
def inside(lender: Company) -> Iterator[None]:
    with company_scope(lender):
        yield


def outcome(company: Company, made: Loan) -> dict[str, Any]:
    """Everything that must not depend on the order of arrival."""
    now = Loan.objects.get(pk=made.pk)
    entries = [
        (e.effective_date, Amounts(e.principal, e.interest, e.fee, e.penalty))
        for e in LedgerEntry.objects.filter(loan=made)
    ]
    days = [day("2026-03-01") + timedelta(days=n) for n in range(31)]
    return {
        "loan": (now.principal, now.interest, now.fee, now.penalty, now.overpaid),
        "applied": list(
            Repayment.objects.order_by("repayment_no").values_list(
                "repayment_no", "state", "overpaid", "applied_principal", "applied_interest",
                "applied_fee", "applied_penalty",
            )
        ),
        "past": [
            sum((what for when, what in entries if when <= on), start=Amounts()) for on in days
        ],
        "open": Case.objects.filter(closed_on=None).values_list("outstanding").first(),
    }  # fmt: skip


class _Undo(Exception):
    """Ends a try-out."""


def played(company: Company, arrivals: Sequence[Sequence[RepaymentRow]]) -> dict[str, Any]:
    """The outcome of batches that arrive one after the other, on a fresh loan; then undone."""
    result: dict[str, Any] = {}
    try:
        with transaction.atomic():
            made = loan(company, "2026-03-01", as_of="2026-03-01", no="X", owed=OWED)
            settle_cases(company=company, on=TODAY)
            for rows in arrivals:
                post_repayments(company=company, rows=list(rows), on=TODAY)
            result = outcome(company, made)
            check_entries(made)
            raise _Undo
    except _Undo:
        return result


def check_entries(made: Loan) -> None:
    """The entries add up to the loan's balance."""
    total = Amounts()
    for e in LedgerEntry.objects.filter(loan=made):
        total += Amounts(e.principal, e.interest, e.fee, e.penalty)
    now = Loan.objects.get(pk=made.pk)
    assert total == Amounts(now.principal, now.interest, now.fee, now.penalty)


OWED = Owed("100.00", "10.00", "5.00", "20.00")


def row(no: str, on: int, amount: str, reverses: str = "", hour: int = 9) -> RepaymentRow:
    at = datetime(2026, 3, on, hour, tzinfo=LENDER_ZONE)
    return RepaymentRow(no, "X", at, Decimal(amount), reverses=reverses)


LENDER_ZONE = Company(timezone="Asia/Shanghai").zone


@pytest.mark.parametrize(
    "rows",
    [
        # W10 in small: the reversal uses up what was overpaid, by way of a closure.
        [row("A", 3, "60"), row("B", 4, "50"), row("C", 5, "40"), row("BX", 9, "50", "B")],
        # The reversal carries an earlier date than the repayment.
        [row("A", 6, "30"), row("AX", 4, "30", "A"), row("B", 5, "20"), row("C", 7, "100")],
    ],
    ids=["overpaid", "backdated"],
)
def test_all_orders(lender: Company, rows: list[RepaymentRow]) -> None:
    first = played(lender, [rows])
    for order in itertools.permutations(rows):
        assert played(lender, [[single] for single in order]) == first


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[RepaymentRow], list[list[RepaymentRow]]]:
    """Some repayments, some of them reversed, and an order of arrival in batches."""
    rows = []
    for number in range(draw(st.integers(1, 5))):
        on, amount = draw(st.integers(1, 28)), str(draw(st.sampled_from([1, 7, 15, 36, 90, 140])))
        rows.append(row(f"R{number}", on, amount, hour=draw(st.integers(0, 2))))
        if draw(st.booleans()):
            back = draw(st.integers(1, 30))
            rows.append(row(f"R{number}X", back, amount, reverses=f"R{number}"))
    shuffled = draw(st.permutations(rows))
    cut = draw(st.integers(0, len(rows)))
    return rows, [batch for batch in (shuffled[:cut], shuffled[cut:]) if batch]


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(story=stories())
def test_any_order_ends_alike_and_as_the_replay_says(
    lender: Company, story: tuple[list[RepaymentRow], list[list[RepaymentRow]]]
) -> None:
    rows, arrivals = story
    at_once = played(lender, [rows])
    assert played(lender, arrivals) == at_once
    assert played(lender, [[single] for batch in arrivals for single in batch]) == at_once

    gone = {single.reverses for single in rows}
    since = [single for single in rows if lender.local_date(single.paid_at) > day("2026-03-01")]
    kept = [
        RepaymentFact(s.repayment_no, s.paid_at, lender.local_date(s.paid_at), s.amount)
        for s in since
        if not s.reverses and s.repayment_no not in gone
    ]
    # What the opening contained and was taken back after it is owed on top, as principal.
    inside = {s.repayment_no: s for s in rows if s not in since and not s.reverses}
    back = sum((inside[s.reverses].amount for s in since if s.reverses in inside), Decimal(0))
    opening = Amounts(Decimal(100) + back, Decimal(10), Decimal(5), Decimal(20))
    expected = replay(opening=opening, effects=kept)
    left = expected.left
    assert at_once["loan"] == (
        left.principal, left.interest, left.fee, left.penalty, expected.overpaid,
    )  # fmt: skip


money = st.integers(0, 20_000).map(lambda cents: Decimal(cents) / 100)
amounts = st.builds(Amounts, money, money, money, money)


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[Statement], list[Payment]]:
    """Statements on some days, and repayments that may be reversed on any later day."""
    dates = sorted({1, *draw(st.lists(st.integers(2, 27), max_size=3))})
    statements = [Statement(date(2026, 3, on), draw(amounts)) for on in dates]
    payments = []
    for key in range(draw(st.integers(0, 6))):
        on = draw(st.integers(1, 28))
        at = datetime(2026, 3, on, draw(st.integers(0, 3)), tzinfo=LENDER_ZONE)
        gone = draw(st.none() | st.integers(on, 30).map(lambda n: date(2026, 3, n)))
        fact = RepaymentFact(f"R{key}", at, date(2026, 3, on), draw(money))
        payments.append(Payment(key, fact, gone))
    return statements, payments


@given(life=lives(), order=st.sampled_from(["default", "civil_code", "principal_first"]))
def test_every_past_day_is_the_replay_of_what_was_effective_by_then(
    life: tuple[list[Statement], list[Payment]], order: str
) -> None:
    """The sum of effects up to a day is the replay since the last statement up to that day."""
    statements, payments = life
    told = timeline(statements=statements, payments=payments, order=order)
    for on in (date(2026, 3, n) for n in range(1, 31)):
        last = [s for s in statements if s.as_of <= on][-1]
        left = last.amounts
        for (_key, when), what in told.effects.items():
            if last.as_of < when <= on:
                left += what
        assert not left.has_negative()
        if not any(p.gone_on and p.fact.effective_date <= last.as_of for p in payments):
            standing = [
                p.fact
                for p in payments
                if last.as_of < p.fact.effective_date <= on and not (p.gone_on and p.gone_on <= on)
            ]
            assert left == replay(opening=last.amounts, effects=standing, order=order).left
    assert told.left == left


def test_money_for_an_unknown_loan_waits_and_is_matched(lender: Company) -> None:
    rows = [row("A", 3, "60"), row("AX", 5, "60", "A"), row("B", 4, "30")]
    waits = post_repayments(company=lender, rows=rows, on=TODAY)
    assert (waits.suspended, waits.posted) == (3, 0)
    assert Repayment.objects.filter(state="suspense", loan=None).count() == 3
    made = loan(lender, "2026-03-01", as_of="2026-03-01", no="X", owed=OWED)
    matched = match_suspense(company=lender, on=TODAY, loan_ids=[made.pk])
    assert (matched.posted, matched.reversals) == (2, 1)
    made.refresh_from_db()
    assert made.outstanding == Decimal("105.00")
    assert match_suspense(company=lender, on=TODAY) == type(matched)()


def test_the_same_rows_again_change_nothing(lender: Company) -> None:
    made = loan(lender, "2026-03-01", as_of="2026-03-01", no="X", owed=OWED)
    rows = [row("A", 3, "60"), row("B", 4, "50"), row("AX", 9, "60", "A")]
    post_repayments(company=lender, rows=rows, on=TODAY)
    before = outcome(lender, made), LedgerEntry.objects.count()
    again = post_repayments(company=lender, rows=rows, on=TODAY)
    assert (again.already, again.posted, again.repayment_ids) == (3, 0, ())
    assert (outcome(lender, made), LedgerEntry.objects.count()) == before


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (row("Z", 9, "60", "AX"), "reverses_a_reversal"),
        (row("Z", 9, "60", "A"), "already_reversed"),
        (row("Z", 9, "49", "B"), "other_amount"),
        (row("Z", 9, "7", "OTHER"), "other_loan"),
        (row("Z", 9, "7", "Z"), "reverses_a_reversal"),
    ],
)
def test_a_reversal_that_does_not_fit_is_refused(
    lender: Company, wrong: RepaymentRow, code: str
) -> None:
    loan(lender, "2026-03-01", as_of="2026-03-01", no="X", owed=OWED)
    loan(lender, "2026-03-01", as_of="2026-03-01", no="Y", owed=OWED)
    rows = [row("A", 3, "60"), row("B", 4, "50"), row("AX", 9, "60", "A")]
    other = RepaymentRow("OTHER", "Y", rows[0].paid_at, Decimal(7))
    post_repayments(company=lender, rows=[*rows, other], on=TODAY)
    refused = post_repayments(company=lender, rows=[wrong], on=TODAY)
    assert refused.refused == (("Z", code),)
    assert not Repayment.objects.filter(repayment_no="Z").exists()


def test_money_dated_up_to_the_opening_is_in_it_already(lender: Company) -> None:
    made = loan(lender, "2026-03-01", as_of="2026-03-10", no="X", owed=OWED)
    rows = [row("A", 10, "60", hour=23), row("B", 11, "30")]
    posted = post_repayments(company=lender, rows=rows, on=TODAY)
    assert (posted.included, posted.posted) == (1, 1)
    made.refresh_from_db()
    assert made.outstanding == Decimal("105.00")
    inside = Repayment.objects.get(repayment_no="A")
    assert (inside.state, inside.applied_principal, inside.overpaid) == ("included", 0, 0)
    # Taken back after the opening, it is owed again; where it had gone is not known: principal.
    post_repayments(company=lender, rows=[row("AX", 12, "60", "A")], on=TODAY)
    made.refresh_from_db()
    assert (made.outstanding, made.principal) == (Decimal("165.00"), Decimal("160.00"))


def test_nothing_in_the_ledger_is_ever_changed(lender: Company) -> None:
    from django.db import DatabaseError

    made = loan(lender, "2026-03-01", as_of="2026-03-01", no="X", owed=OWED)
    for act in (
        lambda: LedgerEntry.objects.filter(loan=made).update(principal=1),
        lambda: LedgerEntry.objects.filter(loan=made).delete(),
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            act()
