"""The whole walk: lender → agency A → back → agency B, and what each sees at every station."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import connection

from agencies.models import Package, Placement
from agencies.placement import accept_package, place_cases
from agencies.recall import recall_cases
from cases.models import Borrower, Case, CaseEvent, ContactPoint, LedgerEntry, Loan
from cases.showing import show_phone
from collection.assignment import assign_cases
from collection.case_page import case_page
from collection.models import Assignment, Note, Remark
from collection.notes import open_remarks, write_note
from collection.reassignment import reassign_cases
from collection.visibility import visible_cases
from collection.worklist import Clock, WorkFilters, worklist
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case, desk, furnish

pytestmark = pytest.mark.django_db

BOOK = (Case, Loan, Borrower, ContactPoint, LedgerEntry)


@dataclass(frozen=True)
class Sight:
    """How many rows of each kind a company sees; by ORM and by raw SQL alike."""

    book: tuple[int, ...]
    desks: int
    notes: int
    remarks: int
    events: frozenset[str]
    placements: int


def sight(company: Company) -> Sight:
    """What the company sees, asked twice; both walls must agree (the lender's desks aside)."""
    with company_scope(company):
        by_orm = [model.objects.count() for model in (*BOOK, Note, Remark, CaseEvent, Placement)]
        with connection.cursor() as cursor:
            raw = []
            for model in (*BOOK, Note, Remark, CaseEvent, Placement):
                cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")
                raw.append(cursor.fetchone()[0])
            cursor.execute("SELECT count(*) FROM collection_assignment")
            desks = cursor.fetchone()[0]
            cursor.execute("SELECT kind FROM cases_caseevent")
            kinds = frozenset(kind for (kind,) in cursor.fetchall())
    assert by_orm == raw
    *book, notes, remarks, _events, placements = raw
    return Sight(tuple(book), desks, notes, remarks, kinds, placements)


HELD = (1, 1, 1, 1, 1)
GONE = (0, 0, 0, 0, 0)
NOTHING = Sight(GONE, 0, 0, 0, frozenset(), 0)


def kinds(*names: str) -> frozenset[str]:
    return frozenset(names)


def seen_on_screen(company: Company, user: User, case: Case) -> bool:
    """Whether the person's worklist and the case's page show the case."""
    with company_scope(company):
        rows = worklist(user=user, filters=WorkFilters(), clock=Clock.of(company, ON)).rows
        listed = [row.uid for row in rows] == [case.uid]
        opened = case_page(user=user, uid=case.uid, on=ON) is not None
        assert visible_cases(user).filter(pk=case.pk).exists() == opened
        return listed and opened


def note(company: Company, case: Case, by: User, text: str) -> Note:
    return write_note(company=company, case=case, by=by, disposition="hung_up", remark=text)


def place(lender: Company, agency: Company, case: Case, by: User) -> Package:
    package = place_cases(
        lender=lender, agency=agency, case_ids=[case.pk], reason="M2+", ends_on=None, by=by
    ).package
    assert package is not None
    return package


def test_the_whole_walk(
    lender: Company,
    other_lender: Company,
    agency: Company,
    other_agency: Company,
    person: Callable[[Company, str], User],
) -> None:
    boss = person(lender, "admin")
    a_lead, a_boss, a_auditor = (person(agency, name) for name in ("lead", "admin", "auditor"))
    strangers = (other_lender, other_agency)

    # At the lender's own desk.
    with company_scope(lender):
        case = add_case(lender, amount="1000.00")
        assign_cases(company=lender, on=ON)
        own = User.objects.select_related("company").get(
            pk=Assignment.objects.get(case=case).collector_id or 0
        )
        note(lender, case, own, "Ours.")
    assert sight(lender) == Sight(HELD, 1, 1, 1, kinds("opened"), 0)
    assert sight(agency) == NOTHING
    assert seen_on_screen(lender, own, case)

    # Placed with A: the lender's desk is cleared, A sees the case and nobody's words but shared.
    with company_scope(lender):
        package = place(lender, agency, case, boss)
        assert Assignment.objects.get(case=case).end_kind == "placed"
    assert sight(lender) == Sight(HELD, 1, 1, 1, kinds("opened", "placed"), 1)
    assert sight(agency) == Sight(HELD, 0, 0, 0, kinds("placed"), 1)
    assert not seen_on_screen(lender, own, case)

    # A takes it in, puts it on a desk and follows up.
    with company_scope(agency):
        furnish(agency)
        accept_package(agency=agency, package=Package.objects.get(), by=a_boss)
        held = Case.objects.get()
        a_desk = desk("collector")
        moved = reassign_cases(
            company=agency, case_ids=[held.pk], to=a_desk, reason="New package", by=a_boss
        )
        assert moved.moved == (case.pk,)
        assert a_desk.collector is not None
        worker = person(agency, "collector")
        note(agency, held, worker, "Theirs.")
        point = ContactPoint.objects.get()
        shown = show_phone(case=held, contact_point=point.uid, reason="Call", by=worker)
        assert shown.startswith("138")
    theirs = kinds("assigned", "phone_shown")
    assert sight(agency) == Sight(HELD, 1, 1, 1, theirs | {"placed"}, 1)
    assert seen_on_screen(agency, worker, case)
    assert seen_on_screen(agency, a_lead, case)
    # The lender reads what its agency did: desk, note, remark, the number's showing.
    assert sight(lender) == Sight(HELD, 2, 2, 2, theirs | {"opened", "placed"}, 1)
    with company_scope(lender):
        package.refresh_from_db()
        assert package.accepted_by_name == a_boss.display_name
        note(lender, case, boss, "For us only.")
        write_note(
            company=lender,
            case=case,
            by=boss,
            disposition="hung_up",
            remark="For the agency.",
            shared=True,
        )
    assert sight(agency) == Sight(HELD, 1, 2, 2, theirs | {"placed"}, 1)

    # Recalled: A keeps what it did, without the book and without the words.
    with company_scope(lender):
        recall_cases(lender=lender, case_ids=[case.pk], reason="complaint", by=boss)
    assert sight(agency) == Sight(GONE, 1, 1, 0, theirs, 1)
    assert not seen_on_screen(agency, worker, case)
    with company_scope(agency):
        with pytest.raises(ContactPoint.DoesNotExist):
            show_phone(case=held, contact_point=point.uid, reason="Call", by=worker)
        ended = Assignment.objects.get()
        assert (ended.end_kind, ended.ended_at is not None) == ("recalled", True)
        kept = Note.objects.get()
        assert (kept.author_name, kept.disposition, kept.has_remark) == (
            worker.display_name,
            "hung_up",
            True,
        )
        opened = open_remarks(company=agency, case_id=case.pk, reason="Complaint", by=a_auditor)
        assert [remark.text for remark in opened] == ["Theirs."]
    assert sight(lender) == Sight(HELD, 2, 4, 4, theirs | {"opened", "placed", "recalled"}, 1)

    # Back at the lender, it is assigned again in the night.
    with company_scope(lender):
        assert assign_cases(company=lender, on=ON).assigned == 1

    # Placed with B: B begins with what the lender shares; A stays outside.
    with company_scope(lender):
        place(lender, other_agency, case, boss)
    assert sight(other_agency).book == HELD
    with company_scope(other_agency):
        assert [row.text for row in Remark.objects.all()] == ["For the agency."]
        assert {row.kind for row in CaseEvent.objects.all()} == {"placed"}
        assert Placement.objects.get().agency_id == other_agency.pk
    assert sight(agency).book == GONE
    assert sight(lender).placements == 2
    assert sight(strangers[0]) == NOTHING
