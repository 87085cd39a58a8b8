"""From each cell: everybody else of the company, nobody at all, and the other kind of company."""

import pytest

from tests.matrix.attempts import (
    call,
    client_of,
    leaks,
    nothing_changed,
    others_unchanged,
    sent_by,
    undone,
    with_unseen,
)
from tests.matrix.cell import EVERYBODY, Cell
from tests.matrix.cells import CELLS
from tests.matrix.generated import PERSONAL, UNSAFE, caller, each, one_kind
from tests.matrix.sides import World

pytestmark = pytest.mark.django_db

SIGN_IN = "/sign-in/"
ONE_OF_EACH = frozenset({"admin", "lead", "collector", "inspector", "finance", "auditor"})


@each(PERSONAL)
def test_every_other_role(world: World, cell: Cell, kind: str) -> None:
    """The roles that may are answered; the others get 403, or 404 where they do not see it."""
    side = world.of_kind(kind)
    # Who else has a role that is there already matters where desks and teams part people.
    people = EVERYBODY if cell.blind else ONE_OF_EACH
    for username in sorted(people - {cell.who}):
        client, sent = client_of(side, username), sent_by(cell, side)
        with undone():
            if username in cell.allowed and cell.prepare:
                sent.body.update(cell.prepare(client, side))
            answer = call(client, cell, sent)
            assert leaks(world, side, answer) == set(), username
            if username in cell.allowed:
                assert answer.status not in (401, 403, 404, 405), username
                assert others_unchanged(world, side)
                continue
            expected = 404 if username in cell.blind else 403
            assert (username, answer.status) == (username, expected)
            assert nothing_changed(world, answer)


@each([cell for cell in CELLS if cell.unseen])
def test_what_one_does_not_see(world: World, cell: Cell, kind: str) -> None:
    """The own company's, but on another desk, of another team, or of another case."""
    side = world.of_kind(kind)
    for sent in with_unseen(cell, side):
        with undone():
            answer = call(caller(cell, side), cell, sent)
            expected = 422 if sent.what.startswith("body") else 404
            assert (sent.what, answer.status) == (sent.what, expected)
            assert nothing_changed(world, answer)


@each([cell for cell in PERSONAL if cell.route not in ("sign-out", "language")])
def test_nobody_signed_in(world: World, cell: Cell, kind: str) -> None:
    side = world.of_kind(kind)
    with undone():
        answer = call(client_of(None), cell, sent_by(cell, side))
        assert answer.status == 302
        assert answer.location.startswith(SIGN_IN)
        assert nothing_changed(world, answer)


@each(filter(one_kind, PERSONAL))
def test_the_other_kind_of_company(world: World, cell: Cell, kind: str) -> None:
    """A lender's page is no agency's, and the other way round, whatever one's role there."""
    side = world.of_kind(kind)
    other = world.partner(side)
    for username in sorted(ONE_OF_EACH):
        with undone():
            answer = call(client_of(other, username), cell, sent_by(cell, side))
            assert (username, answer.status) in ((username, 403), (username, 404))
            assert nothing_changed(world, answer)
            assert leaks(world, other, answer) == set()


@each(UNSAFE)
def test_forged_calls_are_refused(world: World, cell: Cell, kind: str) -> None:
    """Another site's form carries the session, but not the token."""
    side = world.of_kind(kind)
    with undone():
        answer = call(caller(cell, side, csrf=True), cell, sent_by(cell, side))
        assert answer.status == 403
        assert nothing_changed(world, answer)
