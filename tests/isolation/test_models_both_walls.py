"""Every model by ORM, by raw SQL and without a scope: what is another's is invisible, unwritable.

Who may see what is said in tests.isolation.sight, apart from the walls; the rows are the world's.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connection, models, transaction

from tenancy.managers import ScopedManager
from tenancy.models import Company, UserGrant
from tenancy.scope import NoCompany, company_scope
from tenancy.walls import CompositeKey
from tests.isolation.catalogue import rows
from tests.isolation.sight import Row, everything, viewers
from tests.isolation.test_catalogue import WALLED
from tests.matrix.sides import World

pytestmark = pytest.mark.django_db

CODES = ("HAIYUE", "NORTH", "ANXIN", "BRIDGE")
ACTING = (("HAIYUE", "NORTH"), ("ANXIN", "BRIDGE"))
DENIED, NO_PARENT = "42501", "23503"
each_model = pytest.mark.parametrize("model", WALLED, ids=lambda model: model._meta.label)
each_side = pytest.mark.parametrize(("code", "other"), ACTING)


def key_of(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)


def columns_of(model: type[models.Model]) -> list[str]:
    """What one may write: no generated column."""
    fields = model._meta.concrete_fields
    return [f'"{f.column}"' for f in fields if not isinstance(f, models.GeneratedField)]


def first_field(model: type[models.Model]) -> str:
    """A field that the ORM would write."""
    return next(f.name for f in model._meta.concrete_fields if not f.primary_key)


def as_object(model: type[models.Model], row: Row) -> models.Model:
    """The row as the ORM would have read it."""
    fields = model._meta.concrete_fields
    return model.from_db(
        "default", [f.attname for f in fields], [row[str(f.column)] for f in fields]
    )


def company_columns(model: type[models.Model]) -> list[str]:
    """The columns that say whose the row is."""
    ours = {"company_id", "owner_id", "lender_id", "agency_id"}
    return [f.column for f in model._meta.concrete_fields if f.column in ours]


@contextmanager
def expecting(*codes: str) -> Iterator[None]:
    """The statement fails with one of these SQLSTATEs."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    found = caught.value.__cause__
    assert getattr(found, "pgcode", None) in codes, caught.value


def tried(statement: str, *params: Any) -> int | None:
    """Rows that the statement touched; None when the database denied it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, params)
            return int(cursor.rowcount)
    except DatabaseError as error:
        _was_denied(error)
        return None


def _was_denied(error: DatabaseError) -> None:
    """Anything but a refusal of the walls is an error of the test."""
    if getattr(error.__cause__, "pgcode", None) != DENIED:
        raise error


def copy_into(model: type[models.Model], row: Row, **changes: Any) -> None:
    """INSERT a copy of a row under a new key, some columns changed."""
    columns = [column for column in columns_of(model) if column not in ('"id"', '"uid"')]
    new = {f'"{column}"': value for column, value in changes.items()}
    values = ", ".join("%s" if column in new else f"r.{column}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {values} "
            f"FROM json_populate_record(NULL::{model._meta.db_table}, %s::json) r",
            [*(new[column] for column in columns if column in new), as_json(model, row)],
        )


def as_json(model: type[models.Model], row: Row) -> str:
    """The row as PostgreSQL writes it, read by the owner."""
    from tests.isolation.catalogue import as_owner

    with as_owner() as cursor:
        found = rows(
            cursor,
            f"SELECT to_json(t)::text FROM {model._meta.db_table} t WHERE {key_of(model)} = %s",
            row[key_of(model)],
        )
    return str(found[0][0])


def of_stranger(world: World, model: type[models.Model], code: str, other: str) -> Row | None:
    """A row of the other side that this one does not see."""
    mine, theirs = world[code].company.pk, world[other].company.pk
    partner = world.partner(world[other]).company.pk
    seeing = viewers(model)
    found = [(row, seeing(row)) for row in everything(model)]
    return next((row for row, who in found if mine not in who and who & {theirs, partner}), None)


@each_model
@pytest.mark.parametrize("code", CODES)
def test_one_sees_just_what_one_may(world: World, model: type[models.Model], code: str) -> None:
    company, key = world[code].company, key_of(model)
    seeing = viewers(model)
    expected = {row[key] for row in everything(model) if company.pk in seeing(row)}
    with company_scope(company):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                raw = {pk for (pk,) in rows(cursor, f"SELECT {key} FROM {model._meta.db_table}")}
        except DatabaseError:
            assert not expected
            return
        assert raw == expected
        if model._meta.label == "collection.Assignment":
            # Wall 1 shows the own desks; the lender reads its agency's in raw SQL only.
            expected = {r[key] for r in everything(model) if r["company_id"] == company.pk}
        for manager in (model._default_manager, model._base_manager):
            assert isinstance(manager, ScopedManager)
            assert set(manager.values_list("pk", flat=True)) == expected


@each_model
@each_side
def test_a_strangers_row_is_out_of_reach(
    world: World, model: type[models.Model], code: str, other: str
) -> None:
    """UPDATE and DELETE by key find nothing, INSERT in another's name is denied."""
    row = of_stranger(world, model, code, other)
    if row is None:
        assert model._meta.label == "tenancy.GroupGrant"
        return
    table, key = model._meta.db_table, key_of(model)
    with company_scope(world[code].company):
        for column in columns_of(model):
            assert not tried(f"UPDATE {table} SET {column} = {column} WHERE {key} = %s", row[key])
        assert not tried(f"DELETE FROM {table} WHERE {key} = %s", row[key])
        with expecting(DENIED):
            copy_into(model, row)


