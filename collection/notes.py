"""Notes: the record of a follow-up, its result, what follows from it, and what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Case, ContactPoint
from collection import effects
from collection.attachments import attach, check_files, discard, store
from collection.effects import FollowUp
from collection.facts import plain, read_facts
from collection.models import Assignment, Disposition, Note, Remark, RemarkOpening
from collection.note_words import of_case, with_files
from collection.visibility import may_work
from tenancy.models import Company, Role, User

LONGEST_ACTION = 120
LONGEST_REMARK = 4000
Knew = UUID | None | Literal[False]
"""The newest note of somebody else that a form showed; None: there was none; False: not asked."""


class NewerNotes(Exception):
    """Somebody else has written on the case since the form was opened; `notes`, newest first."""

    def __init__(self, notes: Sequence[Note]) -> None:
        super().__init__(f"{len(notes)} newer notes")
        self.notes = notes


def write_note(
    *,
    company: Company,
    case: Case,
    by: User,
    disposition: str,
    remark: str,
    next_action: str = "",
    next_action_at: datetime | None = None,
    shared: bool = False,
    at: datetime | None = None,
    form_key: UUID | None = None,
    channel: str = Note.Channel.CALL,
    contact_point: ContactPoint | None = None,
    overdue_reason: str = "",
    facts: Mapping[str, object] | None = None,
    corrects: Note | None = None,
    try_uid: UUID | None = None,
    files: Sequence[UploadedFile] = (),
    knew: Knew = False,
) -> Note:
    """Record a follow-up on a case in sight, do what follows from its result, and plan the next.

    disposition: a code that the company uses. remark: required unless nobody was reached.
    next_action, next_action_at: what and when; by default those of the disposition, at the moment
    that its facts name, else after its delay, counted from the follow-up. at: its moment, now if
    left out. shared: whether the agency that holds the lender's case reads it; the lender reads
    every agency's. form_key: of the form that was sent; sent twice, it is written once.
    contact_point: who was contacted; None: the borrower, by no number. facts: what the disposition
    requires, by name (collection.facts). corrects: the company's earlier note on the case.
    try_uid: the contact that the gate let through, settled by this. files: pictures and PDFs.
    knew: see Knew; raises NewerNotes where there is a newer one.
    The caller has found `case` among the visible ones. Raises PermissionDenied for who only
    reads, ValidationError by field.
    """
    if not may_work(by):
        raise PermissionDenied
    code, when = Disposition(code=disposition), at or timezone.now()
    follow = FollowUp(company, case, by, code, when, contact_point, remark.strip())
    written, key = _sent_before(follow, form_key, knew)
    if written is not None:
        return written
    note = Note(
        next_action=next_action.strip(),
        next_action_at=next_action_at,
        shared=shared and company.is_lender,
        form_key=key,
        channel=channel,
        overdue_reason=overdue_reason,
        corrects=corrects,
    )
    follow = _checked(follow, note, facts or {}, files)
    _fill(note, follow)
    return _keep(note, follow, files, try_uid)


def _sent_before(
    follow: FollowUp, form_key: UUID | None, knew: Knew
) -> tuple[Note | None, UUID | None]:
    """The note that the form has become already, else None and the key for a new one.

    Raises NewerNotes.
    """
    if form_key is None and knew is False:
        return None, None
    if form_key is not None:
        # Whoever sends the same form twice at once waits here.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"note form:{form_key}"]
            )
    mine = Q(company=follow.company, author_id=follow.by.pk)
    of_form = Note.objects.filter(mine, form_key=form_key or NO_KEY)[:1]
    others = Note.objects.filter(case=follow.case).exclude(mine).order_by("-pk")[:1]
    found = list(of_form.union(others, all=True))
    written = next((note for note in found if note.form_key == form_key and form_key), None)
    newest = next((note for note in found if note is not written), None)
    if written is not None:
        if _says(written, follow):
            return written, form_key
        # Somebody went back and wrote something else: that is a note of its own.
        form_key = None
    if knew is not False and newest is not None and newest.uid != knew:
        raise NewerNotes(notes_since(follow.case, knew, follow.company, follow.by))
    return None, form_key


NO_KEY = UUID(int=0)


def _says(note: Note, follow: FollowUp) -> bool:
    """Whether the note says the same."""
    if (note.case_id, note.disposition) != (follow.case.pk, follow.code.code):
        return False
    words = Remark.objects.filter(note=note).values_list("text", flat=True).first()
    return (words or "") == follow.remark


def notes_by_others(case: Case, company: Company, by: User) -> QuerySet[Note]:
    """The notes of a case in sight that anybody but this person wrote, newest first."""
    rows = Note.objects.filter(case=case).exclude(company=company, author_id=by.pk)
    return rows.order_by("-pk")


def notes_since(case: Case, knew: UUID | None, company: Company, by: User) -> list[Note]:
    """What others have written on a case since the note that one knew, newest first."""
    known = Note.objects.filter(case=case, uid=knew).first() if knew else None
    newer = with_files(notes_by_others(case, company, by)).filter(pk__gt=known.pk if known else 0)
    return of_case(newer[:MOST_NEWER], case)


MOST_NEWER = 10
"""How many newer notes a stale form shows."""


def _checked(
    follow: FollowUp, note: Note, facts: Mapping[str, object], files: Sequence[UploadedFile]
) -> FollowUp:
    """The follow-up with its disposition and facts; ValidationError names all that is wrong."""
    code = Disposition.objects.filter(code=follow.code.code, is_active=True).first()
    wrong = _wrong_with(follow, note, code)
    values = {}
    try:
        # Where a callback's moment is the next action's, it need not be typed twice.
        asked = {"time": note.next_action_at} | {k: v for k, v in facts.items() if v}
        required = [*code.required, *ALWAYS_ASKED] if code else []
        values = read_facts(required=required, typed=asked, at=follow.at, zone=follow.company.zone)
    except ValidationError as error:
        wrong = dict(error.message_dict) | wrong
    try:
        check_files(files)
    except ValidationError as error:
        wrong |= error.message_dict
    if wrong or code is None:
        raise ValidationError(wrong)
    return replace(follow, code=code, values=values)


ALWAYS_ASKED = ("agreed_until",)
"""Facts that any disposition may bring along; collection.effects knows which do something."""


def _wrong_with(follow: FollowUp, note: Note, code: Disposition | None) -> dict[str, Any]:
    """What is wrong with a note besides its facts, by field."""
    wrong: dict[str, Any] = {}
    next_at, point = note.next_action_at, follow.point
    if code is None:
        wrong["disposition"] = _("Choose how it ended.")
    elif code.remark_required and not follow.remark:
        wrong["remark"] = _("Write what was said.")
    elif point is None and code.number_becomes in NEEDS_A_POINT:
        wrong["contact_point"] = _("Choose whom it is about.")
    if point is not None and point.borrower_id != follow.case.borrower_id:
        wrong["contact_point"] = _("Choose a contact point of this borrower.")
    if next_at is not None and next_at < follow.at.replace(second=0, microsecond=0):
        wrong["next_action_at"] = _("This moment is past.")
    if len(follow.remark) > LONGEST_REMARK:
        wrong["remark"] = _("At most %(limit)s characters.") % {"limit": f"{LONGEST_REMARK:,}"}
    if len(note.next_action) > LONGEST_ACTION:
        wrong["next_action"] = _("At most %(limit)s characters.") % {"limit": LONGEST_ACTION}
    if follow.at > timezone.now():
        wrong["at"] = _("This moment is still to come.")
    if note.channel not in Note.Channel.values:
        wrong["channel"] = _("Choose a channel.")
    if note.overdue_reason and note.overdue_reason not in Note.OverdueReason.values:
        wrong["overdue_reason"] = _("Choose a reason from the list.")
    if note.corrects and not _may_correct(note.corrects, follow):
        wrong["corrects"] = _("A correction refers to a note of your company on this case.")
    return wrong


NEEDS_A_POINT = (ContactPoint.State.INVALID, ContactPoint.State.REFUSED)


def _may_correct(earlier: Note, follow: FollowUp) -> bool:
    return (earlier.company_id, earlier.case_id) == (follow.company.pk, follow.case.pk)


def _fill(note: Note, follow: FollowUp) -> None:
    """What the note takes from its follow-up, the disposition's names as they are now."""
    case, by, code, point = follow.case, follow.by, follow.code, follow.point
    note.company, note.owner_id, note.case = follow.company, case.owner_id, case
    note.author_id, note.author_name, note.at = by.pk, by.display_name, follow.at
    note.disposition, note.flags = code.code, code.flags
    note.disposition_name_en, note.disposition_name_zh = code.name_en, code.name_zh
    note.next_action = note.next_action or code.next_action
    note.has_remark = bool(follow.remark)
    note.contact_point = point
    note.relation = point.relation if point else ContactPoint.Relation.SELF


