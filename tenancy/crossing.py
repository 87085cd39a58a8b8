"""The one door through the wall: acts that must write on the other company's side.

The list is closed (`Crossing`). Each use names the relation that proves the right to cross, is
checked in the outer scope, happens in the same transaction, and is recorded.
"""

import enum
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models, transaction

from tenancy.models import Company, CrossingRecord
from tenancy.scope import Scope, company_scope, current_scope


class Crossing(enum.StrEnum):
    """Every act that crosses a wall."""

    RECALL = "recall"
    CLOSE = "close"
    HOLD = "hold"
    CONTACT = "contact"
    CONTACT_POINT = "contact_point"
    RANK = "rank"
    JUDGE_PROMISE = "judge_promise"


class NoProof(PermissionError):
    """The relation that would prove the right to cross does not exist."""


@contextmanager
def cross(
    *,
    kind: Crossing,
    into: Company,
    proof: models.QuerySet[models.Model],
    about: str,
    actor_name: str = "",
) -> Iterator[Scope]:
    """Run the block in `into`'s scope, inside the transaction that is open.

    proof: rows seen by the outer scope that relate both companies; none raises NoProof.
    about: what the act concerns, for the record (no personal data).
    """
    current_scope()
    with transaction.atomic():
        if not proof.exists():
            raise NoProof(f"Nothing relates this company to {into.code} for {kind}.")
        CrossingRecord.objects.create(
            kind=kind, into_company_id=into.pk, about=about, actor_name=actor_name
        )
        with company_scope(into) as scope:
            yield scope


@contextmanager
def look_across(
    *, kind: Crossing, into: Company, proof: models.QuerySet[models.Model]
) -> Iterator[Scope]:
    """Run a block that only reads in `into`'s scope; the database refuses it every write.

    It is not recorded, because nothing comes of it there: what the caller tells of what it read is
    the caller's duty. proof: as for cross.
    """
    current_scope()
    with transaction.atomic():
        if not proof.exists():
            raise NoProof(f"Nothing relates this company to {into.code} for {kind}.")
        with company_scope(into) as scope:
            with connection.cursor() as cursor:
                # Of the innermost savepoint: it ends with the scope.
                cursor.execute("SET LOCAL transaction_read_only = on")
            yield scope
