"""The tables on an import's page: refused rows by reason, waiting rows, differing balances."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from cases.feed.preview import PREVIEWS, TABS, PreviewRow, preview_rows
from cases.feed.reasons import SHORT_REASONS
from cases.feed.results import reason_of
from cases.models import ContactPoint, ImportDifference, ImportReject, ImportRun
from tenancy.filtering import Column, Table, changed_url
from tenancy.formats import count, day, money, stamp
from tenancy.keyset import page_of
from tenancy.models import Company
from tenancy.screen import Empty, Pager, Text, ViewTab

REJECTED, DIFFERS = "rejected", "differs"

COLUMN_WORDS: dict[str, Text] = {
    "loan_no": gettext_lazy("Loan no"),
    "as_of": gettext_lazy("As of"),
    "borrower_no": gettext_lazy("Borrower no"),
    "repayment_no": gettext_lazy("Repayment no"),
    "due_date": gettext_lazy("Due date"),
    "known_due_date": gettext_lazy("Due date until now"),
    "owed": gettext_lazy("Owed"),
    "known_owed": gettext_lazy("Owed until now"),
    "seq": gettext_lazy("Instalment"),
    "relation": gettext_lazy("Relation"),
    "name": pgettext_lazy("person", "Name"),
    "phone_mask": gettext_lazy("Number"),
    "source": gettext_lazy("Source"),
    "paid_at": gettext_lazy("Paid at"),
    "amount": gettext_lazy("Amount"),
    "reverses": gettext_lazy("Reverses"),
}
KEY_OF_KIND = {
    "loans": "loan_no",
    "instalments": "loan_no",
    "contacts": "borrower_no",
    "repayments": "repayment_no",
    "statements": "loan_no",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: the line of the file, its cells, and the refused value if it has one.

    A cell is its text and whether it is a figure.
    """

    line: str
    cells: Sequence[tuple[str, bool]]
    column: str = ""
    value: str = ""
    reason: str = ""


@dataclass(slots=True)
class Shown:
    """What the page's main table shows: its tab, the other tabs, reasons to filter by, rows."""

    params: QueryDict
    tab: str
    tabs: dict[str, int]
    table: Table | None = None
    views: list[ViewTab] = field(default_factory=list)
    chips: list[ViewTab] = field(default_factory=list)
    rows: list[Line] = field(default_factory=list)
    pager: Pager = field(default_factory=Pager)
    empty: Empty | None = None

    def href(self, tab: str) -> str:
        """The page with another tab open."""
        return changed_url(self.params, show=tab, code=None)


def shown_rows(company: Company, run: ImportRun, params: QueryDict) -> Shown:
    """The main table as the URL asks for it; rows that wait can be seen only while they do."""
    tabs = {REJECTED: run.rejected}
    if run.state == ImportRun.State.JUDGED:
        tabs |= {tab: getattr(run, tab) for tab in TABS}
    if run.differs:
        tabs[DIFFERS] = run.differs
    asked = params.get("show", "")
    first = REJECTED if run.rejected or len(tabs) == 1 else next(t for t in tabs if t != REJECTED)
    shown = Shown(params, asked if asked in tabs else first, tabs)
    shown.views = [
        ViewTab(
            label=_tab_words(tab), href=shown.href(tab), count=count(n), active=tab == shown.tab
        )
        for tab, n in tabs.items()
    ]
    if shown.tab == REJECTED:
        _show_rejects(shown, run)
    elif shown.tab == DIFFERS:
        _show_differences(shown, run)
    else:
        _show_waiting(shown, company, run)
    return shown


def _tab_words(tab: str) -> str:
    return {
        REJECTED: pgettext("rows", "Rejected"),
        "new": pgettext("rows", "New"),
        "changed": pgettext("rows", "Changed"),
        "unchanged": pgettext("rows", "Unchanged"),
        DIFFERS: _("Differ from the ledger"),
    }[tab]


