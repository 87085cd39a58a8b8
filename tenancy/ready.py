"""Statements that are put together once: rows of a model as objects, without the ORM's writing.

For what stands on every page's way: there the ORM takes longer to write a statement than PostgreSQL
takes to answer it. Wall 1 holds as through the model's manager (tenancy.managers), wall 2 anyway.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.fields.reverse_related import OneToOneRel

from tenancy.managers import ScopedManager
from tenancy.scope import current_scope

M = TypeVar("M", bound=models.Model)
TABLE = "t"
"""What a statement calls its model's table; a related one goes by its path."""


def wall_1(model: type[models.Model], kind: str, row: str = TABLE) -> str:
    """The condition that the model's manager adds in the scope of a kind of company, as SQL.

    row: what the statement calls the table. `%(scope)s` is the company of the open scope.
    """
    manager = model._default_manager
    assert isinstance(manager, ScopedManager)
    column = manager.column_for(kind)
    return "true" if column is None else f"{row}.{column} = %(scope)s"


class ReadyQuery(Generic[M]):
    """A SELECT of a model's rows with `%(name)s` for values; the SQL of each kind of scope is kept.

    where: the condition; the model's table is `t`. related: paths as for select_related, one step
    before the next, each joined under its path. extra: attributes by their SQL. tail: what follows
    the condition (ORDER BY, LIMIT).
    """

    def __init__(
        self,
        model: type[M],
        where: str,
        *,
        related: Sequence[str] = (),
        extra: Mapping[str, str] | None = None,
        tail: str = "",
    ) -> None:
        self.model, self.where, self.related, self.tail = model, where, related, tail
        self.extra = dict(extra or {})
        self._statements: dict[str, str] = {}

    def rows(self, **values: Any) -> list[M]:
        """The rows for these values; raises NoCompany without a scope. One query."""
        scope = current_scope()
        statement = self._statements.get(scope.kind)
        if statement is None:
            statement = self._statements[scope.kind] = self._written(scope.kind)
        with connection.cursor() as cursor:
            cursor.execute(statement, {**values, "scope": scope.company_id})
            return [self._made(row) for row in cursor.fetchall()]

    def first(self, **values: Any) -> M | None:
        """The first of the rows."""
        return next(iter(self.rows(**values)), None)

    def _written(self, kind: str) -> str:
        columns = [*self._base.columns, *(name for path in self._paths for name in path.columns)]
        columns += [f"{sql} AS {name}" for name, sql in self.extra.items()]
        joins = " ".join(path.join for path in self._paths)
        return (
            f"SELECT {', '.join(columns)} FROM {self.model._meta.db_table} {TABLE} {joins} "  # noqa: S608 (constants)
            f"WHERE {wall_1(self.model, kind)} AND {self.where} {self.tail}"
        )

    @cached_property
    def _base(self) -> "_Columns":
        return _Columns.of(self.model, TABLE)

    @cached_property
    def _paths(self) -> list["_Path"]:
        found: list[_Path] = []
        owners: dict[str, type[models.Model]] = {"": self.model}
        for name in self.related:
            before, _, last = name.rpartition("__")
            field = owners[before]._meta.get_field(last)
            found.append(_Path.of(name, field, before))
            owners[name] = found[-1].rows.model
        return found

    def _made(self, row: tuple[Any, ...]) -> M:
        made: M = self._base.made(row, 0)
        at, objects = len(self._base.columns), {"": made}
        for path in self._paths:
            other = path.rows.made(row, at)
            at += len(path.columns)
            objects[path.name] = other
            path.put(objects[path.before], other)
        for name, value in zip(self.extra, row[at:], strict=True):
            setattr(made, name, value)
        return made


@dataclass(frozen=True, slots=True)
class _Columns:
    """A model's columns under a table's name, and how to make its object of their values."""

    model: type[models.Model]
    columns: tuple[str, ...]
    names: tuple[str, ...]
    key: int
    converters: tuple[tuple[int, Callable[..., Any]], ...]

    @classmethod
    def of(cls, model: type[models.Model], table: str) -> "_Columns":
        fields = model._meta.concrete_fields
        return cls(
            model,
            tuple(f'{table}."{field.column}"' for field in fields),
            tuple(field.attname for field in fields),
            fields.index(model._meta.pk),
            tuple(
                (place, converter)
                for place, field in enumerate(fields)
                for converter in field.get_db_converters(connection)
            ),
        )

    def made(self, row: tuple[Any, ...], at: int) -> Any:
        """The object of the values from `at` on; None where an outer join found none."""
        values = list(row[at : at + len(self.columns)])
        if values[self.key] is None:
            return None
        for place, converter in self.converters:
            values[place] = converter(values[place], None, connection)
        return self.model.from_db(connection.alias, self.names, values)


@dataclass(frozen=True, slots=True)
class _Path:
    """A related row: how it is joined, and where it is put."""

    name: str
    before: str
    rows: _Columns
    join: str
    field: Any

    @property
    def columns(self) -> tuple[str, ...]:
        return self.rows.columns

    @classmethod
    def of(cls, name: str, field: Any, before: str) -> "_Path":
        model = field.related_model
        here, there = _ends(field)
        table = f'LEFT JOIN {model._meta.db_table} "{name}"'
        join = f'{table} ON "{name}"."{there}" = {_named(before)}."{here}"'
        rows = _Columns.of(model, _named(name))
        return cls(name, before, rows, join, field)

    def put(self, owner: Any, other: Any) -> None:
        """Let each of the two know the other, as far as the ORM would."""
        if owner is not None:
            self.field.set_cached_value(owner, other)
        if other is not None and isinstance(self.field, OneToOneRel):
            self.field.field.set_cached_value(other, owner)


def _named(path: str) -> str:
    return f'"{path}"' if path else TABLE


def _ends(field: Any) -> tuple[str, str]:
    """The column on this side of a relation, and the one on the other."""
    if isinstance(field, OneToOneRel):
        there, here = _ends(field.field)
        return here, there
    return field.column, field.target_field.column
