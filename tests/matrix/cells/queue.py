"""Skipping a case in the worklist, and the figures that order it."""

from cases.models import CaseEvent
from collection.models import Assignment, WorkSettings
from tests.matrix.cell import ADMIN, RECORDS, Cell, writes
from tests.matrix.cells.work import ANOTHER, CASE, OTHER_DESKS, WORK_THE_CASE
from tests.matrix.sides import Side


def _skipped(side: Side) -> bool:
    desk = Assignment.objects.get(case__uid=side.ids["case"], ended_at=None)
    told = CaseEvent.objects.filter(case__uid=side.ids["case"], kind="skipped").exists()
    return told and desk.skipped_at is not None


ORDER = {"score_weight": "60", "unknown_score": "444", "touch_weight": "0", "untouched_days": "9"}
FIGURES = {
    **ORDER,
    "promise_grace_days": "1",
    "promise_tolerance": "5",
    "promise_within_days": "30",
    "high_amount": "10000",
    "second_person_above": "5000",
}

CELLS = [
    Cell(route="work:figures", allowed=RECORDS),
    Cell(route="work:figures-preview", allowed=RECORDS, query=ORDER),
    Cell(
        route="work:figures",
        method="POST",
        allowed=ADMIN,
        body=FIGURES,
        status=302,
        writes=writes("collection_worksettings", "tenancy_auditentry", "collection_assignment"),
        proof=lambda side: WorkSettings.objects.filter(
            company=side.company, unknown_score=444
        ).exists(),
    ),
    Cell(
        route="work:skip",
        who="collector",
        allowed=WORK_THE_CASE,
        blind=OTHER_DESKS,
        path=CASE,
        unseen=ANOTHER,
    ),
    Cell(
        route="work:skip",
        method="POST",
        who="collector",
        allowed=WORK_THE_CASE,
        blind=OTHER_DESKS,
        path=CASE,
        unseen=ANOTHER,
        body={"why": "waits", "words": "Finance looks for the money"},
        status=302,
        writes=writes("collection_assignment", "cases_caseevent"),
        proof=_skipped,
    ),
]
