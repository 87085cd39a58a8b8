"""Feed files: what refuses a whole file, what costs one row, and what does not matter."""

import csv
import io
import re
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from openpyxl.styles import numbers

from cases.feed import files, workbook
from cases.feed.faults import Fault, FileRefused
from cases.feed.files import open_feed
from cases.feed.rows import CONTACTS, INSTALMENTS, LOANS, REPAYMENTS, FeedKind

HEADER = "loan_no,borrower_no,due_date,principal,interest,fee,penalty"
GOOD = "LN{n},B{n},2026-03-01,1000.00,0.00,0.00,0.00"

Write = Callable[[bytes | str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: bytes | str) -> Path:
        path = tmp_path / "feed.dat"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


def rows(path: Path, kind: FeedKind = LOANS, after_line: int = 0) -> list[tuple[int, object]]:
    """Line and loan number of each good row, line and codes of each bad one."""
    found: list[tuple[int, object]] = []
    with open_feed(path, kind) as feed:
        for line, row in feed.read(company_zone="UTC", after_line=after_line):
            if isinstance(row, tuple):
                found.append((line, row[0]))
            else:
                found.append((line, [f"{fault.column}:{fault.code}" for fault in row]))
    return found


def refusal(path: Path, kind: FeedKind = LOANS) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        rows(path, kind)
    assert str(caught.value).endswith(".")
    return caught.value


def lines(*numbers: int) -> str:
    return "".join(GOOD.format(n=n) + "\n" for n in numbers)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_csv_with_or_without_a_byte_order_mark(write: Write, mark: bytes, newline: str) -> None:
    text = f"{HEADER}\n{lines(1, 2)}".replace("\n", newline)
    assert rows(write(mark + text.encode())) == [(2, "LN1"), (3, "LN2")]


def test_a_file_without_rows_is_a_quiet_day(write: Write) -> None:
    assert rows(write(HEADER)) == []


@pytest.mark.parametrize("content", [b"", b"\n\n \n", b"\xef\xbb\xbf", b",,,\n,,\n"])
def test_an_empty_file(write: Write, content: bytes) -> None:
    assert refusal(write(content)).code == "empty"


def test_another_encoding_is_refused_before_any_row(write: Write) -> None:
    good = f"{HEADER}\n{lines(*range(40_000))}".encode()
    refused = refusal(write(good + "LN9,张伟".encode("gb18030") + b"\n"))
    assert (refused.code, refused.params) == ("not_utf8", {"line": 40_002, "offset": len(good) + 4})
    assert refusal(write(HEADER.encode("utf-16"))).params == {"line": 1, "offset": 0}
    cut = refusal(write(f"{HEADER}\n张".encode()[:-1]))
    assert cut.params == {"line": 2, "offset": len(HEADER) + 1}


def test_the_place_is_right_when_a_character_spans_two_reads(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "CHUNK", 3)
    assert rows(write(f"{HEADER},region\n{GOOD.format(n=1)},上海\n")) == [(2, "LN1")]
    head = f"{HEADER}\n张"
    broken = refusal(write(head.encode() + b"\xe5\xbc\n"))
    assert broken.params == {"line": 2, "offset": len(head.encode())}


def test_zero_bytes_are_no_text(write: Write) -> None:
    refused = refusal(write(f"{HEADER}\n{lines(1)}LN\x002,"))
    assert (refused.code, refused.params) == ("nul_bytes", {"line": 3})
    assert refusal(write(HEADER.encode("utf-16-le"))).code == "nul_bytes"


def test_a_file_needs_its_header(write: Write) -> None:
    assert refusal(write(lines(1, 2))).code == "no_header"
    assert refusal(write('"' + HEADER)).code == "no_header"
    assert refusal(write(HEADER.replace(",", ";") + "\n1;2")).code == "wrong_delimiter"
    assert refusal(write(HEADER.replace(",", "\t"))).code == "wrong_delimiter"
    missing = refusal(write(HEADER.replace(",fee", "").replace("loan_no,", "")))
    assert str(missing) == "Required columns are missing: loan_no, fee."
    assert refusal(write(HEADER + ",Fee ")).code == "duplicate_columns"


def test_commas_at_the_end_of_the_header_are_no_columns(write: Write) -> None:
    path = write(f"{HEADER},, \n{lines(1)}{GOOD.format(n=2)},,\n")
    assert rows(path) == [(2, "LN1"), (3, "LN2")]


def test_unknown_columns_are_reported_and_ignored(write: Write) -> None:
    path = write(f"\n{HEADER},colour,attr.job\n{GOOD.format(n=1)},{'x' * 2000},cook\n")
    with open_feed(path, LOANS) as feed:
        assert feed.verdict.unknown == ("colour",)
        ((line, row),) = feed.read(company_zone="UTC")
    assert line == 3
    assert isinstance(row, tuple)
    assert row[-1] == '{"job":"cook"}'


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "old_excel"),
        (b"\x1f\x8b\x08", "unknown_format"),
        (b"%PDF-1.7", "unknown_format"),
        (b"PK\x05\x06" + b"\0" * 18, "unknown_format"),
        (b"PK\x03\x04 and no more", "unreadable_xlsx"),
    ],
)
def test_other_formats(write: Write, head: bytes, code: str) -> None:
    assert refusal(write(head)).code == code


