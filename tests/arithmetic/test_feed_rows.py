"""Rows of the feed: what is taken, in which form, and every reason for refusing one."""

import json
import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.feed.faults import MESSAGES, VALUE_LENGTH, Fault, FileRefused, fault_sentence
from cases.feed.rows import (
    CONTACTS,
    INSTALMENTS,
    KINDS,
    LOANS,
    REPAYMENTS,
    FeedKind,
    ParsedRow,
    RowReader,
    judge_header,
    row_digest,
)

LOAN = {
    "loan_no": "LN1001",
    "borrower_no": "B77",
    "due_date": "2026-03-01",
    "principal": "1000.00",
    "interest": "38.25",
    "fee": "20.00",
    "penalty": "45.30",
}
REPAYMENT = {
    "repayment_no": "R1",
    "loan_no": "LN1001",
    "paid_at": "2026-03-10 10:15",
    "amount": "300.00",
}
CONTACT = {"borrower_no": "B77", "relation": "spouse", "phone": "13800138000"}


def read(
    kind: FeedKind, cells: dict[str, str], zone: str = "Asia/Shanghai"
) -> dict[str, str | None] | list[Fault]:
    row = RowReader(kind, list(cells), zone).read(list(cells.values()))
    return row if isinstance(row, list) else dict(zip(kind.staging, row, strict=True))


def taken(kind: FeedKind, cells: dict[str, str], zone: str = "Asia/Shanghai") -> ParsedRow:
    row = RowReader(kind, list(cells), zone).read(list(cells.values()))
    assert isinstance(row, tuple), row
    return row


def value(kind: FeedKind, cells: dict[str, str], column: str) -> str | None:
    return taken(kind, cells)[kind.staging.index(column)]


def codes(kind: FeedKind, cells: dict[str, str]) -> dict[str, str]:
    """The code of each fault, by column."""
    faults = read(kind, cells)
    assert isinstance(faults, list), faults
    for fault in faults:
        assert fault_sentence(fault)
        assert "%(" not in fault_sentence(fault)
    return {fault.column: fault.code for fault in faults}


def test_a_row_comes_out_in_staging_order_whatever_the_order_of_columns() -> None:
    full = {
        **LOAN, "attr.housing": "rent", "borrower_name": "张伟", "attr.age_band": "26-35",
        "id_no": "11010119900307123X", "phone": "+86 138-0013 8000", "product": "cash",
        "channel": "app", "region": "上海", "loan_amount": "5000", "disbursed_on": "2025-12-01",
        "collection_score": "650", "lost_contact_score": "0", "timezone": "Asia/Urumqi",
    }  # fmt: skip
    row = taken(LOANS, full)
    assert row == (
        "LN1001", "B77", "张伟", "11010119900307123X", "+8613800138000", "cash", "app", "上海",
        "5000.00", "2025-12-01", "2026-03-01", "1000.00", "38.25", "20.00", "45.30",
        "650", "0", "Asia/Urumqi", '{"age_band":"26-35","housing":"rent"}',
    )  # fmt: skip
    backwards = dict(reversed(full.items()))
    assert taken(LOANS, backwards) == row


def test_what_is_not_given_is_unknown() -> None:
    row = read(LOANS, {**LOAN, "phone": "", "product": "  "})
    assert isinstance(row, dict)
    assert {name for name, known in row.items() if known is not None} == {*LOAN, "attrs"}
    assert row["attrs"] == "{}"


