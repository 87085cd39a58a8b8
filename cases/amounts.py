"""The four components of what is owed, paid or forgiven, added and taken away together."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

COMPONENTS = ("principal", "interest", "fee", "penalty")  # in the order of the lender's feed

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Amounts:
    """Money by component, in the company's currency.

    Plain values without a rule of their own: a difference may be negative.
    """

    principal: Decimal = NOTHING
    interest: Decimal = NOTHING
    fee: Decimal = NOTHING
    penalty: Decimal = NOTHING

    @property
    def total(self) -> Decimal:
        """The sum of the four components."""
        return self.principal + self.interest + self.fee + self.penalty

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            self.principal + other.principal,
            self.interest + other.interest,
            self.fee + other.fee,
            self.penalty + other.penalty,
        )

    def __sub__(self, other: Amounts) -> Amounts:
        return Amounts(
            self.principal - other.principal,
            self.interest - other.interest,
            self.fee - other.fee,
            self.penalty - other.penalty,
        )

    def __neg__(self) -> Amounts:
        return Amounts(-self.principal, -self.interest, -self.fee, -self.penalty)

    def capped_at(self, ceiling: Amounts) -> Amounts:
        """The smaller of the two, component by component."""
        return Amounts(
            min(self.principal, ceiling.principal),
            min(self.interest, ceiling.interest),
            min(self.fee, ceiling.fee),
            min(self.penalty, ceiling.penalty),
        )

    def has_negative(self) -> bool:
        """Whether any component is below zero."""
        return min(self.principal, self.interest, self.fee, self.penalty) < 0


ZERO = Amounts()
