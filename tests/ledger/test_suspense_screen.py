"""Suspense on screen: what waits, matching it by hand, and that the feed and reversals follow."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.aging import settle_cases
from cases.ledger import RepaymentRow, match_suspense, post_repayments
from cases.models import CaseEvent, LedgerEntry, Loan, MoneyRequest, Repayment
from cases.suspense import waiting_of
from tenancy.models import AuditEntry, Company
from tenancy.scope import company_scope
from tests.aging.book import case_of, loan
from tests.feed.files import Feeding

pytestmark = pytest.mark.django_db
SignedIn = Callable[..., Client]
SENT_FOR, RIGHT = "WRONG-7", "RIGHT-7"
SAID = {"loan_no": RIGHT, "reason": "Statement of the bank"}


@pytest.fixture
def made(lender: Company) -> Loan:
    """A loan of 1,000 in collections, and 60 that were sent for another number."""
    today = lender.local_date()
    with company_scope(lender):
        made = loan(
            lender,
            (today - timedelta(days=5)).isoformat(),
            as_of=(today - timedelta(days=2)).isoformat(),
            no=RIGHT,
        )
        settle_cases(company=lender, on=today)
        post_repayments(company=lender, rows=[sent(lender, "R1", "60")], on=today)
    return made


def sent(
    company: Company, number: str, amount: str, loan_no: str = SENT_FOR, reverses: str = ""
) -> RepaymentRow:
    at = datetime.combine(company.local_date(), datetime.min.time(), company.zone)
    return RepaymentRow(number, loan_no, at, Decimal(amount), reverses=reverses)


def book(company: Company, *rows: RepaymentRow) -> tuple[tuple[str, str], ...]:
    with company_scope(company):
        return post_repayments(company=company, rows=rows, on=company.local_date()).refused


def address(company: Company, number: str = "R1") -> str:
    with company_scope(company):
        return f"/cases/suspense/{Repayment.objects.get(repayment_no=number).uid}/match/"


def match(
    company: Company, signed_in: SignedIn, number: str = "R1", said: dict[str, str] | None = None
) -> None:
    """Finance says which loan it is for, an admin agrees."""
    asked = signed_in(company, "finance").post(address(company, number), said or SAID)
    assert asked.status_code == 302
    agreed = signed_in(company, "admin").post(waiting(company), {"act": "approve"})
    assert agreed.status_code == 302


def waiting(company: Company) -> str:
    """Where the request that waits is decided."""
    with company_scope(company):
        uid = MoneyRequest.objects.get(state="waiting").uid
    return reverse("cases:money-decide", args=[uid])


def states(company: Company) -> dict[str, tuple[str, str]]:
    """Number → state, and the loan number as sent."""
    with company_scope(company):
        rows = Repayment.objects.order_by("pk")
        return {row.repayment_no: (row.state, row.loan_no) for row in rows}


def owed(company: Company) -> Decimal:
    with company_scope(company):
        left: Decimal = Loan.objects.get(loan_no=RIGHT).outstanding
    return left


def shown(answer: object) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.content.decode()


def test_money_that_waits_is_listed_and_searched(
    lender: Company, made: Loan, signed_in: SignedIn
) -> None:
    book(lender, sent(lender, "R2", "1040", "ELSE-1"), sent(lender, "V9", "5", "ELSE-1", "R9"))
    admin = signed_in(lender, "admin")
    page = shown(admin.get("/cases/suspense/"))
    for text in ("R1", SENT_FOR, "60.00", "1,100.00", "reverses R9", address(lender)):
        assert text in page
    assert address(lender, "V9") not in page
    found = shown(admin.get("/cases/suspense/", {"number": "else-"}))
    assert address(lender, "R2") in found
    assert SENT_FOR not in found
    assert "has this number" in shown(admin.get("/cases/suspense/", {"number": "none\x00"}))
    with company_scope(lender):
        told = waiting_of(company=lender)
    assert told[:3] == (2, Decimal("1100.00"), 1)


def test_an_empty_list_says_what_suspense_is(lender: Company, signed_in: SignedIn) -> None:
    page = shown(signed_in(lender, "finance").get("/cases/suspense/"))
    assert "Nothing is in suspense" in page
    assert "not in the book waits here" in page


def test_a_person_matches_it_to_its_loan(lender: Company, made: Loan, signed_in: SignedIn) -> None:
    finance = signed_in(lender, "finance")
    assert SENT_FOR in shown(finance.get(address(lender)))
    page = shown(finance.post(address(lender), SAID, follow=True))
    assert "R1 for loan RIGHT-7: a second person is asked." in page
    assert states(lender) == {"R1": ("suspense", SENT_FOR)}
    path = waiting(lender)
    assert path in page
    assert "Fang Finance says it is for loan RIGHT-7." in shown(finance.get(address(lender)))
    assert "Agree and book" not in shown(finance.get(path))
    assert finance.post(path, {"act": "approve"}).status_code == 403
    booked = signed_in(lender, "admin").post(path, {"act": "approve"}, follow=True)
    assert "60.00 on loan RIGHT-7: booked." in shown(booked)
    assert states(lender) == {"R1": ("posted", SENT_FOR)}
    assert owed(lender) == Decimal("940.00")
    with company_scope(lender):
        case = case_of(made)
        assert case.outstanding == Decimal("940.00")
        event = CaseEvent.objects.get(case=case, kind="repayment_matched")
        assert (event.actor_name, event.shared) == ("Fang Finance", False)
        assert event.data["sent_for"] == SENT_FOR
        entry = AuditEntry.objects.get(verb="match_by_hand")
    assert (entry.object_label, entry.reason) == ("R1", SAID["reason"])
    assert (entry.before["loan_no"], entry.after["loan_no"]) == (SENT_FOR, RIGHT)
    admin = signed_in(lender, "admin")
    assert "it was sent for loan WRONG-7" in shown(admin.get(reverse("work:case", args=[case.uid])))
    assert "Matched money in suspense to a loan" in shown(admin.get("/settings/audit/"))


def test_a_match_is_asked_once_and_booked_once(
    lender: Company, made: Loan, signed_in: SignedIn
) -> None:
    finance, admin = signed_in(lender, "finance"), signed_in(lender, "admin")
    said = SAID | {"form_key": "6f1f6d1c-5b5b-4a43-9d0a-000000000001"}
    assert [finance.post(address(lender), said).status_code for _ in range(2)] == [302, 302]
    again = finance.post(address(lender), SAID)
    assert again.status_code == 422
    assert "A second person is being asked about it already." in shown(again)
    path = waiting(lender)
    assert [admin.post(path, {"act": "approve"}).status_code for _ in range(2)] == [302, 302]
    with company_scope(lender):
        assert AuditEntry.objects.filter(verb="match_by_hand").count() == 1
        assert LedgerEntry.objects.filter(loan=made, kind="repayment").count() == 1
    answer = finance.post(address(lender), SAID)
    assert answer.status_code == 422
    assert "It has been matched meanwhile" in shown(answer)
    assert "It is matched to loan RIGHT-7." in shown(finance.get(address(lender)))


def test_a_refused_match_leaves_the_money_waiting(
    lender: Company, made: Loan, signed_in: SignedIn
) -> None:
    signed_in(lender, "finance").post(address(lender), SAID)
    path, admin = waiting(lender), signed_in(lender, "admin")
    assert admin.post(path, {"act": "refuse"}).status_code == 422
    assert admin.post(path, {"act": "refuse", "decision": "Not his"}).status_code == 302
    assert states(lender) == {"R1": ("suspense", SENT_FOR)}
    assert "Not his" in shown(admin.get(path))
    match(lender, signed_in)
    assert states(lender)["R1"][0] == "posted"


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (SAID | {"loan_no": "NONE"}, "There is no loan NONE in the book."),
        (SAID | {"reason": "  "}, "This field is required."),
        (SAID | {"loan_no": ""}, "This field is required."),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_booked(
    lender: Company, made: Loan, signed_in: SignedIn, said: dict[str, str], text: str
) -> None:
    answer = signed_in(lender, "admin").post(address(lender), said)
    assert answer.status_code == 422
    assert text in shown(answer)
    assert states(lender) == {"R1": ("suspense", SENT_FOR)}
    with company_scope(lender):
        assert not AuditEntry.objects.filter(verb="match_by_hand").exists()


def test_a_reversal_is_not_matched_but_follows_its_repayment(
    lender: Company, made: Loan, signed_in: SignedIn
) -> None:
    book(lender, sent(lender, "V1", "60", reverses="R1"))
    finance = signed_in(lender, "finance")
    answer = finance.post(address(lender, "V1"), SAID)
    assert answer.status_code == 422
    assert "A reversal waits for its repayment" in shown(answer)
    match(lender, signed_in)
    assert states(lender) == {"R1": ("reversed", SENT_FOR), "V1": ("reversal", SENT_FOR)}
    assert owed(lender) == Decimal("1000.00")


@pytest.mark.parametrize("loan_no", [SENT_FOR, RIGHT])
def test_a_reversal_that_comes_later_finds_the_money(
    lender: Company, made: Loan, signed_in: SignedIn, loan_no: str
) -> None:
    match(lender, signed_in)
    assert book(lender, sent(lender, "V1", "60", loan_no, "R1")) == ()
    assert states(lender)["V1"] == ("reversal", loan_no)
    assert owed(lender) == Decimal("1000.00")
    refused = book(lender, sent(lender, "V2", "60", "ELSE", "R1"))
    assert refused == (("V2", "other_loan"),)


def test_the_night_finds_a_reversal_that_came_at_the_same_moment(
    lender: Company, made: Loan, signed_in: SignedIn
) -> None:
    match(lender, signed_in)
    with company_scope(lender):
        row = sent(lender, "V1", "60", reverses="R1")
        Repayment.objects.create(
            owner=lender, repayment_no="V1", loan_no=SENT_FOR, paid_at=row.paid_at,
            effective_date=lender.local_date(), amount=60, reverses_no="R1", state="suspense",
        )  # fmt: skip
        assert match_suspense(company=lender, on=lender.local_date()).reversals == 1
    assert owed(lender) == Decimal("1000.00")


def test_the_feed_takes_the_row_for_the_same(
    lender: Company, tmp_path: Path, signed_in: SignedIn
) -> None:
    """Its number came with a loan that is not the one it is booked on, and comes so again."""
    company, feeding = lender, Feeding(lender, tmp_path)
    with company_scope(company):
        loan(company, "2026-03-01", as_of="2026-03-04", no=RIGHT)
    row = {
        "repayment_no": "R1",
        "loan_no": SENT_FOR,
        "paid_at": "2026-03-05 10:00:00+08:00",
        "amount": "60",
    }
    assert feeding.send("repayments", "2026-03-05", row).suspense == 1
    match(company, signed_in)
    again = feeding.send("repayments", "2026-03-06", row)
    assert (again.new, again.changed, again.unchanged, again.rejected) == (0, 0, 1, 0)
    for number, loan_no, rejected in (("V1", "ELSE", 1), ("V2", RIGHT, 0), ("V3", SENT_FOR, 1)):
        back = row | {"repayment_no": number, "loan_no": loan_no, "reverses": "R1"}
        run = feeding.send("repayments", "2026-03-06", back)
        assert run.rejected == rejected, number
    assert states(company)["V2"] == ("reversal", RIGHT)


def test_who_may_look_and_who_may_match(
    lender: Company, agency: Company, made: Loan, signed_in: SignedIn
) -> None:
    path = address(lender)
    auditor = signed_in(lender, "auditor")
    page = shown(auditor.get("/cases/suspense/"))
    assert "R1" in page
    assert path not in page
    assert [auditor.get(path).status_code, auditor.post(path, SAID).status_code] == [403, 403]
    for company, username in ((lender, "collector"), (lender, "lead"), (agency, "admin")):
        client = signed_in(company, username)
        assert client.get("/cases/suspense/").status_code == 403
        assert client.post(path, SAID).status_code == 403
    assert states(lender) == {"R1": ("suspense", SENT_FOR)}


def test_another_lender_does_not_find_it(
    lender: Company, other_lender: Company, made: Loan, signed_in: SignedIn
) -> None:
    client = signed_in(other_lender, "admin")
    page = shown(client.get("/cases/suspense/"))
    assert SENT_FOR not in page
    assert address(lender) not in page
    assert client.get(address(lender)).status_code == 404
    assert client.post(address(lender), SAID).status_code == 404
    assert states(lender) == {"R1": ("suspense", SENT_FOR)}


def test_more_rows_take_no_more_queries(lender: Company, made: Loan, signed_in: SignedIn) -> None:
    client = signed_in(lender, "admin")
    client.get("/cases/suspense/")
    with CaptureQueriesContext(connection) as few:
        client.get("/cases/suspense/")
    book(lender, *(sent(lender, f"M{n:03}", "1") for n in range(60)))
    with CaptureQueriesContext(connection) as many:
        page = shown(client.get("/cases/suspense/"))
    assert len(many) == len(few)
    assert page.count("/match/") == 50
