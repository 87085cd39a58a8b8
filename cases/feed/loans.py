"""The loans feed: one row a loan, its state at the close of the run's date.

What is empty in a row is unknown, so it leaves standing what is known. A loan's first row opens
its ledger; later ones state a new balance where the lender's core is right about balances, and
otherwise are compared with the ledger and reported. The due date of a loan with a schedule is the
schedule's.
"""

from collections.abc import Mapping, Sequence

from django.conf import settings

from cases.aging import settle_cases
from cases.feed import loans_sql, sql
from cases.feed.pipeline import Chunk, Figures, Pipeline, Work, joined, line_as_place, refuse
from cases.feed.rows import LOANS, ParsedRow, row_digest
from cases.feed.sealing import bytea, sealed_number
from cases.ledger import due_dates_from_schedule, match_suspense, replay_loans
from cases.models import Loan, Repayment, StagedLoan

TABLE = StagedLoan._meta.db_table
# Where each verdict of a row is counted; the others are refused.
VERDICTS = {"new": "new", "changed": "changed", "same": "unchanged", "restated": "unchanged"}
COLUMNS = (
    "loan_no",
    "borrower_no",
    "borrower_name",
    "id_no_hash",
    "id_no_sealed",
    "id_no_last4",
    "phone_hash",
    "phone_sealed",
    "phone_last4",
    "phone_mask",
    "product",
    "channel",
    "region",
    "loan_amount",
    "disbursed_on",
    "due_date",
    "principal",
    "interest",
    "fee",
    "penalty",
    "collection_score",
    "lost_contact_score",
    "timezone",
    "attrs",
    "digest",
)


def convert(row: ParsedRow) -> Sequence[str | None]:
    """A parsed row as the values of COLUMNS."""
    loan_no, borrower_no, name, id_no, phone, product, channel, region, *rest = row
    zone, attrs = rest[-2], rest[-1]
    id_no_hash, id_no_sealed, id_no_last4, _ = sealed_number(id_no)
    return (
        loan_no,
        borrower_no,
        name or "",
        id_no_hash,
        id_no_sealed,
        id_no_last4,
        *sealed_number(phone),
        product or "",
        channel or "",
        region or "",
        *rest[:-2],
        zone or "",
        attrs,
        bytea(row_digest(row, key=settings.HASH_KEY)),
    )


def judge(work: Work) -> Figures:
    """Refuse what the book contradicts, compare balances, and count what would happen."""
    counted = sql.rows(loans_sql.FIGURES, {**work.values, "known": Loan.objects.exists()})
    if any(verdict in ("older", "other") for verdict, *_ in counted):
        refuse(work=work, table=TABLE, key="loan_no", bad=loans_sql.KNOWN_BAD)
    figures = Figures()
    for verdict, effect, count, amount, unlike in counted:
        field = VERDICTS.get(verdict)
        if field is None:
            continue
        setattr(figures, field, getattr(figures, field) + count)
        figures.differs += unlike
        figures.expect(effect, count, amount)
        if verdict == "restated":
            figures.expect("restated", count)
    if figures.differs:
        figures.differs = sql.execute(loans_sql.DIFFERENCES, work.values)
    return figures


def apply(chunk: Chunk) -> Mapping[str, int]:
    """Write a chunk: people, their numbers, new loans, what is new of known ones, their cases."""
    found = _compared(chunk)
    late = 0
    if found & {"older", "other"}:
        late = refuse(work=chunk.work, table=TABLE, key="loan_no", bad=loans_sql.LATE_BAD)
    touched: list[int] = []
    if found & {"new", "changed"}:
        touched += _save_borrowers(chunk)
    added = sql.rows(loans_sql.ADD_LOANS, chunk.values) if "new" in found else []
    touched += [loan for loan, enters in added if enters]
    if found & {"changed", "restated"}:
        touched += _update_known(chunk)
    sql.execute(loans_sql.DROP_CHUNK, chunk.values)
    work = chunk.work
    if touched:
        settle_cases(company=work.company, on=work.on, loan_ids=touched)
    if added and Repayment.objects.filter(state=Repayment.State.SUSPENSE).exists():
        match_suspense(company=work.company, loan_ids=[loan for loan, _ in added], on=work.on)
    return {"late": late}


def _compared(chunk: Chunk) -> set[str]:
    """Compare the chunk's rows with the book once, for all that follows; answers the verdicts."""
    sql.execute(loans_sql.CHUNK, chunk.values)
    sql.execute(loans_sql.ANALYZE_CHUNK, chunk.values)
    return {verdict for (verdict,) in sql.rows(loans_sql.VERDICTS_FOUND, chunk.values)}


def _save_borrowers(chunk: Chunk) -> list[int]:
    """Write people and their numbers; answers the loans of those whose cases have to follow."""
    saved = sql.rows(loans_sql.SAVE_BORROWERS, chunk.values)
    sql.execute(loans_sql.ADD_CONTACTS, chunk.values)
    renamed = [borrower for borrower, was_known in saved if was_known]
    if not renamed:
        return []
    return sql.ids(loans_sql.BORROWERS_LOANS, {**chunk.values, "borrowers": renamed})


def _update_known(chunk: Chunk) -> list[int]:
    """Write what is new of known loans; answers those whose cases have to follow."""
    work = chunk.work
    sql.execute(loans_sql.LOCK_KNOWN, chunk.values)
    sql.execute(loans_sql.NEW_DUE_DATES, chunk.values)
    if work.core_is_right:
        sql.execute(loans_sql.NEW_SNAPSHOTS, chunk.values)
    written = sql.rows(loans_sql.UPDATE_LOANS, chunk.values)
    if work.core_is_right:
        _restate(work, written)
    return [loan for loan, changed, _plain, _scheduled in written if changed]


def _restate(work: Work, written: Sequence[tuple[int, bool, bool, bool]]) -> None:
    """Work out anew what a stated balance means where money or a schedule stands beside it."""
    replayed = [loan for loan, _changed, plain, _scheduled in written if not plain]
    if replayed:
        replay_loans(company=work.company, loan_ids=replayed, on=work.on)
    scheduled = [loan for loan, _changed, plain, scheduled in written if plain and scheduled]
    if scheduled:
        due_dates_from_schedule(
            company=work.company, loan_ids=scheduled, as_of=work.run.as_of, on=work.on
        )


LOANS_PIPELINE = Pipeline(
    feed=LOANS,
    staged=StagedLoan,
    columns=COLUMNS,
    convert=convert,
    place=line_as_place,
    key=("loan_no",),
    identity=joined,
    identity_sql="s.loan_no",
    judge=judge,
    apply=apply,
)
