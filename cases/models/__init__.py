"""The lender's book: borrowers, loans, their money, and the cases they become."""

from cases.models.borrower import Borrower, ContactPoint
from cases.models.buckets import Bucket, BucketScheme
from cases.models.case import BucketMove, Case, CaseEvent, CaseHold
from cases.models.feed import (
    ImportDifference,
    ImportReject,
    ImportRun,
    StagedContact,
    StagedInstalment,
    StagedLoan,
    StagedRepayment,
    StagedStatement,
)
from cases.models.ledger import LedgerEntry, Repayment
from cases.models.loan import DueDate, Instalment, Loan
from cases.models.money_by_hand import MoneyRequest
from cases.models.settings import LenderSettings

__all__ = [
    "Borrower",
    "Bucket",
    "BucketMove",
    "BucketScheme",
    "Case",
    "CaseEvent",
    "CaseHold",
    "ContactPoint",
    "DueDate",
    "ImportDifference",
    "ImportReject",
    "ImportRun",
    "Instalment",
    "LedgerEntry",
    "LenderSettings",
    "Loan",
    "MoneyRequest",
    "Repayment",
    "StagedContact",
    "StagedInstalment",
    "StagedLoan",
    "StagedRepayment",
    "StagedStatement",
]
