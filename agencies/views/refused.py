"""Cases that an act leaves out, as screens list them: which, why, and how many for each reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from cases.models import Case
from cases.refusals import Refusal, Refused, counted
from tenancy.formats import count
from tenancy.screen import Text

LISTED = 100
"""How many refused cases a screen names; beyond that, the counts by reason say the rest."""


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """One refused case. `uid` is "" where the reader may not open it."""

    uid: str
    loan_no: str
    borrower: str
    why: Text


@dataclass(frozen=True, slots=True)
class RefusedCases:
    """All that an act refuses: the sum, the sums by reason, and the first LISTED by name."""

    total: int
    by_reason: Sequence[tuple[Text, str]]
    lines: Sequence[RefusedLine]

    @property
    def unlisted(self) -> int:
        """How many are counted but not named."""
        return self.total - len(self.lines)


def refused_cases(refusals: Sequence[Refused]) -> RefusedCases:
    """The refusals in the order of their reasons, with what to call each case."""
    order = {reason: place for place, reason in enumerate(Refusal)}
    listed = sorted(refusals, key=lambda each: (order[each[1]], each[0]))[:LISTED]
    known = Case.objects.in_bulk([case_id for case_id, _why in listed])
    return RefusedCases(
        total=len(refusals),
        by_reason=[(reason.label, count(number)) for reason, number in counted(refusals)],
        lines=[_line(known.get(case_id), reason) for case_id, reason in listed],
    )


def _line(case: Case | None, reason: Refusal) -> RefusedLine:
    if case is None:
        return RefusedLine("", "–", "", reason.label)
    return RefusedLine(str(case.uid), case.loan_no, case.borrower_name, reason.label)
