"""The first sheet of an XLSX workbook as rows of text, read as a stream.

A reader of its own, because memory must not grow with the file: openpyxl keeps every shared
string, and the attributes of every row, until it is closed. Here shared strings lie in a
temporary file, and an element is forgotten as soon as its cell is read. Numbers never pass
through a float unless the file itself writes them with an exponent or with more digits than
Excel keeps; then they are rounded to Excel's fifteen.

Format: ECMA-376 part 1, SpreadsheetML, chapter 18.
"""

from __future__ import annotations

import posixpath
import re
import tempfile
import zlib
from array import array
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from pathlib import Path
from types import TracebackType
from typing import IO
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile

from cases.feed.faults import FileRefused

UNPACKED_LIMIT_MB = 2048
PART_LIMIT = 32 * 2**20  # of the parts that are read whole: relations, styles, the sheets' list
ELEMENT_LIMIT = 32 * 2**20  # bytes without a single complete element
MOST_ROWS = 1_048_576  # what Excel can hold
MOST_COLUMNS = 16_384
CHUNK = 2**16

# A damaged or forged package shows as one of these while it is read.
DAMAGE = (
    ET.ParseError,
    BadZipFile,
    zlib.error,
    EOFError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    StopIteration,
    ValueError,
)

_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_NAMES = {
    f"{{{space}}}{name}": name
    for space in _NAMESPACES
    for name in ("sheetData", "row", "c", "v", "f", "is", "si", "t", "r", "sst")
}

# Formats that Excel knows by number alone and that show a date; 27 to 36 and 50 to 58 are those
# of the East Asian editions.
_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_not_a_pattern = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_date_letter = re.compile(r"[dmyhsDMYHS]").search
_plain_number = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,2})?|-?[0-9]+").fullmatch
_any_number = re.compile(r"-?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?").fullmatch
_escaped = re.compile(r"_x([0-9A-Fa-f]{4})_")

_EPOCH_1900 = datetime(1899, 12, 30)  # noqa: DTZ001 (a sheet's times have no zone)
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
_FIRST_SURE_SERIAL = 61  # 1900-03-01: Excel believes in a 29 February before it


def _damaged(row: int) -> FileRefused:
    """What is said of a workbook that could be read up to a row; 0: not even the first one."""
    return FileRefused("broken_xlsx", row=row) if row else FileRefused("unreadable_xlsx")


