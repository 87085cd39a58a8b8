"""Wall 1: managers that show the rows of the open scope's company and nothing without one.

The company is bound when the query runs, not when it is written, so a queryset at module level
is legal. Where a row of another company may be read by a rule of wall 2 (an agency and the
borrower of a case it holds), wall 1 asks only for a scope and leaves the rule to the policy.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression
from django.db.models.sql.compiler import SQLCompiler

from tenancy.scope import AGENCY, LENDER, current_scope

M = TypeVar("M", bound=models.Model)

OPERATOR_ALIASES = frozenset({"owner", "platform"})


class CurrentCompany(Expression):
    """The id of the open scope's company, asked for when the query is compiled."""

    output_field = models.BigIntegerField()

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[str | int, ...]]:
        return "%s", (current_scope().company_id,)


class CurrentCompanyDefault(models.Func):
    """Column default: the company the inserting transaction acts for."""

    function = "app.current_company"
    output_field = models.BigIntegerField()


class InScope(Expression):
    """True for the rows that the open scope's company may see by a column of its own.

    `lender` and `agency` name the column that must hold the company for that kind of scope;
    None leaves the rule to the row policy. Raises NoCompany without a scope.
    """

    conditional = True
    output_field = models.BooleanField()

    def __init__(self, *, lender: str | None, agency: str | None) -> None:
        super().__init__()
        self.columns = {LENDER: lender, AGENCY: agency}
        self.sources: dict[str, Any] = {}

    def get_source_expressions(self) -> list[Any]:
        return list(self.sources.values())

    def set_source_expressions(self, exprs: Iterable[Any]) -> None:
        self.sources = dict(zip(self.sources, exprs, strict=True))

    def resolve_expression(self, query: Any = None, *args: Any, **kwargs: Any) -> "InScope":
        if self.sources:
            # Part of a subquery now: its columns stay those of its own table, not of the outer's.
            return super().resolve_expression(query, *args, **kwargs)
        resolved = InScope(lender=self.columns[LENDER], agency=self.columns[AGENCY])
        resolved.sources = {
            kind: models.F(name).resolve_expression(query, *args, **kwargs)
            for kind, name in self.columns.items()
            if name is not None
        }
        return resolved

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[str | int, ...]]:
        scope = current_scope()
        source = self.sources.get(scope.kind)
        if source is None:
            return "TRUE", ()
        sql, params = compiler.compile(source)
        return f"{sql} = %s", (*params, scope.company_id)


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset that refuses to insert without a scope (covers save and bulk_create)."""

    def _insert(self, *args: Any, **kwargs: Any) -> Any:
        if self.db not in OPERATOR_ALIASES:
            current_scope()
        return super()._insert(*args, **kwargs)  # type: ignore[misc]


class ScopedManager(models.Manager[M]):
    """The default and base manager of every table that holds a company's rows."""

    def __init__(
        self, *, lender: str | None = "company_id", agency: str | None = "company_id"
    ) -> None:
        super().__init__()
        self.lender_column, self.agency_column = lender, agency

    def column_for(self, kind: str) -> str | None:
        """The column that holds the company in a scope of this kind; None leaves it to wall 2."""
        return {LENDER: self.lender_column, AGENCY: self.agency_column}[kind]

    def get_queryset(self) -> models.QuerySet[M]:
        rows: ScopedQuerySet[M] = ScopedQuerySet(self.model, using=self._db)
        if self._db in OPERATOR_ALIASES:
            return rows
        # Django makes the manager of a reverse relation without the columns: ask the model's own.
        declared = self.model._default_manager
        which = declared if isinstance(declared, ScopedManager) else self
        return rows.filter(InScope(lender=which.lender_column, agency=which.agency_column))
