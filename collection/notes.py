"""Notes: the record of a follow-up, its result, and what comes next."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Case
from collection.models import Assignment, Disposition, Note, Remark, RemarkOpening
from collection.visibility import may_work
from tenancy.models import Company, Role, User

LONGEST_ACTION = 120
LONGEST_REMARK = 4000


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
) -> Note:
    """Record a follow-up on a case in sight, and set what comes next on the company's desk.

    disposition: a code that the company uses. remark: required unless nobody was reached.
    next_action, next_action_at: what and when; by default those of the disposition, whose delay
    counts from when the follow-up took place. at: that moment, now if left out. shared: whether
    the agency that holds the lender's case reads it; the lender reads every agency's.
    form_key: of the form that was sent; the same note sent twice is written once.
    The caller has found `case` among the visible ones. Raises PermissionDenied for who only
    reads, ValidationError by field.
    """
    if not may_work(by):
        raise PermissionDenied
    took_place = at or timezone.now()
    remark, next_action = remark.strip(), next_action.strip()
    if form_key is not None and (written := _written_by(company, by, form_key)):
        if _says(written, case, disposition, remark):
            return written
        # Somebody went back and wrote something else: that is a note of its own.
        form_key = None
    code = Disposition.objects.filter(code=disposition, is_active=True).first()
    _check(code, remark, next_action, next_action_at, took_place)
    assert code is not None
    if next_action_at is None and code.next_action_after is not None:
        next_action_at = took_place + code.next_action_after
    with transaction.atomic():
        note = Note.objects.create(
            company=company,
            owner_id=case.owner_id,
            case=case,
            author_id=by.pk,
            author_name=by.display_name,
            at=took_place,
            disposition=code.code,
            disposition_name_en=code.name_en,
            disposition_name_zh=code.name_zh,
            next_action=next_action or code.next_action,
            next_action_at=next_action_at,
            has_remark=bool(remark),
            shared=shared and company.is_lender,
            form_key=form_key,
        )
        if remark:
            _write_remark(note, remark)
        _move_desk_on(company, note)
    return note


def _written_by(company: Company, by: User, form_key: UUID) -> Note | None:
    """The note that came of a form; whoever sends the same form twice at once waits here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"note form:{form_key}"]
        )
    return Note.objects.filter(company=company, author_id=by.pk, form_key=form_key).first()


def _says(note: Note, case: Case, disposition: str, remark: str) -> bool:
    """Whether the note says the same."""
    if (note.case_id, note.disposition) != (case.pk, disposition):
        return False
    words = Remark.objects.filter(note=note).values_list("text", flat=True).first()
    return (words or "") == remark


def _check(
    code: Disposition | None,
    remark: str,
    next_action: str,
    next_action_at: datetime | None,
    at: datetime,
) -> None:
    wrong: dict[str, str] = {}
    if code is None:
        wrong["disposition"] = _("Choose how it ended.")
    elif code.remark_required and not remark:
        wrong["remark"] = _("Write what was said.")
    elif next_action_at is None and code.next_action_after is None:
        wrong["next_action_at"] = _("Say when.")
    if next_action_at is not None and next_action_at < at.replace(second=0, microsecond=0):
        wrong["next_action_at"] = _("This moment is past.")
    if len(remark) > LONGEST_REMARK:
        wrong["remark"] = _("At most %(limit)s characters.") % {"limit": f"{LONGEST_REMARK:,}"}
    if len(next_action) > LONGEST_ACTION:
        wrong["next_action"] = _("At most %(limit)s characters.") % {"limit": LONGEST_ACTION}
    if at > timezone.now():
        wrong["at"] = _("This moment is still to come.")
    if wrong:
        raise ValidationError(wrong)


def _write_remark(note: Note, text: str) -> None:
    Remark.objects.create(
        note=note,
        company_id=note.company_id,
        owner_id=note.owner_id,
        case_id=note.case_id,
        shared=note.shared,
        text=text,
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
