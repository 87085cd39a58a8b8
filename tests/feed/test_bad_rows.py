"""Bad input row by row: the line, the column, the value and the reason; the others go in."""

import resource
import time
from pathlib import Path

import pytest

from cases.feed.faults import MESSAGES
from cases.feed.reasons import SHORT_REASONS
from cases.feed.results import reason_of
from cases.models import ImportReject, ImportRun, Loan
from tenancy.scope import company_scope
from tests.feed.files import Feeding, counts, loan, loans

pytestmark = pytest.mark.django_db

CELLS = [
    ("principal", "=1+1", "formula"),
    ("principal", "NaN", "not_plain_decimal"),
    ("principal", "inf", "not_plain_decimal"),
    ("principal", "-300.00", "negative"),
    ("principal", "9" * 30, "out_of_range"),
    ("principal", "1e5", "not_plain_decimal"),
    ("penalty", "12,5.00", "not_plain_decimal"),
    ("penalty", "１２８.５０", "full_width_digits"),
    ("fee", "86.005", "too_many_places"),
    ("interest", "四百一十二", "not_plain_decimal"),
    ("due_date", "2026-02-29", "date_missing"),
    ("due_date", "11/02/2026", "date_format"),
    ("due_date", "", "required"),
    ("borrower_no", "", "required"),
    ("collection_score", "1001", "out_of_range"),
    ("timezone", "Mars/Olympus", "bad_zone"),
]


def test_each_bad_cell_is_rejected_alone(feeding: Feeding) -> None:
    rows = [loan(n, **{column: value}) for n, (column, value, _code) in enumerate(CELLS)]
    run = feeding.send("loans", "2026-03-05", *rows, loan(99, due_date="2024-02-29"))
    assert counts(run) == (1, 0, 0, len(CELLS))
    assert feeding.rejects(run) == [(n, c, code) for n, (c, _v, code) in enumerate(CELLS, 2)]
    with company_scope(feeding.company):
        found = ImportReject.objects.filter(run=run).order_by("line")
        assert [reject.value for reject in found] == [value for _c, value, _code in CELLS]
        assert all(reason_of(reject) for reject in found)
        assert Loan.objects.get().loan_no == "L99"


def test_numbers_and_names_of_people_are_masked_where_a_row_is_refused(feeding: Feeding) -> None:
    run = feeding.send(
        "loans",
        "2026-03-05",
        loan(1, phone="1380013800x"),
        loan(2, id_no="=110101199001011234"),
        loan(3, borrower_name="王" * 130),
    )
    with company_scope(feeding.company):
        values = list(ImportReject.objects.filter(run=run).order_by("line").values_list("value"))
    assert values == [("138****800x",), ("=11****1234",), ("王**",)]
    text = loans(loan(1)).replace("13800138000", '13800138000",x"')
    run = feeding.send_text("loans", "2026-03-05", text)
    with company_scope(feeding.company):
        value = ImportReject.objects.get(run=run).value
    assert "0013800" not in value
    assert "19900101" not in value


def test_a_megabyte_in_a_cell_costs_its_row_only(feeding: Feeding) -> None:
    run = feeding.send("loans", "2026-03-05", loan(1, product="x" * 2**20), loan(2))
    assert (counts(run), feeding.rejects(run)) == ((1, 0, 0, 1), [(2, "product", "too_long")])
    with company_scope(feeding.company):
        assert len(ImportReject.objects.get(run=run).value) == 200


def test_what_postgresql_cannot_store_does_not_stop_the_others(feeding: Feeding) -> None:
    rows = loans(loan(1, product="a\\N\\x01b"), loan(2, product="tab\there"), loan(3))
    run = feeding.send_text("loans", "2026-03-05", rows)
    assert feeding.rejects(run) == [(3, "product", "control_characters")]
    with company_scope(feeding.company):
        assert Loan.objects.get(loan_no="L1").product == "a\\N\\x01b"


def test_two_hundred_thousand_bad_rows(feeding: Feeding, tmp_path: Path) -> None:
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    head, good = loans(loan(1)).splitlines()
    bad = good.replace("1000.00", "much").replace("L1,B1", "L{n},B{n}")
    lines = (bad.format(n=n) for n in range(2, 200_002))
    text = "\n".join([head, good, *lines])
    run = feeding.send_text("loans", "2026-03-05", text)
    assert (run.state, counts(run)) == (ImportRun.State.DONE, (1, 0, 0, 200_000))
    with company_scope(feeding.company):
        assert ImportReject.objects.filter(run=run).count() == 200_000
        last = ImportReject.objects.filter(run=run).latest("line")
    assert (last.line, last.key, last.value) == (200_002, "L200001", "much")
    assert time.monotonic() - began < 120
    # The test's own text is most of it; ru_maxrss is in kilobytes.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024


def test_every_fault_of_a_row_has_short_words() -> None:
    of_files = {"empty", "unknown_format", "old_excel", "not_utf8", "nul_bytes", "no_header"}
    of_files |= {"wrong_delimiter", "missing_columns", "duplicate_columns", "broken_xlsx"}
    of_files |= {"unreadable_xlsx"}
    of_files |= {"too_large_unpacked", "too_many_rows", "no_rows", "strict", "not_a_lender"}
    of_files |= {"not_by_statement"}
    of_files |= {"future_date", "busy", "no_file"}
    assert set(SHORT_REASONS) == set(MESSAGES) - of_files
