"""Expected values in words."""

from decimal import Decimal

import pytest

from collection.ranking import Weights
from collection.views.worth import Worth


@pytest.mark.parametrize(
    ("weights", "score", "idle", "told"),
    [
        (Weights(), 650, 0, "Outstanding 10,000.00 × 65 % (collection score 650)"),
        (
            Weights(),
            None,
            0,
            "Outstanding 10,000.00 × 50 % (no collection score, taken as 500)",
        ),
        (
            Weights(score_weight=Decimal("12.50")),
            None,
            0,
            "Outstanding 10,000.00 × 93.75 % (no collection score, taken as 500, counts 12.50 %)",
        ),
        (
            Weights(score_weight=Decimal(50), touch_weight=Decimal(70)),
            333,
            1,
            "Outstanding 10,000.00 × 66.65 % (collection score 333, counts 50 %)"
            " × 110 % (1 day untouched)",
        ),
        (Weights(score_weight=Decimal(0)), 650, 0, "Outstanding 10,000.00"),
    ],
)
def test_how_a_value_comes_about(weights: Weights, score: int | None, idle: int, told: str) -> None:
    assert Worth(weights).why(Decimal(10000), score, idle) == told
