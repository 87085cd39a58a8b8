"""Placing, accepting and recalling: the lender's packages, the agency's inbox."""

from agencies.models import Package
from cases.models import Case
from collection.models import RemarkOpening
from tests.matrix.cell import ADMIN, AGENCY, LENDER, OFFICE, Cell, writes
from tests.matrix.sides import Side

AUDITOR = frozenset({"auditor"})
PLACED = writes("agencies_package", "agencies_placement", "cases_case", "cases_caseevent")
RECALLED = writes(
    "agencies_placement",
    "cases_case",
    "cases_caseevent",
    "collection_assignment",
    "tenancy_crossingrecord",
)


def _holder(side: Side, name: str) -> int | None:
    return Case.objects.get(uid=side.ids[name]).holder_id


def _accepted(side: Side) -> bool:
    return Package.objects.get(uid=side.ids["package_fresh"]).accepted_at is not None


def _looked(side: Side) -> bool:
    return RemarkOpening.objects.filter(reason="Somebody complained").exists()


CELLS = [
    Cell(route="work:sealed", kinds=AGENCY, who="auditor", allowed=AUDITOR),
    Cell(
        route="work:sealed-open",
        method="POST",
        kinds=AGENCY,
        who="auditor",
        allowed=AUDITOR,
        path={"package": "{package_over}"},
        body={"loan": "{gone_loan}", "reason": "Somebody complained"},
        writes=writes("collection_remarkopening"),
        proof=_looked,
    ),
    Cell(route="agencies:placements", kinds=LENDER, allowed=OFFICE),
    Cell(route="agencies:inbox", kinds=AGENCY, allowed=OFFICE),
    Cell(route="agencies:package", allowed=OFFICE, path={"uid": "{package}"}),
    Cell(route="agencies:package", note="over", allowed=OFFICE, path={"uid": "{package_over}"}),
    Cell(
        route="agencies:accept",
        method="POST",
        kinds=AGENCY,
        allowed=ADMIN,
        path={"uid": "{package_fresh}"},
        status=302,
        writes=writes("agencies_package"),
        proof=_accepted,
    ),
    Cell(route="agencies:recall-package", kinds=LENDER, allowed=ADMIN, path={"uid": "{package}"}),
    Cell(
        route="agencies:recall-package",
        method="POST",
        kinds=LENDER,
        allowed=ADMIN,
        path={"uid": "{package}"},
        body={"reason": "Complaint"},
        writes=RECALLED,
        proof=lambda side: _holder(side, "case_lent") is None,
    ),
    Cell(route="agencies:place", kinds=LENDER, allowed=ADMIN, query={"id": ["{case_free}"]}),
    Cell(
        route="agencies:place",
        method="POST",
        kinds=LENDER,
        allowed=ADMIN,
        query={"id": ["{case_free}"]},
        body={"agency": "{agency}", "seen": "{agency}", "reason": "M2", "act": "place"},
        writes=PLACED,
        proof=lambda side: _holder(side, "case_free") is not None,
    ),
    Cell(route="agencies:recall", kinds=LENDER, allowed=ADMIN, query={"id": ["{case_lent}"]}),
    Cell(
        route="agencies:recall",
        method="POST",
        kinds=LENDER,
        allowed=ADMIN,
        query={"id": ["{case_lent}"]},
        body={"reason": "Complaint"},
        writes=RECALLED,
        proof=lambda side: _holder(side, "case_lent") is None,
    ),
]
