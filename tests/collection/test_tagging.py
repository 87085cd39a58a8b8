"""Derived tags: each fact by its oracle, SQL and plain values agreeing, and tags set by hand."""

import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.placement import place_cases
from agencies.recall import recall_cases
from cases.aging import settle_cases
from cases.models import Case, CaseHold, ContactPoint, Instalment, Loan, Repayment
from cases.statements import rows
from collection.models import Assignment, CaseTag, ContactTry, Note, Promise, Tag, WorkSettings
from collection.tag_facts import COLUMNS, count_matching, facts_sql, facts_values
from collection.tag_presets import PRESETS, start_tags
from collection.tag_rules import FACTS, Condition, FactValue, Op, Rule, compiled, holds
from collection.tagging import add_tag, derive_tags, remove_tag, tag_ids_of_cases, tags_of_case
from config.night import STEPS
from tenancy.models import Company, User
from tenancy.personal_data import keyed_hash
from tenancy.scope import company_scope
from tests.aging.book import Owed, loan
from tests.arithmetic.test_tag_rules import cases as any_facts
from tests.arithmetic.test_tag_rules import rules as any_rules
from tests.collection.book import ON, add_case, furnish
from tests.collection.test_reassign import put

pytestmark = pytest.mark.django_db
Person = Callable[[Company, str], User]


def facts(case: Case, on: date = ON) -> dict[str, FactValue]:
    """The case's facts, each as the database finds it."""
    company, names = Company.objects.get(pk=case.owner_id), sorted(FACTS)
    listed = ", ".join(f"f.{name}" for name in names)
    sql = f"{facts_sql(company, names, given=True)} SELECT {listed} FROM facts f"
    (found,) = rows(sql, facts_values(company, on, [case.pk]))
    return dict(zip(names, found, strict=True))


def codes(case: Case, company: Company | None = None) -> set[str]:
    mine = CaseTag.objects.filter(case=case)
    return set(mine.values_list("tag__code", flat=True))


def touched(case: Case, on: date) -> None:
    at = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    Assignment.objects.filter(case=case, ended_at=None).update(last_touch_at=at)


def on_desk_since(case: Case, on: date) -> None:
    desk = Assignment.objects.get(case=case, ended_at=None)
    Assignment.objects.filter(pk=desk.pk).update(ended_at=datetime(2026, 11, 20, tzinfo=UTC))
    desk.pk, desk.uid, desk.assigned_on = None, uuid4(), on
    desk.save(force_insert=True)


def promise(case: Case, state: str, due: date, grace: int = 1) -> Promise:
    return Promise.objects.create(
        owner_id=case.owner_id,
        case=case,
        taken_by_id=1,
        taken_by_name="Chen",
        made_at=datetime(2026, 11, 1, tzinfo=UTC),
        amount=Decimal(100),
        due_on=due,
        pay_by="app",
        grace_days=grace,
        tolerance_percent=Decimal(5),
        state=state,
    )


def note(case: Case, days_ago: int, *flags: str) -> None:
    at = datetime(2026, 11, 20, 4, tzinfo=UTC) - timedelta(days=days_ago)
    Note.objects.create(
        owner_id=case.owner_id,
        case=case,
        author_id=1,
        author_name="Chen",
        at=at,
        disposition="no_answer",
        disposition_name_en="x",
        disposition_name_zh="x",
        flags=list(flags),
    )


def spouse(case: Case, number: str) -> ContactPoint:
    return ContactPoint.objects.create(
        owner_id=case.owner_id,
        borrower_id=case.borrower_id,
        number_hash=keyed_hash(number),
        number_sealed="x",
        number_mask="x",
        relation="spouse",
    )


def test_every_fact_has_a_column_and_every_preset_rule_a_fact() -> None:
    assert set(COLUMNS) == set(FACTS)
    asked = {each.fact for *_names, rule in PRESETS.values() for each in rule}
    assert asked <= set(FACTS)


