"""The gate's doors: buttons of a case, a call by hand, the API, contacts in progress, the trial."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.placement import place_cases
from agencies.recall import recall_cases
from cases.models import Case, CaseEvent, CaseHold, ContactPoint
from collection.gate_actions import open_try, permitted_actions
from collection.models import ContactTry
from collection.reassignment import reassign_cases
from tenancy.models import Company, IdempotencyKey, User
from tenancy.scope import company_scope
from tenancy.tokens import issue_token
from tests.collection.book import add_case, desk, furnish
from tests.collection.test_gate import add_point, at, own_point

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]
SignedIn = Callable[..., Client]
HTMX = {"HX-Request": "true"}


def on_desk(lender: Company, username: str = "collector") -> Case:
    """A case on a collector's desk, whose borrower has a postal address too."""
    case = add_case(lender, on=lender.local_date())
    ContactPoint.objects.create(
        owner=lender,
        borrower_id=case.borrower_id,
        relation="self",
        kind="home_address",
        number_hash=b"street",
        number_sealed=own_point(case).number_sealed,
        number_mask="*** street",
    )
    reassign_cases(company=lender, case_ids=[case.pk], to=desk(username), reason="x", by=None)
    return case


def address(case: Case) -> ContactPoint:
    return ContactPoint.objects.get(borrower_id=case.borrower_id, kind="home_address")


def post(client: Client, path: str, body: Mapping[str, Any], token: str, **headers: str) -> Any:
    return client.post(
        f"/api/v1/contacts/{path}",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", **headers},
    )


def test_buttons_say_why_and_when(lender: Company, person: Person) -> None:
    who = person(lender, "collector")
    with company_scope(lender), timezone.override(lender.zone):
        case = add_case(lender)
        add_point(case, "spouse", "Li")
        points = list(ContactPoint.objects.filter(borrower_id=case.borrower_id).order_by("pk"))
        with CaptureQueriesContext(connection) as queries:
            actions = permitted_actions(user=who, case=case, points=points, at=at(12, 30))
        assert len(queries) <= 4
        own, spouse = (actions[point.pk] for point in points)
        assert [(each.channel, each.allowed) for each in own] == [("call", False), ("sms", True)]
        denied = own[0].denied
        assert denied is not None
        assert denied.reason == "Noon break"
        assert "14:00" in str(denied.from_when)
        assert f"case={case.uid}" in denied.rules_href
        assert [each.allowed for each in spouse] == [False, False]
        assert permitted_actions(user=person(lender, "auditor"), case=case, points=points) == {}


def test_an_agency_has_the_same_buttons(lender: Company, agency: Company, person: Person) -> None:
    who = person(agency, "collector")
    with company_scope(lender):
        case = add_case(lender)
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
        point = own_point(case)
        ours = person(lender, "collector")
        held = Case.objects.get(pk=case.pk)
        assert permitted_actions(user=ours, case=held, points=[point]) == {}
    with company_scope(agency):
        actions = permitted_actions(user=who, case=held, points=[point], at=at(10))
        assert [each.allowed for each in actions[point.pk]] == [True, True]


def test_a_letter_by_hand_shows_the_address_once(lender: Company, signed_in: SignedIn) -> None:
    with company_scope(lender):
        case = on_desk(lender)
        where = address(case)
    client = signed_in(lender, "collector")
    path = f"/work/cases/{case.uid}/contact/"
    answer = client.post(path, {"point": where.uid, "channel": "letter"}, headers=HTMX)
    with company_scope(lender):
        made = ContactTry.objects.get()
        assert (made.case_id, made.channel, made.state) == (case.pk, "letter", "reserved")
        shown = CaseEvent.objects.get(kind="phone_shown")
        assert "Letter" in shown.data["reason"]
        who = User.objects.get(username="collector")
        found = open_try(user=who, case=case)
        assert found is not None
        assert found.pk == made.pk
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'value="{made.uid}"' in text
    assert "hx-swap-oob" in text
    assert "138" in text, "the number in full"
    assert client.post(path, {"point": where.uid, "channel": "letter"}).status_code == 200
    assert client.post(path, {"point": where.uid, "channel": "call"}).status_code == 422
    assert client.post(path, {"point": "x", "channel": "letter"}).status_code == 422


def test_a_refusal_on_the_screen_is_kept(lender: Company, signed_in: SignedIn) -> None:
    with company_scope(lender):
        case = on_desk(lender)
        CaseHold.objects.create(
            owner=lender,
            case=case,
            kind="complaint",
            stops_contact="all",
            starts_on=lender.local_date() - timedelta(days=2),
            opened_at=timezone.now() - timedelta(days=2),
        )
        where = address(case)
    client = signed_in(lender, "collector")
    answer = client.post(
        f"/work/cases/{case.uid}/contact/", {"point": where.uid, "channel": "letter"}, headers=HTMX
    )
    assert answer.status_code == 422
    assert "Hold" in answer.content.decode()
    with company_scope(lender):
        event = CaseEvent.objects.get(kind="contact_denied")
        assert event.data["rules"] == ["hold"]
        assert not ContactTry.objects.exists()
        assert not CaseEvent.objects.filter(kind="phone_shown").exists()
    page = client.get(f"/work/cases/{case.uid}/").content.decode()
    assert "Contact refused: Letter" in page


