"""The night's aging on an ordinary day, against its bare statements and against the ORM's way.

Ordinary day: the book has been aged to the day before; some loans fall due and some cases cross
into the next bucket. Everything here is rolled back, with deferred checks made at once, so that
each round meets the same book.

`night_aging_sql`: the night's `age` step, against one UPDATE or INSERT ... SELECT for each table
from temporary tables that hold the very rows which the step wrote.
`night_aging_orm`: the same step, against objects: load the open cases, compute, `bulk_update` them
in batches of 1,000, `bulk_create` the history, and the same for loans that enter. Beside it stands
what becomes of the ratio where only the cases that move are updated.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connections, models

from cases.bucket_scheme import Band
from cases.ladder import Scheme, scheme_on
from cases.models import BucketMove, Case, CaseEvent, Loan
from config.bench.databases import CHECK_NOW, PLATFORM, in_scope, platform_undone, undone
from config.bench.feed import NotAsMeant
from config.bench.measure import Pair, in_turns, seconds_of
from config.bench.rows import RowFile, dump
from config.night import STEPS
from tenancy.models import Company
from tenancy.night import Step

AGE = "age"
BATCH = 1000


def age_step() -> Step:
    """The step of the night that ages."""
    return next(step for step in STEPS if step.name == AGE)


@dataclass(frozen=True, slots=True)
class Written:
    """What the step wrote for a lender: changed cases, new ones, and their history."""

    crossed: RowFile
    opened: RowFile
    moves: RowFile
    events: RowFile

    def remove(self) -> None:
        """Forget the rows."""
        for file in (self.crossed, self.opened, self.moves, self.events):
            file.path.unlink()


def step_seconds(company: Company, on: date) -> float:
    """How long the step takes; rolled back."""
    with undone(company):
        return _run_step(company, on)


def _run_step(company: Company, on: date) -> float:
    def act() -> None:
        age_step().run(company, on)
        with connections["default"].cursor() as cursor:
            cursor.execute(CHECK_NOW)

    return seconds_of(act)


def what_it_writes(company: Company, on: date, folder: Path) -> Written:
    """Run the step, keep the rows that it wrote, and roll it back."""
    with undone(company), connections["default"].cursor() as cursor:
        histories: tuple[type[models.Model], ...] = (Case, BucketMove, CaseEvent)
        newest = {model: _newest(cursor, model) for model in histories}
        due = list(
            Case.objects.filter(owner=company, closed_on=None, next_bucket_on__lte=on).values_list(
                "pk", flat=True
            )
        )
        _run_step(company, on)

        def added(model: type[models.Model]) -> RowFile:
            where, params = "owner_id = %s AND id > %s", [company.pk, newest[model]]
            return dump(cursor, model, where, params, folder)

        crossed = dump(cursor, Case, "owner_id = %s AND id = ANY(%s)", [company.pk, due], folder)
        return Written(crossed, added(Case), added(BucketMove), added(CaseEvent))


def _newest(cursor: Any, model: type[models.Model]) -> int:
    cursor.execute(f"SELECT coalesce(max(id), 0) FROM {model._meta.db_table}")  # noqa: S608
    return int(cursor.fetchone()[0])


UPDATE_CROSSED = """
UPDATE cases_case c SET bucket_id = t.bucket_id, next_bucket_on = t.next_bucket_on,
    aged_from = t.aged_from, paused_from = t.paused_from, paused_to = t.paused_to
FROM bench_crossed t WHERE c.id = t.id
"""
UPDATE_LOANS = """
UPDATE cases_loan l SET in_collections = true FROM bench_opened t WHERE l.id = t.loan_id
"""


def bare_seconds(written: Written) -> float:
    """How long the same rows take as bare statements, their keys given; rolled back."""
    with platform_undone() as cursor:
        written.crossed.as_temp_table(cursor, "bench_crossed")
        written.opened.as_temp_table(cursor, "bench_opened")
        written.moves.as_temp_table(cursor, "bench_moves")
        written.events.as_temp_table(cursor, "bench_events")

        def act() -> None:
            cursor.execute(UPDATE_CROSSED)
            cursor.execute(UPDATE_LOANS)
            _insert(cursor, written.opened, "bench_opened")
            _insert(cursor, written.moves, "bench_moves")
            _insert(cursor, written.events, "bench_events")
            cursor.execute(CHECK_NOW)

        return seconds_of(act)


def _insert(cursor: Any, rows: RowFile, source: str) -> None:
    names = ", ".join(f'"{name}"' for name in rows.columns)
    cursor.execute(
        f"INSERT INTO {rows.table} ({names}) SELECT {names} FROM {source}"  # noqa: S608
    )


def measure_sql(
    *, companies: list[Company], on: date, rounds: int, folder: Path
) -> tuple[Pair, int]:
    """Rounds over all lenders in turns; also how many rows of history a night writes."""
    pair, moved = Pair(), 0
    for company in companies:
        written = what_it_writes(company, on, folder)
        moved += sum(1 for _line in written.moves.path.open("rb"))
        in_turns(
            rounds,
            ours=partial(step_seconds, company, on),
            baseline=partial(bare_seconds, written),
            pair=pair,
        )
        written.remove()
    if not moved:
        raise NotAsMeant(f"no case of {len(companies)} lenders moved on {on}")
    return pair, moved


def measure_orm(*, company: Company, on: date, rounds: int) -> tuple[Pair, Pair]:
    """The step against the ORM's way, on one lender: updating every case, and those that move."""
    with in_scope(company):
        scheme = scheme_on(company=company, on=on)
    every, moving = (
        in_turns(
            rounds,
            ours=partial(step_seconds, company, on),
            baseline=partial(orm_seconds, company, on, scheme, only_moving=only_moving),
        )
        for only_moving in (False, True)
    )
    return every, moving


