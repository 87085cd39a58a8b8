"""Promises: the list, the kept rate, taking one, withdrawing one."""

from collection.models import Promise
from tests.matrix.cell import ADMIN, EVERYBODY, LEADS, READERS, Cell, writes
from tests.matrix.cells.api import USED
from tests.matrix.cells.work import ANOTHER, CASE, OTHER_DESKS, WORK_THE_CASE
from tests.matrix.sides import Side

TAKEN = writes("collection_promise", "collection_assignment", "cases_caseevent", "cases_casehold")


def _open_for(side: Side, amount: str) -> bool:
    rows = Promise.objects.filter(case__uid=side.ids["case"], company=side.company)
    return rows.filter(state="open", amount=amount).exists()


def _state(side: Side) -> str:
    state: str = Promise.objects.get(uid=side.ids["promise"]).state
    return state


CELLS = [
    Cell(route="work:promises", who="collector", allowed=EVERYBODY - READERS),
    Cell(
        route="work:promises",
        note="filtered",
        who="lead",
        allowed=EVERYBODY - READERS,
        query={"team": "{team}", "collector": "{person_collector}", "show": "open"},
    ),
    Cell(
        route="work:kept-rate",
        who="lead",
        allowed=LEADS | ADMIN,
        query={"team": "{team}", "collector": "{person_collector}"},
    ),
    Cell(
        route="work:promise",
        who="collector",
        allowed=WORK_THE_CASE,
        blind=OTHER_DESKS,
        path=CASE,
        unseen=ANOTHER,
    ),
    Cell(
        route="work:promise",
        method="POST",
        who="collector",
        allowed=WORK_THE_CASE,
        blind=OTHER_DESKS,
        path=CASE,
        unseen=ANOTHER,
        body={"amount": "2.00", "due_on": "{today}", "pay_by": "cash"},
        status=302,
        writes=TAKEN,
        proof=lambda side: _open_for(side, "2.00"),
    ),
    Cell(
        route="work:promise-withdraw",
        who="lead",
        allowed=frozenset({"lead", "admin"}),
        blind=frozenset({"lead2"}),
        path={"uid": "{promise}"},
        unseen={"uid": "{promise_two}"},
    ),
    Cell(
        route="work:promise-withdraw",
        method="POST",
        who="lead",
        allowed=frozenset({"lead", "admin"}),
        blind=frozenset({"lead2"}),
        path={"uid": "{promise}"},
        unseen={"uid": "{promise_two}"},
        body={"reason": "A slip"},
        status=302,
        writes=writes("collection_promise", "cases_caseevent", "cases_casehold"),
        proof=lambda side: _state(side) == "withdrawn",
    ),
    Cell(route="promises:all", token="dialer", scopes=("dialer",), writes=USED),
    Cell(
        route="promises:all",
        method="POST",
        token="dialer",
        scopes=("dialer",),
        body={
            "case": "{case}",
            "amount": "3.00",
            "due_on": "{today}",
            "pay_by": "cash",
            "collector": "collector",
        },
        status=201,
        writes=USED | TAKEN,
        proof=lambda side: _open_for(side, "3.00"),
    ),
]
