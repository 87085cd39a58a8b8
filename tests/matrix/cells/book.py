"""The lender's book: imports of the feed, the bucket scheme."""

from collections.abc import Mapping

from django.test import Client

from cases.bucket_scheme import PRESETS
from cases.models import BucketScheme, ImportRun, MoneyRequest
from cases.scheme_forms import lines_of, mark_of
from tenancy.night import business_date
from tenancy.scope import company_scope
from tests.matrix.cell import ADMIN, LENDER, OFFICE, RECORDS, Cell, writes
from tests.matrix.sides import Side

MONEY = frozenset({"admin", "finance"})
ASKED = writes("cases_importrun", "tenancy_job")
LOANS, REPAYMENTS = {"uid": "{run_judged}"}, {"uid": "{run_judged4}"}
WAITS = {"uid": "{repayment_waiting}"}
REPAYMENT = "repayment_no,loan_no,paid_at,amount\nR-NEW,{loanno},{today}T00:10,1.00\n"


def _state(side: Side, name: str) -> str:
    return ImportRun.objects.get(uid=side.ids[name]).state


def _is_asked_for(side: Side) -> bool:
    return ImportRun.objects.get(uid=side.ids["run_judged4"]).job_id is not None


def _is_matched(side: Side) -> bool:
    waits = MoneyRequest.objects.filter(repayment__uid=side.ids["repayment_waiting"])
    return waits.filter(state="waiting").exists()


def _seen_effect(_client: Client, side: Side) -> Mapping[str, str]:
    """The scheme typed in and the mark of its effect, as the form shows it before confirming."""
    with company_scope(side.company):
        today = business_date(side.company)
    bands = PRESETS["platform"]
    lines = [line for line in lines_of(bands) if line]
    typed = {
        f"form-{n}-{name}": "" if value is None else str(value)
        for n, line in enumerate(lines)
        for name, value in line.items()
    }
    return {
        "name": "Platform",
        "valid_from": today.isoformat(),
        "seen": mark_of(bands, today),
        "act": "set",
        "form-TOTAL_FORMS": str(len(lines)),
        "form-INITIAL_FORMS": "0",
        **typed,
    }


CELLS = [
    Cell(route="cases:imports", kinds=LENDER, allowed=OFFICE),
    Cell(route="cases:import-new", kinds=LENDER, allowed=MONEY),
    Cell(
        route="cases:import-new",
        method="POST",
        kinds=LENDER,
        who="finance",
        allowed=MONEY,
        body={"kind": "repayments", "as_of": "{today}"},
        file=REPAYMENT,
        status=302,
        writes=ASKED,
        proof=lambda _side: ImportRun.objects.filter(source="screen").exists(),
    ),
    Cell(route="cases:import", kinds=LENDER, allowed=OFFICE, path=LOANS),
    Cell(
        route="cases:import", note="done", kinds=LENDER, allowed=OFFICE, path={"uid": "{run_loans}"}
    ),
    Cell(
        route="cases:import",
        note="waiting rows",
        kinds=LENDER,
        allowed=OFFICE,
        path=LOANS,
        query={"show": "changed"},
    ),
    Cell(route="cases:import-progress", kinds=LENDER, allowed=OFFICE, path=LOANS),
    Cell(route="cases:import-rejects", kinds=LENDER, allowed=OFFICE, path={"uid": "{run_loans}"}),
    Cell(route="cases:import-differences", kinds=LENDER, allowed=OFFICE, path=LOANS),
    Cell(
        route="cases:import-confirm",
        method="POST",
        kinds=LENDER,
        allowed=MONEY,
        path=REPAYMENTS,
        status=302,
        writes=ASKED,
        proof=_is_asked_for,
    ),
    Cell(
        route="cases:import-confirm",
        note="loans",
        method="POST",
        kinds=LENDER,
        allowed=ADMIN,
        path=LOANS,
        status=302,
        writes=ASKED,
    ),
    Cell(
        route="cases:import-discard",
        method="POST",
        kinds=LENDER,
        allowed=ADMIN,
        path=LOANS,
        status=302,
        writes=writes("cases_importrun", "cases_stagedloan"),
        proof=lambda side: _state(side, "run_judged") == "discarded",
    ),
    Cell(route="cases:suspense", kinds=LENDER, allowed=OFFICE),
    Cell(
        route="cases:suspense",
        note="searched",
        kinds=LENDER,
        allowed=OFFICE,
        query={"number": "{loanno}"},
    ),
    Cell(route="cases:suspense-match", kinds=LENDER, allowed=MONEY, path=WAITS),
    Cell(
        route="cases:suspense-match",
        method="POST",
        kinds=LENDER,
        who="finance",
        allowed=MONEY,
        path=WAITS,
        body={"loan_no": "{loanno}", "reason": "The borrower's own account"},
        status=302,
        writes=writes("cases_moneyrequest", "tenancy_auditentry"),
        proof=_is_matched,
    ),
    Cell(route="cases:balances", kinds=LENDER, allowed=RECORDS),
    Cell(
        route="cases:balances",
        method="POST",
        kinds=LENDER,
        allowed=ADMIN,
        body={"balance_authority": "ledger", "waterfall": "default"},
        status=302,
        note="the book has loans, so only what stands may be sent; tests/ledger changes it",
    ),
    Cell(route="cases:buckets", kinds=LENDER, allowed=RECORDS),
    Cell(route="cases:buckets-change", kinds=LENDER, allowed=ADMIN),
    Cell(
        route="cases:buckets-change",
        method="POST",
        kinds=LENDER,
        allowed=ADMIN,
        prepare=_seen_effect,
        status=302,
        writes=writes("cases_bucketscheme", "cases_bucket", "tenancy_auditentry"),
        proof=lambda _side: BucketScheme.objects.filter(name="Platform").exists(),
    ),
]