def _keep(
    note: Note, follow: FollowUp, files: Sequence[UploadedFile], try_uid: UUID | None
) -> Note:
    """Write the note with all that follows, or nothing: neither rows nor files."""
    stored = store(owner_id=note.owner_id, files=files)
    try:
        with transaction.atomic():
            answer_by = effects.open_holds(follow)
            note.next_action_at = note.next_action_at or effects.moment_of_next(follow, answer_by)
            if note.next_action_at is None:
                raise ValidationError({"next_action_at": _("Say when.")})
            note.save(force_insert=True)
            if follow.remark or follow.values:
                _write_remark(note, follow.remark, plain(follow.values))
            if stored:
                attach(note=note, stored=stored)
            effects.take_promise_of(follow, note)
            effects.write_in_lenders_book(follow)
            if try_uid is not None:
                effects.settle_try(follow, note, try_uid)
            _move_desk_on(follow.company, note)
    except BaseException:
        discard(stored)
        raise
    return note


def _write_remark(note: Note, text: str, facts: dict[str, str]) -> None:
    Remark.objects.create(
        note=note,
        company_id=note.company_id,
        owner_id=note.owner_id,
        case_id=note.case_id,
        shared=note.shared,
        text=text,
        facts=facts,
    )


def _move_desk_on(company: Company, note: Note) -> None:
    """Set last touch and next action of the company's open assignment, if it has one.

    A note of an earlier follow-up that comes late changes neither.
    """
    desk = Assignment.objects.filter(company=company, case_id=note.case_id, ended_at=None)
    desk.filter(Q(last_touch_at=None) | Q(last_touch_at__lte=note.at)).update(
        last_touch_at=note.at,
        last_touch_by_name=note.author_name,
        last_disposition=note.disposition,
        next_action=note.next_action,
        **({"next_action_at": note.next_action_at} if note.next_action_at else {}),
    )


def open_remarks(*, company: Company, case_id: int, reason: str, by: User) -> list[Remark]:
    """Show an agency's auditor what its people wrote on a case that it holds no more.

    A reason is required (ValidationError) and kept. The remarks, newest first, are readable in
    this transaction only. Raises PermissionDenied for anybody but an auditor.
    """
    if not by.has_role(Role.AUDITOR):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    mine = Note.objects.filter(company=company, case_id=case_id)
    owner_id = mine.values_list("owner_id", flat=True).first()
    if owner_id is None:
        return []
    with transaction.atomic():
        RemarkOpening.objects.create(
            company=company,
            owner_id=owner_id,
            case_id=case_id,
            by_id=by.pk,
            by_name=by.display_name,
            reason=reason.strip(),
        )
    return list(Remark.objects.filter(note__in=mine).select_related("note").order_by("-note__at"))
