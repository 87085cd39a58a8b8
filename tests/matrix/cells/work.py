"""The daily work: worklist, case page, notes, numbers shown, list of cases, board, moving."""

from cases.models import CaseEvent
from collection.models import Assignment, Note
from tests.matrix.cell import ADMIN, EVERYBODY, LEADS, LENDER, READERS, Cell, writes
from tests.matrix.sides import Side

OTHER_DESKS = frozenset({"collector2", "collector3", "lead2"})
"""People to whom the collector's case does not exist."""
SEE_THE_CASE = EVERYBODY - OTHER_DESKS
WORK_THE_CASE = SEE_THE_CASE - READERS
CASE, ANOTHER = {"uid": "{case}"}, {"uid": "{case_two}"}
LONG_AHEAD = "2999-01-01T00:00:00+00:00"


def _noted(side: Side, disposition: str) -> bool:
    notes = Note.objects.filter(case__uid=side.ids["case"], company=side.company)
    return notes.filter(disposition=disposition).exists()


def _shown(side: Side, kind: str) -> bool:
    return CaseEvent.objects.filter(case__uid=side.ids["case"], kind=kind).exists()


def _on_desk_of(side: Side, name: str, username: str) -> bool:
    return Assignment.objects.filter(
        case__uid=side.ids[name], collector__username=username, ended_at=None
    ).exists()


CELLS = [
    Cell(route="work:queue", who="collector", allowed=EVERYBODY - READERS),
    Cell(
        route="work:queue",
        note="filtered",
        who="lead",
        allowed=EVERYBODY - READERS,
        query={"team": "{team}", "collector": "{person_collector}", "lender": "{lender}"},
    ),
    Cell(route="work:board", who="lead", allowed=LEADS | ADMIN, query={"team": "{team}"}),
    Cell(
        route="work:case",
        who="collector",
        allowed=SEE_THE_CASE,
        blind=OTHER_DESKS,
        path=CASE,
        unseen=ANOTHER,
    ),
    Cell(
        route="work:case",
        note="from a list",
        who="lead",
        allowed=SEE_THE_CASE,
        blind=OTHER_DESKS,
        path=CASE,
        unseen=ANOTHER,
        query={"list": "queue", "team": "{team}", "collector": "{person_collector}"},
    ),
    Cell(
        route="work:allowed",
        who="collector",
        allowed=WORK_THE_CASE,
        blind=OTHER_DESKS,
        path=CASE,
        unseen=ANOTHER,
    ),
    Cell(
        route="work:here",
        who="collector",
        allowed=SEE_THE_CASE,
        blind=OTHER_DESKS,
        path=CASE,
        unseen=ANOTHER,
    ),
    Cell(
        route="work:timeline",
        who="collector",
        allowed=SEE_THE_CASE,
        blind=OTHER_DESKS,
        path=CASE,
        unseen=ANOTHER,
        query={"before": LONG_AHEAD},
    ),
    Cell(
        route="work:note",
        who="collector",
        allowed=WORK_THE_CASE,
        blind=OTHER_DESKS,
        path=CASE,
        unseen=ANOTHER,
    ),
    Cell(
        route="work:note",
        method="POST",
        who="collector",
        allowed=WORK_THE_CASE,
        blind=OTHER_DESKS,
        path=CASE,
        unseen=ANOTHER,
        body={
            "disposition": "refuses",
            "remark": "Not a cent.",
            "fact_reason": "Says the goods were bad",
            "overdue_reason": "unwilling",
            "contact_point": "{point}",
        },
        status=302,
        writes=writes(
            "collection_note", "collection_remark", "collection_assignment", "collection_contacttry"
        ),
        proof=lambda side: _noted(side, "refuses"),
    ),
    Cell(
        route="work:phone",
        method="POST",
        who="collector",
        allowed=SEE_THE_CASE - {"finance"},
        blind=OTHER_DESKS,
        path={"uid": "{case}", "point": "{point}"},
        unseen={"uid": "{case_two}", "point": "{point_two}"},
        body={"reason": "Call"},
        writes=writes("cases_caseevent"),
        proof=lambda side: _shown(side, "phone_shown"),
    ),
    Cell(
        route="work:reopen",
        method="POST",
        who="lead",
        allowed=frozenset({"lead", "admin"}),
        blind=frozenset({"lead2"}),
        path={"uid": "{case}", "point": "{refused}"},
        unseen={"uid": "{case_two}", "point": "{refused_two}"},
        body={"reason": "Letter of 3 May"},
        status=302,
        writes=writes("cases_contactpoint", "cases_caseevent"),
        proof=lambda side: _shown(side, "contact_reopened"),
    ),
    Cell(
        route="work:id-number",
        method="POST",
        who="collector",
        allowed=SEE_THE_CASE - {"finance"},
        blind=OTHER_DESKS,
        path=CASE,
        unseen=ANOTHER,
        body={"reason": "Verify"},
        writes=writes("cases_caseevent"),
        proof=lambda side: _shown(side, "id_number_shown"),
    ),
    Cell(
        route="work:reassign",
        who="lead",
        allowed=frozenset({"lead", "admin"}),
        blind=frozenset({"lead2"}),
        query={"id": ["{case}"]},
        unseen={"id": "{case_two}"},
    ),
    Cell(
        route="work:reassign",
        note="all that match",
        who="lead",
        allowed=LEADS | ADMIN,
        query={"all_matching": "1", "filter": "list=queue&team={team}"},
    ),
    Cell(
        route="work:reassign",
        method="POST",
        who="lead",
        allowed=frozenset({"lead", "admin"}),
        blind=frozenset({"lead2"}),
        query={"id": ["{case}"]},
        body={
            "to": "{team}.{person_collector2}",
            "seen": "{team}.{person_collector2}",
            "reason": "Leave",
            "act": "move",
        },
        unseen={"id": "{case_two}", "to": "{team_two}.{person_collector3}"},
        writes=writes("collection_assignment", "cases_caseevent"),
        proof=lambda side: _on_desk_of(side, "case", "collector2"),
    ),
    Cell(route="cases:list"),
    Cell(
        route="cases:list",
        note="filtered",
        who="admin",
        query={"team": "{team}", "collector": "{person_collector}", "lender": "{lender}"},
    ),
    Cell(route="cases:list", note="placed", kinds=LENDER, query={"state": "placed"}),
    Cell(route="cases:list", note="of a desk", who="collector"),
]
