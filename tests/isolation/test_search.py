"""No number, name or id of another company finds anything, whoever looks and however."""

import pytest

from collection.search import search
from tenancy.models import User
from tenancy.scope import company_scope
from tests.matrix.sides import MARKS, World

pytestmark = pytest.mark.django_db


def texts_of_others(world: World, code: str) -> set[str]:
    """What stands in the books of others and is not this company's to see."""
    side = world[code]
    found = world.forbidden(side)
    return found | {text[-4:] for text in found} | {text.lower() for text in found}


@pytest.mark.parametrize("code", MARKS)
@pytest.mark.parametrize("username", ["admin", "collector"])
def test_a_strangers_number_finds_nothing_of_a_stranger(
    world: World, code: str, username: str
) -> None:
    side = world[code]
    with company_scope(side.company):
        user = User.objects.select_related("company").get(username=username)
        on = side.company.local_date()
        for text in sorted(texts_of_others(world, code)):
            for row in search(user=user, text=text, on=on).rows:
                said = f"{row.loan_no} {row.borrower_name} {row.desk} {row.lender_name}"
                assert not {word for word in world.forbidden(side) if word in said}, text


@pytest.mark.parametrize("code", MARKS)
def test_the_own_book_is_found(world: World, code: str) -> None:
    """So that what finds nothing above is not a search that never finds anything."""
    side = world[code]
    with company_scope(side.company):
        user = User.objects.select_related("company").get(username="admin")
        partner = world.partner(side)
        word = side.marks.private if side.company.is_lender else partner.marks.lent
        assert search(user=user, text=word, on=side.company.local_date()).rows
