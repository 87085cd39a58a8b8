"""Who may see which row, said once more in plain Python, to compare with what the walls show."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from django.db import connection, models

from tests.isolation.catalogue import as_owner

Row = Mapping[str, Any]
Viewers = Callable[[Row], set[int]]


def everything(model: type[models.Model]) -> list[Row]:
    """All rows of all companies in the furnished world, as the owner of the tables sees them."""
    return _rows(str(connection.settings_dict["NAME"]), model._meta.db_table)


@cache
def _rows(_database: str, table: str) -> list[Row]:
    with as_owner() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


class Held:
    """Which agencies hold which case, and with it its loan, its borrower, its lender's scheme."""

    def __init__(self, cases: Iterable[Row]) -> None:
        self.case: dict[int, set[int]] = defaultdict(set)
        self.loan: dict[int, set[int]] = defaultdict(set)
        self.borrower: dict[int, set[int]] = defaultdict(set)
        self.owner: dict[int, set[int]] = defaultdict(set)
        for case in cases:
            if case["holder_id"] is not None:
                self.case[case["id"]].add(case["holder_id"])
                self.loan[case["loan_id"]].add(case["holder_id"])
                self.borrower[case["borrower_id"]].add(case["holder_id"])
                self.owner[case["owner_id"]].add(case["holder_id"])


@cache
def _held(_database: str) -> Held:
    from cases.models import Case

    return Held(everything(Case))


def viewers(model: type[models.Model], held: Held | None = None) -> Viewers:
    """For a row of the model: the ids of the companies that may see it."""
    return rules(held or _held(str(connection.settings_dict["NAME"])))[model._meta.label]


def rules(held: Held) -> Mapping[str, Viewers]:
    """Every walled model's rule."""

    def own(row: Row) -> set[int]:
        return {row["company_id"]}

    def lenders(row: Row) -> set[int]:
        return {row["owner_id"]}

    def by_loan(row: Row) -> set[int]:
        return lenders(row) | held.loan[row["loan_id"]]

    def by_borrower(row: Row) -> set[int]:
        return lenders(row) | held.borrower[row["borrower_id"]]

    def by_case(row: Row) -> set[int]:
        return lenders(row) | held.case[row["case_id"]]

    def by_lender(row: Row) -> set[int]:
        return lenders(row) | held.owner[row["owner_id"]]

    def written(row: Row) -> set[int]:
        shared = held.case[row["case_id"]] if row["shared"] else set()
        return lenders(row) | own(row) | shared

    def words(row: Row) -> set[int]:
        holders = held.case[row["case_id"]]
        return lenders(row) | (holders if row["shared"] else holders & own(row))

    def parties(row: Row) -> set[int]:
        return {row["lender_id"], row["agency_id"]}

    return {
        **dict.fromkeys(OWN, own),
        **dict.fromkeys(LENDERS, lenders),
        **dict.fromkeys(BY_LOAN, by_loan),
        **dict.fromkeys(("cases.BucketMove", "cases.CaseHold"), by_case),
        **dict.fromkeys(("cases.BucketScheme", "cases.Bucket"), by_lender),
        **dict.fromkeys(("cases.CaseEvent", "collection.Note", "collection.Promise"), written),
        **dict.fromkeys(("agencies.Package", "agencies.Placement"), parties),
        "cases.Borrower": lambda row: lenders(row) | held.borrower[row["id"]],
        "cases.Loan": lambda row: lenders(row) | held.loan[row["id"]],
        "cases.Case": lambda row: lenders(row) | held.case[row["id"]],
        "cases.ContactPoint": by_borrower,
        **dict.fromkeys(BOTH_SIDES, lambda row: lenders(row) | own(row)),
        **dict.fromkeys(("collection.Attachment", "collection.Remark"), words),
    }


OWN = (
    "tenancy.ApiToken",
    "tenancy.AuditEntry",
    "tenancy.CompanySettings",
    "tenancy.CrossingRecord",
    "tenancy.GroupGrant",
    "tenancy.IdempotencyKey",
    "tenancy.Job",
    "tenancy.NightStep",
    "tenancy.SignIn",
    "tenancy.Team",
    "tenancy.TeamMember",
    "tenancy.TotpDevice",
    "tenancy.User",
    "tenancy.UserGrant",
    "cases.LenderSettings",
    "collection.CaseTag",
    "collection.ContactRule",
    "collection.DayOff",
    "collection.Disposition",
    "collection.Leave",
    "collection.Move",
    "collection.RemarkOpening",
    "collection.SavedView",
    "collection.Tag",
    "collection.WorkSettings",
)
LENDERS = (
    "cases.ImportDifference",
    "cases.ImportReject",
    "cases.ImportRun",
    "cases.MoneyRequest",
    "cases.StagedContact",
    "cases.StagedInstalment",
    "cases.StagedLoan",
    "cases.StagedRepayment",
    "cases.StagedStatement",
)
BOTH_SIDES = ("collection.Assignment", "collection.ContactTry", "collection.ContactWish")
BY_LOAN = ("cases.DueDate", "cases.Instalment", "cases.LedgerEntry", "cases.Repayment")
