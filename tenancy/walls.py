"""Wall 2: row-level security, declared in Meta.constraints so that makemigrations owns it.

One `Wall` per table holds its policies, its grants and the owner's policy together. Text in
policies is SQL over the table's columns; `{me}` stands for the company of the transaction, as a
sub-select so that PostgreSQL computes it once a query.
"""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.constraints import BaseConstraint
from django.utils.deconstruct import deconstructible

ME = "(SELECT app.current_company())"
LENDER_ROLE, AGENCY_ROLE, APP_ROLE = "recoup_lender", "recoup_agency", "recoup_app"
OWNER_ROLE = "recoup_owner"
READ: tuple[str, ...] = ("SELECT",)
APPEND: tuple[str, ...] = ("SELECT", "INSERT")
KEEP: tuple[str, ...] = ("SELECT", "INSERT", "UPDATE")
ALL: tuple[str, ...] = ("SELECT", "INSERT", "UPDATE", "DELETE")


@deconstructible(path="tenancy.walls.Rule")
class Rule:
    """What one role may do: SQL privileges on the rows for which `using` holds.

    role: the PostgreSQL role. may: SQL privileges. using: which rows (SQL; `{me}` is the
    company). check: what a written row must satisfy; `using` where it is left out.
    columns: restrict the privileges to these columns ("SELECT" on some columns, say).
    """

    def __init__(
        self,
        role: str,
        may: Sequence[str],
        using: str,
        check: str = "",
        columns: Sequence[str] = (),
    ) -> None:
        self.role, self.may, self.using = role, tuple(may), using
        self.check, self.columns = check or using, tuple(columns)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rule) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.role, self.may, self.using, self.check, self.columns))

    def grant_sql(self, table: str) -> str:
        """The GRANT of this rule."""
        columns = f" ({', '.join(self.columns)})" if self.columns else ""
        may = ", ".join(f"{privilege}{columns}" for privilege in self.may)
        return f"GRANT {may} ON {table} TO {self.role}"

    def policy_sql(self, table: str, number: int) -> list[str]:
        """One policy per privilege: a rule for SELECT never widens one for UPDATE."""
        return [
            f"CREATE POLICY {self.role}_{number}_{privilege.lower()} ON {table} "
            f"FOR {privilege} TO {self.role}{self._conditions(privilege)}"
            for privilege in self.may
        ]

    def _conditions(self, privilege: str) -> str:
        using = f" USING ({self.using.format(me=ME)})"
        check = f" WITH CHECK ({self.check.format(me=ME)})"
        return {
            "SELECT": using,
            "DELETE": using,
            "INSERT": check,
            "UPDATE": using + check,
        }[privilege]


def both(may: Sequence[str], using: str, check: str = "") -> list[Rule]:
    """The same rule for lenders and agencies: the usual table of one company."""
    return [Rule(LENDER_ROLE, may, using, check), Rule(AGENCY_ROLE, may, using, check)]


def own(may: Sequence[str] = ALL, column: str = "company_id") -> list[Rule]:
    """Rows of the company itself, lender or agency, by one column."""
    return both(may, f"{column} = {{me}}")


class _SchemaConstraint(BaseConstraint):
    """A constraint that is SQL of its own beside the table, never inside CREATE TABLE."""

    def constraint_sql(
        self,
        model: type[models.Model] | None,
        schema_editor: BaseDatabaseSchemaEditor | None,
    ) -> Any:
        # The autodetector folds AddConstraint into CreateModel, which calls only this.
        assert schema_editor is not None
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return None

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to validate in Python: the database holds it."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)


class Wall(_SchemaConstraint):
    """Row-level security of one table: forced, with the rules given and nothing else."""

    def __init__(self, *, name: str, rules: Sequence[Rule]) -> None:
        super().__init__(name=name)
        self.rules = list(rules)

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        kwargs["rules"] = self.rules
        return path, args, kwargs

    def create_sql(
        self,
        model: type[models.Model] | None,
        schema_editor: BaseDatabaseSchemaEditor | None,
    ) -> Any:
        assert model is not None
        return wall_sql(model._meta.db_table, self.rules)

    def remove_sql(
        self,
        model: type[models.Model] | None,
        schema_editor: BaseDatabaseSchemaEditor | None,
    ) -> Any:
        assert model is not None
        return drop_wall_sql(model._meta.db_table, self.rules)


