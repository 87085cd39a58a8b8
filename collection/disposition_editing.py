"""Changing a company's result codes: names, what they require, what comes next. Codes are fixed.

What a code does (flags, the number's state, the hold) is fixed as well: reports, the gate and the
lists rest on it. A code that is not wanted is taken out of use; notes that have it keep it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from collection.dispositions import MEANS
from collection.facts import FACTS, in_order
from collection.models import Disposition
from tenancy.audit import changed, record_change
from tenancy.models import Company, Role, User

LONGEST_NAME = 80
LONGEST_DELAY = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """All that may be changed of a code; after None: who writes the note says when."""

    name_en: str
    name_zh: str
    is_active: bool
    remark_required: bool
    required: Sequence[str]
    next_action_en: str
    next_action_zh: str
    next_action_after: timedelta | None


def must_require(code: Disposition) -> list[str]:
    """The facts without which what follows from the code could not be done."""
    if Disposition.Flag.PROMISE in code.flags:
        return ["amount", "date", "channel"]
    if Disposition.Flag.CALLBACK in code.flags:
        return ["time"]
    if code.code in ("asks_stop", "represented", "new_number"):
        return [name for name in MEANS[code.code].required if not FACTS[name].optional]
    return []


def change_disposition(
    *, company: Company, disposition: Disposition, by: User, change: Change
) -> Disposition:
    """Change a code of the company, in the audit trail; again without a difference does nothing.

    Raises PermissionDenied for anybody but an admin, ValidationError by field.
    """
    if not by.has_role(Role.COMPANY_ADMIN):
        raise PermissionDenied
    with transaction.atomic():
        code = Disposition.objects.select_for_update().get(pk=disposition.pk, company=company)
        _check(code, change)
        before = facts_of(code)
        for name in (
            "name_en",
            "name_zh",
            "is_active",
            "remark_required",
            "next_action_en",
            "next_action_zh",
            "next_action_after",
        ):
            value = getattr(change, name)
            setattr(code, name, value.strip() if isinstance(value, str) else value)
        code.required = [fact.name for fact in in_order(change.required)]
        was, is_now = changed(before, facts_of(code))
        if is_now:
            code.save()
            record_change(actor=by, verb="change_disposition", obj=code, before=was, after=is_now)
    return code


def facts_of(code: Disposition) -> dict[str, object]:
    """What the audit trail says of a code."""
    return {
        "name": code.name_zh,
        "name_en": code.name_en,
        "is_active": code.is_active,
        "remark_required": code.remark_required,
        "required": list(code.required),
        "next_action_en": code.next_action_en,
        "next_action_zh": code.next_action_zh,
        "next_action_after": None
        if code.next_action_after is None
        else str(code.next_action_after),
    }


def _check(code: Disposition, change: Change) -> None:
    wrong: dict[str, str] = {}
    for name in ("name_en", "name_zh"):
        if not getattr(change, name).strip():
            wrong[name] = _("Type a name.")
    for name in ("name_en", "name_zh", "next_action_en", "next_action_zh"):
        if len(getattr(change, name).strip()) > LONGEST_NAME:
            wrong[name] = _("At most %(limit)s characters.") % {"limit": LONGEST_NAME}
    after = change.next_action_after
    if after is not None and not timedelta(0) <= after <= LONGEST_DELAY:
        wrong["next_action_after"] = _("From 0 to 8,784 hours.")
    missing = [FACTS[name].label for name in must_require(code) if name not in change.required]
    if missing:
        wrong["required"] = _("What follows from it needs: %(facts)s.") % {
            "facts": _(", ").join(str(label) for label in missing)
        }
    elif unknown := set(change.required) - set(FACTS):
        wrong["required"] = _("There is no such fact: %(names)s.") % {
            "names": ", ".join(sorted(unknown))
        }
    if wrong:
        raise ValidationError(wrong)
