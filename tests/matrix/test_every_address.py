"""Every route the resolver knows, every method: somebody rightful gets what it is for."""

import pytest

from tenancy.scope import company_scope
from tests.matrix.attempts import call, client_of, leaks, others_unchanged, sent_by, undone
from tests.matrix.cell import Cell
from tests.matrix.cells import CELLS
from tests.matrix.generated import caller, credentials, each
from tests.matrix.routes import METHODS, routes
from tests.matrix.sides import World

pytestmark = pytest.mark.django_db
PLAIN = {"Accept-Language": "en", "User-Agent": "matrix"}


def test_every_route_has_a_cell() -> None:
    assert {route.name for route in routes()} == {cell.route for cell in CELLS}


def test_every_parameter_of_a_route_is_given() -> None:
    parameters = {route.name: route.parameters for route in routes()}
    wrong = [cell.label for cell in CELLS if parameters[cell.route] != set(cell.path)]
    assert wrong == []


@pytest.mark.parametrize("name", sorted({cell.route for cell in CELLS}))
def test_other_methods_are_refused(world: World, name: str) -> None:
    """A method without a cell is 405, to who may use the others."""
    ours = [cell for cell in CELLS if cell.route == name]
    known = {cell.method for cell in ours}
    if any(cell.status == 404 for cell in ours):
        return  # nothing is there, by whatever method
    cell = next((cell for cell in ours if not cell.reads), ours[0])
    side = world.of_kind(cell.kinds[0])
    # The API describes itself to OPTIONS.
    described = {"OPTIONS"} if cell.token or name.startswith("api:") else set()
    for method in {*METHODS, "OPTIONS", "TRACE"} - known - described:
        with undone():
            headers = PLAIN | (credentials(cell, side) or {})
            answer = call(caller(cell, side), cell, sent_by(cell, side), method, headers)
            assert (method, answer.status) == (method, 405)
            assert answer.wrote <= {"tenancy_apitoken"}


@each()
def test_the_rightful_call_has_its_effect(world: World, cell: Cell, kind: str) -> None:
    side = world.of_kind(kind)
    client, sent = caller(cell, side), sent_by(cell, side)
    headers = PLAIN | (credentials(cell, side) or {})
    with undone():
        if cell.prepare:
            sent.body.update(cell.prepare(client, side))
        if cell.proof:
            with company_scope(side.company):
                assert not cell.proof(side)
        answer = call(client, cell, sent, headers=headers)
        assert answer.status == cell.status, answer.text[:3000]
        if cell.reads:
            assert answer.wrote <= cell.writes
            head = call(client, cell, sent, "HEAD", headers)
            assert head.status == cell.status
        else:
            assert answer.wrote >= cell.writes
        if cell.proof:
            with company_scope(side.company):
                assert cell.proof(side)
        assert others_unchanged(world, side)
        assert leaks(world, side, answer) == set()


@each([cell for cell in CELLS if cell.is_open])
def test_open_addresses_know_nobody(world: World, cell: Cell, kind: str) -> None:
    """What is answered before signing in tells nothing of any company."""
    side = world.of_kind(kind)
    with undone():
        answer = call(client_of(None), cell, sent_by(cell, side), headers=PLAIN)
        assert leaks(world, side, answer) == set()
        assert side.marks.private.lower() not in answer.text.lower()
        assert side.marks.lent.lower() not in answer.text.lower()