@pytest.mark.parametrize("column", list(LOAN))
def test_each_required_cell_is_required(column: str) -> None:
    assert codes(LOANS, {**LOAN, column: " "}) == {column: "required"}


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("0", "0.00"), ("0.00", "0.00"), ("-0.00", "0.00"), ("12", "12.00"), ("12.5", "12.50"),
        ("007.10", "7.10"), (".5", "0.50"), (" 3.25 ", "3.25"), ("\u00a03.25", "3.25"),
        ("9999999999999999.99", "9999999999999999.99"),
    ],
)  # fmt: skip
def test_money_is_taken_in_one_form(cell: str, amount: str) -> None:
    assert value(LOANS, {**LOAN, "principal": cell}, "principal") == amount


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("NaN", "not_plain_decimal"), ("Infinity", "not_plain_decimal"),
        ("1e5", "not_plain_decimal"), ("1,000.00", "not_plain_decimal"),
        ("¥100", "not_plain_decimal"), ("1 000", "not_plain_decimal"), (".", "not_plain_decimal"),
        ("5.", "not_plain_decimal"), ("--5", "not_plain_decimal"), ("N/A", "not_plain_decimal"),
        ("１２３.００", "full_width_digits"), ("٣", "full_width_digits"),
        ("1.234", "too_many_places"), ("1.000", "too_many_places"),
        ("-0.01", "negative"), ("-500", "negative"),
        ("10000000000000000", "out_of_range"), ("9" * 30, "out_of_range"),
        ("=1+1", "formula"), ("+5", "formula"), ("@SUM(A1)", "formula"), ("＝1", "formula"),
        ("1\x002", "control_characters"), ("1\u200b2", "control_characters"),
        ("1" * 1_000_000, "too_long"), (" " * 1_000_000 + "1", "too_long"),
    ],
)  # fmt: skip
def test_what_is_no_amount(cell: str, code: str) -> None:
    assert codes(LOANS, {**LOAN, "fee": cell}) == {"fee": code}


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2026-02-29", "date_missing"), ("2026-13-01", "date_missing"),
        ("0000-01-01", "date_missing"), ("2026-3-1", "date_format"), ("01/03/2026", "date_format"),
        ("20260301", "date_format"), ("2026-W10-1", "date_format"), ("46082", "date_format"),
        ("2026-03-01 00:00:00", "date_format"), ("2026-03-01T00:00", "date_format"),
        ("２０２６-０３-０１", "full_width_digits"), ("=TODAY()", "formula"),
        ("0206-03-01", "out_of_range"), ("9999-12-31", "out_of_range"),
    ],
)  # fmt: skip
def test_what_is_no_date(cell: str, code: str) -> None:
    assert codes(LOANS, {**LOAN, "due_date": cell}) == {"due_date": code}


def test_a_leap_day_is_a_day() -> None:
    assert value(LOANS, {**LOAN, "due_date": "2028-02-29"}, "due_date") == "2028-02-29"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("=cmd|' /C calc'!A0", "formula"), ("+1", "formula"), ("@x", "formula"),
        ("L" * 65, "too_long"), ("LN\t1", "control_characters"), ("LN\n1", "control_characters"),
        ("LN\u200b1", "control_characters"), ("LN\u30001", "control_characters"),
        ("LN１", "full_width_digits"),
        ("LN\u202e1", "control_characters"), ("LN\ud8001", "control_characters"),
    ],
)  # fmt: skip
def test_what_is_no_identifier(cell: str, code: str) -> None:
    assert codes(LOANS, {**LOAN, "loan_no": cell}) == {"loan_no": code}


@pytest.mark.parametrize("cell", ["L" * 64, "贷-2026-001", "a b", "-1", "#7", "LN:1"])
def test_what_is_an_identifier(cell: str) -> None:
    assert value(LOANS, {**LOAN, "loan_no": f" {cell} "}, "loan_no") == cell


def test_a_name_may_begin_with_anything_but_holds_nothing_hidden() -> None:
    for cell in ("=cmd", "@li", "欧阳　娜娜", "O'Brien", "𠮷野", "N" * 120):
        assert value(LOANS, {**LOAN, "borrower_name": cell}, "borrower_name") == cell
    assert codes(LOANS, {**LOAN, "borrower_name": "N" * 121}) == {"borrower_name": "too_long"}
    for cell in ("a\x00b", "a\u202eb", "a\nb", "a\x1bb"):
        assert codes(LOANS, {**LOAN, "borrower_name": cell}) == {
            "borrower_name": "control_characters"
        }