def test_a_bad_row_costs_itself_alone(write: Write) -> None:
    content = "\n".join(
        [
            HEADER,
            GOOD.format(n=1),
            "LN2,B2,2026-02-29,-1,0,0,NaN",
            "",
            "LN3,B3,2026-03-01",
            ",,,,,,",
            '"LN4"x,B4,2026-03-01,1,0,0,0',
            "=cmd,B5,2026-03-01,1,0,0,0,",
            GOOD.format(n=6) + ",,",
            "LN7," + "x" * 1_000_000 + ",2026-03-01,1,0,0,0",
            GOOD.format(n=8),
        ]
    )
    assert rows(write(content)) == [
        (2, "LN1"),
        (3, ["due_date:date_missing", "principal:negative", "penalty:not_plain_decimal"]),
        (5, [":wrong_cell_count"]),
        (7, [":bad_quoting"]),
        (8, ["loan_no:formula"]),
        (9, "LN6"),
        (10, ["borrower_no:too_long"]),
        (11, "LN8"),
    ]


def test_a_quotation_mark_that_is_never_closed_costs_one_row(write: Write) -> None:
    stray = 'LN5,"B5,2026-03-01,1,0,0,0\n'
    after = list(range(6, 306))
    path = write(f"{HEADER}\n{lines(1)}{stray}{lines(*after)}")
    expected = [(2, "LN1"), (3, [":quote_unclosed"]), *((n - 2, f"LN{n}") for n in after)]
    assert rows(path) == expected
    assert rows(write(f"{HEADER}\n{stray}{stray}{lines(7)}{stray}")) == [
        (2, [":quote_unclosed"]),
        (3, [":quote_unclosed"]),
        (4, "LN7"),
        (5, [":quote_unclosed"]),
    ]


def test_a_row_is_known_by_the_line_on_which_it_begins(write: Write) -> None:
    two_lines = '"LN2","B2",2026-03-01,1,0,0,0,"first\nsecond, ""quoted"""\n'
    path = write(f"{HEADER},remark\n{lines(1)}{two_lines}{GOOD.format(n=3)},x\n")
    assert rows(path) == [(2, [":wrong_cell_count"]), (3, "LN2"), (5, "LN3")]


def test_reading_goes_on_after_a_line(write: Write) -> None:
    path = write(f"{HEADER}\n{lines(1, 2, 3)}")
    assert rows(path, after_line=3) == [(4, "LN3")]
    with open_feed(path, LOANS) as feed:
        assert [line for line, _ in feed.rows()] == [2, 3, 4]
        assert [line for line, _ in feed.rows(after_line=2)] == [3, 4]


