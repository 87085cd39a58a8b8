"""The cells of the matrix, by room."""

from tests.matrix.cell import Cell
from tests.matrix.cells import api, board, book, outsourcing, own, people, promises, settings, work

CELLS: list[Cell] = [
    *own.CELLS,
    *work.CELLS,
    *board.CELLS,
    *promises.CELLS,
    *book.CELLS,
    *outsourcing.CELLS,
    *people.CELLS,
    *settings.CELLS,
    *api.CELLS,
]
