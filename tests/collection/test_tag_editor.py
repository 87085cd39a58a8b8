"""The rule editor: lines, live count, stale forms, the trail; and tags put on a case by hand."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from cases.models import Case
from collection import tag_changes
from collection.models import CaseTag, Tag
from collection.tag_forms import lines_of, rule_of
from collection.tag_presets import PRESETS, start_tags
from collection.tag_rules import FACTS, Condition, Op, read_rule
from collection.tag_words import FACT_LABELS, FAULTS, OP_LABELS, stored_in_words
from tenancy.models import AuditEntry, Company, NightStep
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case
from tests.collection.test_reassign import put

pytestmark = pytest.mark.django_db
SignIn = Callable[[Company, str], Client]
NAMES = {"name_en": "Late", "name_zh": "晚", "colour": "red", "is_active": "on"}
DPD_5 = {"fact-0": "dpd", "op-0": "ge", "value-0": "5"}


@pytest.fixture
def book(lender: Company) -> list[Case]:
    """Cases of 1, 5 and 9 days past due."""
    with company_scope(lender):
        NightStep.objects.create(business_date=ON, step="age", done_at=datetime.now(UTC))
        return [add_case(lender, dpd=dpd) for dpd in (1, 5, 9)]


def typed(query: str) -> QueryDict:
    return QueryDict(query)


def test_every_fact_and_comparison_has_words() -> None:
    assert set(FACT_LABELS) == set(FACTS)
    assert set(OP_LABELS) == set(Op)
    for *_names, rule in PRESETS.values():
        assert stored_in_words([each.as_json for each in rule])
    assert stored_in_words([]) == "Set by hand"
    assert stored_in_words([{"fact": "gone"}]) == str(FAULTS["fact"])


def test_lines_are_added_dropped_and_made_to_fit() -> None:
    two = "fact-1=on_hold&op-1=ge&value-1=5&fact-0=dpd&op-0=ge&value-0=5"
    lines = lines_of(typed(two))
    # A comparison of numbers does not fit yes or no.
    assert [(line.fact, line.op, line.value) for line in lines] == [
        ("dpd", "ge", "5"),
        ("on_hold", "is", "yes"),
    ]
    assert rule_of(lines) == (Condition("dpd", Op.AT_LEAST, 5), Condition("on_hold", Op.IS, True))
    assert [line.fact for line in lines_of(typed(two + "&act=drop-0"))] == ["on_hold"]
    assert [line.fact for line in lines_of(typed(two + "&act=add"))] == ["dpd", "on_hold", ""]
    assert len(lines_of(typed("&".join(f"fact-{n}=dpd" for n in range(40)) + "&act=add"))) == 10
    wrong = lines_of(typed("fact-0=dpd&op-0=ge&value-0=x&fact-1=&op-1=&value-1="))
    assert rule_of(wrong) is None
    assert (wrong[0].error, wrong[1].error) == (FAULTS["number"], "")


def test_an_admin_makes_a_rule_and_sees_how_many_match(
    lender: Company, signed_in: SignIn, book: list[Case]
) -> None:
    client = signed_in(lender, "admin")
    address = reverse("work:tag-rule")
    assert "2 of 3 open cases match now" in client.get(address, DPD_5).content.decode()
    unfinished = client.get(address, {**DPD_5, "value-0": ""})
    assert "Complete the conditions" in unfinished.content.decode()
    new = reverse("work:tag-new")
    assert "people set this tag by hand" in client.get(new).content.decode()
    more = client.post(new, {**NAMES, **DPD_5, "act": "add"}).content.decode()
    assert 'name="fact-1"' in more
    assert 'value="Late"' in more
    assert client.post(new, {**NAMES, **DPD_5, "value-0": "x", "act": "save"}).status_code == 422
    assert client.post(new, {**DPD_5, "act": "save"}).status_code == 422
    assert client.post(new, {**NAMES, **DPD_5, "act": "save"}).status_code == 302
    with company_scope(lender):
        tag = Tag.objects.get()
        assert read_rule(tag.rule) == (Condition("dpd", Op.AT_LEAST, 5),)
        tagged = set(CaseTag.objects.values_list("case_id", flat=True))
        assert tagged == {book[1].pk, book[2].pk}
        entry = AuditEntry.objects.get(verb="make_tag")
        assert entry.after["rule"] == "Days past due is at least 5"
    listed = client.get(reverse("work:tags")).content.decode()
    assert "Days past due is at least 5" in listed
    change = reverse("work:tag", args=[tag.uid])
    page = client.get(change).content.decode()
    assert 'name="version" value="1"' in page
    assert "2 of 3 open cases match now" in page
    client.post(change, {**NAMES, **DPD_5, "value-0": "9", "version": "1", "act": "save"})
    with company_scope(lender):
        assert set(CaseTag.objects.values_list("case_id", flat=True)) == {book[2].pk}
        entry = AuditEntry.objects.get(verb="change_tag")
        assert entry.before == {"rule": "Days past due is at least 5"}
        assert entry.after == {"rule": "Days past due is at least 9"}


def test_a_stale_form_does_not_overwrite(
    lender: Company, signed_in: SignIn, book: list[Case]
) -> None:
    with company_scope(lender):
        tag = Tag.objects.create(company=lender, code="t", name_en="Old", name_zh="旧")
    change = reverse("work:tag", args=[tag.uid])
    first, second = (signed_in(lender, "admin") for _n in range(2))
    first.post(change, {**NAMES, **DPD_5, "version": "1", "act": "save"})
    mine = {**NAMES, "name_en": "Mine", "act": "save"}
    answer = second.post(change, {**mine, "version": "1"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Ada Admin changed this tag" in page
    assert "Late · 晚" in page
    assert "Days past due is at least 5" in page
    assert 'value="Mine"' in page
    with company_scope(lender):
        assert Tag.objects.get().name_en == "Late"
    assert 'name="version" value="2"' in page
    assert second.post(change, {**mine, "version": "2"}).status_code == 302
    with company_scope(lender):
        assert (Tag.objects.get().name_en, Tag.objects.get().rule) == ("Mine", [])


def test_a_large_book_is_left_to_the_night(
    lender: Company, signed_in: SignIn, book: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tag_changes, "AT_ONCE", 2)
    client = signed_in(lender, "admin")
    answer = client.post(reverse("work:tag-new"), {**NAMES, **DPD_5, "act": "save"}, follow=True)
    assert "The next night tags the cases" in answer.content.decode()
    with company_scope(lender):
        assert not CaseTag.objects.exists()


def test_the_usual_tags_are_added_once(
    lender: Company, signed_in: SignIn, book: list[Case]
) -> None:
    with company_scope(lender):
        Tag.objects.create(company=lender, code="untouched_7", name_en="Ours", name_zh="我")
    client, address = signed_in(lender, "admin"), reverse("work:tags")
    assert "Add the usual tags" in client.get(address).content.decode()
    page = client.post(address, follow=True).content.decode()
    assert f"{len(PRESETS) - 1} tags added." in page
    assert "Add the usual tags" not in page
    with company_scope(lender):
        assert Tag.objects.get(code="untouched_7").name_en == "Ours"
    for username, status in (("lead", 200), ("auditor", 200), ("collector", 403)):
        reader = signed_in(lender, username)
        assert reader.get(address).status_code == status
        assert reader.post(address).status_code == 403
        assert reader.get(reverse("work:tag-new")).status_code == 403


def test_a_collector_tags_the_own_case_by_hand(
    lender: Company, signed_in: SignIn, book: list[Case]
) -> None:
    with company_scope(lender):
        start_tags(company_id=lender.pk)
        put(lender, "collector", book[0])
        sensitive = Tag.objects.get(code="sensitive")
    client = signed_in(lender, "collector")
    address = reverse("work:case-tag", args=[book[0].uid])
    page = client.post(address, {"add": str(sensitive.uid)}, headers={"HX-Request": "true"})
    assert "Sensitive" in page.content.decode()
    assert "set by Chen Collector" in page.content.decode()
    assert "Sensitive" in client.get(reverse("work:queue")).content.decode()
    assert "Sensitive" in client.get(reverse("cases:list")).content.decode()
    assert client.post(address, {"remove": str(sensitive.uid)}).status_code == 302
    with company_scope(lender):
        assert not CaseTag.objects.filter(by_hand=True).exists()
    for wrong in ({}, {"add": "x"}, {"add": str(book[0].uid)}):
        assert client.post(address, wrong).status_code == 404
    other = reverse("work:case-tag", args=[book[1].uid])
    assert client.post(other, {"add": str(sensitive.uid)}).status_code == 404
    reader = signed_in(lender, "auditor")
    assert reader.post(address, {"add": str(sensitive.uid)}).status_code == 403