def test_a_line_beyond_all_measure_costs_itself(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LINE_LIMIT", 200)
    long, stray = "L" * 201, 'L,"\n'
    first = f"{HEADER}\n{long}\n{lines(1)}{long * 9}\r\n{lines(2)}"
    path = write(f"{first}{stray}{long * 2}\n{lines(3)}")
    assert rows(path) == [
        (2, [":row_too_long"]),
        (3, "LN1"),
        (4, [":row_too_long"]),
        (5, "LN2"),
        (6, [":quote_unclosed"]),
        (7, [":row_too_long"]),
        (8, "LN3"),
    ]


def test_memory_does_not_grow_with_the_file_or_its_faults(write: Write) -> None:
    bad = 'LN1,"B1,2026-02-30,x,-1,=cmd,9\n' + "LN2,B2,2026-02-30,x,-1,=cmd,9\n" * 3
    path = write(f"{HEADER}\n" + bad * 10_000)
    tracemalloc.start()
    with open_feed(path, LOANS) as feed:
        faults = [0, 0]
        for _line, row in feed.read(company_zone="UTC"):
            faults[0] += 1
            faults[1] += len(row) if isinstance(row, list) else 0
        _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert faults == [40_000, 10_000 + 30_000 * 4]
    assert peak < 8 * 2**20


cell_texts = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r\n\ufeff"), min_size=1, max_size=12
)


@settings(max_examples=60)
@given(table=st.lists(st.lists(cell_texts, min_size=3, max_size=3), max_size=12))
def test_what_a_csv_writer_wrote_is_read_back(
    table: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["borrower_no", "relation", "phone"])
    writer.writerows(table)
    path = tmp_path_factory.mktemp("csv") / "contacts.csv"
    path.write_bytes(text.getvalue().encode())
    with open_feed(path, CONTACTS) as feed:
        assert [cells for _, cells in feed.rows()] == table


@settings(max_examples=300)
@given(tail=st.one_of(st.binary(max_size=80), st.text('a",\n\r', max_size=60).map(str.encode)))
def test_any_bytes_give_rows_or_a_refusal(
    tail: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(f"{HEADER}\n".encode() + tail)
    try:
        found = rows(path)
    except FileRefused as refused:
        event(refused.code)
        return
    numbers = [line for line, _ in found]
    assert numbers == sorted(set(numbers))
    assert all(line > 1 for line in numbers)


def book(tmp_path: Path, *sheet: list[object], styles: dict[str, str] | None = None) -> Path:
    made = openpyxl.Workbook()
    active = made.active
    assert active is not None
    for row in sheet:
        active.append(row)
    for place, pattern in (styles or {}).items():
        active[place].number_format = pattern
    made.create_sheet("second").append(["not", "read"])
    path = tmp_path / "feed.xlsx"
    made.save(path)
    return path


def sheet(path: Path) -> list[list[str]]:
    with workbook.Workbook(path) as opened:
        return [cells for _, cells in opened.rows()]


def cells_of(path: Path, kind: FeedKind) -> list[list[str] | Fault]:
    with open_feed(path, kind) as feed:
        return [cells for _, cells in feed.rows()]


def test_a_workbook_gives_text_without_noise(tmp_path: Path) -> None:
    header: list[object] = ["repayment_no", "loan_no", "paid_at", "amount", "note", "note 2"]
    noon = datetime(2026, 3, 10, 12, 30)  # noqa: DTZ001 (a sheet's times have no zone)
    path = book(
        tmp_path,
        header,
        ["R1", 1001, noon, 0.1 + 0.2, True, time(8, 30)],
        ["R2", 12345678, date(2026, 3, 10), 1234.1, "=cmd", "=SUM(A1:A2)"],
        ["R3", "007", "2026-03-10T10:00Z", 1e-7, 1e21, None],
        [],
        ["R4", None, None, 300],
    )
    assert cells_of(path, REPAYMENTS) == [
        ["R1", "1001", "2026-03-10 12:30:00", "0.3", "true", "0.354166666666667"],
        ["R2", "12345678", "2026-03-10", "1234.1", "=cmd", "=SUM(A1:A2)"],
        ["R3", "007", "2026-03-10T10:00Z", "0.0000001", "1000000000000000000000", ""],
        ["R4", "", "", "300", "", ""],
    ]
    assert rows(path, REPAYMENTS) == [
        (2, "R1"),
        (3, "R2"),
        (4, ["amount:too_many_places"]),
        (6, ["loan_no:required", "paid_at:required"]),
    ]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (numbers.FORMAT_DATE_YYYYMMDD2, "2026-03-01"),
        ('yyyy"年"m"月"d"日"', "2026-03-01"),
        ("[$-804]yyyy/m/d;@", "2026-03-01"),
        ("General", "46082"),
        ('#,##0.00" days"', "46082"),
        ("[Red]0", "46082"),
    ],
)
def test_a_number_is_a_date_where_the_sheet_shows_one(
    tmp_path: Path, pattern: str, text: str
) -> None:
    header: list[object] = ["due_date", "loan_no"]
    path = book(tmp_path, header, [46082], styles={"A2": pattern})
    assert sheet(path) == [header, [text]]