class Workbook:
    """An open XLSX file; a context manager. Every method raises FileRefused for a damaged one."""

    def __init__(self, path: Path) -> None:
        with ExitStack() as stack:
            self._strings = stack.enter_context(closing(_SharedStrings()))
            try:
                self._archive = stack.enter_context(ZipFile(path))
                self._prepare()
            except DAMAGE as error:
                raise _damaged(0) from error
            self._open = stack.pop_all()

    def __enter__(self) -> Workbook:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and throw away what lies on disk for it."""
        self._open.close()

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The rows that the sheet holds, with their numbers; cells as text, up to the last one."""
        number = 0
        try:
            with self._archive.open(self._sheet) as stream:
                for number, cells in self._rows_in(stream):
                    yield number, cells
        except DAMAGE as error:
            raise _damaged(number) from error

    def _prepare(self) -> None:
        unpacked = sum(part.file_size for part in self._archive.infolist())
        if unpacked > UNPACKED_LIMIT_MB * 2**20:
            raise FileRefused("too_large_unpacked", limit=UNPACKED_LIMIT_MB)
        main = self._main_part()
        related = self._relations(main)
        book = self._part(main)
        self._sheet = _first_sheet(book, related)
        settings = next((e for e in book if _local(e) == "workbookPr"), None)
        in_1904 = settings is not None and settings.get("date1904") in ("1", "true")
        self._epoch = _EPOCH_1904 if in_1904 else _EPOCH_1900
        styles = [target for kind, target in related.values() if kind == "styles"]
        self._date_styles = _date_styles(self._part(styles[0])) if styles else set()
        texts = [target for kind, target in related.values() if kind == "sharedStrings"]
        if texts:
            with self._archive.open(texts[0]) as stream:
                self._strings.load(stream)

    def _main_part(self) -> str:
        if "[Content_Types].xml" not in self._archive.namelist():
            raise FileRefused("unknown_format")
        related = self._relations("").values()
        return next(target for kind, target in related if kind == "officeDocument")

    def _part(self, name: str) -> ET.Element:
        if self._archive.getinfo(name).file_size > PART_LIMIT:
            raise ValueError(f"{name} is too large")
        data = self._archive.read(name)
        _refuse_definitions(data)
        return ET.fromstring(data)  # noqa: S314 (no entity can be defined in it)

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Kind and target of a part's relations, by id."""
        folder, file = posixpath.split(part)
        related = {}
        for entry in self._part(posixpath.join(folder, "_rels", f"{file}.rels")):
            target = posixpath.normpath(posixpath.join("/", folder, entry.get("Target", "")))
            kind = entry.get("Type", "").rpartition("/")[2]
            related[entry.get("Id", "")] = (kind, target.lstrip("/"))
        return related

    def _rows_in(self, stream: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
        number = 0
        cells: list[str] = []
        sheet = row = ET.Element("nothing")
        for event, element in _events(stream):
            name = _NAMES.get(element.tag)
            if name == "c" and event == "end":
                self._put(element, cells)
                row.clear()
            elif name == "row" and event == "start":
                row, cells = element, []
                number = max(int(element.get("r", number + 1)), number + 1)
                if number > MOST_ROWS:
                    raise FileRefused("too_many_rows", limit=MOST_ROWS)
            elif name == "row":
                yield number, cells
                sheet.clear()
            elif name == "sheetData":
                if event == "end":
                    return
                sheet = element

    def _put(self, cell: ET.Element, cells: list[str]) -> None:
        reference = cell.get("r")
        place = _column(reference.rstrip("0123456789")) if reference else len(cells)
        if not len(cells) <= place < MOST_COLUMNS:
            raise ValueError("cells out of order")
        if place > len(cells):
            cells.extend([""] * (place - len(cells)))
        cells.append(self._text(cell))

    def _text(self, cell: ET.Element) -> str:
        kind = cell.get("t", "n")
        raw = ""
        for child in cell:
            name = _NAMES.get(child.tag)
            if name == "f":
                return "=" + (child.text or "")
            if name == "is":
                return _written(child)
            if name == "v":
                raw = child.text or ""
        if not raw or kind in ("e", "str"):
            return _unescaped(raw)
        if kind == "s":
            return self._strings[int(raw)]
        if kind == "b":
            return "true" if raw == "1" else "false"
        if kind == "d":
            return raw.removesuffix("T00:00:00")
        if cell.get("s", "0") in self._date_styles:
            return _moment_text(raw, self._epoch)
        return raw if _plain_number(raw) else _number_text(raw)


class _SharedStrings:
    """The workbook's table of texts, in a temporary file; only their places are in memory."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the workbook)
        self._starts = array("Q", [0])

    def __getitem__(self, place: int) -> str:
        if place < 0:
            raise IndexError(place)
        start, end = self._starts[place], self._starts[place + 1]
        self._file.seek(start)
        return self._file.read(end - start).decode("utf-8", "surrogatepass")

    def load(self, stream: IO[bytes]) -> None:
        """Read the table; called once."""
        table = ET.Element("nothing")
        end = 0
        for event, element in _events(stream):
            name = _NAMES.get(element.tag)
            if name == "sst" and event == "start":
                table = element
            elif name == "si" and event == "end":
                end += self._file.write(_written(element).encode("utf-8", "surrogatepass"))
                self._starts.append(end)
                table.clear()

    def close(self) -> None:
        self._file.close()


def _events(stream: IO[bytes]) -> Iterator[tuple[str, ET.Element]]:
    """Starts and ends of elements, as the stream is read."""
    parser: ET.XMLPullParser[ET.Element] = ET.XMLPullParser(("start", "end"))
    silent = 0
    first = True
    while chunk := stream.read(CHUNK):
        if first:
            _refuse_definitions(chunk)
            first = False
        parser.feed(chunk)
        silent += len(chunk)
        for event in parser.read_events():
            silent = 0
            yield event  # type: ignore[misc]  # only "start" and "end" were asked for
        if silent > ELEMENT_LIMIT:
            raise ValueError("an element without an end")
    parser.close()


def _refuse_definitions(head: bytes) -> None:
    """The format has no document type; one could only define entities that swell."""
    if b"<!DOCTYPE" in head[:CHUNK]:
        raise ValueError("a document type")


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _first_sheet(book: ET.Element, related: dict[str, tuple[str, str]]) -> str:
    for sheets in book:
        if _local(sheets) != "sheets":
            continue
        for sheet in sheets:
            ids = [value for key, value in sheet.items() if key.endswith("}id")]
            kind, target = related.get(ids[0] if ids else "", ("", ""))
            if kind == "worksheet":
                return target
    raise ValueError("no sheet")


def _date_styles(styles: ET.Element) -> set[str]:
    """The numbers of the cell styles that show a date, as cells name them."""
    patterns: dict[str, str] = {}
    formats: list[str] = []
    for group in styles:
        if _local(group) == "numFmts":
            patterns.update((e.get("numFmtId", ""), e.get("formatCode", "")) for e in group)
        elif _local(group) == "cellXfs":
            formats = [e.get("numFmtId", "0") for e in group]
    return {str(n) for n, format_id in enumerate(formats) if _shows_date(format_id, patterns)}


def _shows_date(format_id: str, patterns: dict[str, str]) -> bool:
    pattern = patterns.get(format_id)
    if pattern is None:
        return int(format_id) in _BUILT_IN_DATES
    positive = _not_a_pattern.sub("", pattern).partition(";")[0]
    return positive.lower() != "general" and bool(_date_letter(positive))


@lru_cache(maxsize=MOST_COLUMNS)
def _column(letters: str) -> int:
    """The place of a column named A, B, …, Z, AA, …, counted from 0."""
    place = 0
    for letter in letters:
        place = place * 26 + int(letter, 36) - 9
    return place - 1


def _written(element: ET.Element) -> str:
    """The text of a string item: its own or that of its runs, without phonetic hints."""
    parts = []
    for child in element:
        name = _NAMES.get(child.tag)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts += [t.text or "" for t in child if _NAMES.get(t.tag) == "t"]
    return _unescaped("".join(parts))


def _unescaped(text: str) -> str:
    if "_x" not in text:
        return text
    return _escaped.sub(lambda found: chr(int(found[1], 16)), text)


def _number_text(raw: str) -> str:
    """A number without exponent and without the noise beyond fifteen digits."""
    if not _any_number(raw) or not isfinite(float(raw)):
        return raw
    return f"{Decimal(f'{float(raw):.15g}'):f}"


def _moment_text(raw: str, epoch: datetime) -> str:
    """A serial number as a date, or as date and time where it has a time of day."""
    if not _any_number(raw):
        return raw
    serial = float(raw)
    if not (_FIRST_SURE_SERIAL if epoch is _EPOCH_1900 else 0) <= serial < 10**6 * 3:
        return _number_text(raw)
    try:
        moment = epoch + timedelta(milliseconds=round(serial * 86_400_000))
    except OverflowError:
        return _number_text(raw)
    if moment.time() == datetime.min.time():
        return moment.date().isoformat()
    return moment.isoformat(sep=" ", timespec="milliseconds" if moment.microsecond else "seconds")
