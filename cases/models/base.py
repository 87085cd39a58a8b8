"""What every row of a lender's book has in common: its owner, and who may see it."""

from typing import Any, ClassVar, Self

from django.db import models

from tenancy.managers import CurrentCompanyDefault, ScopedManager
from tenancy.models.base import Scoped
from tenancy.walls import AGENCY_ROLE, KEEP, LENDER_ROLE, READ, CompositeKey, Rule, Wall


class LenderOwned(Scoped):
    """A row of a lender's book. Which of them an agency sees is the row policy's to say."""

    owner = models.ForeignKey(
        "tenancy.Company",
        on_delete=models.PROTECT,
        related_name="+",
        db_default=CurrentCompanyDefault(),
        db_index=False,
    )

    objects: ClassVar[ScopedManager[Self]] = ScopedManager(lender="owner_id", agency=None)

    class Meta(Scoped.Meta):
        abstract = True


def money(**options: Any) -> "models.DecimalField[Any, Any]":
    """An amount in the company's currency: at most 16 digits before the point, two after."""
    return models.DecimalField(max_digits=18, decimal_places=2, **options)


def owner_key(child: str, field: str, to: str) -> CompositeKey:
    """(owner, field) → (owner, id): the parent belongs to the same lender."""
    return CompositeKey(
        name=f"{child}_{field}_fk",
        columns=("owner_id", f"{field}_id"),
        to=to,
        to_columns=("owner_id", "id"),
    )


def held(case_id: str) -> str:
    """SQL: the company of the transaction holds the case of this id."""
    return (
        f"EXISTS (SELECT 1 FROM cases_case held "  # noqa: S608 a column's name, never input
        f"WHERE held.id = {case_id} AND held.holder_id = {{me}})"
    )


def book_wall(name: str, seen_by_holder: str, may: tuple[str, ...] = KEEP) -> Wall:
    """The usual wall of the book: the lender's own rows; an agency reads by a rule of cases."""
    return Wall(
        name=name,
        rules=[
            Rule(LENDER_ROLE, may, "owner_id = {me}"),
            Rule(AGENCY_ROLE, READ, seen_by_holder),
        ],
    )
