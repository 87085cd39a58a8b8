"""Every table of a company as plain values, without ids and moments.

Two companies to which the same happened are equal.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import models

from tenancy.models import Company
from tenancy.scope import company_scope

ROOMS = ("tenancy", "cases", "agencies", "collection")
# Runs of the feed and staged rows say how a file came in, not what the book holds.
NOT_OF_THE_BOOK = ("import", "staged")
# How long something took, salted hashes, and ids kept as text.
NOT_COMPARED = {"seconds", "seconds_to_judge", "password", "object_pk", "object_id"}
# The same number never seals to the same text.
NOT_COMPARED |= {"number_sealed", "id_no_sealed"}
NAMES: dict[str, Callable[[Any], object]] = {
    "company": lambda row: row.kind,
    "user": lambda row: row.username,
    "team": lambda row: row.name,
    "borrower": lambda row: row.borrower_no,
    "loan": lambda row: row.loan_no,
    "case": lambda row: (row.loan_no, row.opened_on),
    "bucketscheme": lambda row: row.version,
    "bucket": lambda row: (row.step, row.label),
    "repayment": lambda row: row.repayment_no,
}

Snapshot = dict[str, Counter[str]]


def snapshot(company: Company) -> Snapshot:
    """All rows that the company sees, by table."""
    with company_scope(company):
        names = _names()
        return {
            model._meta.label: Counter(
                repr(_values(row, names)) for row in model._base_manager.all()
            )
            for room in ROOMS
            for model in apps.get_app_config(room).get_models()
            if model is not Company
            and not (model._meta.model_name or "").startswith(NOT_OF_THE_BOOK)
        }


def _names() -> dict[tuple[str, int], object]:
    """What stands for each row that others point at."""
    named = {}
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models():
            name = NAMES.get(model._meta.model_name or "")
            if name is not None:
                for row in model._base_manager.all():
                    named[model._meta.label, row.pk] = name(row)
    return named


def _values(row: models.Model, names: dict[tuple[str, int], object]) -> list[tuple[str, object]]:
    return [
        (field.attname, _value(field, getattr(row, field.attname), names))
        for field in row._meta.concrete_fields
        if not isinstance(field, models.UUIDField | models.DateTimeField)
        and not field.primary_key
        and field.name not in NOT_COMPARED
    ]


def _value(
    field: "models.Field[Any, Any]", value: object, names: dict[tuple[str, int], object]
) -> object:
    if isinstance(field, models.ForeignKey) and isinstance(value, int):
        target = field.related_model
        assert not isinstance(target, str)
        return names.get((target._meta.label, value), "a row")
    return bytes(value) if isinstance(value, memoryview) else value


def differing(one: Snapshot, other: Snapshot) -> list[str]:
    """What one has and the other has not, as sentences; empty when they are equal."""
    return [
        f"{table}: {dict((one[table] - other[table]) + (other[table] - one[table]))}"
        for table in one
        if one[table] != other[table]
    ]