def test_dates_of_the_east_asian_editions_and_of_1904(tmp_path: Path) -> None:
    path = book(tmp_path, ["due_date"], [46082], [59], styles={"A2": "0.0", "A3": "yyyy-mm-dd"})
    assert sheet(path)[1:] == [["46082"], ["59"]]
    asian, mac = tmp_path / "asian.xlsx", tmp_path / "mac.xlsx"
    repacked(path, asian, "xl/styles.xml", with_format_31)
    assert sheet(asian)[1] == ["2026-03-01"]
    repacked(asian, mac, "xl/workbook.xml", with_epoch_1904)
    assert sheet(mac)[1] == ["2030-03-02"]


def with_format_31(styles: bytes) -> bytes:
    """Known to Excel by its number alone: no pattern stands in the file."""
    return re.sub(rb"<numFmts.*</numFmts>", b"", styles).replace(b'"164"', b'"31"')


def with_epoch_1904(settings_part: bytes) -> bytes:
    return settings_part.replace(b"<workbookPr ", b'<workbookPr date1904="1" ')


def repacked(source: Path, target: Path, part: str, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            changed = change(data) if name == part else data
            assert name != part or changed != data
            new.writestr(name, changed)


SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def forged(tmp_path: Path, data: str) -> Path:
    """A workbook whose first sheet has this content below its header."""
    whole = book(tmp_path, ["loan_no", "seq"], ["x"])
    target = tmp_path / "forged.xlsx"
    head = "".join(
        f'<c t="inlineStr"><is><t>{column.name}</t></is></c>' for column in INSTALMENTS.columns
    )
    sheet = f"<worksheet {NAMESPACE}><sheetData><row>{head}</row>{data}</sheetData></worksheet>"
    repacked(whole, target, SHEET, lambda _: sheet.encode())
    return target


def first_cell(path: Path) -> str:
    cells = cells_of(path, INSTALMENTS)[0]
    assert isinstance(cells, list)
    return cells[0]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c t="n"><v>NaN</v></c>', "NaN"),
        ("<c><v>1E999</v></c>", "1E999"),
        ("<c><v>12345678901234567890</v></c>", "12345678901234567890"),
        ("<c><v>1.2300000000000001</v></c>", "1.23"),
        ('<c t="str"><f>A1&amp;"x"</f><v>Ax</v></c>', '=A1&"x"'),
        ('<c t="str"><v>plain</v></c>', "plain"),
        ('<c t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c t="d"><v>2026-03-01T00:00:00</v></c>', "2026-03-01"),
        ('<c t="inlineStr"><is><t>_x0041_</t></is></c>', "A"),
        (
            '<c t="inlineStr"><is><r><t>张</t></r><r><t>伟</t></r><rPh><t>zw</t></rPh></is></c>',
            "张伟",
        ),
        (f'<c t="inlineStr"><is><t>{"x" * 10**6}</t></is></c>', "x" * 10**6),
    ],
)
def test_cells_that_other_programs_write(tmp_path: Path, cell: str, text: str) -> None:
    assert first_cell(forged(tmp_path, f"<row>{cell}<c><v>1</v></c></row>")) == text


