"""Contacts in a case's timeline: what went out, to whom, and what came of it."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from cases.models import ContactPoint
from collection.models import ContactTry
from tenancy.screen import TimelineItem, Tone

State = ContactTry.State
ICONS: dict[str, str] = {
    ContactTry.Channel.CALL: "phone",
    ContactTry.Channel.ROBOT: "robot",
    ContactTry.Channel.SMS: "message",
    ContactTry.Channel.WECHAT: "message",
    ContactTry.Channel.EMAIL: "mail",
    ContactTry.Channel.APP_PUSH: "bell",
    ContactTry.Channel.LETTER: "mail",
    ContactTry.Channel.VISIT: "walk",
}
TONES: dict[str, Tone] = {State.RESERVED: "warn", State.INVALID: "bad"}


def contact_item(contact: ContactTry, points: Mapping[int, ContactPoint]) -> TimelineItem:
    """A contact that has no note (yet)."""
    return TimelineItem(
        at=contact.at,
        what=outcome(contact),
        icon=ICONS.get(contact.channel, "phone"),
        who=contact.by_name,
        why=whom(contact, points),
        state=contact.get_state_display() if contact.state in TONES else "",
        state_tone=TONES.get(contact.state, ""),
    )


def outcome(contact: ContactTry) -> str:
    """What came of it: “Call, spoke 03:12”, “Call, unanswered, outside the gate”."""
    what = _ended(contact)
    return _("%(what)s, outside the gate") % {"what": what} if contact.outside_gate else what


def _ended(contact: ContactTry) -> str:
    words = {"channel": contact.get_channel_display(), "state": contact.get_state_display()}
    if contact.state == State.CONVERSATION and contact.talk_seconds:
        minutes, seconds = divmod(contact.talk_seconds, 60)
        spoken = {"time": f"{minutes:02d}:{seconds:02d}"}
        return _("%(channel)s, spoke %(time)s") % (words | spoken)
    return _("%(channel)s, %(state)s") % (words | {"state": words["state"].lower()})


def whom(contact: ContactTry, points: Mapping[int, ContactPoint]) -> str:
    """To whom: “Spouse 139****0912”."""
    point = points.get(contact.contact_point_id or 0)
    mask = point.number_mask if point else ""
    return f"{contact.get_relation_display()} {mask}".strip()
