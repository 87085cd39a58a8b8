"""The cells of the matrix, by room."""

from tests.matrix.cell import Cell
from tests.matrix.cells import api, book, outsourcing, own, people, promises, settings, work

CELLS: list[Cell] = [
    *own.CELLS,
    *work.CELLS,
    *promises.CELLS,
    *book.CELLS,
    *outsourcing.CELLS,
    *people.CELLS,
    *settings.CELLS,
    *api.CELLS,
]