def wall_sql(table: str, rules: Sequence[Rule]) -> str:
    """Everything that walls `table` in, as one script. FORCE binds the owner too."""
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        # FORCE would blind migrations; only the owner's own alias connects with this setting.
        f"CREATE POLICY owner_migrates ON {table} FOR ALL TO {OWNER_ROLE} "
        "USING (current_setting('app.migrating', true) = 'on')",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO recoup_platform",
    ]
    for number, rule in enumerate(rules, start=1):
        statements.append(rule.grant_sql(table))
        statements += rule.policy_sql(table, number)
    return ";\n".join(statements)


def drop_wall_sql(table: str, rules: Sequence[Rule]) -> str:
    """Take the wall down again; the table stays forced, so nothing is readable meanwhile."""
    statements = [f"DROP POLICY owner_migrates ON {table}"]
    for number, rule in enumerate(rules, start=1):
        statements += [
            f"DROP POLICY {rule.role}_{number}_{may.lower()} ON {table}" for may in rule.may
        ]
    roles = sorted({rule.role for rule in rules} | {"recoup_platform"})
    statements += [f"REVOKE ALL ON {table} FROM {role}" for role in roles]
    return ";\n".join(statements)


class CompositeKey(_SchemaConstraint):
    """A foreign key that carries the company: (owner, case) → (owner, id).

    Foreign-key checks bypass row policies, so a single-column key would let a row point at
    another company's. `to` is "app_label.Model"; its (to_columns) must be unique.
    """

    def __init__(
        self, *, name: str, columns: Sequence[str], to: str, to_columns: Sequence[str]
    ) -> None:
        super().__init__(name=name)
        self.columns, self.to, self.to_columns = tuple(columns), to, tuple(to_columns)

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        kwargs |= {
            "columns": self.columns,
            "to": self.to,
            "to_columns": self.to_columns,
        }
        return path, args, kwargs

    def create_sql(
        self,
        model: type[models.Model] | None,
        schema_editor: BaseDatabaseSchemaEditor | None,
    ) -> Any:
        assert model is not None
        target = model._meta.apps.get_model(self.to)._meta.db_table
        # Not deferrable: a row whose children one cannot see must fail at once, not at COMMIT.
        return (
            f"ALTER TABLE {model._meta.db_table} ADD CONSTRAINT {self.name} "
            f"FOREIGN KEY ({', '.join(self.columns)}) "
            f"REFERENCES {target} ({', '.join(self.to_columns)})"
        )

    def remove_sql(
        self,
        model: type[models.Model] | None,
        schema_editor: BaseDatabaseSchemaEditor | None,
    ) -> Any:
        assert model is not None
        return f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT {self.name}"


class Correlation(_SchemaConstraint):
    """Statistics that say how far one of these columns follows from another.

    Where a question names one column and a row policy another, the planner takes them for
    independent: of twenty companies it expects a twentieth of the rows, and may sort what an
    index has in order.
    """

    def __init__(self, *, name: str, columns: Sequence[str]) -> None:
        super().__init__(name=name)
        self.columns = tuple(columns)

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        kwargs["columns"] = self.columns
        return path, args, kwargs

    def create_sql(
        self,
        model: type[models.Model] | None,
        schema_editor: BaseDatabaseSchemaEditor | None,
    ) -> Any:
        assert model is not None
        columns = ", ".join(self.columns)
        return (
            f"CREATE STATISTICS {self.name} (dependencies) ON {columns} FROM {model._meta.db_table}"
        )

    def remove_sql(
        self,
        model: type[models.Model] | None,
        schema_editor: BaseDatabaseSchemaEditor | None,
    ) -> Any:
        return f"DROP STATISTICS {self.name}"
