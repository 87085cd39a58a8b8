"""Contacts that nobody asked the gate for: the note that tells of one makes it count.

Whoever calls past the gate uses up the caps all the same. What a correction tells again is the
same contact.
"""

from cases.models import ContactPoint
from collection import gate
from collection.contact_ends import end_of_contact
from collection.effects import FollowUp
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
    state = end_of_contact(follow.code, note.channel)
    if (made := told_before(note.corrects, follow.point, note.channel)) is None:
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


def told_before(
    corrected: Note | None, point: ContactPoint | None, channel: str
) -> ContactTry | None:
    """The contact of the note that one corrects, where that went to the same point the same way."""
    if corrected is None:
        return None
    first = corrected
    while first.corrects is not None:
        first = first.corrects
    return ContactTry.objects.filter(
        company=first.company_id, note_id=first.pk, contact_point=point, channel=channel
    ).first()
