"""What the book tells upper floors: cases opened, closed, reopened, on hold; money that came in."""

from dataclasses import dataclass

from tenancy.events import Event


@dataclass(frozen=True, slots=True)
class CasesOpened(Event):
    """Loans entered collections; these cases are new.

    at_night: by the night's own aging. What has a step of its own in the night is left to that.
    """

    case_ids: tuple[int, ...]
    at_night: bool = False


@dataclass(frozen=True, slots=True)
class CasesClosed(Event):
    """These cases left collections; the reason stands on each."""

    case_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CasesReopened(Event):
    """A reversal took back the repayment that had closed these cases."""

    case_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HoldsChanged(Event):
    """Holds on these cases were opened, lifted, or end on another date."""

    case_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RepaymentsPosted(Event):
    """Money was booked, matched or reversed: the repayments whose state or allocation is new."""

    repayment_ids: tuple[int, ...]
