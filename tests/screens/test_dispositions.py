"""The editor of result codes: what an admin changes, what is fixed, what two changes do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from collection.dispositions import PRESETS, dispositions_in_use
from collection.models import Disposition
from tenancy.models import AuditEntry, Company
from tenancy.scope import company_scope
from tests.screens.test_ladder import case_url
from tests.screens.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[Company, str], Client]


def address(code: str) -> str:
    return reverse("work:disposition", args=[code])


def typed(client: Client, code: str) -> dict[str, object]:
    """The form as it stands, as a browser would send it back."""
    shown = client.get(address(code))
    form = shown.context["form"]
    values = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in values.items() if value not in (None, False)}
    return sent | {"seen": shown.context["seen"]}


def save(client: Client, code: str, **change: object) -> tuple[int, Any]:
    sent = {k: v for k, v in (typed(client, code) | change).items() if v is not None}
    answer = client.post(address(code), sent)
    return answer.status_code, answer.context or {}


def code_of(company: Company, code: str) -> Disposition:
    with company_scope(company):
        return Disposition.objects.get(code=code)


def test_an_admin_changes_names_facts_and_delay(world: World, signed_in: SignIn) -> None:
    admin = signed_in(world.lender, "admin")
    status, _context = save(
        admin,
        "busy",
        name_en="Engaged",
        name_zh="忙线",
        next_action_after="1.5",
        required=["obstacle"],
        remark_required="on",
    )
    assert status == 302
    busy = code_of(world.lender, "busy")
    assert (busy.name_en, busy.name_zh, busy.required) == ("Engaged", "忙线", ["obstacle"])
    assert (busy.next_action_after, busy.remark_required) == (timedelta(minutes=90), True)
    with company_scope(world.lender):
        entry = AuditEntry.objects.get(verb="change_disposition")
        assert (entry.object_label, entry.before["name_en"]) == ("busy", "Busy")
        assert entry.after["required"] == ["obstacle"]
    page = signed_in(world.lender, "collector").get(case_url(world.mine[0])).content.decode()
    assert "Engaged" in page
    assert "busy" in signed_in(world.lender, "auditor").get("/settings/audit/").content.decode()


def test_saving_without_a_change_leaves_no_trace(world: World, signed_in: SignIn) -> None:
    admin = signed_in(world.lender, "admin")
    before = code_of(world.lender, "cannot_pay")
    assert save(admin, "cannot_pay")[0] == 302
    after = code_of(world.lender, "cannot_pay")
    assert (before.required, before.next_action_after) == (after.required, after.next_action_after)
    with company_scope(world.lender):
        assert not AuditEntry.objects.filter(verb="change_disposition").exists()


def test_a_code_out_of_use_is_offered_no_more(world: World, signed_in: SignIn) -> None:
    assert save(signed_in(world.lender, "admin"), "voicemail", is_active=None)[0] == 302
    with company_scope(world.lender):
        assert "voicemail" not in [each.code for each in dispositions_in_use()]
    form = signed_in(world.lender, "collector").get(case_url(world.mine[0])).context["form"]
    assert "voicemail" not in form.asks


@pytest.mark.parametrize(
    ("code", "change", "field"),
    [
        ("ptp_full", {"required": ["amount", "date"]}, "required"),
        ("callback", {"required": []}, "required"),
        ("asks_stop", {"required": ["stop_number"]}, "required"),
        ("new_number", {"required": ["whose"]}, "required"),
        ("busy", {"name_zh": "  "}, "name_zh"),
        ("busy", {"name_en": "x" * 81}, "name_en"),
        ("busy", {"next_action_after": "-1"}, "next_action_after"),
        ("busy", {"next_action_after": "9000"}, "next_action_after"),
        ("busy", {"required": ["nonsense"]}, "required"),
    ],
)
def test_what_cannot_be_is_refused(
    world: World, signed_in: SignIn, code: str, change: dict[str, object], field: str
) -> None:
    before = code_of(world.lender, code)
    status, context = save(signed_in(world.lender, "admin"), code, **change)
    assert status == 422
    assert list(context["form"].errors) == [field]
    after = code_of(world.lender, code)
    assert (after.required, after.name_en, after.name_zh) == (
        before.required, before.name_en, before.name_zh,
    )  # fmt: skip


def test_of_two_changes_the_second_chooses(world: World, signed_in: SignIn) -> None:
    one, two = signed_in(world.lender, "admin"), signed_in(world.lender, "admin")
    late = typed(two, "busy") | {"name_en": "Mine"}
    save(one, "busy", name_en="Theirs")
    answer = two.post(address("busy"), late)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Theirs" in page
    assert "Mine" in page
    again = late | {"seen": answer.context["seen"], "keep_name_en": "mine"}
    assert two.post(address("busy"), again).status_code == 302
    assert code_of(world.lender, "busy").name_en == "Mine"


def test_others_look_or_stay_out(world: World, signed_in: SignIn) -> None:
    auditor = signed_in(world.lender, "auditor")
    assert auditor.get(reverse("work:dispositions")).status_code == 200
    assert auditor.get(address("busy")).status_code == 200
    assert auditor.post(address("busy"), {"name_en": "X"}).status_code == 403
    assert signed_in(world.lender, "collector").get(address("busy")).status_code == 403
    assert signed_in(world.lender, "admin").get(address("nonsense")).status_code == 404


def test_a_companys_codes_are_its_own(world: World, signed_in: SignIn) -> None:
    save(signed_in(world.agency, "admin"), "busy", name_en="Agency's")
    assert code_of(world.lender, "busy").name_en == "Busy"
    page = signed_in(world.agency, "admin").get(reverse("work:dispositions")).content.decode()
    assert "Agency&#x27;s" in page
    assert page.count("rl") >= sum(len(codes) for codes in PRESETS.values())
