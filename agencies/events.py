"""What outsourcing tells upper floors: cases placed with an agency, cases taken back."""

from dataclasses import dataclass

from tenancy.events import Event


@dataclass(frozen=True, slots=True)
class CasesPlaced(Event):
    """The lender gave these cases to an agency, which holds them from now on."""

    lender_id: int
    agency_id: int
    package_id: int
    case_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CasesRecalled(Event):
    """The lender takes these cases back. Published while the agency still holds them."""

    lender_id: int
    agency_id: int
    case_ids: tuple[int, ...]
