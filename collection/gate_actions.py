"""What may be done now with each contact point of a case: buttons, and grey ones that say why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Case, ContactPoint
from collection.contact_facts import Decision
from collection.contact_words import basis_words, rule_labels, when_next
from collection.gate import Asker, Known, look
from collection.gate_facts import Question, weighed
from collection.models import ContactTry
from collection.visibility import may_work
from tenancy.crossing import NoProof
from tenancy.models import User
from tenancy.screen import Denied

Channel, Kind = ContactTry.Channel, ContactPoint.Kind
CHANNELS: dict[str, tuple[str, ...]] = {
    Kind.MOBILE: (Channel.CALL, Channel.SMS),
    Kind.HOME_PHONE: (Channel.CALL,),
    Kind.WORK_PHONE: (Channel.CALL,),
    Kind.EMAIL: (Channel.EMAIL,),
    Kind.WECHAT: (Channel.WECHAT,),
    Kind.APP_PUSH: (Channel.APP_PUSH,),
    Kind.HOME_ADDRESS: (Channel.VISIT, Channel.LETTER),
    Kind.REGISTERED_ADDRESS: (Channel.VISIT, Channel.LETTER),
    Kind.WORK_ADDRESS: (Channel.VISIT, Channel.LETTER),
}
"""How a person contacts each kind of point by hand."""
ICONS: dict[str, str] = {
    Channel.CALL: "phone",
    Channel.SMS: "message",
    Channel.EMAIL: "mail",
    Channel.WECHAT: "brand-wechat",
    Channel.APP_PUSH: "bell",
    Channel.VISIT: "walk",
    Channel.LETTER: "mail-opened",
}


@dataclass(frozen=True, slots=True)
class Action:
    """A contact that may be made now, or the grey button that says why not (`denied`)."""

    point: str
    channel: str
    label: str
    icon: str
    denied: Denied | None
    purpose: str = ContactTry.Purpose.COLLECT

    @property
    def allowed(self) -> bool:
        """Whether it may be made now."""
        return self.denied is None


def permitted_actions(
    *,
    user: User,
    case: Case,
    points: Sequence[ContactPoint],
    at: datetime | None = None,
    known: Known | None = None,
) -> dict[int, list[Action]]:
    """By contact point: what the person may do with it now, and why not the rest.

    Where only a hold stops a contact, and leaves reminders, a reminder stands beside it.
    known: what the gate knows, where the caller has read it. Else one query for a lender's person,
    whatever the number of points; an agency's person looks across the wall for it. Nothing for who
    only reads, and for a case that one does not work.
    """
    works = case.closed_on is None and (case.holder_id or case.owner_id) == user.company_id
    if not points or not works or not may_work(user):
        return {}
    who, moment = Asker.of(user), at or timezone.now()
    asked = [
        Question(who.company, who.person_id, case, channel, point, moment)
        for point in points
        for channel in CHANNELS.get(point.kind, ())
    ]
    if not asked:
        return {}
    actions: dict[int, list[Action]] = {}
    for question, decision in _decided(who, asked, known):
        assert question.point is not None
        actions.setdefault(question.point.pk, []).append(_action(question, decision))
    return actions


def _decided(
    who: Asker, asked: Sequence[Question], known: Known | None
) -> Iterable[tuple[Question, Decision]]:
    try:
        own, book = known or look(who, asked[0])
    except NoProof:
        return []
    decided: list[tuple[Question, Decision]] = []
    for question in asked:
        decision = weighed(question, own, book).decision
        decided.append((question, decision))
        if [denial.rule for denial in decision.denials] == ["hold"]:
            reminder = replace(question, purpose=ContactTry.Purpose.REMINDER)
            if (reminded := weighed(reminder, own, book).decision).allowed:
                decided.append((reminder, reminded))
    return decided


def _action(question: Question, decision: Decision) -> Action:
    point, channel = question.point, question.channel
    assert point is not None
    denied = None
    if not decision.allowed:
        denied = denied_button(question.case, point, channel, decision)
    label = channel_label(channel)
    if question.purpose == ContactTry.Purpose.REMINDER:
        label = _("%(channel)s, as a reminder") % {"channel": label}
    return Action(str(point.uid), channel, label, ICONS[channel], denied, question.purpose)


def channel_label(channel: str) -> str:
    """What a channel is called."""
    return str(dict(Channel.choices).get(channel, channel))


def denied_button(case: Case, point: ContactPoint, channel: str, decision: Decision) -> Denied:
    """The grey button of a contact that the gate refuses: from when, and why."""
    asked = {"case": case.uid, "point": point.uid, "channel": channel}
    return Denied(
        id=f"gate-{point.uid}-{channel}",
        label=channel_label(channel),
        icon=ICONS[channel],
        from_when=when_next(decision.next_at),
        reason=rule_labels(denial.rule for denial in decision.denials),
        basis=basis_words("; ".join(filter(None, (d.legal_basis for d in decision.denials)))),
        rules_href=f"{reverse('contact:simulator')}?{urlencode(asked)}",
    )


def open_try(*, user: User, case: Case) -> ContactTry | None:
    """The newest contact with the case that the person reserved and has not settled yet."""
    mine = ContactTry.objects.filter(
        company=user.company, by_id=user.pk, case_id=case.pk, state=ContactTry.State.RESERVED
    )
    return mine.order_by("-at", "-pk").first()
