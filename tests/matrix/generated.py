"""What the tests of the matrix are generated from: cells by kind of company."""

from collections.abc import Iterable

import pytest
from django.test import Client

from tests.matrix.attempts import client_of
from tests.matrix.cell import Cell
from tests.matrix.cells import CELLS
from tests.matrix.sides import Side


def each(cells: Iterable[Cell] = CELLS) -> pytest.MarkDecorator:
    """Parametrize a test with `cell` and `kind`: each cell for each kind that has the page."""
    return pytest.mark.parametrize(
        ("cell", "kind"),
        [
            pytest.param(cell, kind, id=f"{cell.label} {kind}")
            for cell in cells
            for kind in cell.kinds
        ],
    )


def caller(cell: Cell, side: Side, *, csrf: bool = False) -> Client:
    """Whoever the cell says calls, on this side."""
    return client_of(side, "" if cell.token else cell.who, csrf=csrf)


def credentials(cell: Cell, side: Side) -> dict[str, str] | None:
    """The header of a cell that a token calls."""
    return {"Authorization": f"Bearer {side.tokens[cell.token]}"} if cell.token else None


def one_kind(cell: Cell) -> bool:
    """Whether the cell's address is one of lenders alone, or of agencies alone."""
    return len({kind for other in CELLS if other.route == cell.route for kind in other.kinds}) == 1


PERSONAL = [cell for cell in CELLS if cell.who and not cell.token]
UNSAFE = [cell for cell in CELLS if not cell.reads and not cell.token]
TOKENS = [cell for cell in CELLS if cell.token]
