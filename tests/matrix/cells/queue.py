"""Skipping a case in the worklist."""

from cases.models import CaseEvent
from collection.models import Assignment
from tests.matrix.cell import Cell, writes
from tests.matrix.cells.work import ANOTHER, CASE, OTHER_DESKS, WORK_THE_CASE
from tests.matrix.sides import Side


def _skipped(side: Side) -> bool:
    desk = Assignment.objects.get(case__uid=side.ids["case"], ended_at=None)
    told = CaseEvent.objects.filter(case__uid=side.ids["case"], kind="skipped").exists()
    return told and desk.skipped_at is not None


CELLS = [
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
