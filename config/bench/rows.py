"""Rows as COPY writes them: what a verb has made in one database, ready for a baseline in another.

A `RowFile` is a table's name, its columns and the rows in COPY's text format, on disk.
"""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connections, models

from config.bench.databases import PLATFORM


@dataclass(frozen=True, slots=True)
class RowFile:
    """The dumped rows of one table."""

    table: str
    columns: tuple[str, ...]
    path: Path

    def copy_into(self, cursor: Any, table: str = "") -> None:
        """COPY the rows into their table, or into another with the same columns."""
        names = ", ".join(f'"{name}"' for name in self.columns)
        with self.path.open("rb") as file:
            cursor.copy_expert(f"COPY {table or self.table} ({names}) FROM STDIN", file)

    def as_temp_table(self, cursor: Any, name: str) -> None:
        """A temporary table of the rows, with statistics."""
        names = ", ".join(f'"{column}"' for column in self.columns)
        cursor.execute(
            f"CREATE TEMP TABLE {name} ON COMMIT DROP AS "  # noqa: S608 (names of our own models)
            f"SELECT {names} FROM {self.table} WITH NO DATA"
        )
        self.copy_into(cursor, name)
        cursor.execute(f"ANALYZE {name}")


def written_columns(model: type[models.Model]) -> tuple[str, ...]:
    """The columns that an INSERT may name: all but generated ones."""
    fields = model._meta.local_concrete_fields
    return tuple(str(field.column) for field in fields if not field.generated)


def dump(
    cursor: Any, model: type[models.Model], where: str, params: Sequence[Any], folder: Path
) -> RowFile:
    """Write the rows of a model for which `where` (SQL of this package) holds, by their ids."""
    table, columns = model._meta.db_table, written_columns(model)
    names = ", ".join(f'"{name}"' for name in columns)
    query = f"SELECT {names} FROM {table} WHERE {where} ORDER BY {model._meta.pk.column}"  # noqa: S608
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        cursor.copy_expert(f"COPY ({cursor.mogrify(query, params).decode()}) TO STDOUT", file)
        return RowFile(table, columns, Path(file.name))


def by_dependency(chosen: Iterable[type[models.Model]]) -> list[type[models.Model]]:
    """The models in an order in which their rows may be written: parents first."""
    wanted = set(chosen)
    graph = {
        model: {
            field.related_model
            for field in model._meta.local_concrete_fields
            if field.related_model in wanted and field.related_model is not model
        }
        for model in wanted
    }
    return list(TopologicalSorter(graph).static_order())


def has_rows(model: type[models.Model], owner_id: int) -> bool:
    """Whether the lender has rows in the model's table."""
    with connections[PLATFORM].cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT 1 FROM {model._meta.db_table} WHERE owner_id = %s)",  # noqa: S608
            [owner_id],
        )
        return bool(cursor.fetchone()[0])


def owned_models() -> list[type[models.Model]]:
    """Every model whose rows name the lender that owns them."""
    return [
        model
        for model in apps.get_models()
        if any(field.column == "owner_id" for field in model._meta.local_concrete_fields)
    ]
