"""Notes with files on both sides: the lender's own, one that it shares, and those of its agency."""

from collections.abc import Mapping
from tempfile import TemporaryDirectory

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from cases.models import Case, ContactPoint
from collection.models import Attachment
from collection.notes import write_note
from tenancy.models import User
from tenancy.scope import company_scope
from tests.matrix.sides import PARTNERS, Side

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


def furnish_notes(sides: Mapping[str, Side]) -> None:
    """A note with a picture for each desk; after the book and the placements."""
    with TemporaryDirectory() as folder, override_settings(FILES_ROOT=folder):
        _notes(sides)


def _notes(sides: Mapping[str, Side]) -> None:
    for code, other in PARTNERS.items():
        if sides[code].kind == "lender":
            lender, agency = sides[code], sides[other]
            _note(lender, "", "case", "collector", lender.marks.private)
            _note(lender, "_two", "case_two", "collector3", lender.marks.private)
            lender.hidden |= {"note", "file", "note_two", "file_two"}
            _note(lender, "_lent", "case_lent", "admin", lender.marks.lent, shared=True)
            _note(agency, "", "case", "collector", agency.marks.lent)
            _note(agency, "_two", "case_two", "collector3", agency.marks.lent)


def _note(
    side: Side, suffix: str, case: str, username: str, mark: str, *, shared: bool = False
) -> None:
    with company_scope(side.company):
        found = Case.objects.get(uid=side.ids[case])
        note = write_note(
            company=side.company,
            case=found,
            by=User.objects.get(username=username),
            disposition="hung_up",
            remark=f"{mark} hung up.",
            contact_point=ContactPoint.objects.filter(borrower=found.borrower_id).first(),
            facts={"agreed_until": side.company.local_date()},
            files=[SimpleUploadedFile(f"{mark}.png", PNG)],
            shared=shared,
        )
        write_note(
            company=side.company,
            case=found,
            by=User.objects.get(username=username),
            disposition="busy",
            remark=f"{mark} was busy, to be exact.",
            corrects=note,
            shared=shared,
        )
        side.ids[f"note{suffix}"] = str(note.uid)
        side.ids[f"file{suffix}"] = str(Attachment.objects.get(note=note).uid)
