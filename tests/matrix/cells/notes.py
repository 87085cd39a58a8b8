"""Notes beyond their words: corrections, files, and the result codes of the company."""

from collections.abc import Mapping

from django.test import Client

from collection.attachments import path_of
from collection.models import Attachment, Disposition, Note
from tenancy.scope import company_scope
from tests.matrix.cell import ADMIN, RECORDS, Cell, writes
from tests.matrix.cells.settings import AUDITED
from tests.matrix.cells.work import ANOTHER, CASE, OTHER_DESKS, SEE_THE_CASE, WORK_THE_CASE
from tests.matrix.furnish_notes import PNG
from tests.matrix.sides import Side


def _corrected(side: Side) -> bool:
    mine = Note.objects.filter(corrects__uid=side.ids["note"], disposition="hung_up")
    return mine.exists()


def _laid_down(_client: Client, side: Side) -> Mapping[str, str]:
    """The file of the furnished row, in the folder that this test has for files."""
    with company_scope(side.company):
        path = path_of(Attachment.objects.get(uid=side.ids["file"]).stored_as)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(PNG)
    return {}


CODE = {"code": "busy"}
CHANGED = {
    "name_en": "Engaged",
    "name_zh": "忙线",
    "is_active": "on",
    "next_action_en": "Call",
    "next_action_zh": "致电",
    "next_action_after": "0.5",
}

CELLS = [
    Cell(
        route="work:note",
        note="that corrects",
        who="collector",
        allowed=WORK_THE_CASE,
        blind=OTHER_DESKS,
        path=CASE,
        query={"corrects": "{note}"},
        unseen=ANOTHER | {"corrects": "{note_two}"},
    ),
    Cell(
        route="work:note",
        note="that corrects",
        method="POST",
        who="collector",
        allowed=WORK_THE_CASE,
        blind=OTHER_DESKS,
        path=CASE,
        body={
            "disposition": "hung_up",
            "remark": "It was noon.",
            "corrects": "{note}",
            "contact_point": "{point}",
        },
        unseen=ANOTHER | {"corrects": "{note_two}", "contact_point": "{point_two}"},
        status=302,
        writes=writes("collection_note", "collection_remark", "collection_assignment"),
        proof=_corrected,
    ),
    Cell(
        route="work:attachment",
        who="collector",
        allowed=SEE_THE_CASE,
        blind=OTHER_DESKS,
        path=CASE | {"file": "{file}"},
        prepare=_laid_down,
        unseen=ANOTHER | {"file": "{file_two}"},
    ),
    Cell(route="work:dispositions", allowed=RECORDS),
    Cell(route="work:disposition", allowed=RECORDS, path=CODE),
    Cell(
        route="work:disposition",
        method="POST",
        allowed=ADMIN,
        path=CODE,
        body=CHANGED,
        status=302,
        writes=AUDITED | writes("collection_disposition"),
        proof=lambda _side: Disposition.objects.get(code="busy").name_en == "Engaged",
    ),
]
