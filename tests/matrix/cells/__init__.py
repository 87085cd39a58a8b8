"""The cells of the matrix, by room."""

from tests.matrix.cell import Cell
from tests.matrix.cells import (
    api,
    board,
    book,
    gate,
    holds,
    lists,
    money,
    notes,
    outsourcing,
    own,
    people,
    promises,
    queue,
    settings,
    work,
)

CELLS: list[Cell] = [
    *own.CELLS,
    *work.CELLS,
    *notes.CELLS,
    *gate.CELLS,
    *board.CELLS,
    *promises.CELLS,
    *queue.CELLS,
    *book.CELLS,
    *outsourcing.CELLS,
    *people.CELLS,
    *settings.CELLS,
    *holds.CELLS,
    *lists.CELLS,
    *money.CELLS,
    *api.CELLS,
]
