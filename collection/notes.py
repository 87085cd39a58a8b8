"""Notes: the record of a follow-up, its result, what follows from it, and what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Case, ContactPoint
from collection import effects, outside
from collection.attachments import UploadedFile, attach, check_files, discard, store
from collection.effects import FollowUp
from collection.facts import plain, read_facts
from collection.models import Disposition, Note, Remark, RemarkOpening
from collection.note_rows import insert_note
from collection.note_words import of_case, with_files
from collection.ranking_sql import rank_cases
from collection.visibility import may_work
from tenancy.models import Company, Role, User
from tenancy.night import business_date

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
    on: date | None = None,
) -> Note:
    """Record a follow-up on a case in sight, do what follows from its result, and plan the next.

    disposition: a code that the company uses. remark: required unless nobody was reached.
    next_action, next_action_at: what and when; by default those of the disposition, at the moment
    that its facts name, else the first on which the contact rules permit a call after its delay,
    counted from the follow-up (collection.next_moment). at: its moment, now if
    left out. shared: whether the agency that holds the lender's case reads it; the lender reads
    every agency's. form_key: of the form that was sent; sent twice, it is written once.
    contact_point: who was contacted; None: the borrower, by no number. facts: what the disposition
    requires, by name (collection.facts). corrects: the company's earlier note on the case.
    try_uid: the contact that the gate let through, settled by this; without it, an outbound contact
    with a point counts as made outside the gate. files: pictures and PDFs.
    knew: see Knew; raises NewerNotes where there is a newer one. on: the business date, asked for
    where it is left out.
    The caller has found `case` among the visible ones. Raises PermissionDenied for who only
    reads, ValidationError by field.
    """
    if not may_work(by):
        raise PermissionDenied
    code, when = Disposition(code=disposition), at or timezone.now()
    follow = FollowUp(company, case, by, code, when, contact_point, remark.strip(), on=on)
    note = Note(
        next_action=next_action.strip(),
        next_action_at=next_action_at,
        shared=shared and company.is_lender,
        form_key=form_key,
        channel=channel,
        overdue_reason=overdue_reason,
        corrects=corrects,
    )
    sent = _Sent(facts or {}, files, try_uid, knew)
    try:
        return _write(note, follow, sent)
    except IntegrityError as error:
        if ONCE_A_FORM not in str(error):
            raise
        # The same form was sent twice at once, and the other was first.
        return _write(note, follow, sent)


ONCE_A_FORM = "note_once_a_form"
"""The constraint by which a form becomes one note."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """What comes with a note besides itself: as in write_note."""

    facts: Mapping[str, object]
    files: Sequence[UploadedFile]
    try_uid: UUID | None
    knew: Knew


def _write(note: Note, follow: FollowUp, sent: _Sent) -> Note:
    found, before, newest = _looked_up(follow, note.form_key)
    if before is not None:
        written = Note.objects.get(pk=before)
        if _says(written, follow):
            return written
        # Somebody went back and wrote something else: that is a note of its own.
        note.form_key = None
    if sent.knew is not False and newest not in (None, sent.knew):
        raise NewerNotes(notes_since(follow, sent.knew))
    follow = _checked(follow, found, note, sent)
    _fill(note, follow)
    return _keep(note, follow, sent)


def _looked_up(
    follow: FollowUp, form_key: UUID | None
) -> tuple[Disposition | None, int | None, UUID | None]:
    """The disposition in use, the note that the form has become, and the newest of others."""
    of_form = Note.objects.filter(
        company=follow.company, author_id=follow.by.pk, form_key=form_key, form_key__isnull=False
    )
    code = (
        Disposition.objects.filter(code=follow.code.code, is_active=True)
        .annotate(
            written=Subquery(of_form.values("pk")[:1]),
            newest=Subquery(_by_others(follow).values("uid")[:1]),
        )
        .first()
    )
    return code, getattr(code, "written", None), getattr(code, "newest", None)


def _says(note: Note, follow: FollowUp) -> bool:
    """Whether the note says the same."""
    if (note.case_id, note.disposition) != (follow.case.pk, follow.code.code):
        return False
    words = Remark.objects.filter(note=note).values_list("text", flat=True).first()
    return (words or "") == follow.remark


def _by_others(follow: FollowUp) -> QuerySet[Note]:
    """The notes of the case that anybody but this person wrote, newest first."""
    rows = Note.objects.filter(case=follow.case)
    return rows.exclude(company=follow.company, author_id=follow.by.pk).order_by("-pk")


def notes_since(follow: FollowUp, knew: Knew) -> list[Note]:
    """What others have written on the case since the note that one knew, newest first."""
    known = Note.objects.filter(case=follow.case, uid=knew).first() if knew else None
    newer = with_files(_by_others(follow)).filter(pk__gt=known.pk if known else 0)
    return of_case(list(newer[:MOST_NEWER]), follow.case)


MOST_NEWER = 10
"""How many newer notes a stale form shows."""


def _checked(
    follow: FollowUp,
    code: Disposition | None,
    note: Note,
    sent: _Sent,
) -> FollowUp:
    """The follow-up with its disposition and facts; ValidationError names all that is wrong."""
    wrong = _wrong_with(follow, note, code)
    values = {}
    try:
        # Where a callback's moment is the next action's, it need not be typed twice.
        asked = {"time": note.next_action_at} | {k: v for k, v in sent.facts.items() if v}
        required = [*code.required, *ALWAYS_ASKED] if code else []
        values = read_facts(required=required, typed=asked, at=follow.at, zone=follow.company.zone)
    except ValidationError as error:
        wrong = dict(error.message_dict) | wrong
    try:
        check_files(sent.files)
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


def _keep(note: Note, follow: FollowUp, sent: _Sent) -> Note:
    """Write the note with all that follows, or nothing: neither rows nor files."""
    stored = store(owner_id=note.owner_id, files=sent.files)
    try:
        with transaction.atomic():
            if note.next_action_at is None:
                about = _contact_of(note, sent)
                note.next_action_at = effects.moment_of_next(follow, note.channel, about)
            answer_by = effects.open_holds(follow)
            if note.next_action_at is None and answer_by is not None:
                note.next_action_at = effects.morning_of(follow, answer_by)
            if note.next_action_at is None:
                raise ValidationError({"next_action_at": _("Say when.")})
            outcome = outside.outcome(follow, note) if sent.try_uid is None else ""
            ours = outcome if follow.company.pk == note.owner_id else ""
            insert_note(note, text=follow.remark, facts=plain(follow.values), outcome=ours)
            if stored:
                attach(note=note, stored=stored)
            effects.take_promise_of(follow, note)
            effects.write_in_lenders_book(follow)
            if sent.try_uid is not None:
                effects.settle_try(follow, note, sent.try_uid)
            elif outcome != ours:
                outside.tell(follow, note, outcome)
            if not follow.has(Disposition.Flag.PROMISE):
                # Taking a promise ranks as well.
                on = follow.on or business_date(follow.company)
                rank_cases(company=follow.company, on=on, case_ids=[note.case_id])
    except BaseException:
        discard(stored)
        raise
    return note


def _contact_of(note: Note, sent: _Sent) -> UUID | None:
    """The contact in the book that the note is about: let through for it, or told of before."""
    if sent.try_uid is not None:
        return sent.try_uid
    told = outside.told_before(note.corrects, note.contact_point, note.channel)
    return told.uid if told else None


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
