"""Amounts by component: sums, differences, caps."""

from decimal import Decimal

from cases.amounts import COMPONENTS, ZERO, Amounts

OWED = Amounts(Decimal("1000.00"), Decimal("38.25"), Decimal("20.00"), Decimal("45.30"))
PAID = Amounts(Decimal("196.45"), Decimal("38.25"), Decimal("20.00"), Decimal("45.30"))


def test_adds_and_takes_away_component_by_component() -> None:
    left = OWED - PAID
    assert left == Amounts(principal=Decimal("803.55"))
    assert left + PAID == OWED
    assert OWED + -OWED == ZERO
    assert OWED.total == Decimal("1103.55")


def test_components_stand_in_the_order_of_the_feed() -> None:
    assert COMPONENTS == ("principal", "interest", "fee", "penalty")
    assert [getattr(OWED, name) for name in COMPONENTS] == [
        Decimal("1000.00"), Decimal("38.25"), Decimal("20.00"), Decimal("45.30")
    ]  # fmt: skip


def test_capped_at_takes_the_smaller_of_each_component() -> None:
    asked = Amounts(Decimal(1), Decimal(99), Decimal(20), Decimal(50))
    assert asked.capped_at(OWED) == Amounts(
        Decimal(1), Decimal("38.25"), Decimal(20), Decimal("45.30")
    )


def test_negative_components_are_noticed() -> None:
    assert not OWED.has_negative()
    assert (PAID - OWED).has_negative()
