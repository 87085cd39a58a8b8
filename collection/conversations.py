"""On which cases in hand there was a conversation: by the gate's tries, or by a note.

A note touches the case, so only cases touched since are looked at for one.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from collection.models import ContactTry, Disposition, Note
from tenancy.scope import current_scope


def talked_since(begins: datetime) -> Q:
    """Condition on open assignments: the company's people spoke about the case since `begins`."""
    company_id = current_scope().company_id
    tries = ContactTry.objects.filter(
        company_id=company_id, at__gte=begins, state=ContactTry.State.CONVERSATION
    )
    # Said as a range, so that the database asks the index for each case touched since and does
    # not hash all notes there are.
    notes = Note.objects.filter(
        company_id=company_id,
        case__gte=OuterRef("case"),
        case__lte=OuterRef("case"),
        at__gte=begins,
        flags__contains=[Disposition.Flag.CONVERSATION],
    )
    noted = Q(last_touch_at__gte=begins) & Q(Exists(notes))
    return noted | Q(case_id__in=tries.values("case_id"))
