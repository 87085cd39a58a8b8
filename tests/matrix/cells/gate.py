"""The contact gate: contacts by hand and by dialers, rules, days off, trying it out.

Everything is done by letter, which may go out at any hour of the day.
"""

from collection.models import ContactRule, ContactTry, DayOff
from tests.matrix.cell import ADMIN, EVERYBODY, LENDER, READERS, RECORDS, Cell, writes
from tests.matrix.cells.api import USED
from tests.matrix.cells.work import ANOTHER, CASE, OTHER_DESKS, WORK_THE_CASE
from tests.matrix.sides import Side

LETTER = {"channel": "letter"}
RESERVES = writes("collection_contacttry")
LONG_AHEAD = "2999-01-01"


def _tries(side: Side, state: str) -> int:
    return ContactTry.objects.filter(company=side.company, state=state).count()


def _reserved_one_more(side: Side) -> bool:
    return _tries(side, "reserved") > 2


def _released(side: Side) -> bool:
    return ContactTry.objects.get(uid=side.ids["try"]).state == "released"


def _settled(side: Side) -> bool:
    return ContactTry.objects.get(uid=side.ids["try"]).state == "sent"


CELLS = [
    Cell(
        route="work:contact",
        method="POST",
        who="collector",
        allowed=WORK_THE_CASE,
        blind=OTHER_DESKS,
        path=CASE,
        unseen=ANOTHER | {"point": "{address_two}"},
        body=LETTER | {"point": "{address}"},
        writes=RESERVES | writes("cases_caseevent"),
        proof=_reserved_one_more,
    ),
    Cell(route="contact:reserved", who="collector", allowed=EVERYBODY - READERS),
    Cell(
        route="contact:give-up",
        method="POST",
        who="collector",
        allowed=WORK_THE_CASE,
        blind=OTHER_DESKS,
        path={"uid": "{try}"},
        unseen={"uid": "{try_two}"},
        body={"reason": "Not posted"},
        status=302,
        writes=RESERVES | writes("cases_caseevent"),
        proof=_released,
    ),
    Cell(route="contact:rules", allowed=RECORDS, query={"place": "CN"}),
    Cell(route="contact:rule", allowed=ADMIN, path={"place": "CN", "rule": "window"}),
    Cell(
        route="contact:rule",
        method="POST",
        allowed=ADMIN,
        path={"place": "CN", "rule": "window"},
        body={
            "opens": "09:00",
            "closes": "20:00",
            "every_clock": "yes",
            "valid_from": LONG_AHEAD,
        },
        status=302,
        writes=writes("collection_contactrule", "tenancy_auditentry"),
        proof=lambda _side: ContactRule.objects.filter(rule="window", version=2).exists(),
    ),
    Cell(route="contact:days-off", allowed=RECORDS),
    Cell(
        route="contact:days-off",
        method="POST",
        allowed=ADMIN,
        body={"jurisdiction": "CN", "on": LONG_AHEAD, "is_holiday": "yes", "name": "Feast"},
        status=302,
        writes=writes("collection_dayoff", "tenancy_auditentry"),
        proof=lambda _side: DayOff.objects.filter(name="Feast").exists(),
    ),
    Cell(
        route="contact:simulator",
        who="collector",
        allowed=EVERYBODY - {"finance"},
        query=LETTER | {"case": "{case}", "point": "{address}"},
        note="asked",
    ),
    Cell(route="contact:simulator", who="inspector", allowed=EVERYBODY - {"finance"}),
    Cell(
        route="contact:replay",
        kinds=LENDER,
        allowed=RECORDS,
        query={"day": "{today}", "rules_on": LONG_AHEAD},
    ),
    Cell(
        route="contacts:ask",
        method="POST",
        token="dialer",
        scopes=("dialer",),
        body=LETTER | {"case": "{case}", "contact_point": "{address}"},
        writes=USED,
    ),
    Cell(
        route="contacts:reserve",
        method="POST",
        token="dialer",
        scopes=("dialer",),
        body=LETTER | {"case": "{case}", "contact_point": "{address}"},
        status=201,
        writes=USED | RESERVES,
        proof=_reserved_one_more,
    ),
    Cell(
        route="contacts:settle",
        method="POST",
        token="dialer",
        scopes=("dialer",),
        path={"uid": "{try}"},
        body={"state": "sent"},
        writes=USED | RESERVES,
        proof=_settled,
    ),
]