@pytest.mark.parametrize(
    ("cell", "digits"),
    [
        ("13800138000", "13800138000"), ("+86 138 0013-8000", "+8613800138000"),
        ("(021) 5555—1234", "02155551234"), ("12345", "12345"), ("- ", None), ("", None),
    ],
)  # fmt: skip
def test_phones_lose_what_separates_their_digits(cell: str, digits: str | None) -> None:
    assert value(LOANS, {**LOAN, "phone": cell}, "phone") == digits


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1234", "bad_phone"), ("1" * 21, "bad_phone"), ("138****8000", "bad_phone"),
        ("13800138000/13900139000", "bad_phone"), ("13800138000.0", "bad_phone"),
        ("86+138001380", "bad_phone"), ("１３８００１３８０００", "full_width_digits"),
        ("=1380013800", "formula"), ("1" * 1001, "too_long"),
    ],
)  # fmt: skip
def test_what_is_no_phone(cell: str, code: str) -> None:
    assert codes(LOANS, {**LOAN, "phone": cell}) == {"phone": code}


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1001", "out_of_range"), ("-1", "negative"), ("612.5", "not_whole_number"),
        ("high", "not_whole_number"), ("９", "full_width_digits"), ("9" * 900, "out_of_range"),
    ],
)  # fmt: skip
def test_what_is_no_score(cell: str, code: str) -> None:
    assert codes(LOANS, {**LOAN, "collection_score": cell}) == {"collection_score": code}


def test_a_score_runs_from_0_to_1000() -> None:
    for cell, score in {"0": "0", "1000": "1000", "0650": "650", "-0": "0"}.items():
        assert value(LOANS, {**LOAN, "collection_score": cell}, "collection_score") == score


def test_a_zone_must_exist() -> None:
    assert value(LOANS, {**LOAN, "timezone": "Africa/Lagos"}, "timezone") == "Africa/Lagos"
    for cell in ("Shanghai", "asia/shanghai", "GMT+8:00", "../etc/passwd", "UTC+8"):
        assert codes(LOANS, {**LOAN, "timezone": cell}) == {"timezone": "bad_zone"}


def test_labels_of_the_lenders_own() -> None:
    cells = {**LOAN, "attr.job": 'a "quoted" \\ one', "ATTR.Pet": "狗", "attr.none": ""}
    attrs = json.loads(value(LOANS, cells, "attrs") or "")
    assert attrs == {"job": 'a "quoted" \\ one', "Pet": "狗"}
    assert codes(LOANS, {**LOAN, "attr.job": "x" * 201}) == {"attr.job": "too_long"}
    assert codes(LOANS, {**LOAN, "product": "x" * 65}) == {"product": "too_long"}


def test_every_fault_of_a_row_is_told_with_the_value_as_it_stood() -> None:
    row = read(LOANS, {**LOAN, "fee": "x" * 999, "due_date": "soon", "loan_no": ""})
    assert row == [
        Fault("loan_no", "", "required"),
        Fault("due_date", "soon", "date_format"),
        Fault("fee", "x" * VALUE_LENGTH, "not_plain_decimal"),
    ]


def test_cells_must_fit_the_header() -> None:
    reader = RowReader(LOANS, list(LOAN), "UTC")
    cells = list(LOAN.values())
    assert isinstance(reader.read([*cells, "", ""]), tuple)
    for wrong in (cells[:-1], [*cells, "", "x"]):
        faults = reader.read(wrong)
        assert isinstance(faults, list)
        assert [f.code for f in faults] == ["wrong_cell_count"]
        assert faults[0].params == {"found": len(wrong), "expected": 7}
        assert faults[0].value.startswith("LN1001,B77,")


def test_a_header_is_judged() -> None:
    verdict = judge_header(
        LOANS, [" Loan_No", "due_date", "colour", "", "attr.", "attr.a", "attr.a", "due_date"]
    )
    assert verdict.places == {"loan_no": 0, "due_date": 7}
    assert verdict.attrs == {"a": 6}
    assert verdict.unknown == ("colour",)
    assert verdict.unusable_attrs == ("attr.",)
    assert verdict.missing == ("borrower_no", "principal", "interest", "fee", "penalty")
    assert verdict.duplicates == ("due_date", "attr.a")
    with pytest.raises(FileRefused, match=r"^Required columns are missing: borrower_no, "):
        verdict.refuse_if_unusable()
    with pytest.raises(FileRefused, match=r"^Columns occur twice: fee\.$"):
        RowReader(LOANS, [*LOAN, "fee"], "UTC")


