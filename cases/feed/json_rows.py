"""Rows of a feed that come as JSON objects: the same fields as the columns of a file.

Line numbers are places in the list, from 1. Numbers must have been read as text (no floats): a
number is what was written.
"""

import json
from collections.abc import Generator, Mapping, Sequence

from cases.feed.faults import Fault, FileRefused
from cases.feed.files import FeedFile
from cases.feed.rows import FeedKind

HEADER_LINE = -1
"""Where the header stands: before the first row, and not at 0, which means that there is none."""

Row = Mapping[str, object]


def feed_of_rows(kind: FeedKind, rows: Sequence[Row]) -> FeedFile:
    """The rows as a feed that can be read again and again.

    Raises FileRefused where they lack required fields altogether, or there are none.
    """
    if not rows:
        raise FileRefused("no_rows")
    header = list(dict.fromkeys(name for row in rows for name in row))

    def source(_width: int) -> Generator[tuple[int, list[str] | Fault], None, None]:
        yield HEADER_LINE, header
        for line, row in enumerate(rows, 1):
            yield line, [as_cell(row.get(name)) for name in header]

    return FeedFile(kind, source, lambda: None)


def as_cell(value: object) -> str:
    """A JSON value as the text of a cell; null is an empty one."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)
