"""The world is furnished: every table that a company may write holds rows of its own."""

import pytest

from tests.matrix.sides import World

pytestmark = pytest.mark.django_db


def test_it(world: World) -> None:
    for code, side in world.sides.items():
        print(code, side.ids)
