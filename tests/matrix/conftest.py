"""What every test of the matrix stands on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from tests.matrix.attempts import standing
from tests.matrix.sides import World


@pytest.fixture(autouse=True)
def untouched(world: World, db: None, tmp_path: Path) -> Iterator[None]:
    """The world as furnished is known before anything is tried; uploads go elsewhere."""
    standing(world)
    with override_settings(FILES_ROOT=tmp_path):
        yield
