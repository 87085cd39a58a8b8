"""Who had a case, one after another: the company's own desks, and for a lender its agencies.

Made of what a timeline has read anyway. Of an agency only its name and the days are told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from cases.models import CaseEvent
from collection.models import Assignment

ENDS = ("recalled", "expired")


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody had the case from a date until another; until None: has it now."""

    name: str
    since: date
    until: date | None


def stays(
    assignments: Sequence[Assignment], events: Sequence[CaseEvent], zone: ZoneInfo
) -> list[Stay]:
    """Every stay that these tell of, the newest first."""
    found = [*_desks(assignments, zone), *_agencies(events, zone)]
    return sorted(found, key=lambda stay: (stay.until is None, stay.since), reverse=True)


def _desks(assignments: Sequence[Assignment], zone: ZoneInfo) -> Iterator[Stay]:
    for each in assignments:
        person = each.collector.display_name if each.collector else ""
        yield Stay(
            " · ".join(filter(None, (person, each.team.name))),
            each.assigned_on,
            each.ended_at.astimezone(zone).date() if each.ended_at else None,
        )


def _agencies(events: Sequence[CaseEvent], zone: ZoneInfo) -> Iterator[Stay]:
    """Each placement, ended by the next event that says so; events come newest first."""
    until: date | None = None
    for event in events:
        on = event.at.astimezone(zone).date()
        if event.kind in ENDS:
            until = on
        elif event.kind == "placed":
            yield Stay(str(event.data.get("agency", "")), on, until)
            until = None
