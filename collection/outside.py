"""Contacts that nobody asked the gate for: the note that tells of one makes it count.

Whoever calls past the gate uses up the caps all the same. What a correction tells again is the
same contact.
"""

from collection import gate
from collection.effects import FollowUp, end_of_try
from collection.models import ContactTry, Note

OUTBOUND = frozenset(
    {
        Note.Channel.CALL,
        Note.Channel.SMS,
        Note.Channel.WECHAT,
        Note.Channel.EMAIL,
        Note.Channel.VISIT,
        Note.Channel.LETTER,
    }
)


def outcome(follow: FollowUp, note: Note) -> str:
    """How the contact ended that a note without a reservation tells of; "" where there is none.

    The contact of a note that is corrected is settled here, and not counted again.
    """
    if follow.point is None or note.channel not in OUTBOUND:
        return ""
    state = end_of_try(follow, note.channel)
    if note.corrects is None or (made := _told_before(note, note.corrects)) is None:
        return state
    gate.settle(company=follow.company, uid=made.uid, state=state, at=follow.at)
    return ""


def tell(follow: FollowUp, note: Note, state: str) -> None:
    """Write such a contact in the book of another lender; in its own the note's statement does."""
    gate.tell(
        company=follow.company,
        made=ContactTry(
            owner_id=note.owner_id,
            borrower_id=follow.case.borrower_id,
            case_id=note.case_id,
            contact_point=follow.point,
            relation=note.relation,
            channel=note.channel,
            by_id=note.author_id,
            by_name=note.author_name,
            at=note.at,
            state=state,
            ended_at=note.at,
            note_id=note.pk,
        ),
    )


def _told_before(note: Note, corrected: Note) -> ContactTry | None:
    """The contact of the note that is corrected, where it went to the same point the same way."""
    first = corrected
    while first.corrects is not None:
        first = first.corrects
    return ContactTry.objects.filter(
        company=note.company,
        note_id=first.pk,
        contact_point=note.contact_point,
        channel=note.channel,
    ).first()
