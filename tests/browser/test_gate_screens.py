"""The gate in a browser: a contact is reserved where the number stands, and ties to the note."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from collection.contact_rule_changes import start_rules
from collection.models import ContactTry
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.collection.test_gate import add_point
from tests.collection.test_gate_doors import on_desk

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_letter_is_reserved_on_the_case(lender: Company, browse: Callable[..., Page]) -> None:
    with company_scope(lender):
        start_rules(company=lender)
        case = on_desk(lender)
        add_point(case, "spouse", "Li")
    page = browse(lender, "collector", f"/work/cases/{case.uid}/")
    button = page.get_by_role("button", name="Letter", exact=True)
    expect(button).to_be_visible(timeout=15000)
    button.click()
    expect(page.locator("[id^=gate-] b.tnum")).to_be_visible()
    with company_scope(lender):
        made = ContactTry.objects.get()
    expect(page.locator("#id_try_uid")).to_have_value(str(made.uid))
    page.goto("/contact/reserved/")
    expect(page.get_by_text(case.loan_no)).to_be_visible()
