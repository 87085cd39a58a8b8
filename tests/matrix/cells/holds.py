"""Holds: the list, opening, answering, prolonging, lifting; a disaster's region."""

from collections.abc import Mapping

from django.test import Client

from cases.models import Case, CaseHold, Loan
from tenancy.scope import company_scope
from tests.matrix.cell import ADMIN, AGENCY, LENDER, Cell, writes
from tests.matrix.cells.work import ANOTHER, CASE, OTHER_DESKS, SEE_THE_CASE
from tests.matrix.sides import Side

OPENS = SEE_THE_CASE - {"auditor"}
OTHER_LEAD = frozenset({"lead2"})
DESK = frozenset({"lead", "admin"})
HOLD, TWO = {"uid": "{hold}"}, {"uid": "{hold_two}"}
COMPLAINT = {"uid": "{hold_complaint}"}
CHANGED = writes("cases_casehold", "cases_caseevent")


def _on_hold(side: Side) -> bool:
    return CaseHold.objects.filter(case__uid=side.ids["case"], kind="complaint").exists()


def _hold(side: Side, name: str = "hold") -> CaseHold:
    return CaseHold.objects.get(uid=side.ids[name])


def _prolonged(side: Side) -> bool:
    hold = _hold(side, "hold_complaint")
    assert hold.answer_by is not None
    return (hold.answer_by - hold.starts_on).days == 30


def _riverside(_client: Client, side: Side) -> Mapping[str, str]:
    """The loan of the own case lies in a region of its own, whose size was shown."""
    with company_scope(side.company):
        case = Case.objects.get(uid=side.ids["case"])
        Loan.objects.filter(pk=case.loan_id).update(region="Riverside")
    return {"region": "Riverside", "seen": "Riverside|", "act": "open"}


CELLS = [
    Cell(route="work:holds", who="collector", query={"show": "due", "kind": "dispute"}),
    Cell(
        route="work:hold-open",
        who="collector",
        allowed=OPENS,
        blind=OTHER_DESKS,
        path=CASE,
        unseen=ANOTHER,
    ),
    *(
        Cell(
            route="work:hold-open",
            note=note,
            method="POST",
            kinds=kinds,
            who="collector",
            allowed=OPENS,
            blind=OTHER_DESKS,
            path=CASE,
            unseen=ANOTHER,
            body={"kind": "complaint", "reason": "Was called at night"},
            status=302,
            writes=CHANGED | more,
            proof=_on_hold,
        )
        for note, kinds, more in (
            ("", LENDER, writes()),
            ("of an agency", AGENCY, writes("tenancy_crossingrecord")),
        )
    ),
    *(
        Cell(
            route=f"work:hold-{act}",
            kinds=LENDER,
            who="lead",
            allowed=DESK | who,
            blind=OTHER_LEAD,
            path=path,
            unseen=TWO,
        )
        for act, path, who in (
            ("answer", HOLD, frozenset()),
            ("prolong", COMPLAINT, frozenset({"inspector"})),
            ("lift", HOLD, frozenset()),
        )
    ),
    Cell(
        route="work:hold-answer",
        method="POST",
        kinds=LENDER,
        who="lead",
        allowed=DESK,
        blind=OTHER_LEAD,
        path=HOLD,
        unseen=TWO,
        body={"answer": "The sum is right"},
        status=302,
        writes=CHANGED,
        proof=lambda side: _hold(side).answered_at is not None,
    ),
    Cell(
        route="work:hold-prolong",
        method="POST",
        kinds=LENDER,
        who="lead",
        allowed=DESK | {"inspector"},
        blind=OTHER_LEAD,
        path=COMPLAINT,
        unseen=TWO,
        body={"reason": "Complex"},
        status=302,
        writes=CHANGED,
        proof=_prolonged,
    ),
    Cell(
        route="work:hold-lift",
        method="POST",
        kinds=LENDER,
        who="lead",
        allowed=DESK,
        blind=OTHER_LEAD,
        path=HOLD,
        unseen=TWO,
        body={"reason": "Settled"},
        status=302,
        writes=CHANGED,
        proof=lambda side: _hold(side).lifted_at is not None,
    ),
    Cell(route="work:hold-disaster", kinds=LENDER, allowed=ADMIN),
    Cell(
        route="work:hold-disaster",
        method="POST",
        kinds=LENDER,
        allowed=ADMIN,
        prepare=_riverside,
        body={"reason": "Flood"},
        status=302,
        writes=CHANGED | writes("tenancy_auditentry"),
        proof=lambda _side: CaseHold.objects.filter(kind="disaster").exists(),
    ),
]
