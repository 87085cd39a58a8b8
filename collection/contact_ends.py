"""How a contact ended, by what the disposition of its note says."""

from collection.models import ContactTry, Disposition, Note

Flag = Disposition.Flag
WRITTEN = frozenset({Note.Channel.SMS, Note.Channel.WECHAT, Note.Channel.EMAIL})


def end_of_contact(code: Disposition, channel: str) -> str:
    """The state to settle a contact with that a note of this code and channel tells of.

    A stranger who answers makes the number invalid; anybody else who answers is a conversation,
    the strictest that it can count as; without a flag the contact did not go out.
    """
    flags = code.flags
    if Flag.CONVERSATION in flags:
        return ContactTry.State.CONVERSATION
    if Flag.WRONG_NUMBER in flags or Flag.INVALID_NUMBER in flags:
        return ContactTry.State.INVALID
    if Flag.THIRD_PARTY in flags:
        return ContactTry.State.CONVERSATION
    if Flag.FAILED_ATTEMPT in flags:
        return ContactTry.State.SENT if channel in WRITTEN else ContactTry.State.UNANSWERED
    return ContactTry.State.NOT_CONNECTED