@each_model
@each_side
def test_the_orm_reaches_nothing_of_a_stranger(
    world: World, model: type[models.Model], code: str, other: str
) -> None:
    row = of_stranger(world, model, code, other)
    if row is None:
        assert model._meta.label == "tenancy.GroupGrant"
        return
    theirs = as_object(model, row)
    # django-guardian looks first at what the grant is on, and finds nothing.
    more = (AttributeError,) if model is UserGrant else ()
    with company_scope(world[code].company):
        for write in (
            lambda: theirs.save(force_update=True),
            lambda: theirs.save(force_insert=True),
            lambda: model._default_manager.bulk_create([theirs]),
            theirs.refresh_from_db,
            lambda: model._default_manager.get(pk=theirs.pk),
        ):
            with pytest.raises((DatabaseError, ObjectDoesNotExist, *more)), transaction.atomic():
                write()
        field = first_field(model)
        theirs_only = model._default_manager.filter(pk=theirs.pk)
        for touched in (
            lambda: theirs_only.update(**{field: models.F(field)}),
            lambda: theirs_only.delete()[0],
        ):
            assert not _denied_or(touched)


def _denied_or(act: Callable[[], int]) -> int:
    try:
        with transaction.atomic():
            return act()
    except DatabaseError as error:
        _was_denied(error)
        return 0


@each_model
@each_side
def test_an_own_row_cannot_be_given_away(
    world: World, model: type[models.Model], code: str, other: str
) -> None:
    """Nobody writes another company into the column that says whose a row is."""
    mine, theirs = world[code].company.pk, world[other].company.pk
    seeing = viewers(model)
    table, key = model._meta.db_table, key_of(model)
    own = [row for row in everything(model) if mine in seeing(row)]
    with company_scope(world[code].company):
        for column in company_columns(model):
            for row in own[:3]:
                assert not tried(
                    f"UPDATE {table} SET {column} = %s WHERE {key} = %s", theirs, row[key]
                )


ASIDE: dict[str, dict[str, Any]] = {
    "cases_loan": {"loan_no": "copy"},
    "cases_repayment": {"repayment_no": "copy"},
    "cases_case": {"closed_on": "2026-01-01"},
    "collection_assignment": {"ended_at": "2026-01-01T00:00Z"},
}
"""What makes a copy of a row no duplicate."""
KEYS = [
    pytest.param(model, key, id=f"{model._meta.label} {key.name}")
    for model in WALLED
    for key in model._meta.constraints
    if isinstance(key, CompositeKey)
]


@pytest.mark.parametrize(("model", "key"), KEYS)
def test_no_row_hangs_on_a_strangers_parent(
    world: World, model: type[models.Model], key: CompositeKey
) -> None:
    """Checks of foreign keys see through row policies: they carry the company instead."""
    mine, theirs = world["HAIYUE"].company.pk, world["NORTH"].company.pk
    column, whose = key.columns[-1], key.columns[0]
    found = [row for row in everything(model) if row[column] is not None]
    own = next(row for row in found if row[whose] == mine)
    taken = {row[column] for row in found} if column == key_of(model) else set()
    parents = everything(apps.get_model(key.to))
    foreign = next(p for p in parents if p[key.to_columns[0]] == theirs and p["id"] not in taken)
    changes = ASIDE.get(model._meta.db_table, {}) | {column: foreign["id"]}
    with company_scope(world["HAIYUE"].company), expecting(NO_PARENT, DENIED):
        copy_into(model, own, **changes)


@each_model
def test_without_a_scope_nothing_is_done(world: World, model: type[models.Model]) -> None:
    table, key = model._meta.db_table, key_of(model)
    for statement in (
        f"SELECT {key} FROM {table}",
        f"SELECT count(*) FROM {table}",
        f"INSERT INTO {table} DEFAULT VALUES",
        f"UPDATE {table} SET {key} = {key}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
    ):
        assert tried(statement) is None, statement
    for act in (
        model._default_manager.first,
        model._base_manager.count,
        lambda: model._default_manager.filter(pk=1).delete(),
        lambda: model._default_manager.filter(pk=1).update(**{first_field(model): 1}),
        lambda: model._default_manager.bulk_create([model()]),
    ):
        with pytest.raises(NoCompany), transaction.atomic():
            act()


@pytest.mark.parametrize("code", CODES)
def test_a_company_sees_itself_and_lenders_the_agencies(world: World, code: str) -> None:
    me = world[code].company
    with company_scope(me):
        seen = set(Company.objects.values_list("code", flat=True))
        assert seen == ({code, "ANXIN", "BRIDGE", "CLEAR"} if me.is_lender else {code})
        others = Company.objects.exclude(pk=me.pk)
        assert others.update(name="Taken over") == 0
        assert tried("UPDATE tenancy_company SET kind = 'lender' WHERE id = %s", me.pk) is None
        assert tried("DELETE FROM tenancy_company") is None
