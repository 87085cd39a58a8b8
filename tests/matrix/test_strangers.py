"""From each cell: ids of other companies in the path, the query and the body, and smuggled columns.

A stranger is the mirrored lender or agency, and the partner where it keeps something to itself.
"""

from typing import cast

import pytest

from tests.matrix.attempts import (
    call,
    leaks,
    nothing_changed,
    others_unchanged,
    sent_by,
    undone,
    with_strangers,
)
from tests.matrix.cell import Cell
from tests.matrix.cells import CELLS
from tests.matrix.generated import PERSONAL, caller, credentials, each
from tests.matrix.sides import PUBLIC, World, names_in

pytestmark = pytest.mark.django_db

REFUSED = frozenset({400, 403, 404, 409, 422})
COLUMNS = ("company", "owner", "lender", "agency", "holder", "by", "author")


def _named(*values: object) -> bool:
    """Whether any of the texts names an id."""
    texts = [t for v in values for t in ([v] if isinstance(v, str) else cast("list[object]", v))]
    return any(set(names_in(text)) - PUBLIC for text in texts if isinstance(text, str))


@each([cell for cell in CELLS if _named(*cell.path.values())])
def test_a_strangers_id_in_the_path(world: World, cell: Cell, kind: str) -> None:
    side = world.of_kind(kind)
    attempts = list(with_strangers(cell, side, world, part="path"))
    assert attempts
    for sent in attempts:
        with undone():
            answer = call(caller(cell, side), cell, sent, headers=credentials(cell, side))
            assert (sent.what, answer.status) == (sent.what, 404)
            assert nothing_changed(world, answer) or answer.wrote == {"tenancy_apitoken"}
            assert leaks(world, side, answer) == set(), sent.what


@each([c for c in CELLS if _named(*c.query.values(), *c.body.values())])
def test_a_strangers_id_in_the_fields(world: World, cell: Cell, kind: str) -> None:
    """A list leaves it out; a form refuses it, or asks again where another effect was shown."""
    side = world.of_kind(kind)
    for sent in with_strangers(cell, side, world, part="fields"):
        with undone():
            answer = call(caller(cell, side), cell, sent, headers=credentials(cell, side))
            asked_again = cell.reads or sent.name == "seen"
            expected = REFUSED | {200} if asked_again else REFUSED
            assert (sent.what, answer.status in expected) == (sent.what, True), answer.status
            assert nothing_changed(world, answer), sent.what
            assert leaks(world, side, answer) == set(), sent.what


@each([cell for cell in PERSONAL if not cell.reads])
def test_smuggled_columns(world: World, cell: Cell, kind: str) -> None:
    """Columns that no form has are not read from one: nothing lands with another company."""
    side = world.of_kind(kind)
    for other in (world.mirror(side), world.partner(world.mirror(side))):
        client, sent = caller(cell, side), sent_by(cell, side)
        extra = {f"{name}{end}": str(other.company.pk) for name in COLUMNS for end in ("", "_id")}
        with undone():
            if cell.prepare:
                sent.body.update(cell.prepare(client, side))
            sent.body.update({name: v for name, v in extra.items() if name not in sent.body})
            answer = call(client, cell, sent)
            assert answer.status == cell.status
            assert others_unchanged(world, side)
            assert leaks(world, side, answer) == set()
