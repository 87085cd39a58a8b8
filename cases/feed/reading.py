"""Reading a feed into the staging table: rows are checked one by one, in batches that commit.

What is refused here depends on the row alone. Memory holds one batch, whatever the file's size.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from cases.feed import sql
from cases.feed.faults import Fault
from cases.feed.files import FeedFile
from cases.feed.pipeline import Pipeline
from cases.feed.rows import ATTR_PREFIX, Column, RowReader
from cases.feed.sealing import shown_value
from cases.feed.values import Unreadable
from cases.models import ImportReject

KEY_LENGTH = 64
REJECT_COLUMNS = ("line", "key", "column", "value", "code", "params", "identity")


@dataclass(slots=True)
class Batch:
    """Some rows of a file: lines for COPY of those that are good, and of what is wrong."""

    rows: int = 0
    staged: list[str] = field(default_factory=list)
    rejects: list[str] = field(default_factory=list)


def batches(
    feed: FeedFile, pipeline: Pipeline, company_zone: str, rows_at_once: int
) -> Iterator[Batch]:
    """The file's rows in batches, checked and made ready; the last one may be empty."""
    read = RowReader(pipeline.feed, feed.header, company_zone).read
    rejects_of = _Rejects(feed, pipeline).lines
    convert, place_of, copy_line = pipeline.convert, pipeline.place, sql.copy_line
    batch = Batch()
    for line, cells in feed.rows():
        batch.rows += 1
        if isinstance(cells, Fault):
            batch.rejects += rejects_of(line, [], [cells])
        elif isinstance(found := read(cells), list):
            batch.rejects += rejects_of(line, cells, found)
        else:
            place = str(place_of(line, found))
            batch.staged.append(copy_line((place, str(line), *convert(found))))
        if batch.rows == rows_at_once:
            yield batch
            batch = Batch()
    yield batch


def store(batch: Batch, pipeline: Pipeline, *, owner: int, run: int) -> None:
    """Write a batch into the staging table and its faults beside it."""
    also = {"owner_id": owner, "run_id": run}
    sql.insert_copied(
        model=pipeline.staged,
        columns=("place", "line", *pipeline.columns),
        lines=batch.staged,
        also={**also, "refused": False},
    )
    sql.insert_copied(
        model=ImportReject,
        columns=REJECT_COLUMNS,
        lines=batch.rejects,
        also={**also, "judged": False},
    )


class _Rejects:
    """Turns the faults of a row into lines for COPY."""

    def __init__(self, feed: FeedFile, pipeline: Pipeline) -> None:
        self._columns = {column.name: column for column in pipeline.feed.columns}
        places = feed.verdict.places
        self._key_place = places[pipeline.key[0]]
        self._key_parts = [(places[name], self._columns[name].parser) for name in pipeline.key]
        self._identity: Callable[[Sequence[str]], str] = pipeline.identity

    def lines(self, line: int, cells: list[str], faults: list[Fault]) -> Iterator[str]:
        key = cells[self._key_place][:KEY_LENGTH] if len(cells) > self._key_place else ""
        identity = self._identity_of(cells)
        for fault in faults:
            yield sql.copy_line_of_anything(
                (
                    str(line),
                    key,
                    fault.column,
                    shown_value(self._column(fault.column), fault.value),
                    fault.code,
                    sql.as_json(fault.params),
                    identity,
                )
            )

    def _column(self, name: str) -> Column | None:
        if name.startswith(ATTR_PREFIX):
            return Column(name, None, 0)
        return self._columns.get(name)

    def _identity_of(self, cells: list[str]) -> str:
        """The row's identity if its key can be read, else ""."""
        parts: list[str] = []
        for place, parse in self._key_parts:
            if parse is None or place >= len(cells):
                return ""
            try:
                part = parse(cells[place])
            except Unreadable:
                return ""
            if part is None:
                return ""
            parts.append(part)
        return self._identity(parts)
