"""The world is furnished: where there is nothing, nothing could leak."""

import pytest
from django.db import models

from tests.isolation.sight import everything, viewers
from tests.isolation.test_catalogue import WALLED
from tests.matrix.sides import World

EMPTY = {
    "tenancy.GroupGrant": "django-guardian asks for it; Recoup grants to people only",
}


@pytest.mark.parametrize("model", WALLED, ids=lambda model: model._meta.label)
def test_both_sides_have_rows(world: World, model: type[models.Model]) -> None:
    seeing = viewers(model)
    seen = {company for row in everything(model) for company in seeing(row)}
    sides = [{world[lender].company.pk, world[agency].company.pk} for lender, agency in PAIRS]
    if model._meta.label in EMPTY:
        assert not seen
        return
    assert all(side & seen for side in sides)


PAIRS = (("HAIYUE", "ANXIN"), ("NORTH", "BRIDGE"))


def test_names_carry_the_marks(world: World) -> None:
    """A leak is looked for by these words: they must stand in what a company has."""
    for side in world.sides.values():
        text = " ".join(
            str(value).lower()
            for model in WALLED
            for row in everything(model)
            if side.company.pk in viewers(model)(row)
            for value in row.values()
        )
        assert side.marks.private.lower() in text
        assert side.marks.lent.lower() in text