def test_hidden_and_zero_characters_become_faults(tmp_path: Path) -> None:
    for escape in ("_x0000_", "_xD800_"):
        cell = f'<c t="inlineStr"><is><t>L{escape}1</t></is></c>'
        ((line, faults),) = rows(forged(tmp_path, f'<row r="7">{cell}</row>'), INSTALMENTS)
        assert line == 7
        assert isinstance(faults, list)
        assert faults[0] == "loan_no:control_characters"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ('<row r="1048577"><c><v>1</v></c></row>', "too_many_rows"),
        ('<row><c r="ZZZZ1"><v>1</v></c></row>', "broken_xlsx"),
        ('<row><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>', "broken_xlsx"),
        ('<row><c t="s"><v>99999</v></c></row>', "broken_xlsx"),
        ('<row><c t="s"><v>-1</v></c></row>', "broken_xlsx"),
        ("<row><c><v>1</v></row>", "broken_xlsx"),
        ('<row r="x"/>', "broken_xlsx"),
    ],
)
def test_damaged_sheets(tmp_path: Path, data: str, code: str) -> None:
    refused = refusal(forged(tmp_path, data), INSTALMENTS)
    assert refused.code == code
    assert "row 0" not in refused.sentence()


def test_bombs_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path, ["loan_no"])
    swelling = f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet {NAMESPACE}/>'
    target = tmp_path / "swelling.xlsx"
    repacked(path, target, SHEET, lambda _: swelling.encode())
    assert refusal(target).code == "unreadable_xlsx"
    monkeypatch.setattr(workbook, "ELEMENT_LIMIT", 2**17)
    endless = forged(tmp_path, f'<row><c t="str"><v>{" " * 2**20}</v></c></row>')
    assert refusal(endless, INSTALMENTS).code == "broken_xlsx"
    monkeypatch.setattr(workbook, "UNPACKED_LIMIT_MB", 0)
    assert refusal(path).code == "too_large_unpacked"


def test_a_zip_without_a_workbook_and_a_cut_one(tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refusal(path).code == "unknown_format"
    whole = book(tmp_path, ["loan_no"])
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(whole.read_bytes()[:-100])
    assert refusal(cut).code == "unreadable_xlsx"


def test_an_empty_workbook_and_one_without_a_header(tmp_path: Path) -> None:
    assert refusal(book(tmp_path)).code == "empty"
    assert refusal(book(tmp_path, ["L1", "B1"])).code == "no_header"
    assert refusal(book(tmp_path, ["loan_no"])).code == "missing_columns"


def test_shared_strings_and_attributes_of_rows_do_not_stay_in_memory(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    active = made.active
    assert active is not None
    active.append(["borrower_no", "relation", "phone"])
    for n in range(20_000):
        active.append([f"B{n:08}", "self", f"138{n:08}"])
        active.row_dimensions[n + 2].height = 15
    path = tmp_path / "big.xlsx"
    made.save(path)
    del made, active
    tracemalloc.start()
    with open_feed(path, CONTACTS) as feed:
        count = sum(isinstance(row, tuple) for _, row in feed.read(company_zone="UTC"))
        _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert peak < 4 * 2**20