def test_at_most_forty_labels_with_names_of_at_most_forty_characters() -> None:
    titles = [*LOAN, *(f"attr.{n:02}" for n in range(42)), "attr." + "n" * 41]
    verdict = judge_header(LOANS, titles)
    assert len(verdict.attrs) == 40
    assert verdict.unusable_attrs == ("attr.40", "attr.41", "attr." + "n" * 41)
    assert judge_header(CONTACTS, ["attr.x"]).unknown == ("attr.x",)


def test_an_instalment() -> None:
    cells = {
        "loan_no": "L1", "seq": "012", "due_date": "2026-03-01", "principal": "10",
        "interest": "0", "fee": "0", "penalty": "0",
    }  # fmt: skip
    assert taken(INSTALMENTS, cells)[:4] == ("L1", "12", "2026-03-01", "10.00")
    assert codes(INSTALMENTS, {**cells, "seq": "10000", "fee": ""}) == {
        "seq": "out_of_range",
        "fee": "required",
    }


@pytest.mark.parametrize(
    ("cell", "code"),
    [("本人", "self"), ("丈夫", "spouse"), ("Parent", "parent"), ("儿子", "relative"),
     ("老板", "colleague"), ("同学", "friend"), ("紧急联系人", "emergency"), ("其他", "other")],
)  # fmt: skip
def test_relations_fold_into_their_codes(cell: str, code: str) -> None:
    assert value(CONTACTS, {**CONTACT, "relation": cell}, "relation") == code


def test_a_contact_needs_a_number_and_a_known_relation() -> None:
    assert codes(CONTACTS, {**CONTACT, "relation": "boss", "phone": ""}) == {
        "relation": "bad_relation",
        "phone": "required",
    }
    assert value(CONTACTS, {**CONTACT, "source": "进件"}, "source") == "application"
    assert value(CONTACTS, {**CONTACT, "source": "CRM 2"}, "source") == "CRM 2"


@pytest.mark.parametrize(
    ("zone", "cell", "moment"),
    [
        ("Asia/Shanghai", "2026-03-10T10:15:30+08:00", "2026-03-10 02:15:30+00:00"),
        ("Asia/Shanghai", "2026-03-10 02:15Z", "2026-03-10 02:15:00+00:00"),
        ("Asia/Shanghai", "2026-03-10 10:15:30.250", "2026-03-10 02:15:30.250000+00:00"),
        ("Asia/Shanghai", "2026-03-10 10:15:30 +0530", "2026-03-10 04:45:30+00:00"),
        ("Africa/Lagos", "2017-01-31 23:59:59", "2017-01-31 22:59:59+00:00"),
        ("Africa/Lagos", "2017-01-31", "2017-01-30 23:00:00+00:00"),
        # New York skips 02:00–03:00: read as if the clocks had not moved yet, it is 03:30 EDT
        ("America/New_York", "2026-03-08 02:30", "2026-03-08 07:30:00+00:00"),
        # and passes 01:00–02:00 twice: the earlier one, still EDT
        ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30:00+00:00"),
        # In Cairo midnight itself is skipped; the day stays the same
        ("Africa/Cairo", "2026-04-24", "2026-04-23 22:00:00+00:00"),
    ],
)
def test_moments_with_a_zone_or_in_the_lenders(zone: str, cell: str, moment: str) -> None:
    row = taken(REPAYMENTS, {**REPAYMENT, "paid_at": cell}, zone)
    assert row[REPAYMENTS.staging.index("paid_at")] == moment
    if "+" not in cell and "Z" not in cell:
        local = datetime.fromisoformat(moment).astimezone(ZoneInfo(zone))
        assert local.date() == date.fromisoformat(cell[:10])


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2026-02-29 10:00", "date_missing"), ("2026-03-10 25:00", "bad_datetime"),
        ("2026-03-10 10:00:60", "bad_datetime"), ("10.03.2026 10:00", "bad_datetime"),
        ("2026-03-10 10:00 CST", "bad_datetime"), ("1773108000", "bad_datetime"),
        ("2026-03-10 10:00+99:00", "bad_datetime"), ("0026-03-10 10:00", "out_of_range"),
    ],
)  # fmt: skip
def test_what_is_no_moment(cell: str, code: str) -> None:
    assert codes(REPAYMENTS, {**REPAYMENT, "paid_at": cell}) == {"paid_at": code}


