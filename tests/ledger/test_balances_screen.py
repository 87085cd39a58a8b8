"""How balances are kept: changeable on the screen until the first loan, refused after it."""

from collections.abc import Callable

from django.test import Client

from cases.models import LenderSettings
from tenancy.models import AuditEntry, Company
from tenancy.scope import company_scope
from tests.aging.book import loan

SignedIn = Callable[..., Client]
CORE = {"balance_authority": "core", "waterfall": "civil_code"}


def kept(lender: Company) -> tuple[str, str]:
    with company_scope(lender):
        settings = LenderSettings.objects.get(company=lender)
        return settings.balance_authority, settings.waterfall


def test_an_admin_sets_it_while_the_book_is_empty(lender: Company, signed_in: SignedIn) -> None:
    answer = signed_in(lender, "admin").post("/cases/balances/", CORE, follow=True)
    assert answer.status_code == 200
    assert kept(lender) == ("core", "civil_code")
    with company_scope(lender):
        assert AuditEntry.objects.filter(verb="change_lender").count() == 1


def test_after_the_first_loan_it_stays(lender: Company, signed_in: SignedIn) -> None:
    with company_scope(lender):
        loan(lender, "2026-03-01", as_of="2026-03-01")
    client = signed_in(lender, "admin")
    assert "cannot change any more" in client.get("/cases/balances/").content.decode()
    answer = client.post("/cases/balances/", CORE)
    assert "cannot change any more" in answer.content.decode()
    assert kept(lender) == ("ledger", "default")


def test_an_auditor_reads_it_and_others_do_not(lender: Company, signed_in: SignedIn) -> None:
    auditor = signed_in(lender, "auditor")
    assert auditor.get("/cases/balances/").status_code == 200
    assert auditor.post("/cases/balances/", CORE).status_code == 403
    assert signed_in(lender, "collector").get("/cases/balances/").status_code == 403
    assert kept(lender) == ("ledger", "default")


def test_an_agency_has_no_book(agency: Company, signed_in: SignedIn) -> None:
    assert signed_in(agency, "admin").get("/cases/balances/").status_code == 403


def test_an_unknown_choice_is_told(lender: Company, signed_in: SignedIn) -> None:
    answer = signed_in(lender, "admin").post("/cases/balances/", CORE | {"waterfall": "mine"})
    assert answer.status_code == 200
    assert kept(lender) == ("ledger", "default")
