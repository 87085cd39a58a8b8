"""What an agency wrote on cases that it holds no more: found by loan number, opened by reason."""

from agencies.models import Placement
from collection.models import Note, Remark
from collection.notes import open_remarks
from tenancy.models import Company, User


def past_placements(*, agency: Company, loan_no: str) -> list[Placement]:
    """The agency's stays that are over of a loan number, newest first; none while it holds it.

    A number may stand for several loans: those of several lenders.
    """
    rows = Placement.objects.filter(agency=agency, loan_no=loan_no.strip())
    held = set(rows.filter(ended_at=None).values_list("case_id", flat=True))
    over = rows.exclude(case_id__in=held).select_related("package").order_by("-ended_at", "-pk")
    newest: dict[int, Placement] = {}
    for each in over:
        newest.setdefault(each.case_id, each)
    return list(newest.values())


def notes_left(*, agency: Company, case_ids: list[int]) -> dict[int, int]:
    """How many notes of its own with a remark the agency has on each of these cases."""
    counts = dict.fromkeys(case_ids, 0)
    rows = Note.objects.filter(company=agency, case_id__in=case_ids, has_remark=True)
    for case_id in rows.values_list("case_id", flat=True):
        counts[case_id] += 1
    return counts


def open_sealed(*, agency: Company, placement: Placement, reason: str, by: User) -> list[Remark]:
    """The agency's remarks on the case of a placement that is over; see `open_remarks`."""
    return open_remarks(company=agency, case_id=placement.case_id, reason=reason, by=by)
