"""Key rotation: every sealed value of a company under the newest key, in batches."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection, models, transaction

from cases.models import Borrower, ContactPoint, StagedContact, StagedLoan
from tenancy.models import TotpDevice
from tenancy.personal_data import CannotOpen, key_of, newest_key, open_sealed, seal

SEALED: Mapping[type[models.Model], Sequence[str]] = {
    TotpDevice: ("sealed_key",),
    Borrower: ("id_no_sealed",),
    ContactPoint: ("number_sealed",),
    StagedLoan: ("id_no_sealed", "phone_sealed"),
    StagedContact: ("phone_sealed",),
}
"""Every column that holds a sealed value; a test compares it with the models."""
LENDERS_ONLY = frozenset({Borrower, ContactPoint, StagedLoan, StagedContact})


@dataclass(slots=True)
class Resealed:
    """What a run did: values sealed anew, and values that no key opens, by key id."""

    values: int = 0
    closed: dict[str, int] = field(default_factory=dict)


def sealed_columns(*, is_lender: bool) -> list[tuple[type[models.Model], str]]:
    """The sealed columns that a lender, or an agency, has rows in."""
    return [
        (model, column)
        for model, columns in SEALED.items()
        if is_lender or model not in LENDERS_ONLY
        for column in columns
    ]


def reseal_batch(
    *, model: type[models.Model], column: str, after: int, batch: int, done: Resealed
) -> int | None:
    """Seal the next values of one column behind a row under the newest key, inside a scope.

    Returns the last row looked at, None when there are no more; adds to `done`. One statement,
    which leaves alone a value that changed meanwhile, so the feed and people may work on. In a
    transaction of its own, a kill loses one batch, and the next run finds what is left.
    """
    rows = list(
        model._default_manager.exclude(**{column: ""})
        .exclude(**{f"{column}__startswith": f"{newest_key()}:"})
        .filter(pk__gt=after)
        .order_by("pk")
        .values_list("pk", column)[:batch]
    )
    if not rows:
        return None
    _write(model, column, list(_opened(rows, done)), done)
    last: int = rows[-1][0]
    return last


def _opened(rows: Sequence[tuple[int, str]], done: Resealed) -> Iterator[tuple[int, str, str]]:
    for pk, old in rows:
        try:
            yield pk, old, seal(open_sealed(old))
        except CannotOpen:
            done.closed[key_of(old)] = done.closed.get(key_of(old), 0) + 1


def _write(
    model: type[models.Model],
    column: str,
    changes: Sequence[tuple[int, str, str]],
    done: Resealed,
) -> None:
    table, quote = model._meta.db_table, connection.ops.quote_name
    statement = (
        f"UPDATE {quote(table)} AS t SET {quote(column)} = c.new "  # noqa: S608 names of the model
        "FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS c(id, old, new) "
        f"WHERE t.id = c.id AND t.{quote(column)} = c.old"
    )
    pks, olds, news = zip(*changes, strict=True) if changes else ((), (), ())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [list(pks), list(olds), list(news)])
        done.values += cursor.rowcount
