"""A note in words: facts, files, what it corrects and what corrects it; for timeline and forms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Case
from collection.facts import in_words
from collection.models import Attachment, Disposition, Note
from tenancy.formats import day
from tenancy.formats import moment as in_moment
from tenancy.models import Company
from tenancy.screen import Link


@dataclass(frozen=True, slots=True)
class Told:
    """A note as people read it. facts: one line; remark: "" without one or where it is sealed."""

    at: datetime
    what: str
    who: str
    remark: str
    facts: str
    then: str
    files: list[Link]


def with_files(notes: QuerySet[Note]) -> QuerySet[Note]:
    """The notes with their words and their readable files, still in one query."""
    files = Attachment.objects.filter(note=OuterRef("pk")).order_by("pk")
    return notes.select_related("words").annotate(
        file_rows=ArraySubquery(files.values(row=JSONObject(uid=F("uid"), name=F("name"))))
    )


def of_case(notes: Iterable[Note], case: Case) -> list[Note]:
    """The notes, which are all of this case, with the case at hand."""
    found = list(notes)
    for note in found:
        note.case = case
    return found


def told(note: Note, company: Company) -> Told:
    """The note in the language of the screen; it comes from with_files and of_case."""
    then = note.next_action
    if note.next_action_at:
        then = f"{then} {day(note.next_action_at, company)}".strip()
    return Told(
        at=note.at,
        what=note.label,
        who=note.author_name,
        remark=remark_of(note),
        facts=facts_line(note),
        then=then,
        files=file_links(note),
    )


def remark_of(note: Note) -> str:
    """What was said; that it is sealed, where it is."""
    words = getattr(note, "words", None)
    if words is not None:
        return str(words.text)
    return _("The remark is sealed.") if note.has_remark else ""


def facts_line(note: Note) -> str:
    """The facts and the overdue reason in one line: "Amount 500.00 · Date 2026-11-23"."""
    words = getattr(note, "words", None)
    facts = in_words(words.facts) if words is not None else []
    said = [f"{label} {text}" for label, text in facts]
    if note.overdue_reason:
        said.append(f"{_('Overdue reason')} {note.get_overdue_reason_display()}")
    if Disposition.Flag.HARDSHIP in note.flags and Disposition.Flag.RIGHT_PARTY in note.flags:
        # A lead decides on it (cases.hold_kinds); a disposition opens none of this kind.
        said.append(_("Hardship hold proposed"))
    return " · ".join(said)


def file_links(note: Note) -> list[Link]:
    """The files of a note as links; none where they are sealed."""
    rows: Iterable[Mapping[str, str]] = getattr(note, "file_rows", ())
    return [
        Link(
            label=row["name"],
            href=reverse("work:attachment", args=[note.case.uid, row["uid"]]),
            icon="paperclip",
        )
        for row in rows
    ]


def correct_link(note: Note) -> Link:
    """The way to a correction, which is a note of its own."""
    href = reverse("work:note", args=[note.case.uid])
    return Link(label=_("Correct"), href=f"{href}?corrects={note.uid}", icon="pencil", panel=True)


def corrections(notes: Iterable[Note]) -> tuple[dict[int, str], dict[int, str]]:
    """By note: what it corrects, and what corrects it, as sentences.

    Of the notes given only: the older of a pair may stand further down than they reach.
    """
    rows = list(notes)
    by_id = {note.pk: note for note in rows}
    correcting: dict[int, str] = {}
    corrected: dict[int, str] = {}
    for note in sorted(rows, key=lambda each: each.pk):
        if note.corrects_id is None:
            continue
        earlier = by_id.get(note.corrects_id)
        correcting[note.pk] = (
            _("Corrects “%(what)s” of %(when)s.")
            % {"what": earlier.label, "when": in_moment(earlier.at)}
            if earlier
            else _("Corrects an earlier note.")
        )
        corrected[note.corrects_id] = _("Corrected by %(who)s %(when)s.") % {
            "who": note.author_name,
            "when": in_moment(note.at),
        }
    return correcting, corrected