def test_a_split_must_add_up_and_what_is_missing_in_it_is_zero() -> None:
    row = read(REPAYMENTS, {**REPAYMENT, "penalty": "60", "principal": "240.00", "fee": ""})
    assert isinstance(row, dict)
    split = [row[name] for name in ("principal", "interest", "fee", "penalty")]
    assert split == ["240.00", "0.00", "0.00", "60.00"]
    faults = read(REPAYMENTS, {**REPAYMENT, "penalty": "60", "principal": "239.99"})
    params: dict[str, str | int] = {"total": "299.99", "amount": "300.00"}
    assert faults == [Fault("amount", "300.00", "split_mismatch", params)]
    assert taken(REPAYMENTS, REPAYMENT)[4:8] == (None,) * 4


def test_a_repayment_is_more_than_nothing_and_does_not_reverse_itself() -> None:
    assert codes(REPAYMENTS, {**REPAYMENT, "amount": "0.00"}) == {"amount": "zero_amount"}
    assert codes(REPAYMENTS, {**REPAYMENT, "amount": "-1"}) == {"amount": "negative"}
    assert codes(REPAYMENTS, {**REPAYMENT, "reverses": "R1"}) == {"reverses": "reverses_itself"}
    assert value(REPAYMENTS, {**REPAYMENT, "reverses": "R0"}, "reverses") == "R0"


def test_a_digest_changes_with_any_value_and_with_nothing_else() -> None:
    row = taken(LOANS, LOAN)
    assert len(row_digest(row)) == 16
    assert row_digest(row) == row_digest(list(taken(LOANS, {**LOAN, "fee": "20"})))
    assert row_digest(row) != row_digest(taken(LOANS, {**LOAN, "fee": "20.01"}))
    assert row_digest((None, "a")) != row_digest(("a", None))
    keyed = row_digest(row, key=b"secret")
    assert len({row_digest(row), keyed, row_digest(row, key=b"other")}) == 3
    assert keyed == row_digest(row, key=b"secret")


def test_every_sentence_can_be_built() -> None:
    for code, message in MESSAGES.items():
        names = re.findall(r"%\((\w+)\)s", message)
        fault = Fault("c", "v", code, dict.fromkeys(names, "x"))
        assert fault_sentence(fault).endswith(".")
        assert fault_sentence(fault, lambda text: f"<{text}>") == f"<{fault_sentence(fault)}>"


cells = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="0123456789.-+=@ １\x00\u200b", max_size=25),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.dates().map(str),
    st.datetimes().map(str),
    st.sampled_from(["self", "本人", "Asia/Shanghai", "13800138000"]),
)


@given(kind=st.sampled_from(list(KINDS.values())), data=st.data())
def test_any_cells_give_a_row_that_reads_the_same_again_or_faults(
    kind: FeedKind, data: st.DataObject
) -> None:
    header = [column.name for column in kind.columns] + ["attr.x"] * kind.takes_attrs
    reader = RowReader(kind, header, "Asia/Shanghai")
    row = reader.read([data.draw(cells, label=name) for name in header])
    if isinstance(row, list):
        assert row
        for fault in row:
            assert fault_sentence(fault)
        return
    for column, found in zip(kind.columns, row, strict=False):
        assert not (column.required and found is None)
        assert found is None or (found and len(found) <= column.limit)
        assert not {"Cc", "Cs"} & {unicodedata.category(char) for char in found or ""}
    again = [found or "" for found in row[: len(kind.columns)]]
    if kind.takes_attrs:
        again.append(json.loads(row[-1] or "").get("x", ""))
    assert reader.read(again) == row


@given(cell=st.from_regex(r"-?[0-9]{0,18}(\.[0-9]{0,3})?", fullmatch=True))
def test_money_keeps_its_value(cell: str) -> None:
    row = read(LOANS, {**LOAN, "interest": cell})
    if isinstance(row, dict):
        amount = row["interest"]
        assert amount is not None
        assert Decimal(amount) == Decimal(cell)
        assert re.fullmatch(r"(0|[1-9][0-9]*)\.[0-9]{2}", amount)
