"""The form for a note, made for one case and one person."""

from collections.abc import Sequence
from uuid import UUID

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from cases.models import Case, ContactPoint
from collection.attachments import UploadedFile
from collection.case_page import CasePage
from collection.dispositions import dispositions_in_use
from collection.forms import NoteForm
from collection.models import ContactTry, Note
from tenancy.models import User

CONSENT_IN = frozenset({"US"})
"""Where a consent to further calls lifts a rule of the gate (docs/workbench/contact-gate.md)."""


def empty_form(*, user: User, page: CasePage, share: bool) -> NoteForm:
    """The form as it stands on the page: it knows its notes, and the contact in progress."""
    return note_form(
        user=user,
        points=page.contact_points,
        share=share,
        knew=newest_by_others(page.notes, user),
        about=page.in_progress,
    )


def note_form(
    *,
    user: User,
    points: Sequence[ContactPoint],
    share: bool,
    knew: UUID | None = None,
    about: ContactTry | None = None,
    data: QueryDict | None = None,
    files: MultiValueDict[str, UploadedFile] | None = None,
) -> NoteForm:
    """The form, empty or with what was sent. share: whether the holding agency may be told."""
    return NoteForm(
        data,
        files,
        dispositions=dispositions_in_use,
        points=points,
        currency=user.company.currency,
        may_share=share,
        asks_consent=user.company.jurisdiction in CONSENT_IN,
        initial={"knew": knew} | (_about(about, points) if about else {}),
    )


def _about(contact: ContactTry, points: Sequence[ContactPoint]) -> dict[str, object]:
    """What the form begins with when the note is to tell of a contact in progress."""
    point = next((each.uid for each in points if each.pk == contact.contact_point_id), "")
    channel = contact.channel if contact.channel in Note.Channel.values else Note.Channel.OTHER
    return {"try_uid": contact.uid, "contact_point": point, "channel": channel}


def newest_by_others(notes: Sequence[Note], user: User) -> UUID | None:
    """The newest of these notes that somebody else wrote."""
    others = [
        note for note in notes if (note.company_id, note.author_id) != (user.company_id, user.pk)
    ]
    return max(others, key=lambda note: note.pk).uid if others else None


def may_share(user: User, case: Case) -> bool:
    """Whether a note on the case may be shared with the agency that holds it."""
    return user.company.is_lender and case.holder_id is not None
