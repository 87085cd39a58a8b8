"""What every table of one company has in common."""

from typing import ClassVar, Self
from uuid import UUID

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from tenancy.managers import CurrentCompanyDefault, ScopedManager


class Scoped(models.Model):
    """Base of every walled table: wall 1 is the default manager and the base manager."""

    objects: ClassVar[ScopedManager[Self]] = ScopedManager(lender=None, agency=None)

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"


class CompanyOwned(Scoped):
    """A row that belongs to one company, by the column `company`."""

    company = models.ForeignKey(
        "tenancy.Company",
        on_delete=models.PROTECT,
        related_name="+",
        db_default=CurrentCompanyDefault(),
        db_index=False,
    )

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta(Scoped.Meta):
        abstract = True


def random_uid() -> "models.UUIDField[UUID | str, UUID]":
    """A random id for URLs: sequences would tell volumes."""
    return models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