def test_untouched_days_are_whole_and_leave_out_days_that_were_stopped(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        assert facts(case)["untouched_days"] is None
        put(lender, "collector", case)
        on_desk_since(case, ON - timedelta(days=8))
        assert (facts(case)["untouched_days"], facts(case)["is_touched"]) == (7, False)
        assert facts(case, ON - timedelta(days=1))["untouched_days"] == 6
        touched(case, ON - timedelta(days=3))
        assert (facts(case)["untouched_days"], facts(case)["is_touched"]) == (2, True)
        touched(case, ON - timedelta(days=30))
        on_desk_since(case, ON - timedelta(days=30))
        assert facts(case)["untouched_days"] == 29
        CaseHold.objects.create(
            owner=lender,
            case=case,
            kind="disaster",
            starts_on=ON - timedelta(days=20),
            ends_on=ON - timedelta(days=10),
            stops_contact="voice",
        )
        assert facts(case)["untouched_days"] == 19
        ContactTry.objects.create(
            owner=lender,
            borrower_id=case.borrower_id,
            case_id=case.pk,
            relation="self",
            channel="sms",
            at=datetime(2026, 11, 18, 4, tzinfo=UTC),
            state="sent",
        )
        assert facts(case)["untouched_days"] == 1


def test_days_are_the_companys_own(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        put(lender, "collector", case)
        on_desk_since(case, ON - timedelta(days=30))
        # 17:00 UTC is the next day in Shanghai.
        late = datetime(2026, 11, 17, 17, tzinfo=UTC)
        Assignment.objects.filter(case=case).update(last_touch_at=late)
        assert facts(case)["untouched_days"] == 1


def test_promises(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        assert facts(case)["broken_promises"] == 0
        promise(case, "broken", ON - timedelta(days=10))
        promise(case, "broken", ON - timedelta(days=5))
        promise(case, "kept", ON - timedelta(days=3))
        promise(case, "open", ON)
        found = facts(case)
        # Due on the 15th with a day of grace: the night of the 17th decides.
        assert (found["broken_promises"], found["days_since_broken"]) == (2, 3)
        assert found["promise_due_in"] == 0


def test_other_cases_of_the_borrower(lender: Company) -> None:
    with company_scope(lender):
        first = add_case(lender, dpd=40)
        second = add_case(lender, dpd=5, borrower=first.borrower)
        assert (facts(first)["earlier_cases"], facts(first)["open_cases"]) == (0, 2)
        assert (facts(second)["earlier_cases"], facts(second)["open_cases"]) == (1, 2)
        Case.objects.filter(pk=first.pk).update(closed_on=ON)
        assert (facts(second)["earlier_cases"], facts(second)["open_cases"]) == (1, 1)


def test_amount_money_and_scores(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender, amount="9999.99")
        assert facts(case)["is_high_amount"] is False
        WorkSettings.objects.update_or_create(
            company=lender, defaults={"high_amount": Decimal("9999.99")}
        )
        Loan.objects.filter(pk=case.loan_id).update(collection_score=650, region="新疆")
        Repayment.objects.create(
            owner=lender,
            loan_id=case.loan_id,
            repayment_no="R1",
            loan_no=case.loan_no,
            paid_at=datetime(2026, 11, 18, tzinfo=UTC),
            effective_date=date(2026, 11, 18),
            amount=Decimal(5),
            state="posted",
        )
        found = facts(case)
        assert (found["is_high_amount"], found["score"], found["region"]) == (True, 650, "新疆")
        assert found["days_since_repayment"] == 2
        # Three years from the last money, which interrupts.
        assert found["limitation_days"] == (date(2029, 11, 18) - ON).days
        assert found["dpd"] == 5


def test_a_schedule_tells_whether_its_first_line_was_ever_paid(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender, dpd=5)
        assert facts(case)["first_instalment_unpaid"] is None
        for seq, due in ((1, case.due_date), (2, case.due_date + timedelta(days=30))):
            Instalment.objects.create(
                owner=lender,
                loan_id=case.loan_id,
                seq=seq,
                due_date=due,
                **dict.fromkeys(("principal", "interest", "fee", "penalty"), Decimal(1)),
            )
        assert facts(case)["first_instalment_unpaid"] is True
        Case.objects.filter(pk=case.pk).update(due_date=case.due_date + timedelta(days=30))
        assert facts(case)["first_instalment_unpaid"] is False


def test_numbers_and_lost_contact(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        own = ContactPoint.objects.get(borrower=case.borrower_id)
        found = facts(case)
        assert (found["is_reachable"], found["untried_number"]) == (True, True)
        spouse(case, "139")
        ContactPoint.objects.filter(pk=own.pk).update(state="refused")
        found = facts(case)
        assert (found["is_reachable"], found["lost_contact"]) == (False, False)
        ContactPoint.objects.filter(pk=own.pk).update(state="invalid", state_until=ON)
        assert facts(case)["is_reachable"] is True
        ContactPoint.objects.filter(pk=own.pk).update(state_until=ON + timedelta(days=1))
        found = facts(case)
        assert (found["is_reachable"], found["lost_contact"]) == (False, True)


def test_contact_is_lost_after_six_failures_on_three_days(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        note(case, 9, "failed_attempt")
        note(case, 8, "right_party", "conversation")
        for days_ago in (2, 2, 2, 1, 1):
            note(case, days_ago, "failed_attempt")
        assert (facts(case)["failed_attempts"], facts(case)["lost_contact"]) == (5, False)
        note(case, 1, "failed_attempt")
        assert (facts(case)["failed_attempts"], facts(case)["lost_contact"]) == (6, False)
        note(case, 0, "failed_attempt")
        assert (facts(case)["failed_attempts"], facts(case)["lost_contact"]) == (7, True)
        note(case, -1, "right_party")
        assert (facts(case)["failed_attempts"], facts(case)["lost_contact"]) == (0, False)


def test_holds(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        assert facts(case)["on_hold"] is False
        CaseHold.objects.create(
            owner=lender,
            case=case,
            kind="complaint",
            starts_on=ON - timedelta(days=2),
            ends_on=ON,
        )
        found = facts(case)
        assert (found["on_hold"], found["days_since_complaint"]) == (False, 2)
        assert facts(case, ON - timedelta(days=1))["on_hold"] is True


SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@SETTINGS
@given(any_rules, st.lists(any_facts, min_size=1, max_size=6))
def test_sql_and_plain_values_agree(
    lender: Company, rule: Rule, rows: list[dict[str, FactValue]]
) -> None:
    sql, params = compiled(rule, row="f", name="r")
    types = {"number": "int", "money": "numeric", "yes_no": "boolean", "word": "text"}
    columns = ", ".join(f"{fact} {types[kind]}" for fact, kind in FACTS.items())
    text = json.dumps([dict(row, n=n) for n, row in enumerate(rows)], default=str)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT n FROM json_to_recordset(%(rows)s::json) AS f(n int, {columns}) WHERE {sql}",
            dict[str, Any](params, rows=text),
        )
        found = {n for (n,) in cursor.fetchall()}
    assert found == {n for n, row in enumerate(rows) if holds(rule, row)}


def tag(company: Company, code: str, *conditions: Condition) -> Tag:
    return Tag.objects.create(
        company=company,
        code=code,
        name_en=code,
        name_zh=code,
        rule=[each.as_json for each in conditions],
    )


def test_presets_are_set_and_cleared(lender: Company) -> None:
    with company_scope(lender):
        start_tags(company_id=lender.pk)
        case, large = add_case(lender), add_case(lender, amount="10000.00")
        derive_tags(company=lender, on=ON)
        usual = {"first_overdue", "new_number"}
        assert (codes(case), codes(large)) == (usual, usual | {"high_amount"})
        assert derive_tags(company=lender, on=ON) == 0
        Loan.objects.filter(pk=case.loan_id).update(collection_score=399)
        Case.objects.filter(pk=large.pk).update(outstanding=Decimal("9999.99"))
        assert derive_tags(company=lender, on=ON, case_ids=[case.pk]) == 1
        assert "high_amount" in codes(large)
        assert derive_tags(company=lender, on=ON) == 1
        assert (codes(case), codes(large)) == (usual | {"score_low"}, usual)
        Case.objects.filter(pk=large.pk).update(closed_on=ON)
        derive_tags(company=lender, on=ON)
        assert codes(large) == set()


def test_it_takes_two_statements_however_many_cases(lender: Company) -> None:
    with company_scope(lender):
        start_tags(company_id=lender.pk)
        for dpd in range(1, 8):
            add_case(lender, dpd=dpd)
        with CaptureQueriesContext(connection) as queries:
            derive_tags(company=lender, on=ON)
        asked = [
            q["sql"] for q in queries if not re.search("SAVEPOINT|set_config|SET LOCAL", q["sql"])
        ]
        assert len(asked) == 2


def test_a_tag_out_of_use_leaves_its_cases(lender: Company) -> None:
    with company_scope(lender):
        case = add_case(lender)
        made = tag(lender, "due", Condition("dpd", Op.AT_LEAST, 5))
        derive_tags(company=lender, on=ON)
        assert codes(case) == {"due"}
        Tag.objects.filter(pk=made.pk).update(is_active=False)
        derive_tags(company=lender, on=ON, tag_ids=[made.pk])
        assert codes(case) == set()


def test_tags_set_by_hand_stay_whatever_rules_say(lender: Company, person: Person) -> None:
    with company_scope(lender):
        case, who = add_case(lender), person(lender, "collector")
        made = tag(lender, "late", Condition("dpd", Op.AT_LEAST, 5))
        by_hand = tag(lender, "sensitive")
        derive_tags(company=lender, on=ON)
        with pytest.raises(ValidationError):
            remove_tag(company=lender, case=case, tag=made, by=who, on=ON)
        for each in (made, by_hand):
            add_tag(company=lender, case=case, tag=each, by=who)
        Tag.objects.filter(pk=made.pk).update(rule=[])
        derive_tags(company=lender, on=ON)
        assert codes(case) == {"late", "sensitive"}
        shown = tags_of_case(case)
        ids = {made.pk, by_hand.pk}
        assert tag_ids_of_cases([str(case.uid)]) == {str(case.uid): ids}
        assert [(each.label, each.by_name) for each in shown] == [
            ("late", "Chen Collector"),
            ("sensitive", "Chen Collector"),
        ]
        Tag.objects.filter(pk=made.pk).update(rule=[Condition("dpd", Op.AT_LEAST, 5).as_json])
        for each in (made, by_hand):
            remove_tag(company=lender, case=case, tag=each, by=who, on=ON)
        # Its rule holds: taken off by hand it is a derived tag again.
        assert codes(case) == {"late"}
        with pytest.raises(PermissionDenied):
            add_tag(company=lender, case=case, tag=by_hand, by=person(lender, "auditor"))
        Tag.objects.filter(pk=by_hand.pk).update(is_active=False)
        by_hand.refresh_from_db()
        with pytest.raises(ValidationError), transaction.atomic():
            add_tag(company=lender, case=case, tag=by_hand, by=who)


def test_the_count_of_a_rule_is_what_it_would_tag(lender: Company) -> None:
    with company_scope(lender):
        for dpd in (1, 5, 9):
            add_case(lender, dpd=dpd)
        rule = (Condition("dpd", Op.AT_LEAST, 5),)
        assert count_matching(company=lender, on=ON, rule=rule) == (2, 3)


def placed(lender: Company, agency: Company, person: Person, cases: Iterable[Case]) -> None:
    done = place_cases(
        lender=lender,
        agency=agency,
        case_ids=[case.pk for case in cases],
        reason="x",
        ends_on=None,
        by=person(lender, "admin"),
    )
    assert done.package is not None


def test_an_agency_tags_what_it_holds_until_the_recall(
    lender: Company, agency: Company, person: Person
) -> None:
    with company_scope(lender):
        case, kept = add_case(lender, amount="20000.00"), add_case(lender, amount="20000.00")
        placed(lender, agency, person, [case])
        start_tags(company_id=lender.pk)
        derive_tags(company=lender, on=ON)
        theirs = codes(case)
    with company_scope(agency):
        start_tags(company_id=agency.pk)
        assert derive_tags(company=agency, on=ON) > 0
        assert codes(case) == theirs
        by_hand = Tag.objects.get(code="sensitive")
        found = Case.objects.get(pk=case.pk)
        add_tag(company=agency, case=found, tag=by_hand, by=person(agency, "admin"))
        assert not CaseTag.objects.filter(case_id=kept.pk).exists()
    with company_scope(lender):
        assert codes(case) == theirs
        recall_cases(
            lender=lender, case_ids=[case.pk], reason="complaint", by=person(lender, "admin")
        )
        assert codes(case) == theirs
    with company_scope(agency):
        assert not CaseTag.objects.exists()


def test_cases_of_the_night_are_tagged_by_its_own_step(lender: Company) -> None:
    steps = {step.name: step for step in STEPS}
    with company_scope(lender):
        start_tags(company_id=lender.pk)
        furnish(lender)
        loan(lender, ON.isoformat(), as_of=ON.isoformat(), owed=Owed(principal="20000.00"))
        steps["age"].run(lender, ON)
        case = Case.objects.get(owner=lender)
        assert codes(case) == set()
        steps["tags"].run(lender, ON)
        assert codes(case) == {"first_overdue", "high_amount", "lost_contact"}


def test_cases_that_a_feed_opens_are_tagged_at_once(lender: Company) -> None:
    with company_scope(lender):
        start_tags(company_id=lender.pk)
        furnish(lender)
        made = loan(lender, ON.isoformat(), as_of=ON.isoformat(), owed=Owed(principal="20000.00"))
        settle_cases(company=lender, on=ON, loan_ids=[made.pk])
        assert codes(Case.objects.get(owner=lender)) == {
            "first_overdue",
            "high_amount",
            "lost_contact",
        }
