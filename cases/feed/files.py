"""Opening a feed file, CSV or XLSX, as a stream of rows; memory does not grow with the file.

What makes a whole file useless (it is empty, not UTF-8, without its header …) is found before
the first row is given, so that nothing of it has been taken in. What is wrong with one row is
given in that row's place.
"""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TextIO

from cases.feed.faults import VALUE_LENGTH, Fault, FileRefused
from cases.feed.rows import FeedKind, ParsedRow, RowReader, judge_header
from cases.feed.workbook import Workbook

LINE_LIMIT = 4_000_000  # characters of a physical line
ROW_LINES = 100  # lines of a row that has line breaks inside quotes
CHUNK = 2**20

# The csv module's limit holds for the whole process. It has to let everything pass that the
# limits above allow: rows are refused here, where their line is known.
csv.field_size_limit(max(csv.field_size_limit(), 2 * LINE_LIMIT))

Rows = Iterator[tuple[int, list[str] | Fault]]
_AllRows = Generator[tuple[int, list[str] | Fault], None, None]
Source = Callable[[int], _AllRows]  # given the width of the header, all rows that are not empty

_PACKED = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_FORMATS = (b"PK", b"\x1f\x8b", b"%PDF", b"7z\xbc\xaf", b"Rar!")


class FeedFile:
    """An open feed file whose header can be used; a context manager."""

    def __init__(self, kind: FeedKind, source: Source, close: Callable[[], None]) -> None:
        self.kind = kind
        self.close = close
        self._source = source
        self._header_line, self.header = _header(source, kind)
        self.verdict = judge_header(kind, self.header)
        self.verdict.refuse_if_unusable()

    def __enter__(self) -> FeedFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def rows(self, *, after_line: int = 0) -> Rows:
        """The rows below the header that begin after a line; empty rows are passed over.

        Each comes with the number of the line (or of the sheet's row) on which it begins: its
        cells, or the fault for which it could not be divided into cells. Begins anew each time.

        Raises FileRefused where a workbook turns out to be damaged further down.
        """
        start = max(after_line, self._header_line)
        return (row for row in self._source(len(self.header)) if row[0] > start)

    def read(
        self, *, company_zone: str, after_line: int = 0
    ) -> Iterator[tuple[int, ParsedRow | list[Fault]]]:
        """The same rows, read: values in the kind's staging order, or what is wrong with them."""
        reader = RowReader(self.kind, self.header, company_zone)
        for line, cells in self.rows(after_line=after_line):
            yield line, [cells] if isinstance(cells, Fault) else reader.read(cells)


def open_feed(path: Path, kind: FeedKind) -> FeedFile:
    """Open a file of a kind; its format is told by its content, whatever its name.

    Raises FileRefused, whose text is one clear sentence, and OSError.
    """
    with path.open("rb") as file:
        head = file.read(len(_OLD_EXCEL))
    if not head:
        raise FileRefused("empty")
    if head == _OLD_EXCEL:
        raise FileRefused("old_excel")
    if head.startswith(_PACKED):
        book = Workbook(path)
        try:
            return FeedFile(kind, partial(_sheet_rows, book), book.close)
        except BaseException:
            book.close()
            raise
    if head.startswith(_OTHER_FORMATS):
        raise FileRefused("unknown_format")
    _check_text(path)
    return FeedFile(kind, partial(_csv_rows, path), lambda: None)


def _header(source: Source, kind: FeedKind) -> tuple[int, list[str]]:
    """The first row that is not empty; refused if no column of the kind is in it."""
    with closing(source(0)) as rows:
        line, cells = next(rows, (0, []))
    if line == 0:
        raise FileRefused("empty")
    if not isinstance(cells, Fault):
        if judge_header(kind, cells).places:
            while not cells[-1].strip():
                cells.pop()
            return line, cells
        for delimiter in (";", "\t", "|"):
            if judge_header(kind, cells[0].split(delimiter)).places:
                raise FileRefused("wrong_delimiter")
    expected = ", ".join(column.name for column in kind.columns if column.required)
    raise FileRefused("no_header", expected=expected)


def _sheet_rows(book: Workbook, width: int) -> _AllRows:
    """A sheet's rows end with their last cell; the missing ones are empty, not forgotten."""
    for line, cells in book.rows():
        if any(cells):
            cells.extend([""] * (width - len(cells)))
            yield line, cells


def _check_text(path: Path) -> None:
    """Read the whole file once as bytes: it must be UTF-8 without zero bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, offset = 1, 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            waiting = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                at = max(error.start - waiting, 0)
                line += chunk.count(b"\n", 0, at)
                where = offset + error.start - waiting
                raise FileRefused("not_utf8", line=line, offset=where) from None
            if (zero := chunk.find(b"\0")) >= 0:
                raise FileRefused("nul_bytes", line=line + chunk.count(b"\n", 0, zero))
            if not chunk:
                return
            line += chunk.count(b"\n")
            offset += len(chunk)


def _csv_rows(path: Path, _width: int) -> _AllRows:
    """Divide a CSV file into rows, strictly: what quotes make ambiguous is a fault."""
    with closing(path.open(encoding="utf-8-sig", newline="")) as file:
        lines = _Lines(file)
        reader = csv.reader(lines, strict=True)
        while True:
            lines.begin_row()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except _Overlong:
                yield lines.row_begins, lines.overlong()
            except (csv.Error, _NeverClosed):
                yield lines.row_begins, lines.misquoted()
            else:
                if any(cells) and (len(cells) > 1 or cells[0].strip()):
                    yield lines.row_begins, cells


class _Overlong(Exception):
    """A physical line is longer than LINE_LIMIT."""


class _NeverClosed(Exception):
    """A quoted cell goes on for more lines than a row may have."""


class _Lines:
    """The file's lines for the csv reader, with the number of the line on which a row begins.

    When a row turns out to be wrong after several lines, only its first line is to blame: the
    others are given again, so that one stray quotation mark costs one row.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._again: deque[str] = deque()
        self._row: list[str] = []
        self._next = 1
        self.row_begins = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._line()
        if not line:
            raise StopIteration
        self._row.append(line)
        self._next += 1
        if len(line) > LINE_LIMIT and len(self._row) == 1:
            raise _Overlong
        if len(self._row) > 1 and (
            len(self._row) > ROW_LINES or sum(map(len, self._row)) > LINE_LIMIT
        ):
            raise _NeverClosed
        return line

    def _line(self) -> str:
        """The next line of the file; of one that is too long, no more than its beginning."""
        line = rest = self._file.readline(LINE_LIMIT + 1)
        while len(rest) > LINE_LIMIT and rest[-1] not in "\r\n":
            rest = self._file.readline(LINE_LIMIT + 1)
        return line

    def begin_row(self) -> None:
        """What comes now belongs to a new row."""
        self.row_begins = self._next
        self._row.clear()

    def overlong(self) -> Fault:
        """The fault of a line that is too long to be divided."""
        return Fault("", self._row[0][:VALUE_LENGTH], "row_too_long", {"limit": LINE_LIMIT})

    def misquoted(self) -> Fault:
        """The fault of the row's first line; the other lines will be given again."""
        first, *others = self._row
        self._again.extendleft(reversed(others))
        self._next -= len(others)
        open_quote = bool(others) or first.count('"') % 2
        code = "quote_unclosed" if open_quote else "bad_quoting"
        return Fault("", first.rstrip("\r\n")[:VALUE_LENGTH], code)
