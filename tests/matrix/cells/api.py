"""The HTTP API: called with tokens, never with a browser's session."""

from cases.models import Repayment
from tests.matrix.cell import LENDER, Cell, writes

USED = writes("tenancy_apitoken")
REPAYMENT = {
    "repayment_no": "R-API",
    "loan_no": "{loanno}",
    "paid_at": "{today} 00:10:00",
    "amount": "1.00",
}

CELLS = [
    Cell(route="api:me", token="feed", scopes=("feed", "other"), writes=USED),
    Cell(route="api:schema", who=""),
    Cell(route="api:nowhere", who="", status=404),
    Cell(
        route="feeds:send",
        method="POST",
        kinds=LENDER,
        token="feed",
        scopes=("feed",),
        path={"kind": "repayments"},
        body={"as_of": "{today}", "rows": [REPAYMENT]},
        writes=USED | writes("cases_importrun", "cases_repayment", "cases_ledgerentry"),
        proof=lambda _side: Repayment.objects.filter(repayment_no="R-API").exists(),
    ),
    Cell(
        route="feeds:run",
        kinds=LENDER,
        token="feed",
        scopes=("feed",),
        path={"uid": "{run_loans}"},
        writes=USED,
    ),
]