def orm_seconds(company: Company, on: date, scheme: Scheme, *, only_moving: bool) -> float:
    """How long the usual way takes, on the role without policies; rolled back."""
    with platform_undone() as cursor:

        def act() -> None:
            _age_objects(company, on, scheme, only_moving=only_moving)
            _enter_objects(company, on, scheme)
            cursor.execute(CHECK_NOW)

        return seconds_of(act)


def _stand(scheme: Scheme, aged_from: date, on: date) -> tuple[int | None, date | None]:
    """The bucket of a case, and when it crosses into the next."""
    days = (on - aged_from).days
    for rung in scheme.rungs:
        band: Band = rung.band
        if band.lower <= days and (band.upper is None or days <= band.upper):
            upper = band.upper
            return rung.bucket_id, None if upper is None else aged_from + timedelta(upper + 1)
    return None, None


def _age_objects(company: Company, on: date, scheme: Scheme, *, only_moving: bool) -> None:
    updated, moves = [], []
    for case in Case.objects.db_manager(PLATFORM).filter(owner=company, closed_on=None):
        bucket_id, next_on = _stand(scheme, case.aged_from, on)
        if bucket_id != case.bucket_id:
            moves.append(_move(case, on, case.bucket_id, bucket_id, BucketMove.Why.AGING))
            case.bucket_id, case.next_bucket_on = bucket_id, next_on
        elif only_moving:
            continue
        updated.append(case)
    cases = Case.objects.db_manager(PLATFORM)
    cases.bulk_update(updated, ["bucket", "next_bucket_on"], batch_size=BATCH)
    BucketMove.objects.db_manager(PLATFORM).bulk_create(moves, batch_size=BATCH)


def _enter_objects(company: Company, on: date, scheme: Scheme) -> None:
    loans = list(
        Loan.objects.db_manager(PLATFORM)
        .filter(owner=company, in_collections=False, outstanding__gt=0, due_date__lte=on)
        .select_related("borrower")
    )
    cases = [_case(loan, on, scheme) for loan in loans]
    for loan in loans:
        loan.in_collections = True
    Loan.objects.db_manager(PLATFORM).bulk_update(loans, ["in_collections"], batch_size=BATCH)
    Case.objects.db_manager(PLATFORM).bulk_create(cases, batch_size=BATCH)
    BucketMove.objects.db_manager(PLATFORM).bulk_create(
        [_move(case, on, None, case.bucket_id, BucketMove.Why.ENTRY) for case in cases],
        batch_size=BATCH,
    )
    CaseEvent.objects.db_manager(PLATFORM).bulk_create(
        [
            CaseEvent(
                owner_id=company.pk,
                case_id=case.pk,
                company_id=company.pk,
                kind="opened",
                data={"on": case.opened_on.isoformat()},
            )
            for case in cases
        ],
        batch_size=BATCH,
    )


def _case(loan: Loan, on: date, scheme: Scheme) -> Case:
    bucket_id, next_on = _stand(scheme, loan.due_date, on)
    return Case(
        owner_id=loan.owner_id,
        loan_id=loan.pk,
        borrower_id=loan.borrower_id,
        loan_no=loan.loan_no,
        borrower_name=loan.borrower.name,
        phone_mask=loan.borrower.phone_mask,
        product=loan.product,
        channel=loan.channel,
        outstanding=loan.outstanding,
        due_date=loan.due_date,
        aged_from=loan.due_date,
        bucket_id=bucket_id,
        next_bucket_on=next_on,
        opened_on=loan.due_date,
    )


def _move(
    case: Case, on: date, from_bucket: int | None, to_bucket: int | None, why: str
) -> BucketMove:
    return BucketMove(
        owner_id=case.owner_id,
        case_id=case.pk,
        on_date=on,
        dpd=(on - case.aged_from).days,
        from_bucket_id=from_bucket,
        to_bucket_id=to_bucket,
        why=why,
    )