def test_contacts_in_progress_are_given_up_with_a_reason(
    lender: Company, signed_in: SignedIn
) -> None:
    with company_scope(lender):
        case = on_desk(lender)
        where = address(case)
    client = signed_in(lender, "collector")
    client.post(f"/work/cases/{case.uid}/contact/", {"point": where.uid, "channel": "letter"})
    with company_scope(lender):
        made = ContactTry.objects.get()
    assert case.loan_no in client.get("/contact/reserved/").content.decode()
    path = f"/contact/reserved/{made.uid}/give-up/"
    client.post(path, {"reason": ""})
    with company_scope(lender):
        assert ContactTry.objects.get().state == "reserved"
    answer = client.post(path, {"reason": "Not posted"}, follow=True).content.decode()
    assert "You have seen the number" in answer
    with company_scope(lender):
        assert ContactTry.objects.get().state == "reserved"
    assert signed_in(lender, "collector2").post(path, {"reason": "x"}).status_code == 404
    assert signed_in(lender, "lead2").post(path, {"reason": "x"}).status_code == 404
    assert signed_in(lender, "lead").post(path, {"reason": "Not posted"}).status_code == 302
    with company_scope(lender):
        assert ContactTry.objects.get().state == "released"


def test_a_dialer_asks_reserves_and_settles(lender: Company, client: Client) -> None:
    with company_scope(lender):
        case = on_desk(lender)
        where = address(case)
        _row, token = issue_token(company=lender, name="Dialer", scopes=["contact"], by=None)
    body = {"case": str(case.uid), "contact_point": str(where.uid), "channel": "letter"}
    asked = post(client, "ask/", body, token)
    assert (asked.status_code, asked.json()["allowed"]) == (200, True)
    night = timezone.now() + timedelta(days=2)
    night = datetime.combine(night.date(), at(2).timetz())
    asked = post(client, "ask/", body | {"channel": "visit", "at": night.isoformat()}, token).json()
    assert "window" in [each["rule"] for each in asked["denials"]]
    assert asked["next_at"] is not None
    first = post(client, "", body | {"collector": "collector"}, token, **{"Idempotency-Key": "a"})
    again = post(client, "", body | {"collector": "collector"}, token, **{"Idempotency-Key": "a"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    uid = first.json()["uid"]
    told = {"state": "sent", "talk_seconds": 0}
    for _ in range(2):
        assert post(client, f"{uid}/settle/", told, token).json()["state"] == "sent"
    with company_scope(lender):
        made = ContactTry.objects.get()
        assert (made.by_name, made.state) == ("Chen Collector", "sent")
        assert IdempotencyKey.objects.count() == 1
    assert post(client, f"{uuid4()}/settle/", told, token).status_code == 404
    assert post(client, "", body | {"collector": "nobody"}, token).status_code == 400
    assert post(client, f"{uid}/settle/", {"state": "released"}, token).status_code == 400


def test_a_dialers_refusal_is_kept(lender: Company, client: Client) -> None:
    with company_scope(lender):
        case = on_desk(lender)
        where = add_point(case, "friend", "Wu")
        where.refresh_from_db()
        _row, token = issue_token(company=lender, name="Dialer", scopes=["contact"], by=None)
    body = {"case": str(case.uid), "contact_point": str(where.uid), "channel": "sms"}
    refused = post(client, "", body, token, **{"Idempotency-Key": "b"})
    assert refused.status_code == 409
    assert "third_locked" in [each["rule"] for each in refused.json()["denials"]]
    with company_scope(lender):
        event = CaseEvent.objects.get(kind="contact_denied")
        assert (event.actor_name, event.data["relation"]) == ("Dialer", "friend")
        assert not IdempotencyKey.objects.exists(), "a refusal may be asked again"


def test_a_reminder_passes_a_hold_that_leaves_reminders(lender: Company, client: Client) -> None:
    with company_scope(lender):
        case = on_desk(lender)
        CaseHold.objects.create(
            owner=lender,
            case=case,
            kind="hardship",
            stops_contact="remind",
            starts_on=lender.local_date() - timedelta(days=2),
            opened_at=timezone.now() - timedelta(days=2),
        )
        where = address(case)
        _row, token = issue_token(company=lender, name="Dialer", scopes=["contact"], by=None)
    body = {"case": str(case.uid), "contact_point": str(where.uid), "channel": "letter"}
    assert post(client, "", body, token).status_code == 409
    assert post(client, "", body | {"purpose": "reminder"}, token).status_code == 201
    assert post(client, "", body | {"purpose": "fun"}, token).status_code == 400
    with company_scope(lender):
        assert ContactTry.objects.get().purpose == "reminder"


def test_a_reminder_by_hand_where_a_hold_leaves_reminders(
    lender: Company, signed_in: SignedIn, person: Person
) -> None:
    who = person(lender, "collector")
    with company_scope(lender):
        case = on_desk(lender)
        where = address(case)

        def letters() -> list[tuple[str, bool]]:
            actions = permitted_actions(user=who, case=case, points=[where])[where.pk]
            return [(each.purpose, each.allowed) for each in actions if each.channel == "letter"]

        assert letters() == [("collect", True)]
        hold = CaseHold.objects.create(
            owner=lender,
            case=case,
            kind="hardship",
            stops_contact="remind",
            starts_on=lender.local_date() - timedelta(days=2),
            opened_at=timezone.now() - timedelta(days=2),
        )
        assert letters() == [("collect", False), ("reminder", True)]
    client = signed_in(lender, "collector")
    text = client.get(f"/work/cases/{case.uid}/allowed/").content.decode()
    assert "Letter, as a reminder" in text
    assert 'name="purpose" value="reminder"' in text
    path = f"/work/cases/{case.uid}/contact/"
    body = {"point": where.uid, "channel": "letter"}
    for purpose, status in (("", 422), ("answer", 422), ("reminder", 200)):
        assert client.post(path, body | {"purpose": purpose}).status_code == status
    asked = {"number": case.loan_no, "point": str(where.uid), "channel": "letter"}
    tried = {
        purpose: client.get("/contact/simulator/", asked | {"purpose": purpose}).content.decode()
        for purpose in ("", "reminder")
    }
    assert ["No date makes it possible" in tried[each] for each in tried] == [True, False]
    with company_scope(lender):
        assert ContactTry.objects.get().purpose == "reminder"
        CaseHold.objects.filter(pk=hold.pk).update(stops_contact="all")
        assert letters() == [("collect", False)]


def test_an_agencys_outcome_lands_after_the_recall(
    lender: Company, agency: Company, client: Client
) -> None:
    with company_scope(lender):
        case = on_desk(lender)
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
        where = address(case)
    with company_scope(agency):
        furnish(agency)
        _row, token = issue_token(company=agency, name="Dialer", scopes=["contact"], by=None)
    body = {"case": str(case.uid), "contact_point": str(where.uid), "channel": "letter"}
    uid = post(client, "", body, token).json()["uid"]
    with company_scope(lender):
        recall_cases(lender=lender, case_ids=[case.pk], reason="x", by=None)
    assert post(client, "", body, token).status_code == 404
    assert post(client, f"{uid}/settle/", {"state": "sent"}, token).status_code == 200
    with company_scope(lender):
        assert ContactTry.objects.get().state == "sent"


def test_the_simulator_shows_every_rule_that_was_weighed(
    lender: Company, signed_in: SignedIn
) -> None:
    with company_scope(lender):
        case = on_desk(lender)
        point = own_point(case)
    client = signed_in(lender, "collector")
    asked = {"number": case.loan_no, "point": str(point.uid), "channel": "call"}
    text = client.get("/contact/simulator/", asked | {"at": "2026-11-20 12:30"}).content.decode()
    for word in ("Noon break", "Contact hours", "08:00–21:00", "not allowed", "14:00"):
        assert word in text
    text = client.get("/contact/simulator/", asked | {"at": "2026-11-20 10:30"}).content.decode()
    assert "Conversations a day" in text
    assert client.get("/contact/simulator/", asked | {"number": "none"}).status_code == 422
    with company_scope(lender):
        assert not ContactTry.objects.exists()
        assert not CaseEvent.objects.filter(kind="contact_denied").exists()


def test_the_panel_shows_yesterday_before_it_sets(lender: Company, signed_in: SignedIn) -> None:
    client = signed_in(lender, "admin")
    path = "/contact/rules/CN/conversations_day/"
    figures = {
        "conversations_a_day": "2",
        "effective_seconds": "0",
        "valid_from": lender.local_date().isoformat(),
    }
    look = client.post(path, figures | {"act": "look"})
    assert "Nothing is set yet" in look.content.decode()
    loose = client.post(path, figures | {"conversations_a_day": "4", "act": "set"})
    assert loose.status_code == 422
    assert "Looser than the rule allows: 3 is the limit." in loose.content.decode()
    assert client.post(path, figures | {"act": "set"}).status_code == 302
    text = client.get("/contact/rules/?place=CN").content.decode()
    assert "stricter" in text
    assert "GB/T 45251-2025" in text
