"""Notes: what is asked, what follows from the disposition, who reads them, what they move."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone, translation

from agencies.placement import place_cases
from collection.dispositions import PRESETS, dispositions_in_use, start_dispositions
from collection.models import Assignment, Disposition, Note, Remark
from collection.notes import write_note
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, furnish
from tests.collection.test_gate import at
from tests.collection.test_reassign import put

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]


@pytest.fixture
def collector(lender: Company, person: Person) -> User:
    return person(lender, "collector")


def test_a_note_moves_the_desk_on(
    lender: Company, collector: User, stop_clock: Callable[[datetime], None]
) -> None:
    stop_clock(at(10))
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        note = write_note(
            company=lender,
            case=case,
            by=collector,
            disposition="cannot_pay",
            remark=" Ill. ",
            facts={"cause": "illness"},
        )
        assert Remark.objects.get(note=note).text == "Ill."
        row = Assignment.objects.get(ended_at=None)
        assert (row.last_touch_at, row.last_touch_by_name) == (note.at, "Chen Collector")
        assert (row.last_disposition, row.next_action) == ("cannot_pay", "Call")
        assert (note.at, row.next_action_at) == (at(10), at(10, on=ON + timedelta(days=7)))


def test_the_collector_may_plan_otherwise(lender: Company, collector: User) -> None:
    moment = timezone.now() + timedelta(days=3)
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        write_note(
            company=lender,
            case=case,
            by=collector,
            disposition="no_answer",
            remark="",
            next_action="Try the office",
            next_action_at=moment,
        )
        row = Assignment.objects.get(ended_at=None)
        assert (row.next_action, row.next_action_at) == ("Try the office", moment)
        assert not Remark.objects.exists()


def test_a_late_note_does_not_turn_the_desk_back(lender: Company, collector: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        write_note(company=lender, case=case, by=collector, disposition="hung_up", remark="No.")
        write_note(
            company=lender,
            case=case,
            by=collector,
            disposition="busy",
            remark="",
            at=timezone.now() - timedelta(hours=2),
        )
        assert Assignment.objects.get(ended_at=None).last_disposition == "hung_up"
        assert Note.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("disposition", {"disposition": "nonsense"}),
        ("remark", {"disposition": "hung_up", "remark": "  "}),
        ("remark", {"disposition": "hung_up", "remark": "x" * 4001}),
        ("next_action", {"disposition": "busy", "next_action": "x" * 121}),
        ("fact_time", {"disposition": "callback", "remark": "At five."}),
        (
            "next_action_at",
            {"disposition": "busy", "next_action_at": datetime(2020, 1, 1, tzinfo=UTC)},
        ),
        ("at", {"disposition": "busy", "at": datetime(2100, 1, 1, tzinfo=UTC)}),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    lender: Company, collector: User, field: str, values: dict[str, object]
) -> None:
    with company_scope(lender):
        case = add_case(lender)
        asked: dict[str, object] = {"remark": "", **values}
        with pytest.raises(ValidationError) as caught:
            write_note(company=lender, case=case, by=collector, **asked)  # type: ignore[arg-type]
        assert list(caught.value.message_dict) == [field]
        assert not Note.objects.exists()


def test_a_code_that_is_out_of_use_is_refused(lender: Company, collector: User) -> None:
    with company_scope(lender):
        case = add_case(lender)
        Disposition.objects.filter(code="busy").update(is_active=False)
        with pytest.raises(ValidationError):
            write_note(company=lender, case=case, by=collector, disposition="busy", remark="")


@pytest.mark.parametrize("username", ["auditor", "inspector", "finance"])
def test_who_only_reads_writes_nothing(lender: Company, person: Person, username: str) -> None:
    user = person(lender, username)
    with company_scope(lender):
        case = add_case(lender)
        with pytest.raises(PermissionDenied):
            write_note(company=lender, case=case, by=user, disposition="busy", remark="")


def test_the_holder_reads_what_is_shared(lender: Company, agency: Company, person: Person) -> None:
    admin, worker = person(lender, "admin"), person(agency, "collector")
    with company_scope(lender):
        case = add_case(lender)
        for text, shared in (("Ours", False), ("Yours", True)):
            write_note(
                company=lender,
                case=case,
                by=admin,
                disposition="hung_up",
                remark=text,
                shared=shared,
            )
        place_cases(
            lender=lender, agency=agency, case_ids=[case.pk], reason="", ends_on=None, by=None
        )
    with company_scope(agency):
        furnish(agency)
        write_note(company=agency, case=case, by=worker, disposition="hung_up", remark="Agency's")
        assert {row.text for row in Remark.objects.all()} == {"Yours", "Agency's"}
    with company_scope(lender):
        assert {row.text for row in Remark.objects.all()} == {"Ours", "Yours", "Agency's"}


def test_a_company_starts_with_the_preset_tree(lender: Company) -> None:
    with company_scope(lender):
        start_dispositions(company_id=lender.pk)
        start_dispositions(company_id=lender.pk)
        found = dispositions_in_use()
        assert [each.code for each in found] == [
            preset.code for presets in PRESETS.values() for preset in presets
        ]
        assert len(found) == 34
        silent = {each.code for each in found if not each.remark_required}
        assert silent == {preset.code for preset in PRESETS["nobody"]}
        busy = next(each for each in found if each.code == "busy")
        assert busy.next_action_after == timedelta(minutes=30)
        with translation.override("zh-hans"):
            assert (busy.label, busy.next_action) == ("占线", "致电")
        with translation.override("en"):
            assert (busy.label, busy.next_action) == ("Busy", "Call")


def test_without_a_desk_a_note_is_still_a_note(lender: Company, person: Person) -> None:
    admin = person(lender, "admin")
    with company_scope(lender):
        case = add_case(lender)
        write_note(company=lender, case=case, by=admin, disposition="busy", remark="")
        assert Note.objects.get().case_id == case.pk
