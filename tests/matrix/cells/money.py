"""Money by hand: what waits, entering, taking back, deciding; what is overpaid."""

from cases.models import MoneyRequest
from tests.matrix.cell import ADMIN, LENDER, OFFICE, Cell, writes
from tests.matrix.sides import Side

FINANCE = frozenset({"finance"})
BOOKED = writes(
    "cases_moneyrequest",
    "cases_repayment",
    "cases_ledgerentry",
    "cases_loan",
    "cases_case",
    "cases_caseevent",
    "tenancy_auditentry",
)


def _is_done(side: Side) -> bool:
    return MoneyRequest.objects.get(uid=side.ids["money"]).state == "done"


def _asked(kind: str, **facts: str) -> bool:
    return MoneyRequest.objects.filter(kind=kind, state="done", **facts).exists()


CELLS = [
    Cell(route="cases:money", kinds=LENDER, allowed=OFFICE),
    Cell(
        route="cases:money", note="decided", kinds=LENDER, allowed=OFFICE, query={"show": "decided"}
    ),
    Cell(route="cases:overpaid", kinds=LENDER, allowed=OFFICE),
    Cell(
        route="cases:money-enter",
        kinds=LENDER,
        who="finance",
        allowed=FINANCE,
        query={"loan": "{loanno}"},
    ),
    Cell(
        route="cases:money-enter",
        method="POST",
        kinds=LENDER,
        who="finance",
        allowed=FINANCE,
        body={
            "loan_no": "{loanno}",
            "amount": "12.34",
            "paid_at": "{today} 00:02",
            "reason": "Bank statement",
        },
        status=302,
        writes=BOOKED,
        proof=lambda _side: _asked("post", amount="12.34"),
    ),
    Cell(
        route="cases:repayment-take-back",
        kinds=LENDER,
        who="finance",
        allowed=FINANCE,
        path={"uid": "{repayment}"},
    ),
    Cell(
        route="cases:repayment-take-back",
        method="POST",
        kinds=LENDER,
        who="finance",
        allowed=FINANCE,
        path={"uid": "{repayment}"},
        body={"reason": "Bounced"},
        status=302,
        writes=BOOKED,
        proof=lambda _side: _asked("reverse"),
    ),
    Cell(
        route="cases:money-decide",
        kinds=LENDER,
        allowed=ADMIN | FINANCE,
        path={"uid": "{money}"},
    ),
    Cell(
        route="cases:money-decide",
        method="POST",
        kinds=LENDER,
        allowed=ADMIN,
        path={"uid": "{money}"},
        body={"act": "approve"},
        status=302,
        writes=BOOKED,
        proof=_is_done,
        note="finance asked for it, so finance does not agree to it",
    ),
]