def _show_rejects(shown: Shown, run: ImportRun) -> None:
    faults = ImportReject.objects.filter(run=run)
    by_code = dict(
        faults.order_by().values_list("code").annotate(n=Count("pk")).order_by("-n", "code")
    )
    code = shown.params.get("code", "")
    code = code if code in by_code else ""
    total = sum(by_code.values())
    shown.chips = [
        ViewTab(
            label=_("All reasons"),
            href=changed_url(shown.params, code=None),
            count=count(total),
            active=not code,
        ),
        *(
            ViewTab(
                label=SHORT_REASONS.get(each, each),
                href=changed_url(shown.params, code=each),
                count=count(n),
                active=each == code,
            )
            for each, n in by_code.items()
        ),
    ] if total else []  # fmt: skip
    listed = by_code.get(code, total)
    page = page_of(
        faults.filter(code=code) if code else faults,
        order=["line", "id"],
        params=shown.params,
        summary=ngettext("%(n)s fault", "%(n)s faults", listed) % {"n": count(listed)},
    )
    shown.pager = page.pager
    key = COLUMN_WORDS[KEY_OF_KIND[run.kind]]
    shown.table = Table(
        [
            Column(key="line", label=_("Line"), numeric=True),
            Column(key="key", label=key),
            Column(key="column", label=_("Column")),
            Column(key="value", label=_("Value")),
            Column(key="reason", label=_("Reason")),
        ],
        shown.params,
    )
    shown.rows = [
        Line(
            line=count(fault.line),
            cells=[(fault.key, False)],
            column=fault.column,
            value=fault.value,
            reason=reason_of(fault),
        )
        for fault in page.rows
    ]
    shown.empty = Empty(
        title=_("No row was rejected"),
        text=_("Every row of the file is as the format asks for."),
    )


def _show_differences(shown: Shown, run: ImportRun) -> None:
    page = page_of(
        ImportDifference.objects.filter(run=run), order=["line", "id"], params=shown.params
    )
    shown.pager = page.pager
    shown.table = Table(
        [
            Column(key="line", label=_("Line"), numeric=True),
            Column(key="loan_no", label=COLUMN_WORDS["loan_no"]),
            Column(key="stated", label=_("The file says"), numeric=True),
            Column(key="ledger", label=_("The ledger says"), numeric=True),
            Column(key="difference", label=_("Difference"), numeric=True),
        ],
        shown.params,
    )
    for found in page.rows:
        stated = sum(_amounts(found, "stated"), Decimal(0))
        ledger = sum(_amounts(found, "ledger"), Decimal(0))
        figures = [(money(amount), True) for amount in (stated, ledger, stated - ledger)]
        cells = [(found.loan_no, False), *figures]
        shown.rows.append(Line(line=count(found.line), cells=cells))


def _amounts(found: ImportDifference, side: str) -> list[Decimal]:
    parts = ("principal", "interest", "fee", "penalty")
    return [getattr(found, f"{side}_{part}") for part in parts]


def _show_waiting(shown: Shown, company: Company, run: ImportRun) -> None:
    preview = PREVIEWS[run.kind]
    names = [
        name for name in preview.columns if shown.tab == "changed" or not name.startswith("known_")
    ]
    after = shown.params.get("after", "")
    place = int(after) if after.isdecimal() and len(after) < 19 else 0
    found, more = preview_rows(company=company, run=run, tab=shown.tab, after=place)
    shown.table = Table(
        [
            Column(key="line", label=_("Line"), numeric=True),
            *(
                Column(key=name, label=COLUMN_WORDS[name], numeric=name in preview.money)
                for name in names
            ),
        ],
        shown.params,
    )
    shown.rows = [Line(line=count(row.line), cells=_cells(row, names)) for row in found]
    shown.pager = Pager(
        previous=changed_url(shown.params) if place else "",
        next=changed_url(shown.params, after=str(found[-1].place)) if more else "",
    )
    shown.empty = Empty(title=_("No such row in this file"))


def _cells(row: PreviewRow, names: Sequence[str]) -> list[tuple[str, bool]]:
    return [(_cell(name, row.cells[name]), _is_figure(row.cells[name])) for name in names]


def _is_figure(value: object) -> bool:
    return isinstance(value, Decimal)


def _cell(name: str, value: object) -> str:
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return day(value)
    if name == "relation" and value in ContactPoint.Relation.values:
        return str(ContactPoint.Relation(value).label)
    return "" if value is None else str(value)
